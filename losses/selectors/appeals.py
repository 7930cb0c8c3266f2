"""Appeals: until when one is possible, and which wait for somebody's decision."""

import datetime as dt

from django.db.models import CharField, Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Role
from accounts.selectors import Standing
from accounts.selectors.grievances import heads_bureau
from kernel import clock
from losses.models import WAITING_APPEALS, AppealStatus, ClaimStatus, LossAppeal, LossClaim
from losses.selectors.claims import with_story
from records.models import Move, Participation
from records.selectors.policy import policy

VILLAGE = "claim__household__village_id"


def appeals() -> QuerySet[LossAppeal]:
    """Return every appeal with what its page and its list show."""
    rows = LossAppeal.objects.select_related("by__person", "decided_by__person", "anew")
    return rows.prefetch_related(Prefetch("claim", with_story(LossClaim.objects.all())))


def appeals_of(claim: LossClaim) -> QuerySet[LossAppeal]:
    """Return the appeals against the refusal of a claim, the newest first."""
    return LossAppeal.objects.filter(claim=claim).order_by("-pk")


def appeal_until(claim: LossClaim) -> dt.datetime | None:
    """Return until when the refusal of a claim may be appealed; none where it may not.

    One that nobody decided in time takes nothing away: the days count anew from its end.
    """
    if claim.status != ClaimStatus.REFUSED:
        return None
    newest = appeals_of(claim).exclude(status=AppealStatus.WITHDRAWN).first()
    if newest is not None and newest.status != AppealStatus.UNANSWERED:
        return None
    since = newest.ended_at if newest is not None else None
    if since is None:
        moves = Move.objects.filter(document=claim.reference, after=ClaimStatus.REFUSED)
        since = moves.order_by("-pk").values_list("at", flat=True).first()
    if since is None:
        return None
    day = clock.county_day(since)
    return clock.day_end(day + dt.timedelta(days=policy("appeal_days", day)))


def appeals_to_decide(who: Standing) -> QuerySet[LossAppeal]:
    """Return what waits for this person's decision, the nearest deadline first; never where they had a hand."""
    turn = who.within(VILLAGE, Role.BUREAU_APPROVER)
    if heads_bureau(who):
        turn |= Q(status__in=WAITING_APPEALS)
    hands = Participation.objects.filter(
        document=Concat(Value("claim:"), Cast(OuterRef("claim"), CharField())), person_key__in=who.keys()
    )
    return appeals().filter(turn, ~Exists(hands), status__in=WAITING_APPEALS).order_by("decide_by_at", "pk")
