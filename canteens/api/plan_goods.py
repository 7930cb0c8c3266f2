"""The goods of purchase plans for programs, as they are written and read."""

from typing import Any

from rest_framework import serializers

from canteens.selectors.plan_goods import goods_name
from canteens.services.plan_goods import Goods
from kernel.api_fields import IdField, KilogramField, YuanField
from produce.api_fields import ProduceField
from produce.models import MOST_PRICE_FEN


class PlanGoodsIn(serializers.Serializer):
    """One of the goods of a plan: a produce, or a class of them, how much and at which price at most."""

    produce = ProduceField(required=False, allow_null=True, default=None)
    category = serializers.CharField(
        max_length=16,
        required=False,
        allow_null=True,
        default=None,
        help_text="the code of a class, instead of a produce",
    )
    kg = KilogramField(required=False, allow_null=True, default=None, help_text="may be left open of a class")
    ceiling = YuanField(
        most_fen=MOST_PRICE_FEN,
        required=False,
        allow_null=True,
        default=None,
        help_text="at most, for 500 g, at placing",
    )


class PlanGoodsOut(serializers.Serializer):
    """One of the goods of a plan, with what its orders hold and took of it."""

    id = IdField(source="pk")
    produce = serializers.CharField(source="produce.code", allow_null=True, default=None)
    category = serializers.CharField(source="category_id", allow_null=True)
    name = serializers.SerializerMethodField()
    kg = KilogramField(source="quantity_g", allow_null=True, help_text="null: as much as the sum of the plan pays for")
    ceiling = YuanField(source="ceiling_fen", allow_null=True, help_text="for 500 g")
    held_kg = KilogramField(source="held_g", help_text="that its orders still wait for")
    accepted_kg = KilogramField(source="accepted_g", help_text="taken, less what went back")
    left_kg = KilogramField(source="left_g", allow_null=True, help_text="what may still be ordered")

    def get_name(self, row: Any) -> str:
        """Return what the goods are called."""
        return goods_name(row)


def goods_in(asked: list[dict[str, Any]]) -> tuple[Goods, ...]:
    """Return the goods that a program names."""
    return tuple(Goods(one["produce"], one["category"], one["kg"], one["ceiling"]) for one in asked)
