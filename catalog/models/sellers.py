"""What is known of those who sell: what the township recognised them for, when they are away."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Organisation
from kernel.constraints import once_a_day, one_of
from kernel.workflow import append_only
from produce.models import Produce

MOST_G = 1_000_000_000  # 1,000 t: no lot of a household comes near it


class Track(models.TextChoices):
    CERTIFIED = "certified", _("Certified product")
    SELF_GROWN = "self_grown", _("Grown by the household")


class Recognition(models.Model):
    """What the township recognised a seller for: a certified product, or goods of a poor household's own growing."""

    CHANGES = ("to_on",)

    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="recognitions")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="recognitions")
    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")  # none: whatever it grows
    track = models.CharField(max_length=12, choices=Track)
    document = models.CharField(max_length=80)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("household", "cooperative", name="recognition_has_one_holder"),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="recognition_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(track="certified", produce=None), name="a_certificate_names_its_produce"
            ),
            once_a_day("household", "cooperative", "produce", "track", name="recognised_once_a_day", last_day=True),
        ]
        indexes = [
            models.Index(fields=["household", "produce"], name="recognition_by_household"),
            models.Index(fields=["cooperative", "produce"], name="recognition_by_cooperative"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="recognition_stays", exclude=["to_on"]),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]


class SellerPause(models.Model):
    """A seller is away for some days: its lots wait, nobody orders them, nobody asks whether they are still there."""

    HISTORY = True

    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="pauses")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="pauses")
    until_on = models.DateField(null=True)  # none: back again
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("household", "cooperative", name="pause_has_one_seller"),
        ]
        triggers = append_only()
