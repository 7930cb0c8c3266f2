"""An order taken off a wrong fund, for programs."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, read_input
from orders import permissions
from orders.api.buying import order_answer
from orders.api.shapes import OrderOut
from orders.services.replacing import place_anew
from records.doors import act_for_program


class AnotherFund(APIView):
    """Another fund for an order."""

    @extend_schema_serializer(component_name="OrderFundIn")
    class Input(serializers.Serializer):
        """Which fund pays instead, and why."""

        fund = IdField()
        canteen = IdField(required=False, help_text="another one than before, of `/orders/canteens/`")
        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses={201: OrderOut}, parameters=[KEY], operation_id="order_fund")
    def post(self, request: SignedInCall, order_id: int) -> Response:
        """Call an order off and place the same lots anew from another fund, all or nothing; answer with the new one."""
        order = permissions.access_order(request.user, order_id, to=permissions.can_place_anew)
        asked = read_input(self.Input, request)
        fund = permissions.access_fund_to_order(request.user, asked["fund"])

        def act(at: dt.datetime) -> dict[str, int]:
            more = {"kitchen": asked.get("canteen"), "why": asked["why"]}
            return {"order": place_anew(order, fund, **more, by=request.user, at=at).pk}

        answer = order_answer(request, act_for_program(request, asked, act)["order"])
        answer.status_code = 201
        return answer
