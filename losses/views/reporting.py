"""The household's doors: the rules, report a loss, see where it stands, complete it, take it back."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.selectors import standing
from kernel import clock, keyset, money, weight
from kernel.dates import day_words
from kernel.errors import DomainError
from kernel.present import name_of
from losses import permissions
from losses.forms import ClaimForm
from losses.models import ClaimStatus
from losses.selectors import claims, schemes, story
from losses.services import claiming
from losses.views.arriving import photos_of
from records.doors import act_once, once
from records.forms import ActForm, new_key
from records.pages.photos import SMALL_PX, private_photo


@require_GET
@login_not_required
def scheme_list(request: SignedIn) -> HttpResponse:
    """Show everybody the published rules."""
    rows = [schemes.as_row(scheme) for scheme in schemes.published()]
    return render(
        request, "losses/scheme_list.html", {"schemes": rows, "back": {"url": "/", "label": _("Relief rules")}}
    )


@require_GET
@login_not_required
def scheme_detail(request: SignedIn, scheme_id: int) -> HttpResponse:
    """Show everybody one scheme: who may apply, rates, cap, days, and what is left."""
    scheme = get_object_or_404(schemes.published(), pk=scheme_id)
    context = schemes.as_page(scheme) | {"back": {"url": reverse("scheme-list"), "label": _("Relief rules")}}
    return render(request, "losses/scheme_detail.html", context)


@require_http_methods(["GET", "POST"])
def claim_new(request: SignedIn, listing_id: int) -> HttpResponse:
    """Report a loss on one lot, for the own household or as its proxy with its consent."""
    listing = permissions.access_listing_to_report(request.user, listing_id)
    at = clock.now()
    proxy = permissions.reports_as_proxy(request.user, listing)
    scheme = schemes.fitting(listing, on=clock.county_day(at))
    if scheme is None:
        return render(request, "losses/claim_none.html", _goods(listing))
    start = {"happened_on": clock.county_day(at), "idem": new_key(), "quantity": ["", "jin"]}
    form = ClaimForm(request.POST or None, request.FILES or None, initial=start, listing=listing, proxy=proxy)
    if request.method == "POST":
        photos = photos_of(request, form, ("photos",), at=at)
        if form.is_valid():
            answer = _try(form, lambda: _file(request, form, scheme, listing, list(photos.values()), at=at))
            if answer:
                return redirect(answer["url"])
    return render(request, "losses/claim_new.html", _goods(listing) | _form(form, scheme, listing))


def _file(request, form, scheme, listing, photos, *, at) -> dict:
    data = form.cleaned_data

    def act(at: dt.datetime) -> dict[str, str]:
        claim = claiming.file_claim(
            scheme=scheme,
            listing=listing,
            cause=data["cause"],
            quantity=form.stock(),
            happened_on=data["happened_on"],
            words=data["words"],
            photos=photos,
            by=request.user,
            at=at,
            consent=data.get("consent", ""),
        )
        return {"url": reverse("claim-receipt", args=[claim.pk])}

    told = {name: data[name] for name in ("cause", "happened_on", "words") if name in data} | {"stock": form.stock()}
    return once(request, data["idem"], told, act)


@require_http_methods(["GET", "POST"])
def claim_complete(request: SignedIn, claim_id: int) -> HttpResponse:
    """Complete a claim that was sent back, and file it again."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_complete)
    if claim.status != ClaimStatus.SENT_BACK:
        return redirect("claim-detail", claim.pk)
    at, listing = clock.now(), claim.listing
    figure = claims.declared(claim)
    counted = listing.stock_unit == "piece"
    start = {
        "happened_on": claim.happened_on,
        "words": claim.words,
        "idem": new_key(),
        "quantity": [str(figure.quantity) if counted else weight.jin(figure.quantity), "piece" if counted else "jin"],
    }
    form = ClaimForm(
        request.POST or None, request.FILES or None, initial=start, listing=listing, proxy=False, again=True
    )
    if request.method == "POST":
        photos = photos_of(request, form, ("photos",), at=at)
        if form.is_valid():
            answer = _try(form, lambda: _file_again(request, form, claim, list(photos.values()), at=at))
            if answer:
                return redirect(answer["url"])
    page = _goods(listing) | _form(form, claim.scheme, listing) | {"missing": claim.reason}
    return render(request, "losses/claim_new.html", page)


def _file_again(request, form, claim, photos, *, at) -> dict:
    data = form.cleaned_data

    def act(at: dt.datetime) -> dict[str, str]:
        claiming.file_again(
            claim,
            quantity=form.stock(),
            happened_on=data["happened_on"],
            words=data["words"],
            photos=photos,
            by=request.user,
            at=at,
        )
        return {"url": reverse("claim-receipt", args=[claim.pk])}

    told = {name: data[name] for name in ("cause", "happened_on", "words") if name in data} | {"stock": form.stock()}
    return once(request, data["idem"], told, act)


@require_GET
def claim_list_mine(request: SignedIn) -> HttpResponse:
    """List the household's claims, and those one filed for others, newest first."""
    mine = claims.with_story(permissions.visible_claims(request.user).filter(claims.mine(request.user)))
    page = keyset.cut(mine, ("-filed_at", "-pk"), cursor=request.GET.get("cursor", ""))
    own = standing(request.user).household_id
    rows = [
        {
            "url": reverse("claim-detail", args=[claim.pk]),
            "title": story.title(claim),
            "line": claims.quantity_words(claim),
            "meta": [claim.number, story.day(claim.filed_at)]
            + ([] if claim.household_id == own else [claim.household.head_name]),
            "picture": claim.listing.produce.picture,
            "status": story.status_tag(claim),
        }
        for claim in page.rows
    ]
    return render(request, "losses/claim_list_mine.html", {"claims": rows, "pages": _pages(page)})


