"""Goods sent back: the buyer asks, the seller answers, the county decides."""

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
from accounts.selectors import standing
from kernel import clock, keyset, weight
from kernel.present import name_of
from kernel.shown import Link, page_links
from orders import permissions
from orders.forms import AgreeForm, ContestReturnForm, CorrectionForm, PartForm, ReturnForm
from orders.models import GoodsReturn, ReceiptLine, ReturnStatus
from orders.pages import returns as pages
from orders.selectors.returned import corrected_of, left_of
from orders.selectors.returns import OPEN_RETURNS, open_returns, returns_seen_by
from orders.services import correcting, returning
from orders.views import WAITING, WAITING_A_PAGE
from records.doors import act_on, act_once
from records.forms import ActForm, new_key
from records.models import Attachment
from records.pages.photos import SMALL_PX, private_photo
from records.services.photos import receive_photo


@require_GET
def return_list(request: SignedIn) -> HttpResponse:
    """List goods sent back: what waits first, the first due first, the rest after it."""
    at, rows = clock.now(), returns_seen_by(request.user)
    page = keyset.cut(rows.exclude(status__in=OPEN_RETURNS), ("-pk",), cursor=request.GET.get("cursor", ""))
    cursor = request.GET.get(WAITING, "")
    waiting = keyset.cut(open_returns(rows), ("due_at", "pk"), cursor=cursor, size=WAITING_A_PAGE)
    context = {
        "waiting": [pages.return_row(row, at) for row in waiting.rows],
        "waiting_pages": page_links(waiting, name=WAITING),
        "rows": [pages.return_row(row, at) for row in page.rows],
        "pages": page_links(page),
    }
    return render(request, "orders/return_list.html", context)


@require_http_methods(["GET", "POST"])
def return_ask(request: SignedIn, receipt_id: int, line_id: int) -> HttpResponse:
    """Ask that some of a signed lot goes back, with reason, words and a photo."""
    line = permissions.access_line_to_return(request.user, receipt_id, line_id)
    counted = line.accepted_pieces is not None
    if request.method == "GET":
        return _ask_page(request, line, ReturnForm(counted=counted, initial={"idem": new_key()}), "", 200)
    form = ReturnForm(request.POST, request.FILES, counted=counted)

    def act(at: dt.datetime) -> dict[str, int]:
        typed = form.cleaned_data
        photo = receive_photo(typed["photo"], by=request.user, at=at, public=False)
        row = returning.ask_return(
            line,
            grams=typed["weight"],
            pieces=typed.get("pieces"),
            reason=typed["reason"],
            words=typed["words"],
            photos=[photo],
            by=request.user,
            at=at,
        )
        return {"return": row.pk}

    def to(answer: dict[str, Any]) -> str:
        return reverse("return-detail", args=[answer["return"]])

    done = _("The seller has been told and answers within the time shown.")
    return act_once(request, form, act, to=to, done=done, again=partial(_ask_page, request, line, form))


@require_http_methods(["GET", "POST"])
def correction_ask(request: SignedIn, receipt_id: int, line_id: int) -> HttpResponse:
    """Propose that the scale of a signed lot was read wrongly."""
    line = permissions.access_line_to_return(request.user, receipt_id, line_id)
    counted = line.accepted_pieces is not None
    if request.method == "GET":
        return _correct_page(request, line, CorrectionForm(counted=counted, initial={"idem": new_key()}), "", 200)
    form = CorrectionForm(request.POST, request.FILES, counted=counted)

    def act(at: dt.datetime) -> dict[str, int]:
        typed = form.cleaned_data
        given = typed["photo"]
        photo = receive_photo(given, by=request.user, at=at, public=False) if given else None
        what = {"grams": typed["weight"], "pieces": typed.get("pieces"), "words": typed["words"]}
        return {"return": correcting.ask_correction(line, **what, photo=photo, by=request.user, at=at).pk}

    def to(answer: dict[str, Any]) -> str:
        return reverse("return-detail", args=[answer["return"]])

    done = _("Written down. A second person of the buyer signs it, then the seller is asked.")
    return act_once(request, form, act, to=to, done=done, again=partial(_correct_page, request, line, form))


@require_POST
def correction_sign(request: SignedIn, return_id: int) -> HttpResponse:
    """Sign a correction as the second person of the buyer."""
    row = permissions.access_return(request.user, return_id, to=permissions.can_withdraw_return)
    to, done = reverse("return-detail", args=[row.pk]), _("Signed. The seller has been asked.")
    return act_on(request, ActForm(request.POST), correcting.countersign, row, to=to, done=done)


@require_GET
def return_detail(request: SignedIn, return_id: int) -> HttpResponse:
    """Show goods sent back: why, by photo, what both sides say, and what this person may do."""
    return _page(request, permissions.access_return(request.user, return_id))


@require_POST
def return_agree(request: SignedIn, return_id: int) -> HttpResponse:
    """Take goods back for the seller, all of them or less."""
    row = permissions.access_return(request.user, return_id, to=permissions.can_answer_return)
    form = AgreeForm(request.POST, row=row)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        part = form.part()
        more = {"fate": typed.get("fate", ""), "words": typed.get("words", ""), "consent": typed["consent"]}
        returning.agree_to_return(
            row,
            grams=part["grams"],
            pieces=part["pieces"],
            **more,
            proxy_name=_proxy(request, row),
            by=request.user,
            at=at,
        )

    return _act(request, row, form, act, done=_("Agreed. The buyer has been told."), shown="agree")


