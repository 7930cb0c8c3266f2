"""What a channel of buyers may not serve."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Channel
from kernel.constraints import two_people
from kernel.entering import entered_only
from kernel.workflow import never_deleted
from produce.models import Produce


class NotServed(models.Model):
    """One produce that the buyers of one channel may not serve, between two days: schools no green beans."""

    CHANGES = ("to_on",)

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+")
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day on which it may be served again
    why = models.CharField(max_length=120)
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "produce"], condition=Q(to_on=None), name="not_served_stands_once"
            ),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="not_served_in_order"),
            models.CheckConstraint(condition=~Q(why=""), name="not_served_says_why"),
            two_people("by", "confirmed_by", name="not_served_two_hands"),
        ]
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update), *never_deleted()]
