"""Payout batches for finance's programs: masked; cards and names leave in the bank's file alone."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import masking
from kernel.api_fields import KEY, IdField, YuanField
from kernel.api_pages import PAGING, PageOut, answer_page
from ledger import permissions, selectors
from ledger.models import Payment
from ledger.services import payouts
from records.doors import act_for_program


class BatchOut(serializers.Serializer):
    """One batch."""

    id = IdField()
    number = serializers.CharField()
    payer = serializers.CharField(source="payer.name")
    status = serializers.CharField()
    lines = serializers.IntegerField()
    total_yuan = YuanField(source="total_fen")
    prepared_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class BatchPageOut(PageOut):
    """One page of batches."""

    results = BatchOut(many=True)


class PaymentOut(serializers.Serializer):
    """One line of a batch, masked."""

    line_no = serializers.IntegerField()
    reference = serializers.CharField(source="line_reference")
    status = serializers.CharField()
    amount_yuan = YuanField(source="amount_fen")
    name = serializers.SerializerMethodField()
    card = serializers.SerializerMethodField()
    failure = serializers.CharField()

    def get_name(self, payment: Payment) -> str:
        """Return the payee's name, masked."""
        return masking.mask_name(payment.payable.payee_name)

    def get_card(self, payment: Payment) -> str:
        """Return the card, masked."""
        return masking.mask_card(payment.payable.card)


class BatchDetailOut(BatchOut):
    """One batch with its lines."""

    payments = PaymentOut(many=True)


class Batches(APIView):
    """The batches one may see."""

    @extend_schema(parameters=PAGING, responses=BatchPageOut, operation_id="batch_list")
    def get(self, request: SignedInCall) -> Response:
        """List batches, the newest first."""
        permissions.access_batches(request.user)
        return answer_page(selectors.batches_seen_by(request.user), BatchOut, request=request, view=self)


class Batch(APIView):
    """One batch."""

    @extend_schema(responses=BatchDetailOut, operation_id="batch_detail")
    def get(self, request: SignedInCall, batch_id: int) -> Response:
        """Return one batch with its lines, masked."""
        return _batch(request, batch_id)


class SendBatch(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=BatchDetailOut, parameters=[KEY], operation_id="batch_send")
    def post(self, request: SignedInCall, batch_id: int) -> Response:
        """Check and send a batch; never by its maker."""
        batch = permissions.access_batch(request.user, batch_id, to=permissions.can_send)

        act_for_program(request, {}, lambda at: payouts.send_batch(batch, by=request.user, at=at))
        return _batch(request, batch_id)


def _batch(request: SignedInCall, batch_id: int) -> Response:
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_see)
    return Response(BatchOut(batch).data | {"payments": PaymentOut(selectors.lines_of(batch), many=True).data})
