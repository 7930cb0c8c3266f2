"""How forms name a purse and a purchase plan, as their people do."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from canteens.models import Fund, Kitchen, PurchasePlan
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


def kitchen_choices(kitchens: Iterable[Kitchen], buyers: Collection[int]) -> list[tuple[str, str]]:
    """Return canteens as these buyers choose among them, after none of them: of one buyer, its own by name alone."""
    own = next(iter(buyers)) if len(buyers) == 1 else 0
    return [("", _("Choose the canteen")), *((str(row.pk), row.label_for(own)) for row in kitchens)]
