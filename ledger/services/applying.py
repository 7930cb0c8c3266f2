"""What the bank answered is applied in sets of some hundred lines, each whole; a bad line blocks no other.

A file is stored and checked first. A small one is applied at once, a large one by a sweep; both by the same sets, so
that a process killed at any point leaves whole sets behind, and whoever comes next goes on with the following line.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, in_chinese, tell_all
from kernel.errors import BadValue, DomainError
from kernel.identity import name_key
from kernel.masking import card_tail
from kernel.money import yuan
from kernel.present import StrOrPromise
from kernel.sealing import blind_index
from kernel.workflow import lock
from ledger.models import (
    AppliedReturn,
    BankReturn,
    BankReturnLine,
    BatchStatus,
    Payable,
    Payment,
    PaymentStatus,
    PayoutBatch,
)
from ledger.selectors import loaded_before, unfinished_returns
from ledger.services import contradictions
from ledger.services import payments as paying
from ledger.services.arriving import arrived_link
from ledger.services.restoring import refuse_frozen
from ledger.services.returns import RESULTS, Line, payees_of, read_return
from records.models import StoredFile
from records.services import jobs
from records.services.files import read_original, store_bytes

KIND = "bank_return"
SET_LINES = 500
MOST_SETS = 200  # of one run: a sweep ends well before the queue would end it
Clock = Callable[[], dt.datetime]
Answer, Finding = BankReturnLine.Outcome, BankReturnLine.Finding
REPEATS = {
    ("paid", PaymentStatus.PAID),
    ("failed", PaymentStatus.FAILED),
    ("returned", PaymentStatus.FAILED),
    ("returned", PaymentStatus.RETURNED),
    ("failed", PaymentStatus.RETURNED),
}
BOUGHT = _(
    "%(payer)s paid you %(amount)s yuan. The bank says it is on your card ending in %(tail)s. Did it arrive? Say yes "
    "or no: %(link)s"
)
ARRIVED = _(
    "Relief of %(amount)s yuan was paid to your card ending in %(tail)s. Did it arrive? Say yes or no: %(link)s"
)
CAME_BACK = _(
    "The bank could not put %(amount)s yuan on your card ending in %(tail)s. The money is kept for you: please ask the "
    "village cadre to check the card."
)
CAME_BACK_TO_ORGANISATION = _(
    "The bank could not put %(amount)s yuan on your account ending in %(tail)s. The money is kept for you: please ask "
    "%(payer)s to check the account."
)


ARRIVED_BY_KIND = {Payable.Kind.RELIEF.value: ARRIVED, Payable.Kind.PURCHASE.value: BOUGHT}


class AlreadyLoaded(DomainError):
    code = "return_already_loaded"
    message = _("This return file has been loaded before. Nothing was done twice.")


class MakerMayNotLoad(DomainError):
    code = "maker_may_not_load"
    message = _("The person who made the batch cannot load the bank's answer to it. Ask your colleague.")


class OtherBatch(BadValue):
    code = "other_batch"
    message = _("This file answers another batch. Open that batch and load it there.")


def load_return(raw: bytes, *, by: User, at: dt.datetime, batch: PayoutBatch | None = None) -> BankReturn:
    """Take in a return file, and apply it at once when it is small; a large one waits for the sweep."""
    bank_return = receive_return(raw, by=by, at=at, batch=batch)
    if bank_return.lines <= SET_LINES and not unfinished_returns().filter(pk__lt=bank_return.pk).exists():
        apply_answers(bank_return.batch, now=lambda: at)
    return bank_return


@transaction.atomic
def receive_return(raw: bytes, *, by: User, at: dt.datetime, batch: PayoutBatch | None = None) -> BankReturn:
    """Read, check and store one return file, and apply nothing yet; with `batch` it must answer that batch."""
    digest = hashlib.sha256(raw).hexdigest()
    batch_number, lines = read_return(raw, lambda: payees_of(raw))
    if batch is not None and batch.number != batch_number:
        raise OtherBatch
    answered = PayoutBatch.objects.select_for_update().filter(number=batch_number).first()
    if answered is None or answered.status not in (BatchStatus.SENT, BatchStatus.SETTLED):
        raise BadValue(_("The file answers a batch that was never sent from here."))
    refuse_frozen(answered)
    if loaded_before(digest):
        raise AlreadyLoaded
    if answered.maker.person_id == by.person_id:
        raise MakerMayNotLoad
    stored = store_bytes(raw, kind=StoredFile.Kind.BANK_RETURN, media_type="text/plain", by=by, at=at)
    return BankReturn.objects.create(file=stored, sha256=digest, batch=answered, lines=len(lines), by=by, at=at)


def apply_waiting(*, now: Clock) -> int:
    """Go on with every return file that is not applied whole; return how many files are still under way."""
    batches = PayoutBatch.objects.filter(pk__in=unfinished_returns().values("batch")).order_by("pk")
    for batch in batches:
        apply_answers(batch, now=now)
    return unfinished_returns().count()


def apply_answers(batch: PayoutBatch, *, now: Clock) -> None:
    """Apply what the bank answered about a batch, file after file as they came, unless another worker is at it."""
    for bank_return in unfinished_returns().filter(batch=batch):
        job = jobs.take(KIND, str(bank_return.pk), at=now(), total=bank_return.lines)
        if job is None:
            return
        try:
            whole = _apply_sets(bank_return, job, now=now)
        except BaseException:
            jobs.give_back(job)
            raise
        if not whole:
            jobs.give_back(job)
            return


def _apply_sets(bank_return: BankReturn, job: jobs.Job, *, now: Clock) -> bool:
    """Apply as many sets of a file as one run may, and return whether it is whole now."""
    raw = read_original(bank_return.file)
    _number, lines = read_return(raw, lambda: payees_of(raw))
    times = Counter(line.line_reference for line in lines)
    for _set in range(MOST_SETS):
        done = _apply_next_set(bank_return, lines, times, at=now())
        jobs.beat(job, done=done, at=now())
        if done == len(lines):
            with transaction.atomic():
                _close(bank_return, at=now())
                jobs.finish(job, at=now())
            return True
    return False


@transaction.atomic
def _apply_next_set(bank_return: BankReturn, lines: Sequence[Line], times: Counter[str], *, at: dt.datetime) -> int:
    """Apply the lines that follow the last applied one, all or none of them; return how many are applied now."""
    lock(bank_return.batch)  # two workers, or two files of one batch, go one after the other
    begun = bank_return.answer_lines.aggregate(last=Max("line_no"))["last"] or 0
    chosen = list(enumerate(lines, 1))[begun : begun + SET_LINES]
    rows = (
        Payment.objects.filter(line_reference__in=[line.line_reference for _no, line in chosen])
        .select_related("payable__household", "payable__organisation", "payable__payer", "snapshot")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    # By reference alone: of a batch sent a minute ago the server does not know yet how large it is.
    payments = {payment.line_reference: payment for payment in rows if payment.batch_id == bank_return.batch_id}
    heard = _Heard(by=bank_return.by, at=at)
    answers = BankReturnLine.objects.bulk_create(
        [heard.hear(line, line_no, payments, times, bank_return=bank_return) for line_no, line in chosen]
    )
    heard.write()
    contradictions.open_all([row for row in answers if row.outcome == Answer.CONFLICT], by=heard.by, at=at)
    return begun + len(chosen)


def _close(bank_return: BankReturn, *, at: dt.datetime) -> None:
    """Write down what became of a file whose every line is applied, and settle its batch when nothing is open."""
    batch = lock(bank_return.batch)
    if unfinished_returns().filter(pk=bank_return.pk).exists():
        applied = Q(outcome=Answer.APPLIED)
        counts = bank_return.answer_lines.aggregate(
            arrived=Count("pk", filter=applied & Q(result="paid")),
            came_back=Count("pk", filter=applied & ~Q(result="paid")),
            repeated=Count("pk", filter=Q(outcome=Answer.REPEATED)),
            exceptions=Count("pk", filter=Q(outcome__in=[Answer.EXCEPTION, Answer.CONFLICT])),
        )
        AppliedReturn.objects.create(
            bank_return=bank_return, sha256=bank_return.sha256, lines=bank_return.lines, at=at, **counts
        )
    waiting = batch.payments.filter(status__in=[PaymentStatus.SENT, PaymentStatus.PREPARED]).exists()
    if batch.status == BatchStatus.SENT and not waiting:
        batch.move_to(BatchStatus.SETTLED, by=bank_return.by, at=at)


@dataclass
class _Heard:
    """What the lines of one set say, gathered by what is to be done, and done at once."""

    by: User
    at: dt.datetime
    arrived: list[Payment] = field(default_factory=list)
    refused: list[Payment] = field(default_factory=list)
    came_back: list[Payment] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)

    def hear(
        self,
        line: Line,
        line_no: int,
        payments: dict[str, Payment],
        times: Counter[str],
        *,
        bank_return: BankReturn,
    ) -> BankReturnLine:
        """Return the row of one line, having put its payment where it belongs."""
        payment = payments.get(line.line_reference)
        answer = BankReturnLine(
            bank_return=bank_return,
            line_no=line_no,
            line_reference=line.line_reference[:40],
            result=line.result,
            amount_fen=line.amount_fen,
            payment=payment,
        )
        reason = _mismatch(line, payment, times)
        if payment is None or reason:
            # The words of the record, whatever language its loader reads.
            answer.outcome, answer.reason = Answer.EXCEPTION, in_chinese(reason)
            twice = Finding.DUPLICATE if times[line.line_reference] > 1 else Finding.MISMATCH
            answer.finding = Finding.STRAY if payment is None else twice
        elif (line.result, payment.status) in REPEATS:
            answer.outcome = Answer.REPEATED
        elif self._takes(line, payment):
            answer.outcome = Answer.APPLIED
        else:
            # Paid after failed or returned: paying anew might pay twice, so the payable waits until a person has asked.
            answer.outcome = Answer.CONFLICT
            answer.reason = in_chinese(_("The bank said something else about this payment before."))
        return answer

    def _takes(self, line: Line, payment: Payment) -> bool:
        """Put a payment where its answer belongs; return whether the answer follows from where it stands."""
        if line.result == "paid" and payment.status == PaymentStatus.SENT:
            self.arrived.append(payment)
        elif line.result != "paid" and payment.status == PaymentStatus.SENT:
            self.refused.append(payment)
            self.reasons[payment.pk] = line.reason or in_chinese(_("Refused by the bank"))
        elif line.result != "paid" and payment.status == PaymentStatus.PAID:
            self.came_back.append(payment)
            self.reasons[payment.pk] = line.reason or in_chinese(_("Came back after success"))
        else:
            return False
        return True

    def write(self) -> None:
        """Do what was gathered: move the payments and their money, and tell the households."""
        by, at = self.by, self.at
        paying.mark_all_paid(self.arrived, by=by, at=at)
        paying.mark_all_failed(self.refused, self.reasons, by=by, at=at)
        paying.mark_all_returned(self.came_back, self.reasons, by=by, at=at)
        words = [_word(payment, ARRIVED_BY_KIND[payment.payable.kind]) for payment in self.arrived]
        words += [_word(payment, CAME_BACK) for payment in (*self.refused, *self.came_back)]
        tell_all([word for word in words if word is not None], at=at)


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
    if blind_index("card", line.card) != payment.payee.card_index:
        return _("The card is not the one that was instructed.")
    if name_key(line.name) != name_key(payment.payee.payee_name):
        return _("The name is not the one that was instructed.")
    return ""


def _word(payment: Payment, sentence: StrOrPromise) -> Word | None:
    """Return what the payee is told of its money, in Chinese: on the phone of the household or the organisation."""
    payable = payment.payable
    phone = payable.organisation.phone if payable.organisation is not None else ""
    if payable.household is None and not phone:
        return None
    if sentence is CAME_BACK and payable.household is None:
        sentence = CAME_BACK_TO_ORGANISATION
    values = {"amount": yuan(payment.amount_fen), "tail": card_tail(payment.payee.card), "link": arrived_link()}
    if sentence in (BOUGHT, CAME_BACK_TO_ORGANISATION):
        values["payer"] = payable.payer.name
    return Word(sentence, values, payable.household, f"payment.{payment.status}", payable.document, phone)
