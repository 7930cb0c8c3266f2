"""What a union may do beyond the rule of its money: for one of its purses, by so much, until a day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canteens.models.purses import Fund
from canteens.models.union_rules import UnionRule
from kernel.constraints import two_people, within
from kernel.entering import entered_only
from kernel.workflow import append_only
from records.models import MOST_FEN


class LiftedPart(models.TextChoices):
    """Which part of a rule of union money gives way."""

    YEAR = "year", _("A year, for each member")
    APART = "apart", _("A year outside the ordinary ceiling, for each member")
    FESTIVAL = "festival", _("A festival or other occasion, for each member")
    LEAST = "least", _("Goods of others than poor households, in all")
    UNPLANNED = "plan", pgettext_lazy("union allowance", "Orders on no plan, in all")


class UnionAllowance(models.Model):
    """That a union goes beyond a rule by so much until a day, asked by its treasurer and allowed by its chair.

    It is never changed: of one part of a rule the latest turn counts, with 0 it is taken back.
    """

    HISTORY = True

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="union_allowances")
    rule = models.ForeignKey(UnionRule, models.PROTECT, related_name="allowances")  # the next rule knows none of it
    lifts = models.CharField(max_length=12, choices=LiftedPart)
    turn = models.PositiveSmallIntegerField()
    more_fen = models.BigIntegerField()  # beyond what the rule says: for each member, or in all
    until_on = models.DateField()  # the last day on which it counts
    why = models.CharField(max_length=200)
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [entered_only(), *append_only()]
        constraints = [
            models.UniqueConstraint(fields=["fund", "rule", "lifts", "turn"], name="union_allowance_once"),
            within("more_fen", 0, MOST_FEN, name="union_allowance_bounded"),
            models.CheckConstraint(condition=Q(lifts__in=LiftedPart.values), name="union_allowance_part_legal"),
            two_people("by", "confirmed_by", name="union_allowance_two_hands"),
        ]
