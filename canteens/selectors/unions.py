"""Unions: which rule holds for one, how many members it has, and what it has planned and ordered in a year."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Least, Left

from accounts.models import Organisation, Place
from accounts.selectors import area_prefix
from canteens.models import (
    Canteen,
    Fund,
    LiftedPart,
    PurchasePlan,
    PurchasePlanKind,
    PurchasePlanStatus,
    UnionMember,
    UnionRule,
)
from canteens.selectors.sizes import sizes_of
from canteens.selectors.union_allowances import Allowed, allowances_of, allowed_fen, read

_FEN = BigIntegerField()


@dataclass(frozen=True, slots=True)
class UnionYear:
    """How a union's year stands beside the rule of a day, in fen."""

    rule: UnionRule | None
    members: int
    planned_fen: int  # of plans inside the ordinary ceiling: what may be ordered on them; of closed ones what was taken
    apart_fen: int  # of plans outside it
    unplanned_fen: int  # of orders on no plan, as far as the rule counts them
    allowed: Mapping[str, Allowed] = field(default_factory=dict)  # beyond the rule, by its part

    def each_fen(self, *, apart: bool) -> int | None:
        """Return what may be spent for each member in a year by rule and allowance; nothing where no rule says."""
        if self.rule is None:
            return None
        part = LiftedPart.APART if apart else LiftedPart.YEAR
        return self._with_allowed(self.rule.apart_fen if apart else self.rule.year_fen, part)

    def festival_fen(self) -> int | None:
        """Return what may be given each member on one occasion by rule and allowance; nothing where no rule says."""
        return None if self.rule is None else self._with_allowed(self.rule.festival_fen, LiftedPart.FESTIVAL)

    def _with_allowed(self, fen: int | None, part: str) -> int | None:
        more = self.allowed.get(part)
        return fen if fen is None or more is None else fen + more.more_fen

    def most_fen(self, *, apart: bool) -> int | None:
        """Return what the year may come to, inside the ordinary ceiling or outside it; nothing where no rule says."""
        each = self.each_fen(apart=apart)
        return None if each is None else each * self.members

    def used_fen(self, *, apart: bool) -> int:
        """Return what counts already, inside the ordinary ceiling or outside it."""
        return self.apart_fen if apart else self.planned_fen + self.unplanned_fen


def rules_on(on: dt.date) -> QuerySet[UnionRule]:
    """Return the rules in force on a day, the nearest place of a chain of places first."""
    rules = UnionRule.objects.filter(Q(to_on=None) | Q(to_on__gt=on), from_on__lte=on)
    return rules.order_by("-place_id")  # a county's code ends with six zeros, a township's with three


def union_rule_on(place_id: str, on: dt.date) -> UnionRule | None:
    """Return the rule of the nearest place around this one on a day."""
    around = {area_prefix(place_id, level).ljust(12, "0") for level in Place.Level}
    return rules_on(on).filter(place__in=around).first()


def members_there(on: dt.date) -> Q:
    """Return the condition that a row of members holds on a day."""
    return Q(from_on__lte=on) & (Q(to_on=None) | Q(to_on__gt=on))


def members_on(organisation_id: int, on: dt.date) -> int:
    """Return how many members the union of a buyer has on a day: by its list, or by its canteen where it keeps none."""
    return int(
        Organisation.objects.filter(pk=organisation_id).values_list(_members(OuterRef("pk"), on), flat=True).get()
    )


def union_year(fund: Fund, on: dt.date) -> UnionYear:
    """Return how the year of a union's purse stands beside the rule of a day; two statements."""
    rule = union_rule_on(fund.organisation.place_id, on)
    plans = _counted(PurchasePlan.objects.filter(fund=OuterRef("pk"))).order_by().values("fund")
    found = Fund.objects.values(
        unplanned=F("unplanned_fen"),
        members=_members(OuterRef("organisation"), on),
        planned=_sum(plans.filter(apart=False)),
        apart=_sum(plans.filter(apart=True)),
        allowed=allowances_of(rule),
    ).get(pk=fund.pk)
    return UnionYear(
        rule=rule,
        members=found["members"],
        planned_fen=found["planned"],
        apart_fen=found["apart"],
        unplanned_fen=found["unplanned"] if rule is not None and rule.counts_unplanned else 0,
        allowed=read(found["allowed"], on),
    )


