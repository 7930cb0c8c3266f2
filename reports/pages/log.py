"""The log in words: who did what to which document, and who looked at whose data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import User
from accounts.selectors import spoken_time
from kernel.clock import COUNTY_ZONE
from kernel.masking import STAR
from kernel.present import StrOrPromise
from kernel.shown import Link
from kernel.workflow import Workflow
from kernel.written import workbook_of
from records.models import MassReading, Reading
from registers.pages.desks import desk_of
from reports.pages.documents import DOCUMENTS, document_link
from reports.selectors.log import Act, name_of_hand

# What happened, by the kind of its event.
EVENTS: dict[str, StrOrPromise] = {
    "act.disputed": pgettext_lazy("event", "A household said 「不是我」"),
    "claim.awarded": pgettext_lazy("event", "Relief was awarded"),
    "claim.filed": pgettext_lazy("event", "A loss was reported"),
    "claim.called": pgettext_lazy("event", "A household was called about its report"),
    "claim.late": pgettext_lazy("event", "A step is late"),
    "objection.new": pgettext_lazy("event", "The desk was told of an objection"),
    "objection.late": pgettext_lazy("event", "An objection was not answered by its day"),
    "plan.objection": pgettext_lazy("event", "Somebody objects to a purchase plan"),
    "claim.payment_late": pgettext_lazy("event", "Relief is not paid by its day"),
    "claim.recovery_proposed": pgettext_lazy("event", "It was proposed to claim relief back"),
    "claim.paper": pgettext_lazy("event", "A paper was added to a report"),
    "claim.refused": pgettext_lazy("event", "A report was refused"),
    "county_opened": pgettext_lazy("event", "The county was opened"),
    "listing_disputed": pgettext_lazy("event", "A lot was disputed"),
    "listing_looked_at": pgettext_lazy("event", "A lot was looked at"),
    "listing_recalled": pgettext_lazy("event", "A lot was recalled"),
    "lot_harvested": pgettext_lazy("event", "A lot that was announced is harvested"),
    "lot_smallest": pgettext_lazy("event", "The least that is handed over of a lot was changed"),
    "tiers.short": pgettext_lazy("event", "A buyer has more or fewer of the people that approval tiers ask"),
    "scheme.shared": pgettext_lazy("event", "The money of a scheme was shared"),
    "scheme.rehearsed": pgettext_lazy("event", "A draft was rehearsed"),
    "claim.appealed": pgettext_lazy("event", "A refusal was appealed"),
    "loss.notice_ending": pgettext_lazy("event", "A notice of loss ends soon"),
    "loss.noticed": pgettext_lazy("event", "Notice of a loss was given"),
    "mandate.ended": pgettext_lazy("event", "A mandate or a membership ended"),
    "payment.paid": pgettext_lazy("event", "A payment was confirmed"),
    "place_point_set": pgettext_lazy("event", "The point of a village was set"),
    "produce.changed": pgettext_lazy("event", "The dictionary was changed"),
    "recognition_ended": pgettext_lazy("event", "A recognition was ended"),
    "session.ended": pgettext_lazy("event", "A session was ended"),
    "sessions.ended": pgettext_lazy("event", "All sessions were ended"),
    "award.doubted": pgettext_lazy("event", "Something came to light of an award"),
    "claim.reinspected": pgettext_lazy("event", "An award was re-inspected"),
    "visit.contested": pgettext_lazy("event", "The second verifier said what is different"),
    "visit.redrawn": pgettext_lazy("event", "Another verifier was drawn"),
    "visit.drawn": pgettext_lazy("event", "Verifiers were drawn"),
}
# Which door personal data was looked at through.
READ_AT: dict[str, StrOrPromise] = {
    "answer-texts": pgettext_lazy("reading", "Answers that came by text"),
    "driver-day": pgettext_lazy("reading", "What a driver fetches in a day"),
    "household-list": pgettext_lazy("reading", "The list of households"),
    "register-file": pgettext_lazy("reading", "A file of households"),
    "signed-list": pgettext_lazy("reading", "The signed list of a union's plan"),
    "union-members": pgettext_lazy("reading", "The members of a union"),
}
_LONG_NUMBER = re.compile(r"[0-9]{4,}(?=[0-9X]{4})", re.IGNORECASE)
SEEN_OF_A_NOTE = 200


@dataclass(frozen=True, slots=True)
class LogRow:
    """One act of the log."""

    when: str
    who: str
    of_person_url: str
    what: str
    document: Link
    of_document_url: str
    note: str


def log_row(act: Act) -> LogRow:
    """Return one act in words; numbers in a note are masked but for their end."""
    return LogRow(
        when=f"{act.at.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M:%S}",
        who=act.by or _("The site itself"),
        of_person_url=f"{reverse('log')}?person={act.by_id}" if act.by_id else "",
        what=what_happened(act),
        document=document_link(act.document),
        of_document_url=f"{reverse('log')}?document={act.document}",
        note=masked(act.note),
    )


def what_happened(act: Act) -> str:
    """Return what was done: an event by its name, a step by the two statuses."""
    if act.kind:
        return str(EVENTS.get(act.kind, act.kind))
    words = statuses_of(act.document.partition(":")[0])
    after = str(words.get(act.after, act.after))
    if not act.before:
        return _("Begun: %(status)s") % {"status": after}
    return _("%(before)s → %(after)s") % {"before": words.get(act.before, act.before), "after": after}


def masked(note: str) -> str:
    """Return a note without long numbers: of each only its last four digits stay."""
    shown = _LONG_NUMBER.sub(lambda number: STAR * len(number[0]), note)
    return shown if len(shown) <= SEEN_OF_A_NOTE else f"{shown[:SEEN_OF_A_NOTE]}…"


@cache
def _workflows() -> dict[str, type[Workflow]]:
    return {model.REFERENCE: model for model in apps.get_models() if issubclass(model, Workflow)}


def statuses_of(kind: str) -> dict[str, StrOrPromise]:
    """Return what the statuses of a kind of document are called; nothing of a kind that has none."""
    workflow = _workflows().get(kind)
    if workflow is None:
        return {}
    return {str(status.value): status.label for status in workflow.MOVES}  # type: ignore[attr-defined]


def kinds() -> dict[str, StrOrPromise]:
    """Return the kinds of documents that the log can be narrowed to."""
    return {kind: DOCUMENTS.get(kind, kind) for kind in sorted(_workflows())}


def log_workbook(acts: Iterator[Act]) -> bytes:
    """Return the .xlsx of these acts, in the words of the page."""
    head = [
        pgettext("log", "When"),
        pgettext("log", "Who"),
        pgettext("log", "What"),
        pgettext("log", "Document"),
        pgettext("log", "Note"),
    ]
    cells = ([row.when, row.who, row.what, row.document.label, row.note] for row in map(log_row, acts))
    return workbook_of(pgettext("log", "Log"), head, cells)


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """Somebody looked at the data of so many people."""

    when: str
    who: str
    of_person_url: str
    door: str
    people: int


def reading_row(reading: Reading) -> ReadingRow:
    """Return one look at personal data in words."""
    return ReadingRow(
        when=spoken_time(reading.at),
        who=name_of_hand(reading),
        of_person_url=_readings_of(reading.by_id),
        door=door_in_words(reading.door),
        people=reading.people,
    )


def door_in_words(door: str) -> str:
    """Return what the door is called through which personal data was looked at."""
    register, _colon, key = door.partition(":")
    return str(desk_of(key).name) if register == "register" else str(READ_AT.get(door, door))


@dataclass(frozen=True, slots=True)
class MassRow:
    """Somebody read of very many people: what is asked, or what the answer was."""

    who: str
    when: str
    people: int
    readings_url: str
    asked: str  # who asked, and when; empty while it is open
    answer: str
    url: str  # where the answer is written down; empty for whoever may not


def mass_row(flag: MassReading, user: User) -> MassRow:
    """Return one flag in words; nobody answers for the own reading."""
    open_to = flag.asked_at is None and flag.by.person_id != user.person_id
    asked = ""
    if flag.asked_at is not None and flag.asked_by is not None and flag.asked_by.person is not None:
        asked = _("%(name)s, %(when)s") % {"name": flag.asked_by.person.name, "when": spoken_time(flag.asked_at)}
    return MassRow(
        who=name_of_hand(flag),
        when=spoken_time(flag.at),
        people=flag.people,
        readings_url=f"{_readings_of(flag.by_id)}&day={flag.on.isoformat()}",
        asked=asked,
        answer=flag.answer,
        url=reverse("mass-reading-answer", args=[flag.pk]) if open_to else "",
    )


def _readings_of(by_id: UUID) -> str:
    return f"{reverse('readings')}?person={by_id}"
