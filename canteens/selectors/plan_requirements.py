"""What a purchase plan of its size must have, and what it has of that."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, F, Q, QuerySet, Sum, When

from accounts.models import Place
from accounts.selectors import area_prefix
from canteens.models import LAPSED, Fund, PlanQuote, PlanRequirement, PurchasePlan, PurchasePlanStatus
from records.models import NoticeStatus, Objection, ObjectionStatus

APART = dt.timedelta(
    days=30
)  # of two years' plans: further apart they are two occasions; `rule_of_its_size` says so too
STOPPING = (ObjectionStatus.OPEN, ObjectionStatus.UPHELD)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the rule for a plan's size asks for, and what the plan has of it."""

    requirement: PlanRequirement | None
    suppliers: int  # whose quotes it has
    on_notice: bool  # for the days that are asked for, running or over
    notice_over: bool
    open_objections: int

    @property
    def lacking_quotes(self) -> int:
        """Return of how many more suppliers a quote is asked for."""
        return 0 if self.requirement is None else max(0, self.requirement.quotes - self.suppliers)

    @property
    def notice_days(self) -> int:
        """Return how many working days on public notice are asked for."""
        return 0 if self.requirement is None else self.requirement.notice_days

    @property
    def ready(self) -> bool:
        """Return whether it may be approved as far as its size asks."""
        noticed = not self.notice_days or (self.on_notice and self.notice_over)
        return not self.lacking_quotes and noticed and not self.open_objections


def others_fen(fund: Fund, occasion: str, from_on: dt.date, to_on: dt.date) -> int:
    """Return what the buyer's plans of this occasion come to: of closed ones what was taken, of lapsed nothing.

    All its purses count: those of the year of this one, of other years plans whose days lie near these.
    """
    near = Q(from_on__lte=to_on + APART, to_on__gte=from_on - APART)
    same = PurchasePlan.objects.filter(
        Q(fund__fiscal_year=fund.fiscal_year) | near, organisation=fund.organisation_id, occasion__iexact=occasion
    ).exclude(status__in=LAPSED)
    counted = Case(When(status=PurchasePlanStatus.CLOSED, then=F("accepted_fen")), default=F("total_fen"))
    return same.aggregate(fen=Sum(counted))["fen"] or 0


def is_part(plan: PurchasePlan) -> bool:
    """Return whether the rule for a plan's size holds only for what it comes to with others of its occasion."""
    return plan.requirement is not None and plan.total_fen < plan.requirement.from_fen


def requirement_of(fund: Fund, total_fen: int, on: dt.date) -> PlanRequirement | None:
    """Return the rule for plans of this sum from this purse on a day: of the nearest place, the largest amount.

    The database asks the same of each plan that is sent (`rule_of_its_size`).
    """
    here = fund.organisation.place_id
    around = {area_prefix(here, level).ljust(12, "0") for level in Place.Level}
    rules = PlanRequirement.objects.filter(Q(to_on=None) | Q(to_on__gt=on), from_on__lte=on, place__in=around)
    return rules.filter(fund_kind=fund.kind, from_fen__lte=total_fen).order_by("-place_id", "-from_fen").first()


def readiness(
    plan: PurchasePlan, at: dt.datetime, *, suppliers: int | None = None, stopping: int | None = None
) -> Readiness:
    """Return what a plan has of what its size asks for.

    `suppliers` says whose quotes it has, `stopping` how many objections stop it, if that was counted.
    """
    notice = plan.notice
    hangs = notice is not None and notice.status != NoticeStatus.WITHDRAWN
    return Readiness(
        requirement=plan.requirement,
        suppliers=suppliers_of(plan) if suppliers is None else suppliers,
        on_notice=hangs,
        notice_over=notice is not None and at >= notice.ends_at,
        open_objections=_stopping(plan) if stopping is None else stopping,
    )


def _stopping(plan: PurchasePlan) -> int:
    return objections_to(plan).filter(status__in=STOPPING).count() if plan.notice_id else 0


def suppliers_of(plan: PurchasePlan) -> int:
    """Return of how many suppliers a plan has a quote."""
    return PlanQuote.objects.filter(plan=plan).values("supplier").distinct().count()


def quotes_of(plan: PurchasePlan) -> QuerySet[PlanQuote]:
    """Return the quotes of a plan, the cheapest first."""
    return PlanQuote.objects.filter(plan=plan).select_related("photo", "by__person").order_by("amount_fen", "pk")


def objections_to(plan: PurchasePlan) -> QuerySet[Objection]:
    """Return what was objected to a plan, the first before the others."""
    return Objection.objects.filter(line__notice=plan.notice_id, line__document=plan.reference).order_by("at", "pk")
