"""Calls for programs: those drawn, and what was said."""

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import masking
from kernel.api_fields import KEY, IdField
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from losses import permissions
from losses.filters import CallFilter
from losses.models import CallBack, CallOutcome
from losses.pages.words import head_name
from losses.services import calling
from records.doors import program_acts_on


class CallOut(serializers.Serializer):
    """One call; the number masked, it is read in full on the call's page alone."""

    id = IdField()
    status = serializers.CharField()
    claim = IdField(source="claim_id")
    number = serializers.CharField(source="claim.number")
    name = serializers.SerializerMethodField()
    village = serializers.CharField(source="claim.household.village.short_name")
    phone = serializers.SerializerMethodField(help_text="masked")
    at = serializers.DateTimeField()
    call_by_at = serializers.DateTimeField()
    outcome = serializers.CharField(help_text="empty before the call")
    words = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    percent = serializers.IntegerField(source="draw.percent")
    seed = serializers.CharField(source="draw.seed")

    def get_name(self, row: CallBack) -> str:
        """Return the head of household, in full only for those who call."""
        return head_name(row.claim, full=permissions.makes_calls(self.context["request"].user))

    def get_phone(self, row: CallBack) -> str:
        """Return the household's number, masked."""
        phone = row.claim.household.phone
        return masking.mask_phone(phone) if phone else ""


class CallPageOut(PageOut):
    """One page of calls."""

    results = CallOut(many=True)


class Calls(APIView):
    """The calls of one's area."""

    @extend_schema(parameters=[*PAGING, *parameters_of(CallFilter)], responses=CallPageOut, operation_id="call_list")
    def get(self, request):
        """List the households that were drawn for a call, newest first."""
        rows = narrowed_for_program(request, CallFilter, permissions.access_calls(request.user))
        return answer_page(rows, CallOut, request=request, view=self)


class MakeCall(APIView):
    """What a household said on the telephone."""

    @extend_schema_serializer(component_name="CallSay")
    class Input(serializers.Serializer):
        """What was said, coded and in a sentence."""

        outcome = serializers.ChoiceField(CallOutcome.choices)
        words = serializers.CharField(max_length=300)

    @extend_schema(request=Input, responses=CallOut, parameters=[KEY], operation_id="call_record")
    def post(self, request, call_id):
        """Write down what was said, as somebody without a hand in the report."""
        row = permissions.access_call(request.user, call_id)
        program_acts_on(request, calling.record_call, row, self.Input)
        shown = permissions.access_call(request.user, call_id)
        return Response(CallOut(shown, context={"request": request}).data)
