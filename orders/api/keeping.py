"""Endpoints of plans that are kept: choosing one, putting its end off, letting it go, ordering it."""

import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, KilogramField, WholeNumberField, YuanField, read_input
from kernel.api_pages import PAGING, InTurn, PageOut, answer_page
from orders import permissions
from orders.allocation import PlanKind
from orders.api.shapes import PlacedOut
from orders.models import KeptLot, KeptPlan
from orders.selectors.keeping import plans_kept
from orders.selectors.plans import Want
from orders.services import keeping
from produce.models import MOST_PRICE_FEN, Produce
from produce.services.stock import in_stock_unit
from records.doors import act_for_program, program_acts_on


@extend_schema_serializer(component_name="KeptLot")
class KeptLotOut(serializers.ModelSerializer):
    """One lot that is kept: its quantity in its stock unit, at the price at which it was kept."""

    class Meta:
        model = KeptLot
        fields = ["listing", "quantity", "price_fen", "price_unit_g"]


@extend_schema_serializer(component_name="KeptPlan")
class KeptPlanOut(serializers.ModelSerializer):
    """A plan that is kept for oneself: ordered, let go, or over at its end."""

    buyer = serializers.CharField(source="buyer.name")
    produce = serializers.CharField(source="produce.code")
    lots = KeptLotOut(many=True)

    class Meta:
        model = KeptPlan
        fields = [
            "id", "status", "buyer", "produce", "asked", "deliver_on", "ceiling_fen_per_kg", "parcel_g", "plan",
            "at", "until_at", "made_from", "edit_reason", "edit_words", "extended", "order", "lots",
        ]  # fmt: skip


@extend_schema_serializer(component_name="KeptPlanPage")
class KeptPlanPageOut(PageOut):
    """One page of plans."""

    results = KeptPlanOut(many=True)


class KeptPlans(APIView):
    """What is kept for oneself."""

    @extend_schema_serializer(component_name="KeptPlanIn")
    class Input(serializers.Serializer):
        """What is wanted, from whose fund, and by which plan; `listing` with the plan `chosen` asks for one lot."""

        fund = IdField(help_text="Whose buyer the goods are kept for; nothing of it is held.")
        produce = IdField()
        kg = KilogramField(required=False)
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)
        deliver_on = serializers.DateField()
        ceiling = YuanField(required=False, most_fen=MOST_PRICE_FEN, help_text="yuan a kilogram at most")
        parcel_kg = KilogramField(required=False, help_text="Fetched at least from one household.")
        plan = serializers.ChoiceField([kind.value for kind in PlanKind])
        listing = IdField(required=False)

        def validate(self, data: dict[str, Any]) -> dict[str, Any]:
            """Ask for one quantity: kilograms or heads."""
            if ("kg" in data) == ("pieces" in data):
                raise serializers.ValidationError({"kg": "kg | pieces"})
            return data

    @extend_schema(parameters=PAGING, responses=KeptPlanPageOut, operation_id="kept_plan_list")
    def get(self, request: SignedInCall) -> Response:
        """List what is kept for oneself now."""
        permissions.access_buying(request.user)
        return answer_page(plans_kept(request.user), KeptPlanOut, request=request, view=self, pages=InTurn)

    @extend_schema(request=Input, responses={201: KeptPlanOut}, parameters=[KEY], operation_id="kept_plan_new")
    def post(self, request: SignedInCall) -> Response:
        """Work a plan out and keep its lots for some minutes; what was kept before is let go."""
        data = read_input(self.Input, request)
        fund = permissions.access_fund_to_order(request.user, data["fund"])
        produce = get_object_or_404(Produce.objects.filter(forbidden=False), pk=data["produce"])
        want = Want(
            produce,
            in_stock_unit(produce.stock_unit, grams=data.get("kg"), pieces=data.get("pieces")),
            data["deliver_on"],
            ceiling_fen_per_kg=data.get("ceiling"),
            listing_id=data.get("listing"),
            parcel_g=data.get("parcel_kg", 0),
        )
        led_to = act_for_program(
            request,
            data,
            lambda at: {"id": keeping.keep(fund.organisation, want, data["plan"], by=request.user, at=at).pk},
        )
        return kept_answer(request, led_to["id"], status=201)


class OneKeptPlan(APIView):
    """One plan that is or was kept."""

    @extend_schema(responses=KeptPlanOut, operation_id="kept_plan_detail")
    def get(self, request: SignedInCall, kept_id: int) -> Response:
        """Return a plan with its lots."""
        return kept_answer(request, kept_id)


class Extend(APIView):
    """Some minutes more."""

    @extend_schema(request=None, responses=KeptPlanOut, parameters=[KEY], operation_id="kept_plan_extend")
    def post(self, request: SignedInCall, kept_id: int) -> Response:
        """Keep the lots for as long again, once."""
        program_acts_on(request, keeping.extend, permissions.access_kept(request.user, kept_id))
        return kept_answer(request, kept_id)


class LetGo(APIView):
    """Keeping no longer."""

    @extend_schema(request=None, responses=KeptPlanOut, parameters=[KEY], operation_id="kept_plan_let_go")
    def post(self, request: SignedInCall, kept_id: int) -> Response:
        """Free the lots before their time."""
        program_acts_on(request, keeping.let_go, permissions.access_kept(request.user, kept_id))
        return kept_answer(request, kept_id)


class OrderKept(APIView):
    """The order of what is kept."""

    @extend_schema_serializer(component_name="KeptPlanOrderIn")
    class Input(serializers.Serializer):
        """Which fund pays."""

        fund = IdField()

    @extend_schema(request=Input, responses={201: PlacedOut}, parameters=[KEY], operation_id="kept_plan_order")
    def post(self, request: SignedInCall, kept_id: int) -> Response:
        """Order what is kept at the prices at which it was kept; a changed price is refused with the new one."""
        kept = permissions.access_kept(request.user, kept_id)
        data = read_input(self.Input, request)
        fund = permissions.access_fund_to_order(request.user, data["fund"])

        def act(at: dt.datetime) -> dict[str, Any]:
            order = keeping.order_kept(kept, fund, by=request.user, at=at)
            held = {"held_fen": order.held_fen, "needs_approval": order.needs_approval}
            return {"order": order.pk, "number": order.number} | held

        return Response(PlacedOut(act_for_program(request, data, act)).data, status=201)


def kept_answer(request: SignedInCall, kept_id: int, *, status: int = 200) -> Response:
    """Answer with a plan as it stands now."""
    return Response(KeptPlanOut(permissions.access_kept(request.user, kept_id)).data, status=status)
