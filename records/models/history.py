"""What was done, by whom and when, and what was tried: moves and events, traces and the seals over them, refusals."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel.traced import Traced
from kernel.workflow import append_only, never_deleted

MOST_FEN = 10**12
SomeAccount = Any  # an account of the room above: records points at it and never looks into it


class Trace(models.Model):
    """What one row said when it was written: its digest, who wrote, when by the server's clock. Written by triggers."""

    HISTORY = True

    place = models.CharField(max_length=32)  # the table
    row_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    role = models.CharField(max_length=63)  # of the database
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "row_id"], name="trace_by_row")]
        triggers = append_only()


class HistorySeal(models.Model):
    """All traces behind `after` up to `last`, bound to the seal before: one changed sign breaks every later seal."""

    HISTORY = True

    after = models.BigIntegerField(unique=True)
    last = models.BigIntegerField()
    traces = models.BigIntegerField()
    total = models.BigIntegerField()  # with those of all seals before
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(traces__gte=1, last__gte=F("after") + F("traces"), total__gte=F("traces")),
                name="seal_covers_its_traces",
            ),
        ]
        triggers = append_only()


def kind_of(document: Any) -> models.Func:
    """Return the kind of a document in SQL: what stands before the colon of its reference."""
    return models.Func(
        document, models.Value(":"), models.Value(1), function="split_part", output_field=models.CharField()
    )


_KIND = kind_of(F("document"))
_MOVES_TELL = Traced(
    "records_move", ("id", "document", "before", "after", "by_id", "note"), moments=("at",), told_at=("at",)
)


class Move(models.Model):
    """One step of one document: from, to, who, when, why. Written by `Workflow`, never changed."""

    HISTORY = True
    TRACED = _MOVES_TELL

    document = models.CharField(max_length=64)
    before = models.CharField(max_length=24, blank=True)
    after = models.CharField(max_length=24)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["document", "id"], name="move_by_document"),
            models.Index(fields=["at"], name="move_by_time"),
            models.Index(fields=["by", "at"], name="move_by_person"),
            models.Index(_KIND, "at", name="move_by_kind"),
        ]
        triggers = [*append_only(), *_MOVES_TELL.triggers()]


class Event(models.Model):
    """A fact that something above may sweep: messages, rollups. Carries ids, never personal data."""

    HISTORY = True

    kind = models.CharField(max_length=48)
    document = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["document", "id"], name="event_by_document"),
            models.Index(fields=["kind", "id"], name="event_by_kind"),
            models.Index(fields=["at"], name="event_by_time"),
            models.Index(fields=["by", "at"], name="event_by_person"),
            models.Index(_KIND, "at", name="event_by_document_kind"),
        ]
        triggers = append_only()


class RefusedTry(models.Model):
    """Somebody tried something at a door of money or of a decision and was refused; the same again counts."""

    CHANGES = ("times",)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    door = models.CharField(max_length=64)
    document = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=48)
    minute = models.DateTimeField()
    at = models.DateTimeField()
    times = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["by", "minute", "door", "document", "code"], name="refused_try_once_a_minute"
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="refused_try_counts"),
        ]
        indexes = [
            models.Index(fields=["by", "id"], name="refused_try_by_person"),
            models.Index(fields=["door", "id"], name="refused_try_by_door"),
            models.Index(fields=["at"], name="refused_try_by_time"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="refused_try_stays", exclude=["times"]),
            *never_deleted(),
        ]


class Reading(models.Model):
    """Somebody looked at the personal data of so many people, through this door."""

    HISTORY = True

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    door = models.CharField(max_length=64)
    people = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(people__gte=1), name="reading_of_somebody")]
        indexes = [
            models.Index(fields=["by", "at"], name="reading_by_person"),
            models.Index(fields=["at"], name="reading_by_time"),
        ]
        triggers = append_only()


class MassReading(models.Model):
    """Somebody read of more people within an hour than work asks for: once a day, until the auditor has asked why."""

    CHANGES = ("asked_by", "asked_at", "answer")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField()
    people = models.IntegerField()  # when it was noticed
    at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)  # why it was so much

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "on"], name="mass_reading_once_a_day"),
            models.CheckConstraint(condition=Q(people__gte=1), name="mass_reading_of_somebody"),
            models.CheckConstraint(
                condition=Q(asked_by=None, asked_at=None, answer="")
                | Q(asked_by__isnull=False, asked_at__isnull=False) & ~Q(answer=""),
                name="mass_reading_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None) | ~Q(asked_by=F("by")), name="mass_reading_by_somebody_else"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="mass_reading_open", condition=Q(asked_at=None))]
        triggers = [
            pgtrigger.ReadOnly(name="mass_reading_stays", exclude=["asked_by", "asked_at", "answer"]),
            *never_deleted(),
        ]
