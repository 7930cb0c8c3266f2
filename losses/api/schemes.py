"""The rules of relief for programs."""

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api_fields import DayField, IdField, KilogramField, YuanField
from losses.api.papers import SchemePaperOut
from losses.selectors import schemes
from losses.selectors.rates import rate_words
from losses.selectors.schemes import verifier_offices
from produce.api_fields import ProduceNameField


class RateOut(serializers.Serializer):
    """What one unit of weight of one produce is relieved with."""

    produce = serializers.CharField(source="produce.code")
    produce_name = ProduceNameField(source="produce")
    category = serializers.CharField()
    basis = serializers.CharField(help_text="kg, mu, head or value")
    rate_yuan = YuanField(source="rate_fen", help_text="for a weight, a mu or a head; 0 for a part of the value")
    per_kg = KilogramField(source="rate_unit_g", help_text="the weight that a rate by weight is for")
    value_permille = serializers.IntegerField(source="permille", help_text="thousandths of the value")
    words = serializers.SerializerMethodField()

    def get_words(self, rate) -> str:
        """Return the rate as people say it."""
        return rate_words(rate)


class SchemeOut(serializers.Serializer):
    """Published rules."""

    id = IdField()
    name = serializers.CharField()
    legal_basis = serializers.CharField()
    status = serializers.CharField()
    window_from = DayField()
    window_to = DayField()
    tiers = serializers.ListField(child=serializers.CharField())
    townships = serializers.ListField(child=serializers.CharField(), help_text="codes; none is the whole county")
    household_cap_yuan = YuanField(source="household_cap_fen")
    min_loss_kg = KilogramField(source="min_loss_g")
    village_days = serializers.IntegerField()
    county_days = serializers.IntegerField()
    sample_percent = serializers.IntegerField(help_text="so many of a hundred claims are visited")
    sharing = serializers.CharField(help_text="first: who comes first; pro_rata: all alike, computed together")
    most_claims = serializers.IntegerField(allow_null=True, help_text="of a household; null is any number")
    pay_days = serializers.IntegerField(help_text="after the award, until the money is on the card")
    waiting_days = serializers.IntegerField(help_text="between two reports of a household")
    check_photos = serializers.BooleanField(help_text="village and township show a photo of what they saw")
    village_check_hours = serializers.IntegerField(allow_null=True, help_text="its own clock; null is the county's")
    township_check_hours = serializers.IntegerField(allow_null=True)
    visit_hours = serializers.IntegerField(allow_null=True)
    review_days = serializers.IntegerField(allow_null=True)
    verifier_offices = serializers.SerializerMethodField(help_text="names; none is any")
    no_visit_below_yuan = YuanField(
        source="no_visit_below_fen", allow_null=True, help_text="of an unsold lot; null: all are drawn"
    )
    no_visit_listed_days = serializers.IntegerField(allow_null=True, help_text="so long it was on sale before the loss")
    rates = serializers.SerializerMethodField()
    papers = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_verifier_offices(self, scheme) -> list[str]:
        """Return the offices whose verifiers are drawn."""
        return verifier_offices(scheme)

    @extend_schema_field(RateOut(many=True))
    def get_rates(self, scheme) -> list:
        """Return the rates by produce."""
        return list(RateOut(scheme.rates.select_related("produce").order_by("pk"), many=True).data)

    @extend_schema_field(SchemePaperOut(many=True))
    def get_papers(self, scheme) -> list:
        """Return the papers it asks for."""
        return list(SchemePaperOut(scheme.papers.order_by("pk"), many=True).data)


class Schemes(APIView):
    """The published rules."""

    permission_classes = [AllowAny]

    @extend_schema(responses=SchemeOut(many=True), operation_id="scheme_list")
    def get(self, request):
        """List what is published."""
        return Response(SchemeOut(schemes.published(), many=True).data)
