"""Re-inspections at awards for programs."""

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api_fields import KEY, IdField, YuanField
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from losses import permissions
from losses.filters import ReinspectionFilter
from losses.models import Reinspection, ReinspectionOutcome
from losses.pages.words import head_name
from losses.services import reinspecting
from records.doors import program_acts_on


class ReinspectionOut(serializers.Serializer):
    """One re-inspection, with the points of the claim as it was awarded and which rules gave them."""

    id = IdField()
    status = serializers.CharField()
    claim = IdField(source="award.claim_id")
    number = serializers.CharField(source="award.claim.number")
    name = serializers.SerializerMethodField()
    village = serializers.CharField(source="award.claim.household.village.short_name")
    amount_yuan = YuanField(source="award.amount_fen")
    why = serializers.CharField()
    points = serializers.IntegerField(source="award.score.points", default=0)
    reasons = serializers.DictField(source="award.score.reasons", child=serializers.IntegerField(), default=dict)
    at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    outcome = serializers.CharField(help_text="empty before the look")
    words = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    month = serializers.CharField(source="draw.month")
    seed = serializers.CharField(source="draw.seed")

    def get_name(self, row: Reinspection) -> str:
        """Return the head of household, in full only for those who look."""
        return head_name(row.award.claim, full=permissions.makes_calls(self.context["request"].user))


class ReinspectionPageOut(PageOut):
    """One page of re-inspections."""

    results = ReinspectionOut(many=True)


class Reinspections(APIView):
    """The re-inspections of one's area."""

    @extend_schema(
        parameters=[*PAGING, *parameters_of(ReinspectionFilter)],
        responses=ReinspectionPageOut,
        operation_id="reinspection_list",
    )
    def get(self, request):
        """List the awards that were drawn for a re-inspection, newest first."""
        rows = narrowed_for_program(request, ReinspectionFilter, permissions.access_reinspections(request.user))
        return answer_page(rows, ReinspectionOut, request=request, view=self)


class Reinspect(APIView):
    """What a re-inspection found."""

    @extend_schema_serializer(component_name="ReinspectionSay")
    class Input(serializers.Serializer):
        """What was found, coded and in a sentence."""

        outcome = serializers.ChoiceField(ReinspectionOutcome.choices)
        words = serializers.CharField(max_length=300)

    @extend_schema(request=Input, responses=ReinspectionOut, parameters=[KEY], operation_id="reinspection_record")
    def post(self, request, reinspection_id):
        """Write down what was found, as somebody without a hand in the report."""
        row = permissions.access_reinspection(request.user, reinspection_id)
        program_acts_on(request, reinspecting.record, row, self.Input)
        shown = permissions.access_reinspection(request.user, reinspection_id)
        return Response(ReinspectionOut(shown, context={"request": request}).data)
