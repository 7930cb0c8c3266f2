"""Complaints about deliveries: one side complains, the other answers, the county decides."""

import datetime as dt
import uuid
from functools import partial
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.narrowing import narrowed
from kernel.present import name_of
from kernel.shown import Link, page_links
from orders import permissions as people
from orders.filters import ComplaintFilter
from orders.forms.complaints import (
    DENY,
    ENOUGH,
    GRANT,
    RIGHT,
    AnswerComplaintForm,
    ChooseForm,
    ComplainForm,
    DecideComplaintForm,
)
from orders.models import Complaint, ComplaintStatus, ReceiptLine, Side
from orders.pages import complaints as pages
from orders.permissions import complaints as permissions
from orders.selectors.complaints import OPEN_COMPLAINTS, complaints_seen_by
from orders.services import complaining
from orders.views import WAITING, WAITING_A_PAGE
from records.doors import act_on, act_once
from records.forms import ActForm, new_key
from records.models import StoredFile
from records.pages.photos import SMALL_PX, private_photo
from records.services.photos import receive_photo


@require_GET
def complaint_list(request: SignedIn) -> HttpResponse:
    """List complaints: what waits first, the first due first, the rest after it."""
    found = narrowed(request, ComplaintFilter, complaints_seen_by(request.user))
    page = keyset.cut(found.rows.exclude(status__in=OPEN_COMPLAINTS), ("-pk",), cursor=request.GET.get("cursor", ""))
    at, open_now, cursor = clock.now(), found.rows.filter(status__in=OPEN_COMPLAINTS), request.GET.get(WAITING, "")
    waiting = keyset.cut(open_now, ("until_at", "pk"), cursor=cursor, size=WAITING_A_PAGE)
    context = {
        "found": found,
        "waiting": [pages.complaint_row(row, request.user, at) for row in waiting.rows],
        "waiting_pages": page_links(waiting, found.kept, name=WAITING),
        "rows": [pages.complaint_row(row, request.user, at) for row in page.rows],
        "pages": page_links(page, found.kept),
    }
    return render(request, "orders/complaint_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def complaint_new(request: SignedIn, receipt_id: int, line_id: int) -> HttpResponse:
    """Complain of a delivered lot for one's side."""
    line, side = permissions.access_line_to_complain(request.user, receipt_id, line_id)
    if request.method == "GET":
        return _new_page(request, line, side, ComplainForm(initial={"idem": new_key()}), "", 200)
    form = ComplainForm(request.POST, request.FILES)

    def act(at: dt.datetime) -> dict[str, int]:
        typed = form.cleaned_data
        photo = _photo(request, typed["photo"], at)
        row = complaining.complain(
            line,
            side=side,
            about=typed["about"],
            grams=typed["weight"] or 0,
            fen=typed["amount"] or 0,
            words=typed["words"],
            photos=[photo] if photo is not None else [],
            by=request.user,
            at=at,
            proxy=permissions.proxy_of(request.user, line.allocation, side, typed["consent"]),
        )
        return {"complaint": row.pk}

    def to(answer: dict[str, Any]) -> str:
        return reverse("complaint-detail", args=[answer["complaint"]])

    done = _("The other side has been told and answers within the time shown.")
    return act_once(request, form, act, to=to, done=done, again=partial(_new_page, request, line, side, form))


@require_GET
def complaint_detail(request: SignedIn, complaint_id: int) -> HttpResponse:
    """Show a complaint: what both sides say, whose turn it is, and what this person may do."""
    return _page(request, permissions.access_complaint(request.user, complaint_id))


@require_POST
def complaint_answer(request: SignedIn, complaint_id: int) -> HttpResponse:
    """Answer for the other side: it is right, right in part, or not."""
    row = permissions.access_complaint(request.user, complaint_id, to=permissions.can_answer_complaint)
    form = AnswerComplaintForm(request.POST, request.FILES, row=row)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        side = complaining.other_side(row.side)
        proxy = permissions.proxy_of(request.user, row.receipt_line.allocation, side, typed["consent"])
        said: dict[str, Any] = {"words": typed["words"], "by": request.user, "at": at, "proxy": proxy}
        if typed["how"] == GRANT:
            complaining.grant(row, **said)
        elif typed["how"] == DENY:
            complaining.deny(row, photo=_photo(request, typed["photo"], at), **said)
        else:
            part = form.part()
            photo = _photo(request, typed["photo"], at)
            complaining.offer(row, grams=part["grams"], fen=part["fen"], photo=photo, **said)

    return _act(request, row, form, act, done=_("Written down. The other side has been told."), shown="answer")


@require_POST
def complaint_choose(request: SignedIn, complaint_id: int) -> HttpResponse:
    """Say for who complained whether the offered part is enough."""
    row = permissions.access_complaint(request.user, complaint_id, to=permissions.can_speak_for_complaint)
    form = ChooseForm(request.POST)

    def act(at: dt.datetime) -> None:
        verb = complaining.take_offer if form.cleaned_data["choice"] == ENOUGH else complaining.insist
        verb(row, by=request.user, at=at)

    return _act(request, row, form, act, done=_("Written down. The other side has been told."), shown="choose")


@require_POST
def complaint_take_back(request: SignedIn, complaint_id: int) -> HttpResponse:
    """Take a complaint back for who made it."""
    row = permissions.access_complaint(request.user, complaint_id, to=permissions.can_speak_for_complaint)
    to, done = reverse("complaint-detail", args=[row.pk]), _("Taken back. The other side has been told.")
    return act_on(request, ActForm(request.POST), complaining.take_back, row, to=to, done=done)


@require_POST
def complaint_decide(request: SignedIn, complaint_id: int) -> HttpResponse:
    """Decide for the county whether a complaint is right, and for how much."""
    row = permissions.access_complaint(request.user, complaint_id, to=permissions.can_decide_complaint)
    form = DecideComplaintForm(request.POST, row=row)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        right = typed["decision"] == RIGHT
        complaining.decide(row, right=right, **form.whole_or_part(), words=typed["words"], by=request.user, at=at)

    return _act(request, row, form, act, done=_("Decided. Both sides have been told."), shown="decide")


@require_GET
def complaint_photo(request: SignedIn, complaint_id: int, file_id: uuid.UUID) -> FileResponse:
    """Show one photo of a complaint."""
    file = permissions.access_complaint_photo(request.user, complaint_id, file_id)
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))


