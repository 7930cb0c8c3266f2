"""Endpoints of a driver's day: its stops, several orders on one trip, the code of a delivery note."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.services.readings import note_reading
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, KilogramField, YuanField, read_input
from orders import permissions
from orders.api.shapes import KitchenOut, TripOut, refuse_twice
from orders.api.trips import Ship
from orders.models import Delivery
from orders.selectors.driving import Pick, driver_day
from orders.selectors.orders import seller_shown
from orders.services import delivering
from orders.services.delivering import Loaded
from orders.services.notes import trip_of_note
from produce.api_fields import ProduceNameField
from records.doors import act_for_program


class PickOut(serializers.Serializer):
    """One lot at a stop."""

    lot = IdField(source="lot.pk")
    number = serializers.CharField(source="lot.listing.number")
    order = IdField(source="lot.order_id")
    buyer = serializers.CharField(source="lot.order.buyer.name")
    produce = serializers.CharField(source="lot.listing.produce.code")
    produce_name = ProduceNameField(source="lot.listing.produce")
    seller = serializers.SerializerMethodField()
    phone = serializers.CharField()
    kg = KilogramField(source="lot.weight_g")
    taken_kg = KilogramField(source="own.handed_g")
    sent_kg = KilogramField(source="own.shipped_g")
    to_fetch_kg = KilogramField(source="to_fetch_g")

    def get_seller(self, pick: Pick) -> str:
        """Name the seller, as whoever fetches the goods needs it."""
        return seller_shown(pick.lot.listing, self.context["request"].user, pick.lot.order.buyer_id)


class StopOut(serializers.Serializer):
    """One village where the cart loads."""

    village = serializers.CharField(source="village.name")
    done = serializers.BooleanField(source="is_done")
    lots = PickOut(source="picks", many=True)


class DoorOut(serializers.Serializer):
    """One buyer at whose door the cart unloads."""

    buyer = serializers.CharField(source="buyer.name")
    address = serializers.CharField()
    canteens = KitchenOut(source="kitchens", many=True, help_text="for which of the buyer's the goods are")
    phone = serializers.CharField(source="buyer.phone")
    kg = KilogramField(source="grams")
    orders = serializers.SerializerMethodField()
    trips = TripOut(many=True)

    def get_orders(self, door: Any) -> list[int]:
        """Return the orders of which something is still to be sent off."""
        return [order.pk for order in door.orders]


class DriverDayOut(serializers.Serializer):
    """A driver's day: pick-ups in order, then doors; the cart is loaded in the reverse order of the doors."""

    day = DayField()
    stops = StopOut(many=True)
    doors = DoorOut(many=True)


class DriverDays(APIView):
    """The stops of a day."""

    @extend_schema_serializer(component_name="DriverDayFilter")
    class Filter(serializers.Serializer):
        """Until which day."""

        day = DayField(required=False)

    @extend_schema(parameters=[Filter], responses=DriverDayOut, operation_id="driver_day")
    def get(self, request: SignedInCall) -> Response:
        """Return what somebody who drives has to fetch and bring by a day, today unless another is named."""
        permissions.access_driving(request.user)
        asked, at = self.Filter(data=request.query_params), clock.now()
        asked.is_valid(raise_exception=True)
        day = driver_day(request.user, asked.validated_data.get("day") or clock.county_day(at), at=at)
        phones = {pick.phone for stop in day.stops for pick in stop.picks if pick.phone and pick.lot.household_id}
        note_reading(by=request.user, door="driver-day", people=len(phones), at=at)
        return Response(DriverDayOut(day, context={"request": request}).data)


class NewTrip(APIView):
    """One trip with goods of several orders."""

    @extend_schema_serializer(component_name="TripIn")
    class Input(serializers.Serializer):
        """The orders of one buyer, and the cart."""

        orders = serializers.ListField(child=IdField(), min_length=1, max_length=20)
        driver = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
        price = YuanField(required=False, help_text="what the cart asks, where the orders' rule lets somebody pay it")
        loads = Ship.Load(many=True, allow_empty=False)

    @extend_schema(request=Input, responses={201: TripOut}, parameters=[KEY], operation_id="trip_new")
    def post(self, request: SignedInCall) -> Response:
        """Send goods of several orders of one buyer off on one trip."""
        data = read_input(self.Input, request)
        orders = permissions.access_orders_to_ship(request.user, data["orders"])
        refuse_twice([load["lot"] for load in data["loads"]])
        loads = {load["lot"]: Loaded(load["kg"], load.get("pieces")) for load in data["loads"]}

        def act(at: dt.datetime) -> dict[str, int]:
            more = {"driver": data["driver"], "price_fen": data.get("price")}
            return {"delivery": delivering.ship(orders, loads, **more, by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        return Response(TripOut(Delivery.objects.select_related("arrival").get(pk=answer["delivery"])).data, status=201)


class ScanNote(APIView):
    """The code of a delivery note."""

    @extend_schema_serializer(component_name="NoteFilter")
    class Filter(serializers.Serializer):
        """What the code says, and which delivery one has open."""

        code = serializers.CharField(max_length=300)
        delivery = IdField(required=False)

    @extend_schema(parameters=[Filter], responses=TripOut, operation_id="delivery_scan")
    def get(self, request: SignedInCall) -> Response:
        """Return the trip that a code names; one of another buyer, or of another trip than the open one, is refused."""
        asked = self.Filter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        key = asked.validated_data.get("delivery")
        expected = permissions.access_delivery(request.user, key) if key else None
        return Response(TripOut(trip_of_note(request.user, asked.validated_data["code"], expected=expected)).data)
