"""How forms name a purse and a purchase plan, as their people do."""

from django.utils.translation import gettext as _

from canteens.models import Fund, PurchasePlan
from kernel import money


def fund_name(fund: Fund) -> str:
    """Name a purse by its kind and year."""
    return f"{fund.label} {fund.fiscal_year}"


def plan_name(plan: PurchasePlan) -> str:
    """Name a purchase plan with what is left of it."""
    return _("%(occasion)s (%(fund)s), %(left)s yuan left") % {
        "occasion": plan.occasion,
        "fund": fund_name(plan.fund),
        "left": money.yuan(plan.left_fen()),
    }
