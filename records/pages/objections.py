"""An objection to a public notice, as whoever answers it reads it, whatever the notice is of."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.clock import county_day
from kernel.dates import deadline_words, spoken_day
from kernel.shown import Case, Tag
from records.models import Objection, ObjectionStatus
from records.services.notices import check_word

TONES = {ObjectionStatus.OPEN: "warn", ObjectionStatus.UPHELD: "danger", ObjectionStatus.REJECTED: "ok"}


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection in a list."""

    url: str
    label: str
    hint: str
    status: Tag


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """An objection with what was said and answered."""

    number: str
    check_word: str
    words: str
    contact: str
    at: str
    open: bool
    due: Tag
    reason: str
    answer: str
    status: Tag


def due_tag(objection: Objection, *, now: dt.datetime) -> Tag:
    """Return by when an objection is to be answered, and in red whether that is past."""
    if objection.due_at <= now:
        return Tag("danger", pgettext("objection", "late"))
    return Tag("warn", _("to be answered %(until)s") % {"until": deadline_words(objection.due_at, now)})


def status_tag(objection: Objection) -> Tag:
    """Return what became of an objection to relief."""
    status = ObjectionStatus(objection.status)
    return Tag(TONES[status], str(status.label))


def objection_case(objection: Objection, *, url: str, at: dt.datetime) -> Case:
    """Return an objection as a case on the home of whoever answers it."""
    day = spoken_day(county_day(objection.at), county_day(at))
    return Case(
        title=_("Answer an objection: %(notice)s") % {"notice": objection.line.notice.title},
        facts=[objection.number, _("objected %(day)s") % {"day": day}],
        url=url,
        act=pgettext("case", "Read and answer"),
        due=due_tag(objection, now=at),
        due_on=county_day(objection.due_at),
    )


def objection_page(objection: Objection, *, at: str, status: Tag, now: dt.datetime) -> ObjectionPage:
    """Return an objection for whoever answers it, its time and its outcome in the words of its room."""
    return ObjectionPage(
        number=objection.number,
        check_word=check_word(objection.pk),
        words=objection.words,
        contact=objection.contact,
        at=at,
        open=objection.status == ObjectionStatus.OPEN,
        due=due_tag(objection, now=now),
        reason=objection.get_reason_display(),
        answer=objection.answer,
        status=status,
    )
