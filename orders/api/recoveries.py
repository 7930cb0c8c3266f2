"""Endpoints of what is claimed from sellers, as the pages do it."""

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, YuanField
from kernel.api_pages import PAGING, PageOut, answer_page
from orders import permissions
from orders.models import EndHow, EndStatus, Recovery, RecoveryEnd
from orders.selectors.rests import end_of, recoveries_seen_by
from orders.services import recovering
from records.doors import program_acts_on


class RecoveryEndOut(serializers.Serializer):
    """How a claim ended, or is to end."""

    status = serializers.ChoiceField(EndStatus.choices)
    how = serializers.ChoiceField(EndHow.choices)
    voucher_number = serializers.CharField()
    why = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class RecoveryOut(serializers.Serializer):
    """What a seller must be asked for."""

    id = IdField(source="pk")
    statement = serializers.CharField(source="statement.number")
    buyer = serializers.CharField(source="statement.buyer.name")
    amount = YuanField(source="amount_fen")
    claimed_at = serializers.DateTimeField(source="at")
    end = serializers.SerializerMethodField()

    @extend_schema_field(RecoveryEndOut(allow_null=True))
    def get_end(self, row: Recovery) -> dict | None:
        """Return how it ended, or is to end; None while nobody said."""
        end = end_of(row)
        return dict(RecoveryEndOut(end).data) if end is not None else None


class RecoveryPageOut(PageOut):
    """One page of claims."""

    results = RecoveryOut(many=True)


class Recoveries(APIView):
    """Claims from sellers that one may see."""

    @extend_schema(parameters=PAGING, responses=RecoveryPageOut, operation_id="recovery_list")
    def get(self, request: SignedInCall) -> Response:
        """List claims from sellers, newest first."""
        return answer_page(recoveries_seen_by(request.user), RecoveryOut, request=request, view=self)


class OneRecovery(APIView):
    """One claim."""

    @extend_schema(responses=RecoveryOut, operation_id="recovery_detail")
    def get(self, request: SignedInCall, recovery_id: int) -> Response:
        """Return a claim from a seller."""
        return _answer(request, recovery_id)


class PaidBack(APIView):
    """The money came back."""

    @extend_schema_serializer(component_name="RecoveryPaidBackIn")
    class Input(serializers.Serializer):
        """The bank's voucher."""

        voucher_number = serializers.CharField(max_length=40)

    @extend_schema(request=Input, responses=RecoveryOut, parameters=[KEY], operation_id="recovery_paid_back")
    def post(self, request: SignedInCall, recovery_id: int) -> Response:
        """Write down the transfer by which the seller gave the money back."""
        row = permissions.access_recovery(request.user, recovery_id, to=permissions.can_record_payment)
        program_acts_on(request, recovering.propose_paid_back, row, self.Input)
        return _answer(request, recovery_id)


class Waive(APIView):
    """The money is not asked for any more."""

    @extend_schema_serializer(component_name="RecoveryWaiveIn")
    class Input(serializers.Serializer):
        """Why."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=RecoveryOut, parameters=[KEY], operation_id="recovery_waive")
    def post(self, request: SignedInCall, recovery_id: int) -> Response:
        """Propose that the money is not asked for any more."""
        row = permissions.access_recovery(request.user, recovery_id, to=permissions.can_record_payment)
        program_acts_on(request, recovering.propose_waiver, row, self.Input)
        return _answer(request, recovery_id)


class ConfirmEnd(APIView):
    """The second person's yes."""

    @extend_schema(request=None, responses=RecoveryOut, parameters=[KEY], operation_id="recovery_confirm")
    def post(self, request: SignedInCall, recovery_id: int) -> Response:
        """Confirm how a claim ends; its money moves at once."""
        row = permissions.access_recovery(request.user, recovery_id, to=permissions.can_check_payment)
        program_acts_on(request, recovering.confirm_end, _end(row))
        return _answer(request, recovery_id)


class RejectEnd(APIView):
    """The second person's no."""

    @extend_schema_serializer(component_name="RecoveryRejectIn")
    class Input(serializers.Serializer):
        """Why not."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=RecoveryOut, parameters=[KEY], operation_id="recovery_reject")
    def post(self, request: SignedInCall, recovery_id: int) -> Response:
        """Strike out how a claim was to end; it stands as before."""
        row = permissions.access_recovery(request.user, recovery_id, to=permissions.can_check_payment)
        program_acts_on(request, recovering.reject_end, _end(row), self.Input)
        return _answer(request, recovery_id)


def _end(row: Recovery) -> RecoveryEnd:
    end = end_of(row)
    if end is None:
        raise Http404
    return end


def _answer(request: SignedInCall, recovery_id: int) -> Response:
    return Response(RecoveryOut(permissions.access_recovery(request.user, recovery_id)).data)
