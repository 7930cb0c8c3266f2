"""The household's doors: the rules, report a loss, see where it stands, complete it, take it back."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.selectors import standing
from catalog.models import Listing
from kernel import clock, keyset, weight
from kernel.errors import DomainError
from kernel.places import places
from kernel.present import known
from kernel.shown import Action, Link, page_links
from losses import permissions
from losses.forms import CalculatorForm, ClaimForm, remember
from losses.forms.told import TOLD, told_before
from losses.models import MOST_LINES, PAPERS_OPEN, ClaimStatus, Goods, LossClaim, ReliefScheme, SchemeRate
from losses.pages import claims as pages
from losses.pages import kept, story
from losses.pages.appeals import appeal_links, origin_link
from losses.pages.by_text import said_by_text
from losses.pages.calculator import Tried, tried
from losses.pages.calls import call_words
from losses.pages.late_relief import late_words
from losses.pages.papers import paper_rows, papers_link
from losses.pages.recovering import claim_links, heir_url
from losses.pages.reports import sheet_link, ticks
from losses.pages.sales import facts_of_claim
from losses.pages.schemes import copy_url, rate_rows, scheme_facts, scheme_row
from losses.pages.stopped_awards import stopped_link
from losses.pages.words import amount_words, arithmetic_words
from losses.selectors import claims, schemes
from losses.selectors.calculating import asks_price, tried_facts, what_if
from losses.selectors.cards import asked_of_household
from losses.selectors.loss_notices import notices_seen_by, open_notices_of, photos_of_notice
from losses.selectors.lots import crops_to_report, lots_to_report, own_goods
from losses.selectors.papers import papers_of
from losses.selectors.rates import factors
from losses.selectors.usual import UsualLoss
from losses.services import answering, claiming, holding, reporting, unusual
from losses.views import selling_low
from losses.views.arriving import MOST_LETTERS, lost_goods, photos_of, taken_in, travelling
from produce.models import StockUnit
from records.doors import act_on, once
from records.forms import ActForm, new_key
from records.models import StoredFile
from records.pages.photos import SMALL_PX, private_photo

MOST_DIGITS = 18  # of a key in an address


@require_GET
@login_not_required
def scheme_list(request: SignedIn) -> HttpResponse:
    """Show everybody the published rules."""
    rows = [scheme_row(scheme) for scheme in schemes.published()]
    back = Link(places(request).home(), _("Relief rules"))
    return render(request, "losses/scheme_list.html", {"schemes": rows, "by_text": said_by_text(), "back": back})


@require_GET
@login_not_required
def scheme_detail(request: SignedIn, scheme_id: int) -> HttpResponse:
    """Show everybody one scheme: who may apply, rates, cap, days, what is left, and what a loss would come to."""
    scheme = get_object_or_404(schemes.published(), pk=scheme_id)
    rates = scheme.rates.select_related("produce").order_by("produce__position", "produce__name", "pk")
    form = CalculatorForm(request.GET if "rate" in request.GET else None, rates=rates)
    context = {
        "form": form,
        "tried": _tried(scheme, form.cleaned_data) if form.is_valid() else None,
        "asks_price": any(asks_price(rate) for rate in form.rates.values()),
        "asks_area": any(rate.basis == SchemeRate.Basis.MU for rate in form.rates.values()),
        "scheme": scheme_row(scheme),
        "facts": scheme_facts(scheme),
        "rates": rate_rows(scheme),
        "copy_url": copy_url(scheme) if permissions.can_draft(request.user) else "",
        "back": Link(reverse("scheme-list"), _("Relief rules")),
    }
    return render(request, "losses/scheme_detail.html", context, status=400 if form.errors else 200)


def _tried(scheme: ReliefScheme, asked: dict[str, Any]) -> Tried:
    rate, grams, said = asked["rate"], asked["grams"], {"sold_at": asked["sold_at"], "area_cmu": asked["area_cmu"]}
    multiplied = factors(rate, tried_facts(rate, grams, **said), grams)
    return tried(scheme, rate, what_if(scheme, rate, grams, **said), multiplied)


@require_GET
def claim_choose(request: SignedIn) -> HttpResponse:
    """Ask of which lot a loss is to be reported: one's own, or one looked for among those one may report for others."""
    asked = request.GET.get("q", "")[:MOST_LETTERS]
    page = keyset.cut(lots_to_report(request.user, asked), ("-pk",), cursor=request.GET.get("cursor", ""))
    links = page_links(page, f"&{urlencode({'q': asked})}" if asked else "")
    crops = list(crops_to_report(request.user, asked).order_by("-pk")[:MOST_LINES])
    own = own_goods(request.user, None if asked else crops)
    context = chosen_page(request, page.rows, asked) | kept.bar(request.user, own) | {"pages": links}
    several = [*page.rows, *crops]
    context["ticks"] = ticks(several, own=standing(request.user).household_id) if len(several) > 1 else []
    return render(request, "losses/claim_choose.html", context)


