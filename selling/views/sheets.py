"""A batch for many households: its heading, the rows, pasted lines, the check, what is on sale, the paper to sign."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import Household
from accounts.selectors import standing
from catalog import permissions as goods
from catalog.pages.lots import day_of
from catalog.selectors import market
from catalog.selectors.goods import likely_produce
from catalog.services.listings import BadHarvestDay, ConsentNeeded, PastKeeping, WrongGrade
from kernel import clock, keyset, money, pasted, weight
from kernel.errors import DomainError
from kernel.shown import Link, Tab, page_links
from produce.models import Produce, StockUnit
from produce.selectors import dictionary
from produce.services.pricing import BadPrice, PriceReasonNeeded, UnusualPrice
from records.doors import once
from records.forms import new_key
from selling import permissions
from selling.forms.sheets import SheetForm
from selling.models import EntryRow, EntrySheet
from selling.pages import sheets as pages
from selling.selectors.name_matching import Names
from selling.selectors.sheets import last_amounts, sheet_rows, sheets_of
from selling.services import pasting, sheets
from selling.services.entering import read_or_reason

ROWS_A_PAGE = 60
MOST_OPTIONS, FEW_LINES = 60, 20
# Beside which field a refusal of the service belongs.
BESIDE = {
    BadPrice: "price",
    PriceReasonNeeded: "price_reason",
    BadHarvestDay: "harvested_on",
    PastKeeping: "harvested_on",
    WrongGrade: "grade",
    ConsentNeeded: "consent",
}


@require_GET
def sheet_list(request: SignedIn) -> HttpResponse:
    """List one's own batches, the newest first."""
    goods.access_sell_for(request.user)
    rows = sheets_of(request.user).annotate(lots=Count("rows__listing"))
    page = keyset.cut(rows, ("-made_at", "-id"), cursor=request.GET.get("cursor", ""))
    context = {
        "back": Link(reverse("sell-for"), _("List goods")),
        "sheets": [pages.sheet_row(row, row.lots) for row in page.rows],
        "pages": page_links(page),
    }
    return render(request, "selling/sheet_list.html", context)


@require_http_methods(["GET", "POST"])
def sheet_new(request: SignedIn) -> HttpResponse:
    """Begin a batch: what it is, then day, village, price and how the households agreed."""
    goods.access_sell_for(request.user)
    at = clock.now()
    today = clock.county_day(at)
    produce = Produce.objects.filter(code=request.GET.get("produce", "")[:32], forbidden=False).first()
    if produce is None:
        return render(request, "selling/sheet_produce.html", produce_page(request, today))
    villages = goods.villages_served(request.user)
    reference = market.references(today).get(produce.pk)
    price = money.price_per_jin(reference, 500).replace(",", "") if reference else ""
    initial = {
        "idem": new_key(),
        "harvested_on": today,
        "price": price,
        "village": villages[0].code if villages else "",
    }
    by_mandate = permissions.lists_by_mandates(request.user)
    form = SheetForm(request.POST or None, produce=produce, villages=villages, by_mandate=by_mandate, initial=initial)
    unusual = ""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("sheet", _begin(request, produce, form, at).pk)
        except UnusualPrice as question:
            unusual = str(question)
        except DomainError as refusal:
            put_beside(form, refusal)
    context = heading_page(produce, form, unusual, price if reference else "") | {
        "back": Link(reverse("sheet-new"), _("A batch for many households")),
        "button": _("On to the households"),
    }
    return render(request, "selling/sheet_new.html", context, status=400 if form.errors or unusual else 200)


