"""A proposal in words: what would change, who wants it, who decides; and what waits, as cases of a home."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Organisation, Role, User
from accounts.selectors import places, spoken_time
from kernel import clock
from kernel.clock import county_day
from kernel.dates import day_words, deadline_words, spoken_day
from kernel.piles import first_of, pile_of
from kernel.shown import Case, Fact, Pile, Tag
from records.models import Attachment
from registers.models import ANYWHERE, AT_ONCE, ChangeStatus, RegisterChange, RegisterChangeRow
from registers.pages.desks import Desk, desk_of
from registers.selectors import changes_of_own, changes_to_decide, rows_written
from registers.services.changes import PAPER, later_day

TONES = {
    ChangeStatus.PROPOSED: "info",
    ChangeStatus.WRITING: "info",
    ChangeStatus.CONFIRMED: "ok",
    ChangeStatus.REFUSED: "danger",
    ChangeStatus.WITHDRAWN: "plain",
    ChangeStatus.LAPSED: "warn",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a row: what stands there and what is to stand there."""

    label: str
    old: str
    new: str
    differs: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of a proposal."""

    title: str
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a proposal: what, when or by whom, and how it looks."""

    what: str
    when: str
    tone: str


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A proposal as its page shows it."""

    title: str
    register: str
    status: Tag
    steps: list[Moment]
    facts: list[Fact]
    confirm_label: str
    confirm_url: str
    refuse_url: str
    withdraw_url: str


def change_shown(change: RegisterChange, *, decides: bool) -> ChangeShown:
    """Return what the page of a proposal says of it to somebody who decides it now, or not."""
    desk = desk_of(change.register)
    return ChangeShown(
        title=title_of(change),
        register=str(desk.name),
        status=status_tag(change),
        steps=_steps(change, decides=decides),
        facts=_facts(change),
        confirm_label=confirm_label(change),
        confirm_url=reverse("register-change-confirm", args=[change.pk]),
        refuse_url=reverse("register-change-refuse", args=[change.pk]),
        withdraw_url=reverse("register-change-withdraw", args=[change.pk]),
    )


def status_tag(change: RegisterChange) -> Tag:
    """Return how a proposal stands."""
    status = ChangeStatus(change.status)
    return Tag(TONES[status], str(status.label))


def confirm_label(change: RegisterChange) -> str:
    """Return what the button says by which a proposal is confirmed."""
    label = ngettext("Confirm this row of “%(register)s”", "Confirm these %(n)s rows of “%(register)s”", change.size)
    return label % {"register": desk_of(change.register).name, "n": change.size}


def confirmed(change: RegisterChange) -> str:
    """Return what holds now that a proposal was confirmed, and what comes next where its register says so."""
    desk = desk_of(change.register)
    if change.size > AT_ONCE:
        said = _("Confirmed. The %(n)s rows of “%(register)s” are being written; you need not wait.")
        return said % {"register": desk.name, "n": change.size}
    day = later_day(change.rows.all(), at=clock.now())
    holds = (
        ngettext(
            "Confirmed. A row of “%(register)s” holds from %(day)s.",
            "Confirmed. %(n)s rows of “%(register)s” hold from %(day)s or later.",
            change.size,
        )
        if day
        else ngettext("A row of “%(register)s” is in force.", "%(n)s rows of “%(register)s” are in force.", change.size)
    )
    said = holds % {"register": desk.name, "n": change.size, "day": day_words(day) if day else ""}
    if desk.follows is None:
        return said
    return desk.follows(json.loads(change.rows.get(position=1).content)) or said


def _facts(change: RegisterChange) -> list[Fact]:
    facts = [Fact(pgettext("register", "Document"), change.document_number)] if change.document_number else []
    if change.status == ChangeStatus.PROPOSED:
        facts.append(Fact(_("Ends"), deadline_words(change.confirm_by_at, clock.now())))
    return facts


def _steps(change: RegisterChange, *, decides: bool) -> list[Moment]:
    """Return who proposed it, who decides or decided, and what follows."""
    proposed = Moment(_("%(name)s proposed it") % {"name": _name(change.by)}, spoken_time(change.at), "ok")
    if change.status == ChangeStatus.PROPOSED:
        seats = seats_in_words(change.confirmed_in)
        decide = pgettext("proposal", "You decide") if decides else _("Waits for a second person")
        day = later_day(change.rows.all() if change.size <= AT_ONCE else [], at=clock.now())
        then = _("Then it holds from %(day)s") % {"day": day_words(day)} if day else _("Then it is in force")
        follows = Moment(then, _("Whoever proposed it is told."), "plain")
        return [proposed, Moment(decide, seats, "info"), follows]
    status = ChangeStatus(change.status)
    when = spoken_time(change.decided_at) if change.decided_at is not None else ""
    if change.decided_by is None or status == ChangeStatus.WITHDRAWN:
        return [proposed, Moment(str(status.label), when, TONES[status])]
    said = _("%(name)s refused it") if status == ChangeStatus.REFUSED else _("%(name)s confirmed it")
    decided = Moment(said % {"name": _name(change.decided_by)}, when, TONES[status])
    if status == ChangeStatus.WRITING:
        return [proposed, decided, Moment(str(status.label), "", "plain")]
    return [proposed, decided]


def seats_in_words(seats: Iterable[str]) -> str:
    """Return who sits in these seats: 财政复核（县财政局）, or the role alone where it is in no one office."""
    parts = [seat.partition("@") for seat in seats]
    ids = [int(place) for _role, _at, place in parts if place.isdigit()]
    names = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    words = []
    for role, _at, place in parts:
        if role == "household":
            words.append(_("the household itself"))
        elif place == ANYWHERE:
            words.append(str(Role(role).label))
        else:
            office = names[int(place)] if place.isdigit() else name_of_place(place.removeprefix("place:"))
            words.append(_("%(role)s (%(office)s)") % {"role": Role(role).label, "office": office})
    return pgettext("list", ", ").join(words)


def progress_of(change: RegisterChange) -> dict[str, int] | None:
    """Return how far a confirmed proposal of many rows is written; nothing once it is, or where it waits."""
    return {"written": rows_written(change)} if change.status == ChangeStatus.WRITING else None


def paper_url(change: RegisterChange) -> str:
    """Return where the paper is shown that a household signed, empty where it agreed by itself."""
    signed = Attachment.objects.filter(document=change.reference, role=PAPER).exists()
    return reverse("register-change-paper", args=[change.pk]) if signed else ""


def name_of_place(code: str) -> str:
    """Return what a place of this code is called."""
    place = places().get(code)
    return place.name if place is not None else code


def row_shown(row: RegisterChangeRow, desk: Desk) -> RowShown:
    """Return one row of a proposal with old and new beside each other."""
    fields = {**(desk.change_form.base_fields if desk.change_form else {}), **desk.form.base_fields}
    words = {column.key: column.label for column in desk.columns} | dict(desk.words)
    return RowShown(
        title=row.title,
        differences=[
            Difference(
                label=str(fields[name].label if name in fields else words.get(name, name)),
                old=_worded(fields.get(name), old),
                new=_worded(fields.get(name), new),
                differs=old != new,
            )
            for name, old, new in row.facts
        ],
    )


def _worded(field: forms.Field | None, text: str) -> str:
    """Return a code as its word where the form offers both."""
    if isinstance(field, forms.BooleanField):
        return {"yes": _("yes"), "no": _("no")}.get(text, text)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(cast(Iterable[tuple[str, object]], field.choices)).get(text, text))
    return text


def _name(user: User | None) -> str:
    return user.person.name if user is not None and user.person is not None else ""


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A proposal in a list."""

    url: str
    title: str
    register: str
    who: str
    status: Tag


