"""What photos look like, and which of them show the same picture."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from kernel.workflow import append_only, final_once, never_deleted
from records.models.documents import Attachment, StoredFile


class PhotoPoints(models.Model):
    """Up to 400 points of a photo that can be found again, 36 bytes each: its place and what is around it."""

    HISTORY = True

    file = models.OneToOneField(StoredFile, models.PROTECT, primary_key=True, related_name="points")
    points = models.BinaryField()

    class Meta:
        triggers = append_only()


class PhotoLook(models.Model):
    """One photo of one document is to be compared, or was, with those that came before it.

    `ties` say with which: "household:12", "produce:4412:7"; whose phone sent it says its attachment.
    """

    CHANGES = ("looked_at", "compared", "opened", "framed")

    attachment = models.OneToOneField(Attachment, models.PROTECT, primary_key=True, related_name="look")
    ties = ArrayField(models.CharField(max_length=64))
    looked_at = models.DateTimeField(null=True)
    compared = models.PositiveIntegerField(default=0)  # with how many photos point by point
    opened = models.BooleanField(default=False)  # False once looked at: the photo could not be opened again

    framed = models.BooleanField(default=False)  # between bars, as a screen shows it

    class Meta:
        indexes = [
            models.Index(fields=["attachment"], condition=Q(looked_at=None), name="look_waiting"),
            GinIndex(fields=["ties"], name="look_by_ties"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="look_stays", fields=["ties"]),
            final_once("looked_at", "looked_stays"),
            *never_deleted(),
        ]


class PhotoMatch(models.Model):
    """Two photos of documents show the same picture; it is the later one that is to be explained."""

    HISTORY = True

    look = models.ForeignKey(PhotoLook, models.PROTECT, related_name="matches")
    other = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    points = models.PositiveIntegerField()  # that lie alike; 0 where the print alone says so

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["look", "other"], name="match_once"),
            models.CheckConstraint(condition=Q(other__lt=F("look")), name="match_names_the_earlier"),
        ]
        triggers = append_only()
