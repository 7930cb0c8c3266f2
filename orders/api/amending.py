"""The buyer's change of an order, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, KilogramField, WholeNumberField, read_input
from orders import permissions
from orders.api.buying import order_answer
from orders.api.shapes import OrderOut, refuse_twice
from orders.models import PurchaseOrder
from orders.selectors.amending import lots_to_amend
from orders.services import amending
from orders.services.placing import MOST_LOTS
from produce.services.stock import in_stock_unit
from records.doors import act_for_program


class Amend(APIView):
    """Less of an order."""

    @extend_schema_serializer(component_name="OrderAmendIn")
    class Input(serializers.Serializer):
        """What is still wanted of each lot that changes, and why; 0 calls a lot off."""

        @extend_schema_serializer(component_name="OrderAmendLotIn")
        class Lot(serializers.Serializer):
            """One lot of the order and what is still wanted of it, in kilograms or heads."""

            id = IdField(help_text="The lot as the order lists it.")
            kg = KilogramField(required=False, zero_ok=True)
            pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)

            def validate(self, data: dict[str, Any]) -> dict[str, Any]:
                """Ask for one quantity: kilograms or heads."""
                if ("kg" in data) == ("pieces" in data):
                    raise serializers.ValidationError({"kg": "kg | pieces"})
                return data

        why = serializers.CharField(max_length=200)
        lots = serializers.ListField(child=Lot(), allow_empty=False, max_length=MOST_LOTS)

    @extend_schema(request=Input, responses=OrderOut, parameters=[KEY], operation_id="order_amend")
    def post(self, request: SignedInCall, order_id: int) -> Response:
        """Want less of some lots of an order: their sellers are told, the rest is free at once."""
        order = permissions.access_order(request.user, order_id, to=permissions.can_cancel)
        data = read_input(self.Input, request)
        wanted = _wanted(order, data["lots"])
        act_for_program(
            request, data, lambda at: amending.amend(order, wanted, why=data["why"], by=request.user, at=at)
        )
        return order_answer(request, order_id)


def _wanted(order: PurchaseOrder, lots: list[dict[str, Any]]) -> dict[int, int]:
    """Return what is still wanted of each lot in its stock unit; a lot that is not there is left to the act."""
    units = {lot.pk: lot.listing.stock_unit for lot in lots_to_amend(order)}
    refuse_twice([lot["id"] for lot in lots])
    wanted = {}
    for lot in lots:
        grams, pieces = lot.get("kg"), lot.get("pieces")
        unit = units.get(lot["id"])
        nothing = not (grams or pieces)
        wanted[lot["id"]] = 0 if nothing or unit is None else in_stock_unit(unit, grams=grams, pieces=pieces)
    return wanted
