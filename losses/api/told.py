"""What a household says of money from elsewhere, for programs: as it comes in, and as it stands on a claim."""

from typing import Any

from rest_framework import serializers

from kernel.api_fields import YuanField
from losses.models import Elsewhere
from losses.services.told import Told


class ToldIn(serializers.Serializer):
    """The question of each report; a blank is who was not asked."""

    elsewhere = serializers.ChoiceField(
        Elsewhere.choices,
        required=False,
        default="",
        allow_blank=True,
        help_text="whether the loss is insured, or money came for it from others",
    )
    elsewhere_from = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    elsewhere_yuan = YuanField(required=False, help_text="of `got`: how much")


class ToldOut(serializers.Serializer):
    """What was told in a round."""

    elsewhere = serializers.CharField(help_text="no, insured or got; empty where nobody asked")
    elsewhere_from = serializers.CharField()
    elsewhere_yuan = YuanField(source="elsewhere_fen", allow_null=True)


def told_of(data: dict[str, Any]) -> Told:
    """Return what was told."""
    return Told(data["elsewhere"], data["elsewhere_from"].strip(), data.get("elsewhere_yuan"))