def _photo(request: SignedIn, sent: Any, at: dt.datetime) -> StoredFile | None:
    return receive_photo(sent, by=request.user, at=at, public=False) if sent else None


def _act(request: SignedIn, row: Complaint, form: ActForm, act: Any, *, done: str, shown: str) -> HttpResponse:
    typed: dict[str, Any] = {shown: form}

    def again(sentence: str, status: int) -> HttpResponse:
        return _page(request, row, refusal=sentence, status=status, **typed)

    return act_once(request, form, act, to=reverse("complaint-detail", args=[row.pk]), done=done, again=again)


def _for_others(request: SignedIn, row_side: str, line: ReceiptLine) -> bool:
    lot = line.allocation
    speaks = row_side == Side.SELLER and people.answers_for_others(request.user, lot)
    return speaks and not people.answers_as_agent(request.user, lot)


def _new_page(
    request: SignedIn, line: ReceiptLine, side: str, form: ComplainForm, refusal: str, status: int
) -> HttpResponse:
    context = {
        "goods": name_of(line.allocation.line.produce),
        "buyer": line.allocation.order.buyer.name,
        "for_others": _for_others(request, side, line),
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("receipt-detail", args=[line.receipt_id]), _("Receipt")),
    }
    return render(request, "orders/complaint_new.html", context, status=status)


def _page(
    request: SignedIn,
    row: Complaint,
    *,
    answer: AnswerComplaintForm | None = None,
    choose: ChooseForm | None = None,
    decide: DecideComplaintForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    user, at, fresh = request.user, clock.now(), {"idem": new_key()}
    in_time = at < row.until_at
    speaks = permissions.can_speak_for_complaint(user, row)
    context = {
        "row": row,
        "title": pages.title(row),
        "meta": [row.number],
        "status": pages.complaint_tag(row),
        "turn": pages.turn(row, user),
        "until": pages.until(row, at),
        "silence": pages.after_silence(row),
        "facts": pages.complaint_facts(row, user),
        "photos": pages.photos_of(row),
        "may_answer": row.status == ComplaintStatus.RAISED and in_time and permissions.can_answer_complaint(user, row),
        "may_choose": row.status == ComplaintStatus.OFFERED and in_time and speaks,
        "may_decide": row.status == ComplaintStatus.COUNTY and permissions.can_decide_complaint(user, row),
        "may_take_back": row.status in OPEN_COMPLAINTS and speaks,
        "for_others": _for_others(request, complaining.other_side(row.side), row.receipt_line),
        "answer": answer or AnswerComplaintForm(row=row, initial=fresh),
        "choose": choose or ChooseForm(initial=fresh),
        "decide": decide or DecideComplaintForm(row=row, initial=fresh),
        "take_back": ActForm(initial=fresh),
        "refusal": refusal,
        "back": Link(reverse("complaint-list"), _("Complaints")),
    }
    return render(request, "orders/complaint_detail.html", context, status=status)
