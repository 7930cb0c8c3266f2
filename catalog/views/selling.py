"""Put goods on sale in three steps: photo, what it is, how much and for how much; each has an address of its own."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.selectors import standing
from catalog import permissions
from catalog.forms import QuantityForm, SellForForm, new_key
from catalog.models import Listing, ListingDraft, Produce, ProduceCategory, StockUnit
from catalog.presenting import (
    amount,
    day_of,
    in_english,
    jin_with_comma,
    keeps,
    name_of,
    place_of,
    price_line,
    thousands,
)
from catalog.selectors import dictionary, market
from catalog.selectors.goods import likely_produce
from catalog.services import drafts, listings, pricing, unusual
from kernel import clock, keyset, money, weight
from kernel.errors import DomainError
from records.services.photos import photo_url, receive_photo

CHIPS_JIN = ("100", "200", "500", "1000")
MOST_HOUSEHOLDS = 2_000
# Beside which field a refusal of the service belongs.
BESIDE = {
    listings.CountThem: "quantity",
    listings.WeighThem: "quantity",
    pricing.BadPrice: "price",
    pricing.PriceReasonNeeded: "price_reason",
    listings.BadHarvestDay: "harvested_on",
    listings.PastKeeping: "harvested_on",
    listings.WrongGrade: "grade",
    listings.ConsentNeeded: "consent",
}


@require_http_methods(["GET", "POST"])
def sell(request: HttpRequest) -> HttpResponse:
    """Begin to sell: with a photo just taken, or the same again, or from nothing."""
    if request.GET.get("again"):
        return _again(request)
    household = permissions.access_sell(request.user)
    draft_id = _key(request.POST.get("idem", "")) or uuid.uuid4()
    if request.method == "GET":
        return redirect("sell-draft", draft_id)
    _draft(request, draft_id)
    return _take_photo(request, drafts.begin(draft_id, household=household, by=request.user))


@require_http_methods(["GET", "POST"])
def photo_step(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Ask for a photo; it may be left out."""
    draft = _draft(request, draft_id)
    if draft is not None and draft.listing_id:
        return redirect("listing-receipt", draft.listing_id)
    if request.method == "POST":
        return _take_photo(request, draft or _begin_own(request, draft_id))
    context = {
        "back": {"url": _way_back(request), "label": pgettext("sell", "Sell")},
        "for_whom": _for_whom(draft),
        "photo_url": photo_url(draft.photo, 720) if draft is not None else "",
        "skip_url": reverse("sell-produce", args=[draft_id]),
    }
    return render(request, "catalog/sell_photo.html", context)


