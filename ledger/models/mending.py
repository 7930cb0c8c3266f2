"""What the bank sent back or contradicted: each is a case that two people bring to its end.

    payment refused or returned ──▶ return case: open → proposed → mended → paid anew
    paid said after refused     ──▶ contradiction: open → proposed → settled by the bank's letter

The payable stays as it was written: a mended card is a new payee snapshot, and a payment keeps which one it used.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.constraints import two_people
from kernel.sealing import sealed
from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from ledger.models.money import BankReturnLine, Payable, Payment


class PayeeSnapshot(models.Model):
    """To whom and on which card a payable is paid from now on: proposed by one person, confirmed by another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    HISTORY = True

    payable = models.ForeignKey(Payable, models.PROTECT, related_name="snapshots")
    number = models.PositiveSmallIntegerField()  # 1 is the first after what the payable itself says
    payee_name_sealed = models.TextField()
    payee_name = sealed("payee_name_sealed")
    card_sealed = models.TextField()
    card = sealed("card_sealed")
    card_index = models.CharField(max_length=64)
    bank = models.CharField(max_length=40)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payable", "number"], name="snapshot_number_once"),
            two_people("proposed_by", "confirmed_by", name="snapshot_two_hands"),
        ]
        triggers = append_only()


class CaseStatus(models.TextChoices):
    OPEN = "open", _("Card to be mended")
    PROPOSED = "proposed", _("A card is proposed, a second person confirms it")
    MENDED = "mended", _("Mended, goes into the next batch")
    PAID = "paid", _("Paid anew")
    AGAIN = "again", _("Came back again")
    ARRIVED = "arrived", _("Arrived after all, by the bank's letter")


CASE_MOVES = {
    CaseStatus.OPEN: {CaseStatus.PROPOSED, CaseStatus.ARRIVED},
    CaseStatus.PROPOSED: {CaseStatus.OPEN, CaseStatus.MENDED, CaseStatus.ARRIVED},
    CaseStatus.MENDED: {CaseStatus.PAID, CaseStatus.AGAIN, CaseStatus.ARRIVED},
    CaseStatus.PAID: set(),
    CaseStatus.AGAIN: set(),
    CaseStatus.ARRIVED: set(),
}
UNMENDED = [CaseStatus.OPEN, CaseStatus.PROPOSED]


class ReturnCase(Workflow):
    """One payment that the bank refused or sent back, until its payable is paid anew."""

    CHANGES = (
        "status", "payee_name_sealed", "card_sealed", "card_index", "bank", "proposed_by", "confirmed_by", "snapshot",
    )  # fmt: skip
    MOVES = CASE_MOVES
    REFERENCE = "returned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="cases")
    payable = models.ForeignKey(Payable, models.PROTECT, related_name="cases")
    reason = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    payee_name_sealed = models.TextField(blank=True)  # what is proposed
    payee_name = sealed("payee_name_sealed")
    card_sealed = models.TextField(blank=True)
    card = sealed("card_sealed")
    card_index = models.CharField(max_length=64, blank=True)
    bank = models.CharField(max_length=40, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    snapshot = models.OneToOneField(PayeeSnapshot, models.PROTECT, null=True, related_name="case")

    class Meta:
        constraints = [
            legal_statuses(CASE_MOVES, "case_status_legal"),
            models.UniqueConstraint(
                fields=["payable"],
                condition=Q(status__in=["open", "proposed", "mended"]),
                name="one_living_case_a_payable",
            ),
            two_people("proposed_by", "confirmed_by", name="case_two_hands"),
            models.CheckConstraint(
                condition=~Q(status__in=["mended", "paid", "again"])
                | Q(snapshot__isnull=False, proposed_by__isnull=False, confirmed_by__isnull=False),
                name="case_mended_with_snapshot",
            ),
        ]
        triggers = status_guards(CASE_MOVES)


class ContradictionStatus(models.TextChoices):
    OPEN = "open", _("The bank is to be asked")
    PROPOSED = "proposed", _("The bank's letter is entered, a second person confirms it")
    SETTLED = "settled", pgettext_lazy("contradiction", "Settled by the bank's letter")


CONTRADICTION_MOVES = {
    ContradictionStatus.OPEN: {ContradictionStatus.PROPOSED},
    ContradictionStatus.PROPOSED: {ContradictionStatus.OPEN, ContradictionStatus.SETTLED},
    ContradictionStatus.SETTLED: set(),
}


class Contradiction(Workflow):
    """The bank said of one payment that it arrived after it had said that it did not; its letter says what holds."""

    CHANGES = ("status", "letter_number", "letter_on", "holds", "proposed_by", "confirmed_by")
    MOVES = CONTRADICTION_MOVES
    REFERENCE = "contradiction"

    class Holds(models.TextChoices):
        PAID = "paid", _("The money arrived")
        NOT_PAID = "not_paid", _("The money did not arrive")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="contradictions")
    line = models.OneToOneField(BankReturnLine, models.PROTECT, related_name="contradiction")
    opened_at = models.DateTimeField()
    letter_number = models.CharField(max_length=60, blank=True)
    letter_on = models.DateField(null=True)
    holds = models.CharField(max_length=12, choices=Holds, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            legal_statuses(CONTRADICTION_MOVES, "contradiction_status_legal"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(status__in=["open", "proposed"]),
                name="one_open_contradiction_a_payment",
            ),
            two_people("proposed_by", "confirmed_by", name="contradiction_two_hands"),
            models.CheckConstraint(
                condition=~Q(status="settled")
                | Q(
                    letter_on__isnull=False,
                    holds__in=["paid", "not_paid"],
                    proposed_by__isnull=False,
                    confirmed_by__isnull=False,
                )
                & ~Q(letter_number=""),
                name="contradiction_settled_by_letter",
            ),
        ]
        triggers = status_guards(CONTRADICTION_MOVES)
