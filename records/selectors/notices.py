"""Public notices as everybody may read them: masked lines only, and none once the time for it is over."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat

from kernel import clock, workdays
from kernel.workdays import UnknownCalendarYear
from records.models import (
    CalendarDay,
    Event,
    NoticeLine,
    NoticeSignature,
    NoticeStatus,
    Objection,
    ObjectionStatus,
    PublicNotice,
)
from records.selectors.policy import policy

ANSWERS = "objection"  # the stage of the line's document that answering an objection is


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One public notice with what may be shown of it."""

    notice: PublicNotice
    runs: bool
    days_left: int
    lines: list[NoticeLine]
    households: int
    total_fen: int | None
    objections: list[Objection]  # everybody reads what became of them
    answer_days: int  # working days within which an objection to relief is answered
    signature: NoticeSignature | None  # of the sheet, as long as lines may be shown


def public_notices() -> QuerySet[PublicNotice]:
    """Return what hangs or hung in public, those still open to objection first, the newest first."""
    return counted().exclude(status=NoticeStatus.WITHDRAWN)


def counted() -> QuerySet[PublicNotice]:
    """Return every notice, with how many households it names and what they get."""
    named = Count("lines", filter=~Q(round=PublicNotice.Round.PLAN))
    rows = PublicNotice.objects.annotate(households=named, total_fen=Sum("lines__amount_fen"))
    return rows.order_by("-ends_at", "-pk")


def running_notices(rows: QuerySet[PublicNotice]) -> QuerySet[PublicNotice]:
    """Return those of some notices that hang now."""
    return rows.filter(status=NoticeStatus.PUBLISHED).annotate(households=Count("lines"))


def page_of(notice: PublicNotice, *, at: dt.datetime) -> NoticePage:
    """Return one notice with its lines, as long as they may be shown; the notice, its sum and its number stay."""
    days = policy("notice_lines_days", clock.county_day(notice.ends_at))
    shown = notice.status != NoticeStatus.WITHDRAWN and at < notice.ends_at + dt.timedelta(days=days)
    lines = list(notice.lines.order_by("village_name", "line_no"))
    of_plan = notice.round == PublicNotice.Round.PLAN
    amounts = [line.amount_fen for line in lines if line.amount_fen is not None]
    return NoticePage(
        notice=notice,
        runs=is_open(notice, at=at),
        days_left=days_left(notice, at=at),
        lines=lines if shown else [],
        households=0 if of_plan else len(lines),
        total_fen=sum(amounts) if amounts else None,
        objections=list(Objection.objects.filter(line__notice=notice).order_by("at", "pk")),
        answer_days=policy("objection_answer_days", clock.county_day(at)),
        signature=signature_of(notice) if shown else None,
    )


def due_at_of(objection: uuid.UUID) -> dt.datetime:
    """Return by when an objection is to be answered."""
    return Objection.objects.values_list("due_at", flat=True).get(pk=objection)


def untold(objections: QuerySet[Objection], kind: str) -> QuerySet[Objection]:
    """Return those of some objections of which no event of this kind tells yet, the first before the others."""
    named = objections.annotate(name=Concat(Value(f"{Objection.REFERENCE}:"), Cast("pk", CharField())))
    told = Event.objects.filter(kind=kind, document=OuterRef("name"))
    return named.exclude(Exists(told)).select_related("line__notice").order_by("at", "pk")


def right_objections() -> QuerySet[Objection]:
    """Return the objections that were right, and whose document was neither sent back nor refused for it yet."""
    return Objection.objects.filter(status=ObjectionStatus.UPHELD, settled_at=None)


def stopping_objections() -> QuerySet[Objection]:
    """Return the objections that stop the document of their line: those open, and those right and not settled."""
    return Objection.objects.filter(Q(status=ObjectionStatus.OPEN) | Q(status=ObjectionStatus.UPHELD, settled_at=None))


def signature_of(notice: PublicNotice) -> NoticeSignature | None:
    """Return the signature of a notice with its file; none where it hangs unsigned."""
    return NoticeSignature.objects.filter(notice=notice).select_related("file", "notice").first()


def is_open(notice: PublicNotice, *, at: dt.datetime) -> bool:
    """Return whether somebody may still object."""
    return notice.status == NoticeStatus.PUBLISHED and at < notice.ends_at


def days_left(notice: PublicNotice, *, at: dt.datetime) -> int:
    """Count the working days that are left, today included."""
    if at >= notice.ends_at:
        return 0
    yesterday = clock.county_day(at) - dt.timedelta(days=1)
    try:
        set_here = dict(CalendarDay.objects.filter(day__lte=notice.ends_on).values_list("day", "is_workday"))
        left = workdays.workdays_between(yesterday, notice.ends_on, set_here)
    except UnknownCalendarYear:
        return 0
    return min(left, notice.working_days)  # the day of publication itself is not counted
