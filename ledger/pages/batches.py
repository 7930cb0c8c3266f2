"""Payout batches, their lines and the bank's answers in words; cards and names are masked here, on the server."""

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.selectors import spoken_time
from kernel import masking, money
from kernel.present import known
from kernel.shown import Fact, Tag
from ledger.models import BankReturn, BankReturnLine, BatchStatus, Payment, PaymentStatus, PayoutBatch
from ledger.selectors import Reason, Waiting

TONES = {
    BatchStatus.PREPARED: "warn",
    BatchStatus.SENT: "info",
    BatchStatus.SETTLED: "ok",
    BatchStatus.CANCELLED: "plain",
    PaymentStatus.PAID: "ok",
    PaymentStatus.FAILED: "danger",
    PaymentStatus.RETURNED: "danger",
}
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as the list shows it."""

    url: str
    number: str
    when: str
    lines: int
    amount: str
    status: Tag


@dataclass(frozen=True, slots=True)
class BatchHead:
    """A batch above its lines."""

    number: str
    amount: str
    status: Tag


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment of a batch."""

    no: int | None
    name: str
    village: str
    card: str
    bank: str
    amount: str
    status: Tag
    why: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One award that waits, and why it is left out."""

    name: str
    village: str
    card: str
    amount: str
    since: str
    blocked: str


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """One return file of the bank."""

    when: str
    name: str
    sha: str
    became: str


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer of the bank that nobody could apply."""

    reference: str
    name: str
    village: str
    amount: str
    status: Tag
    why: str


def batch_row(batch: PayoutBatch) -> BatchRow:
    """Return one line of the list of batches."""
    return BatchRow(
        url=reverse("batch-detail", args=[batch.pk]),
        number=batch.number,
        when=spoken_time(batch.prepared_at),
        lines=batch.lines,
        amount=money.yuan(batch.total_fen),
        status=tag(batch.status, BatchStatus),
    )


def batch_head(batch: PayoutBatch) -> BatchHead:
    """Return what stands above the lines of a batch."""
    return BatchHead(batch.number, money.yuan(batch.total_fen), tag(batch.status, BatchStatus))


def batch_facts(batch: PayoutBatch) -> list[Fact]:
    """Return who pays, how many households, who made and who sent it, and the print of its file."""
    facts = [
        Fact(_("Payer"), batch.payer.name),
        Fact(pgettext("count", "Households"), batch.lines),
        Fact(_("In capital numerals"), money.uppercase_amount(batch.total_fen)),
        Fact(_("Made by"), known(batch.maker.person).name, spoken_time(batch.prepared_at)),
    ]
    if batch.checker is not None and batch.sent_at is not None:
        facts.append(Fact(_("Checked and sent by"), known(batch.checker.person).name, spoken_time(batch.sent_at)))
    if batch.file is not None:
        facts.append(Fact(_("SHA-256 of the file"), f"{batch.file.sha256[:12]}…{batch.file.sha256[-8:]}"))
    return facts


def payment_line(payment: Payment) -> PaymentLine:
    """Return one payment of a batch, masked."""
    payable = payment.payable
    return PaymentLine(
        no=payment.line_no,
        name=masking.mask_name(payment.payee.payee_name),
        village=payable.household.village.short_name if payable.household else "",
        card=masking.mask_card(payment.payee.card),
        bank=payment.payee.bank,
        amount=money.yuan(payment.amount_fen),
        status=tag(payment.status, PaymentStatus),
        why=payment.failure,
    )


def waiting_row(waiting: Waiting) -> WaitingRow:
    """Return one award that waits, masked, and in a sentence why the next batch leaves it out."""
    payable = waiting.payable
    return WaitingRow(
        name=masking.mask_name(payable.payee.payee_name),
        village=payable.household.village.short_name if payable.household else "",
        card=masking.mask_card(payable.payee.card),
        amount=money.yuan(payable.amount_fen),
        since=spoken_time(payable.at),
        blocked=_reason(waiting),
    )


def _reason(waiting: Waiting) -> str:
    """Return why an award is left out of the next batch, empty when it is not."""
    if waiting.blocked is None:
        return ""
    sentences = {
        Reason.SENT: _("In batch %(number)s, sent and not answered yet. Unknown is not failed."),
        Reason.PREPARED: _("In batch %(number)s, waiting for the second person."),
        Reason.OWN_HAND: _("You had a hand in this claim. A colleague puts it into a batch."),
        Reason.CONTRADICTED: _("The bank said failed and then paid. Ask the bank before anything is paid again."),
        Reason.HEIR: _("The payee died and an heir is named: a second person confirms it first."),
        Reason.UNMENDED: _("The bank sent it back: the card is to be mended by two people first."),
        Reason.STOPPED: _(
            "Something came to light of it after the award: money got elsewhere, or more. Ask the bureau."
        ),
    }
    return sentences[waiting.blocked] % {"number": waiting.batch_number}


def loaded_file(bank_return: Any) -> LoadedFile:
    """Return one return file of the bank and what became of its lines, or how far it is."""
    return LoadedFile(
        when=spoken_time(bank_return.at),
        name=str(bank_return.file.get_kind_display()),
        sha=f"{bank_return.sha256[:8]}…{bank_return.sha256[-4:]}",
        became=told_of(bank_return, done=bank_return.last_line or 0),
    )


def told_of(bank_return: BankReturn, *, done: int = 0) -> str:
    """Return in a sentence what became of a return file: arrived, came back, said before, to be looked into."""
    if not hasattr(bank_return, "outcome"):
        return _("Under way: %(done)s of %(lines)s lines. This page may be closed; open it again for the result.") % {
            "done": done,
            "lines": bank_return.lines,
        }
    outcome = bank_return.outcome
    counts = [
        (outcome.arrived, _("%(n)s arrived")),
        (outcome.came_back, _("%(n)s came back")),
        (outcome.repeated, _("%(n)s said before")),
        (outcome.exceptions, _("%(n)s to be looked into")),
    ]
    parts = [words % {"n": count} for count, words in counts if count]
    return pgettext("between parts of a count", ", ").join(parts) or _("No line in the file")


def open_answer(answer: BankReturnLine) -> OpenAnswer:
    """Return one answer that somebody must look into, masked."""
    payable = answer.payment.payable if answer.payment else None
    conflict = answer.outcome == BankReturnLine.Outcome.CONFLICT
    return OpenAnswer(
        reference=answer.line_reference or NOTHING,
        name=masking.mask_name(answer.payment.payee.payee_name) if answer.payment else NOTHING,
        village=payable.household.village.short_name if payable and payable.household else NOTHING,
        amount=money.yuan(answer.amount_fen) if answer.amount_fen is not None else NOTHING,
        status=Tag("danger" if conflict else "warn", str(BankReturnLine.Outcome(answer.outcome).label)),
        why=answer.reason,
    )


def batch_tag(batch: PayoutBatch) -> Tag:
    """Return how a batch stands."""
    return tag(batch.status, BatchStatus)


def line_tag(payment: Payment) -> Tag:
    """Return how a payment stands."""
    return tag(payment.status, PaymentStatus)


def tag(status: str, statuses: type[TextChoices]) -> Tag:
    """Return how a batch or a payment stands."""
    return Tag(TONES.get(status, "info"), str(statuses(status).label))  # type: ignore[call-overload]