def listed(changes: Iterable[RegisterChange]) -> list[WaitingChange]:
    """Return proposals as the list shows them, each by its first row."""
    return [
        WaitingChange(
            url=reverse("register-change", args=[change.pk]),
            title=title_of(change),
            register=str(desk_of(change.register).name),
            who=_("%(name)s, %(when)s") % {"name": _name(change.by), "when": spoken_time(change.at)},
            status=status_tag(change),
        )
        for change in changes
    ]


def title_of(change: RegisterChange) -> str:
    """Return the title of a proposal: its first row, and how many more there are."""
    first: str = change.first_title  # type: ignore[attr-defined]
    return first if change.size == 1 else _("%(title)s and %(n)s more") % {"title": first, "n": change.size - 1}


def cases(user: User, at: dt.datetime) -> tuple[Pile, Pile]:
    """Return the proposals this person decides, and the own ones that wait for a second person."""
    own, theirs = changes_to_decide(user), changes_of_own(user)
    first_own, first_theirs = first_of(own, theirs)
    url = reverse("register-changes")

    def case(change: RegisterChange, *, act: str, waits: str) -> Case:
        proposed_on = spoken_day(county_day(change.at), county_day(at))
        name = _name(change.by)
        return Case(
            title=title_of(change),
            facts=[
                str(desk_of(change.register).name),
                _("proposed by %(name)s %(day)s") % {"name": name, "day": proposed_on},
            ],
            url=reverse("register-change", args=[change.pk]),
            act=act,
            due_on=county_day(change.confirm_by_at),
            waits=waits,
        )

    compare = pgettext("case", "Compare and confirm")
    return (
        pile_of(own, lambda change: case(change, act=compare, waits=""), url=url, first=first_own),
        pile_of(
            theirs,
            lambda change: case(change, act="", waits=seats_in_words(change.confirmed_in)),
            url=url,
            first=first_theirs,
        ),
    )
