"""Relief that was paid and is claimed back, the days on which it is due, and what came back of it or is waived.

Relief that never left for the bank is taken back the same way, whole: decided, it is the scheme's again at once.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kernel.constraints import two_people, within
from kernel.workflow import Workflow, final_once, legal_statuses, never_deleted, status_guards
from losses.models.amounts import Award
from records.models import MOST_FEN


class RecoveryStatus(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("relief claimed back", "Waits for the second person")
    CLAIMED = "claimed", pgettext_lazy("relief claimed back", "Claimed back")
    PAID = "paid", pgettext_lazy("relief claimed back", "All of it came back")
    WAIVED = "waived", pgettext_lazy("relief claimed back", "The rest is waived")
    REJECTED = "rejected", pgettext_lazy("relief claimed back", "Not claimed back")


RECOVERY_MOVES = {
    RecoveryStatus.PROPOSED: {RecoveryStatus.CLAIMED, RecoveryStatus.REJECTED},
    RecoveryStatus.CLAIMED: {RecoveryStatus.PAID, RecoveryStatus.WAIVED},
    RecoveryStatus.PAID: set(),
    RecoveryStatus.WAIVED: set(),
    RecoveryStatus.REJECTED: set(),
}


class RecoveryReason(models.TextChoices):
    MISTAKE = "mistake", pgettext_lazy("relief claimed back", "Our mistake")
    FRAUD = "fraud", pgettext_lazy("relief claimed back", "What was reported was false")
    SOLD = "sold", pgettext_lazy("relief claimed back", "The goods were sold after all")
    INSURED = "insured", pgettext_lazy("relief claimed back", "Relieved elsewhere for the same loss")
    OTHER = "other", pgettext_lazy("relief claimed back", "Another reason")


# No more is claimed back of an award than arrived and is not claimed back already, or all of one that never left.
_CLAIMS_WHAT_WAS_PAID = """
IF EXISTS (SELECT FROM losses_award WHERE id = NEW.award_id) AND NEW.amount_fen + (
    SELECT coalesce(sum(amount_fen), 0) FROM losses_reliefrecovery
    WHERE award_id = NEW.award_id AND status <> 'rejected'
) > (
    SELECT coalesce(sum(p.amount_fen), 0) FROM ledger_payment p JOIN losses_award a ON a.payable_id = p.payable_id
    WHERE a.id = NEW.award_id AND p.status = 'paid'
) AND NOT EXISTS (
    SELECT FROM losses_award a
    WHERE a.id = NEW.award_id AND a.amount_fen = NEW.amount_fen
      AND NOT EXISTS (SELECT FROM losses_reliefrecovery WHERE award_id = a.id AND status <> 'rejected')
      AND NOT EXISTS (
          SELECT FROM ledger_payment p WHERE p.payable_id = a.payable_id AND p.status NOT IN ('prepared', 'cancelled')
      )
) THEN
    RAISE EXCEPTION 'pgtrigger: more is claimed back of award % than was paid', NEW.award_id;
