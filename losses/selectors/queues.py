"""Whose turn it is: the claims waiting at each desk, most pressing first, a page at a time."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import Person, Role, Somebody, User
from accounts.selectors import standing
from kernel import keyset
from losses.models import ClaimFigure, ClaimStatus, Computation, LossClaim, Sharing, Stage, Visit
from losses.selectors.claims import with_story
from losses.selectors.objections import ANSWER_DUE, FOUND_RIGHT, OBJECTED, STOPPED
from records.models import NoticeStatus, Participation
from records.selectors.notices import ANSWERS
from records.selectors.participation import documents_barred

VILLAGE = "household__village_id"
DESK, AWARD = "desk", "award"  # the stages that the steps of the bureau take in a claim
HAND, ON_NOTICE_YET, OBJECTION, SHARED = "hand", "notice", "objection", "shared"  # what stands against a step
MOST_LOOKED = 30  # claims among which the next one is sought
MOST_KEPT = 20  # visits that a phone keeps at once to write, and so many to sign
LATEST = ClaimFigure.objects.filter(claim=OuterRef("pk")).order_by("-pk")
_COMPUTED = Computation.objects.filter(claim=OuterRef("pk"), round=OuterRef("round")).values("amount_fen")
DRAWN = Exists(Visit.objects.filter(claim=OuterRef("pk"), round=OuterRef("round"), redrawn_at=None))


def _nothing(_at: dt.datetime) -> dict[str, Q]:
    return {}


def _runs(at: dt.datetime) -> dict[str, Q]:
    """Say what stands against deciding: the county notice has not ended, or somebody's objection stops the line."""
    runs = Q(county_notice__ends_at__gt=at) | Q(county_notice__status=NoticeStatus.WITHDRAWN)
    return {ON_NOTICE_YET: runs, OBJECTION: Q(STOPPED)}


def _shared(_at: dt.datetime) -> dict[str, Q]:
    return {SHARED: Q(scheme__sharing=Sharing.PRO_RATA)}  # all of the scheme are computed together


@dataclass(frozen=True, slots=True)
class View:
    """One saved view of the work queue: which role has it, which claims it shows, whether a place is done at once.

    `hand` is the stage that its step takes in a claim, where one claim is done at a time; `not_yet` says by reason
    for which claims nobody may take the step yet.
    """

    key: str
    role: str
    claims: Q
    of_places: bool = False
    hand: str = ""
    not_yet: Callable[[dt.datetime], dict[str, Q]] = _nothing


@dataclass(frozen=True, slots=True)
class PlaceWaiting:
    """A village or township whose claims under one scheme wait for their notice."""

    scheme_id: int
    scheme: str
    code: str
    name: str
    claims: int
    is_village: bool


VIEWS = [
    View("village", Role.CADRE, Q(status=ClaimStatus.FILED), hand=Stage.VILLAGE),
    View("sent_back", Role.CADRE, Q(status=ClaimStatus.SENT_BACK)),
    View("township", Role.TOWNSHIP_OFFICER, Q(status=ClaimStatus.VILLAGE_CHECKED), hand=Stage.TOWNSHIP),
    View("publish", Role.BUREAU_APPROVER, Q(status=ClaimStatus.TOWNSHIP_CHECKED), of_places=True),
    View("draw", Role.BUREAU_APPROVER, Q(~DRAWN, status=ClaimStatus.TO_VISIT), hand=DESK),
    View(
        "compute",
        Role.BUREAU_APPROVER,
        Q(status__in=[ClaimStatus.VISITED, ClaimStatus.UNVISITED]),
        hand=DESK,
        not_yet=_shared,
    ),
    View("county", Role.BUREAU_APPROVER, Q(status=ClaimStatus.COMPUTED), of_places=True),
    View(
        "decide",
        Role.BUREAU_APPROVER,
        Q(~FOUND_RIGHT, status=ClaimStatus.COUNTY_NOTICE),
        hand=AWARD,
        not_yet=_runs,
    ),
    View("objected", Role.BUREAU_APPROVER, OBJECTED, hand=ANSWERS),
]
BY_KEY = {view.key: view for view in VIEWS}


