"""The doors of goods that were sold below the county's reference: choose a sale, report it."""

import datetime as dt
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.selectors import standing
from catalog.models import Movement
from kernel import clock, keyset
from kernel.errors import DomainError
from kernel.present import known
from kernel.shown import Link, page_links
from losses import permissions
from losses.forms import SoldLowForm
from losses.forms.told import TOLD, told_before
from losses.models import Cause, LossClaim, ReliefScheme, SchemeRate
from losses.pages import sales as pages
from losses.pages.claims import goods as goods_of
from losses.pages.schemes import scheme_row
from losses.selectors import claims, schemes
from losses.selectors.sales import day_of, sales_to_report
from losses.services import claiming, reporting
from losses.views.arriving import MOST_LETTERS, lost_goods, travelling
from records.doors import once
from records.forms import new_key


@require_GET
def sold_low_choose(request: SignedIn) -> HttpResponse:
    """Ask which sale fetched too little: an own one, or one looked for among those one may report for others."""
    asked = request.GET.get("q", "")[:MOST_LETTERS]
    page = keyset.cut(sales_to_report(request.user, asked), ("-pk",), cursor=request.GET.get("cursor", ""))
    own = standing(request.user).household_id
    context = {
        "rows": [pages.sale_row(sale, own) for sale in page.rows],
        "asked": asked,
        "for_others": permissions.reports_for_others(request.user),
        "pages": page_links(page, f"&{urlencode({'q': asked})}" if asked else ""),
        "back": Link(reverse("claim-choose"), _("Report a loss")),
    }
    return render(request, "losses/sold_low_choose.html", context)


@require_http_methods(["GET", "POST"])
def claim_new_sold_low(request: SignedIn, sale_id: int) -> HttpResponse:
    """Report a sale below the reference, for the own household or as its proxy with its consent."""
    sale = permissions.access_sale_to_report(request.user, sale_id)
    lot = sale.listing
    scheme = schemes.fitting(lot, on=clock.county_day(clock.now()), sold=True)
    if scheme is None:
        return render(request, "losses/claim_none.html", lost_goods(lot))
    scheme = schemes.fitting_day(lot, day_of(sale), scheme, sold=True)
    start = {"idem": new_key(), "quantity": sale.left}  # type: ignore[attr-defined]  # asked beside the sale
    proxy = permissions.reports_as_proxy(request.user, lot)
    form = SoldLowForm(request.POST or None, initial=start, goods=lot, proxy=proxy)
    rate = known(schemes.rate_of(scheme, lot, sold=True))
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        if "sure" not in request.POST:
            return _preview(request, form, sale, rate)
        if receipt := _file(request, form, scheme, sale):
            return redirect(receipt)
    context = {
        "goods": goods_of(lot),
        "form": form,
        "facts": pages.sale_facts(sale, rate),
        "scheme": scheme_row(scheme),
        "back": Link(reverse("sold-low-choose"), _("Sold at a loss")),
    }
    return render(request, "losses/claim_new_sold_low.html", context)


def _preview(request: SignedIn, form: SoldLowForm, sale: Movement, rate: SchemeRate) -> HttpResponse:
    """Show what would be filed; what was typed travels with the page."""
    typed = form.cleaned_data
    context = lost_goods(sale.listing) | {
        "facts": pages.preview_facts(sale, rate, typed["quantity"], typed["words"], form.told()),
        "typed": travelling(form),
        "then": _("No photo is needed and nobody comes to look: what was weighed and paid stands in the system."),
    }
    return render(request, "losses/claim_preview.html", context)


def _file(request: SignedIn, form: SoldLowForm, scheme: ReliefScheme, sale: Movement) -> str:
    """File what was typed, once; return the address of the receipt, or nothing when it is refused on the form."""
    typed = form.cleaned_data

    def act(at: dt.datetime) -> dict[str, str]:
        claim = reporting.file_claim(
            scheme=scheme,
            goods=sale.listing,
            sale=sale,
            cause=Cause.CHEAP,
            quantity=typed["quantity"],
            happened_on=day_of(sale),
            words=typed["words"],
            photos=[],
            by=request.user,
            at=at,
            consent=typed.get("consent", ""),
            told=form.told(),
        )
        return {"url": reverse("claim-receipt", args=[claim.pk])}

    try:
        return str(once(request, typed["idem"], {"sale": sale.pk} | _asked(typed), act)["url"])
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return ""


def complete_sold_low(request: SignedIn, claim: LossClaim) -> HttpResponse:
    """Complete a report of a sale that was sent back, and file it again: less of it, or other words."""
    figure = claims.declared(claim)
    start = {"idem": new_key(), "quantity": figure.quantity, "words": claim.words}
    start |= told_before(claims.present_round(claim))
    form = SoldLowForm(request.POST or None, initial=start, goods=claim.goods, proxy=False)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data

        def act(at: dt.datetime) -> dict[str, str]:
            claiming.file_again(
                claim,
                quantity=typed["quantity"],
                happened_on=claim.happened_on,
                words=typed["words"],
                photos=[],
                told=form.told(),
                by=request.user,
                at=at,
            )
            return {"url": reverse("claim-receipt", args=[claim.pk])}

        try:
            return redirect(once(request, typed["idem"], _asked(typed), act)["url"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "goods": goods_of(claim.goods),
        "form": form,
        "facts": pages.facts_of_claim(claim),
        "scheme": scheme_row(claim.scheme),
        "missing": claim.reason,
        "back": Link(reverse("claim-list-mine"), _("Losses")),
    }
    return render(request, "losses/claim_new_sold_low.html", context)


def _asked(typed: dict) -> dict:
    return {name: typed[name] for name in ("quantity", "words", *TOLD)}