END IF;
RETURN NEW;
"""


class ReliefRecovery(Workflow):
    """Relief a household is to give back: proposed by the bureau, decided by somebody without a hand in the claim."""

    CHANGES = ("status", "decided_by", "decided_at", "answer")
    MOVES = RECOVERY_MOVES
    REFERENCE = "reliefrecovery"

    award = models.ForeignKey(Award, models.PROTECT, related_name="recoveries")
    reason = models.CharField(max_length=12, choices=RecoveryReason)
    words = models.CharField(max_length=300)  # the household reads them
    amount_fen = models.BigIntegerField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            legal_statuses(RECOVERY_MOVES, "relief_recovery_status_legal"),
            within("amount_fen", 1, MOST_FEN, name="relief_recovery_bounded"),
            two_people("proposed_by", "decided_by", name="relief_recovery_two_people"),
            models.UniqueConstraint(
                fields=["award"], condition=Q(status__in=["proposed", "claimed"]), name="one_open_recovery_an_award"
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by=None, decided_at=None)
                | ~Q(status="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="relief_recovery_is_decided",
            ),
        ]
        triggers = [
            *status_guards(RECOVERY_MOVES),
            pgtrigger.ReadOnly(
                name="relief_recovery_stays",
                fields=["award", "reason", "words", "amount_fen", "proposed_by", "proposed_at"],
            ),
            pgtrigger.Trigger(
                name="never_more_than_paid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_CLAIMS_WHAT_WAS_PAID,
            ),
        ]


class RecoveryInstalment(models.Model):
    """One part of what is to be given back, and by when; late, the household is reminded of it once."""

    CHANGES = ("reminded_at",)

    recovery = models.ForeignKey(ReliefRecovery, models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount_fen = models.BigIntegerField()
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recovery", "number"], name="instalment_once"),
            within("amount_fen", 1, MOST_FEN, name="instalment_bounded"),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(reminded_at=None), name="instalment_to_remind"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="instalment_stays", fields=["recovery", "number", "due_on", "amount_fen"]),
            final_once("reminded_at", "reminded_once"),
            *never_deleted(),
        ]


class ReceiptStatus(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("money back", "Waits for the second person")
    CONFIRMED = "confirmed", pgettext_lazy("money back", "Confirmed")
    REJECTED = "rejected", pgettext_lazy("money back", "Struck out")


RECEIPT_MOVES: dict[ReceiptStatus, set[ReceiptStatus]] = {
    ReceiptStatus.PROPOSED: {ReceiptStatus.CONFIRMED, ReceiptStatus.REJECTED},
    ReceiptStatus.CONFIRMED: set(),
    ReceiptStatus.REJECTED: set(),
}


class ReceiptHow(models.TextChoices):
    PAID_BACK = "paid_back", pgettext_lazy("money back", "Came back by bank")
    NEVER_LEFT = "never_left", pgettext_lazy("money back", "Had not left for the bank")
    HARDSHIP = "hardship", pgettext_lazy("money back", "Waived: the household cannot pay")
    ESTATE = "estate", pgettext_lazy("money back", "Waived: who owed it died, nothing is left")
    WRONG = "wrong", pgettext_lazy("money back", "Waived: it should not have been claimed back")


IS_BACK = [ReceiptHow.PAID_BACK, ReceiptHow.NEVER_LEFT]  # the scheme has it again
WAIVERS = [ReceiptHow.HARDSHIP, ReceiptHow.ESTATE, ReceiptHow.WRONG]

# What came back and what is waived never exceed what is claimed, and nothing is written to one that is not claimed.
_WITHIN_THE_CLAIM = """
IF EXISTS (SELECT FROM losses_reliefrecovery WHERE id = NEW.recovery_id) AND NEW.amount_fen + (
    SELECT coalesce(sum(amount_fen), 0) FROM losses_recoveryreceipt
    WHERE recovery_id = NEW.recovery_id AND status <> 'rejected'
) > (
    SELECT coalesce(sum(amount_fen), 0) FROM losses_reliefrecovery WHERE id = NEW.recovery_id AND status = 'claimed'
) THEN
    RAISE EXCEPTION 'pgtrigger: more comes back of recovery % than is claimed', NEW.recovery_id;
END IF;
RETURN NEW;
"""


# What had not left never leaves: no payment of it was begun, but such as were cancelled.
_HAD_NOT_LEFT = """
IF NEW.how = 'never_left' AND EXISTS (
    SELECT FROM losses_reliefrecovery r JOIN losses_award a ON a.id = r.award_id
    JOIN ledger_payment p ON p.payable_id = a.payable_id AND p.status <> 'cancelled' WHERE r.id = NEW.recovery_id
) THEN
    RAISE EXCEPTION 'pgtrigger: the relief of recovery % is being paid or was', NEW.recovery_id;
END IF;
RETURN NEW;
"""


class RecoveryReceipt(Workflow):
    """Money that came back of a recovery, or the rest that is waived: written by one person, confirmed by another."""

    CHANGES = ("status", "decided_by", "decided_at")
    MOVES = RECEIPT_MOVES
    REFERENCE = "recoveryreceipt"

    recovery = models.ForeignKey(ReliefRecovery, models.PROTECT, related_name="receipts")
    how = models.CharField(max_length=12, choices=ReceiptHow)
    amount_fen = models.BigIntegerField()
    voucher_number = models.CharField(max_length=40, blank=True)  # of the bank, where it came back
    why = models.CharField(max_length=200, blank=True)  # where it is waived
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(RECEIPT_MOVES, "recovery_receipt_status_legal"),
            within("amount_fen", 1, MOST_FEN, name="recovery_receipt_bounded"),
            two_people("proposed_by", "decided_by", name="recovery_receipt_two_people"),
            models.UniqueConstraint(
                fields=["recovery"], condition=Q(status="proposed"), name="one_open_receipt_a_recovery"
            ),
            models.UniqueConstraint(
                fields=["voucher_number"],
                condition=Q(how="paid_back", status__in=["proposed", "confirmed"]),
                name="recovery_voucher_once",
            ),
            models.CheckConstraint(
                condition=(Q(how="paid_back", why="") & ~Q(voucher_number=""))
                | Q(how="never_left", why="", voucher_number="")
                | (Q(how__in=["hardship", "estate", "wrong"], voucher_number="") & ~Q(why="")),
                name="recovery_receipt_says_how",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by=None, decided_at=None)
                | ~Q(status="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="recovery_receipt_is_decided",
            ),
        ]
        triggers = [
            *status_guards(RECEIPT_MOVES),
            pgtrigger.ReadOnly(
                name="recovery_receipt_stays",
                fields=["recovery", "how", "amount_fen", "voucher_number", "why", "proposed_by", "proposed_at"],
            ),
            pgtrigger.Trigger(
                name="never_more_than_claimed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_WITHIN_THE_CLAIM,
            ),
            pgtrigger.Trigger(
                name="had_not_left",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_HAD_NOT_LEFT,
            ),
        ]
