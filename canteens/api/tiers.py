"""Tiers that buyers have too few people for, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from canteens import permissions
from canteens.selectors.short_tiers import short_tiers
from kernel import clock
from kernel.api_fields import DayField, IdField


class ShortTierOut(serializers.Serializer):
    """A tier that one buyer has too few people for."""

    buyer = IdField(source="buyer_id")
    name = serializers.CharField(source="buyer")
    tier = IdField(source="tier.pk")
    fund_kind = serializers.CharField(source="tier.fund_kind")
    from_fen = serializers.IntegerField(source="tier.from_fen")
    persons = serializers.IntegerField(source="tier.persons", help_text="how many people must approve")
    posts = serializers.ListField(child=serializers.CharField(), source="tier.posts")
    have = serializers.IntegerField(help_text="how many hold one of the posts besides whoever orders")
    on = DayField(help_text="today, or the first day of a tier that is yet to hold")


class ShortTiers(APIView):
    """Tiers that buyers have too few people for."""

    @extend_schema(responses=ShortTierOut(many=True), operation_id="tier_short")
    def get(self, request: SignedInCall) -> Response:
        """List them by buyer: of every buyer for whoever reads the register of tiers, else of one's own."""
        buyers = permissions.access_short_tiers(request.user)
        return Response(ShortTierOut(short_tiers(clock.county_day(clock.now()), buyers), many=True).data)
