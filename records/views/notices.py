"""Public notices: read without an account and without a script, printed for the wall, objected to without a name."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from kernel import clock, keyset
from kernel.errors import DomainError
from kernel.places import places
from kernel.qr import square_code
from kernel.shown import Action, Link, page_links
from kernel.spare_cache import how_often
from records.doors import once
from records.forms import ObjectionForm
from records.models import NoticeStatus
from records.pages import notices as pages
from records.pages import posters
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
    rows = [pages.notice_row(notice, notice.households, notice.total_fen, at=at) for notice in page.rows]
    return render(request, "records/notice_list.html", {"notices": rows, "pages": page_links(page)})


@require_GET
@login_not_required
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Show one notice: days left first, names masked, the way to object; of a withdrawn one why it was withdrawn."""
    page = selectors.page_of(get_object_or_404(selectors.counted(), number=number), at=clock.now())
    if page.notice.status == NoticeStatus.WITHDRAWN:
        context = {"title": page.notice.title, "number": number, "why": notices.why_withdrawn(page.notice)}
        return render(request, "records/notice_withdrawn.html", context)
    context = _context(request, page) | {"print_url": reverse("notice-poster", args=[number])}
    return render(request, "records/notice.html", context)


@require_GET
@login_not_required
def notice_poster(request: HttpRequest, number: str) -> HttpResponse:
    """Draw the big sheet for the wall, with a code that leads to the same notice."""
    page = _page(number)
    address = request.build_absolute_uri(reverse("notice", args=[number]))
    code = mark_safe(square_code(address))  # noqa: S308  (made here, from our own address)
    context = _context(request, page) | {"poster": True, "qr": code, "address": address}
    return render(request, "records/notice.html", context)


@require_GET
@login_not_required
def notice_signed(request: HttpRequest, number: str) -> FileResponse:
    """Hand out the signed sheet, as long as its lines may be shown."""
    signature = _page(number).signature
    if signature is None:
        raise Http404
    return posters.signed_file(signature)


@require_http_methods(["GET", "POST"])
@login_not_required
def notice_object(request: HttpRequest, number: str) -> HttpResponse:
    """Take an objection to one line, with or without a name, and hand out its number."""
    page = _page(number)
    back = Link(reverse("notice", args=[number]), _("Public notice"))
    if not page.runs:
        return render(request, "records/notice_over.html", {"notice": {"title": page.notice.title}, "back": back})
    form = ObjectionForm(request.POST or None, lines=page.lines, initial={"idem": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            return _receipt(request, page, _take(request, page, form.cleaned_data), back)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "notice": {"title": page.notice.title, "period": pages.period_of(page.notice)},
        "of_plan": pages.is_of_plan(page.notice),
        "back": back,
    }
    return render(request, "records/notice_object.html", context, status=400 if form.errors else 200)


class TooManyObjections(DomainError):
    code = "too_many_objections"

    def __init__(self) -> None:
        super().__init__(_("Many objections came from this address within an hour. Wait a while, or call the county."))


def _take(request: HttpRequest, page: selectors.NoticePage, data: dict[str, Any]) -> dict[str, str]:
    """Return the number of the objection and its id; the same form sent twice is one objection, whoever sends it."""

    def act(at: dt.datetime) -> dict[str, str]:
        if how_often(f"objections-from:{_address(request)}", HOUR) > MOST_AN_HOUR:
            raise TooManyObjections
        line = next(row for row in page.lines if str(row.line_no) == data["line"])
        by = request.user if request.user.is_authenticated and data["contact"] else None
        objection = notices.object_to(line, words=data["words"], contact=data["contact"], at=at, by=by)
        return {"number": objection.number, "objection": str(objection.pk)}

    return once(request, str(data["idem"]), {name: data[name] for name in ("line", "words", "contact")}, act)


def _receipt(request: HttpRequest, page: selectors.NoticePage, taken: dict[str, str], back: Link) -> HttpResponse:
    key = uuid.UUID(taken["objection"])
    due_at = selectors.due_at_of(key)
    context = {
        "receipt": pages.objection_receipt(page.notice, taken["number"], notices.check_word(key), due_at),
        "actions": [Action(back.url, _("Back to the notice"))],
        "back": back,
    }
    return render(request, "receipt.html", context)


def _page(number: str) -> selectors.NoticePage:
    notice = get_object_or_404(selectors.public_notices(), number=number)
    return selectors.page_of(notice, at=clock.now())


def _context(request: HttpRequest, page: selectors.NoticePage) -> dict[str, Any]:
    return {
        "notice": pages.notice_head(page, rules_url=places(request).rules()),
        "rows": [pages.public_line(page.notice, line) for line in page.lines],
        "total": pages.total_of(page),
        "ended": pages.ended_words(page),
        "of_plan": pages.is_of_plan(page.notice),
        "outcomes": pages.outcomes(page),
        "answer_days": page.answer_days,
        "objection": Link(reverse("notice-object", args=[page.notice.number]), "") if page.runs else None,
        "signed": _signed(page),
        "back": Link(reverse("notice-list"), _("Public notices")),
    }


def _signed(page: selectors.NoticePage) -> dict[str, Any] | None:
    if page.signature is None:
        return None
    return {
        "url": reverse("notice-signed", args=[page.notice.number]),
        "facts": posters.signature_facts(page.signature),
    }


def _address(request: HttpRequest) -> str:
    """Return where a request comes from, behind as many proxies as the site says it has."""
    return BaseThrottle().get_ident(Request(request)) or ""
