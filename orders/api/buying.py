"""Endpoints of the buyer: plans, placing, the order and its steps."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.models import Role
from accounts.selectors import standing
from canteens.selectors.kitchens import kitchens_from
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, KilogramField, WholeNumberField, YuanField, key_of, read_input
from kernel.api_pages import PAGING, InTurn, answer_page, narrowed_for_program, parameters_of
from orders import permissions
from orders.api.shapes import (
    ExceptionOut,
    KitchenOut,
    LotOut,
    LotPageOut,
    OrderOut,
    OrderPageOut,
    OrderRowOut,
    PlacedOut,
)
from orders.filters import OrderFilter
from orders.selectors.orders import allocations_of, orders_seen_by
from orders.services import approving, asking, placing
from orders.services.placing import Take, Wish
from produce.api_fields import ProduceField
from produce.models import MOST_PRICE_FEN
from records.doors import program_acts_on
from records.selectors.participation import exceptions_used


class Orders(APIView):
    """The orders of one's buyer."""

    @extend_schema_serializer(component_name="OrderLotIn")
    class Lot(serializers.Serializer):
        """This much of one lot, at the price that was shown."""

        listing = IdField()
        kg = KilogramField(required=False)
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)
        price = YuanField(most_fen=MOST_PRICE_FEN)
        price_unit_g = WholeNumberField(min_value=1, max_value=1_000_000, default=500)

        def validate(self, data: dict[str, Any]) -> dict[str, Any]:
            """Ask for one quantity: kilograms or heads."""
            if ("kg" in data) == ("pieces" in data):
                raise serializers.ValidationError({"kg": "kg | pieces"})
            return data

    @extend_schema_serializer(component_name="OrderLineIn")
    class Line(serializers.Serializer):
        """One wish and the lots that fill it."""

        produce = ProduceField()
        asked_kg = KilogramField(required=False)
        ceiling = YuanField(required=False, help_text="yuan a kilogram at most")

        def get_fields(self) -> dict[str, Any]:
            """Add the lots, which are named after this class."""
            return super().get_fields() | {"lots": Orders.Lot(many=True, allow_empty=False)}

    @extend_schema_serializer(component_name="OrderIn")
    class Input(serializers.Serializer):
        """An order: one fund, one day, its lines."""

        fund = IdField()
        plan = IdField(required=False, help_text="an approved purchase plan of this fund that covers the day")
        canteen = IdField(required=False, help_text="of `/orders/canteens/`, where the buyer has several on the day")
        deliver_on = DayField()

        def get_fields(self) -> dict[str, Any]:
            """Add the lines, which are named after this class."""
            return super().get_fields() | {"lines": Orders.Line(many=True, allow_empty=False)}

    @extend_schema(parameters=[*parameters_of(OrderFilter), *PAGING], responses=OrderPageOut, operation_id="order_list")
    def get(self, request: SignedInCall) -> Response:
        """List orders, newest first."""
        rows = narrowed_for_program(request, OrderFilter, orders_seen_by(request.user))
        return answer_page(rows, OrderRowOut, request=request, view=self)

    @extend_schema(request=Input, responses={201: PlacedOut}, parameters=[KEY], operation_id="order_place")
    def post(self, request: SignedInCall) -> Response:
        """Place an order: money and kilos are held at the shown prices, all of it or nothing.

        A sweep asks the sellers within seconds, unless the order waits for approval.
        """
        permissions.access_buying(request.user)
        data = read_input(self.Input, request)
        fund = permissions.access_fund_to_order(request.user, data["fund"])
        placed = placing.place_once(
            key_of(request),
            buyer=fund.organisation,
            fund=fund,
            deliver_on=data["deliver_on"],
            lines=[_wish(line) for line in data["lines"]],
            plan=permissions.access_plan_to_order(request.user, data.get("plan")),
            kitchen=data.get("canteen"),
            by=request.user,
            at=clock.now(),
        )
        return Response(PlacedOut(placed).data, status=201)


