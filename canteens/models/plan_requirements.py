"""What a purchase plan of each size must have: rules of a place by its document, from an amount on."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Place
from canteens.models.purses import FundKind
from kernel.constraints import within
from kernel.entering import entered_only
from kernel.workflow import never_deleted
from records.models import MOST_FEN

MOST_NOTICE_DAYS, MOST_QUOTES = 30, 9


class PlanRequirement(models.Model):
    """What plans of one kind of money in a place must have from an amount on, from one day to another.

    Of the nearest place that says something about a sum, the row of the largest amount holds alone.
    """

    CHANGES = ("to_on",)

    place = models.ForeignKey(Place, models.PROTECT, related_name="plan_requirements")
    fund_kind = models.CharField(max_length=12, choices=FundKind)
    from_fen = models.BigIntegerField()
    document = models.CharField(max_length=80)  # by this number it is named wherever it refuses
    notice_days = models.PositiveSmallIntegerField()  # working days on public notice; 0: none
    quotes = models.PositiveSmallIntegerField()  # of so many suppliers, each with its photo; 0: none
    needs_project = models.BooleanField()  # the plan names the number of its project
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day without it

    class Meta:
        triggers = [entered_only(), *never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "fund_kind", "from_fen", "from_on"], name="plan_requirement_from_once"
            ),
            models.UniqueConstraint(
                fields=["place", "fund_kind", "from_fen"], condition=Q(to_on=None), name="one_plan_requirement_stands"
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="plan_requirement_in_order"
            ),
            models.CheckConstraint(condition=Q(fund_kind__in=FundKind.values), name="plan_requirement_kind_legal"),
            within("from_fen", 0, MOST_FEN, name="plan_requirement_bounded"),
            models.CheckConstraint(
                condition=Q(notice_days__lte=MOST_NOTICE_DAYS, quotes__lte=MOST_QUOTES),
                name="plan_requirement_possible",
            ),
        ]
