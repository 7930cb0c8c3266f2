"""Public notices: freeze a masked list, count its working days once, hear objections line by line."""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel import clock, workdays
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.sealing import blind_index
from kernel.workflow import lock
from records.models import Move, NoticeLine, NoticeStatus, Objection, ObjectionStatus, PublicNotice, SomeAccount
from records.selectors.notices import ANSWERS, right_objections, stopping_objections
from records.selectors.policy import calendar_overrides, end_of_workday_after, policy
from records.services.participation import NobodyKnown, take_part

LEAST_NO = 1000


class NoticeStillRuns(DomainError):
    code = "notice_still_runs"
    message = _("The notice is still open to objection. Wait until its last working day has passed.")


class ObjectionOpen(DomainError):
    code = "objection_open"
    message = _("Somebody has objected to this line. It stays stopped until the objection is answered.")


class NoticeEnded(DomainError):
    code = "notice_ended"
    message = _("This notice has ended. Call the bureau if something is wrong.")


class NoticeWithdrawn(DomainError):
    code = "notice_withdrawn"
    message = _("This notice was withdrawn. Publish a new one first.")


class PublisherMayNotAnswer(DomainError):
    code = "publisher_may_not_answer"
    message = _("Whoever published the notice cannot answer an objection to it. Ask a colleague.")


class EmptyNotice(DomainError):
    code = "empty_notice"
    message = _("There is nothing to publish.")


@dataclass(frozen=True)
class Line:
    """One masked row to publish for one document."""

    document: str
    masked_name: str
    village_name: str
    goods: str
    quantity_g: int
    amount_fen: int | None = None


@transaction.atomic
def publish(
    *,
    round: str,
    title: str,
    basis: str,
    place: Any,
    lines: list[Line],
    working_days: int,
    how_computed: str = "",
    by: SomeAccount,
    at: dt.datetime,
) -> PublicNotice:
    """Publish a frozen list; its last day is counted in working days now and stored.

    Raises UnknownCalendarYear when the working-day calendar does not reach that far: no calendar, no publication.
    """
    if not lines:
        raise EmptyNotice
    starts_on = clock.county_day(at)
    ends_on = last_day(starts_on, working_days)
    notice = PublicNotice(
        number=begun(Kind.NOTICE, starts_on),
        title=title,
        round=round,
        place_code=place.code,
        place_name=place.short_name,
        basis=basis,
        how_computed=how_computed,
        published_at=at,
        working_days=working_days,
        starts_on=starts_on,
        ends_on=ends_on,
        ends_at=clock.day_end(ends_on),
        by=by,
    ).begin(by=by, at=at)
    # Four digits are easy to say on the telephone; a longer list takes as many digits as it needs.
    most = max(10_000, LEAST_NO + 2 * len(lines))
    numbers = secrets.SystemRandom().sample(range(LEAST_NO, most), len(lines))
    NoticeLine.objects.bulk_create(
        NoticeLine(
            notice=notice,
            document=line.document,
            line_no=number,
            masked_name=line.masked_name,
            village_name=line.village_name,
            goods=line.goods,
            quantity_g=line.quantity_g,
            amount_fen=line.amount_fen,
        )
        for line, number in zip(lines, numbers, strict=True)
    )
    return notice


@transaction.atomic
def object_to(line: NoticeLine, *, words: str, contact: str, at: dt.datetime, by: SomeAccount = None) -> Objection:
    """Take an objection, with or without a name; from now on its line is stopped and no other.

    It comes before what its document goes on to, or after it and too late: never beside it.
    """
    if at >= line.notice.ends_at or line.notice.status != NoticeStatus.PUBLISHED:
        raise NoticeEnded
    words = words.strip()
    if not words:
        raise BadValue(_("Say in a few words what is wrong with this line."))
    hold_lines_of(line.document)
    if Move.objects.filter(document=line.document, at__gte=line.notice.ends_at).exists():
        raise NoticeEnded
    day = clock.county_day(at)
    objection = Objection(number=begun(Kind.OBJECTION, day), line=line, at=at, due_at=_due_at(line.notice, at))
    objection.words, objection.contact = words[:2000], contact.strip()[:100]
    return objection.begin(by=by, at=at)


