"""Visits: what is still to do for whom the draw named, who was drawn, which photos are here."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.selectors import standing
from kernel import masking
from kernel.present import known
from kernel.shown import Tag, TaskRow
from losses import permissions
from losses.forms import unit_word
from losses.forms.visits import VisitForm
from losses.models import ClaimStatus, FellOut, LossClaim, Visit
from losses.pages.reports import sheet_words
from losses.pages.words import day_time, time_left, title
from losses.route import Leg, Point, Way, way_of
from losses.selectors.cards import cards_asked
from losses.selectors.claims import VISIT_PHOTOS, quantity_words
from losses.selectors.reports import drawn_together, to_be_drawn_with
from losses.services.place_rules import km

# The fields of a visit, as they are counted on the screen and on the printed form.
NUMBERS = {
    name: number
    for number, name in enumerate(
        ("place", "photos", "found", "why", "conclusion", "signed", "witness", "first", "second"), 1
    )
}


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """What is printed of one visit before it is made."""

    title: str
    meta: list[str]
    phone: str
    claimed: str
    unit: str
    card: str
    first: str
    second: str


def paper_sheets(visits: Sequence[Visit]) -> list[PaperSheet]:
    """Return the printed forms of visits, in their order; the telephone in full, as on the page it is called from."""
    cards = cards_asked(visits)
    return [
        PaperSheet(
            title=f"{visit.claim.household.head_name} {title(visit.claim)}",
            meta=[_place(visit), visit.claim.number],
            phone=visit.claim.household.phone,
            claimed=quantity_words(visit.claim),
            unit=unit_word(visit.claim.goods),
            card=visit.claim.number if visit.pk in cards else "",
            first=known(visit.first.person).name,
            second=known(visit.second.person).name,
        )
        for visit in visits
    ]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who was drawn, and by which seed."""

    first: str
    second: str
    seed: str


@dataclass(frozen=True, slots=True)
class PhotoSlot:
    """The place of one required photo, whether it is filled, and what it must show: an outline and a few words."""

    name: str
    label: str
    id: str
    here: bool
    outline: str
    hint: str


@dataclass(frozen=True, slots=True)
class Day:
    """The visits of somebody, those of today in the order of the way, and how far that is, in words."""

    tasks: list[TaskRow]
    said: str


def day_of(visits: Sequence[Visit], user: User, *, at: dt.datetime) -> Day:
    """Return the visits of this person: the open ones in the order of the way from the office, then the others."""
    ahead = {visit.pk: visit for visit in visits if not _is_over(visit)}
    way = way_of(_office(user), {key: _village_point(visit) for key, visit in ahead.items()})
    tasks = [
        visit_task(ahead[leg.key], user, at=at, way=_leg_words(leg, number)) for number, leg in enumerate(way.legs)
    ]
    tasks += [visit_task(visit, user, at=at) for visit in visits if _is_over(visit)]
    return Day(tasks, _way_words(way) if way.legs else "")


def _is_over(visit: Visit) -> bool:
    return visit.claim.status != ClaimStatus.TO_VISIT or visit.round != visit.claim.round


def _office(user: User) -> Point | None:
    """Return where the office lies for which this person visits, if anybody has said."""
    posts = [post for post in standing(user).posts if post.role == Role.VERIFIER]
    points = [(post.latitude_e6, post.longitude_e6) for post in posts]
    return next(((lat, lon) for lat, lon in points if lat is not None and lon is not None), None)


def _village_point(visit: Visit) -> Point | None:
    village = visit.claim.household.village
    if village.latitude_e6 is None or village.longitude_e6 is None:
        return None
    return village.latitude_e6, village.longitude_e6


def _leg_words(leg: Leg[int], number: int) -> str:
    if leg.metres is None:
        return _("distance unknown")
    if not number:
        return _("%(km)s km from the office") % {"km": km(leg.metres)}
    return _("%(km)s km further") % {"km": km(leg.metres)} if leg.metres else _("in the same village")


def _way_words(way: Way[int]) -> str:
    known_ones = len(way.legs) - way.unknown
    said = [_("%(n)s to visit or to sign") % {"n": len(way.legs)}]
    if known_ones:
        said.append(_("about %(km)s km in all as the crow flies") % {"km": km(way.metres)})
    if way.unknown:
        said.append(_("of %(n)s nobody has said where it lies") % {"n": way.unknown})
    return "，".join(said)


def visit_task(visit: Visit, user: User, *, at: dt.datetime, way: str = "") -> TaskRow:
    """Return one visit with the step this person takes next; `way` says how far it is to it."""
    claim = visit.claim
    over = _is_over(visit)
    page, status = ("claim-detail", Tag("ok", _("Done"))) if over else _next_step(visit, user)
    needed = [] if over else [quantity_words(claim), *_phone_masked(visit)]
    hints = [_place(visit), way, *needed, sheet_words(claim)]
    return TaskRow(
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
        if visit.is_contested:
            return "visit-record", Tag("warn", _("The second says something is different"))
        waits = Tag("plain", _("Waits for the second signature"))
        return "visit-record", waits if visit.first_signed_at else Tag("info", _("Go and look"))
    if visit.is_contested:
        return "visit-sign", Tag("plain", _("Waits for the first to write it anew"))
    waits = Tag("plain", _("The first has not written yet"))
    return "visit-sign", Tag("info", _("Sign it")) if visit.first_signed_at else waits


def drawn(visit: Visit) -> Drawn:
    """Return who was drawn for a visit."""
    return Drawn(known(visit.first.person).name, known(visit.second.person).name, visit.seed)


def photo_slots(form: VisitForm, here: Collection[str]) -> list[PhotoSlot]:
    """Return the places of the three photos; `here` names those that have arrived."""
    shows = {
        "whole": ("land", _("all of the goods, and what is around")),
        "near": ("leaf", _("so near that the damage is seen")),
        "people": ("person", _("faces and goods must be seen")),
    }
    return [
        PhotoSlot(which, str(form.fields[which].label), f"id_{which}", which in here, *shows[which])
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