def chosen_page(request: SignedIn, lots: Iterable[Listing], asked: str = "") -> dict[str, Any]:
    """Return what the page shows on which a lot is chosen, also one that a phone keeps."""
    return {
        "rows": [pages.lot_row(lot, standing(request.user).household_id) for lot in lots],
        "asked": asked,
        "for_others": permissions.reports_for_others(request.user),
        "by_text": said_by_text(),
        "sold_url": reverse("sold-low-choose") + (f"?{urlencode({'q': asked})}" if asked else ""),
        "crops_url": reverse("crop-choose") + (f"?{urlencode({'q': asked})}" if asked else ""),
        "back": Link(reverse("claim-list-mine"), _("Losses")),
    }


@require_http_methods(["GET", "POST"])
def claim_new(request: SignedIn, listing_id: int) -> HttpResponse:
    """Report a loss on one lot, for the own household or as its proxy with its consent."""
    goods = permissions.access_listing_to_report(request.user, listing_id)
    at = clock.now()
    today = clock.county_day(at)
    scheme = schemes.fitting(goods, on=today)
    if scheme is None:
        return render(request, "losses/claim_none.html", lost_goods(goods))
    if request.method == "GET":
        page = new_page(request, goods, scheme, unusual.usual_of(goods))
        return render(request, "losses/claim_new.html", page | kept.bar(request.user, own_goods(request.user)))
    proxy = permissions.reports_as_proxy(request.user, goods)
    form = ClaimForm(request.POST, request.FILES, goods=goods, proxy=proxy, today=today)
    if answer := taken(request, form, scheme, goods, at=at):
        return answer
    return render(request, "losses/claim_new.html", lost_goods(goods) | form_context(form, scheme, goods))


def new_page(request: SignedIn, goods: Goods, scheme: ReliefScheme, usual: UsualLoss | None = None) -> dict[str, Any]:
    """Return what the page shows on which the loss of a lot or crop is reported, also one that a phone keeps.

    `usual` is what is usually lost: from it the phone asks about an amount far above, while one still stands there.
    """
    start = {"day": "today", "idem": new_key(), "quantity": ["", "jin"]} | said_before(request, goods)
    proxy = permissions.reports_as_proxy(request.user, goods)
    form = ClaimForm(initial=start, goods=goods, proxy=proxy, today=clock.county_day(clock.now()))
    one = {} if start.get("kept") else {"kept_one": kept.kept_one(goods)}
    asks = {"most": usual.most, "question": unusual.question(goods, usual, "{n}")} if usual else None
    return lost_goods(goods) | form_context(form, scheme, goods) | one | {"usual": asks}


def taken(
    request: SignedIn, form: ClaimForm, scheme: ReliefScheme, goods: Goods, *, at: dt.datetime
) -> HttpResponse | None:
    """Take in the report of a lot or a crop as `taken_in` does, and lead to its receipt."""

    def filed(photos: list[StoredFile]) -> HttpResponse | None:
        receipt = file_form(request, form, scheme, goods, photos)
        return redirect(receipt) if receipt else None

    return taken_in(request, form, shown=lambda: _preview(request, form, scheme, goods), filed=filed, at=at)


def _preview(request: SignedIn, form: ClaimForm, scheme: ReliefScheme, goods: Goods) -> HttpResponse | None:
    """Show what would be filed; what was typed and the photos travel with the page. Nothing where it is too much."""
    try:
        holding.require_left(goods, form.stock())
    except DomainError as refusal:
        form.add_error("quantity", str(refusal))
        return None
    scheme = schemes.fitting_day(goods, form.cleaned_data["happened_on"], scheme)
    rate = known(schemes.rate_of(scheme, goods))
    context = lost_goods(goods) | {
        "facts": pages.preview_facts(goods, form.cleaned_data, form.stock(), rate, form.told()),
        "typed": [*travelling(form), ("shown_on", form.today.isoformat())],
        "here": form.here,
        "unusual": unusual.asked_about(goods, unusual.usual_of(goods), form.stock()),
        "then": pages.then_words(goods),
    }
    return render(request, "losses/claim_preview.html", context)


