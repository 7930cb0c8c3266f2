"""What a co-operative sells, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from catalog.models import Listing
from kernel.api_pages import PAGING, PageOut, answer_page
from orders import permissions
from orders.filters import TO_DO, CoopLotFilter
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

    class Filter(serializers.Serializer):
        """Its own production or its members' lots, narrowed as on its page."""

        own = serializers.BooleanField(required=False, default=False)
        household = serializers.CharField(required=False, max_length=20)
        produce = serializers.CharField(required=False, max_length=20)
        status = serializers.CharField(required=False, max_length=12)
        state = serializers.ChoiceField(TO_DO, required=False)

    @extend_schema(parameters=[Filter, *PAGING], responses=CoopLotPageOut, operation_id="coop_lots")
    def get(self, request: SignedInCall) -> Response:
        """List the lots that one's co-operative sells for members, or grows itself, newest first."""
        who = permissions.access_coop(request.user)
        asked = self.Filter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        limits = CoopLotFilter(request.query_params, queryset=lots_of_coop(who, own=asked.validated_data["own"]))
        if not limits.is_valid():
            raise ValidationError(limits.form.errors)
        return answer_page(limits.qs, CoopLotOut, request=request, view=self)
