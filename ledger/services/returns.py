"""The bank's answer: control totals first and all-or-nothing, then line by line; a bad line blocks no other."""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import in_chinese, tell
from kernel import encodings
from kernel.errors import BadValue, DomainError
from kernel.identity import name_key
from kernel.masking import card_tail
from kernel.money import yuan
from kernel.present import StrOrPromise
from kernel.sealing import blind_index
from kernel.workflow import lock
from ledger.models import BankReturn, BankReturnLine, BatchStatus, Payment, PaymentStatus, PayoutBatch
from ledger.services import payments as paying
from ledger.services.payouts import SEPARATOR
from records.models import StoredFile
from records.services.files import store_bytes

MOST_BYTES = 50 * 2**20
RESULTS = {"0000": "paid", "9001": "failed", "9002": "returned"}
AMOUNT = re.compile(r"[0-9]{1,10}\.[0-9]{2}")
Answer = BankReturnLine.Outcome
REPEATS = {
    ("paid", PaymentStatus.PAID),
    ("failed", PaymentStatus.FAILED),
    ("returned", PaymentStatus.FAILED),
    ("returned", PaymentStatus.RETURNED),
    ("failed", PaymentStatus.RETURNED),
}
ARRIVED = _("Relief of %(amount)s yuan has arrived on your card ending in %(tail)s.")
CAME_BACK = _(
    "The bank could not put %(amount)s yuan on your card ending in %(tail)s. The money is kept for you: please ask the "
    "village cadre to check the card."
)


class AlreadyLoaded(DomainError):
    code = "return_already_loaded"
    message = _("This return file has been loaded before. Nothing was done twice.")


class MakerMayNotLoad(DomainError):
    code = "maker_may_not_load"
    message = _("The person who made the batch cannot load the bank's answer to it. Ask your colleague.")


class OtherBatch(BadValue):
    code = "other_batch"
    message = _("This file answers another batch. Open that batch and load it there.")


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


@transaction.atomic
def load_return(
    raw: bytes, *, display_name: str, by: User, at: dt.datetime, batch: PayoutBatch | None = None
) -> BankReturn:
    """Apply one return file: each line that matches reference, card, name and amount; the rest wait for a person.

    With `batch` the file must answer that batch and no other.
    """
    digest = hashlib.sha256(raw).hexdigest()
    batch_number, lines = read_return(raw, lambda: _payees(raw))
    if batch is not None and batch.number != batch_number:
        raise OtherBatch
    answered = PayoutBatch.objects.select_for_update().filter(number=batch_number).first()
    if answered is None or answered.status not in (BatchStatus.SENT, BatchStatus.SETTLED):
        raise BadValue(_("The file answers a batch that was never sent from here."))
    if BankReturn.objects.filter(sha256=digest, applied__gt=0).exists():
        raise AlreadyLoaded
    if answered.maker.person_id == by.person_id:
        raise MakerMayNotLoad
    stored = store_bytes(
        raw, kind=StoredFile.Kind.BANK_RETURN, media_type="text/plain", display_name=display_name, by=by, at=at
    )
    times = Counter(line.line_reference for line in lines)
    payments = {p.line_reference: p for p in answered.payments.select_related("payable__household")}
    answers = [_apply(line, no, payments, times, by=by, at=at) for no, line in enumerate(lines, 1)]
    exceptions = sum(a.outcome in (Answer.EXCEPTION, Answer.CONFLICT) for a in answers)
    bank_return = BankReturn.objects.create(
        file=stored,
        sha256=digest,
        batch=answered,
        lines=len(lines),
        applied=len(lines) - exceptions,
        exceptions=exceptions,
        by=by,
        at=at,
    )
    for answer in answers:
        answer.bank_return = bank_return
    BankReturnLine.objects.bulk_create(answers)
    _settle(answered, by=by, at=at)
    return bank_return


