"""Doors of plans that are still written: kept, gone on with, thrown away."""

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedIn
from canteens import permissions
from canteens.forms import PurchasePlanForm
from canteens.forms.plan_drafts import PlanDraftForm
from canteens.models import PlanDraft
from canteens.selectors.plan_drafts import drafts_of
from canteens.services import plan_drafts
from canteens.services.plan_drafts import DraftGone
from canteens.views.purchase_plans import show_new
from records.doors import Again, act_on, act_once
from records.forms import ActForm, new_key


@require_POST
def plan_draft_new(request: SignedIn) -> HttpResponse:
    """Keep a new plan as it is typed, finished or not."""
    permissions.access_plan_new(request.user)
    return _keep(request, None)


@require_http_methods(["GET", "POST"])
def plan_draft(request: SignedIn, plan_draft_id: int) -> HttpResponse:
    """Go on with a draft, or keep what it says now."""
    funds = permissions.access_plan_new(request.user)
    if request.method == "POST":
        draft = drafts_of(request.user).filter(pk=plan_draft_id).first()
        return _keep(request, draft) if draft else _as_typed(request, None)(str(DraftGone.message), 404)
    draft = permissions.access_plan_draft(request.user, plan_draft_id)
    form = PurchasePlanForm(initial={**draft.typed, "draft": draft.pk, "idem": new_key()}, funds=funds)
    return show_new(request, form, 200)


@require_POST
def plan_draft_drop(request: SignedIn, plan_draft_id: int) -> HttpResponse:
    """Throw a draft away."""
    draft = permissions.access_plan_draft(request.user, plan_draft_id)
    to, done = reverse("purchase-plan-list"), _("The draft is thrown away.")
    return act_on(request, ActForm(request.POST), plan_drafts.drop, draft, to=to, done=done)


def _keep(request: SignedIn, draft: PlanDraft | None) -> HttpResponse:
    form = PlanDraftForm(request.POST)

    def act(at: dt.datetime) -> dict[str, int]:
        return {"draft": plan_drafts.keep(form.said(), draft, by=request.user, at=at).pk}

    return act_once(
        request,
        form,
        act,
        to=lambda answer: reverse("plan-draft", args=[answer["draft"]]),
        done=_("Kept as a draft. Nobody else sees it until you send it."),
        again=_as_typed(request, draft),
    )


def _as_typed(request: SignedIn, draft: PlanDraft | None) -> Again:
    """Return what shows the plan's form again with all that was typed, and a sentence."""

    def again(sentence: str, status: int) -> HttpResponse:
        said = {**request.POST.dict(), "draft": draft.pk if draft is not None else None, "idem": new_key()}
        form = PurchasePlanForm(initial=said, funds=permissions.access_plan_new(request.user))
        return show_new(request, form, status, sentence or _("This is too long to be kept. Write it shorter."))

    return again
