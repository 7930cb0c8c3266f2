"""What a buyer orders of each class of goods in a year."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import clock
from kernel.shown import Link
from orders.pages.classes import class_row
from orders.selectors.classes import buyers_read, class_sums


@require_GET
def class_list(request: SignedIn) -> HttpResponse:
    """List what one's buyer ordered of each class of goods this year, beside the procurement limit."""
    today = clock.county_day(clock.now())
    buyers = list(buyers_read(request.user).values_list("pk", flat=True))
    context = {
        "rows": [class_row(row) for row in class_sums(today, buyers)],
        "year": today.year,
        "several": len(buyers) > 1,
        "back": Link(reverse("order-list"), _("Orders")),
    }
    return render(request, "orders/class_list.html", context)