def _apply(
    line: Line, line_no: int, payments: dict[str, Payment], times: Counter[str], *, by: User, at: dt.datetime
) -> BankReturnLine:
    answer = BankReturnLine(
        line_no=line_no, line_reference=line.line_reference[:40], result=line.result, amount_fen=line.amount_fen
    )
    answer.payment = payments.get(line.line_reference)
    reason = _mismatch(line, answer.payment, times)
    if answer.payment is None or reason:
        # The words of the record, whatever language its loader reads.
        answer.outcome, answer.reason = Answer.EXCEPTION, in_chinese(reason)
        return answer
    payment = lock(answer.payment)
    answer.outcome = Answer.APPLIED
    if line.result == "paid" and payment.status == PaymentStatus.SENT:
        paying.mark_paid(payment, by=by, at=at)
        _tell(payment, ARRIVED, at=at)
    elif line.result in ("failed", "returned") and payment.status == PaymentStatus.SENT:
        paying.mark_failed(payment, reason=line.reason or in_chinese(_("Refused by the bank")), by=by, at=at)
        _tell(payment, CAME_BACK, at=at)
    elif line.result in ("returned", "failed") and payment.status == PaymentStatus.PAID:
        paying.mark_returned(payment, reason=line.reason or in_chinese(_("Came back after success")), by=by, at=at)
        _tell(payment, CAME_BACK, at=at)
    elif (line.result, payment.status) in REPEATS:
        answer.outcome = Answer.REPEATED
    else:
        # Paid after failed or returned: paying anew might pay twice, so the payable waits until a person has asked.
        answer.outcome = Answer.CONFLICT
        answer.reason = in_chinese(_("The bank said something else about this payment before."))
    return answer


def _mismatch(line: Line, payment: Payment | None, times: Counter[str]) -> StrOrPromise:
    """Return why a line may not be applied, nothing when it matches what was instructed."""
    if payment is None:
        return _("No payment of this batch has this reference.")
    if times[line.line_reference] > 1:
        return _("The file speaks of this payment more than once.")
    if line.result not in RESULTS.values():
        return _("The bank's result code is unknown.")
    if line.amount_fen != payment.amount_fen:
        return _("The amount is not the one that was instructed.")
    if blind_index("card", line.card) != payment.payable.card_index:
        return _("The card is not the one that was instructed.")
    if name_key(line.name) != name_key(payment.payable.payee_name):
        return _("The name is not the one that was instructed.")
    return ""


def _tell(payment: Payment, sentence: StrOrPromise, *, at: dt.datetime) -> None:
    """Tell the household in Chinese what became of its money; organisations read it on their pages."""
    payable = payment.payable
    if payable.household_id is None:
        return
    values = {"amount": yuan(payment.amount_fen), "tail": card_tail(payable.card)}
    kind = f"payment.{payment.status}"
    tell(sentence, values, household=payable.household, kind=kind, document=payable.document, at=at)


def _settle(batch: PayoutBatch, *, by: User, at: dt.datetime) -> None:
    waiting = batch.payments.filter(status__in=[PaymentStatus.SENT, PaymentStatus.PREPARED]).exists()
    if batch.status == BatchStatus.SENT and not waiting:
        batch.move_to(BatchStatus.SETTLED, by=by, at=at)


def _decoded(raw: bytes, payees: Callable[[], Collection[str]]) -> str:
    """Return the text of a return file: in GB18030, as agreed, unless its marks or its names speak for UTF-8."""
    try:
        return encodings.decode(raw, payees, agreed=encodings.GB18030).replace("\r\n", "\n")
    except BadValue as unreadable:
        raise BadValue(
            _("The characters of the file cannot be read. Ask the bank for it again, in GB18030.")
        ) from unreadable


def _payees(raw: bytes) -> list[str]:
    """Return some of the names that were sent to the bank in the batch that a file answers."""
    number = raw.partition(SEPARATOR.encode())[2].partition(SEPARATOR.encode())[0].strip()
    sent = Payment.objects.filter(batch__number=number.decode("ascii", "replace")).select_related("payable")
    return [payment.payable.payee_name for payment in sent.order_by("line_no")[: encodings.MOST_WORDS]]


def _amount(text: str) -> int | None:
    """Read an amount as banks write it, 1234.50 in ASCII digits, or nothing: no guess about money that has moved."""
    text = text.strip()
    if not AMOUNT.fullmatch(text) or text.lstrip("0.") == "":
        return None
    return int(text.replace(".", ""))


def _result(row: list[str]) -> tuple[str, str]:
    code = row[5].strip()
    return RESULTS.get(code, "unknown"), row[6].strip()[:120]
