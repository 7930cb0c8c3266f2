"""Other shares of a kept plan, for programs."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, KilogramField, WholeNumberField, read_input
from orders import permissions
from orders.api.keeping import KeptPlanOut, kept_answer
from orders.api.shapes import refuse_twice
from orders.models import EditReason, KeptPlan
from orders.selectors.resharing import parts_of
from orders.services import resharing
from orders.services.placing import MOST_LOTS
from produce.services.stock import in_stock_unit
from records.doors import act_for_program


class Reshare(APIView):
    """What each lot gives, by hand."""

    @extend_schema_serializer(component_name="KeptPlanSharesIn")
    class Input(serializers.Serializer):
        """What each lot that changes gives from now on, and why; 0 is nothing of it."""

        @extend_schema_serializer(component_name="KeptPlanShareIn")
        class Lot(serializers.Serializer):
            """One lot of the plan, in kilograms or heads."""

            listing = IdField()
            kg = KilogramField(required=False, zero_ok=True)
            pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)

            def validate(self, data: dict[str, Any]) -> dict[str, Any]:
                """Ask for one quantity: kilograms or heads."""
                if ("kg" in data) == ("pieces" in data):
                    raise serializers.ValidationError({"kg": "kg | pieces"})
                return data

        reason = serializers.ChoiceField(EditReason.choices)
        words = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        lots = serializers.ListField(child=Lot(), allow_empty=False, max_length=MOST_LOTS)

    @extend_schema(request=Input, responses={201: KeptPlanOut}, parameters=[KEY], operation_id="kept_plan_shares")
    def post(self, request: SignedInCall, kept_id: int) -> Response:
        """Keep other shares under the same clock; the plan that goes on has a number of its own."""
        kept = permissions.access_kept(request.user, kept_id)
        data = read_input(self.Input, request)
        wanted = _wanted(kept, data["lots"])

        def act(at: dt.datetime) -> dict[str, Any]:
            again = resharing.reshare(kept, wanted, reason=data["reason"], words=data["words"], by=request.user, at=at)
            return {"id": again.pk}

        return kept_answer(request, act_for_program(request, data, act)["id"], status=201)


def _wanted(kept: KeptPlan, lots: list[dict[str, Any]]) -> dict[int, int]:
    """Return what each lot gives in its stock unit; a lot that is not there is left to the act."""
    units = {part.listing.pk: part.listing.stock_unit for part in parts_of(kept)}
    refuse_twice([lot["listing"] for lot in lots])
    wanted: dict[int, int] = {}
    for lot in lots:
        number, grams, pieces = lot["listing"], lot.get("kg"), lot.get("pieces")
        unit = units.get(number)
        nothing = not (grams or pieces) or unit is None
        wanted[number] = 0 if nothing else in_stock_unit(str(unit), grams=grams, pieces=pieces)
    return wanted