@require_http_methods(["GET", "POST"])
def sheet(request: SignedIn, sheet_id: uuid.UUID) -> HttpResponse:
    """Show the households of a village with a field each; keep what is typed, take in what is pasted."""
    batch = permissions.access_sheet(request.user, sheet_id)
    at = clock.now()
    if request.method == "POST":
        typed = _typed(request)
        if typed:
            sheets.save_rows(batch, typed, at=at)
        act, lines = request.POST.get("act", ""), request.POST.get("lines", "")
        if act == "paste" or lines.strip():  # pasted lines are taken in whatever was pressed: none is lost
            return _paste(request, batch, lines, at)
        for household in _served(request, filter(None, [key_in(request.POST.get("photo", ""))])):
            return redirect("sheet-photo", batch.pk, sheets.row_of(batch, household, at=at).pk)
        if act == "choose":
            return _choose(request, batch, at)
        if act == "check":
            return redirect("sheet-check", batch.pk)
        messages.success(request, _("Kept. Go on whenever you like."))
        return redirect(f"{reverse('sheet', args=[batch.pk])}{_same_place(request)}")
    return render(request, "selling/sheet.html", _sheet_page(request, batch))


@require_POST
def sheet_row(request: SignedIn, sheet_id: uuid.UUID) -> HttpResponse:
    """Keep one row as it is typed and say how it was understood: for the page's own script."""
    batch = permissions.access_sheet(request.user, sheet_id)
    key = key_in(request.POST.get("household", ""))
    if key is None:
        return JsonResponse({"said": "", "bad": True, "filled": ""}, status=400)
    household = get_object_or_404(goods.households_served(request.user), pk=key)
    text = request.POST.get("amount", "")
    sheets.save_rows(batch, {household: text}, at=clock.now())
    quantity, fault = read_or_reason(text, batch.produce) if text.strip() else (None, "")
    rows = EntryRow.objects.filter(sheet=batch).exclude(typed="").select_related("listing")
    return JsonResponse(
        {
            "said": fault or pages.row_echo(batch.produce, quantity),
            "bad": bool(fault),
            "filled": pages.filled_words(batch, rows),
        }
    )


@require_http_methods(["GET", "POST"])
def sheet_check(request: SignedIn, sheet_id: uuid.UUID) -> HttpResponse:
    """Show what needs an answer first, then the rest; a POST answers one row or lists every good one."""
    batch = permissions.access_sheet(request.user, sheet_id)
    at = clock.now()
    if request.method == "POST":
        if key := key_in(request.POST.get("sure", "")):
            sheets.say_sure(batch, key)
        elif key := key_in(request.POST.get("leave", "")):
            sheets.save_rows(batch, dict.fromkeys(_served(request, [key]), ""), at=at)
        elif key := key_in(request.POST.get("change", "")):
            text = request.POST.get(f"a-{key}", "")
            sheets.save_rows(batch, dict.fromkeys(_served(request, [key]), text), at=at)
        elif request.POST.get("act") == "list":
            return _list(request, batch)
        return redirect("sheet-check", batch.pk)
    states = sheets.states_of(batch, at=at)
    good = [state for state in states if state.good]
    problems = [state for state in states if state.problem]
    context = {
        "back": Link(reverse("sheet", args=[batch.pk]), _("The sheet")),
        "sheet": pages.heading_of(batch),
        "problems": [pages.checked_row(batch, state) for state in problems],
        "good": [pages.checked_row(batch, state) for state in good],
        "listed": sum(1 for state in states if state.listing is not None),
        "idem": new_key(),
        "button": ngettext("Put %(n)s household on sale", "Put %(n)s households on sale", len(good)) % {"n": len(good)}
        if good
        else "",
        "sum": pages.in_words(batch.produce, sum(state.stock for state in good)),
    }
    return render(request, "selling/sheet_check.html", context)


@require_GET
def sheet_result(request: SignedIn, sheet_id: uuid.UUID) -> HttpResponse:
    """Return for every row under which number it is on sale, or why it is not."""
    batch = permissions.access_sheet(request.user, sheet_id)
    states = sheets.states_of(batch, at=clock.now())
    listed = [state for state in states if state.listing is not None]
    context = {
        "back": Link(reverse("sheet-list"), _("My batches")),
        "sheet": pages.heading_of(batch),
        "title": ngettext("%(n)s household is on sale", "%(n)s households are on sale", len(listed))
        % {"n": len(listed)},
        "sum": pages.in_words(batch.produce, sum(state.stock for state in listed)),
        "listed": [pages.checked_row(batch, state) for state in listed],
        "open": [pages.checked_row(batch, state) for state in states if state.listing is None],
        "check_url": reverse("sheet-check", args=[batch.pk]),
        "sheet_url": reverse("sheet", args=[batch.pk]),
        "print_url": reverse("sheet-print", args=[batch.pk]),
    }
    return render(request, "selling/sheet_result.html", context)