def file_form(request: SignedIn, form: ClaimForm, scheme: ReliefScheme, goods: Goods, photos: list[StoredFile]) -> str:
    """File what was typed, once; return the address of the receipt, or nothing when it is refused on the form."""
    typed = form.cleaned_data

    def act(at: dt.datetime) -> dict[str, str]:
        unusual.require_sure(goods, form.stock(), sure=typed["sure"])
        claim = reporting.file_claim(
            scheme=schemes.fitting_day(goods, typed["happened_on"], scheme),
            goods=goods,
            cause=typed["cause"],
            quantity=form.stock(),
            happened_on=typed["happened_on"],
            words=typed["words"],
            photos=photos,
            by=request.user,
            at=at,
            consent=typed.get("consent", ""),
            told=form.told(),
        )
        return {"url": reverse("claim-receipt", args=[claim.pk])}

    return _once(request, form, act)


@require_http_methods(["GET", "POST"])
def claim_complete(request: SignedIn, claim_id: int) -> HttpResponse:
    """Complete a claim that was sent back, and file it again."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_complete)
    if claim.status != ClaimStatus.SENT_BACK:
        return redirect("claim-detail", claim.pk)
    if claim.sale_id is not None:
        return selling_low.complete_sold_low(request, claim)
    at, goods = clock.now(), claim.goods
    figure = claims.declared(claim)
    counted = goods.stock_unit == StockUnit.PIECE
    start = {
        "day": "other",
        "happened_on": claim.happened_on,
        "words": claim.words,
        "idem": new_key(),
        "quantity": [str(figure.quantity) if counted else weight.jin(figure.quantity), "piece" if counted else "jin"],
    } | told_before(claims.present_round(claim))
    form = ClaimForm(
        request.POST or None,
        request.FILES or None,
        initial=start,
        goods=goods,
        proxy=False,
        today=clock.county_day(at),
        again=True,
    )
    if request.method == "POST":
        photos = photos_of(request, form, ("photos",), at=at)
        if form.is_valid() and (receipt := _file_again(request, form, claim, list(photos.values()))):
            return redirect(receipt)
    page = lost_goods(goods) | form_context(form, claim.scheme, goods) | {"missing": claim.reason}
    return render(request, "losses/claim_new.html", page)


def _file_again(request: SignedIn, form: ClaimForm, claim: LossClaim, photos: list[StoredFile]) -> str:
    typed = form.cleaned_data

    def act(at: dt.datetime) -> dict[str, str]:
        unusual.require_sure(claim.goods, form.stock(), sure=typed["sure"])
        claiming.file_again(
            claim,
            quantity=form.stock(),
            happened_on=typed["happened_on"],
            words=typed["words"],
            photos=photos,
            told=form.told(),
            by=request.user,
            at=at,
        )
        return {"url": reverse("claim-receipt", args=[claim.pk])}

    return _once(request, form, act)


def _once(request: SignedIn, form: ClaimForm, act: Callable[[dt.datetime], dict[str, str]]) -> str:
    """Return the page of the receipt, or nothing: then the refusal stands on the form with everything still in it.

    The photos have arrived whatever becomes of the form, so they are no part of what the key stands for.
    """
    typed = form.cleaned_data
    claim_data = {name: typed[name] for name in ("cause", "happened_on", "words", *TOLD) if name in typed}
    try:
        return str(once(request, typed["idem"], claim_data | {"stock": form.stock()}, act)["url"])
    except unusual.UnusualLoss as question:
        form.unusual = str(question)
        return ""
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return ""


@require_GET
def claim_list_mine(request: SignedIn) -> HttpResponse:
    """List the household's claims, and those one filed for others, newest first."""
    mine = claims.with_story(permissions.visible_claims(request.user).filter(claims.mine(request.user)))
    page = keyset.cut(mine, ("-filed_at", "-pk"), cursor=request.GET.get("cursor", ""))
    own = standing(request.user).household_id
    rows = [pages.claim_row(claim, own) for claim in page.rows]
    return render(
        request,
        "losses/claim_list_mine.html",
        {
            "claims": rows,
            "pages": page_links(page),
            "report_url": reverse("claim-choose"),
            "early_url": reverse("loss-notice-list"),
        },
    )


