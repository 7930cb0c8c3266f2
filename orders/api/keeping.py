"""Endpoints of plans that are kept: choosing one, putting its end off, letting it go, ordering it."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, DayField, IdField, KilogramField, WholeNumberField, YuanField, read_input
from kernel.api_pages import PAGING, InTurn, PageOut, answer_page
from orders import permissions
from orders.allocation import PlanKind
from orders.api.shapes import PlacedOut
from orders.models import KeptLot, KeptPlan
from orders.selectors.keeping import plans_kept
from orders.selectors.plans import Want
from orders.services import keeping
from orders.services.placing import MOST_LINES
from produce.api_fields import ProduceField
from produce.models import MOST_PRICE_FEN, Grade, Produce
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
    grade = serializers.CharField(source="grade.code", allow_null=True)
    order = serializers.IntegerField(source="order_line.order_id", allow_null=True)
    lots = KeptLotOut(many=True)

    class Meta:
        model = KeptPlan
        fields = [
            "id", "status", "buyer", "of_basket", "number", "produce", "grade", "asked", "deliver_on",
            "ceiling_fen_per_kg", "parcel_g", "plan", "at", "until_at", "made_from", "edit_reason", "edit_words",
            "extended", "order", "lots",
        ]  # fmt: skip


@extend_schema_serializer(component_name="KeptPlanPage")
class KeptPlanPageOut(PageOut):
    """One page of plans."""

    results = KeptPlanOut(many=True)


class Quantity(serializers.Serializer):
    """How much, in kilograms or heads."""

    kg = KilogramField(required=False)
    pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Ask for one quantity: kilograms or heads."""
        if ("kg" in data) == ("pieces" in data):
            raise serializers.ValidationError({"kg": "kg | pieces"})
        return data


class KeptPlans(APIView):
    """What is kept for oneself."""

    @extend_schema_serializer(component_name="KeptPlanIn")
    class Input(Quantity):
        """What is wanted, from whose fund, and by which plan; `listing` with the plan `chosen` asks for one lot."""

        fund = IdField(help_text="Whose buyer the goods are kept for; nothing of it is held.")
        produce = ProduceField()
        deliver_on = DayField()
        ceiling = YuanField(required=False, most_fen=MOST_PRICE_FEN, help_text="yuan a kilogram at most")
        parcel_kg = KilogramField(required=False, help_text="Fetched at least from one household.")
        plan = serializers.ChoiceField([kind.value for kind in PlanKind])
        listing = IdField(required=False)

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


class KeptBasket(APIView):
    """The lines of a basket, kept under one clock."""

    @extend_schema_serializer(component_name="KeptBasketIn")
    class Input(serializers.Serializer):
        """What is wanted, line by line, and from whose fund; each line is filled by the fair plan."""

        @extend_schema_serializer(component_name="KeptBasketLineIn")
        class Line(Quantity):
            """One line, in kilograms or heads."""

            produce = ProduceField()
            grade = serializers.CharField(max_length=16, required=False, help_text="the code of one of its grades")
            ceiling = YuanField(required=False, most_fen=MOST_PRICE_FEN, help_text="yuan a kilogram at most")

        fund = IdField(help_text="Whose buyer the goods are kept for; nothing of it is held.")
        deliver_on = DayField()
        parcel_kg = KilogramField(required=False, help_text="Fetched at least from one household.")
        lines = serializers.ListField(child=Line(), allow_empty=False, max_length=MOST_LINES)

    @extend_schema(
        request=Input, responses={201: KeptPlanOut(many=True)}, parameters=[KEY], operation_id="kept_basket_new"
    )
    def post(self, request: SignedInCall) -> Response:
        """Keep the lots of all lines for some minutes; lines kept already stay, what is no line any more is let go.

        Lines for which there are no goods are left out. Each line is a plan with a number of its own; putting its end
        off, letting it go and ordering it goes for all of them.
        """
        permissions.access_buying(request.user)
        data = read_input(self.Input, request)
        fund = permissions.access_fund_to_order(request.user, data["fund"])
        wants = _wants(data)

        def act(at: dt.datetime) -> dict[str, Any]:
            kept = keeping.keep_lines(fund.organisation, wants, by=request.user, at=at)
            return {"ids": [row.pk for row in kept]}

        numbers = act_for_program(request, data, act)["ids"]
        rows = permissions.kept_of(request.user).filter(pk__in=numbers).prefetch_related("lots").order_by("number")
        return Response(KeptPlanOut(rows, many=True).data, status=201)


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
        """Keep the lots for as long again, once; with all that is kept with them."""
        program_acts_on(request, keeping.extend, permissions.access_kept(request.user, kept_id))
        return kept_answer(request, kept_id)


class LetGo(APIView):
    """Keeping no longer."""

    @extend_schema(request=None, responses=KeptPlanOut, parameters=[KEY], operation_id="kept_plan_let_go")
    def post(self, request: SignedInCall, kept_id: int) -> Response:
        """Free the lots before their time, with all that is kept with them."""
        program_acts_on(request, keeping.let_go, permissions.access_kept(request.user, kept_id))
        return kept_answer(request, kept_id)


class OrderKept(APIView):
    """The order of what is kept."""

    @extend_schema_serializer(component_name="KeptPlanOrderIn")
    class Input(serializers.Serializer):
        """Which fund pays, and on which purchase plan."""

        fund = IdField()
        plan = IdField(required=False, help_text="an approved purchase plan of this fund that covers the day")
        canteen = IdField(required=False, help_text="of `/orders/canteens/`, where the buyer has several on the day")

    @extend_schema(request=Input, responses={201: PlacedOut}, parameters=[KEY], operation_id="kept_plan_order")
    def post(self, request: SignedInCall, kept_id: int) -> Response:
        """Order what is kept, a basket with all its lines, at the prices of then; a changed price is refused."""
        kept = permissions.access_kept(request.user, kept_id)
        data = read_input(self.Input, request)
        fund = permissions.access_fund_to_order(request.user, data["fund"])
        on_plan = permissions.access_plan_to_order(request.user, data.get("plan"))

        def act(at: dt.datetime) -> dict[str, Any]:
            kitchen = data.get("canteen")
            order = keeping.order_kept(kept, fund, on_plan=on_plan, kitchen=kitchen, by=request.user, at=at)
            held = {"held_fen": order.held_fen, "needs_approval": order.needs_approval}
            return {"order": order.pk, "number": order.number} | held

        return Response(PlacedOut(act_for_program(request, data, act)).data, status=201)


def kept_answer(request: SignedInCall, kept_id: int, *, status: int = 200) -> Response:
    """Answer with a plan as it stands now."""
    return Response(KeptPlanOut(permissions.access_kept(request.user, kept_id)).data, status=status)


def _wants(data: dict[str, Any]) -> list[Want]:
    """Return the lines of a basket; goods that may not be sold, or do not exist, are not found."""
    goods = Produce.objects.filter(forbidden=False).in_bulk([line["produce"] for line in data["lines"]])
    grades = {(grade.produce_id, grade.code): grade for grade in Grade.objects.filter(produce__in=goods)}
    wants = []
    for line in data["lines"]:
        produce, grade = goods.get(line["produce"]), grades.get((line["produce"], line.get("grade")))
        if produce is None or (grade is None) != ("grade" not in line):
            raise Http404
        wants.append(
            Want(
                produce,
                in_stock_unit(produce.stock_unit, grams=line.get("kg"), pieces=line.get("pieces")),
                data["deliver_on"],
                grade=grade,
                ceiling_fen_per_kg=line.get("ceiling"),
                parcel_g=data.get("parcel_kg", 0),
            )
        )
    return wants
