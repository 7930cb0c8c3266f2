"""Who saw a whole card number, when, why and for which payment; everywhere else it is masked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.traced import Traced
from kernel.workflow import append_only
from ledger.models.money import Payable

_SHOWINGS_TELL = Traced(
    "ledger_cardshown", ("id", "payable_id", "card_index", "why", "by_id"), moments=("at",), told_at=("at",)
)


class CardShown(models.Model):
    """One person asked for the whole number of the card that one payable is paid on."""

    HISTORY = True
    TRACED = _SHOWINGS_TELL

    class Why(models.TextChoices):
        TRANSFER = "transfer", _("To type the transfer at the bank")
        BANK_ASKS = "bank_asks", _("The bank asks for it")
        CAME_BACK = "came_back", _("A transfer came back; to compare it")

    payable = models.ForeignKey(Payable, models.PROTECT, related_name="showings")
    card_index = models.CharField(max_length=64)
    why = models.CharField(max_length=12, choices=Why)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(why__in=["transfer", "bank_asks", "came_back"]), name="card_shown_why"),
        ]
        indexes = [models.Index(fields=["by", "at"], name="card_shown_by_person")]
        triggers = [*append_only(), *_SHOWINGS_TELL.triggers()]
