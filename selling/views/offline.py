"""Selling without a net: the steps as a phone keeps them, and the worker that shows them when no answer comes."""

import uuid
from dataclasses import replace
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from accounts.models import User
from catalog import permissions as goods
from catalog.selectors.goods import likely_produce
from kernel import clock
from produce.models import Produce, StockUnit
from selling.forms.steps import QuantityForm
from selling.models import ListingDraft
from selling.pages.drafts import offline_steps
from selling.pages.steps import WordGroup, by_kind
from selling.views.quantity import first_values, quantity_page
from selling.views.steps import few, photo_page, produce_page

# The worker writes the draft's own key where this one stands.
NO_DRAFT = uuid.UUID(int=0)


@require_GET
@login_not_required
def service_worker(request: SignedIn) -> HttpResponse:
    """Hand out the worker; it stands at the root, so that it sees people sign in and out."""
    return render(request, "sw.js", content_type="text/javascript; charset=utf-8")


@require_GET
def steps(request: SignedIn) -> HttpResponse:
    """Return the steps of a sale for the own household, without a draft and without a name, each as a page."""
    household = goods.access_sell(request.user)
    today = clock.county_day(clock.now())
    draft = ListingDraft(id=NO_DRAFT, by=cast(User, request.user), household=household)

    def page(template: str, context: dict) -> str:
        # Who is signed in stands on no page that stays on the phone, nor what they are to be told on the next page.
        nameless: dict = {"who": None, "org_name": "", "messages": []}
        whole = context | {"shell": True, "offline": offline_steps(request.user)} | nameless
        return render_to_string(template, whole, request)

    def quantity(unit: str) -> str:
        goods = Produce(pk=0, stock_unit=unit, packs=[], shelf_days=1, shelf_days_cold=0)  # any: none is chosen yet
        goods.count_word = "animal" if unit == StockUnit.PIECE else ""  # the phone writes the chosen one's over it
        form = QuantityForm(produce=goods, for_others=False, initial=first_values(draft, None, today))
        context = quantity_page(draft, goods, form, [], None)
        context["produce"] = replace(context["produce"], name_in_sum=mark_safe("<span data-produce-name></span>"))
        return page("selling/listing_quantity.html", context)

    likely = [WordGroup("", few(request, likely_produce(household, today)))]
    allowed = [WordGroup(group.title, [word for word in group.words if not word.forbidden]) for group in by_kind()]
    everything = [group for group in allowed if group.words]
    produce = produce_page(request, NO_DRAFT, None, [*likely, *everything])
    answer = {
        "photo": page("selling/sell_photo.html", photo_page(request, NO_DRAFT, None)),
        "produce": page("selling/sell_produce.html", produce | {"groups": likely, "others_by_kind": everything}),
        "quantity": quantity(StockUnit.GRAM),
        "head": quantity(StockUnit.PIECE),
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
