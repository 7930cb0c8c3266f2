"""The verdicts of a batch in words: how many, how much and what comes next; a line masked."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import masking, money
from kernel.shown import Tag
from ledger.models import BankReturnLine, PaymentStatus
from ledger.selectors import FATES
from ledger.selectors.verdicts import Verdict, VerdictSum

TONES = {Verdict.SETTLED: "ok", Verdict.UNPAID: "warn"}


@dataclass(frozen=True, slots=True)
class VerdictBox:
    """One verdict: its count, its sum, the next step, and the address of its list."""

    key: str
    label: str
    lines: str
    amount: str
    next: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """One line of a batch, or of the bank alone, under its verdict; masked."""

    verdict: str
    line_no: int | None
    reference: str
    name: str
    card: str
    status: str
    amount_fen: int | None
    answered_fen: int | None
    why: str
    next: str


def next_step(verdict: str) -> str:
    """Return what is to be done about lines of one verdict."""
    steps = {
        Verdict.SETTLED: _("Nothing more to do."),
        Verdict.UNPAID: _("No answer: ask the bank. Came back: have the card checked. Nothing is paid twice."),
        Verdict.MISMATCH: _(
            "Compare with our file and ask the bank for a right answer; until then it counts as unpaid."
        ),
        Verdict.DUPLICATE: _("Ask the bank for a letter that says which answer holds; nothing is paid before that."),
        Verdict.STRAY: _("Not a line we sent. Ask the bank whose money it is; no award is touched by it."),
    }
    return steps[Verdict(verdict)]


def verdict_boxes(sums: list[VerdictSum], chosen: str) -> list[VerdictBox]:
    """Return the verdicts of a batch, each with the address of its list."""
    return [
        VerdictBox(
            key=row.verdict.value,
            label=str(row.verdict.label),
            lines=_("%(n)s lines") % {"n": row.lines},
            amount=money.yuan(row.fen),
            next=next_step(row.verdict) if row.lines else "",
            url=f"?verdict={row.verdict.value}#lines",
            chosen=row.verdict.value == chosen,
        )
        for row in sums
    ]


def verdict_line(row: Any) -> VerdictLine:
    """Return one judged payment, or one stray line of the bank."""
    if isinstance(row, BankReturnLine):
        verdict = Verdict.STRAY.value
        return VerdictLine(
            verdict=verdict,
            line_no=None,
            reference=row.line_reference,
            name="",
            card="",
            status=row.result,
            amount_fen=None,
            answered_fen=row.amount_fen,
            why=row.reason,
            next=next_step(verdict),
        )
    return VerdictLine(
        verdict=row.verdict,
        line_no=row.line_no,
        reference=row.line_reference,
        name=masking.mask_name(row.payee.payee_name),
        card=masking.mask_card(row.payee.card),
        status=row.status,
        amount_fen=row.amount_fen,
        answered_fen=row.said_fen,
        why=why_of(row),
        next=next_step(row.verdict),
    )


def why_of(row: Any) -> str:
    """Return why a judged payment is not settled, empty where it is."""
    if row.verdict == Verdict.SETTLED:
        return ""
    if row.verdict != Verdict.UNPAID:
        return row.said or row.failure
    return _("The bank has not answered") if row.status in (PaymentStatus.SENT, PaymentStatus.PREPARED) else row.failure


def line_tag(line: VerdictLine) -> Tag:
    """Return the verdict of a line as a tag; of what is not paid, whether it is unknown or came back."""
    if line.verdict != Verdict.UNPAID:
        return Tag(TONES.get(Verdict(line.verdict), "danger"), str(Verdict(line.verdict).label))
    unknown = _is_unknown(line)
    state = pgettext("reconciliation", "Unknown") if unknown else pgettext("reconciliation", "Returned")
    return Tag("warn" if unknown else "danger", state)


def step_of(line: VerdictLine) -> str:
    """Return in some words what comes next for one payment, nothing where it has arrived."""
    if line.verdict == Verdict.SETTLED:
        return ""
    if line.verdict != Verdict.UNPAID or _is_unknown(line):
        return _("Wait for the bank, do not pay again")
    return _("Have the card checked")


def _is_unknown(line: VerdictLine) -> bool:
    return FATES[PaymentStatus(line.status)] == "unknown"
