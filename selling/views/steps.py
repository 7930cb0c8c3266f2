"""Put goods on sale in three steps: photo, what it is, how much and for how much; each has an address of its own."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn, from_own_page
from accounts.selectors import standing
from catalog import permissions as goods
from catalog.selectors import market
from catalog.selectors.goods import likely_produce
from kernel import clock, keyset, money, weight
from kernel.errors import DomainError
from kernel.identity import name_key
from kernel.places import places
from kernel.present import known
from kernel.shown import Link, page_links
from produce.models import Produce, StockUnit
from produce.selectors import dictionary
from records.services.photos import PhotosBusy, photo_url
from selling.doors import begin_own, draft_of, onward, wants_json
from selling.forms.steps import SellForForm
from selling.models import ListingDraft
from selling.pages import steps as pages
from selling.pages.drafts import for_whom, is_for_others, next_step, offline_steps, photo_words
from selling.services import drafts

MOST_HOUSEHOLDS = 2_000
FEW = 4  # pictures to choose from in large letters


@require_http_methods(["GET", "POST"])
def sell(request: SignedIn) -> HttpResponse:
    """Begin to sell: with a photo just taken, or the same again, or from nothing."""
    if request.GET.get("again"):
        return _again(request)
    household = goods.access_sell(request.user)
    draft_id = _key(request.POST.get("idem", "")) or uuid.uuid4()
    if request.method == "GET":
        return redirect("sell-draft", draft_id)
    earlier = draft_of(request, draft_id)
    if earlier is not None and earlier.listing_id:
        draft_id = uuid.uuid4()  # a page kept by the browser since the last sale begins another one
    return _take_photo(request, drafts.begin(draft_id, household=household, by=request.user))


@require_http_methods(["GET", "POST"])
@from_own_page
def photo_step(request: SignedIn, draft_id: uuid.UUID) -> HttpResponse:
    """Ask for a photo; it may be left out. One that a phone sends behind is taken even after the lot is on sale."""
    draft = draft_of(request, draft_id)
    if request.method == "POST":
        return _take_photo(request, draft or begin_own(request, draft_id))
    if draft is not None and draft.listing_id:
        return redirect("listing-receipt", draft.listing_id)
    if draft is None:
        goods.access_sell(request.user)
    return render(request, "selling/sell_photo.html", photo_page(request, draft_id, draft))


def photo_page(request: SignedIn, draft_id: uuid.UUID, draft: ListingDraft | None) -> dict:
    """Return the context of the page that asks for a photo."""
    return {
        "draft_id": draft_id,
        "back": Link(_page_before(request), pgettext("sell", "Sell")),
        "for_whom": for_whom(draft),
        "photo_url": photo_url(draft.photo, 720) if draft is not None else "",
        "skip_url": reverse(next_step(draft), args=[draft_id]),
        "photo_words": photo_words(),
        "offline": offline_steps(request.user),
        "others": is_for_others(draft, request.user),
    }


@require_http_methods(["GET", "POST"])
@from_own_page
def produce_step(request: SignedIn, draft_id: uuid.UUID) -> HttpResponse:
    """Ask what it is: eight pictures of the last crops and the season, or the whole dictionary with a search."""
    draft = draft_of(request, draft_id)
    if draft is not None and draft.listing_id:
        return redirect("listing-receipt", draft.listing_id)
    refusal = ""
    if request.method == "POST":
        draft = draft or begin_own(request, draft_id)
        produce = Produce.objects.filter(code=request.POST.get("produce", "")[:32]).first()
        try:
            if produce is None:
                raise drafts.NothingChosen
            drafts.choose_produce(draft, produce)
            return onward(request, reverse("sell-quantity", args=[draft_id]))
        except DomainError as no:
            refusal = str(no)
    household = draft.household if draft is not None else standing(request.user).household
    if draft is None:
        goods.access_sell(request.user)
    text, everything = request.GET.get("q", "")[:40], "all" in request.GET
    if text.strip():
        groups = [pages.WordGroup("", dictionary.matches(text))]
    elif everything:
        groups = pages.by_kind()
    else:
        likely = likely_produce(household, clock.county_day(clock.now()))
        groups = [pages.WordGroup("", few(request, likely))]
    page = produce_page(request, draft_id, draft, [group for group in groups if group.words])
    context = page | {
        "search": text,
        "all_url": "" if everything else f"{reverse('sell-produce', args=[draft_id])}?all=1",
        "refusal": refusal,
    }
    return render(request, "selling/sell_produce.html", context, status=409 if refusal else 200)


def produce_page(
    request: SignedIn, draft_id: uuid.UUID, draft: ListingDraft | None, groups: list[pages.WordGroup]
) -> dict:
    """Return the context of the page that asks what it is, with what a phone must know to ask the rest by itself."""
    words = [word for group in groups for word in group.words]
    references = market.references(clock.county_day(clock.now()))
    prices = {word.code: money.price_per_jin(fen, 500) for word in words if (fen := references.get(word.id))}
    counted = Produce.objects.filter(pk__in=[word.id for word in words], stock_unit=StockUnit.PIECE)
    said = list(counted.values_list("code", "piece_g", "count_word"))
    return {
        "back": Link(reverse("sell-draft", args=[draft_id]), pgettext("sell", "Sell")),
        "draft_id": draft_id,
        "for_whom": for_whom(draft),
        "photo_url": photo_url(draft.photo, 160) if draft is not None else "",
        "photo_words": photo_words(),
        "groups": groups,
        "prices": urlencode({code: price.replace(",", "") for code, price in prices.items()}),
        "each": urlencode({code: weight.jin(known(piece_g)) for code, piece_g, _word in said}),
        "words": urlencode({code: str(weight.COUNT_WORDS[word]) for code, _piece_g, word in said}),
        "offline": offline_steps(request.user),
        "others": is_for_others(draft, request.user),
    }


@require_GET
def receipt(request: SignedIn, listing_id: int) -> HttpResponse:
    """Show that a lot is on sale; opening it again shows the same."""
    lot = goods.access_own(request.user, listing_id)
    own = standing(request.user).household_id == lot.household_id
    draft = ListingDraft.objects.filter(listing=lot, by_id=request.user.pk).first()
    context = {
        "draft_id": draft.pk if draft is not None else "",
        "photo_words": photo_words(),
        "offline": offline_steps(request.user),
        "receipt": pages.receipt_of(lot, clock.county_day(clock.now()), own=own),
        "actions": pages.receipt_actions(lot),
    }
    return render(request, "selling/sell_receipt.html", context)


@require_http_methods(["GET", "POST"])
def sell_for(request: SignedIn) -> HttpResponse:
    """Choose the household, or the co-operative, for which goods are listed; then the same steps follow."""
    goods.access_sell_for(request.user)
    households, cooperatives = (
        goods.households_served(request.user),
        goods.cooperatives_served(request.user),
    )
    if request.method == "POST":
        form = SellForForm(request.POST)
        key = _key(request.POST.get("idem", "")) or uuid.uuid4()
        kind, _colon, owner = (form.cleaned_data["owner"] if form.is_valid() else "").partition(":")
        draft_of(request, key)
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
        looked_for = name_key(name)
        named = [
            household
            for household in households.order_by("number")[:MOST_HOUSEHOLDS]
            if looked_for in name_key(household.head_name)
        ]
        page = keyset.Page(named[:50], None, None)
    else:
        page = keyset.cut(households, ("village_id", "number"), cursor=request.GET.get("cursor", ""), size=30)
    context = {
        "search": name,
        "cooperatives": [pages.cooperative_owner(cooperative) for cooperative in cooperatives],
        "households": [pages.household_owner(household) for household in page.rows],
        "pages": page_links(page),
    }
    return render(request, "selling/sell_for.html", context)


def _again(request: SignedIn) -> HttpResponse:
    """Begin a draft filled in like an earlier lot: only the amount is left to say."""
    given = request.GET["again"]
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    lot = goods.access_own(request.user, int(given))
    typed = {
        "quantity": lot.typed_quantity,
        "unit": lot.typed_unit,
        "price": money.price_per_jin(lot.price_fen, lot.price_unit_g).replace(",", ""),
        "grade": lot.grade.code if lot.grade is not None else "",
        "pack": weight.jin(lot.pack_g) if lot.pack_g else "",
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


def _take_photo(request: SignedIn, draft: ListingDraft) -> HttpResponse:
    """Keep the photo sent and go on; a phone that sends behind the page gets the answer as JSON."""
    photo, again = request.FILES.get("photo"), reverse("sell-draft", args=[draft.pk])
    if photo is None:
        return _no_photo(request, _("No photo arrived. Take one, or go on without."), again, status=400)
    try:
        drafts.take_photo(
            draft, photo, camera_sha256=request.POST.get("photo_sha256", ""), by=request.user, at=clock.now()
        )
    except DomainError as refusal:
        return _no_photo(request, str(refusal), again, status=503 if isinstance(refusal, PhotosBusy) else 400)
    return onward(request, reverse(next_step(draft), args=[draft.pk]))


def _no_photo(request: SignedIn, words: str, again: str, *, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"message": words}, status=status)
    messages.error(request, words)
    return redirect(again)


def few(request: SignedIn, likely: list) -> list:
    """Return as many pictures to choose from as the page has room for."""
    return likely[:FEW] if getattr(request, "elder", False) else likely


def _page_before(request: SignedIn) -> str:
    return places(request).home() if standing(request.user).household_id else reverse("sell-for")


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
