"""Grievances in words: how each stands, whose turn it is and until when."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import REOPENABLE, WAITING_GRIEVANCES, Grievance, GrievanceStatus, User
from accounts.selectors import Standing, standing
from accounts.selectors.grievances import SPEAKERS, grievances_to_answer, is_own
from accounts.services.grievances import named
from kernel.clock import county_day
from kernel.dates import deadline_words, time_words
from kernel.masking import mask_name
from kernel.piles import pile_of
from kernel.shown import Case, Fact, Link, Pile, Tag
from records.selectors.policy import policy

TONES = {
    GrievanceStatus.OPEN: "info",
    GrievanceStatus.ESCALATED: "warn",
    GrievanceStatus.UPHELD: "ok",
    GrievanceStatus.EXPLAINED: "ok",
    GrievanceStatus.WITHDRAWN: "plain",
    GrievanceStatus.UNANSWERED: "danger",
}


@dataclass(frozen=True, slots=True)
class GrievanceRow:
    """One grievance of a list."""

    url: str
    label: str
    hint: str
    left: str
    status: Tag


def subject_of(about: str) -> str:
    """Return what a document is called of which something is said."""
    return named([about]).get(about, "")


def doors_of(who: Standing) -> list[Link]:
    """Return where one says what went wrong, in whose name one may."""
    documents = [f"household:{key}" for key in sorted(who.households)]
    documents += [f"organisation:{key}" for key in sorted(who.organisations(*SPEAKERS))]
    names = named(documents)
    words = _("Say what is not right") if len(documents) == 1 else _("Say what is not right, for %(name)s")
    return [
        Link(reverse("grievance-new", args=[document]), words % {"name": names.get(document, "")})
        for document in documents
    ]


def status_of(row: Grievance) -> Tag:
    """Return how a grievance stands."""
    status = GrievanceStatus(row.status)
    return Tag(TONES[status], str(status.label))


def title_of(row: Grievance) -> str:
    """Return what a grievance says."""
    return str(Grievance.Category(row.category).label)


def grievance_rows(rows: Iterable[Grievance], user: User, at: dt.datetime) -> list[GrievanceRow]:
    """Return grievances as a list shows them, with whose they are and until when they are answered."""
    rows, who = list(rows), standing(user)
    names = named(row.about for row in rows)
    return [
        GrievanceRow(
            url=reverse("grievance-detail", args=[row.pk]),
            label=f"{title_of(row)} {row.number}",
            hint=" ".join([*([] if is_own(who, row) else [asker(row)]), names.get(row.about, "")]),
            left=_until(row, at),
            status=status_of(row),
        )
        for row in rows
    ]


def grievance_facts(row: Grievance, user: User, at: dt.datetime) -> list[Fact]:
    """Return what is said about what by whom, whose turn it is until when, and the answer."""
    facts = [
        Fact(_("About"), named([row.about]).get(row.about, row.about)),
        Fact(_("Who says so"), asker(row), note=time_words(row.at)),
    ]
    if row.words:
        facts.append(Fact(_("In their words"), row.words))
    if row.reopens is not None:
        url = reverse("grievance-detail", args=[row.reopens_id])
        facts.append(Fact(_("Opened again"), row.reopens.number, url=url))
    if row.status in WAITING_GRIEVANCES:
        facts.append(Fact(_("Whose turn it is"), turn_of(row), note=_until(row, at)))
    if row.escalated_at is not None:
        facts.append(Fact(_("Went to the head, late"), time_words(row.escalated_at)))
    if row.answered_by is not None:
        person = row.answered_by.person
        when = time_words(row.ended_at) if row.ended_at is not None else ""
        facts.append(Fact(_("Answer"), row.answer))
        facts.append(Fact(_("Answered by"), person.name if person is not None else "", note=when))
    again = getattr(row, "reopened_as", None)
    if again is not None:
        facts.append(Fact(_("Opened again as"), again.number, url=reverse("grievance-detail", args=[again.pk])))
    return facts


def turn_of(row: Grievance) -> str:
    """Return in words who answers now."""
    if row.status == GrievanceStatus.ESCALATED:
        return _("The head of the agriculture bureau")
    if row.reopens_id is not None:
        return _("The head of the agriculture bureau, or an officer who did not answer before")
    return _("An officer of the county who had no hand in it")


def may_be_reopened(row: Grievance, at: dt.datetime) -> bool:
    """Return whether who asked may open it again: once, and for some days."""
    if row.status not in REOPENABLE or row.reopens_id is not None or getattr(row, "reopened_as", None) is not None:
        return False
    days = policy("grievance_reopen_days", county_day(at))
    return row.ended_at is not None and at <= row.ended_at + dt.timedelta(days=days)


def asker(row: Grievance) -> str:
    """Return whose grievance it is, a household by its masked head."""
    if row.household is not None:
        return f"{mask_name(row.household.head_name)} {row.household.village.short_name}"
    return row.organisation.name if row.organisation is not None else ""


def to_answer(user: User, at: dt.datetime) -> Pile:
    """Return the grievances that wait for this person's answer, by their names."""

    def case(row: Grievance) -> Case:
        return Case(
            title=f"{title_of(row)}: {asker(row)}",
            facts=[row.number, named([row.about]).get(row.about, "")],
            url=reverse("grievance-detail", args=[row.pk]),
            act=pgettext("case", "Look into it and answer"),
            due=Tag("danger" if row.status == GrievanceStatus.ESCALATED else "warn", _until(row, at)),
            due_on=county_day(row.answer_by_at),
        )

    rows = grievances_to_answer(standing(user))
    return pile_of(rows, case, url=reverse("grievance-list") + "?view=waiting")


def _until(row: Grievance, at: dt.datetime) -> str:
    return deadline_words(row.answer_by_at, at) if row.status in WAITING_GRIEVANCES else ""
