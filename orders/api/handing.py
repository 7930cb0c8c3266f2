"""Endpoints of the pick-up: what hauliers take, and what sellers say of it."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, KilogramField, WholeNumberField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from kernel.present import known
from orders import permissions
from orders.models import HandOver
from orders.selectors.handing import hand_overs_seen_by, hauls_for
from orders.selectors.orders import seller_shown
from orders.services import handing
from orders.services.handing import Given
from produce.api_fields import ProduceNameField
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo


class HandOverOut(serializers.Serializer):
    """One hand-over at the pick-up."""

    id = IdField(source="pk")
    lot = IdField(source="allocation_id")
    order = serializers.CharField(source="allocation.order.number")
    produce = serializers.CharField(source="allocation.listing.produce.code")
    produce_name = ProduceNameField(source="allocation.listing.produce")
    seller = serializers.SerializerMethodField()
    carrier = serializers.CharField(source="carrier.name")
    taken_by = serializers.SerializerMethodField()
    giver = serializers.ChoiceField(HandOver.Giver.choices)
    giver_name = serializers.CharField()
    place = serializers.CharField()
    kg = KilogramField(source="weight_g")
    pieces = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()
    agreed = serializers.BooleanField(source="answer.agrees", default=None, allow_null=True)
    note = serializers.CharField(source="answer.note", default="")
    back_kg = KilogramField(source="end.back_g", default=None, allow_null=True)

    def get_seller(self, row: HandOver) -> str:
        """Name the seller, masked for whoever is on neither side of the order."""
        lot = row.allocation
        return seller_shown(lot.listing, self.context["request"].user, lot.order.buyer_id)

    def get_taken_by(self, row: HandOver) -> str:
        """Name whoever took the goods and signed for them."""
        return known(row.taken_by.person).name


class HandOverPageOut(PageOut):
    """One page of hand-overs."""

    results = HandOverOut(many=True)


class HandOvers(APIView):
    """What was handed over."""

    @extend_schema(parameters=PAGING, responses=HandOverPageOut, operation_id="hand_over_list")
    def get(self, request: SignedInCall) -> Response:
        """List the hand-overs of one's goods, to one's hauliers or for one's buyers, newest first."""
        return answer_page(hand_overs_seen_by(request.user), HandOverOut, request=request, view=self)


class TakeOver(APIView):
    """The haulier at the pick-up."""

    @extend_schema_serializer(component_name="HandOverIn")
    class Input(serializers.Serializer):
        """What the scale said, and who gave the goods."""

        kg = KilogramField()
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)
        carrier = IdField(required=False, help_text="the organisation one drives for, if there are several")
        giver = serializers.ChoiceField(HandOver.Giver.choices, required=False, default=HandOver.Giver.SELLER)
        giver_name = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
        place = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")

    @extend_schema(request=Input, responses={201: HandOverOut}, parameters=[KEY], operation_id="hand_over")
    def post(self, request: SignedInCall, allocation_id: int) -> Response:
        """Write down what was taken of a lot; whoever sends this signs for it."""
        lot = permissions.access_lot_to_fetch(request.user, allocation_id)
        data = read_input(self.Input, request)
        given = Given(data["kg"], data.get("pieces"), data["giver"], data["giver_name"], data["place"])
        carrier = data.get("carrier") or next(iter(sorted(hauls_for(request.user))), 0)

        def act(at: dt.datetime) -> dict[str, int]:
            return {"hand_over": handing.hand_over(lot, given, carrier=carrier, by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        return _hand_over(request, answer["hand_over"], status=201)


class ConfirmHandOver(APIView):
    """「没错」."""

    @extend_schema(request=None, responses=HandOverOut, parameters=[KEY], operation_id="hand_over_confirm")
    def post(self, request: SignedInCall, hand_over_id: int) -> Response:
        """Say for the seller that the weight is right."""
        row = permissions.access_hand_over(request.user, hand_over_id, to=permissions.can_answer_hand_over)
        act_for_program(request, {}, lambda at: _said(row, agrees=True, by=request.user, at=at))
        return _hand_over(request, hand_over_id)


class ContestHandOver(APIView):
    """「不对」."""

    @extend_schema_serializer(component_name="HandOverContestIn")
    class Input(serializers.Serializer):
        """What is not right."""

        note = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=HandOverOut, parameters=[KEY], operation_id="hand_over_contest")
    def post(self, request: SignedInCall, hand_over_id: int) -> Response:
        """Say for the seller that the weight is not right, and why."""
        row = permissions.access_hand_over(request.user, hand_over_id, to=permissions.can_answer_hand_over)
        data = read_input(self.Input, request)
        note = data["note"]
        act_for_program(request, data, lambda at: _said(row, agrees=False, note=note, by=request.user, at=at))
        return _hand_over(request, hand_over_id)


class GiveBack(APIView):
    """A hand-over that goes back."""

    @extend_schema(request=None, responses=HandOverOut, parameters=[KEY], operation_id="hand_over_back")
    def post(self, request: SignedInCall, hand_over_id: int) -> Response:
        """Give a hand-over back as a whole: it was written wrong, or the goods stay."""
        row = permissions.access_hand_over(request.user, hand_over_id, to=permissions.can_give_back)
        program_acts_on(request, handing.give_back, row)
        return _hand_over(request, hand_over_id)


class ShowHandOver(APIView):
    """The camera at the pick-up."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="PickUpPhotoIn")
    class Input(serializers.Serializer):
        """A photo of the scale."""

        photo = serializers.FileField()

    @extend_schema(request=Input, responses={201: HandOverOut}, parameters=[KEY], operation_id="hand_over_show")
    def post(self, request: SignedInCall, hand_over_id: int) -> Response:
        """Keep a photo of the scale at the pick-up, of the haulier or of the seller's side."""
        row = permissions.access_hand_over(request.user, hand_over_id, to=permissions.can_show_hand_over)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> None:
            handing.show(
                row, receive_photo(data["photo"], by=request.user, at=at, public=False), by=request.user, at=at
            )

        act_for_program(request, data, act)
        return _hand_over(request, hand_over_id, status=201)


def _said(row: HandOver, **said: Any) -> None:
    handing.answer(row, **said)


def _hand_over(request: SignedInCall, hand_over_id: int, status: int = 200) -> Response:
    row = permissions.access_hand_over(request.user, hand_over_id)
    return Response(HandOverOut(row, context={"request": request}).data, status=status)
