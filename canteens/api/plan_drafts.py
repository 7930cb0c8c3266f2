"""Drafts of purchase plans for programs: kept, read, thrown away, as on the pages."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from canteens import permissions
from canteens.models import PlanDraft
from canteens.selectors.plan_drafts import draft_days, drafts_of, ends_on
from canteens.services import plan_drafts
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, read_input
from records.doors import act_for_program, program_acts_on


class TypedText(serializers.CharField):
    """One answer as it is typed, finished or not."""

    def __init__(self) -> None:
        super().__init__(
            max_length=plan_drafts.MOST_TYPED, required=False, allow_blank=True, trim_whitespace=False, default=""
        )


class PlanTyped(serializers.Serializer):
    """What is typed of a plan, by the names of a plan's own answers; goods one a line, as on the page."""

    fund = TypedText()
    kind = TypedText()
    occasion = TypedText()
    total = TypedText()
    goods = TypedText()
    per_head = TypedText()
    apart = serializers.ChoiceField(("", "on"), required=False, default="", help_text="`on`: as if it were ticked")
    from_on = TypedText()
    to_on = TypedText()
    committee_record = TypedText()
    project_number = TypedText()


class PlanDraftOut(serializers.Serializer):
    """One draft of the person who asks."""

    id = IdField(source="pk")
    typed = PlanTyped()
    changed_at = serializers.DateTimeField()
    ends_on = DayField(help_text="thrown away then, if it is neither changed nor sent")


class PlanDraftsOut(serializers.Serializer):
    """All drafts of the person who asks, the one changed last first."""

    results = PlanDraftOut(many=True)


class DroppedOut(serializers.Serializer):
    """That a draft is gone."""

    dropped = serializers.BooleanField()


@extend_schema_serializer(component_name="PlanDraftIn")
class PlanDraftIn(PlanTyped):
    """What is typed so far."""


class PlanDrafts(APIView):
    """One's own drafts, and a new one."""

    @extend_schema(responses=PlanDraftsOut, operation_id="plan_draft_list")
    def get(self, request: SignedInCall) -> Response:
        """List the drafts of plans one keeps."""
        permissions.access_plan_new(request.user)
        return Response({"results": [_shown(draft) for draft in drafts_of(request.user)]})

    @extend_schema(request=PlanDraftIn, responses={201: PlanDraftOut}, parameters=[KEY], operation_id="plan_draft_new")
    def post(self, request: SignedInCall) -> Response:
        """Keep a plan as it is typed; it is sent with `draft` at purchase-plans/."""
        permissions.access_plan_new(request.user)
        return _keep(request, None, 201)


class OnePlanDraft(APIView):
    """A draft that is gone on with."""

    @extend_schema(responses=PlanDraftOut, operation_id="plan_draft_detail")
    def get(self, request: SignedInCall, plan_draft_id: int) -> Response:
        """Return one of one's own drafts."""
        return Response(_shown(permissions.access_plan_draft(request.user, plan_draft_id)))

    @extend_schema(request=PlanDraftIn, responses=PlanDraftOut, parameters=[KEY], operation_id="plan_draft_keep")
    def post(self, request: SignedInCall, plan_draft_id: int) -> Response:
        """Keep what is typed now instead of what the draft said."""
        return _keep(request, permissions.access_plan_draft(request.user, plan_draft_id), 200)


class DropPlanDraft(APIView):
    """A draft that is not needed."""

    @extend_schema(request=None, responses=DroppedOut, parameters=[KEY], operation_id="plan_draft_drop")
    def post(self, request: SignedInCall, plan_draft_id: int) -> Response:
        """Throw a draft away."""
        draft = permissions.access_plan_draft(request.user, plan_draft_id)
        program_acts_on(request, plan_drafts.drop, draft)
        return Response({"dropped": True})


def _keep(request: SignedInCall, draft: PlanDraft | None, status: int) -> Response:
    asked = read_input(PlanDraftIn, request)

    def act(at: dt.datetime) -> dict[str, int]:
        return {"draft": plan_drafts.keep(asked, draft, by=request.user, at=at).pk}

    kept = act_for_program(request, asked, act)["draft"]
    return Response(_shown(permissions.access_plan_draft(request.user, kept)), status=status)


def _shown(draft: PlanDraft) -> dict[str, object]:
    days = draft_days(clock.now())
    row = {"pk": draft.pk, "typed": draft.typed, "changed_at": draft.changed_at, "ends_on": ends_on(draft, days)}
    return dict(PlanDraftOut(row).data)
