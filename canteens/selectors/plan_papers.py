"""What is kept of purchase plans that were ordered on: quotes, objections, signed lists and their sheets."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q

from canteens.models import PlanGoods, PlanQuote, PurchasePlan, SheetAnswer, SignedList, SignedSheet
from canteens.selectors.plan_goods import goods_of_plans
from records.models import Objection


@dataclass(frozen=True, slots=True)
class ListOfPlan:
    """A signed list with how many lines it has and how many of them nobody has answered."""

    row: SignedList
    lines: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class SheetOfPlan:
    """One sheet of a signed list with the numbers of the lines that it still answers."""

    row: SignedSheet
    numbers: list[int]

    @property
    def given_fen(self) -> int:
        """Return what the goods of its lines are worth."""
        return (self.row.worth_fen or 0) * len(self.numbers) if self.row.answer == SheetAnswer.GOT else 0


@dataclass(frozen=True, slots=True)
class PlanPapers:
    """The papers of some plans, each kind the oldest first."""

    plans: list[PurchasePlan] = field(default_factory=list)
    goods: dict[int, list[PlanGoods]] = field(default_factory=dict)  # by plan
    quotes: list[PlanQuote] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    lists: list[ListOfPlan] = field(default_factory=list)
    sheets: list[SheetOfPlan] = field(default_factory=list)

    def references(self) -> list[str]:
        """Return the documents whose photos everybody reads who reads the plans."""
        return [plan.reference for plan in self.plans]

    def list_references(self) -> list[str]:
        """Return the documents whose photos show who signed."""
        return [found.row.reference for found in self.lists]


def papers_of(plans: Iterable[int]) -> PlanPapers:
    """Return what is kept of these plans, by six statements whatever their number; by none without any."""
    keys = sorted(set(plans))
    if not keys:
        return PlanPapers()
    people = ("by__person", "decided_by__person")
    rows = list(
        PurchasePlan.objects.filter(pk__in=keys).select_related("fund", "notice", "requirement", *people).order_by("pk")
    )
    lists = SignedList.objects.filter(plan__in=keys).select_related("plan", *people).order_by("pk")
    unanswered = Count("lines", filter=Q(lines__sheet=None))
    return PlanPapers(
        plans=rows,
        goods=goods_of_plans(keys),
        quotes=list(
            PlanQuote.objects.filter(plan__in=keys).select_related("plan", "photo__file", "by__person").order_by("pk")
        ),
        objections=_objections(rows),
        lists=[
            ListOfPlan(row, row.size, row.unanswered)
            for row in lists.annotate(size=Count("lines"), unanswered=unanswered)
        ],
        sheets=_sheets(keys),
    )


def _objections(plans: Iterable[PurchasePlan]) -> list[Objection]:
    documents = {plan.reference: plan.notice_id for plan in plans if plan.notice_id is not None}
    if not documents:
        return []
    rows = Objection.objects.filter(line__document__in=documents, line__notice__in=set(documents.values()))
    return list(rows.select_related("line__notice", "answered_by__person").order_by("at", "pk"))


def _sheets(plans: Collection[int]) -> list[SheetOfPlan]:
    rows = SignedSheet.objects.filter(list__plan__in=plans).select_related("list__plan", "photo__file", "by__person")
    answered = ArrayAgg("answered__number", filter=Q(answered__isnull=False), order_by="answered__number")
    return [SheetOfPlan(row, row.numbers or []) for row in rows.annotate(numbers=answered).order_by("pk")]
