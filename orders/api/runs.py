"""Pay runs for a buyer's programs: masked; cards and names leave in the bank's file alone."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import masking
from kernel.api_fields import KEY, IdField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from ledger.services import payouts
from orders import permissions
from orders.selectors.runs import lines_of_run, runs_seen_by
from orders.services.runs import MOST, make_run
from records.doors import act_for_program, program_acts_on


class RunOut(serializers.Serializer):
    """One pay run."""

    id = IdField(source="pk")
    number = serializers.CharField()
    payer = serializers.CharField(source="payer.name")
    status = serializers.CharField()
    lines = serializers.IntegerField()
    total = YuanField(source="total_fen")
    prepared_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class RunPageOut(PageOut):
    """One page of pay runs."""

    results = RunOut(many=True)


class RunLineOut(serializers.Serializer):
    """One statement of a run, its card masked."""

    line_no = serializers.IntegerField()
    statement = IdField(source="payable.statement.pk")
    reference = serializers.CharField(source="line_reference")
    status = serializers.CharField()
    amount = YuanField(source="amount_fen")
    card = serializers.SerializerMethodField()
    failure = serializers.CharField()

    def get_card(self, payment: Any) -> str:
        """Return the card, masked."""
        return masking.mask_card(payment.payee.card)


class RunDetailOut(RunOut):
    """One run with its lines."""

    payments = RunLineOut(many=True)


class Runs(APIView):
    """The runs one may see, and a new one."""

    @extend_schema_serializer(component_name="PayRunIn")
    class Input(serializers.Serializer):
        """From which fund, and which of its unpaid statements."""

        fund = serializers.IntegerField(min_value=1)
        statements = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=MOST)

    @extend_schema(parameters=PAGING, responses=RunPageOut, operation_id="pay_run_list")
    def get(self, request: SignedInCall) -> Response:
        """List pay runs, the newest first."""
        permissions.access_runs(request.user)
        return answer_page(runs_seen_by(request.user), RunOut, request=request, view=self)

    @extend_schema(request=Input, responses={201: RunDetailOut}, parameters=[KEY], operation_id="pay_run_make")
    def post(self, request: SignedInCall) -> Response:
        """Put unpaid statements of one fund into a run, all of them or none; a second person confirms it."""
        permissions.access_runs(request.user)
        asked = read_input(self.Input, request)
        fund = permissions.access_fund_to_pay(request.user, asked["fund"])

        def act(at: dt.datetime) -> dict[str, int]:
            return {"run": make_run(fund, statements=asked["statements"], by=request.user, at=at).pk}

        return _run(request, act_for_program(request, asked, act)["run"], status=201)


class OneRun(APIView):
    """One run."""

    @extend_schema(responses=RunDetailOut, operation_id="pay_run_detail")
    def get(self, request: SignedInCall, run_id: int) -> Response:
        """Return one run with its lines, masked."""
        return _run(request, run_id)


class ConfirmRun(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=RunDetailOut, parameters=[KEY], operation_id="pay_run_confirm")
    def post(self, request: SignedInCall, run_id: int) -> Response:
        """Confirm a run as the second person: its bank file is written; never by its maker."""
        run = permissions.access_run(request.user, run_id, to=permissions.can_confirm_run)
        program_acts_on(request, payouts.send_batch, run)
        return _run(request, run_id)


class CancelRun(APIView):
    """A run that is not to leave."""

    @extend_schema_serializer(component_name="PayRunCancelIn")
    class Input(serializers.Serializer):
        """Why."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=RunDetailOut, parameters=[KEY], operation_id="pay_run_cancel")
    def post(self, request: SignedInCall, run_id: int) -> Response:
        """Dissolve a run that did not leave; its statements wait again."""
        run = permissions.access_run(request.user, run_id, to=permissions.can_dissolve_run)
        program_acts_on(request, payouts.cancel_batch, run, self.Input)
        return _run(request, run_id)


def _run(request: SignedInCall, run_id: int, status: int = 200) -> Response:
    run = permissions.access_run(request.user, run_id)
    lines = RunLineOut(lines_of_run(run), many=True).data
    return Response(RunOut(run).data | {"payments": lines}, status=status)
