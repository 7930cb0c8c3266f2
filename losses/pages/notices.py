"""What the desk puts before the public, before it does; and the objections that come back."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from kernel import masking, money
from kernel.dates import period_words
from kernel.shown import Tab
from losses.models import LossClaim
from losses.pages.words import amount_words, day_time
from losses.selectors.claims import quantity_words
from records.models import NoticeLine, Objection, ObjectionStatus, PublicNotice
from records.pages import objections


@dataclass(frozen=True, slots=True)
class PublicLine:
    """A claim as everybody will read it, its name masked."""

    name: str
    village: str
    line: str
    amount: str


@dataclass(frozen=True, slots=True)
class RunningRow:
    """A notice that hangs now."""

    url: str
    withdraw_url: str
    title: str
    number: str
    period: str


@dataclass(frozen=True, slots=True)
class ObjectedLine:
    """The line of the notice that somebody objects to."""

    name: str
    village: str
    goods: str
    amount: str
    notice: str
    notice_url: str


def public_line(claim: LossClaim, *, amounts: bool) -> PublicLine:
    """Return a claim as the notice will show it, with its amount in the county's round."""
    return PublicLine(
        name=masking.mask_name(claim.household.head_name),
        village=claim.household.village.short_name,
        line=f"{claim.goods.produce.name} {quantity_words(claim)}",
        amount=amount_words(claim) if amounts else "",
    )


def running_row(notice: PublicNotice) -> RunningRow:
    """Return one notice that hangs now, with the page on which it is withdrawn."""
    return RunningRow(
        url=reverse("notice", args=[notice.number]),
        withdraw_url=reverse("notice-withdraw", args=[notice.number]),
        title=notice.title,
        number=notice.number,
        period=period_words(notice.starts_on, notice.ends_on),
    )


def objection_tabs(chosen: str) -> list[Tab]:
    """Return the lists of objections, by their state."""
    return [Tab(f"?state={state.value}", str(state.label), state.value == chosen) for state in ObjectionStatus]


def objection_row(objection: Objection, *, now: dt.datetime) -> objections.ObjectionRow:
    """Return one objection of the list; one that is open says by when it is to be answered."""
    is_open = objection.status == ObjectionStatus.OPEN
    line = objection.line
    return objections.ObjectionRow(
        url=reverse("objection-answer", args=[objection.pk]),
        label=f"{objection.number} {line.masked_name} {line.goods}",
        hint=f"{line.notice.title} {day_time(objection.at)}",
        status=objections.due_tag(objection, now=now) if is_open else objections.status_tag(objection),
    )


def objection_page(objection: Objection, *, now: dt.datetime) -> objections.ObjectionPage:
    """Return one objection with what was said and answered."""
    status = objections.status_tag(objection)
    return objections.objection_page(objection, at=day_time(objection.at), status=status, now=now)


def objected_line(line: NoticeLine) -> ObjectedLine:
    """Return the line that somebody objects to, as it hangs in public."""
    return ObjectedLine(
        name=line.masked_name,
        village=line.village_name,
        goods=line.goods,
        amount=money.yuan(line.amount_fen) if line.amount_fen else "",
        notice=line.notice.title,
        notice_url=reverse("notice", args=[line.notice.number]),
    )
