"""Doors of a plan's public notice, its quotes, and the objections to it."""

import datetime as dt
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from canteens import permissions
from canteens.forms.publicity import IntentForm, ObjectionAnswerForm, QuoteForm
from canteens.models import PurchasePlan
from canteens.pages import plan_requirements as pages
from canteens.services import plan_quotes, publicity
from kernel.shown import Link
from records.doors import act_once, on_form
from records.forms import new_key, sent_or_new
from records.models import Attachment
from records.pages.photos import SMALL_PX, private_photo
from records.services.photos import receive_photo


@require_http_methods(["GET", "POST"])
def purchase_plan_notice(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Put a plan on public notice, with what everybody is to read of it."""
    plan = permissions.access_plan_to_prepare(request.user, purchase_plan_id)
    form = sent_or_new(request, IntentForm)

    def page(status: int) -> HttpResponse:
        context = {"form": form, "plan": plan, "back": _back(plan)}
        return render(request, "canteens/purchase_plan_notice.html", context, status=status)

    def act(at: dt.datetime) -> None:
        said = form.cleaned_data
        intent = publicity.Intent(goods=said["goods"], sellers=said["sellers"], people=said["people"])
        publicity.put_on_notice(plan, intent, by=request.user, at=at)

    if request.method == "GET":
        return page(200)
    done = _("It hangs on public notice now. Everybody can read it.")
    return act_once(request, form, act, to=_back(plan).url, done=done, again=on_form(form, page))


@require_http_methods(["GET", "POST"])
def purchase_plan_quote(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Keep a supplier's quote with its photo."""
    plan = permissions.access_plan_to_prepare(request.user, purchase_plan_id)
    if request.method == "POST":
        form = QuoteForm(request.POST, request.FILES)
    else:
        form = QuoteForm(initial={"idem": new_key()})

    def page(status: int) -> HttpResponse:
        context = {"form": form, "plan": plan, "back": _back(plan)}
        return render(request, "canteens/purchase_plan_quote.html", context, status=status)

    def act(at: dt.datetime) -> None:
        said = form.cleaned_data
        photo = receive_photo(said["photo"], by=request.user, at=at, public=False)
        plan_quotes.add_quote(plan, said["supplier"], said["amount"], photo, by=request.user, at=at)

    if request.method == "GET":
        return page(200)
    return act_once(request, form, act, to=_back(plan).url, done=_("The quote is kept."), again=on_form(form, page))


@require_GET
def purchase_plan_quote_photo(request: SignedIn, purchase_plan_id: int, file_id: UUID) -> FileResponse:
    """Show the photo of one quote."""
    plan = permissions.access_plan(request.user, purchase_plan_id)
    photos = Attachment.objects.filter(document=plan.reference, role=plan_quotes.QUOTE_PHOTO)
    photo = get_object_or_404(photos.select_related("file"), file=file_id)
    return private_photo(photo.file, small=request.GET.get("px") == str(SMALL_PX))


@require_http_methods(["GET", "POST"])
def purchase_plan_objection(request: SignedIn, purchase_plan_id: int, objection_id: UUID) -> HttpResponse:
    """Read an objection to a plan and answer it in words, as a person who did not draw the plan up."""
    objection = permissions.access_plan_objection(request.user, purchase_plan_id, objection_id)
    plan = permissions.access_plan(request.user, purchase_plan_id)
    form = sent_or_new(request, ObjectionAnswerForm)

    def page(status: int) -> HttpResponse:
        context = {"form": form, "plan": plan, "objection": pages.objection_page(objection), "back": _back(plan)}
        return render(request, "canteens/purchase_plan_objection.html", context, status=status)

    def act(at: dt.datetime) -> None:
        said = form.cleaned_data
        upheld = said["verdict"] == "upheld"
        publicity.answer_objection(objection, upheld=upheld, answer=said["answer"], by=request.user, at=at)

    if request.method == "GET":
        return page(200)
    done = _("Answered. Everybody reads it under the notice.")
    return act_once(request, form, act, to=_back(plan).url, done=done, again=on_form(form, page))


def _back(plan: PurchasePlan) -> Link:
    return Link(reverse("purchase-plan-detail", args=[plan.pk]), plan.occasion)
