"""What a co-operative sells, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from catalog.models import Listing
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from orders import permissions
from orders.filters import CoopLotFilter
from orders.selectors.coops import lots_of_coop


class CoopLotOut(serializers.ModelSerializer):
    """One lot: in its stock unit, with its answers waiting and its money in fen."""

    produce = serializers.CharField(source="produce.code")
    household = serializers.CharField(source="household.number", default="", help_text="Empty: its own production.")
    waiting = serializers.IntegerField(help_text="Buyers who wait for an answer.")
    to_send = serializers.IntegerField(help_text="Orders that are to be sent off.")
    ordered_fen = serializers.IntegerField()
    stated_fen = serializers.IntegerField(help_text="What statements owe for it, paid or not.")
    paid_fen = serializers.IntegerField()

    class Meta:
        model = Listing
        fields = [
            "id", "number", "produce", "household", "status", "stock_unit", "listed", "reserved", "sold", "waiting",
            "to_send", "ordered_fen", "stated_fen", "paid_fen",
        ]  # fmt: skip


class CoopLotPageOut(PageOut):
    """One page of lots."""

    results = CoopLotOut(many=True)


class CoopLots(APIView):
    """The lots of a co-operative."""

    class Input(serializers.Serializer):
        """Whose goods: its own production, or its members' lots."""

        own = serializers.BooleanField(required=False, default=False)

    @extend_schema(
        parameters=[Input, *parameters_of(CoopLotFilter), *PAGING], responses=CoopLotPageOut, operation_id="coop_lots"
    )
    def get(self, request: SignedInCall) -> Response:
        """List the lots that one's co-operative sells for members, or grows itself, newest first."""
        who = permissions.access_coop(request.user)
        asked = self.Input(data=request.query_params)
        asked.is_valid(raise_exception=True)
        lots = lots_of_coop(who, own=asked.validated_data["own"])
        rows = narrowed_for_program(request, CoopLotFilter, lots, beside=["own"])
        return answer_page(rows, CoopLotOut, request=request, view=self)
