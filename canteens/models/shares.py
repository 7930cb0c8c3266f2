"""The reserved share of a buyer: for whom it counts, what was declared, excepted and said of it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from kernel.constraints import two_people, within
from kernel.entering import entered_only
from kernel.workflow import append_only, never_deleted
from records.models import MOST_FEN


class ShareUnit(models.Model):
    """To whom a buyer answers for its reserved share, who reports it, and who runs its canteen, between two days."""

    CHANGES = ("to_on",)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="share_units")
    superior = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    reported_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="reports_for")  # none: itself
    run_by = models.CharField(max_length=80, blank=True)  # of an outsourced canteen, who buys for it
    document = models.CharField(max_length=80)
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day on which it is no longer so

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update), *never_deleted()]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "from_on"], name="share_unit_from_once"),
            models.UniqueConstraint(fields=["organisation"], condition=Q(to_on=None), name="one_share_unit_stands"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="share_unit_in_order"),
            models.CheckConstraint(
                condition=Q(reported_by=None) | ~Q(reported_by=F("organisation")), name="share_reported_by_another"
            ),
        ]


class ShareDeclaration(models.Model):
    """What a buyer says its canteen spends on food in a year, and how much of it is kept for poor households' goods.

    It is never changed: a correction is a later turn, and the latest counts.
    """

    HISTORY = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="share_declarations")
    year = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    total_fen = models.BigIntegerField()
    union_fen = models.BigIntegerField()  # what its union means to buy; it counts beside the share
    ratio_permille = models.PositiveSmallIntegerField()
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [entered_only(), *append_only()]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "turn"], name="share_declared_once"),
            within("year", 2020, 2100, name="share_year_bounded"),
            models.CheckConstraint(
                condition=Q(total_fen__gte=0, total_fen__lte=MOST_FEN, union_fen__gte=0, union_fen__lte=MOST_FEN),
                name="share_total_bounded",
            ),
            within("ratio_permille", 1, 1000, name="share_ratio_bounded"),
            two_people("by", "confirmed_by", name="share_two_hands"),
        ]


class ShareException(models.Model):
    """Another ratio for one buyer and year than it declared, down to none, on a document; the latest turn counts."""

    HISTORY = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="share_exceptions")
    year = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    ratio_permille = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=200)
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [entered_only(), *append_only()]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "turn"], name="share_exception_once"),
            within("ratio_permille", 0, 1000, name="share_exception_bounded"),
            two_people("by", "confirmed_by", name="share_exception_two_hands"),
        ]


class ShareCause(models.TextChoices):
    """Why a buyer is behind with its share."""

    NO_INVOICES = "no_invoices", _("No invoices")
    NO_PAPERS = "no_papers", _("Missing papers")
    NO_SUPPLY = "no_supply", _("No supply")


class ShareReason(models.Model):
    """Why a buyer says it is behind with its share of a year; the latest counts."""

    HISTORY = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="share_reasons")
    year = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=12, choices=ShareCause)
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["organisation", "year", "-id"], name="share_reason_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(cause__in=ShareCause.values), name="share_cause_legal"),
        ]


class ShareReminder(models.Model):
    """That the people of a buyer were told, in one month, to declare its share or that they are behind with it."""

    HISTORY = True

    class What(models.TextChoices):
        DECLARE = "declare", pgettext_lazy("share", "To be declared")
        BEHIND = "behind", pgettext_lazy("share", "Behind")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    month = models.DateField()  # its first day
    told = models.PositiveSmallIntegerField()  # how many people
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["organisation", "what", "month"], name="share_told_once_a_month"),
        ]
