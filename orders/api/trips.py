"""Endpoints of drivers and receivers: the cart, the door, the scale, the signature."""

import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import clock
from kernel.api_fields import KEY, IdField, KilogramField, WholeNumberField, YuanField, read_input
from kernel.api_pages import PAGING, answer_page, narrowed_for_program, parameters_of
from orders import permissions
from orders.api.shapes import DoorPapersOut, ReceiptOut, TripOut, TripPageOut, refuse_twice
from orders.filters import DeliveryFilter
from orders.models import Arrival, Delivery, RefusalReason, Surplus
from orders.selectors.orders import deliveries_seen_by
from orders.selectors.scale import ROLES, papers_at_door
from orders.services import delivering, receipts, receiving
from orders.services.delivering import Loaded, tolerance_at
from orders.services.weighing import Weighed
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo


class Ship(APIView):
    """Sending off."""

    @extend_schema_serializer(component_name="DeliveryLoadIn")
    class Load(serializers.Serializer):
        """What was loaded of one lot."""

        lot = IdField()
        kg = KilogramField()
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)

    @extend_schema_serializer(component_name="DeliveryIn")
    class Input(serializers.Serializer):
        """The cart."""

        driver = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
        price = YuanField(required=False, help_text="what the cart asks, where the orders' rule lets somebody pay it")

        def get_fields(self) -> dict[str, Any]:
            """Add the loads, which are named after this class."""
            return super().get_fields() | {"loads": Ship.Load(many=True, allow_empty=False)}

    @extend_schema(request=Input, responses={201: TripOut}, parameters=[KEY], operation_id="delivery_ship")
    def post(self, request: SignedInCall, order_id: int) -> Response:
        """Send goods of an order off with these weights; what stays behind may follow on another trip."""
        order = permissions.access_order_to_ship(request.user, order_id)
        data = read_input(self.Input, request)
        refuse_twice([load["lot"] for load in data["loads"]])
        loads = {load["lot"]: Loaded(load["kg"], load.get("pieces")) for load in data["loads"]}

        def act(at: dt.datetime) -> dict[str, int]:
            more = {"driver": data["driver"], "price_fen": data.get("price")}
            return {"delivery": delivering.ship([order], loads, **more, by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        return Response(TripOut(Delivery.objects.select_related("arrival").get(pk=answer["delivery"])).data, status=201)


class Deliveries(APIView):
    """Trips with goods that one sends, drives or weighs."""

    @extend_schema(
        parameters=[*parameters_of(DeliveryFilter), *PAGING], responses=TripPageOut, operation_id="delivery_list"
    )
    def get(self, request: SignedInCall) -> Response:
        """List trips, newest first."""
        rows = narrowed_for_program(request, DeliveryFilter, deliveries_seen_by(request.user))
        return answer_page(rows, TripOut, request=request, view=self)


class Arrive(APIView):
    """The door."""

    @extend_schema(request=None, responses=TripOut, parameters=[KEY], operation_id="delivery_arrive")
    def post(self, request: SignedInCall, delivery_id: int) -> Response:
        """Say for the buyer that a trip is at the door: from here the buyer's silence counts."""
        trip = permissions.access_delivery(request.user, delivery_id, to=permissions.works_for_buyer)

        def act(at: dt.datetime) -> None:
            delivering.arrive(trip, Arrival.How.BUYER, by=request.user, at=at)

        act_for_program(request, {}, act)
        return Response(TripOut(permissions.access_delivery(request.user, delivery_id)).data)


class Weigh(APIView):
    """The scale."""

    @extend_schema_serializer(component_name="WeighedLotIn")
    class Lot(serializers.Serializer):
        """What the scale said of one lot."""

        lot = IdField()
        gross = KilogramField(zero_ok=True)
        tare = KilogramField(zero_ok=True, required=False)
        refused = KilogramField(zero_ok=True, required=False)
        reason = serializers.ChoiceField(RefusalReason.choices, required=False, allow_blank=True, default="")
        grade = serializers.SlugField(
            max_length=16, required=False, allow_blank=True, default="", help_text="A lower grade of the lot's `steps`."
        )
        over = serializers.ChoiceField(Surplus.choices, required=False, allow_blank=True, default="")
        note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)

    @extend_schema_serializer(component_name="WeighingIn")
    class Input(serializers.Serializer):
        """Every lot of the delivery."""

        def get_fields(self) -> dict[str, Any]:
            """Add the lots, which are named after this class."""
            return super().get_fields() | {"lots": Weigh.Lot(many=True, allow_empty=False)}

    @extend_schema(request=Input, responses={201: ReceiptOut}, parameters=[KEY], operation_id="delivery_weigh")
    def post(self, request: SignedInCall, delivery_id: int) -> Response:
        """Write down the scale's word for every lot of a trip; it counts once a second person has signed."""
        delivery = permissions.access_delivery(request.user, delivery_id, to=permissions.can_weigh)
        data = read_input(self.Input, request)
        refuse_twice([lot["lot"] for lot in data["lots"]])
        weights = {lot["lot"]: _weighed(lot) for lot in data["lots"]}

        def act(at: dt.datetime) -> dict[str, int]:
            return {"receipt": receiving.weigh(delivery, weights, by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        receipt = permissions.access_receipt(request.user, answer["receipt"])
        return Response(ReceiptOut(receipt).data, status=201)


class Papers(APIView):
    """The papers of a trip."""

    @extend_schema(responses=DoorPapersOut(many=True), operation_id="delivery_papers")
    def get(self, request: SignedInCall, delivery_id: int) -> Response:
        """List by lot which papers are there and which are missing; without them nothing of the lot is accepted."""
        trip = permissions.access_delivery(request.user, delivery_id, to=permissions.can_weigh)
        at, lines = clock.now(), receipts.lines_of(trip)
        papers = papers_at_door(trip, lines.values(), tolerance_at(at).papers, clock.county_day(at))
        rows = [{"lot": lot, "there": one.there, "missing": one.missing} for lot, one in papers.items()]
        return Response(DoorPapersOut(rows, many=True).data)


class Show(APIView):
    """The camera at the door."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="DoorPhotoIn")
    class Input(serializers.Serializer):
        """A photo, of which lot, and what it shows."""

        lot = IdField()
        shows = serializers.ChoiceField([(name, name) for name in ROLES])
        photo = serializers.FileField()

    @extend_schema(request=Input, responses={201: TripOut}, parameters=[KEY], operation_id="delivery_show")
    def post(self, request: SignedInCall, delivery_id: int) -> Response:
        """Keep a photo of the scale, of what goes back or of a paper; the receipt shows it once the trip is weighed."""
        trip = permissions.access_delivery(request.user, delivery_id, to=permissions.can_weigh)
        data = read_input(self.Input, request)
        get_object_or_404(trip.lines, allocation=data["lot"])

        def act(at: dt.datetime) -> None:
            photo = receive_photo(data["photo"], by=request.user, at=at, public=False)
            receiving.show(trip, ROLES[data["shows"]](data["lot"]), photo, by=request.user, at=at)

        act_for_program(request, data, act)
        return Response(TripOut(permissions.access_delivery(request.user, delivery_id)).data, status=201)


class Sign(APIView):
    """The second signature."""

    @extend_schema(request=None, responses=ReceiptOut, parameters=[KEY], operation_id="receipt_sign")
    def post(self, request: SignedInCall, receipt_id: int) -> Response:
        """Sign as the second person: accepted kilos are sold and owed, statements are written."""
        receipt = permissions.access_receipt(request.user, receipt_id, to=permissions.can_weigh)
        program_acts_on(request, receiving.sign, receipt)
        return Response(ReceiptOut(permissions.access_receipt(request.user, receipt_id)).data)


def _weighed(lot: dict[str, Any]) -> Weighed:
    return Weighed(
        lot["gross"],
        tare_g=lot.get("tare", 0),
        refused_g=lot.get("refused", 0),
        reason=lot["reason"],
        note=lot["note"],
        accepted_pieces=lot.get("pieces"),
        over=lot["over"],
        grade=lot["grade"],
    )
