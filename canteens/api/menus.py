"""The week's menu for programs: read by everybody, published by the kitchen."""

import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.models import Organisation
from canteens import permissions
from canteens.forms.menus import WeekForm
from canteens.models import MOST_GRAMS, MOST_HEADS
from canteens.selectors.menus import menu_of
from canteens.services.menus import DAYS, MOST_LETTERS, Cooked, Dish, Part, publish_menu
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, WholeNumberField, read_input
from records.doors import act_for_program


class MenuPartShape(serializers.Serializer):
    """What goes into a dish for one head."""

    name = serializers.CharField(max_length=MOST_LETTERS)
    grams = WholeNumberField(min_value=1, max_value=MOST_GRAMS)


class MenuDishShape(serializers.Serializer):
    """One dish."""

    name = serializers.CharField(max_length=MOST_LETTERS)
    parts = MenuPartShape(many=True, allow_empty=False)


class MenuDayShape(serializers.Serializer):
    """What is cooked on one day, for how many."""

    day = DayField()
    heads = WholeNumberField(min_value=1, max_value=MOST_HEADS)
    dishes = MenuDishShape(many=True, allow_empty=False)


class MenuOut(serializers.Serializer):
    """The menu of a week as it stands: its latest turn."""

    kitchen = IdField(source="organisation_id")
    monday = DayField()
    turn = serializers.IntegerField()
    days = MenuDayShape(many=True)


@extend_schema_serializer(component_name="MenuIn")
class MenuIn(serializers.Serializer):
    """What is cooked in the week of a Monday."""

    kitchen = IdField()
    monday = DayField()
    days = MenuDayShape(many=True, allow_empty=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Ask for each day once, within the week."""
        days = [(row["day"] - data["monday"]).days for row in data["days"]]
        if len(set(days)) < len(days) or not set(days) <= set(range(DAYS)):
            raise serializers.ValidationError({"days": "0…6"})
        return data


class Menus(APIView):
    """A new menu."""

    @extend_schema(request=MenuIn, responses={201: MenuOut}, parameters=[KEY], operation_id="menu_publish")
    def post(self, request: SignedInCall) -> Response:
        """Publish what a kitchen cooks in a week; published anew, the later one counts."""
        permissions.access_kitchen(request.user)
        asked = read_input(MenuIn, request)
        kitchen, monday = permissions.access_kitchen(request.user, asked["kitchen"]), asked["monday"]
        days = {(row["day"] - monday).days: _cooked(row) for row in asked["days"]}

        def act(at: dt.datetime) -> dict[str, int]:
            return {"turn": publish_menu(kitchen, monday, days, by=request.user, at=at).turn}

        act_for_program(request, asked, act)
        return Response(MenuOut(menu_of(kitchen, monday)).data, status=201)


class OneMenu(APIView):
    """What a kitchen cooks."""

    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[OpenApiParameter("week", dt.date, description="Any day of the week; today unless said.")],
        responses=MenuOut,
        operation_id="menu_detail",
    )
    def get(self, request: Request, organisation_id: int) -> Response:
        """Return what a kitchen cooks in a week; turn 0 without days where nothing was published."""
        kitchen = get_object_or_404(Organisation, pk=organisation_id, kind=Organisation.Kind.BUYER)
        today = clock.county_day(clock.now())
        monday = WeekForm.monday_of(request.query_params, today - dt.timedelta(days=today.weekday()))
        stands = menu_of(kitchen, monday)
        if stands is None:
            return Response({"kitchen": kitchen.pk, "monday": monday, "turn": 0, "days": []})
        return Response(MenuOut(stands).data)


def _cooked(row: dict[str, Any]) -> Cooked:
    dishes = (Dish(dish["name"], tuple(Part(**part) for part in dish["parts"])) for dish in row["dishes"])
    return Cooked(row["heads"], tuple(dishes))
