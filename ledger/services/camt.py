"""A bank's statement in ISO 20022 camt.053: read whole, its own sums compared first; what it means is said elsewhere.

Any version of camt.053.001 is read, by the names of its elements. Document types and entities are refused.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

import defusedxml
import defusedxml.ElementTree
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue

MOST_BYTES = 20 * 2**20
MOST_ENTRIES = 50_000
YUAN = "CNY"
_FORM = "camt.053.001."
_AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2})0{0,3})?")
_CHINESE_XML = re.compile(rb"""^(\s*<\?xml[^>]*encoding=["'])(gb18030|gbk|gb2312)(["'])""", re.IGNORECASE)


class NoStatement(BadValue):
    code = "no_statement"
    message = _("This is not a statement in the form camt.053. Ask the bank for the XML of the account's statement.")


class StatementDiffers(BadValue):
    code = "statement_differs"
    message = _(
        "The statement's own count, sums or balances do not match its entries, so none of it was used. Ask the bank"
        " for a whole file."
    )


@dataclass(frozen=True)
class Entry:
    """One transaction: money that left, or came; `amount_fen` is none where it is not in yuan."""

    bank_reference: str
    reference: str
    debit: bool
    reason_code: str
    amount_fen: int | None
    currency: str
    booked_on: dt.date | None
    booked: bool
    name: str
    card: str


@dataclass(frozen=True)
class Statement:
    """One statement of one account."""

    statement_id: str
    account: str
    entries: list[Entry]


def read_statements(raw: bytes) -> list[Statement]:
    """Return the statements of a file, or refuse the file as a whole."""
    if len(raw) > MOST_BYTES:
        raise BadValue(_("The file is larger than any statement. Choose the bank's statement of one day."))
    try:
        root = defusedxml.ElementTree.fromstring(_in_utf8(raw), forbid_dtd=True)
    except (ParseError, defusedxml.DefusedXmlException, ValueError, LookupError) as unreadable:
        raise NoStatement from unreadable
    if _FORM not in root.tag or _name(root) != "Document":
        raise NoStatement
    found = _all(root, "BkToCstmrStmt/Stmt")
    if not found:
        raise NoStatement
    statements = [_statement(node) for node in found]
    if sum(len(one.entries) for one in statements) > MOST_ENTRIES:
        raise BadValue(_("The file has more entries than can be read at once. Ask the bank for one file a day."))
    return statements


def _in_utf8(raw: bytes) -> bytes:
    """Return the bytes in UTF-8, since the reader knows no Chinese encoding."""
    if _CHINESE_XML.match(raw) is None:
        return raw
    return _CHINESE_XML.sub(rb"\1utf-8\3", raw.decode("gb18030").encode(), count=1)


def _statement(node: Any) -> Statement:
    statement_id, account = _text(node, "Id"), _text(node, "Acct/Id/IBAN") or _text(node, "Acct/Id/Othr/Id")
    if not statement_id or not account:
        raise NoStatement
    nodes = _all(node, "Ntry")
    _compare(node, nodes)
    return Statement(statement_id[:35], account, [entry for one in nodes for entry in _entries(one)])


def _compare(node: Any, nodes: list[Any]) -> None:
    """Refuse a statement whose count, sum or balances, as far as it tells them, are not those of its entries."""
    signed = [_fen(one) * (1 if _text(one, "CdtDbtInd") == "CRDT" else -1) for one in nodes if _is_booked(one)]
    count, total = _text(node, "TxsSummry/TtlNtries/NbOfNtries"), _text(node, "TxsSummry/TtlNtries/Sum")
    if count and count != str(len(nodes)):
        raise StatementDiffers
    if total and _fen_of(total) != sum(_fen(one) for one in nodes):
        raise StatementDiffers
    balances = {
        _text(one, "Tp/CdOrPrtry/Cd"): _fen(one, least=0) * (1 if _text(one, "CdtDbtInd") == "CRDT" else -1)
        for one in _all(node, "Bal")
    }
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    if opening is not None and closing is not None and opening + sum(signed) != closing:
        raise StatementDiffers


def _entries(node: Any) -> Iterable[Entry]:
    """Yield the transactions of one booking; together they are what was booked."""
    lines = _all(node, "NtryDtls/TxDtls") or [node]
    parts = [_part(line, node) if len(lines) > 1 else (_fen(node), _currency(node)) for line in lines]
    if sum(fen for fen, _currency_ in parts) != _fen(node):
        raise StatementDiffers
    for line, (fen, currency) in zip(lines, parts, strict=True):
        yield Entry(
            bank_reference=(_text(line, "Refs/AcctSvcrRef") or _text(node, "AcctSvcrRef") or _text(node, "NtryRef"))[
                :35
            ],
            reference=_text(line, "Refs/EndToEndId")[:35],
            debit=_is_debit(node),
            reason_code=_reason(line),
            amount_fen=fen if currency == YUAN else None,
            currency=currency,
            booked_on=_day(_text(node, "BookgDt/Dt") or _text(node, "BookgDt/DtTm")[:10]),
            booked=_is_booked(node),
            name=_text(line, "RltdPties/Cdtr/Nm") or _text(line, "RltdPties/Cdtr/Pty/Nm"),
            card=_text(line, "RltdPties/CdtrAcct/Id/Othr/Id") or _text(line, "RltdPties/CdtrAcct/Id/IBAN"),
        )


def _part(line: Any, node: Any) -> tuple[int, str]:
    """Return amount and currency of one of several transactions of a booking."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = _all(line, path)
        if found:
            return _fen_of(found[0].text or ""), found[0].get("Ccy", "")[:3] or _currency(node)
    raise StatementDiffers


def _is_debit(node: Any) -> bool:
    side = _text(node, "CdtDbtInd")
    if side not in ("DBIT", "CRDT"):
        raise NoStatement
    return side == "DBIT"


def _is_booked(node: Any) -> bool:
    return (_text(node, "Sts") or _text(node, "Sts/Cd")) == "BOOK"


def _reason(line: Any) -> str:
    return (_text(line, "RtrInf/Rsn/Cd") or _text(line, "RtrInf/Rsn/Prtry"))[:4].upper()


def _currency(node: Any) -> str:
    found = _all(node, "Amt")
    return found[0].get("Ccy", "")[:3] if found else ""


def _fen(node: Any, least: int = 1) -> int:
    return _fen_of(_text(node, "Amt"), least)


def _fen_of(text: str, least: int = 1) -> int:
    """Read an amount exactly, in hundredths; no guess about money that has moved."""
    found = _AMOUNT.fullmatch(text)
    fen = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
    if fen < least:
        raise BadValue(
            _("An amount of the statement cannot be read, so none of it was used. Ask the bank for it again.")
        )
    return fen


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as unreadable:
        raise NoStatement from unreadable


def _all(node: Any, path: str) -> list[Any]:
    """Return the elements at a path, whatever version's names they carry."""
    found = [node]
    for step in path.split("/"):
        found = [child for one in found for child in one if _name(child) == step]
    return found


def _text(node: Any, path: str) -> str:
    found = _all(node, path)
    return (found[0].text or "").strip() if found else ""


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]
