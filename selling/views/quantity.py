"""The last step of a draft: how much, for how much, harvested or still to come; then it is on sale."""

import datetime as dt
import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn, from_own_page
from catalog import permissions as goods
from catalog.models import Listing
from catalog.selectors import market
from catalog.services import listings
from catalog.services.smallest import MoreThanThereIs
from kernel import clock, money, weight
from kernel.errors import DomainError
from kernel.shown import Link
from produce.models import Produce, StockUnit
from produce.services import pricing
from selling import permissions
from selling.doors import draft_of, onward
from selling.forms.steps import COMING, FOLDED, QuantityForm
from selling.models import ListingDraft
from selling.pages import steps
from selling.pages.drafts import for_whom, is_for_others, offline_steps, photo_words
from selling.services import drafts, unusual

# Beside which field a refusal of the service belongs.
BESIDE = {
    listings.CountThem: "quantity",
    listings.WeighThem: "quantity",
    pricing.BadPrice: "price",
    pricing.PriceReasonNeeded: "price_reason",
    listings.BadHarvestDay: "harvested_on",
    listings.PastKeeping: "harvested_on",
    listings.BadExpectation: "expected_from",
    listings.BadStorage: "storage",
    listings.WrongGrade: "grade",
    listings.ConsentNeeded: "consent",
    MoreThanThereIs: "smallest",
}


@require_http_methods(["GET", "POST"])
@from_own_page
def quantity_step(request: SignedIn, draft_id: uuid.UUID) -> HttpResponse:
    """Ask how much and for how much; what is unusual is asked about once; then it is on sale."""
    if request.method == "GET" and draft_of(request, draft_id) is None:
        # Begun on a phone without a net, and opened here before that phone has sent anything.
        goods.access_sell(request.user)
        return redirect("sell-produce", draft_id)
    draft = permissions.access_draft(request.user, draft_id)
    if draft.listing_id:
        return onward(request, reverse("listing-receipt", args=[draft.listing_id]))
    produce = draft.produce
    if produce is None:
        return redirect("sell-produce", draft_id)
    today = clock.county_day(clock.now())
    reference = market.references(today).get(produce.pk)
    form = QuantityForm(
        request.POST or None,
        produce=produce,
        for_others=drafts.asks_consent(draft, today),
        initial=first_values(draft, reference, today),
    )
    open_questions: list[str] = []
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        if not typed["sure"]:
            open_questions = unusual.questions(draft.household, produce, typed["quantity"], typed["price"], on=today)
        if not open_questions:
            try:
                lot = _finish(request, draft, form, today)
                return onward(request, reverse("listing-receipt", args=[lot.pk]))
            except DomainError as refusal:
                form.add_error(_beside(form, refusal), str(refusal))
    status = 400 if form.errors or open_questions else 200
    page = quantity_page(draft, produce, form, open_questions, reference)
    page |= {"offline": offline_steps(request.user), "others": is_for_others(draft, request.user)}
    return render(request, "selling/listing_quantity.html", page, status=status)


def _finish(request: SignedIn, draft: ListingDraft, form: QuantityForm, today: dt.date) -> Listing:
    typed = form.cleaned_data
    expected = form.expected()
    more = {"storage": typed["storage"]} if typed.get("storage") else {}
    return drafts.finish(
        draft,
        quantity=typed["quantity"],
        price_fen=typed["price"],
        grade=form.grade_chosen(),
        harvested_on=None if expected else typed["harvested_on"] or today,
        expected=expected,
        price_reason=typed["price_reason"],
        smallest=typed["smallest"] or 0,
        consent=typed.get("consent", ""),
        sure=True,
        by=request.user,
        at=clock.now(),
        **more,
    )


def quantity_page(
    draft: ListingDraft, produce: Produce, form: QuantityForm, open_questions: list[str], reference: int | None
) -> dict:
    """Return the context of the page that asks how much and for how much."""
    counted = produce.stock_unit == StockUnit.PIECE
    asks_why = form["price_reason"].errors or form["price_reason"].value()
    shown = [name for name in FOLDED if name in form.fields and (name != "price_reason" or asks_why)]
    echo, total = _first_sum(form, produce)
    given = form["quantity"].value()
    return {
        "draft_id": draft.pk,
        "back": Link(reverse("sell-produce", args=[draft.pk]), pgettext("sell", "Sell")),
        "form": form,
        "produce": steps.chosen(produce, draft),
        "photo_words": photo_words(),
        "where": _("The goods are with you in %(village)s") % {"village": draft.household.village.short_name}
        if draft.household is not None
        else "",
        "for_whom": for_whom(draft),
        "counted": counted,
        "count_word": weight.COUNT_WORDS.get(produce.count_word, ""),
        "units": steps.units(form.units),
        "unit": given[1] if isinstance(given, list) and len(given) == 2 and given[1] else "jin",
        "pack": form["pack"] if "pack" in form.fields else None,
        "piece_jin": weight.jin(produce.piece_g) if produce.piece_g else "",
        "chips": steps.amount_chips(produce.count_word),
        "echo": echo,
        "reference": _("The county pays %(price)s yuan now") % {"price": money.price_per_jin(reference, 500)}
        if reference
        else "",
        "sum": total,
        "unusual": " ".join(open_questions),
        "details": [form[name] for name in shown],
        "details_open": form["ready"].value() == COMING or any(form[name].errors for name in shown),
        "consent": form["consent"] if "consent" in form.fields else None,
    }


def _first_sum(form: QuantityForm, produce: Produce) -> tuple[str, steps.Sum | None]:
    """Return amount and money in words at the first drawing, from what stands in the fields."""
    given = form["quantity"].value()
    text, unit = given if isinstance(given, list) and len(given) == 2 else ("", "")
    if not text:
        return "", None
    unit = "piece" if produce.stock_unit == StockUnit.PIECE else unit or "jin"
    try:
        quantity = weight.parse_quantity(text, unit, grams_per_unit=form.unit_g)
        fen = money.amount_fen(quantity.grams or 0, money.parse_yuan(str(form["price"].value() or "")), 500)
    except DomainError:
        return "", None
    return steps.echo_and_sum(quantity, unit, fen, produce.count_word)


def first_values(draft: ListingDraft, reference: int | None, today: dt.date) -> dict:
    """Return what stands in the fields at first: as the last time, else the county's price."""
    typed = draft.typed
    first = {
        "harvested_on": today,
        "grade": typed.get("grade", ""),
        "pack": typed.get("pack", ""),
        "quantity": [typed.get("quantity", ""), typed.get("unit", "")],
    }
    if typed.get("price"):
        first["price"] = typed["price"]
    elif reference:
        first["price"] = money.price_per_jin(reference, 500).replace(",", "")
    return first


def _beside(form: QuantityForm, refusal: DomainError) -> str | None:
    field = BESIDE.get(type(refusal))
    return field if field in form.fields else None
