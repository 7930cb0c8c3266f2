"""One payout batch from report to card in words: the identity first, the table, then only those to follow."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import money
from kernel.shown import Link, Tag
from ledger.pages.verdicts import line_tag, next_step, step_of, verdict_line
from ledger.selectors.verdicts import Verdict, VerdictSum
from losses.pages.words import day_time
from losses.selectors.reconciling import STAGES, Followed, Sums


@dataclass(frozen=True, slots=True)
class BatchHead:
    """The batch, its size and the bank's last answer."""

    title: str
    meta: list[str]
    short: str


@dataclass(frozen=True, slots=True)
class StageBox:
    """One of the six stages, with money and households."""

    label: str
    amount: str
    households: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whether what was sent is accounted for."""

    balanced: bool
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Households and money of one township at one stage."""

    households: int
    amount: str


@dataclass(frozen=True, slots=True)
class TownRow:
    """One township, or all of them; empty text where nothing came back or is unknown."""

    name: str
    cells: list[Cell]
    returned: str
    unknown: str
    difference: str
    off: bool
    total: bool


@dataclass(frozen=True, slots=True)
class FollowRow:
    """One line of the batch, or of the bank alone."""

    number: str
    name: str
    village: str
    account: str
    amount: str
    status: Tag
    why: str
    next: Link | None


@dataclass(frozen=True, slots=True)
class FollowList:
    """The lines of one verdict, or all to follow."""

    title: str
    hint: str
    rows: list[FollowRow]


def batch_head(batch: Any) -> BatchHead:
    """Return the head of the page: the batch and the bank's last answer."""
    last = batch.returns.select_related("file").order_by("-pk").first()
    meta = [_("%(n)s households, %(sum)s yuan") % {"n": batch.lines, "sum": money.yuan(batch.total_fen)}]
    if last is not None:
        meta += [
            _("Bank's answer %(at)s") % {"at": day_time(last.at)},
            _("Checksum %(sum)s") % {"sum": f"{last.sha256[:4]}…{last.sha256[-4:]}"},
        ]
    return BatchHead(_("Batch %(number)s: relief reconciled") % {"number": batch.number}, meta, batch.number)


def stage_labels() -> list[str]:
    """Return what the six stages are called."""
    return [
        pgettext("reconciliation", "Declared"),
        pgettext("reconciliation", "Verified"),
        pgettext("reconciliation", "On notice"),
        pgettext("reconciliation", "Approved"),
        pgettext("reconciliation", "Sent"),
        pgettext("reconciliation", "Arrived"),
    ]


def stage_boxes(total: Sums) -> list[StageBox]:
    """Return the six stages of all townships."""
    return [
        StageBox(label, money.yuan(total.fen[stage]), _("%(n)s households") % {"n": total.households[stage]})
        for stage, label in zip(STAGES, stage_labels(), strict=True)
    ]


def town_row(sums: Sums) -> TownRow:
    """Return one township, or the sum of all."""
    return TownRow(
        name=sums.name or _("In all"),
        cells=[Cell(sums.households[stage], money.yuan(sums.fen[stage])) for stage in STAGES],
        returned=money.yuan(sums.fen["returned"]) if sums.fen["returned"] else "",
        unknown=money.yuan(sums.fen["unknown"]) if sums.fen["unknown"] else "",
        difference=money.yuan(sums.difference),
        off=sums.difference != 0,
        total=not sums.name,
    )


def identity(total: Sums) -> Identity:
    """Return the sentence that says whether what was sent is accounted for."""
    amounts = {key: money.yuan(total.fen[key]) for key in ("sent", "arrived", "returned", "unknown")}
    text = _("Sent %(sent)s = arrived %(arrived)s + came back %(returned)s + unknown %(unknown)s.") % amounts
    if total.difference:
        return Identity(False, _("The accounts do not balance."), text)
    return Identity(True, _("The accounts balance."), text)


def verdict_list(listed: list[Followed], sums: list[VerdictSum], verdict: str) -> FollowList:
    """Return one page of the lines of one verdict; without one, of all that are to be followed."""
    if not verdict:
        open_ones = [row.lines for row in sums if row.verdict not in (Verdict.SETTLED, Verdict.STRAY)]
        title = _("%(n)s households to follow") % {"n": sum(open_ones)}
        hint = _("Unknown is not failed: nothing is paid again before the bank has answered")
    else:
        row = next(row for row in sums if row.verdict == verdict)
        title = _("%(verdict)s: %(n)s lines, %(sum)s yuan") % {
            "verdict": row.verdict.label,
            "n": row.lines,
            "sum": money.yuan(row.fen),
        }
        hint = next_step(verdict)
    return FollowList(title=title, hint=hint, rows=[_follow_row(one) for one in listed])


def _follow_row(followed: Followed) -> FollowRow:
    row, claim = followed.row, followed.claim
    line = verdict_line(row)
    payable = row.payable if line.verdict != Verdict.STRAY else None
    step = step_of(line) if payable else ""
    fen = line.amount_fen if payable else line.answered_fen
    return FollowRow(
        number=claim.number if claim else line.reference,
        name=line.name,
        village=payable.household.village.short_name if payable and payable.household else "",
        account=line.card,
        amount=money.yuan(fen) if fen is not None else "",
        status=line_tag(line),
        why=line.why,
        next=Link(reverse("claim-detail", args=[claim.pk]), step) if claim and step else None,
    )


def made_words(batch: Any) -> list[str]:
    """Return who made a batch and who checked it."""
    hands = [_("Made by %(name)s, %(at)s") % {"name": batch.maker.person.name, "at": day_time(batch.prepared_at)}]
    if batch.checker is not None:
        hands.append(_("Checked by %(name)s") % {"name": batch.checker.person.name})
    return hands
