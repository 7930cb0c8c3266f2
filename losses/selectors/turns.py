"""What stands on the homes of bureau and verifiers: claims this person may take up now, and what waits for others."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, CharField, F, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models import Value as V
from django.db.models.functions import Cast, Concat

from accounts.models import Role, User
from accounts.selectors import Standing
from catalog.models import Listing, PlotSeason
from losses.models import OPEN_CLAIMS, ClaimFigure, ClaimStatus, LossClaim, Sharing, Visit
from losses.selectors.objections import OBJECTED, ON_NOTICE, STOPPED
from losses.selectors.queues import (
    BY_KEY,
    DRAWN,
    LATEST,
    VILLAGE,
    View,
    claims_of_views,
    summed,
    with_worth,
)
from records.models import Move, NoticeStatus

STEPS = ("draw", "compute", "decide", "objected")  # of the bureau, each the view of its name
_NAME = Concat(V("claim:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many claims of a kind wait for others, and what they come to."""

    kind: str
    count: int
    fen: int


def to_take_up(who: Standing, user: User, at: dt.datetime) -> QuerySet[LossClaim]:
    """Return the claims whose next step this person of the bureau may take now, those due first in front.

    `step` names the step, `moved_at` is when the claim last moved, `quantity` what was found last, `fen` its worth.
    """
    steps = {step: claims for step, claims in claims_of_views(user, at).items() if step in STEPS}
    moved = Move.objects.filter(document=_NAME).order_by("-pk").values("at")
    here = LossClaim.objects.filter(who.within(VILLAGE, Role.BUREAU_APPROVER), status__in=_IN_HAND)
    rows = with_worth(here).annotate(
        step=Case(*(When(claims, then=V(step)) for step, claims in steps.items()), default=V("")),
        quantity=Subquery(LATEST.values("quantity")[:1]),
        moved_at=Subquery(moved[:1]),
    )
    goods = ("rate__produce", "listing__produce", "plot_season__produce")
    return rows.exclude(step="").select_related("household__village", "county_notice", *goods).order_by("due_at", "pk")


_IN_HAND = (*ON_NOTICE, ClaimStatus.TO_VISIT, ClaimStatus.VISITED, ClaimStatus.UNVISITED)


def _ended(at: dt.datetime) -> Q:
    """Say of a claim that its county notice has ended and nobody's objection stops its line."""
    hung = Q(status=ClaimStatus.COUNTY_NOTICE, county_notice__ends_at__lte=at)
    return hung & ~Q(county_notice__status=NoticeStatus.WITHDRAWN) & ~Q(STOPPED)


@dataclass(frozen=True, slots=True)
class Turns:
    """How much relief waits: in each view of somebody, of it for a hand of the bureau, and by kind for others."""

    views: list[tuple[View, Waiting]]
    own: Waiting
    others: list[Waiting]


def turns_of(who: Standing, user: User, at: dt.datetime) -> Turns:
    """Return what of relief waits for this person and, at the bureau, for others, with what it comes to; one query."""
    views = claims_of_views(user, at)
    others: dict[str, Q] = {}
    if who.has(Role.BUREAU_APPROVER):
        here = who.within(VILLAGE, Role.BUREAU_APPROVER)
        others = {kind: claims & here for kind, claims in _of_others(at).items()}
    found = summed(LossClaim.objects.filter(status__in=OPEN_CLAIMS), views | others)
    return Turns(
        [(BY_KEY[key], _added(key, found, [key])) for key in views],
        _added("own", found, STEPS),
        [_added(kind, found, [kind]) for kind in others if kind in found],
    )


def _of_others(at: dt.datetime) -> dict[str, Q]:
    """Return by kind which claims wait for time or for other people; of one that is of two kinds the first holds."""
    return {
        "found_right": OBJECTED,
        "on_wall": Q(status=ClaimStatus.VILLAGE_NOTICE),
        "visit": Q(DRAWN, status=ClaimStatus.TO_VISIT),
        "shared": BY_KEY["compute"].claims & Q(scheme__sharing=Sharing.PRO_RATA),
        "earlier": BY_KEY["draw"].claims | BY_KEY["compute"].claims,
        "colleague": _ended(at),
        "running": Q(status=ClaimStatus.COUNTY_NOTICE),
    }


def _added(kind: str, found: dict[str, tuple[int, int]], parts: Iterable[str]) -> Waiting:
    figures = [found[part] for part in parts if part in found]
    return Waiting(kind, sum(count for count, _fen in figures), sum(fen for _count, fen in figures))


def visits_of_the_day(user: User) -> QuerySet[Visit]:
    """Return the visits this verifier was drawn for that two have not signed, those due first in front.

    `turn` says whose they are: to write and to sign are this person's, the others wait for the second or the first.
    """
    first = Q(first__person=user.person_id)
    contested = Q(contested_at__isnull=False, contested_at__gte=F("first_signed_at"))
    written = Q(first_signed_at__isnull=False) & ~contested  # what the second says is different is written anew
    turn = Case(
        When(first & ~written, then=V("write")), When(~first & written, then=V("sign")),
        When(first, then=V("second")), default=V("first"),
    )  # fmt: skip
    latest = ClaimFigure.objects.filter(claim=OuterRef("claim")).order_by("-pk")
    mine = first | Q(second__person=user.person_id)
    return (
        Visit.objects.filter(
            mine, redrawn_at=None, second_signed_at=None, round=F("claim__round"), claim__status=ClaimStatus.TO_VISIT
        )
        .annotate(turn=turn, quantity=Subquery(latest.values("quantity")[:1]))
        .select_related(
            "claim__household__village__parent",
            "claim__rate__produce",
            "first__person",
            "second__person",
        )
        .prefetch_related(
            Prefetch("claim__listing", Listing.objects.select_related("produce")),
            Prefetch("claim__plot_season", PlotSeason.objects.select_related("produce")),
        )
        .order_by("claim__due_at", "pk")
    )
