"""Public notices: read without an account and without a script, printed for the wall, objected to without a name."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from kernel import clock, keyset, money
from kernel.dates import period_words
from kernel.errors import DomainError
from kernel.qr import square_code
from records.doors import once
from records.forms import ObjectionForm
from records.models import PublicNotice
from records.selectors import notices as selectors
from records.services import notices

# An address may object this often an hour; the line of people at one village phone still fits.
MOST_AN_HOUR = 10
HOUR = 3600


@require_GET
@login_not_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """List what is on public notice, what still runs in front."""
    at = clock.now()
    page = keyset.cut(selectors.public_notices(), ("-ends_at", "-pk"), cursor=request.GET.get("cursor", ""))
    rows = [
        {
            "url": reverse("notice", args=[notice.number]),
            "title": notice.title,
            "line": selectors.sum_words(notice.households, notice.total_fen),
            "period": _period(notice),
            "left": _left(selectors.is_open(notice, at=at), selectors.days_left(notice, at=at)),
        }
        for notice in page.rows
    ]
    pages = {
        "previous_url": f"?cursor={page.previous}" if page.previous else "",
        "next_url": f"?cursor={page.next}" if page.next else "",
    }
    return render(request, "records/notice_list.html", {"notices": rows, "pages": pages})


@require_GET
@login_not_required
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Show one notice: days left first, names masked, the way to object."""
    page = _page(number)
    return render(
        request, "losses/notice.html", _context(page) | {"print_url": reverse("notice-poster", args=[number])}
    )


@require_GET
@login_not_required
def notice_poster(request: HttpRequest, number: str) -> HttpResponse:
    """Draw the big sheet for the wall, with a code that leads to the same notice."""
    page = _page(number)
    address = request.build_absolute_uri(reverse("notice", args=[number]))
    code = mark_safe(square_code(address))  # noqa: S308  (made here, from our own address)
    context = _context(page) | {"poster": True, "qr": code, "address": address}
    return render(request, "losses/notice.html", context)


@require_http_methods(["GET", "POST"])
@login_not_required
def notice_object(request: HttpRequest, number: str) -> HttpResponse:
    """Take an objection to one line, with or without a name, and hand out its number."""
    page = _page(number)
    back = {"url": reverse("notice", args=[number]), "label": _("Public notice")}
    if not page.runs:
        return render(request, "records/notice_over.html", {"notice": {"title": page.notice.title}, "back": back})
    form = ObjectionForm(request.POST or None, lines=page.lines, initial={"idem": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            return _receipt(request, page.notice, _take(request, page, form.cleaned_data), back)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "notice": {"title": page.notice.title, "period": _period(page.notice)}, "back": back}
    return render(request, "records/notice_object.html", context, status=400 if form.errors else 200)


class TooManyObjections(DomainError):
    code = "too_many_objections"

    def __init__(self) -> None:
        super().__init__(_("Many objections came from this address within an hour. Wait a while, or call the county."))


def _take(request: HttpRequest, page: selectors.NoticePage, data: dict[str, Any]) -> str:
    """Return the number of the objection; the same form sent twice is one objection, whoever sends it."""

    def act(at: dt.datetime) -> dict[str, str]:
        counter = f"objections-from:{_address(request)}"
        cache.add(counter, 0, HOUR)
        if cache.incr(counter) > MOST_AN_HOUR:
            raise TooManyObjections
        line = next(row for row in page.lines if str(row.line_no) == data["line"])
        by = request.user if request.user.is_authenticated and data["contact"] else None
        return {"number": notices.object_to(line, words=data["words"], contact=data["contact"], at=at, by=by).number}

    return once(request, str(data["idem"]), {name: data[name] for name in ("line", "words", "contact")}, act)["number"]


def _receipt(request: HttpRequest, notice: PublicNotice, number: str, back: dict[str, str]) -> HttpResponse:
    receipt = {
        "title": _("Your objection has arrived"),
        "number": number,
        "sentence": _("Only this household waits, the others go on."),
        "steps": [
            _("Somebody who did not publish this notice looks into it."),
            _("You get an answer within three working days. Call and say the number."),
        ],
    }
    actions = [{"url": back["url"], "label": _("Back to the notice")}]
    return render(request, "receipt.html", {"receipt": receipt, "actions": actions, "back": back})


def _page(number: str) -> selectors.NoticePage:
    found = get_object_or_404(selectors.public_notices(), number=number)
    return selectors.page_of(found, at=clock.now())


def _context(page: selectors.NoticePage) -> dict:
    one = page.notice
    ended = ""
    if not page.runs:
        ended = _("This notice has ended: %(sum)s.") % {"sum": selectors.sum_words(page.households, page.total_fen)}
    return {
        "notice": {
            "title": one.title,
            "office": one.place_name,
            "number": one.number,
            "left": _left(page.runs, page.days_left),
            "period": _period(one),
            "period_note": _("%(n)s working days, weekends and holidays do not count") % {"n": one.working_days},
            "rule": {"url": reverse("scheme-list"), "label": one.basis},
            "sum_text": selectors.sum_words(page.households, page.total_fen),
            "how": one.how_computed,
        },
        "rows": [
            {
                "name": line.masked_name,
                "village": line.village_name,
                "line": line.goods,
                "no": line.line_no,
                "amount": money.yuan(line.amount_fen) if line.amount_fen is not None else "",
            }
            for line in page.lines
        ],
        "total": {
            "label": _("%(n)s households in all") % {"n": page.households},
            "amount": money.yuan(page.total_fen) if page.total_fen is not None else "",
        },
        "ended": ended,
        "objection": {"url": reverse("notice-object", args=[one.number])} if page.runs else None,
        "back": {"url": reverse("notice-list"), "label": _("Public notices")},
    }


def _period(one: PublicNotice) -> str:
    return period_words(one.starts_on, one.ends_on)


def _left(runs: bool, days: int) -> dict:
    if not runs:
        return {"tone": "plain", "text": _("The notice has ended")}
    return {"tone": "info", "text": _("On notice, %(n)s working days left") % {"n": days}}


def _address(request: HttpRequest) -> str:
    """Return where a request comes from, behind as many proxies as the site says it has."""
    return BaseThrottle().get_ident(Request(request)) or ""