def has_ceiling_of_occasion(plan: PurchasePlan) -> bool:
    """Return whether a plan stands under the ceiling of one festival: it is of one, or gives each member a sum."""
    return not plan.apart and (plan.kind == PurchasePlanKind.FESTIVAL or plan.per_head_fen is not None)


def festival_fen(plan: PurchasePlan) -> int:
    """Return what the purse's other plans of any kind give each member on this occasion, but those closed empty."""
    given = Q(status=PurchasePlanStatus.APPROVED) | Q(status=PurchasePlanStatus.CLOSED, accepted_fen__gt=0)
    same = PurchasePlan.objects.filter(given, fund=plan.fund_id, occasion__iexact=plan.occasion, apart=False)
    return same.exclude(pk=plan.pk).aggregate(fen=Sum("per_head_fen"))["fen"] or 0


def with_room_for(funds: QuerySet[Fund], more_fen: int, on: dt.date) -> QuerySet[Fund]:
    """Return those of these union purses whose year has room for so much more ordered on no plan, by one statement."""
    rule = rules_around(OuterRef("organisation__place_id"), on)
    each = Case(When(counts_unplanned=True, then=F("year_fen")), default=None, output_field=_FEN)
    planned = _counted(PurchasePlan.objects.filter(fund=OuterRef("pk"), apart=False)).order_by().values("fund")
    return funds.alias(
        rule=Subquery(rule.values("pk")[:1]),
        each=Subquery(rule.values(each=each)[:1]) + allowed_fen(LiftedPart.YEAR, on),
        members=_members(OuterRef("organisation"), on),
        planned=_sum(planned),
        room=ExpressionWrapper(F("each") * F("members") - F("planned") - more_fen, output_field=_FEN),
    ).filter(Q(each=None) | Q(unplanned_fen__lte=F("room")))


def rules_around(code: OuterRef, on: dt.date) -> QuerySet[UnionRule]:
    """Return the rules in force around the place of an outer row, the nearest first."""
    around = Q(place=code) | Q(place=_ending_in(code, 9, "000")) | Q(place=_ending_in(code, 6, "000000"))
    return rules_on(on).filter(around)


def _ending_in(code: OuterRef, digits: int, zeros: str) -> Concat:
    return Concat(Left(code, digits), Value(zeros), output_field=CharField())


def _members(organisation: OuterRef, on: dt.date) -> Coalesce:
    """Return the members of an outer row's union on a day: by its list, or by its canteen where it keeps none."""
    registered = Canteen.objects.filter(organisation=organisation).values("union_members")
    listed = UnionMember.objects.filter(organisation=organisation).order_by().values("organisation")
    there = listed.values(n=Count("pk", filter=members_there(on)))  # no row where no list is kept
    known = sizes_of(organisation, on).values("union_members")
    return Coalesce(Subquery(there), Subquery(known[:1]), Subquery(registered[:1]), 0, output_field=_FEN)


def _sum(counted: QuerySet[PurchasePlan, Any]) -> Coalesce:
    """Return what the counted plans of an outer row come to."""
    return Coalesce(Subquery(counted.values(fen=Sum("counted"))), 0, output_field=_FEN)


def _counted(plans: QuerySet[PurchasePlan]) -> QuerySet[PurchasePlan]:
    """Return approved plans with what may be ordered on each, and closed ones with what was taken."""
    by_heads = ExpressionWrapper(F("per_head_fen") * F("members"), output_field=_FEN)
    most = Least(F("total_fen"), Coalesce(by_heads, F("total_fen")))
    closed = When(status=PurchasePlanStatus.CLOSED, then=F("accepted_fen"))
    given = plans.filter(status__in=(PurchasePlanStatus.APPROVED, PurchasePlanStatus.CLOSED))
    return given.annotate(counted=Case(closed, default=most, output_field=_FEN))
