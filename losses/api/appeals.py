"""Appeals for programs: said, listed, decided, taken back."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api_fields import KEY, IdField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from losses import permissions
from losses.api.claims import MOST_PHOTOS
from losses.filters import AppealFilter
from losses.forms import CONSENTS
from losses.models import LossAppeal
from losses.pages.words import head_name
from losses.services import appealing
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo


class AppealOut(serializers.Serializer):
    """One appeal; the household's name masked for those who need no more."""

    id = IdField()
    status = serializers.CharField()
    claim = IdField(source="claim_id")
    number = serializers.CharField(source="claim.number", help_text="of the refused claim")
    name = serializers.SerializerMethodField()
    words = serializers.CharField()
    by_proxy = serializers.BooleanField()
    at = serializers.DateTimeField()
    decide_by_at = serializers.DateTimeField()
    escalated_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    anew = IdField(source="anew_id", allow_null=True, help_text="the claim that it opened")

    def get_name(self, row: LossAppeal) -> str:
        """Return the head of household, in full only for those who may read it."""
        return head_name(row.claim, full=permissions.sees_names(self.context["request"].user, row.claim))


class AppealPageOut(PageOut):
    """One page of appeals."""

    results = AppealOut(many=True)


class Appeals(APIView):
    """The appeals one sees."""

    @extend_schema(
        parameters=[*PAGING, *parameters_of(AppealFilter)], responses=AppealPageOut, operation_id="appeal_list"
    )
    def get(self, request):
        """List the appeals, newest first."""
        rows = narrowed_for_program(request, AppealFilter, permissions.appeals_seen_by(request.user))
        return answer_page(rows, AppealOut, request=request, view=self)


class AppealClaim(APIView):
    """A refusal appealed."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="AppealSay")
    class Input(serializers.Serializer):
        """Why the refusal is not right; photos, if any, come as files."""

        words = serializers.CharField(max_length=500)
        consent = serializers.ChoiceField(CONSENTS, required=False, default="", allow_blank=True)
        photos = serializers.ListField(child=serializers.FileField(), required=False, max_length=MOST_PHOTOS)

    @extend_schema(
        request={"multipart/form-data": Input},
        responses={201: AppealOut},
        parameters=[KEY],
        operation_id="claim_appeal",
    )
    def post(self, request, claim_id):
        """Appeal the refusal of a claim, once; the same key again returns the same appeal."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_appeal)
        data = read_input(self.Input, request)
        said = {"words": data["words"], "consent": data["consent"]}

        def act(at: dt.datetime) -> dict[str, int]:
            photos = [receive_photo(photo, by=request.user, at=at, public=False) for photo in data.get("photos", [])]
            return {"appeal": appealing.appeal(claim, **said, photos=photos, by=request.user, at=at).pk}

        return _appeal(request, act_for_program(request, said, act)["appeal"], status=201)


class DecideAppeal(APIView):
    """The decision of somebody without a hand in the claim."""

    @extend_schema_serializer(component_name="AppealDecide")
    class Input(serializers.Serializer):
        """Whether it is right, and the words that the household reads."""

        upheld = serializers.BooleanField()
        words = serializers.CharField(max_length=500)

    @extend_schema(request=Input, responses=AppealOut, parameters=[KEY], operation_id="appeal_decide")
    def post(self, request, appeal_id):
        """Let the refusal stand, or report the loss anew over what is still free."""
        row = permissions.access_appeal(request.user, appeal_id, to=permissions.can_decide_appeal)
        program_acts_on(request, appealing.decide, row, self.Input)
        return _appeal(request, appeal_id)


class WithdrawAppeal(APIView):
    """An appeal taken back."""

    @extend_schema(request=None, responses=AppealOut, parameters=[KEY], operation_id="appeal_withdraw")
    def post(self, request, appeal_id):
        """Take an appeal back before it is decided."""
        row = permissions.access_appeal(request.user, appeal_id, to=permissions.can_take_appeal_back)
        program_acts_on(request, appealing.withdraw, row)
        return _appeal(request, appeal_id)


def _appeal(request, appeal_id, *, status=200) -> Response:
    row = permissions.access_appeal(request.user, appeal_id)
    return Response(AppealOut(row, context={"request": request}).data, status=status)
