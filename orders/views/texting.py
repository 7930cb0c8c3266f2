"""Texts of sellers that could not be acted on: whom to call today."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from accounts.services.readings import note_reading
from kernel import clock, keyset
from kernel.shown import Link, page_links
from orders import permissions
from orders.pages.texting import text_rows
from orders.selectors.texting import open_asks_of, texts_seen_by


@require_GET
def answer_texts(request: SignedIn) -> HttpResponse:
    """List today's texts of one's households that nobody could act on, each with the phone to call."""
    permissions.access_texts(request.user)
    at = clock.now()
    order = ("-received_at", "-pk")
    page = keyset.cut(texts_seen_by(request.user, at), order, cursor=request.GET.get("cursor", ""))
    note_reading(by=request.user, door="answer-texts", people=len(page.rows), at=at)
    context = {
        "rows": text_rows(page.rows, open_asks_of(page.rows)),
        "pages": page_links(page),
        "back": Link(reverse("sale-list"), _("Who buys")),
    }
    return render(request, "orders/answer_texts.html", context)