def hold_lines_of(document: str) -> None:
    """Let nobody else object to a line of this document, nor let it go on, before this transaction ends.

    Lines are written once and nobody may change them, so that no lock of a row holds them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [f"lines of {document}"])


def _due_at(notice: PublicNotice, at: dt.datetime) -> dt.datetime:
    """Return by when an objection made now is to be answered: of a plan so many times 24 hours, of relief at the end of
    a working day; twice as many days where none are known yet."""
    today = clock.county_day(at)
    if notice.round == PublicNotice.Round.PLAN:
        return at + dt.timedelta(days=policy("plan_objection_days", today))
    return end_of_workday_after(today, policy("objection_answer_days", today))


def check_word(objection: uuid.UUID) -> str:
    """Return the six digits that only whoever objected holds beside the number: without them nobody is told an answer.

    The number counts up and can be guessed; these come from a key that the database does not have.
    """
    return f"{int(blind_index('objection', str(objection)), 16) % 10**6:06d}"


@transaction.atomic
def answer_objection(
    objection: Objection,
    *,
    upheld: bool,
    answer: str,
    by: SomeAccount,
    at: dt.datetime,
    reason: str = "",
    stage: str = ANSWERS,
) -> Objection:
    """Answer an objection in words; upheld stops the line until it is settled, rejected lets it go on.

    Neither whoever published the notice nor anybody with a hand in the line's document may answer, and whoever answers
    has taken part in it: at a stage of its own, or at the one that decides the document.
    """
    objection = lock(objection)
    if not answer.strip():
        raise BadValue(_("Write the answer that the person will read."))
    if by.person is None:
        raise NobodyKnown
    if objection.line.notice.by.person_id == by.person_id:
        raise PublisherMayNotAnswer
    take_part(objection.line.document, stage, by=by, at=at)
    objection.move_to(ObjectionStatus.UPHELD if upheld else ObjectionStatus.REJECTED, by=by, at=at, note=answer)
    objection.reason = reason
    objection.answer, objection.answered_by, objection.answered_at = answer.strip(), by, at
    objection.save(update_fields=["reason", "answer", "answered_by", "answered_at"])
    return objection


@transaction.atomic
def end_objection(objection: Objection, *, answer: str, at: dt.datetime, by: SomeAccount = None) -> Objection:
    """End an open objection in its favour, in words, since its document goes no further."""
    objection = lock(objection)
    objection.move_to(ObjectionStatus.UPHELD, by=by, at=at, note=answer)
    objection.answer, objection.answered_by, objection.answered_at = answer, by, at
    objection.save(update_fields=["answer", "answered_by", "answered_at"])
    return objection


def settle(document: str, *, at: dt.datetime) -> None:
    """Put down that a document was sent back or refused for the objections to it that were right."""
    right_objections().filter(line__document=document).update(settled_at=at)


def why_withdrawn(notice: PublicNotice) -> str:
    """Return in which words a notice was withdrawn; none while it was not."""
    moves = Move.objects.filter(document=notice.reference, after=NoticeStatus.WITHDRAWN)
    return moves.values_list("note", flat=True).first() or ""


def last_day(starts_on: dt.date, working_days: int) -> dt.date:
    """Return the last day of a period of this many working days, as publishing would store it."""
    return workdays.add_workdays(starts_on, working_days, calendar_overrides())


def require_ended(notice: PublicNotice, document: str, *, at: dt.datetime) -> None:
    """Refuse while the notice runs, or while an objection to a line of this document is open or was right."""
    if notice.status == NoticeStatus.WITHDRAWN:
        raise NoticeWithdrawn
    if at < notice.ends_at:
        raise NoticeStillRuns
    hold_lines_of(document)
    if stopping_objections().filter(line__document=document).exists():
        raise ObjectionOpen
