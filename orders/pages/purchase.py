"""The orders of a purchase plan, as its page shows them."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from canteens.models import PurchasePlan
from canteens.pages.purchase_plans import OrdersOfPlan, PlanRow
from kernel import money
from kernel.dates import day_words
from orders.pages.orders import goods_title
from orders.pages.words import order_tag
from orders.selectors.orders import order_titles

SHOWN = 10


def orders_of_plan(plan: PurchasePlan, user: User) -> OrdersOfPlan:
    """Return the latest orders of a plan that this person may see, and the list of all of them."""
    rows = []
    for order in order_titles(user).filter(purchase_plan=plan).order_by("-pk")[:SHOWN]:
        values = {
            "number": order.number,
            "day": day_words(order.deliver_on),
            "yuan": money.yuan(order.held_fen),
        }
        rows.append(
            PlanRow(
                url=reverse("order-detail", args=[order.pk]),
                label=goods_title(order),
                hint=_("%(number)s, %(day)s, %(yuan)s yuan") % values,
                status=order_tag(order.status),
            )
        )
    return OrdersOfPlan(rows, f"{reverse('order-list')}?{urlencode({'plan': plan.committee_record})}")
