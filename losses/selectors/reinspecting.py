"""Awards that are looked at once more: those of a month with their points, those of an area, those still to look at."""

import datetime as dt

from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Role
from accounts.selectors import Standing
from kernel import clock
from losses.models import Award, LossClaim, Reinspection, ReinspectionStatus
from losses.selectors.calling import CALLERS
from losses.selectors.claims import with_story
from losses.selectors.elsewhere import TOLD_RULE
from records.models import Finding, Participation

VILLAGE = "award__claim__household__village_id"


def month_before(at: dt.datetime) -> dt.date:
    """Return the first day of the month before the one of this instant."""
    return (clock.county_day(at).replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def awards_of_month(month: dt.date) -> dict[int, int]:
    """Return the points of each award of a month, by its key; an award without a score has none."""
    rows = _of(month).values_list("pk", "score__points").order_by("pk")
    return {key: points or 0 for key, points in rows}


def cleared_among(month: dt.date) -> list[int]:
    """Return the awards of a month of which somebody cleared a check by hand."""
    name = Concat(Value("claim:"), Cast(OuterRef("claim_id"), CharField()), output_field=CharField())
    cleared = Finding.objects.filter(document=name, cleared_at__isnull=False).exclude(rule=TOLD_RULE)
    return list(_of(month).filter(Exists(cleared)).values_list("pk", flat=True).order_by("pk"))


def _of(month: dt.date) -> QuerySet[Award]:
    after = (month + dt.timedelta(days=31)).replace(day=1)
    return Award.objects.filter(at__gte=clock.day_start(month), at__lt=clock.day_start(after))


def reinspections_seen_by(who: Standing) -> QuerySet[Reinspection]:
    """Return the re-inspections of the area of whoever looks, or reads as the auditor, with what their pages show."""
    story = with_story(LossClaim.objects.all()).select_related("household__village__parent")
    awards = Award.objects.select_related("score").prefetch_related(Prefetch("claim", story))
    rows = Reinspection.objects.select_related("by__person", "draw").prefetch_related(Prefetch("award", awards))
    return rows.filter(who.within(VILLAGE, *CALLERS, Role.AUDITOR))


def reinspections_to_make(who: Standing) -> QuerySet[Reinspection]:
    """Return the re-inspections that wait for this person: never where they had a hand in the claim."""
    hands = Participation.objects.filter(
        document=Concat(Value("claim:"), Cast(OuterRef("award__claim"), CharField())), person_key__in=who.keys()
    )
    turn: Q = who.within(VILLAGE, *CALLERS)
    waiting = Reinspection.objects.filter(turn, status=ReinspectionStatus.WAITING).annotate(since=F("at"))
    return waiting.filter(~Exists(hands))
