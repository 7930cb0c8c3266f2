"""Purchase plans: whose they are to see, and which of them wait for somebody."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, JSONField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from accounts.models import Role, Somebody
from accounts.selectors import standing
from canteens.models import (
    LAPSED,
    Fund,
    PurchasePlan,
    PurchasePlanStatus,
    SheetAnswer,
    SignedLine,
    UnionMember,
)
from canteens.selectors import PURSE_ROLES
from canteens.selectors.deputies import buyers_deputised
from canteens.selectors.plan_deciders import plans_to_decide
from kernel import clock
from records.models import Move, Objection, ObjectionStatus


@dataclass(frozen=True, slots=True)
class PlanOfYear:
    """A plan with how many members signed for its goods, None where no list is kept, and how many lines are open.

    `goods` is what each member gets, as its signed list says it; `missing` are the first of the open lines.
    """

    plan: PurchasePlan
    signed: int | None
    open: int
    goods: str = ""
    missing: tuple[SignedLine, ...] = ()


_UNANSWERED = Count("pk", filter=Q(sheet=None))


def plans_seen_by(user: Somebody) -> QuerySet[PurchasePlan]:
    """Return the purchase plans of the buyers this person works or answers for, all for the auditor, newest first."""
    place = standing(user)
    seen = Q()
    if not place.has(Role.AUDITOR):
        seen = Q(organisation_id__in=place.organisations(*PURSE_ROLES))
        seen |= Q(organisation_id__in=buyers_deputised(user, clock.county_day(clock.now())))
    plans = PurchasePlan.objects.filter(seen)
    people, size = ("by__person", "decided_by__person", "decided_for"), ("requirement", "notice")
    return plans.select_related("organisation__place", "fund__organisation", *people, *size).order_by("-pk")


def plans_of_year(fund: Fund, most: int, *, names: int = 0) -> list[PlanOfYear]:
    """Return the plans of a purse but those refused or taken back, by their days, each with how many signed for it.

    With `names`, so many of the lines that nobody has answered come along; one statement all the same.
    """
    lines = SignedLine.objects.filter(list__plan=OuterRef("pk")).order_by().values("list")
    got = Count("pk", filter=Q(sheet__answer=SheetAnswer.GOT))
    rows: QuerySet[Any] = PurchasePlan.objects.filter(fund=fund).exclude(status__in=LAPSED)
    counted = rows.annotate(
        signed=Subquery(lines.values(n=got)), open=Subquery(lines.values(n=_UNANSWERED)), goods=F("signed_list__goods")
    )
    sealed = JSONObject(line="pk", name="name_sealed", member="member", member_name="member__name_sealed")
    unanswered = SignedLine.objects.filter(list__plan=OuterRef("pk"), sheet=None).order_by("number")
    first = ArraySubquery(unanswered.values_list(sealed)[:names])
    shown = counted.annotate(first=first if names else Value([], JSONField())).order_by("from_on", "pk")[:most]
    return [
        PlanOfYear(row, row.signed, row.open or 0, row.goods or "", tuple(_line(said) for said in row.first))
        for row in shown
    ]


def _line(said: Mapping[str, str]) -> SignedLine:
    """Return a line as far as its name needs it: names are sealed to the keys of their rows."""
    member = UnionMember(pk=UUID(said["member"]), name_sealed=said["member_name"]) if said["member"] else None
    return SignedLine(pk=UUID(said["line"]), name_sealed=said["name"], member=member)


def plan_of_objection(objection: Objection) -> PurchasePlan:
    """Return the plan that an objection to a notice of intent is about."""
    plans = PurchasePlan.objects.select_related("organisation__place", "fund", "notice", "by__person")
    return plans.get(notice=objection.line.notice_id)


def objections_to_answer(user: Somebody) -> QuerySet[Objection]:
    """Return the open objections to plans that this person decides and did not send, the first before the others."""
    waiting = Objection.objects.filter(
        line__notice__in=plans_to_decide(user).order_by().values("notice"), status=ObjectionStatus.OPEN
    )
    return waiting.select_related("line__notice").order_by("at", "pk")


def plans_to_order(organisations: Iterable[int], today: dt.date) -> QuerySet[PurchasePlan]:
    """Return the approved plans on which these buyers may order, those that end first before the others."""
    open_yet = PurchasePlan.objects.filter(status=PurchasePlanStatus.APPROVED, to_on__gte=today)
    return open_yet.filter(organisation_id__in=organisations).select_related("fund").order_by("to_on", "pk")


def moves_of(plan: PurchasePlan) -> QuerySet[Move]:
    """Return what happened to a plan, the newest first."""
    return Move.objects.filter(document=plan.reference).select_related("by__person").order_by("-pk")