@require_GET
def sheet_print(request: SignedIn, sheet_id: uuid.UUID) -> HttpResponse:
    """Print the purchase sheet: what is on sale, or what would be, a line each with room for a signature."""
    batch = permissions.access_sheet(request.user, sheet_id)
    states = sheets.states_of(batch, at=clock.now())
    chosen = [state for state in states if state.listing is not None] or [state for state in states if state.good]
    rows, sums = pages.paper_rows(batch, chosen)
    context = {
        "back": Link(reverse("sheet-result", args=[batch.pk]), _("The sheet")),
        "form": pages.paper_of(batch, writer=standing(request.user).name, printed=day_of(clock.now())),
        "rows": rows,
        "sums": sums,
    }
    return render(request, "selling/sheet_print.html", context)


def _begin(request: SignedIn, produce: Produce, form: SheetForm, at: dt.datetime) -> EntrySheet:
    sheet_id = key_in(form.cleaned_data["idem"]) or uuid.uuid4()
    begun = EntrySheet.objects.filter(pk=sheet_id).first()
    if begun is not None and begun.by_id != request.user.pk:
        raise Http404
    by_mandate = permissions.lists_by_mandates(request.user)
    manages = goods.cooperatives_served(request.user).order_by("pk").first() if by_mandate else None
    return sheets.begin_sheet(sheet_id, produce=produce, **form.heading(), cooperative=manages, by=request.user, at=at)


def put_beside(form: SheetForm, refusal: DomainError) -> None:
    """Put a refusal beside the field it is about."""
    field = BESIDE.get(type(refusal))
    form.add_error(field if field in form.fields else None, str(refusal))


def heading_page(produce: Produce, form: SheetForm, unusual: str, usual: str) -> dict:
    """Return what the page of a heading shows, new or changed."""
    return {
        "produce": pages.goods_of(produce),
        "form": form,
        "count_word": weight.COUNT_WORDS.get(produce.count_word, ""),
        "reference": _("The county pays %(price)s yuan now") % {"price": usual} if usual else "",
        "reason_shown": bool(form["price_reason"].errors or form["price_reason"].value()),
        "unusual": unusual,
    }


def produce_page(request: SignedIn, today: dt.date, **address_fields: str) -> dict:
    """Return the page that asks of what a batch is; `asked` stays in its address whatever is searched for."""
    text = request.GET.get("q", "").strip()[:40]
    likely = dictionary.matches(text) if text else likely_produce(None, today)
    last = sheets_of(request.user).first()
    if last is not None and not text:
        words = {word.id: word for word in dictionary.words()}
        likely = [words[last.produce_id], *[word for word in likely if word.id != last.produce_id]]
    rest = [word for word in dictionary.words() if word not in likely] if "all" in request.GET and not text else []
    return {
        "back": Link(reverse("sheet-list"), _("My batches")),
        "words": [pages.word_goods(word) for word in [*likely, *rest] if not word.forbidden],
        "search": text,
        "asked": address_fields,
        "all_url": "" if rest or text else f"?{urlencode({**address_fields, 'all': 1})}",
    }


