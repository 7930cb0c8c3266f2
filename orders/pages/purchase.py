"""The orders of a purchase plan, as its page shows them."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from canteens.models import PurchasePlan
from canteens.pages.purchase_plans import OrdersOfPlan, PlanRow
from orders.pages.orders import order_row
from orders.selectors.orders import order_rows

SHOWN = 10


def orders_of_plan(plan: PurchasePlan, user: User) -> OrdersOfPlan:
    """Return the latest orders of a plan that this person may see, and the list of all of them."""
    rows = []
    for order in order_rows(user).filter(purchase_plan=plan).order_by("-pk")[:SHOWN]:
        row = order_row(order)
        hint = _("%(number)s, %(day)s, %(yuan)s yuan") % {"number": row.number, "day": row.day, "yuan": row.amount}
        rows.append(PlanRow(url=row.url, label=row.title, hint=hint, status=row.status))
    return OrdersOfPlan(rows, f"{reverse('order-list')}?{urlencode({'plan': plan.committee_record})}")
