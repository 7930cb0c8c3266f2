"""Rules of union money: what a union may spend for each member, and least buys of poor households, in a region."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Place
from kernel.constraints import within
from kernel.entering import entered_only
from kernel.workflow import never_deleted
from records.models import MOST_FEN

WHOLE_BP = 10_000  # hundredths of a percent


class UnionRule(models.Model):
    """What holds for the money of the unions of a place, for each member and in a year; the nearest's holds alone."""

    CHANGES = ("to_on",)

    place = models.ForeignKey(Place, models.PROTECT, related_name="union_rules")
    document = models.CharField(max_length=80)  # by this number it is named wherever it refuses
    year_fen = models.BigIntegerField(null=True)  # for each member in a year, inside the ordinary ceiling
    festival_fen = models.BigIntegerField(null=True)  # for each member on one occasion, whatever its kind
    apart_fen = models.BigIntegerField(null=True)  # for each member in a year, outside the ordinary ceiling
    least_bp = models.PositiveSmallIntegerField(null=True)  # of a year's declared buying for poor households' goods
    plan_from_fen = models.BigIntegerField(null=True)  # of one purse's orders on no plan: from so much on they need one
    counts_unplanned = models.BooleanField()  # orders on no plan count in the year as well
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day without it

    class Meta:
        triggers = [entered_only(), *never_deleted()]
        constraints = [
            models.UniqueConstraint(fields=["place", "from_on"], name="union_rule_from_once"),
            models.UniqueConstraint(fields=["place"], condition=Q(to_on=None), name="one_union_rule_stands"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="union_rule_in_order"),
            within("year_fen", 1, MOST_FEN, name="union_rule_year_bounded"),
            within("festival_fen", 1, MOST_FEN, name="union_rule_festival_bounded"),
            within("apart_fen", 1, MOST_FEN, name="union_rule_apart_bounded"),
            within("plan_from_fen", 1, MOST_FEN, name="union_rule_plan_bounded"),
            within("least_bp", 1, WHOLE_BP, name="union_rule_least_bounded"),
            models.CheckConstraint(
                condition=Q(year_fen__isnull=False)
                | Q(festival_fen__isnull=False)
                | Q(least_bp__isnull=False)
                | Q(plan_from_fen__isnull=False),
                name="union_rule_says_something",
            ),
        ]
