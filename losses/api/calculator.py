"""What a loss would come to, for programs and for anybody."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api_fields import KilogramField, WholeNumberField, YuanField
from kernel.errors import BadValue
from losses.models import SchemeRate
from losses.pages.words import arithmetic
from losses.selectors import schemes
from losses.selectors.calculating import asks_price, is_enough, tried_facts, what_if
from losses.selectors.rates import factors
from produce.api_fields import ProduceField


class WhatIfOut(serializers.Serializer):
    """What so much of one produce would give a household that had nothing yet, if as much is found on the spot."""

    amount_yuan = YuanField(source="amount_fen")
    enough = serializers.BooleanField(help_text="false where it is below the least loss and gives nothing")
    lines = serializers.ListField(child=serializers.CharField(), help_text="how it comes about, a step a line")
    least_kg = KilogramField(source="least_g")
    household_cap_yuan = YuanField(source="cap_fen")
    pay_days = serializers.IntegerField(help_text="after the award, until the money is on the card")
    money_left_yuan = YuanField(source="money_left_fen")


class WhatIf(APIView):
    """A sum that anybody may try."""

    permission_classes = [AllowAny]

    @extend_schema_serializer(component_name="WhatIfAsk")
    class Input(serializers.Serializer):
        """Which produce, lost how, and how much of it."""

        produce = ProduceField()
        category = serializers.ChoiceField(
            SchemeRate.Category.choices,
            default=SchemeRate.Category.SPOILED,
            help_text="A sold too low, B after harvest, C never harvested",
        )
        sold_yuan = YuanField(
            required=False, help_text="of A, and of B by value: what half a kilogram was sold at or asked for"
        )
        area_cmu = WholeNumberField(
            required=False, min_value=1, max_value=100_000, help_text="of a rate by mu: the land, in hundredths of a mu"
        )
        kg = KilogramField()

    @extend_schema(parameters=[Input], responses=WhatIfOut, operation_id="scheme_what_if")
    def get(self, request, scheme_id):
        """Return what a loss would come to, line by line."""
        scheme = get_object_or_404(schemes.published(), pk=scheme_id)
        asked = self.Input(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        rates = scheme.rates.select_related("produce")
        rate = rates.filter(produce=wanted["produce"], category=wanted["category"]).first()
        if rate is None:
            raise BadValue(_("These rules have no rate for that."))
        said = {"sold_at": wanted.get("sold_yuan"), "area_cmu": wanted.get("area_cmu")}
        if rate.basis == SchemeRate.Basis.MU and said["area_cmu"] is None:
            raise BadValue(_("Write on how much land it stood."))
        if asks_price(rate) and said["sold_at"] is None:
            raise BadValue(_("Write at how many yuan a jin they were sold."))
        found = what_if(scheme, rate, wanted["kg"], **said)
        grams = found.verified_g
        enough = is_enough(scheme, found)
        told = {
            "amount_fen": found.amount_fen if enough else 0,
            "enough": enough,
            "lines": arithmetic(found, factors(rate, tried_facts(rate, grams, **said), grams)) if enough else [],
            "least_g": scheme.min_loss_g,
            "cap_fen": scheme.household_cap_fen,
            "pay_days": scheme.pay_days,
            "money_left_fen": found.money_left_fen,
        }
        return Response(WhatIfOut(told).data)