def _sheet_page(request: SignedIn, batch: EntrySheet) -> dict:
    villages = goods.villages_served(request.user)
    codes = {village.code for village in villages}
    chosen = request.GET.get("village", "")
    chosen = chosen if chosen in codes else batch.village_id
    households = goods.households_served(request.user).filter(village_id=chosen)
    page = keyset.cut(households, ("number",), cursor=request.GET.get("cursor", ""), size=ROWS_A_PAGE)
    kept = list(EntryRow.objects.filter(sheet=batch).select_related("listing", "photo"))
    by_household = {row.household_id: row for row in kept}
    rows = [row for row in kept if row.typed]
    last = last_amounts(batch.produce, [household.pk for household in page.rows], but_key=f"sheet:{batch.pk}:")
    here = reverse("sheet", args=[batch.pk])
    return {
        "back": Link(reverse("sheet-list"), _("My batches")),
        "sheet": pages.heading_of(batch),
        "counted": batch.produce.stock_unit == StockUnit.PIECE,
        "count_word": weight.COUNT_WORDS.get(batch.produce.count_word, ""),
        "rows": [
            pages.household_row(batch, household, by_household.get(household.pk), last.get(household.pk))
            for household in page.rows
        ],
        "villages": [
            Tab(f"{here}?village={village.code}", village.short_name, village.code == chosen) for village in villages
        ]
        if len(villages) > 1
        else [],
        "filled": pages.filled_words(batch, rows),
        "heading_url": "" if any(row.listing_id for row in rows) else reverse("sheet-heading", args=[batch.pk]),
        "save_url": reverse("sheet-row", args=[batch.pk]),
        "pages": page_links(page, f"&village={chosen}"),
    }


def _paste(
    request: SignedIn, batch: EntrySheet, lines: str, at: dt.datetime, *, answered: bool = False
) -> HttpResponse:
    """Take in pasted lines, or what is left of them once open ones were answered, and say what is filled in."""
    names = Names(permissions.households_named(request.user))
    try:
        done = pasting.paste(batch, lines, names=names, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return render(
            request, "selling/sheet.html", _sheet_page(request, batch) | {"lines": lines[:20_000]}, status=400
        )
    filled = pages.filled_words(batch, sheet_rows(batch)) if answered else pages.pasted_words(done)
    if not done.open and not done.by_sound:
        messages.success(request, filled)
        return redirect("sheet", batch.pk)
    most = MOST_OPTIONS if len(done.open) <= FEW_LINES else MOST_OPTIONS // 3
    context = {
        "back": Link(reverse("sheet", args=[batch.pk]), _("The sheet")),
        "sheet": pages.heading_of(batch),
        "said": filled,
        "by_sound": [pages.ReadAs(written, household.head_name) for written, household in done.by_sound],
        "skipped": done.skipped[:20],
        "lines": [pages.open_row(number, line, names, most) for number, line in enumerate(done.open)],
    }
    return render(request, "selling/sheet_paste.html", context)


def _choose(request: SignedIn, batch: EntrySheet, at: dt.datetime) -> HttpResponse:
    """Take the answers to open lines; what has none yet is shown again."""
    chosen, left = {}, []
    for number in range(pasted.MOST_LINES):
        text = request.POST.get(f"text-{number}")
        if text is None:
            break
        answer = request.POST.get(f"for-{number}", "")
        if key := key_in(answer):
            chosen[key] = request.POST.get(f"amount-{number}", "")
        elif answer != "out":
            left.append(text)
    sheets.save_rows(batch, {household: chosen[household.pk] for household in _served(request, chosen)}, at=at)
    return _paste(request, batch, "\n".join(left), at, answered=True)


def _list(request: SignedIn, batch: EntrySheet) -> HttpResponse:
    def act(at: dt.datetime) -> dict[str, Any]:
        done = sheets.list_sheet(batch, by=request.user, at=at)
        return {"to": reverse("sheet-result", args=[batch.pk]), "refused": sorted(set(done.refused))[:5]}

    answer = once(request, request.POST.get("idem", ""), {}, act)
    for reason in answer["refused"]:
        messages.warning(request, reason)
    return redirect(answer["to"])


def _typed(request: SignedIn) -> dict[Household, str]:
    keys = {key: str(value) for name, value in request.POST.items() if name[:2] == "a-" and (key := key_in(name[2:]))}
    return {household: keys[household.pk] for household in _served(request, keys)}


def _served(request: SignedIn, keys: Iterable[uuid.UUID]) -> list[Household]:
    """Return those of these households that this person may list for; others do not exist."""
    return list(goods.households_served(request.user).filter(pk__in=list(keys)))


def _same_place(request: SignedIn) -> str:
    query = request.GET.urlencode()
    return f"?{query}" if query else ""


def key_in(text: str) -> uuid.UUID | None:
    """Return the key that stands in a text, None for no key."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
