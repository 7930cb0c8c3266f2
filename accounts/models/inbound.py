"""What people text back to the county's number."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.households import Household
from kernel.sealing import sealed


class InboundMessage(models.Model):
    """One text that the gateway brought; a sweep acts on it, once, and writes what became of it.

    `told_on` is the day on which its phone was asked to write again: once a day at most.
    """

    CHANGES = ("state", "household", "tries", "next_try_at", "told_on", "ended_at")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        UNDERSTOOD = "understood", _("Understood")
        REFUSED = "refused", _("Not possible any more")
        UNREADABLE = "unreadable", _("Cannot be read")
        STRANGER = "stranger", _("From an unknown phone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gateway_id = models.CharField(max_length=64, unique=True)
    phone_sealed = models.TextField()
    phone = sealed("phone_sealed", index="phone")
    phone_index = models.CharField(max_length=64)
    body_sealed = models.TextField(blank=True)
    body = sealed("body_sealed")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="texts")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    received_at = models.DateTimeField()
    told_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None)
                | Q(state__in=["understood", "refused", "unreadable", "stranger"], ended_at__isnull=False),
                name="text_ends_once",
            ),
            models.UniqueConstraint(
                fields=["phone_index", "told_on"], condition=Q(told_on__isnull=False), name="asked_back_once_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="text_waiting"),
            models.Index(fields=["phone_index", "received_at"], name="text_of_phone"),
            models.Index(fields=["received_at"], condition=~Q(state="understood"), name="text_not_understood"),
        ]
