"""Visits: what is still to do for whom the draw named, who was drawn, which photos are here."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from kernel import masking
from kernel.present import known
from kernel.shown import Tag
from losses import permissions
from losses.forms import VisitForm
from losses.models import ClaimStatus, FellOut, LossClaim, Visit
from losses.pages.reports import sheet_words
from losses.pages.words import day_time, time_left, title
from losses.selectors.claims import VISIT_PHOTOS, quantity_words
from losses.selectors.reports import drawn_together, to_be_drawn_with


@dataclass(frozen=True, slots=True)
class VisitTask:
    """A visit this person was drawn for, as a task."""

    url: str
    label: str
    hint: str
    left: str
    done: bool
    status: Tag


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who was drawn, and by which seed."""

    first: str
    second: str
    seed: str


@dataclass(frozen=True, slots=True)
class PhotoSlot:
    """The place of one required photo, and whether it is filled."""

    name: str
    label: str
    id: str
    here: bool


def visit_task(visit: Visit, user: User, *, at: dt.datetime) -> VisitTask:
    """Return one visit with the step this person takes next."""
    claim = visit.claim
    over = claim.status != ClaimStatus.TO_VISIT or visit.round != claim.round
    page, status = ("claim-detail", Tag("ok", _("Done"))) if over else _next_step(visit, user)
    todo = [] if over else [quantity_words(claim), *_phone_masked(visit)]
    hints = [_place(visit), *todo, sheet_words(claim)]
    return VisitTask(
        url=reverse(page, args=[claim.pk]),
        label=f"{claim.household.head_name} {title(claim)}",
        hint="，".join(words for words in hints if words),
        left="" if over else time_left(claim.due_at, at=at).text,
        done=over,
        status=status,
    )


def _place(visit: Visit) -> str:
    village = visit.claim.household.village
    return str(village.township.name + village.short_name)


def _phone_masked(visit: Visit) -> list[str]:
    phone = visit.claim.household.phone
    return [masking.mask_phone(phone)] if phone else []


def _next_step(visit: Visit, user: User) -> tuple[str, Tag]:
    """Return the page of what is next for this person, and how it stands."""
    if permissions.is_first(user, visit):
        waits = Tag("plain", _("Waits for the second signature"))
        return "visit-record", waits if visit.first_signed_at else Tag("info", _("Go and look"))
    waits = Tag("plain", _("The first has not written yet"))
    return "visit-sign", Tag("info", _("Sign it")) if visit.first_signed_at else waits


def drawn(visit: Visit) -> Drawn:
    """Return who was drawn for a visit."""
    return Drawn(known(visit.first.person).name, known(visit.second.person).name, visit.seed)


def photo_slots(form: VisitForm, here: Collection[str]) -> list[PhotoSlot]:
    """Return the places of the three photos; `here` names those that have arrived."""
    return [
        PhotoSlot(name=which, label=str(form.fields[which].label), id=f"id_{which}", here=which in here)
        for which in VISIT_PHOTOS
    ]


def together_words(claim: LossClaim, visit: Visit | None) -> str:
    """Say which other lines of the report are visited on the same trip, or will be drawn with this one."""
    numbers = "、".join(drawn_together(visit) if visit is not None else to_be_drawn_with(claim))
    if not numbers:
        return ""
    if visit is not None:
        return _("Drawn together with %(numbers)s of the same sheet.") % {"numbers": numbers}
    said = _("%(numbers)s of the same sheet will be drawn with it: the same two go on one trip.")
    return said % {"numbers": numbers}


def fallen_words(claim: LossClaim) -> list[str]:
    """Return who fell out of the visits of this round, when, why, and by which seed they had been drawn."""
    gone = (
        claim.visits.filter(round=claim.round).exclude(fell_out=None).select_related("fell_out__person").order_by("pk")
    )
    said = _("%(at)s: %(name)s, %(why)s. Drawn by the seed %(seed)s.")
    return [
        said
        % {
            "at": day_time(known(visit.redrawn_at)),
            "name": known(known(visit.fell_out).person).name,
            "why": "，".join(filter(None, [str(FellOut(visit.fell_why).label), visit.fell_note])),
            "seed": visit.seed,
        }
        for visit in gone
    ]