def views_of(user: Somebody, at: dt.datetime) -> list[tuple[View, int]]:
    """Return the saved views of this person with how many claims each has for this person's hand, in one query."""
    claims = claims_of_views(user, at)
    if not claims:
        return []
    waiting = LossClaim.objects.aggregate(**{key: Count("pk", filter=here) for key, here in claims.items()})
    return [(BY_KEY[key], waiting[key]) for key in claims]


def claims_of_views(user: Somebody, at: dt.datetime) -> dict[str, Q]:
    """Return by view of this person which claims are for its hand now."""
    who = standing(user)
    return {
        view.key: view.claims & who.within(VILLAGE, view.role) & _possible(user, view, at)
        for view in VIEWS
        if who.has(view.role)
    }


def _possible(user: Somebody, view: View, at: dt.datetime) -> Q:
    against = _against(user, view, at)
    return ~reduce(or_, against.values()) if against else Q()


def _against(user: Somebody, view: View, at: dt.datetime) -> dict[str, Q]:
    """Return by reason for which claims of a view its step is not this person's now; of several the first holds."""
    hand = {HAND: ~free_for(user, view.hand)} if free_for(user, view.hand) else {}
    return hand | view.not_yet(at)


def summed(claims: QuerySet[LossClaim], kinds: dict[str, Q]) -> dict[str, tuple[int, int]]:
    """Return by kind how many claims are of it and what they come to, in one query; of several the first holds."""
    if not kinds:
        return {}
    kind = Case(*(When(of_it, then=Value(name)) for name, of_it in kinds.items()), default=Value(""))
    rows = with_worth(claims).annotate(kind=kind).exclude(kind="").order_by().values("kind")
    found = rows.annotate(n=Count("pk"), sum=Sum("fen"))
    return {row["kind"]: (row["n"], row["sum"]) for row in found}


def with_worth(claims: QuerySet[LossClaim]) -> QuerySet[LossClaim]:
    """Add what each claim comes to as `fen`: as computed, else what stands there now at its rate, half a fen up."""
    grams = Subquery(LATEST.values("quantity_g")[:1])
    at_rate = (2 * grams * F("per_fen") + F("per_g")) / (2 * F("per_g"))
    return claims.annotate(fen=Coalesce(Subquery(_COMPUTED[:1]), at_rate, output_field=BigIntegerField()))


def queue(user: Somebody, view: View) -> QuerySet[LossClaim]:
    """Return the claims of one view within the person's area, whoever may take their step."""
    area = standing(user).within(VILLAGE, view.role)
    return with_story(LossClaim.objects.filter(view.claims & area))


def with_reasons(user: Somebody, view: View, at: dt.datetime) -> QuerySet[LossClaim]:
    """Return the claims of one view, those whose step this person may take now in front, then those due first.

    `against` is what stands against the others, `answer_due` by when an objection to one is answered.
    """
    cases = [When(claims, then=Value(reason)) for reason, claims in _against(user, view, at).items()]
    against = Case(*cases, default=Value(""), output_field=CharField())
    rows = queue(user, view).select_related("county_notice").annotate(against=against, answer_due=ANSWER_DUE)
    return rows.order_by(Case(When(against="", then=0), default=1), "due_at", "pk")


