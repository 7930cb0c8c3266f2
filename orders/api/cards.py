"""Scorecards for programs, from the same rows as the page."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from catalog.models import SanctionCode
from catalog.selectors.sanctions import sanctions_seen_by
from kernel import clock
from kernel.api_fields import DayField, KilogramField
from orders.forms.papers import DossierForm
from orders.pages.cards import seller_of_card
from orders.selectors.cards import MOST_CARDS, SellerCard, cards_seen_by, usual_days
from produce.api_fields import ProduceNameField


class CardFiguresOut(serializers.Serializer):
    """What the signed receipts of one party say."""

    lots = serializers.IntegerField(help_text="Lots signed for: what the other figures rest on.")
    on_time = serializers.IntegerField(help_text="Lots that came by the day agreed.")
    short_kg = KilogramField(source="short_g")
    short_permille = serializers.IntegerField()
    refused_kg = KilogramField(source="refused_g")
    refused_permille = serializers.IntegerField()
    complaints_lost = serializers.IntegerField(source="lost")


class PraiseOut(serializers.Serializer):
    """What the other side said, as counts of all that was said."""

    said = serializers.IntegerField()
    timely = serializers.IntegerField()
    right_weight = serializers.IntegerField()
    as_described = serializers.IntegerField()


class SellerCardOut(serializers.Serializer):
    """How one seller kept to what was agreed."""

    seller = serializers.SerializerMethodField()
    figures = CardFiguresOut()
    praise = PraiseOut()

    @extend_schema_field(str)
    def get_seller(self, card: SellerCard) -> str:
        return seller_of_card(card, self.context["user"])


class BuyerCardOut(serializers.Serializer):
    """How one buyer did."""

    buyer = serializers.CharField(source="name")
    figures = CardFiguresOut()
    paid = serializers.IntegerField(help_text="Statements paid in these days.")
    paid_in_time = serializers.IntegerField()
    praise = PraiseOut()
    days_to_pay = serializers.IntegerField(help_text="On average, from the statement to the money.")


class HaulierCardOut(serializers.Serializer):
    """How one haulier brought what it took."""

    haulier = serializers.CharField(source="name")
    figures = CardFiguresOut()
    handed_over = serializers.IntegerField(source="loss.lines", default=0, help_text="Lots with a weight at pick-up.")
    lost_above_rule_kg = KilogramField(source="loss.above_g", default=0)


class SanctionOut(serializers.Serializer):
    """What the bureau decided against a party, until a last day."""

    code = serializers.ChoiceField(SanctionCode.choices)
    produce = serializers.CharField(source="produce.code", default="")
    produce_name = ProduceNameField(source="produce", default="")
    from_on = DayField()
    to_on = DayField()
    reason = serializers.CharField()
    document = serializers.CharField()
    lifted_on = DayField(allow_null=True)


class CardsOut(serializers.Serializer):
    """The cards that one may read."""

    first = DayField()
    last = DayField()
    sellers = SellerCardOut(many=True)
    buyers = BuyerCardOut(many=True)
    hauliers = HaulierCardOut(many=True)
    sanctions = SanctionOut(many=True)


class Scorecards(APIView):
    """How everybody kept to what was agreed."""

    @extend_schema(
        parameters=[OpenApiParameter("first", str), OpenApiParameter("last", str)],
        responses=CardsOut,
        operation_id="scorecards",
    )
    def get(self, request: SignedInCall) -> Response:
        """Return the own cards, or everybody's to the county, of the last days or those asked for."""
        days: Any = usual_days(clock.now())
        if request.query_params.keys() & {"first", "last"}:
            form = DossierForm(request.query_params)
            if not form.is_valid():
                errors: Any = form.errors
                raise ValidationError(errors)
            days = form.days()
        cards = cards_seen_by(request.user, *days)
        against = sanctions_seen_by(request.user).filter(to_on__gte=cards.first)[:MOST_CARDS]
        shown = {name: getattr(cards, name) for name in ("first", "last", "sellers", "buyers", "hauliers")}
        return Response(CardsOut(shown | {"sanctions": against}, context={"user": request.user}).data)
