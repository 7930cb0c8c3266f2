"""Relief claimed back, for programs: proposed, decided, come back, waived."""

import datetime as dt
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, WholeNumberField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from losses import permissions
from losses.filters import RecoveryFilter
from losses.models import WAIVERS, RecoveryReason, RecoveryReceipt, ReliefRecovery
from losses.pages.recovering import name_shown
from losses.selectors.recovering import open_receipt, plan_of, receipts_of, standing_of
from losses.services import recovering
from records.doors import act_for_program, program_acts_on

REASONS = RecoveryReason.choices
WAYS = [(how.value, how.label) for how in WAIVERS]


class InstalmentOut(serializers.Serializer):
    """One part and by when."""

    number = serializers.IntegerField()
    due_on = DayField()
    amount = YuanField(source="amount_fen")


class RecoveryReceiptOut(serializers.Serializer):
    """Money that came back, or a waiver."""

    id = IdField()
    status = serializers.CharField()
    how = serializers.CharField()
    amount = YuanField(source="amount_fen")
    voucher_number = serializers.CharField()
    why = serializers.CharField()
    at = serializers.DateTimeField(source="proposed_at")


class ReliefRecoveryOut(serializers.Serializer):
    """Relief claimed back; the household's name masked for those who need no more."""

    id = IdField()
    status = serializers.CharField()
    claim = IdField(source="award.claim_id")
    number = serializers.CharField(source="award.claim.number", help_text="of the report")
    name = serializers.SerializerMethodField()
    reason = serializers.CharField()
    words = serializers.CharField()
    amount = YuanField(source="amount_fen")
    left = serializers.SerializerMethodField(help_text="still to come, in yuan")
    late = serializers.SerializerMethodField(help_text="of it past its day, in yuan")
    at = serializers.DateTimeField(source="proposed_at")
    decided_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    instalments = serializers.SerializerMethodField()
    receipts = serializers.SerializerMethodField()

    def get_name(self, row: ReliefRecovery) -> str:
        """Return the head of household, in full only for those who may read it."""
        return name_shown(row, self.context["request"].user)

    @extend_schema_field(YuanField)
    def get_left(self, row: ReliefRecovery) -> Any:
        """Return what is still to come."""
        return YuanField().to_representation(standing_of(row, clock.county_day(clock.now())).left_fen)

    @extend_schema_field(YuanField)
    def get_late(self, row: ReliefRecovery) -> Any:
        """Return what is past its day."""
        return YuanField().to_representation(standing_of(row, clock.county_day(clock.now())).late_fen)

    @extend_schema_field(InstalmentOut(many=True))
    def get_instalments(self, row: ReliefRecovery) -> Any:
        """Return the parts in their order."""
        return InstalmentOut(plan_of(row), many=True).data

    @extend_schema_field(RecoveryReceiptOut(many=True))
    def get_receipts(self, row: ReliefRecovery) -> Any:
        """Return what came back or is waived, oldest first."""
        return RecoveryReceiptOut(receipts_of(row), many=True).data


class ReliefRecoveryPageOut(PageOut):
    """One page of relief claimed back."""

    results = ReliefRecoveryOut(many=True)


class Recoveries(APIView):
    """The relief claimed back that one sees."""

    @extend_schema(
        parameters=[*PAGING, *parameters_of(RecoveryFilter)],
        responses=ReliefRecoveryPageOut,
        operation_id="relief_recovery_list",
    )
    def get(self, request: SignedInCall) -> Response:
        """List relief claimed back, newest first."""
        rows = narrowed_for_program(request, RecoveryFilter, permissions.recoveries_seen_by(request.user))
        return answer_page(rows, ReliefRecoveryOut, request=request, view=self)


class OneRecovery(APIView):
    """Relief claimed back of one award."""

    @extend_schema(responses=ReliefRecoveryOut, operation_id="relief_recovery_detail")
    def get(self, request: SignedInCall, relief_id: int) -> Response:
        """Return it with its parts and what came back."""
        return _answer(request, relief_id)