@require_GET
def claim_detail(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show one claim: where it stands, whose turn it is, what each stage found."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_see)
    own = permissions.can_complete(request.user, claim)
    arithmetic = arithmetic_words(claim)
    complete = own and claim.status == ClaimStatus.SENT_BACK
    withdraw = own and claim.can_move(ClaimStatus.WITHDRAWN)
    refused = claim.status == ClaimStatus.REFUSED
    appeal_url, appeal_until, appeal = appeal_links(claim, request.user) if refused else ("", "", None)
    awarded = claim.status == ClaimStatus.AWARDED
    recover_url, recoveries = claim_links(claim, request.user) if awarded else ("", [])
    evidence = permissions.can_see_photos(request.user, claim)
    context = {
        "claim": pages.claim_head(claim, request.user),
        "turn": story.next_turn(claim),
        "sale": facts_of_claim(claim),
        "draw": story.draw_words(claim),
        "call": call_words(claim),
        "card": claim.number if own and asked_of_household(claim, clock.county_day(clock.now())) else "",
        "figures": story.figures_table(claim),
        "rounds": story.rounds_before(claim),
        "amount": amount_words(claim) if arithmetic else "",
        "arithmetic": arithmetic,
        "late": late_words(claim) if awarded else [],
        "steps": story.timeline(claim),
        "photos": pages.photos_of_claim(claim) if evidence else [],
        "notices": pages.notice_links(claim),
        "complete_url": reverse("claim-complete", args=[claim.pk]) if complete else "",
        "withdraw": {"url": reverse("claim-withdraw", args=[claim.pk]), "idem": new_key()} if withdraw else None,
        "step": pages.next_step(claim, request.user),
        "papers": paper_rows(claim, papers_of(claim), evidence=evidence),
        "add_papers": papers_link(claim, request.user) if claim.status in PAPERS_OPEN else None,
        "early": pages.early_link(claim),
        "sheet": sheet_link(claim),
        "appeal_url": appeal_url,
        "appeal_until": appeal_until,
        "appeal": appeal,
        "origin": origin_link(claim),
        "heir_url": heir_url(claim, request.user),
        "stopped": stopped_link(claim) if awarded and permissions.can_decide(request.user, claim) else None,
        "recover_url": recover_url,
        "recoveries": recoveries,
        "back": pages.way_back(claim, request.user, home=places(request).home()),
    }
    return render(request, "losses/claim_detail.html", context)


@require_GET
def claim_of_lot(request: SignedIn, listing_id: int) -> HttpResponse:
    """Lead from a lot to the newest report on it that this person may see."""
    seen = permissions.visible_claims(request.user).filter(listing=listing_id)
    newest = seen.order_by("-pk").first()
    if newest is None:
        raise Http404
    return redirect("claim-detail", newest.pk)


@require_GET
def claim_receipt(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show that a report has arrived, with its number; reloading shows the same."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_complete)
    actions = [Action(reverse("claim-detail", args=[claim.pk]), _("See where it stands"), main=True)]
    return render(request, "receipt.html", {"receipt": pages.receipt_of(claim), "actions": actions})


@require_POST
def claim_withdraw(request: SignedIn, claim_id: int) -> HttpResponse:
    """Take a claim back; its goods may be sold again."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_complete)
    to, done = reverse("claim-detail", args=[claim.pk]), _("Taken back. The goods can be sold again.")
    return act_on(request, ActForm(request.POST), answering.withdraw, claim, to=to, done=done)


@require_GET
def claim_photo(request: SignedIn, claim_id: int, file_id: UUID) -> FileResponse:
    """Show one photo of the evidence, made smaller and stripped, to those who may see it."""
    file = permissions.access_photo(request.user, claim_id, file_id)
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))


def said_before(request: SignedIn, goods: Goods) -> dict[str, Any]:
    """Return what the notice of loss in the address said of these goods, to start the report from."""
    asked = request.GET.get("notice", "")
    key = int(asked) if asked.isdecimal() and len(asked) < MOST_DIGITS else 0
    notice = notices_seen_by(request.user).filter(pk=key).first()
    if notice is None or not open_notices_of(goods).filter(pk=notice.pk).exists():
        return {}
    counted = goods.stock_unit == StockUnit.PIECE
    photos = {f"photos{n}-0": str(hanging.file_id) for n, hanging in enumerate(photos_of_notice(notice))}
    return {
        "cause": notice.cause,
        "day": "other",
        "happened_on": notice.seen_on,
        "words": notice.words,
        "quantity": [str(notice.about) if counted else weight.jin(notice.about), "piece" if counted else "jin"],
        "kept": remember(photos | {"by": str(request.user.pk)}) if photos else "",
    }


def form_context(form: ClaimForm, scheme: ReliefScheme, goods: Goods) -> dict[str, Any]:
    """Return the form of a report with its rules by the names its pages use."""
    return {
        "form": form,
        "scheme": scheme_row(scheme),
        "rate": pages.rate_words(schemes.rate_of(scheme, goods)),
        "early_url": pages.early_url(goods),
        "then": pages.then_words(goods),
    }
