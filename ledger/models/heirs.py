"""A payee who died before the money arrived: the heir is named by one person on a paper and confirmed by another.

proposed → confirmed: the next payment goes to the heir's card, once
         → rejected: the money waits as before
"""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kernel.constraints import two_people
from kernel.sealing import sealed
from kernel.workflow import Workflow, legal_statuses, status_guards
from ledger.models.mending import PayeeSnapshot
from ledger.models.money import Payable
from records.models import StoredFile


class HeirStatus(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("heir", "Named, a second person confirms it")
    CONFIRMED = "confirmed", pgettext_lazy("heir", "Goes to the heir")
    REJECTED = "rejected", pgettext_lazy("heir", "Not to this heir")


HEIR_MOVES: dict[HeirStatus, set[HeirStatus]] = {
    HeirStatus.PROPOSED: {HeirStatus.CONFIRMED, HeirStatus.REJECTED},
    HeirStatus.CONFIRMED: set(),
    HeirStatus.REJECTED: set(),
}

_NO_PAYMENT_LIVES = """
IF EXISTS (
    SELECT FROM ledger_payment WHERE payable_id = NEW.payable_id AND status IN ('prepared', 'sent', 'paid')
) THEN
    RAISE EXCEPTION 'pgtrigger: payable % is being paid', NEW.payable_id;
END IF;
RETURN NEW;
"""


class Heir(Workflow):
    """Who gets the money of a payee who died, by which paper; name, ID number and card are sealed."""

    CHANGES = ("status", "confirmed_by", "snapshot")
    MOVES = HEIR_MOVES
    REFERENCE = "heir"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payable = models.ForeignKey(Payable, models.PROTECT, related_name="heirs")
    died_on = models.DateField()
    document = models.CharField(max_length=60)  # of the certificate of death or the notary
    paper = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    payee_name_sealed = models.TextField()
    payee_name = sealed("payee_name_sealed")
    id_number_sealed = models.TextField()
    id_number = sealed("id_number_sealed")
    card_sealed = models.TextField()
    card = sealed("card_sealed")
    card_index = models.CharField(max_length=64)
    bank = models.CharField(max_length=40)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    snapshot = models.OneToOneField(PayeeSnapshot, models.PROTECT, null=True, related_name="heir")

    class Meta:
        constraints = [
            legal_statuses(HEIR_MOVES, "heir_status_legal"),
            models.UniqueConstraint(
                fields=["payable"], condition=Q(status="proposed"), name="one_heir_waits_a_payable"
            ),
            two_people("proposed_by", "confirmed_by", name="heir_two_hands"),
            models.CheckConstraint(
                condition=Q(status="confirmed", snapshot__isnull=False, confirmed_by__isnull=False)
                | ~Q(status="confirmed") & Q(snapshot=None, confirmed_by=None),
                name="heir_confirmed_with_snapshot",
            ),
        ]
        triggers = [
            *status_guards(HEIR_MOVES),
            pgtrigger.ReadOnly(
                name="heir_stays",
                fields=[
                    "payable",
                    "died_on",
                    "document",
                    "paper",
                    "payee_name_sealed",
                    "id_number_sealed",
                    "card_sealed",
                    "card_index",
                    "bank",
                    "proposed_by",
                    "proposed_at",
                ],
            ),
            pgtrigger.Trigger(
                name="no_payment_lives", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_NO_PAYMENT_LIVES
            ),
        ]
