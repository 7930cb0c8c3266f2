"""What buyers owe and how fast they pay, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from canteens.models import FundKind
from kernel import clock
from kernel.api_fields import DayField, IdField, YuanField
from kernel.api_pages import narrowed_for_program, parameters_of
from orders import permissions
from orders.filters import OwedFilter
from orders.selectors.ageing import ageing, owed_seen_by, pay_speed


class OwedOut(serializers.Serializer):
    """What one fund owes its sellers, by its age."""

    buyer = serializers.CharField()
    fund = IdField(source="fund_id")
    fund_kind = serializers.ChoiceField(FundKind.choices)
    fund_name = serializers.CharField(help_text="empty where its buyer has one of this kind")
    in_time = YuanField(source="in_time_fen")
    late = serializers.ListField(child=YuanField(), source="late_fen", help_text="1 to 7 days late, 8 to 30, and more.")
    oldest_on = DayField(help_text="The first day on which some of it was due.")
    interest = YuanField(source="interest_fen", help_text="Of what is late, by the rate of today; not booked.")


class SpeedOut(serializers.Serializer):
    """How one buyer paid its farmers of late."""

    buyer = serializers.CharField()
    channel = serializers.CharField()
    paid = serializers.IntegerField(help_text="Statements paid.")
    middle_days = serializers.IntegerField(help_text="From acceptance to payment, the middle one.")
    in_time = serializers.IntegerField(help_text="How many of them by their day.")
    late_now = serializers.IntegerField(help_text="Statements past their day that nobody has paid.")


class Ageing(APIView):
    """What funds owe."""

    @extend_schema(parameters=parameters_of(OwedFilter), responses=OwedOut(many=True), operation_id="pay_ageing")
    def get(self, request: SignedInCall) -> Response:
        """List what each fund owes, who owes longest first."""
        permissions.access_ageing(request.user)
        rows = narrowed_for_program(request, OwedFilter, owed_seen_by(request.user))
        return Response(OwedOut(ageing(rows, clock.county_day(clock.now())), many=True).data)


class PaySpeeds(APIView):
    """How fast buyers pay."""

    permission_classes = [AllowAny]

    @extend_schema(responses=SpeedOut(many=True), operation_id="pay_speeds")
    def get(self, _request: Request) -> Response:
        """List how each buyer paid, who is late first, then the slowest."""
        return Response(SpeedOut(pay_speed(clock.now()), many=True).data)
