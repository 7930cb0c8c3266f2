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
        indexes = [models.Index(fields=["document", "id"], name="move_by_document")]
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
