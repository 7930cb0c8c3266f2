"""What the bureau forbids a seller or a buyer for a time, or warns it of: in by two hands, out by two hands."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from accounts.models import Household, Organisation
from kernel.constraints import one_of, two_people
from kernel.entering import entered_only
from kernel.workflow import never_deleted
from produce.models import Produce


class SanctionCode(models.TextChoices):
    WARNING = "warning", pgettext_lazy("sanction", "A warning")
    NO_SELLING = "no_selling", pgettext_lazy("sanction", "Puts nothing on sale")
    NO_ORDERING = "no_ordering", pgettext_lazy("sanction", "Places no orders")


class Sanction(models.Model):
    """One household or organisation, from a day to a last day; lifted early it stands, with the day it was lifted."""

    CHANGES = ("lifted_on",)

    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="sanctions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="sanctions")
    code = models.CharField(max_length=12, choices=SanctionCode)
    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")  # none is whatever it sells
    from_on = models.DateField()
    to_on = models.DateField()  # the last day: none is for ever
    reason = models.CharField(max_length=200)
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_on = models.DateField(null=True)  # from that day on nothing is forbidden by it

    class Meta:
        constraints = [
            one_of("household", "organisation", name="sanction_has_one_party"),
            models.CheckConstraint(
                condition=Q(code="no_selling")
                | Q(code="warning", produce=None)
                | Q(code="no_ordering", produce=None, organisation__isnull=False),
                name="sanction_fits_its_party",
            ),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="sanction_ends"),
            models.CheckConstraint(condition=~Q(reason=""), name="sanction_says_why"),
            two_people("by", "confirmed_by", name="sanction_two_hands"),
        ]
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update), *never_deleted()]
