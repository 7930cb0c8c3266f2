"""Refuse what brings a class of goods above the procurement limit of the year, unless a project was approved for it."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from canteens.models import PurchasePlan, PurchasePlanKind
from kernel import money
from kernel.errors import DomainError
from orders.selectors.judging import Judged
from produce.models import ProduceCategory
from records.models import PolicyValue


class AboveLimit(DomainError):
    """An order that goes by a procurement project only."""

    code = "above_procurement_limit"

    def __init__(self, category: ProduceCategory, ordered_fen: int, more_fen: int, limit_fen: int, rule: str) -> None:
        super().__init__(
            _(
                "By the procurement limit of %(limit)s yuan a year for one class of goods%(rule)s, no more of "
                "%(goods)s is ordered without a project: %(ordered)s yuan were ordered, this order adds %(more)s, "
                "%(left)s are left. Take less, or order on an approved purchase plan of the kind project."
            )
            % {
                "limit": money.yuan(limit_fen),
                "rule": rule and f" ({rule})",
                "goods": category.name_zh,
                "ordered": money.yuan(ordered_fen),
                "more": money.yuan(more_fen),
                "left": money.yuan(max(0, limit_fen - ordered_fen)),
            }
        )


def refuse_above_limit(judged: Judged, by_class: Mapping[str, int], plan: PurchasePlan | None, today: dt.date) -> None:
    """Refuse an order that brings a class above the year's limit and draws on no project."""
    if plan is not None and plan.kind == PurchasePlanKind.PROJECT:
        return
    for category, more_fen in by_class.items():
        ordered_fen = judged.of_year.get(category, 0)
        if ordered_fen + more_fen > judged.limit_fen:
            goods = ProduceCategory.objects.get(pk=category)
            raise AboveLimit(goods, ordered_fen, more_fen, judged.limit_fen, _document(today))


def _document(today: dt.date) -> str:
    """Return the number of the document that set the limit of the day; empty where the county set none."""
    stands = PolicyValue.objects.filter(name="procurement_limit_yuan", from_on__lte=today, confirmed_by__isnull=False)
    return stands.order_by("-from_on", "-pk").values_list("document", flat=True).first() or ""
