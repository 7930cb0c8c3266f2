"""The doors of appeals: say why a refusal is not right, see what becomes of it, decide it, take it back."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.errors import DomainError
from kernel.narrowing import narrowed
from kernel.places import places
from kernel.shown import Link, page_links
from losses import permissions
from losses.filters import AppealFilter
from losses.forms import AppealAnswerForm, AppealForm
from losses.models import WAITING_APPEALS, LossClaim
from losses.pages import appeals as pages
from losses.pages.words import title
from losses.services import appealing
from losses.views.arriving import photos_of
from records.doors import act_on, once
from records.forms import ActForm, new_key
from records.models import StoredFile


@require_http_methods(["GET", "POST"])
def appeal_new(request: SignedIn, claim_id: int) -> HttpResponse:
    """Appeal the refusal of a report, for the own household or as its cadre with its consent."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_appeal)
    proxy = permissions.reports_as_proxy(request.user, claim.goods)
    form = AppealForm(request.POST or None, request.FILES or None, initial={"idem": new_key()}, proxy=proxy)
    if request.method == "POST":
        photos = photos_of(request, form, ("photos",), at=clock.now())
        if form.is_valid() and (page := _appeal(request, form, claim, list(photos.values()))):
            return redirect(page)
    context = {
        "form": form,
        "name": title(claim),
        "refusal": claim.reason,
        "back": Link(reverse("claim-detail", args=[claim.pk]), claim.number),
    }
    return render(request, "losses/appeal_new.html", context)


def _appeal(request: SignedIn, form: AppealForm, claim: LossClaim, photos: list[StoredFile]) -> str:
    """Appeal once; return its page, or nothing when it is refused on the form with everything still in it."""
    typed = form.cleaned_data
    said = {"words": typed["words"], "consent": typed.get("consent", "")}

    def act(at: dt.datetime) -> dict[str, str]:
        row = appealing.appeal(claim, **said, photos=photos, by=request.user, at=at)
        return {"url": reverse("appeal", args=[row.pk])}

    try:
        return str(once(request, typed["idem"], said, act)["url"])
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return ""


@require_GET
def appeal_list(request: SignedIn) -> HttpResponse:
    """List the appeals this person sees, the newest first."""
    found = narrowed(request, AppealFilter, permissions.appeals_seen_by(request.user))
    at, page = clock.now(), keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "found": found,
        "rows": [pages.appeal_row(row, request.user, at) for row in page.rows],
        "pages": page_links(page, found.kept),
        "back": Link(places(request).home(), _("Appeals")),
    }
    return render(request, "losses/appeal_list.html", context, status=found.status)


@require_GET
def appeal(request: SignedIn, appeal_id: int) -> HttpResponse:
    """Show one appeal: what was said, whose turn it is, and to whom may decide it the form."""
    row = permissions.access_appeal(request.user, appeal_id)
    decides = row.status in WAITING_APPEALS and permissions.can_decide_appeal(request.user, row)
    return _page(request, appeal_id, AppealAnswerForm(initial={"idem": new_key()}) if decides else None)


@require_POST
def appeal_decide(request: SignedIn, appeal_id: int) -> HttpResponse:
    """Decide an appeal: the refusal stands, or the loss is reported anew."""
    row = permissions.access_appeal(request.user, appeal_id, to=permissions.can_decide_appeal)
    form = AppealAnswerForm(request.POST)

    def again(sentence: str, status: int) -> HttpResponse:
        if sentence:
            form.add_error(None, sentence)
        return _page(request, appeal_id, form, status=status)

    to = reverse("appeal", args=[row.pk])
    return act_on(request, form, appealing.decide, row, to=to, done=_("Decided; the household is told."), again=again)


@require_POST
def appeal_withdraw(request: SignedIn, appeal_id: int) -> HttpResponse:
    """Take an appeal back."""
    row = permissions.access_appeal(request.user, appeal_id, to=permissions.can_take_appeal_back)
    to = reverse("appeal", args=[row.pk])
    return act_on(request, ActForm(request.POST), appealing.withdraw, row, to=to, done=_("The appeal is taken back."))


def _page(request: SignedIn, appeal_id: int, form: AppealAnswerForm | None, *, status: int = 200) -> HttpResponse:
    row = permissions.access_appeal(request.user, appeal_id)
    page = pages.appeal_page(row, request.user, clock.now())
    context = {
        "appeal": page,
        "form": form,
        "decide_url": reverse("appeal-decide", args=[row.pk]),
        "withdraw_url": reverse("appeal-withdraw", args=[row.pk])
        if page.until and permissions.can_take_appeal_back(request.user, row)
        else "",
        "idem": new_key(),
        "back": Link(reverse("appeal-list"), _("Appeals")),
    }
    return render(request, "losses/appeal.html", context, status=status)
