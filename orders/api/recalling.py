"""Endpoint of whoever may stop a sale: recall a lot, as the page does."""

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, KilogramField, read_input
from orders import permissions
from orders.models import AllocationStatus
from orders.selectors.recalls import orders_named
from orders.services.recalling import recall_lot
from records.doors import act_for_program


class RecalledOrderOut(serializers.Serializer):
    """One order the lot was in, and what became of its part: released before it left, closed once it was weighed."""

    order = serializers.CharField(source="order.number")
    buyer = serializers.CharField(source="order.buyer.name")
    kg = KilogramField(source="weight_g")
    status = serializers.ChoiceField(AllocationStatus.choices)


class RecallOut(serializers.Serializer):
    """A recalled lot and the orders whose buyers were told."""

    listing = IdField()
    recalled_at = serializers.DateTimeField()
    orders = RecalledOrderOut(many=True)


class Recall(APIView):
    """Calling a lot back."""

    @extend_schema_serializer(component_name="RecallIn")
    class Input(serializers.Serializer):
        """Why, as the seller and everybody who ordered it read it."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=RecallOut, parameters=[KEY], operation_id="listing_recall")
    def post(self, request: SignedInCall, listing_id: int) -> Response:
        """End the sale of a lot for good: what has not left is off its orders, what is on its way is sent back."""
        lot = permissions.access_recall(request.user, listing_id)
        data = read_input(self.Input, request)
        act_for_program(
            request,
            data,
            lambda at: recall_lot(lot, reason=data["why"], by=request.user, at=at),
        )
        lot.refresh_from_db(fields=["recalled_at"])
        answer = {"listing": lot.pk, "recalled_at": lot.recalled_at, "orders": orders_named(lot)}
        return Response(RecallOut(answer).data)
