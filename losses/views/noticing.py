"""The desk's doors to the public: publish a list, answer objections."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.models import Place
from kernel import clock, keyset, masking, money
from kernel.errors import DomainError
from losses import permissions
from losses.forms import AnswerForm
from losses.models import ClaimStatus, LossClaim, ReliefScheme
from losses.selectors import claims, story
from losses.services import noticing
from records.doors import act_once
from records.forms import ActForm, new_key
from records.models import Objection, ObjectionStatus
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


def _publish(request, scheme_id, place, publish, status) -> HttpResponse:
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


def _preview(scheme, place, status, at) -> dict:
    amounts = status == ClaimStatus.COMPUTED
    where = {"household__village__parent": place} if amounts else {"household__village": place}
    rows = list(claims.with_story(LossClaim.objects.filter(scheme=scheme, status=status, **where)).order_by("pk"))
    days = scheme.county_days if amounts else scheme.village_days
    total = sum(claims.amount_fen_of(claim) for claim in rows) if amounts else 0
    try:
        ends, refusal = f"{notices.last_day(clock.county_day(at), days):%Y-%m-%d}", ""
    except DomainError as unknown:
        ends, refusal = "", str(unknown)
    return {
        "place": place.short_name,
        "scheme": scheme.name,
        "amounts": amounts,
        "rows": [
            {
                "name": masking.mask_name(claim.household.head_name),
                "village": claim.household.village.short_name,
                "line": f"{claim.listing.produce.name} {claims.quantity_words(claim)}",
                "amount": story.amount_words(claim) if amounts else "",
            }
            for claim in rows
        ],
        "total": money.yuan(total),
        "days": days,
        "ends": ends,
        "refusal": refusal,
        "idem": new_key(),
        "back": {"url": reverse("check-list"), "label": _("Publish")},
    }


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
        "tabs": [
            {"url": f"?state={one.value}", "label": str(one.label), "current": one.value == state}
            for one in ObjectionStatus
        ],
        "rows": [
            {
                "url": reverse("objection-answer", args=[row.pk]),
                "label": f"{row.number} {row.line.masked_name} {row.line.goods}",
                "hint": f"{row.line.notice.title} {story.day_time(row.at)}",
                "status": {"tone": _TONES[row.status], "text": str(ObjectionStatus(row.status).label)},
            }
            for row in page.rows
        ],
        "pages": {
            "previous_url": f"?state={state}&cursor={page.previous}" if page.previous else "",
            "next_url": f"?state={state}&cursor={page.next}" if page.next else "",
        },
    }
    return render(request, "losses/objection_list.html", context)


_TONES = {"open": "warn", "upheld": "danger", "rejected": "ok"}


@require_http_methods(["GET", "POST"])
def objection_answer(request: SignedIn, objection_id) -> HttpResponse:
    """Read one objection and answer it in words."""
    objection = permissions.access_objection(request.user, objection_id)
    if request.method == "GET":
        return _objection_page(request, objection, AnswerForm(initial={"idem": new_key()}))
    form = AnswerForm(request.POST)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        notices.answer_objection(
            objection, upheld=typed["verdict"] == "upheld", answer=typed["answer"], by=request.user, at=at
        )

    def again(sentence: str, _status: int) -> HttpResponse:
        if sentence:
            form.add_error(None, sentence)
        return _objection_page(request, objection, form)

    return act_once(request, form, act, to=reverse("objection-list"), done=_("Answered."), again=again)


def _objection_page(request: SignedIn, objection: Objection, form: AnswerForm) -> HttpResponse:
    line = objection.line
    context = {
        "objection": {
            "number": objection.number,
            "words": objection.words,
            "contact": objection.contact,
            "at": story.day_time(objection.at),
            "open": objection.status == ObjectionStatus.OPEN,
            "answer": objection.answer,
            "status": {"tone": _TONES[objection.status], "text": str(ObjectionStatus(objection.status).label)},
        },
        "line": {
            "name": line.masked_name,
            "village": line.village_name,
            "goods": line.goods,
            "amount": money.yuan(line.amount_fen) if line.amount_fen else "",
            "notice": line.notice.title,
            "notice_url": reverse("notice", args=[line.notice.number]),
        },
        "form": form,
        "back": {"url": reverse("objection-list"), "label": _("Objections")},
    }
    return render(request, "losses/objection_answer.html", context)