@require_http_methods(["GET", "POST"])
def produce_step(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Ask what it is: eight pictures of the last crops and the season, or the whole dictionary with a search."""
    draft = _draft(request, draft_id)
    if draft is not None and draft.listing_id:
        return redirect("listing-receipt", draft.listing_id)
    refusal = ""
    if request.method == "POST":
        draft = draft or _begin_own(request, draft_id)
        produce = Produce.objects.filter(code=request.POST.get("produce", "")[:32]).first()
        try:
            if produce is None:
                raise drafts.NothingChosen
            drafts.choose_produce(draft, produce)
            return redirect("sell-quantity", draft_id)
        except DomainError as no:
            refusal = str(no)
    household = draft.household if draft is not None else standing(request.user).household
    if draft is None:
        permissions.access_sell(request.user)
    text, everything = request.GET.get("q", "")[:40], "all" in request.GET
    if text.strip():
        groups = [{"title": "", "words": dictionary.matches(text)}]
    elif everything:
        groups = _by_kind()
    else:
        groups = [{"title": "", "words": likely_produce(household, clock.county_day(clock.now()))}]
    context = {
        "back": {"url": reverse("sell-draft", args=[draft_id]), "label": pgettext("sell", "Sell")},
        "for_whom": _for_whom(draft),
        "photo_url": photo_url(draft.photo, 160) if draft is not None else "",
        "groups": [group for group in groups if group["words"]],
        "search": text,
        "all_url": "" if everything else f"{reverse('sell-produce', args=[draft_id])}?all=1",
        "refusal": refusal,
    }
    return render(request, "catalog/sell_produce.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "POST"])
def quantity_step(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Ask how much and for how much; what is unusual is asked about once; then it is on sale."""
    draft = permissions.access_draft(request.user, draft_id)
    if draft.listing_id:
        return redirect("listing-receipt", draft.listing_id)
    produce = draft.produce
    if produce is None:
        return redirect("sell-produce", draft_id)
    at = clock.now()
    today = clock.county_day(at)
    reference = market.references(today).get(produce.pk)
    form = QuantityForm(
        request.POST or None,
        produce=produce,
        for_others=drafts.for_others(draft),
        initial=_initial(draft, reference, today),
    )
    asked: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if not said["sure"]:
            asked = unusual.questions(draft.household, produce, said["quantity"], said["price"], on=today)
        if not asked:
            try:
                listing = drafts.finish(
                    draft,
                    quantity=said["quantity"],
                    price_fen=said["price"],
                    grade=form.grade_chosen(),
                    harvested_on=said["harvested_on"] or today,
                    price_reason=said["price_reason"],
                    consent=said.get("consent", ""),
                    sure=True,
                    by=request.user,
                    at=at,
                )
                return redirect("listing-receipt", listing.pk)
            except DomainError as refusal:
                form.add_error(_beside(form, refusal), str(refusal))
    status = 400 if form.errors or asked else 200
    return render(
        request, "catalog/listing_quantity.html", _quantity_page(draft, produce, form, asked, reference), status=status
    )


@require_GET
def receipt(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Show that a lot is on sale; opening it again shows the same."""
    lot = permissions.access_own(request.user, listing_id)
    today = clock.county_day(clock.now())
    own = standing(request.user).household_id == lot.household_id
    steps = [
        _("Buyers see it now, under “%(place)s”, without your name.") % {"place": place_of(lot)},
        _("When somebody orders it, you get a text message."),
        _("If nothing happens for some days, we ask whether it is still there."),
    ]
    if not own and lot.household_id:
        steps.insert(0, _("The household has been told by text message and may take it down."))
    context = {
        "receipt": {
            "title": _("It is on sale"),
            "number": lot.number,
            "picture": lot.produce.picture,
            "photo_url": photo_url(lot.cover),
            "facts": [
                {
                    "label": _("Goods"),
                    "value": f"{name_of(lot.produce)} {amount(lot, lot.listed)}",
                    "note": _other_weight(lot),
                },
                {"label": pgettext("goods", "Price"), "value": price_line(lot)},
                {"label": _("Keeps"), "value": keeps(lot, today)},
                {"label": _("Where it lies"), "value": place_of(lot)},
                {"label": pgettext("goods", "Put on sale"), "value": day_of(lot.listed_at)},
            ],
            "steps": steps,
        },
        "actions": [
            {
                "url": f"{reverse('sell')}?again={lot.pk}",
                "label": _("The same again"),
                "icon": "refresh",
                "main": False,
            },
            {"url": reverse("my-listings"), "label": _("My goods"), "main": True},
        ],
    }
    return render(request, "receipt.html", context)


@require_http_methods(["GET", "POST"])
def sell_for(request: HttpRequest) -> HttpResponse:
    """Choose the household, or the co-operative, for which goods are listed; then the same steps follow."""
    permissions.access_sell_for(request.user)
    households, cooperatives = (
        permissions.households_served(request.user),
        permissions.cooperatives_served(request.user),
    )
    if request.method == "POST":
        form = SellForForm(request.POST)
        key = _key(request.POST.get("idem", "")) or uuid.uuid4()
        kind, _colon, owner = (form.cleaned_data["owner"] if form.is_valid() else "").partition(":")
        _draft(request, key)
        if kind == "household" and (owner_key := _key(owner)):
            drafts.begin(key, household=get_object_or_404(households, pk=owner_key), by=request.user)
        elif kind == "cooperative" and owner.isascii() and owner.isdigit() and len(owner) < 10:
            drafts.begin(key, cooperative=get_object_or_404(cooperatives, pk=int(owner)), by=request.user)
        else:
            raise Http404
        return redirect("sell-draft", key)
    name = request.GET.get("q", "").strip()[:20]
    if name:
        # Names are sealed: they are looked through here, never in the database.
        known = [one for one in households.order_by("number")[:MOST_HOUSEHOLDS] if name in one.head_name]
        page = keyset.Page(known[:50], None, None)
    else:
        page = keyset.cut(households, ("village_id", "number"), cursor=request.GET.get("cursor", ""), size=30)
    context = {
        "search": name,
        "cooperatives": [
            {"owner": f"cooperative:{one.pk}", "name": one.name, "idem": new_key()} for one in cooperatives
        ],
        "households": [
            {
                "owner": f"household:{one.pk}",
                "name": one.head_name,
                "number": one.number,
                "village": one.village.short_name,
                "idem": new_key(),
            }
            for one in page.rows
        ],
        "pages": {
            "previous_url": f"?cursor={page.previous}" if page.previous else "",
            "next_url": f"?cursor={page.next}" if page.next else "",
        },
    }
    return render(request, "catalog/sell_for.html", context)


def _again(request: HttpRequest) -> HttpResponse:
    """Begin a draft filled in like an earlier lot: only the amount is left to say."""
    given = request.GET["again"]
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    lot = permissions.access_own(request.user, int(given))
    typed = {
        "quantity": lot.typed_quantity,
        "unit": lot.typed_unit,
        "price": money.price_per_jin(lot.price_fen, lot.price_unit_g).replace(",", ""),
        "grade": lot.grade.code if lot.grade is not None else "",
    }
    draft = drafts.begin(
        uuid.uuid4(),
        household=lot.household,
        cooperative=lot.cooperative,
        produce=None if lot.produce.forbidden else lot.produce,
        typed=typed,
        by=request.user,
    )
    return redirect("sell-quantity", draft.pk)


def _draft(request: HttpRequest, draft_id: uuid.UUID) -> ListingDraft | None:
    """Return a draft that exists, None for a key not begun yet; somebody else's does not exist."""
    if not ListingDraft.objects.filter(pk=draft_id).exists():
        return None
    return permissions.access_draft(request.user, draft_id)


def _begin_own(request: HttpRequest, draft_id: uuid.UUID) -> ListingDraft:
    return drafts.begin(draft_id, household=permissions.access_sell(request.user), by=request.user)


def _take_photo(request: HttpRequest, draft: ListingDraft) -> HttpResponse:
    photo = request.FILES.get("photo")
    if photo is None:
        messages.error(request, _("No photo arrived. Take one, or go on without."))
        return redirect("sell-draft", draft.pk)
    try:
        drafts.keep_photo(draft, receive_photo(photo, by=request.user, at=clock.now()))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("sell-draft", draft.pk)
    return redirect("sell-produce" if draft.produce_id is None else "sell-quantity", draft.pk)


def _quantity_page(
    draft: ListingDraft, produce: Produce, form: QuantityForm, asked: list[str], reference: int | None
) -> dict:
    counted = produce.stock_unit == StockUnit.PIECE
    shown = ["grade", "harvested_on"] + (
        ["price_reason"] if form["price_reason"].errors or form["price_reason"].value() else []
    )
    where = _("Photo received") if draft.photo_id else ""
    echo, total = _first_sum(form, counted)
    return {
        "back": {"url": reverse("sell-produce", args=[draft.pk]), "label": pgettext("sell", "Sell")},
        "form": form,
        "produce": {
            "name": name_of(produce),
            "picture": produce.picture,
            "photo_url": photo_url(draft.photo, 160),
        },
        "photo_line": where,
        "for_whom": _for_whom(draft),
        "counted": counted,
        "chips": [] if counted else [{"jin": jin, "label": _("%(jin)s jin") % {"jin": jin}} for jin in CHIPS_JIN],
        "echo": echo,
        "reference": _("The county pays %(price)s yuan now") % {"price": money.price_per_jin(reference, 500)}
        if reference
        else "",
        "sum": total,
        "unusual": " ".join(asked),
        "details": [form[name] for name in shown if name in form.fields],
        "details_open": any(form[name].errors for name in shown if name in form.fields),
        "consent": form["consent"] if "consent" in form.fields else None,
    }


def _first_sum(form: QuantityForm, counted: bool) -> tuple[str, dict | None]:
    """Say amount and money in words at the first drawing, from what stands in the fields."""
    given = form["quantity"].value()
    text, unit = given if isinstance(given, list) and len(given) == 2 else ("", "")
    if counted or not text:
        return "", None
    try:
        grams = weight.parse_quantity(text, unit or "jin").grams or 0
        fen = money.amount_fen(grams, money.parse_yuan(str(form["price"].value() or "")), 500)
    except DomainError:
        return "", None
    jin = _("%(jin)s jin") % {"jin": jin_with_comma(grams)}
    kilos = _("%(kg)s kg") % {"kg": weight.kg(grams)}
    other = jin if unit == "kg" else kilos
    yuan = money.yuan(fen).removesuffix(".00")
    return f"= {other}", {"weight": kilos if unit == "kg" else jin, "money": _("%(yuan)s yuan") % {"yuan": yuan}}


def _initial(draft: ListingDraft, reference: int | None, today) -> dict:
    typed = draft.typed
    first = {
        "harvested_on": today,
        "grade": typed.get("grade", ""),
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


def _other_weight(lot: Listing) -> str:
    """Say what the farmer's own words left out: kilograms, or the weight of what is counted."""
    grams = lot.grams(lot.listed)
    return weight.both(grams) if lot.piece_g else _("%(kg)s kg") % {"kg": thousands(grams)}


def _for_whom(draft: ListingDraft | None) -> str:
    if draft is None or draft.household is None or not drafts.for_others(draft):
        return ""
    return _("For %(name)s, %(village)s") % {
        "name": draft.household.head_name,
        "village": draft.household.village.short_name,
    }


def _by_kind() -> list[dict]:
    names = dict(
        ProduceCategory.objects.order_by("position").values_list("code", "name_en" if in_english() else "name_zh")
    )
    return [
        {"title": title, "words": [word for word in dictionary.words() if word.category == code]}
        for code, title in names.items()
    ]


def _way_back(request: HttpRequest) -> str:
    return reverse("home") if standing(request.user).household_id else reverse("sell-for")


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
