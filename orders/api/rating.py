"""Saying how a sale went, for programs."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, read_input
from kernel.errors import BadValue
from orders.models import Rating, Side
from orders.permissions.rating import access_line_to_rate
from orders.services import rating
from orders.services.rating import Word
from records.doors import act_for_program


class RatingOut(serializers.Serializer):
    """What one side says of a lot."""

    id = IdField(source="pk")
    side = serializers.ChoiceField(Side.choices)
    timely = serializers.BooleanField()
    right_weight = serializers.BooleanField()
    as_described = serializers.BooleanField(allow_null=True)
    words = serializers.CharField()


class Rate(APIView):
    """How a lot went."""

    @extend_schema_serializer(component_name="RatingIn")
    class Input(serializers.Serializer):
        """What one's side says; of goods also whether they were as described."""

        timely = serializers.BooleanField()
        right_weight = serializers.BooleanField()
        as_described = serializers.BooleanField(required=False, allow_null=True, default=None)
        words = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")

    @extend_schema(request=Input, responses={201: RatingOut}, parameters=[KEY], operation_id="receipt_line_rate")
    def post(self, request: SignedInCall, receipt_id: int, line_id: int) -> Response:
        """Say for one's side how a lot of a signed receipt went; a later word within days replaces it."""
        line, side = access_line_to_rate(request.user, receipt_id, line_id)
        data = read_input(self.Input, request)
        if side == Side.BUYER and data["as_described"] is None:
            raise BadValue(rating.SAY_WHETHER_DESCRIBED)
        word = Word(**data)

        def act(at: dt.datetime) -> dict[str, int]:
            return {"rating": rating.rate(line, side, word, by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        return Response(RatingOut(Rating.objects.get(pk=answer["rating"])).data, status=201)
