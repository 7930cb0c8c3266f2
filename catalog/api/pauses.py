"""Absences for programs: away until a day, and back."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import permissions
from catalog.selectors.pauses import pause_of
from catalog.services import pauses
from kernel import clock
from kernel.api_fields import KEY, DayField, read_input
from records.doors import act_for_program


class PauseOut(serializers.Serializer):
    """Until which day, with it, one's goods are not offered."""

    away_until = DayField(allow_null=True)


class Pause(APIView):
    """One's own absence."""

    @extend_schema_serializer(component_name="PauseInput")
    class Input(serializers.Serializer):
        """The last day of the absence."""

        until = DayField()

    @extend_schema(operation_id="pause_detail", responses=PauseOut)
    def get(self, request):
        """Set until when one's household, or the co-operative managed, is away."""
        return Response(_away(permissions.access_pause(request.user)))

    @extend_schema(operation_id="pause_begin", request=Input, responses=PauseOut, parameters=[KEY])
    def post(self, request):
        """Offer nothing of one's own up to and with a day."""
        seller = permissions.access_pause(request.user)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, Any]:
            pauses.go_away(**seller, until=data["until"], by=request.user, at=at)
            return {}

        act_for_program(request, data, act)
        return Response(_away(seller))


class PauseEnd(APIView):
    """Being back."""

    @extend_schema(operation_id="pause_end", request=None, responses=PauseOut, parameters=[KEY])
    def post(self, request):
        """Offer one's goods again."""
        seller = permissions.access_pause(request.user)

        def act(at: dt.datetime) -> dict[str, Any]:
            pauses.come_back(**seller, by=request.user, at=at)
            return {}

        act_for_program(request, {}, act)
        return Response(_away(seller))


def _away(seller: dict) -> dict:
    return PauseOut({"away_until": pause_of(clock.county_day(clock.now()), **seller)}).data
