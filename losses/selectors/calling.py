"""Calls to households whose claims nobody visits: those of an area, those still to make, that of a claim."""

from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Role
from accounts.selectors import Standing
from losses.models import OPEN_CLAIMS, CallBack, CallStatus, LossClaim
from losses.selectors.claims import with_story
from records.models import Participation

VILLAGE = "claim__household__village_id"
CALLERS = (Role.BUREAU_APPROVER, Role.VERIFIER)  # the bureau's own people


def calls() -> QuerySet[CallBack]:
    """Return every call with what its page and its list show."""
    story = with_story(LossClaim.objects.all()).select_related("household__village__parent")
    return CallBack.objects.select_related("by__person", "draw").prefetch_related(Prefetch("claim", story))


def calls_seen_by(who: Standing) -> QuerySet[CallBack]:
    """Return the calls in the area of whoever calls, or looks on as the auditor."""
    return calls().filter(who.within(VILLAGE, *CALLERS, Role.AUDITOR))


def calls_to_make(who: Standing) -> QuerySet[CallBack]:
    """Return the calls that this person may still make: never where they had a hand in the claim."""
    hands = Participation.objects.filter(
        document=Concat(Value("claim:"), Cast(OuterRef("claim"), CharField())), person_key__in=who.keys()
    )
    turn: Q = who.within(VILLAGE, *CALLERS)
    waiting = CallBack.objects.filter(
        turn, status=CallStatus.WAITING, claim__status__in=OPEN_CLAIMS, draw__round=F("claim__round")
    )
    return waiting.filter(~Exists(hands))


def call_of(claim: LossClaim) -> CallBack | None:
    """Return the call about the present round of a claim, if one was drawn."""
    return CallBack.objects.filter(claim=claim, draw__round=claim.round).select_related("draw").first()
