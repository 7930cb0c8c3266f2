"""The bank's answer as a file: read whole, its control totals first; what it says is applied by `applying`."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kernel import encodings
from kernel.errors import BadValue
from ledger.models import Payment
from ledger.services.payouts import SEPARATOR

MOST_BYTES = 50 * 2**20
RESULTS = {"0000": "paid", "9001": "failed", "9002": "returned"}
AMOUNT = re.compile(r"[0-9]{1,10}\.[0-9]{2}")


class TotalsDiffer(BadValue):
    code = "totals_differ"
    message = _(
        "The file's own count or sum does not match its lines, so none of it was used. Ask the bank for a whole file."
    )


@dataclass(frozen=True)
class Line:
    line_reference: str
    card: str
    name: str
    amount_fen: int | None
    result: str
    reason: str


def read_return(raw: bytes, payees: Callable[[], Collection[str]] = tuple) -> tuple[str, list[Line]]:
    """Return the batch number and the lines of a return file, or refuse the file as a whole.

    `payees` fetches names that may stand in it: they decide where two encodings both read well. Form:
    `H|batch|count|sum`, `D|reference|card|name|amount|code|reason`…, `T|count|sum`, GB18030 or UTF-8, CRLF or LF.
    """
    if len(raw) > MOST_BYTES:
        raise BadValue(_("The file is larger than any return file. Choose the bank's return file."))
    text = _decoded(raw, payees)
    rows = [line.split(SEPARATOR) for line in text.split("\n") if line.strip()]
    if len(rows) < 2 or rows[0][0] != "H" or rows[-1][0] != "T" or len(rows[0]) != 4 or len(rows[-1]) != 3:
        raise BadValue(
            _("This is not a whole return file: its first or last line is missing. Ask the bank for it again.")
        )
    body = rows[1:-1]
    if any(row[0] != "D" or len(row) != 7 for row in body):
        raise BadValue(_("A line of the file is cut or has other columns than agreed, so none of it was used."))
    lines = [Line(row[1].strip(), row[2].strip(), row[3].strip(), _amount(row[4]), *_result(row)) for row in body]
    total = sum(line.amount_fen or 0 for line in lines)
    for count, amount in ((rows[0][2], rows[0][3]), (rows[-1][1], rows[-1][2])):
        if count.strip() != str(len(lines)) or _amount(amount) != total:
            raise TotalsDiffer
    return rows[0][1].strip(), lines


def _decoded(raw: bytes, payees: Callable[[], Collection[str]]) -> str:
    """Return the text of a return file: in GB18030, as agreed, unless its marks or its names speak for UTF-8."""
    try:
        return encodings.decode(raw, payees, agreed=encodings.GB18030).replace("\r\n", "\n")
    except BadValue as unreadable:
        raise BadValue(
            _("The characters of the file cannot be read. Ask the bank for it again, in GB18030.")
        ) from unreadable


def payees_of(raw: bytes) -> list[str]:
    """Return some of the names that were sent to the bank in the batch that a file answers."""
    number = raw.partition(SEPARATOR.encode())[2].partition(SEPARATOR.encode())[0].strip()
    sent = Payment.objects.filter(batch__number=number.decode("ascii", "replace")).select_related("payable", "snapshot")
    return [payment.payee.payee_name for payment in sent.order_by("line_no")[: encodings.MOST_WORDS]]


def _amount(text: str) -> int | None:
    """Read an amount as banks write it, 1234.50 in ASCII digits, or nothing: no guess about money that has moved."""
    text = text.strip()
    if not AMOUNT.fullmatch(text) or text.lstrip("0.") == "":
        return None
    return int(text.replace(".", ""))


def _result(row: list[str]) -> tuple[str, str]:
    code = row[5].strip()
    return RESULTS.get(code, "unknown"), row[6].strip()[:120]
