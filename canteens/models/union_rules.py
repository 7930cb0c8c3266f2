"""Rules of union money: how much a union may spend on goods for each member, in a region, between two days."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Place
from kernel.constraints import within
from kernel.entering import entered_only
from kernel.workflow import never_deleted
from records.models import MOST_FEN


class UnionRule(models.Model):
    """What the unions of a place may spend on goods for each member; the rule of the nearest place holds alone."""

    CHANGES = ("to_on",)

    place = models.ForeignKey(Place, models.PROTECT, related_name="union_rules")
    document = models.CharField(max_length=80)  # by this number it is named wherever it refuses
    year_fen = models.BigIntegerField(null=True)  # for each member in a year, inside the ordinary ceiling
    festival_fen = models.BigIntegerField(null=True)  # for each member on one festival
    apart_fen = models.BigIntegerField(null=True)  # for each member in a year, outside the ordinary ceiling
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
            models.CheckConstraint(
                condition=Q(year_fen__isnull=False) | Q(festival_fen__isnull=False), name="union_rule_says_something"
            ),
        ]
