"""Who has how much on the table: what waits at each step, what each person did of late, what rules and villagers saw.

All of it is counted in the database, in a number of statements that does not grow.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Person
from losses.models import Award, ClaimFigure, ClaimStatus, Computation, LossClaim, Stage, Visit
from losses.selectors.queues import DRAWN
from records.models import Finding, Objection, ObjectionStatus

LATE_DAYS = 30  # of which what people did is counted
STEPS = {
    "village": Q(status=ClaimStatus.FILED),
    "township": Q(status=ClaimStatus.VILLAGE_CHECKED),
    "publish": Q(status=ClaimStatus.TOWNSHIP_CHECKED),
    "draw": Q(~DRAWN, status=ClaimStatus.TO_VISIT),
    "visit": Q(DRAWN, status=ClaimStatus.TO_VISIT),
    "compute": Q(status__in=[ClaimStatus.VISITED, ClaimStatus.UNVISITED]),
    "county": Q(status=ClaimStatus.COMPUTED),
    "decide": Q(status=ClaimStatus.COUNTY_NOTICE),
    "household": Q(status=ClaimStatus.SENT_BACK),
}
VILLAGE, TOWNSHIP = "household__village", "household__village__parent"
MOST_VILLAGES = 50


@dataclass(frozen=True, slots=True)
class StepLoad:
    """How many claims of one township wait at one step, how many of them are late, since when the oldest one waits."""

    township: str
    step: str
    waiting: int
    late: int
    due_first: dt.datetime


@dataclass(slots=True)
class PersonLoad:
    """What one person did in the last days, by kind of act, and how many visits wait for this person."""

    name: str
    done: Counter[str] = field(default_factory=Counter)
    visits: int = 0


@dataclass(frozen=True, slots=True)
class RuleHits:
    """Of how many claims a rule said to look again, or impossible; how many were cleared, how many ended refused."""

    rule: str
    title: str  # as it stands on record
    seen: int
    cleared: int
    refused: int


@dataclass(slots=True)
class VillageVoice:
    """Of how many reports of a village everybody read, how many objections came, and how they were answered."""

    village: str
    township: str
    published: int
    objections: int = 0
    right: int = 0
    rejected: int = 0


def by_step(area: Q, at: dt.datetime) -> list[StepLoad]:
    """Return what waits at each step of each township of an area, in one query."""
    counts: dict[str, Any] = {}
    for step, here in STEPS.items():
        counts |= {
            f"{step}_waiting": Count("pk", filter=here),
            f"{step}_late": Count("pk", filter=here & Q(due_at__lt=at)),
            f"{step}_first": Min("due_at", filter=here),
        }
    claims = LossClaim.objects.filter(area).order_by(f"{TOWNSHIP}__code")
    rows = claims.values(f"{TOWNSHIP}__code", f"{TOWNSHIP}__name").annotate(**counts)
    return [
        StepLoad(row[f"{TOWNSHIP}__name"], step, row[f"{step}_waiting"], row[f"{step}_late"], row[f"{step}_first"])
        for row in rows
        for step in STEPS
        if row[f"{step}_waiting"]
    ]


def by_person(area: Q, since: dt.datetime) -> list[PersonLoad]:
    """Return what each person did in the claims of an area since a moment, whoever did most in front."""
    claims = LossClaim.objects.filter(area)
    figures = ClaimFigure.objects.filter(claim__in=claims, at__gte=since).values("by__person", "stage")
    loads: dict[UUID, PersonLoad] = {}

    def add(person: UUID | None, act: str, n: int) -> None:
        if person is not None:
            loads.setdefault(person, PersonLoad("")).done[act] += n

    for row in figures.filter(stage__in=(Stage.VILLAGE, Stage.TOWNSHIP)).annotate(n=Count("pk")).order_by():
        add(row["by__person"], row["stage"], row["n"])
    visits = Visit.objects.filter(claim__in=claims)
    for who, when in (("first", "first_signed_at"), ("second", "second_signed_at")):
        rows = visits.filter(**{f"{when}__gte": since}).values(f"{who}__person").annotate(n=Count("pk")).order_by()
        for row in rows:
            add(row[f"{who}__person"], "visit", row["n"])
        open_now = visits.filter(
            redrawn_at=None, round=F("claim__round"), claim__status=ClaimStatus.TO_VISIT, **{when: None}
        )
        for row in open_now.values(f"{who}__person").annotate(n=Count("pk")).order_by():
            add(row[f"{who}__person"], "visit", 0)
            loads[row[f"{who}__person"]].visits += row["n"]
    for act, made in (("compute", Computation), ("award", Award)):
        rows = made.objects.filter(claim__in=claims, at__gte=since).values("by__person")
        for acted in rows.annotate(n=Count("pk")).order_by():
            add(acted["by__person"], act, acted["n"])
    cleared = _findings(claims).filter(cleared_at__gte=since).values("cleared_by__person")
    for by_clerk in cleared.annotate(n=Count("pk")).order_by():
        add(by_clerk["cleared_by__person"], "clear", by_clerk["n"])
    for person in Person.objects.filter(pk__in=loads):
        loads[person.pk].name = person.name
    return sorted(loads.values(), key=lambda load: (-load.done.total(), -load.visits, load.name))


def by_rule(area: Q, since: dt.datetime) -> list[RuleHits]:
    """Return what each rule saw on the claims of an area that were filed since a moment, the most seen in front."""
    claims = LossClaim.objects.filter(area, filed_at__gte=since)
    hits = _findings(claims).exclude(colour=Finding.Colour.GREEN)
    ended = _names(claims.filter(status=ClaimStatus.REFUSED))
    rows = hits.values("rule").annotate(
        title=Max("title"),
        seen=Count("document", distinct=True),
        cleared=Count("document", distinct=True, filter=Q(cleared_at__isnull=False)),
        refused=Count("document", distinct=True, filter=Q(document__in=ended)),
    )
    return [RuleHits(**row) for row in rows.order_by("-seen", "rule")]


def by_village(area: Q, since: dt.datetime) -> list[VillageVoice]:
    """Return how often villages objected to reports filed since a moment, most objected and most published in front.

    A village where nobody ever objects is told from one where every objection is turned down.
    """
    claims = LossClaim.objects.filter(area, filed_at__gte=since, village_notice__isnull=False)
    places = claims.values_list(VILLAGE, f"{VILLAGE}__name", f"{TOWNSHIP}__name")
    published = places.annotate(n=Count("pk")).order_by("-n", VILLAGE)
    voices = {code: VillageVoice(name, township, n) for code, name, township, n in published}
    said = Objection.objects.filter(line__document__in=_names(claims)).values("line__document")
    counts = said.annotate(
        n=Count("pk"),
        right=Count("pk", filter=Q(status=ObjectionStatus.UPHELD)),
        rejected=Count("pk", filter=Q(status=ObjectionStatus.REJECTED)),
    )
    by_claim = {int(row["line__document"].partition(":")[2]): row for row in counts.order_by()}
    for claim, code in claims.filter(pk__in=by_claim).values_list("pk", VILLAGE):
        voice, row = voices[code], by_claim[claim]
        voice.objections += row["n"]
        voice.right += row["right"]
        voice.rejected += row["rejected"]
    return sorted(voices.values(), key=lambda voice: -voice.objections)[:MOST_VILLAGES]


def _findings(claims: QuerySet[LossClaim]) -> QuerySet[Finding]:
    return Finding.objects.filter(document__in=_names(claims))


def _names(claims: QuerySet[LossClaim]) -> QuerySet[Any]:
    name = Concat(Value(f"{LossClaim.REFERENCE}:"), Cast("pk", CharField()), output_field=CharField())
    return claims.annotate(name=name).order_by().values("name")
