"""The desk's doors to the public: publish a list, answer objections."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.models import Place
from kernel import clock, keyset, money
from kernel.errors import DomainError
from kernel.places import places
from kernel.shown import Link, page_links
from losses import permissions
from losses.forms import NoticeWithdrawForm
from losses.forms.objecting import AnswerForm
from losses.models import ClaimStatus, ReliefScheme
from losses.pages.notices import (
    objected_line,
    objection_page,
    objection_row,
    objection_tabs,
    public_line,
    running_row,
)
from losses.selectors import claims
from losses.services import noticing, objecting
from records.doors import act_on, act_once, on_form
from records.forms import ActForm, new_key, sent_or_new
from records.models import Objection, ObjectionStatus, PublicNotice
from records.selectors.notices import running_notices
from records.services import notices


@require_http_methods(["GET", "POST"])
def notice_publish_village(request: SignedIn, scheme_id: int, place_code: str) -> HttpResponse:
    """Show the list as the village will read it, then publish it."""
    village = get_object_or_404(Place, code=place_code, level=Place.Level.VILLAGE)
    return _publish(request, scheme_id, village, noticing.publish_village_notice, ClaimStatus.TOWNSHIP_CHECKED)


@require_http_methods(["GET", "POST"])
def notice_publish_county(request: SignedIn, scheme_id: int, place_code: str) -> HttpResponse:
    """Show the amounts as the county will read them, then publish them."""
    township = get_object_or_404(Place, code=place_code, level=Place.Level.TOWNSHIP)
    return _publish(request, scheme_id, township, noticing.publish_county_notice, ClaimStatus.COMPUTED)


def _publish(
    request: SignedIn, scheme_id: int, place: Place, publish: Callable[..., PublicNotice], status: str
) -> HttpResponse:
    permissions.access_publication(request.user, place)
    scheme = get_object_or_404(ReliefScheme, pk=scheme_id)
    at = clock.now()
    if request.method == "POST":
        return act_once(
            request,
            ActForm(request.POST),
            lambda at: {"number": publish(scheme, place, by=request.user, at=at).number},
            to=lambda answer: reverse("notice", args=[answer["number"]]),
            done=_("Published. Everybody can read it now."),
            back=reverse("check-list"),
        )
    return render(request, "losses/notice_publish.html", _preview(scheme, place, status, at))


def _preview(scheme: ReliefScheme, place: Place, status: str, at: dt.datetime) -> dict[str, Any]:
    amounts = status == ClaimStatus.COMPUTED
    waiting = claims.waiting_for_notice(scheme, place, status)
    days = scheme.county_days if amounts else scheme.village_days
    try:
        ends, refusal = f"{notices.last_day(clock.county_day(at), days):%Y-%m-%d}", ""
    except DomainError as unknown_year:
        ends, refusal = "", str(unknown_year)
    return {
        "place": place.short_name,
        "scheme": scheme.name,
        "amounts": amounts,
        "rows": [public_line(claim, amounts=amounts) for claim in waiting],
        "total": money.yuan(sum(claims.amount_fen_of(claim) for claim in waiting) if amounts else 0),
        "days": days,
        "ends": ends,
        "refusal": refusal,
        "idem": new_key(),
        "back": Link(reverse("check-list"), _("Publish")),
    }


@require_GET
def notice_running(request: SignedIn) -> HttpResponse:
    """List the notices of one's area that hang now, what ends first in front."""
    permissions.access_desk(request.user)
    rows = running_notices(permissions.notices_of(request.user))
    page = keyset.cut(rows, ("ends_at", "pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [running_row(notice) for notice in page.rows],
        "pages": page_links(page),
        "back": Link(reverse("check-list"), _("Notices that hang now")),
    }
    return render(request, "losses/notice_running.html", context)


@require_http_methods(["GET", "POST"])
def notice_withdraw(request: SignedIn, number: str) -> HttpResponse:
    """Take a notice that is wrong off the wall, with words that everybody reads."""
    notice = permissions.access_running_notice(request.user, number)
    form = sent_or_new(request, NoticeWithdrawForm)

    def show(status: int) -> HttpResponse:
        context = {
            "form": form,
            "row": running_row(notice),
            "back": Link(reverse("notice-running"), _("Notices that hang now")),
        }
        return render(request, "losses/notice_withdraw.html", context, status=status)

    if request.method == "GET":
        return show(200)
    to, done = reverse("check-list"), _("Withdrawn. Its reports wait for a new notice; every household is told.")
    return act_on(request, form, noticing.withdraw_notice, notice, to=to, done=done, again=on_form(form, show))


@require_GET
def objection_list(request: SignedIn) -> HttpResponse:
    """List the objections of one's area, the open ones first."""
    permissions.access_desk(request.user)
    rows = Objection.objects.filter(line__notice__in=permissions.notices_of(request.user)).select_related(
        "line__notice"
    )
    state = request.GET.get("state", "open")
    if state not in ObjectionStatus.values:
        state = ObjectionStatus.OPEN
    page = keyset.cut(rows.filter(status=state), ("at", "number"), cursor=request.GET.get("cursor", ""))
    context = {
        "tabs": objection_tabs(state),
        "rows": [objection_row(objection, now=clock.now()) for objection in page.rows],
        "pages": page_links(page, f"&state={state}"),
    }
    return render(request, "losses/objection_list.html", context)


@require_http_methods(["GET", "POST"])
def objection_answer(request: SignedIn, objection_id: UUID) -> HttpResponse:
    """Read one objection and answer it in words."""
    objection = permissions.access_objection(request.user, objection_id)
    if request.method == "GET":
        return _objection_page(request, objection, AnswerForm(initial={"idem": new_key()}))
    form = AnswerForm(request.POST)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        objecting.answer_objection(
            objection,
            upheld=typed["verdict"] == "upheld",
            reason=typed["reason"],
            answer=typed["answer"],
            by=request.user,
            at=at,
        )

    again = on_form(form, lambda _status: _objection_page(request, objection, form))
    return act_once(request, form, act, to=_objections_url(request), done=_("Answered."), again=again)


def _objection_page(request: SignedIn, objection: Objection, form: AnswerForm) -> HttpResponse:
    context = {
        "objection": objection_page(objection, now=clock.now()),
        "line": objected_line(objection.line),
        "form": form,
        "back": Link(_objections_url(request), _("Objections")),
    }
    return render(request, "losses/objection_answer.html", context)


def _objections_url(request: SignedIn) -> str:
    return reverse("objection-list") if permissions.lists_objections(request.user) else places(request).home()
