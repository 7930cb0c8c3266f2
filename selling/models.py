"""Lots being written down: one by one on a phone, or many households on one sheet."""

from django.conf import settings
from django.db import models

from accounts.models import Household, Organisation, Place
from catalog.models.lots import MOST_G, Listing
from kernel.constraints import within
from produce.models import Grade, Produce
from records.models import StoredFile


class ListingDraft(models.Model):
    """A listing being typed: kept on the server from the first photo on, so that a killed page loses nothing."""

    FREE = True

    id = models.UUIDField(primary_key=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    typed = models.JSONField(default=dict)
    listing = models.OneToOneField(Listing, models.PROTECT, null=True, related_name="draft")
    created_at = models.DateTimeField(auto_now_add=True)


class EntrySheet(models.Model):
    """What one writer lists for many households at once: the same goods, day, price and place, one row each."""

    FREE = True

    id = models.UUIDField(primary_key=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey(Place, models.PROTECT, related_name="+")
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, related_name="+")
    harvested_on = models.DateField()
    price_fen = models.PositiveIntegerField()
    price_unit_g = models.PositiveIntegerField(default=500)
    price_reason = models.CharField(max_length=200, blank=True)
    smallest = models.BigIntegerField(default=0)  # handed over at least of each lot, in the stock unit; 0: any
    consent = models.CharField(max_length=16)  # how the households agreed
    made_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [within("smallest", 0, MOST_G, name="sheet_smallest_bounded")]


class EntryRow(models.Model):
    """One household's row of a sheet, kept as it is typed."""

    FREE = True

    sheet = models.ForeignKey(EntrySheet, models.CASCADE, related_name="rows")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    typed = models.CharField(max_length=24)
    unit = models.CharField(max_length=8, default="jin")
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    sure = models.BooleanField(default=False)
    listing = models.OneToOneField(Listing, models.PROTECT, null=True, related_name="entry_row")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "household"], name="one_row_a_household")]