@require_GET
def claim_detail(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show one claim: where it stands, whose turn it is, what each stage found."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_see)
    own = permissions.can_complete(request.user, claim)
    evidence_open = permissions.can_see_photos(request.user, claim)
    context = {
        "claim": {
            "title": story.title(claim),
            "name": story.head_name(claim, full=permissions.sees_names(request.user, claim)),
            "meta": [claim.number, claim.household.village.short_name, story.day(claim.filed_at)],
            "words": claim.words,
            "picture": claim.listing.produce.picture,
            "status": story.status_tag(claim),
            "reason": claim.reason if claim.status in (ClaimStatus.SENT_BACK, ClaimStatus.REFUSED) else "",
        },
        "turn": story.next_turn(claim),
        "figures": story.figures_table(claim),
        "amount": story.amount_words(claim) if story.arithmetic_words(claim) else "",
        "arithmetic": story.arithmetic_words(claim),
        "steps": story.timeline(claim),
        "photos": _photos(claim) if evidence_open else [],
        "notices": claims.notice_links(claim),
        "complete_url": reverse("claim-complete", args=[claim.pk])
        if own and claim.status == ClaimStatus.SENT_BACK
        else "",
        "withdraw": {"url": reverse("claim-withdraw", args=[claim.pk]), "idem": new_key()}
        if own and claim.can_move(ClaimStatus.WITHDRAWN)
        else None,
        "step": _step(request.user, claim),
        "back": {"url": reverse("claim-list-mine"), "label": _("Losses")} if own else _way_back(request.user),
    }
    return render(request, "losses/claim_detail.html", context)


@require_GET
def claim_receipt(request: SignedIn, claim_id: int) -> HttpResponse:
    """Say that a report has arrived, with its number; reloading shows the same."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_complete)
    turn = story.next_turn(claim)
    receipt = {
        "title": _("Received"),
        "number": claim.number,
        "sentence": _("%(quantity)s of %(produce)s are off the market until this is decided.")
        % {"quantity": claims.quantity_words(claim), "produce": claim.listing.produce.name},
        "picture": claim.listing.produce.picture,
        "facts": [
            {"label": _("What happened"), "value": claim.get_cause_display()},
            {"label": _("Day"), "value": day_words(claim.happened_on)},
        ],
        "steps": [
            _("The village comes to look before %(until)s.") % {"until": turn.until if turn else ""},
            _("The township checks, then it hangs on the village wall."),
            _("Two people of the county come to look."),
            _("The money is computed, hangs on the county notice, and goes to your card."),
        ],
    }
    actions = [{"url": reverse("claim-detail", args=[claim.pk]), "label": _("See where it stands"), "main": True}]
    return render(request, "receipt.html", {"receipt": receipt, "actions": actions})


@require_POST
def claim_withdraw(request: SignedIn, claim_id: int) -> HttpResponse:
    """Take a claim back; its goods may be sold again."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_complete)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: claiming.withdraw(claim, by=request.user, at=at),
        to=reverse("claim-detail", args=[claim.pk]),
        done=_("Taken back. The goods can be sold again."),
    )


@require_GET
def claim_photo(request: SignedIn, claim_id: int, file_id) -> FileResponse:
    """Show one photo of the evidence, made smaller and stripped, to those who may see it."""
    file = permissions.access_photo(request.user, claim_id, file_id)
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))


def _try(form, act) -> dict | None:
    """Do it, or show the refusal on the form with everything still in it."""
    try:
        return act()
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None


def _goods(listing) -> dict:
    return {
        "goods": {
            "name": name_of(listing.produce),
            "picture": listing.produce.picture,
            "left": listing.in_words(listing.free()),
            "owner": listing.household.head_name,
        },
        "back": {"url": reverse("claim-list-mine"), "label": _("Report a loss")},
    }


def _form(form, scheme, listing) -> dict:
    rate = schemes.rate_of(scheme, listing)
    return {
        "form": form,
        "scheme": {"name": scheme.name, "url": reverse("scheme-detail", args=[scheme.pk])},
        "rate": money.price_per_jin(rate.rate_fen, rate.rate_unit_g) if rate else "",
    }


def _photos(claim) -> list[dict]:
    return [
        {
            "url": reverse("claim-photo", args=[claim.pk, one.file_id]) + "?px=240",
            "full_url": reverse("claim-photo", args=[claim.pk, one.file_id]),
            "alt": _("Photo of the loss"),
            "caption": story.day_time(one.at),
        }
        for one in claims.photos(claim)
    ]


def _step(user, claim) -> dict | None:
    """Return the step this person may take on the claim now, with its page."""
    steps = {
        ClaimStatus.FILED: ("claim-village-check", permissions.can_village_check, _("Check it")),
        ClaimStatus.VILLAGE_CHECKED: ("claim-township-check", permissions.can_township_check, _("Check it")),
        ClaimStatus.TO_VISIT: ("visit-draw", permissions.can_decide, _("Draw the verifiers")),
        ClaimStatus.VISITED: ("claim-compute", permissions.can_decide, _("Compute the money")),
        ClaimStatus.COUNTY_NOTICE: ("claim-review", permissions.can_decide, _("Review it")),
    }
    if claim.status not in steps:
        return None
    name, may, label = steps[claim.status]
    return {"url": reverse(name, args=[claim.pk]), "label": label} if may(user, claim) else None


def _way_back(user) -> dict:
    name = "check-list" if standing(user).has(*permissions.CHECKERS) else "home"
    return {"url": reverse(name), "label": _("Back")}


def _pages(page) -> dict:
    return {
        "previous_url": f"?cursor={page.previous}" if page.previous else "",
        "next_url": f"?cursor={page.next}" if page.next else "",
    }
