"""A statement of the bank is split into the answers to the batches it speaks of; what is not ours is named.

Each part is a return file in the agreed form, so that one reader and one way of applying serve both (docs/adr/0046).
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.services.messages import in_chinese
from kernel.errors import DomainError
from kernel.money import yuan_plain
from kernel.present import StrOrPromise
from kernel.sealing import blind_index
from ledger.models import BankReturn, BankStatement, BatchStatus, Payment, PayoutBatch, StatementEntry
from ledger.selectors import loaded_before, unfinished_returns
from ledger.services import applying
from ledger.services.camt import Entry, Statement, read_statements
from ledger.services.payouts import SEPARATOR
from records.models import StoredFile
from records.services.files import store_bytes

Fate, Side = StatementEntry.Fate, StatementEntry.Side
PAID, RETURNED = "0000", "9002"
REASONS: dict[str, StrOrPromise] = {
    "AC01": _("The card number is wrong"),
    "AC03": _("The card number is wrong"),
    "AC04": _("The card is closed"),
    "AC06": _("The card is blocked"),
    "AC14": _("The kind of card is wrong"),
    "AM05": _("The bank took it for a second payment of the same"),
    "BE01": _("The name does not fit the card"),
    "BE04": _("The payee's address is missing"),
    "MD07": _("The payee has died"),
    "MS03": _("The bank gives no reason"),
}


class StatementLoaded(DomainError):
    code = "statement_already_loaded"
    message = _("This statement has been loaded before. Nothing was done twice.")


def load_statement(raw: bytes, *, payer: Organisation, by: User, at: dt.datetime) -> list[BankStatement]:
    """Take in a file of statements and apply what is small of it at once; what is large waits for the sweep."""
    loaded = receive_statement(raw, payer=payer, by=by, at=at)
    waiting = unfinished_returns().filter(lines__gt=applying.SET_LINES)
    answered = BankReturn.objects.filter(entries__statement__in=loaded).values("batch")
    for batch in PayoutBatch.objects.filter(pk__in=answered).exclude(pk__in=waiting.values("batch")).order_by("pk"):
        applying.apply_answers(batch, now=lambda: at)
    return loaded


@transaction.atomic
def receive_statement(raw: bytes, *, payer: Organisation, by: User, at: dt.datetime) -> list[BankStatement]:
    """Read, split and store a file of statements, all or nothing, and apply nothing yet."""
    statements = read_statements(raw)
    # One file of an office after another: two that overlap at once would each take the other's entries for new ones.
    payer = Organisation.objects.select_for_update(no_key=True).get(pk=payer.pk)
    digest = hashlib.sha256(raw).hexdigest()
    known = BankStatement.objects.filter(payer=payer)
    fresh = [one for one in statements if not known.filter(**_named(one)).exists()]
    if not fresh or known.filter(sha256=digest).exists():
        raise StatementLoaded
    stored = store_bytes(raw, kind=StoredFile.Kind.BANK_RETURN, media_type="application/xml", by=by, at=at)
    rows = []
    for statement in fresh:
        row = BankStatement.objects.create(file=stored, sha256=digest, payer=payer, **_named(statement), by=by, at=at)
        _split(row, statement.entries)
        rows.append(row)
    return rows


def _named(statement: Statement) -> dict[str, str]:
    account = blind_index("account", statement.account)
    return {"statement_id": statement.statement_id, "account_index": account}


@dataclass
class _Part:
    """What one statement says of one batch, in the order of the bank: a return stands in a file behind its debit."""

    batch: PayoutBatch
    files: list[list[tuple[Entry, Payment]]] = field(default_factory=list)

    def add(self, entry: Entry, payment: Payment, *, twice: bool) -> int:
        """Put an entry into its file; what was debited twice is said twice, so that a person looks before anything."""
        number = 0
        if not twice:
            number = sum(payment.pk in {of.pk for _other, of in lines} for lines in self.files)
        while len(self.files) <= number:
            self.files.append([])
        self.files[number] += [(entry, payment)] * (2 if twice else 1)
        return number


def _split(row: BankStatement, entries: Sequence[Entry]) -> None:
    """Place each entry of a statement, and hand every batch its part."""
    references = {entry.reference for entry in entries if entry.reference}
    payments = {
        payment.line_reference: payment
        for payment in Payment.objects.filter(
            line_reference__in=references,
            batch__payer=row.payer,
            batch__status__in=[BatchStatus.SENT, BatchStatus.SETTLED],
        ).select_related("payable", "snapshot", "batch")
    }
    prints = [_print(entry) for entry in entries]
    seen = set(
        StatementEntry.objects.filter(print__in=prints, statement__payer=row.payer).values_list("print", flat=True)
    )
    debits = Counter(
        StatementEntry.objects.filter(
            reference__in=references, side=Side.DEBIT, fate=Fate.OURS, statement__payer=row.payer
        ).values_list("reference", flat=True)
    )
    fates = [
        _fate(entry, payments.get(entry.reference), known=print_ in seen)
        for entry, print_ in zip(entries, prints, strict=True)
    ]
    debits.update(
        entry.reference for entry, fate in zip(entries, fates, strict=True) if entry.debit and fate == Fate.OURS
    )
    parts: dict[int, _Part] = {}
    placed: list[tuple[StatementEntry, tuple[int, int] | None]] = []
    for number, (entry, print_, fate) in enumerate(zip(entries, prints, fates, strict=True), 1):
        payment, where = payments.get(entry.reference), None
        if fate == Fate.OURS and payment is not None and payment.batch is not None:
            part = parts.setdefault(payment.batch.pk, _Part(payment.batch))
            where = (payment.batch.pk, part.add(entry, payment, twice=debits[entry.reference] > 1))
        placed.append((_row(row, number, entry, print_, fate), where))
    returns = _receive(row, parts)
    for stored, where in placed:
        stored.bank_return = returns[where] if where is not None else None
    StatementEntry.objects.bulk_create([stored for stored, _where in placed])


def _fate(entry: Entry, payment: Payment | None, *, known: bool) -> str:
    if not entry.booked:
        return Fate.PENDING
    if payment is None:
        return Fate.FOREIGN
    return Fate.SEEN if known else Fate.OURS


def _print(entry: Entry) -> str:
    """Return what makes an entry the same one in another statement; one that is not booked yet is never the same."""
    said = [
        entry.bank_reference, entry.reference, "D" if entry.debit else "C", str(entry.amount_fen), entry.currency,
        str(entry.booked_on), "booked" if entry.booked else "pending",
    ]  # fmt: skip
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _row(statement: BankStatement, number: int, entry: Entry, print_: str, fate: str) -> StatementEntry:
    return StatementEntry(
        statement=statement,
        entry_no=number,
        bank_reference=entry.bank_reference,
        reference=entry.reference,
        side=Side.DEBIT if entry.debit else Side.CREDIT,
        reason_code=entry.reason_code,
        amount_fen=entry.amount_fen,
        currency=entry.currency,
        booked_on=entry.booked_on,
        print=print_,
        fate=fate,
    )


def _receive(row: BankStatement, parts: dict[int, _Part]) -> dict[tuple[int, int], BankReturn]:
    """Store each part as the return file of its batch, batches by their id; the same words again are the same file."""
    returns = {}
    for batch_id in sorted(parts):
        for number, lines in enumerate(parts[batch_id].files):
            batch = parts[batch_id].batch
            raw = _return_file(batch, lines)
            digest = hashlib.sha256(raw).hexdigest()
            said = BankReturn.objects.filter(batch=batch, sha256=digest).last() if loaded_before(digest) else None
            returns[(batch_id, number)] = said or applying.receive_return(raw, by=row.by, at=row.at, batch=batch)
    return returns


def _return_file(batch: PayoutBatch, lines: Sequence[tuple[Entry, Payment]]) -> bytes:
    """Return what a statement says of a batch in the agreed form; payee and card are ours where the bank tells none."""
    rows = []
    for entry, payment in lines:
        payee = payment.payee
        told = entry.debit  # in a return the parties may stand the other way round
        card = entry.card if told and entry.card and "*" not in entry.card else payee.card
        name = entry.name if told and entry.name and "*" not in entry.name else payee.payee_name
        amount = yuan_plain(entry.amount_fen) if entry.amount_fen is not None else ""
        code, reason = (PAID, "") if entry.debit else (RETURNED, _reason(entry))
        rows.append(["D", payment.line_reference, card, name, amount, code, reason])
    total = yuan_plain(sum(entry.amount_fen or 0 for entry, _payment in lines))
    count = str(len(rows))
    whole = [["H", batch.number, count, total], *rows, ["T", count, total]]
    return "".join(SEPARATOR.join(_cell(text) for text in one) + "\r\n" for one in whole).encode("utf-8-sig")


def _reason(entry: Entry) -> str:
    """Return in Chinese why money came back, and the bank's code where it gives one."""
    code = entry.reason_code
    said = in_chinese(REASONS.get(code, _("Came back after success")))
    return f"{said}（{code}）" if code else said


def _cell(text: str) -> str:
    return "".join(c for c in text if c != SEPARATOR and c.isprintable())