class RecoverRelief(APIView):
    """Relief of a report to be claimed back."""

    @extend_schema_serializer(component_name="ReliefRecoveryPropose")
    class Input(serializers.Serializer):
        """Why, how much, and in how many parts from when on, one a month."""

        reason = serializers.ChoiceField(REASONS)
        words = serializers.CharField(max_length=300)
        amount = YuanField(source="amount_fen")
        first_on = DayField()
        parts = WholeNumberField(min_value=1, max_value=36, default=1)

    @extend_schema(
        request=Input, responses={201: ReliefRecoveryOut}, parameters=[KEY], operation_id="relief_recovery_propose"
    )
    def post(self, request: SignedInCall, claim_id: int) -> Response:
        """Propose to claim paid relief back; somebody without a hand in the report decides."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, int]:
            return {"recovery": recovering.propose(claim, **data, by=request.user, at=at).pk}

        return _answer(request, act_for_program(request, data, act)["recovery"], status=201)


class DecideRecovery(APIView):
    """The decision of somebody without a hand in the report."""

    @extend_schema_serializer(component_name="ReliefRecoveryDecide")
    class Input(serializers.Serializer):
        """Whether the money is claimed back, and why."""

        claimed = serializers.BooleanField()
        words = serializers.CharField(max_length=300)

    @extend_schema(request=Input, responses=ReliefRecoveryOut, parameters=[KEY], operation_id="relief_recovery_decide")
    def post(self, request: SignedInCall, relief_id: int) -> Response:
        """Decide whether the money is claimed back; the household is told when it is."""
        row = permissions.access_recovery(request.user, relief_id, to=permissions.can_decide_recovery)
        program_acts_on(request, recovering.decide, row, self.Input)
        return _answer(request, relief_id)


class ReceiveRecovery(APIView):
    """Money that came back by bank."""

    @extend_schema_serializer(component_name="ReliefRecoveryReceive")
    class Input(serializers.Serializer):
        """How much, and the number of the bank's voucher."""

        amount = YuanField(source="amount_fen")
        voucher_number = serializers.CharField(max_length=40)

    @extend_schema(request=Input, responses=ReliefRecoveryOut, parameters=[KEY], operation_id="relief_recovery_receive")
    def post(self, request: SignedInCall, relief_id: int) -> Response:
        """Write down money that came back; a second person confirms it."""
        row = permissions.access_recovery(request.user, relief_id, to=permissions.can_receive_recovery)
        program_acts_on(request, recovering.receive, row, self.Input)
        return _answer(request, relief_id)


class WaiveRecovery(APIView):
    """The rest that is not asked for any more."""

    @extend_schema_serializer(component_name="ReliefRecoveryWaive")
    class Input(serializers.Serializer):
        """Why, coded and in words that the household reads."""

        how = serializers.ChoiceField(WAYS)
        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=ReliefRecoveryOut, parameters=[KEY], operation_id="relief_recovery_waive")
    def post(self, request: SignedInCall, relief_id: int) -> Response:
        """Propose to waive the rest; a second person confirms it."""
        row = permissions.access_recovery(request.user, relief_id, to=permissions.can_decide_recovery)
        program_acts_on(request, recovering.waive, row, self.Input)
        return _answer(request, relief_id)


class ConfirmReceipt(APIView):
    """The second person's yes."""

    @extend_schema(request=None, responses=ReliefRecoveryOut, parameters=[KEY], operation_id="relief_recovery_confirm")
    def post(self, request: SignedInCall, relief_id: int) -> Response:
        """Confirm what came back, or that the rest is waived."""
        row = permissions.access_recovery(request.user, relief_id, to=permissions.can_confirm_receipt)
        program_acts_on(request, recovering.confirm, _receipt(row))
        return _answer(request, relief_id)


class StrikeReceipt(APIView):
    """The second person's no."""

    @extend_schema_serializer(component_name="ReliefRecoveryStrike")
    class Input(serializers.Serializer):
        """Why not."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=ReliefRecoveryOut, parameters=[KEY], operation_id="relief_recovery_strike")
    def post(self, request: SignedInCall, relief_id: int) -> Response:
        """Strike out what was written; it is owed as before."""
        row = permissions.access_recovery(request.user, relief_id, to=permissions.can_confirm_receipt)
        program_acts_on(request, recovering.strike, _receipt(row), self.Input)
        return _answer(request, relief_id)


def _receipt(row: ReliefRecovery) -> RecoveryReceipt:
    receipt = open_receipt(row)
    if receipt is None:
        raise Http404
    return receipt


def _answer(request: SignedInCall, relief_id: int, *, status: int = 200) -> Response:
    row = permissions.access_recovery(request.user, relief_id)
    return Response(ReliefRecoveryOut(row, context={"request": request}).data, status=status)
