"""The doors of reports of several goods: tick them, report them at once, read a report with its lines."""

import datetime as dt
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from kernel import clock
from kernel.errors import DomainError
from kernel.places import places
from kernel.shown import Link
from losses import permissions
from losses.forms.several import SeveralForm, common_causes, field_of
from losses.forms.told import TOLD
from losses.models import MOST_LINES, Goods
from losses.pages import claims as claim_pages
from losses.pages import reports as pages
from losses.selectors.lots import goods_to_report
from losses.selectors.reports import SeenReport, seen_report
from losses.services import holding, reporting
from losses.views.arriving import taken_in, travelling
from records.doors import once
from records.forms import new_key
from records.models import StoredFile


@require_http_methods(["GET", "POST"])
def claim_new_several(request: SignedIn) -> HttpResponse:
    """Report what one harm took of several goods that were ticked; shown once before it is filed."""
    goods = _ticked(request)
    if not goods:
        messages.info(request, _("Tick at least one of the goods."))
        return redirect("claim-choose")
    at = clock.now()
    today, proxy = clock.county_day(at), permissions.reports_as_proxy(request.user, goods[0])
    if refusal := _not_together(goods):
        context = {"refusal": refusal, "back": Link(reverse("claim-choose"), _("Report a loss"))}
        return render(request, "losses/report_new.html", context, status=400)
    if request.method == "GET":
        start = {"day": "today", "idem": new_key()}
        form = SeveralForm(initial=start, several=goods, proxy=proxy, today=today)
    else:
        form = SeveralForm(request.POST, request.FILES, several=goods, proxy=proxy, today=today)
        shown, filed = partial(_shown_once, request, form), partial(_file, request, form)
        if answer := taken_in(request, form, shown=shown, filed=filed, at=at):
            return answer
    return render(request, "losses/report_new.html", _context(form))


def _ticked(request: SignedIn) -> list[Goods]:
    """Return the goods of the address that this person may report; nothing where one of them is not."""
    keys = {name: _keys(request.GET.getlist(name)[: MOST_LINES + 1]) for name in ("lot", "season")}
    goods = goods_to_report(request.user, keys["lot"], keys["season"])
    if len(goods) < len(keys["lot"]) + len(keys["season"]):
        raise Http404
    return goods


def _keys(told: list[str]) -> list[int]:
    keys = list(dict.fromkeys(int(key) for key in told if key.isascii() and key.isdigit() and len(key) < 18))
    if len(keys) < len(set(told)):
        raise Http404
    return keys


def _not_together(goods: list[Goods]) -> str:
    """Return why these goods do not stand on one report; empty where they do."""
    try:
        reporting.require_together(goods)
    except DomainError as refusal:
        return str(refusal)
    if not common_causes(goods):
        return _("Nothing happens to all of these goods alike. Report them apart.")
    return ""


def _context(form: SeveralForm) -> dict[str, Any]:
    owner = form.several[0].household
    return {
        "form": form,
        "owner": owner.head_name if owner is not None else "",
        "amounts": pages.amounts(form.amounts()),
        "to": pages.several_url(form.several),
        "back": Link(reverse("claim-choose"), _("Report a loss")),
    }


def _lines(form: SeveralForm, *, sure: bool, on: dt.date) -> list[reporting.Line]:
    several = zip(form.several, form.quantities(), strict=True)
    asked = [reporting.Asked(goods, quantity, sure) for goods, quantity in several]
    return reporting.lines_under_rules(asked, happened_on=form.cleaned_data["happened_on"], on=on)


def _shown_once(request: SignedIn, form: SeveralForm) -> HttpResponse | None:
    """Show what would be filed; what was typed and the photos travel with the page. Nothing where it is refused."""
    for goods, quantity in zip(form.several, form.quantities(), strict=True):
        try:
            holding.require_left(goods, quantity)
        except DomainError as refusal:
            form.add_error(field_of(goods), str(refusal))
    if form.errors:
        return None
    try:
        lines = _lines(form, sure=True, on=form.today)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    context = {
        "goods": claim_pages.goods(form.several[0]),
        "facts": pages.preview_facts(lines, form.cleaned_data, form.told()),
        "typed": [*travelling(form), ("shown_on", form.today.isoformat())],
        "here": form.here,
        "unusual": reporting.unusual_of(lines),
        "then": claim_pages.then_words(form.several[0]),
        "to": pages.several_url(form.several),
        "back": Link(reverse("claim-choose"), _("Report a loss")),
    }
    return render(request, "losses/claim_preview.html", context)


def _file(request: SignedIn, form: SeveralForm, photos: list[StoredFile]) -> HttpResponse | None:
    """File the report once, or put the refusal on the form with everything still in it."""
    typed = form.cleaned_data
    said = {name: typed[name] for name in ("cause", "happened_on", "words")}
    told = {name: typed[name] for name in TOLD}

    def act(at: dt.datetime) -> dict[str, str]:
        report = reporting.file_report(
            _lines(form, sure=True, on=clock.county_day(at)),
            **said,
            photos=photos,
            by=request.user,
            at=at,
            consent=typed.get("consent", ""),
            told=form.told(),
        )
        return {"url": reverse("claim-report", args=[report.pk])}

    goods = [pages.key_of(one) for one in form.several]
    try:
        url = once(request, typed["idem"], said | told | {"goods": goods, "quantities": form.quantities()}, act)["url"]
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Received"))
    return redirect(str(url))


@require_GET
def claim_report(request: SignedIn, report_id: int) -> HttpResponse:
    """Show a report with those of its lines that this person may see: where each stands, what it comes to."""
    seen = _seen(request, report_id)
    first = seen.lines[0].claim
    context = {
        "report": pages.report_head(seen, request.user),
        "back": claim_pages.way_back(first, request.user, home=places(request).home()),
    }
    return render(request, "losses/report_detail.html", context)


def _seen(request: SignedIn, report_id: int) -> SeenReport:
    seen = seen_report(report_id, permissions.visible_claims(request.user))
    if seen is None:
        raise Http404
    return seen