class Kitchens(APIView):
    """The canteens that orders may name."""

    @extend_schema(responses=KitchenOut(many=True), operation_id="order_canteens")
    def get(self, request: SignedInCall) -> Response:
        """List the canteens for which one orders from today on: the buyer's own, and those shared with it."""
        permissions.access_buying(request.user)
        buyers = standing(request.user).organisations(Role.BUYER)
        return Response(KitchenOut(kitchens_from(buyers, clock.county_day(clock.now())), many=True).data)


class OneOrder(APIView):
    """One order."""

    @extend_schema(responses=OrderOut, operation_id="order_detail")
    def get(self, request: SignedInCall, order_id: int) -> Response:
        """Return an order with its lots."""
        return order_answer(request, order_id)


class Lots(APIView):
    """The lots of one order."""

    @extend_schema(parameters=PAGING, responses=LotPageOut, operation_id="order_lots")
    def get(self, request: SignedInCall, order_id: int) -> Response:
        """List the lots of an order, in the order in which they were asked for."""
        lots = allocations_of(permissions.access_order(request.user, order_id))
        return answer_page(lots, LotOut, request=request, view=self, pages=InTurn)


class Approve(APIView):
    """The second person's yes."""

    @extend_schema(request=None, responses=OrderOut, parameters=[KEY], operation_id="order_approve")
    def post(self, request: SignedInCall, order_id: int) -> Response:
        """Approve an order and ask its sellers."""
        order = permissions.access_order(request.user, order_id, to=permissions.can_approve)
        program_acts_on(request, approving.approve, order)
        return order_answer(request, order_id)


@extend_schema_serializer(component_name="OrderCancelIn")
class Why(serializers.Serializer):
    """Why."""

    why = serializers.CharField(max_length=200)


class Refuse(APIView):
    """The second person's no."""

    @extend_schema(request=Why, responses=OrderOut, parameters=[KEY], operation_id="order_refuse")
    def post(self, request: SignedInCall, order_id: int) -> Response:
        """Send an order that waits for approval back with words: every hold is given back whole."""
        order = permissions.access_order(request.user, order_id, to=permissions.can_approve)
        program_acts_on(request, approving.refuse, order, Why)
        return order_answer(request, order_id)


class Cancel(APIView):
    """Calling off."""

    @extend_schema(request=Why, responses=OrderOut, parameters=[KEY], operation_id="order_cancel")
    def post(self, request: SignedInCall, order_id: int) -> Response:
        """Call an order off: every hold is given back whole."""
        order = permissions.access_order(request.user, order_id, to=permissions.can_cancel)
        program_acts_on(request, asking.cancel, order, Why)
        return order_answer(request, order_id)


def _wish(line: dict[str, Any]) -> Wish:
    takes = tuple(
        Take(
            lot["listing"],
            lot["pieces"] if "pieces" in lot else lot["kg"],
            lot["price"],
            lot["price_unit_g"],
            counted="pieces" in lot,
        )
        for lot in line["lots"]
    )
    return Wish(line["produce"], takes, asked_g=line.get("asked_kg", 0), ceiling_fen_per_kg=line.get("ceiling"))


def order_answer(request: SignedInCall, order_id: int) -> Response:
    """Answer with an order as it stands now, and its first lots."""
    order = permissions.access_order(request.user, order_id)
    first = allocations_of(order).order_by("pk")[: InTurn.page_size]
    lots = LotOut(first, many=True, context={"request": request}).data
    url = request.build_absolute_uri(reverse("api-order-lots", args=[order.pk]))
    exceptions = ExceptionOut(exceptions_used(order.reference), many=True).data
    more = {"exceptions": exceptions, "lots": lots, "lots_count": order.allocations.count(), "lots_url": url}
    return Response(OrderRowOut(order).data | more)