@require_POST
def return_contest(request: SignedIn, return_id: int) -> HttpResponse:
    """Take nothing back: the county decides."""
    row = permissions.access_return(request.user, return_id, to=permissions.can_answer_return)
    form = ContestReturnForm(request.POST)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        more = {"words": typed["words"], "consent": typed["consent"]}
        returning.contest_return(row, **more, proxy_name=_proxy(request, row), by=request.user, at=at)

    return _act(request, row, form, act, done=_("The county decides, and tells you."), shown="contest")


@require_POST
def return_decide(request: SignedIn, return_id: int) -> HttpResponse:
    """Decide for the county how much goes back; nought is nothing."""
    row = permissions.access_return(request.user, return_id, to=permissions.can_decide_return)
    form = PartForm(request.POST, row=row)

    def act(at: dt.datetime) -> None:
        part = form.part()
        grams, pieces = part["grams"] or 0, part["pieces"]
        returning.decide_return(
            row, grams=grams, pieces=pieces, words=form.cleaned_data["words"], by=request.user, at=at
        )

    return _act(request, row, form, act, done=_("Decided. Both sides have been told."), shown="decide")


@require_POST
def return_withdraw(request: SignedIn, return_id: int) -> HttpResponse:
    """Take back for the buyer what it asked."""
    row = permissions.access_return(request.user, return_id, to=permissions.can_withdraw_return)
    to, done = reverse("return-detail", args=[row.pk]), _("Taken back. The seller has been told.")
    if not row.seller_was_asked:
        done = _("Taken back. The seller had not been asked yet.")
    return act_on(request, ActForm(request.POST), returning.withdraw_return, row, to=to, done=done)


@require_GET
def return_photo(request: SignedIn, return_id: int, file_id: uuid.UUID) -> FileResponse:
    """Show one photo of goods sent back."""
    file = permissions.access_return_photo(request.user, return_id, file_id)
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))


def _act(request: SignedIn, row: GoodsReturn, form: ActForm, act: Any, *, done: str, shown: str) -> HttpResponse:
    typed: dict[str, Any] = {shown: form}

    def again(sentence: str, status: int) -> HttpResponse:
        return _page(request, row, refusal=sentence, status=status, **typed)

    return act_once(request, form, act, to=reverse("return-detail", args=[row.pk]), done=done, again=again)


def _proxy(request: SignedIn, row: GoodsReturn) -> str:
    lot = row.receipt_line.allocation
    return standing(request.user).name if permissions.answers_for_others(request.user, lot) else ""


def _ask_page(request: SignedIn, line: ReceiptLine, form: ReturnForm, refusal: str, status: int) -> HttpResponse:
    left, listing = left_of(line), line.allocation.listing
    context = {
        "goods": name_of(listing.produce),
        "left": listing.in_words(left.grams if left.pieces is None else left.pieces),
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("receipt-detail", args=[line.receipt_id]), _("Receipt")),
    }
    return render(request, "orders/return_ask.html", context, status=status)


def _correct_page(
    request: SignedIn, line: ReceiptLine, form: CorrectionForm, refusal: str, status: int
) -> HttpResponse:
    stands, listing = corrected_of(line), line.allocation.listing
    heads = "" if stands.pieces is None else listing.in_words(stands.pieces) + "、"
    context = {
        "goods": name_of(listing.produce),
        "stands": heads + weight.both(stands.grams),
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("receipt-detail", args=[line.receipt_id]), _("Receipt")),
    }
    return render(request, "orders/correction_ask.html", context, status=status)


def _page(
    request: SignedIn,
    row: GoodsReturn,
    *,
    agree: AgreeForm | None = None,
    contest: ContestReturnForm | None = None,
    decide: PartForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    lot, user = row.receipt_line.allocation, request.user
    asked, contested = row.status == ReturnStatus.ASKED, row.status == ReturnStatus.CONTESTED
    unsigned = asked and not row.seller_was_asked
    photos = Attachment.objects.filter(document=row.reference).order_by("pk")
    fresh = {"idem": new_key()}
    context = {
        "row": row,
        "title": pages.title(row),
        "meta": [row.number, lot.order.buyer.name],
        "status": pages.return_tag(row),
        "facts": pages.return_facts(row, clock.now()),
        "photos": [reverse("return-photo", args=[row.pk, photo.file_id]) for photo in photos],
        "may_sign": unsigned and row.asked_by_id != user.pk and permissions.can_withdraw_return(user, row),
        "may_answer": asked
        and not unsigned
        and clock.now() < row.answer_by_at
        and permissions.can_answer_return(user, row),
        "may_decide": contested and permissions.can_decide_return(user, row),
        "may_withdraw": (asked or contested)
        and row.complaint_id is None
        and permissions.can_withdraw_return(user, row),
        "for_others": permissions.answers_for_others(user, lot) and not permissions.answers_as_agent(user, lot),
        "agree": agree or AgreeForm(row=row, initial=fresh),
        "contest": contest or ContestReturnForm(initial=fresh),
        "decide": decide or PartForm(row=row, initial=fresh),
        "withdraw": ActForm(initial=fresh),
        "sign": ActForm(initial=fresh),
        "refusal": refusal,
        "back": Link(reverse("return-list"), _("Goods sent back")),
    }
    return render(request, "orders/return_detail.html", context, status=status)
