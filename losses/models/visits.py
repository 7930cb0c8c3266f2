"""The visit to a claim: who was drawn, and what the two found and signed."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from kernel.constraints import two_people
from kernel.sealing import sealed
from kernel.traced import Traced
from kernel.workflow import final_once, never_deleted
from losses.models.claims import LossClaim, place_whole


class Conclusion(models.TextChoices):
    """What the visit says of the report; the quantity says the same in numbers."""

    THERE = "there", pgettext_lazy("visit", "As reported")
    LESS = "less", pgettext_lazy("visit", "Partly")
    NOT_THERE = "not_there", pgettext_lazy("visit", "Not there")


class HouseholdSigned(models.TextChoices):
    GLASS = "glass", pgettext_lazy("visit", "Signed on the phone")
    PAPER = "paper", pgettext_lazy("visit", "Signed on paper")
    NO = "no", pgettext_lazy("visit", "Did not sign")


class WitnessTie(models.TextChoices):
    """Who it is that was there beside the household."""

    CADRE = "cadre", pgettext_lazy("witness", "Of the village committee")
    NEIGHBOUR = "neighbour", pgettext_lazy("witness", "Neighbour")
    OTHER = "other", pgettext_lazy("witness", "Somebody else")


class OddPlace(models.TextChoices):
    """What looks made up about a place that a phone tells; a browser knows no more."""

    FLAT = "flat", pgettext_lazy("odd place", "exactly at sea level")
    JUMP = "jump", pgettext_lazy("odd place", "moved faster than any car")
    SHARP = "sharp", pgettext_lazy("odd place", "exact to less than a metre")
    STALE = "stale", pgettext_lazy("odd place", "measured at another time than the phone's clock says")


_ODD = "^((flat|jump|sharp|stale)(,(?=.)|$))*$"


class FellOut(models.TextChoices):
    """Why somebody who was drawn does not go."""

    ILL = "ill", pgettext_lazy("visit", "Ill")
    LEFT = "left", pgettext_lazy("visit", "Left the post")
    TIED = "tied", pgettext_lazy("visit", "Tied to the household")
    AWAY = "away", pgettext_lazy("visit", "Cannot go in time")


_VISITS_TELL = Traced(
    "losses_visit",
    (
        "id",
        "claim_id",
        "round",
        "first_id",
        "second_id",
        "seed",
        "found",
        "conclusion",
        "why",
        "signed",
        "witness_sealed",
        "witness_tie",
        "card_read",
        "latitude_e6",
        "longitude_e6",
        "accuracy_m",
        "second_latitude_e6",
        "second_longitude_e6",
        "second_accuracy_m",
        "odd_place",
        "second_odd_place",
        "contested",
        "fell_out_id",
        "fell_why",
        "fell_note",
        "redrawn_by_id",
    ),
    moments=(
        "drawn_at",
        "phone_at",
        "first_signed_at",
        "second_phone_at",
        "contested_at",
        "second_signed_at",
        "redrawn_at",
    ),
    told_at=("second_signed_at", "first_signed_at"),
    only="first_signed_at",
)


class Visit(models.Model):
    """Who was drawn to visit, with the seed of the draw, and what the two found and signed."""

    TRACED = _VISITS_TELL
    CHANGES = (
        "found", "conclusion", "why", "signed", "witness_sealed", "witness_tie", "card_read",
        "latitude_e6", "longitude_e6", "accuracy_m", "phone_at",
        "first_signed_at", "second_latitude_e6", "second_longitude_e6", "second_accuracy_m", "second_phone_at",
        "odd_place", "second_odd_place", "contested", "contested_at", "second_signed_at",
        "fell_out", "fell_why", "fell_note", "redrawn_by", "redrawn_at",
    )  # fmt: skip

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="visits")
    round = models.PositiveSmallIntegerField(default=1)
    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()
    found = models.BigIntegerField(null=True)  # in the stock unit of the goods, as the first verifier wrote it
    why = models.CharField(max_length=300, blank=True)
    conclusion = models.CharField(max_length=10, choices=Conclusion, blank=True)
    signed = models.CharField(max_length=8, choices=HouseholdSigned, blank=True)  # how the household signed
    witness_sealed = models.TextField(blank=True)  # who was there beside the household
    witness = sealed("witness_sealed")
    witness_tie = models.CharField(max_length=10, choices=WitnessTie, blank=True)
    card_read = models.BooleanField(null=True)  # number and date, by hand, are readable on a photo; where it was asked
    latitude_e6 = models.IntegerField(null=True)  # where the phone stood, WGS-84; unknown is no fault
    longitude_e6 = models.IntegerField(null=True)
    accuracy_m = models.PositiveIntegerField(null=True)
    phone_at = models.DateTimeField(null=True)  # when it was written by the phone's own clock, believed by nobody
    first_signed_at = models.DateTimeField(null=True)
    # Where the phone of the second stood, and when by its clock, as the second signed or said what is different.
    second_latitude_e6 = models.IntegerField(null=True)
    second_longitude_e6 = models.IntegerField(null=True)
    second_accuracy_m = models.PositiveIntegerField(null=True)
    odd_place = models.CharField(max_length=40, blank=True)  # codes of OddPlace, of the first's place
    second_odd_place = models.CharField(max_length=40, blank=True)
    second_phone_at = models.DateTimeField(null=True)
    contested = models.CharField(max_length=300, blank=True)  # what is different, as the second last said
    contested_at = models.DateTimeField(null=True)
    second_signed_at = models.DateTimeField(null=True)
    # Who of the two fell out, so that another visit of the same round took the place of this one.
    fell_out = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    fell_why = models.CharField(max_length=8, choices=FellOut, blank=True)
    fell_note = models.CharField(max_length=200, blank=True)
    redrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    redrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round"], condition=Q(redrawn_at=None), name="one_visit_a_round"),
            models.CheckConstraint(
                condition=Q(redrawn_at=None, fell_out=None, redrawn_by=None, fell_why="")
                | Q(
                    Q(fell_out=F("first")) | Q(fell_out=F("second")),
                    redrawn_at__isnull=False,
                    fell_out__isnull=False,
                    redrawn_by__isnull=False,
                    second_signed_at=None,
                )
                & ~Q(fell_why=""),
                name="redrawn_says_who_fell_out",
            ),
            two_people("first", "second", name="two_verifiers"),
            models.CheckConstraint(
                condition=Q(second_signed_at=None) | Q(first_signed_at__isnull=False, found__isnull=False),
                name="second_signs_what_was_found",
            ),
            models.CheckConstraint(
                condition=Q(found=None)
                | Q(found=0, conclusion="not_there")
                | Q(found__gt=0, conclusion__in=["there", "less"]),
                name="conclusion_is_what_was_found",
            ),
            models.CheckConstraint(condition=place_whole(), name="visit_place_whole"),
            models.CheckConstraint(condition=place_whole("second_"), name="second_place_whole"),
            models.CheckConstraint(
                condition=Q(witness_sealed="", witness_tie="") | ~Q(witness_sealed="") & ~Q(witness_tie=""),
                name="witness_has_a_tie",
            ),
            models.CheckConstraint(
                condition=Q(odd_place__regex=_ODD, second_odd_place__regex=_ODD)
                & (Q(odd_place="") | Q(accuracy_m__isnull=False))
                & (Q(second_odd_place="") | Q(second_accuracy_m__isnull=False)),
                name="odd_place_known",
            ),
            models.CheckConstraint(
                condition=Q(contested="", contested_at=None)
                | ~Q(contested="") & Q(contested_at__isnull=False, first_signed_at__isnull=False),
                name="contested_says_what",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="draw_stays", fields=["claim", "round", "first", "second", "seed", "drawn_at"]),
            final_once("second_signed_at", "signed_visit_stays"),
            final_once("redrawn_at", "redrawn_visit_stays"),
            *never_deleted(),
            *_VISITS_TELL.triggers(changes=True),
        ]

    @property
    def is_contested(self) -> bool:
        """Return whether the second says that something is different, and the first has not written it anew since."""
        if self.contested_at is None or self.first_signed_at is None or self.second_signed_at is not None:
            return False
        return self.contested_at >= self.first_signed_at
