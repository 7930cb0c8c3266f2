"""Public notices as everybody reads them: days left first, names masked, the way to object."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock, money
from kernel.dates import day_words, period_words
from kernel.shown import Fact, Link, Receipt, Tag
from records.models import NoticeLine, Objection, ObjectionStatus, PublicNotice
from records.pages.objections import TONES, status_tag
from records.selectors import notices


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an objection, as everybody reads it: never who objected, nor in which words."""

    number: str
    day: str
    status: Tag
    answer: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice in the list."""

    url: str
    title: str
    line: str
    period: str
    left: Tag


@dataclass(frozen=True, slots=True)
class NoticeHead:
    """What stands above the lines of a notice."""

    title: str
    office: str
    number: str
    left: Tag
    period: str
    period_note: str
    rule: Link
    sum_text: str
    how: str


@dataclass(frozen=True, slots=True)
class PublicLine:
    """One masked line."""

    name: str
    village: str
    line: str
    no: int | None
    amount: str


@dataclass(frozen=True, slots=True)
class Total:
    """The sum below the lines."""

    label: str
    amount: str


def notice_row(notice: PublicNotice, households: int, total_fen: int | None, *, at: dt.datetime) -> NoticeRow:
    """Return one notice of the list, with how many households it names and what they get."""
    return NoticeRow(
        url=reverse("notice", args=[notice.number]),
        title=notice.title,
        line=sum_words(notice, households, total_fen),
        period=period_of(notice),
        left=_left(notices.is_open(notice, at=at), notices.days_left(notice, at=at)),
    )


def notice_head(page: notices.NoticePage, *, rules_url: str) -> NoticeHead:
    """Return the head of a notice; `rules_url` is where the rules it rests on may be read."""
    notice = page.notice
    return NoticeHead(
        title=notice.title,
        office=notice.place_name,
        number=notice.number,
        left=_left(page.runs, page.days_left),
        period=period_of(notice),
        period_note=_("%(n)s working days, weekends and holidays do not count") % {"n": notice.working_days},
        rule=Link("" if is_of_plan(notice) else rules_url, notice.basis),
        sum_text=sum_words(notice, page.households, page.total_fen),
        how=notice.how_computed,
    )


def public_line(notice: PublicNotice, line: NoticeLine) -> PublicLine:
    """Return one line as it hangs in public; of a plan there is one alone, which needs no number."""
    return PublicLine(
        name=line.masked_name,
        village=line.village_name,
        line=line.goods,
        no=None if is_of_plan(notice) else line.line_no,
        amount=money.yuan(line.amount_fen) if line.amount_fen is not None else "",
    )


def total_of(page: notices.NoticePage) -> Total:
    """Return the sum below the lines."""
    return Total(
        label=_("At most") if is_of_plan(page.notice) else _("%(n)s households in all") % {"n": page.households},
        amount=money.yuan(page.total_fen) if page.total_fen is not None else "",
    )


def ended_words(page: notices.NoticePage) -> str:
    """Return the sentence of a notice that has ended, empty while it runs."""
    if page.runs:
        return ""
    return _("This notice has ended: %(sum)s.") % {"sum": sum_words(page.notice, page.households, page.total_fen)}


def is_of_plan(notice: PublicNotice) -> bool:
    """Return whether a notice says what a buyer means to buy, and not what households lost."""
    return notice.round == PublicNotice.Round.PLAN


def outcome_of(objection: Objection) -> Tag:
    """Return what became of an objection to what a buyer means to buy."""
    status = ObjectionStatus(objection.status)
    words = {
        ObjectionStatus.OPEN: _("Being looked into"),
        ObjectionStatus.UPHELD: _("Right: the plan goes back"),
        ObjectionStatus.REJECTED: _("Looked into: the plan stands"),
    }
    return Tag(TONES[status], words[status])


def outcomes(page: notices.NoticePage) -> list[Outcome]:
    """Return what became of the objections to a notice: of a plan in words, of relief by a reason that names nobody."""
    of_plan = is_of_plan(page.notice)
    return [
        Outcome(
            row.number,
            day_words(clock.county_day(row.at)),
            outcome_of(row) if of_plan else status_tag(row),
            row.answer if of_plan else row.get_reason_display(),
        )
        for row in page.objections
    ]


def sum_words(notice: PublicNotice, households: int, total_fen: int | None) -> str:
    """Return how many households a notice names and what they get in all; of a plan what it comes to at most."""
    if is_of_plan(notice):
        return _("at most %(sum)s yuan") % {"sum": money.yuan(total_fen or 0)}
    if total_fen is None:
        return _("%(n)s households") % {"n": households}
    return _("%(n)s households, %(sum)s yuan") % {"n": households, "sum": money.yuan(total_fen)}


def period_of(notice: PublicNotice) -> str:
    """Return from when to when a notice hangs."""
    return period_words(notice.starts_on, notice.ends_on)


def objection_receipt(notice: PublicNotice, number: str, check_word: str, due_at: dt.datetime) -> Receipt:
    """Return the receipt of an objection, with the number and the word by which its answer can be asked for."""
    return Receipt(
        title=_("Your objection has arrived"),
        number=number,
        sentence=_("The plan waits until somebody has answered.")
        if is_of_plan(notice)
        else _("Only this household waits, the others go on."),
        steps=[
            _("Somebody who did not publish this notice looks into it."),
            _("The answer stands under the notice, without your name and your words.")
            if is_of_plan(notice)
            else _("By %(day)s its outcome stands under the notice, without your name and your words.")
            % {"day": day_words(clock.county_day(due_at - dt.timedelta(seconds=1)))},
            *([] if is_of_plan(notice) else [_("To hear the answer, call and say the number and the check word.")]),
        ],
        facts=[Fact(_("Check word"), check_word, _("Tell nobody but the office: whoever says it gets the answer."))],
    )


def _left(runs: bool, days: int) -> Tag:
    if not runs:
        return Tag("plain", _("The notice has ended"))
    return Tag("info", _("On notice, %(n)s working days left") % {"n": days})
