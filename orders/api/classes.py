"""The year's sums of each class of goods, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import clock
from kernel.api_fields import IdField, YuanField
from orders.selectors.classes import buyers_read, class_sums


class ClassSumOut(serializers.Serializer):
    """What one buyer ordered of one class of goods this year, from all its funds, beside the procurement limit."""

    buyer = IdField(source="buyer_id")
    category = serializers.CharField(source="category_id")
    ordered = YuanField(source="fen")
    limit = YuanField(source="limit_fen")
    told_from = YuanField(source="told_from_fen")
    above = serializers.BooleanField()


class ClassSums(APIView):
    """The year's sums."""

    @extend_schema(responses=ClassSumOut(many=True), operation_id="class_sums")
    def get(self, request: SignedInCall) -> Response:
        """List what one's buyers ordered of each class of goods this year, the most first."""
        buyers = list(buyers_read(request.user).values_list("pk", flat=True))
        return Response(ClassSumOut(class_sums(clock.county_day(clock.now()), buyers), many=True).data)