def free_for(user: Somebody, hand: str) -> Q:
    """Say of a claim that this person had no hand in it that bars this one; without a name nothing bars."""
    if not hand or not isinstance(user, User) or user.person_id is None:
        return Q()
    own = Person.objects.filter(pk=user.person_id).values("key")
    name = Concat(Value("claim:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    held = Participation.objects.filter(document=name, person_key__in=own).exclude(stage=hand)
    return Q(~Exists(held))


def mine_to_do(user: Somebody, view: View, at: dt.datetime) -> QuerySet[LossClaim]:
    """Return the claims of a view whose step this person may take now, those due first in front."""
    return queue(user, view).filter(_possible(user, view, at)).order_by("due_at", "pk")


def not_to_do(user: Somebody, view: View, at: dt.datetime) -> QuerySet[LossClaim]:
    """Return the claims of a view whose step is not this person's now, with what stands `against` it."""
    against = _against(user, view, at)
    rows = with_reasons(user, view, at).order_by("due_at", "pk")
    return rows.filter(reduce(or_, against.values())) if against else rows.none()


def next_to_do(user: User, view: View, at: dt.datetime) -> LossClaim | None:
    """Return the most pressing claim whose step this person may take now, also for who they are."""
    first = list(mine_to_do(user, view, at)[:MOST_LOOKED])
    barred = documents_barred([claim.reference for claim in first], view.hand, by=user)
    return next((claim for claim in first if claim.reference not in barred), None)


def queue_page(claims: QuerySet[LossClaim], *, cursor: str) -> keyset.Page:
    """Return one page of claims of a view."""
    return keyset.cut(claims, ("due_at", "pk"), cursor=cursor)


def places_waiting(user: Somebody, view: View) -> list[PlaceWaiting]:
    """Return where claims of a view wait, by scheme and place: a village for its wall, a township for the county's."""
    area = standing(user).within(VILLAGE, view.role)
    is_village = view.key == "publish"
    place = "household__village" if is_village else "household__village__parent"
    rows = (
        LossClaim.objects.filter(view.claims & area)
        .values_list("scheme_id", "scheme__name", f"{place}__code", f"{place}__name")
        .annotate(n=Count("pk"))
        .order_by("scheme_id", f"{place}__code")
    )
    return [
        PlaceWaiting(scheme_id, scheme, code, name, count, is_village) for scheme_id, scheme, code, name, count in rows
    ]


def visits_of(user: User) -> QuerySet[Visit]:
    """Return the visits this person was drawn for, those still open first."""
    mine = Q(first__person=user.person_id) | Q(second__person=user.person_id)
    if user.person_id is None:
        return Visit.objects.none()
    return (
        Visit.objects.filter(mine, redrawn_at=None)
        .select_related(
            "claim__household__village__parent",
            "claim__rate__produce",
            "claim__listing",
            "claim__plot_season",
            "first__person",
            "second__person",
        )
        .prefetch_related(Prefetch("claim__figures", ClaimFigure.objects.order_by("pk"), to_attr="all_figures"))
        .order_by(F("second_signed_at").desc(nulls_first=True), "-pk")
    )


def to_keep_by(user: User) -> list[Visit]:
    """Return the visits this person is to write down, then those to sign, as many of each as a phone keeps.

    The most pressing first, with what their pages print.
    """
    if user.person_id is None:
        return []
    open_ = Visit.objects.filter(claim__status=ClaimStatus.TO_VISIT, round=F("claim__round"), redrawn_at=None)
    hands = [open_.filter(**{f"{hand}__person": user.person_id}) for hand in ("first", "second")]
    pressing = [rows.order_by("claim__due_at", "pk").values("pk")[:MOST_KEPT] for rows in hands]
    rows = Visit.objects.filter(Q(pk__in=pressing[0]) | Q(pk__in=pressing[1]))
    rows = rows.select_related("first__person", "second__person")
    visits = list(rows.order_by(Case(When(first__person=user.person_id, then=0), default=1), "claim__due_at", "pk"))
    story = with_story(LossClaim.objects.filter(visits__in=visits)).select_related("household__village__parent")
    claims = {claim.pk: claim for claim in story}
    for visit in visits:
        visit.claim = claims[visit.claim_id]  # type: ignore[attr-defined]
    return visits
