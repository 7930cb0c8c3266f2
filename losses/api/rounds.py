"""What was said of a claim in each round, and whether it was drawn for a visit, for programs."""

from rest_framework import serializers

from kernel.api_fields import DayField, YuanField
from losses.api.told import ToldOut


class RoundOut(ToldOut):
    """What was said of a loss when it was filed in an earlier round; the claim says what is said now."""

    round = serializers.IntegerField()
    cause = serializers.CharField()
    happened_on = DayField()
    words = serializers.CharField()
    at = serializers.DateTimeField()


class SampleDrawOut(serializers.Serializer):
    """Whether a claim was drawn for a visit; anybody works it out again from the seed."""

    month = DayField()
    regime = serializers.CharField(help_text="normal, tightened or full")
    percent = serializers.IntegerField()
    seed = serializers.CharField()
    picked = serializers.BooleanField()
    spared_yuan = YuanField(
        source="spared_fen", allow_null=True, help_text="what it comes to, where the rules ask no visit of it"
    )
    spared_days = serializers.IntegerField(allow_null=True, help_text="so long it was on sale before the loss")
