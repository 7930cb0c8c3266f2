"""Where a buyer's goods are cooked: its canteens by name, and who else eats from one between two days."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from canteens.models.purses import LONGEST_NAME, WRITTEN_OTHERWISE
from kernel.entering import entered_only
from kernel.workflow import never_deleted


class Kitchen(models.Model):
    """One canteen of a buyer, where it is and who runs it; run by others it is a canteen of its own row."""

    CHANGES = ("address", "to_on")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="kitchens")
    name = models.CharField(max_length=LONGEST_NAME)
    address = models.CharField(max_length=120)
    run_by = models.CharField(max_length=80, blank=True)  # of an outsourced one, who cooks and buys for it
    document = models.CharField(max_length=80)
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day without it

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update), *never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(to_on=None), name="one_kitchen_of_a_name_stands"
            ),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="kitchen_in_order"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(name__regex=WRITTEN_OTHERWISE), name="kitchen_name_in_one_writing"
            ),
        ]

    def label_for(self, buyer_id: int) -> str:
        """Return what a buyer calls it: its name, after whose it is where it is another's."""
        return self.name if self.organisation_id == buyer_id else f"{self.organisation.name} {self.name}"


class KitchenShare(models.Model):
    """That another buyer eats from a canteen too, and orders for it, between two days."""

    CHANGES = ("to_on",)

    kitchen = models.ForeignKey(Kitchen, models.PROTECT, related_name="shares")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="shared_kitchens")
    document = models.CharField(max_length=80)
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day on which it no longer does

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update), *never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["kitchen", "organisation"], condition=Q(to_on=None), name="one_kitchen_share_stands"
            ),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="kitchen_share_in_order"),
        ]
