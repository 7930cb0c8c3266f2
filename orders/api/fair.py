"""How evenly the season's sales fell, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock
from kernel.api_fields import KilogramField
from orders.selectors.served import public_spread
from produce.api_fields import ProduceNameField


class SpreadOut(serializers.Serializer):
    """How evenly one produce was sold this season."""

    produce = serializers.CharField(source="code")
    produce_name = ProduceNameField(source="*")
    owners = serializers.IntegerField(help_text="Households and co-operatives that offered some.")
    served = serializers.IntegerField(help_text="How many of them sold or promised some.")
    total = KilogramField(source="total_g")
    greatest = KilogramField(source="greatest_g", help_text="The greatest share of one of them.")
    permille = serializers.IntegerField(help_text="The greatest share in thousandths of the mean; the goal is 1500.")


class FairShares(APIView):
    """The season's shares."""

    permission_classes = [AllowAny]

    @extend_schema(responses=SpreadOut(many=True), operation_id="fair_shares")
    def get(self, _request: Request) -> Response:
        """List how evenly each produce was sold, the least even first."""
        return Response(SpreadOut(public_spread(clock.now()), many=True).data)
