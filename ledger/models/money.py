"""Money: accounts with a pending and a posted side, transfers that are never edited, payables and how they are paid.

    fund ──hold──▶ payable of a seller ──payment──▶ bank          (a purchase)
    scheme ─hold─▶ payable of a household ──batch──▶ bank          (relief)

A guarded account can never spend more than was put into it: the database says so. A pending transfer is resolved
once, posted in part or voided. Payables carry the payee frozen; "paid" is read from the ledger.
"""

import uuid
from typing import Any, Protocol

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household, Organisation
from kernel.constraints import one_of, two_people, within
from kernel.numbers import NumberField, RunningField, numbered
from kernel.sealing import sealed
from kernel.traced import Traced
from kernel.workflow import Workflow, append_only, legal_statuses, never_deleted, status_guards
from records.models import MOST_FEN, StoredFile


class Account(models.Model):
    """Four running totals. A guarded account holds `debits pending + posted ≤ credits posted`.

    Of what was posted out of it, some may be given back as credit: never more than was posted.
    """

    CHANGES = (
        "debits_pending_fen",
        "debits_posted_fen",
        "credits_pending_fen",
        "credits_posted_fen",
        "given_back_fen",
    )

    class Kind(models.TextChoices):
        SOURCE = "source", _("Where a budget comes from")
        FUND = "fund", _("Fund")
        PAYABLE = "payable", _("Owed to a payee")
        BANK = "bank", _("Left through the bank")

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    guarded = models.BooleanField()
    debits_pending_fen = models.BigIntegerField(default=0)
    debits_posted_fen = models.BigIntegerField(default=0)
    credits_pending_fen = models.BigIntegerField(default=0)
    credits_posted_fen = models.BigIntegerField(default=0)
    given_back_fen = models.BigIntegerField(default=0)  # of a credit limit; stands in credits_posted_fen as well

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(guarded=False)
                | Q(debits_pending_fen__lte=F("credits_posted_fen") - F("debits_posted_fen")),
                name="account_never_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(given_back_fen__gte=0, given_back_fen__lte=F("debits_posted_fen")),
                name="account_gives_back_what_was_posted",
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{side}__gte": 0, f"{side}__lte": MOST_FEN}), name=f"account_{side}_bounded"
                )
                for side in ("debits_pending_fen", "debits_posted_fen", "credits_pending_fen", "credits_posted_fen")
            ],
        ]
        triggers = [
            pgtrigger.ReadOnly(name="identity_stays", fields=["code", "kind", "guarded"]),
            *never_deleted(),
        ]

    def available_fen(self) -> int:
        """Return what can still be spent or held."""
        return self.credits_posted_fen - self.debits_posted_fen - self.debits_pending_fen


_TRANSFERS_TELL = Traced(
    "ledger_transfer",
    ("id", "reference", "kind", "debit_id", "credit_id", "amount_fen", "resolves_id"),
    moments=("at",),
    told_at=("at",),
)


class Transfer(models.Model):
    """One movement of money. Pending ones are resolved by at most one later row (post or void)."""

    HISTORY = True
    TRACED = _TRANSFERS_TELL

    class Kind(models.TextChoices):
        POSTED = "posted", _("Posted")
        PENDING = "pending", _("Pending")
        POST = "post", _("Posts a pending one, in whole or part")
        VOID = "void", _("Voids a pending one")

    reference = models.CharField(max_length=96, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount_fen = models.BigIntegerField()
    resolves = models.OneToOneField("self", models.PROTECT, null=True, related_name="resolution")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="void", amount_fen=0)
                | (~Q(kind="void") & Q(amount_fen__gte=1, amount_fen__lte=MOST_FEN)),
                name="transfer_amount_bounded",
            ),
            two_people("debit", "credit", name="transfer_between_two"),
            models.CheckConstraint(condition=Q(kind__in=["posted", "pending", "post", "void"]), name="transfer_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["posted", "pending"], resolves=None)
                | Q(kind__in=["post", "void"], resolves__isnull=False),
                name="transfer_resolves_pending",
            ),
        ]
        indexes = [
            models.Index(fields=["debit", "id"], name="transfer_by_debit"),
            models.Index(fields=["credit", "id"], name="transfer_by_credit"),
        ]
        triggers = [*append_only(), *_TRANSFERS_TELL.triggers()]


class Payee(Protocol):
    """Whom the bank is told to pay, and on which card."""

    payee_name: Any
    card: Any
    card_index: Any
    bank: Any


class Payable(models.Model):
    """What is owed to one payee for one reason, written by statements and awards only; the payee is frozen here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    HISTORY = True

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("Purchase")
        RELIEF = "relief", _("Loss relief")

    kind = models.CharField(max_length=12, choices=Kind)
    document = models.CharField(max_length=64, unique=True)  # `statement:7`, `award:3`
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="payables")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="payables")
    payer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="payables")
    bank_account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    payee_name_sealed = models.TextField()
    payee_name = sealed("payee_name_sealed")
    card_sealed = models.TextField()
    card = sealed("card_sealed")
    card_index = models.CharField(max_length=64)
    bank = models.CharField(max_length=40)
    due_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            within("amount_fen", 1, MOST_FEN, name="payable_amount_bounded"),
            one_of("household", "organisation", name="payable_has_one_payee"),
        ]
        indexes = [models.Index(fields=["household", "at"], name="payable_by_household")]
        triggers = append_only()

    @property
    def payee(self) -> Payee:
        """Return to whom and on which card this is paid now: the last snapshot, or what is written here."""
        snapshots = sorted(self.snapshots.all(), key=lambda snapshot: snapshot.number)
        return snapshots[-1] if snapshots else self


class BatchStatus(models.TextChoices):
    PREPARED = "prepared", _("Made, waiting for the second person")
    SENT = "sent", _("Sent to the bank")
    SETTLED = "settled", _("Every line answered")
    CANCELLED = "cancelled", _("Cancelled before sending")


BATCH_MOVES = {
    BatchStatus.PREPARED: {BatchStatus.SENT, BatchStatus.CANCELLED},
    BatchStatus.SENT: {BatchStatus.SETTLED},
    BatchStatus.SETTLED: set(),
    BatchStatus.CANCELLED: set(),
}


# After a restored backup a batch stands still until two people have compared it with the bank.
_NOT_WHILE_FROZEN = """
IF EXISTS (SELECT FROM ledger_frozenbatch WHERE batch_id = NEW.id AND status <> 'thawed') THEN
    RAISE EXCEPTION 'pgtrigger: batch % is frozen', NEW.number;
END IF;
RETURN NEW;
"""


# Whoever makes a batch, and whoever loads the bank's answer to it, takes part in it: two hands that exclude each other.
_TAKES_PART = """
INSERT INTO records_participation (document, person_key, stage, at, scope)
SELECT 'batch:' || NEW.{batch}, p.key, '{stage}', NEW.{at}, ''
FROM accounts_user AS u JOIN accounts_person AS p ON p.id = u.person_id
WHERE u.id = NEW.{by} ON CONFLICT DO NOTHING;
RETURN NULL;
"""


class PayoutBatch(Workflow):
    """Payments that leave together, of relief or of a pay run: built from payables alone, sent by a second person."""

    CHANGES = ("status", "checker", "file", "sent_at")
    MOVES = BATCH_MOVES
    REFERENCE = "batch"

    number = NumberField()
    running = RunningField()
    payer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lines = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(BATCH_MOVES, "batch_status_legal"),
            two_people("maker", "checker", name="batch_two_hands"),
            within("total_fen", 1, MOST_FEN, name="batch_total_bounded"),
        ]
        triggers = [
            *status_guards(BATCH_MOVES),
            numbered("running"),
            pgtrigger.Trigger(
                name="not_while_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                func=_NOT_WHILE_FROZEN,
            ),
            pgtrigger.ReadOnly(name="totals_stay", fields=["number", "payer", "maker", "lines", "total_fen"]),
            pgtrigger.Trigger(
                name="maker_takes_part",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=_TAKES_PART.format(batch="id", stage="make", by="maker_id", at="prepared_at"),
            ),
        ]


class PaymentStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    SENT = "sent", _("Sent, no answer yet")  # also called unknown: never failed until the bank says so
    PAID = "paid", _("Arrived")
    FAILED = "failed", _("Refused by the bank")
    RETURNED = "returned", _("Came back after success")
    CANCELLED = "cancelled", _("Cancelled before sending")


PAYMENT_MOVES = {
    PaymentStatus.PREPARED: {PaymentStatus.SENT, PaymentStatus.PAID, PaymentStatus.CANCELLED},
    PaymentStatus.SENT: {PaymentStatus.PAID, PaymentStatus.FAILED},
    PaymentStatus.PAID: {PaymentStatus.RETURNED},
    PaymentStatus.FAILED: {PaymentStatus.PAID},  # by the bank's letter alone
    PaymentStatus.RETURNED: {PaymentStatus.PAID},  # by the bank's letter alone
    PaymentStatus.CANCELLED: set(),
}
LIVE_PAYMENTS = [PaymentStatus.PREPARED, PaymentStatus.SENT, PaymentStatus.PAID]


# A payment goes to the present payee of its payable, and none begins while the bank's answer to the last is open.
_PAYEE_IS_PRESENT = """
IF NEW.snapshot_id IS DISTINCT FROM (
    SELECT id FROM ledger_payeesnapshot WHERE payable_id = NEW.payable_id ORDER BY number DESC LIMIT 1
) THEN
    RAISE EXCEPTION 'pgtrigger: payment % goes to another payee than the present one', NEW.line_reference;
END IF;
RETURN NEW;
"""
# What a payable was lessened by, as its payee owes it otherwise, is not paid.
_PAYS_THE_REST = """
IF NEW.amount_fen <> (SELECT amount_fen FROM ledger_payable WHERE id = NEW.payable_id)
    - (SELECT coalesce(sum(amount_fen), 0) FROM ledger_payableoffset WHERE payable_id = NEW.payable_id)
THEN
    RAISE EXCEPTION 'pgtrigger: payment % is not what is left of its payable', NEW.line_reference;
END IF;
RETURN NEW;
"""
_NOTHING_IS_OPEN = """
IF EXISTS (SELECT FROM ledger_returncase WHERE payable_id = NEW.payable_id AND status IN ('open', 'proposed'))
    OR EXISTS (SELECT FROM ledger_heir WHERE payable_id = NEW.payable_id AND status = 'proposed')
    OR EXISTS (
        SELECT FROM ledger_contradiction AS c JOIN ledger_payment AS y ON y.id = c.payment_id
        WHERE y.payable_id = NEW.payable_id AND c.status IN ('open', 'proposed')
    )
THEN
    RAISE EXCEPTION 'pgtrigger: payment % begins while the last answer is open', NEW.line_reference;
END IF;
RETURN NEW;
"""


class Payment(Workflow):
    """One try to pay one payable; at most one is alive or successful at a time."""

    CHANGES = ("status", "voucher_number", "checker", "paid_at", "arrivals", "failure")
    MOVES = PAYMENT_MOVES
    REFERENCE = "payment"

    class Method(models.TextChoices):
        BATCH = "batch", _("Bank batch")
        TRANSFER = "transfer", _("Recorded bank transfer")
        GATEWAY = "gateway", _("Payment gateway")

    payable = models.ForeignKey(Payable, models.PROTECT, related_name="payments")
    method = models.CharField(max_length=12, choices=Method)
    snapshot = models.ForeignKey("ledger.PayeeSnapshot", models.PROTECT, null=True, related_name="payments")
    amount_fen = models.BigIntegerField()
    batch = models.ForeignKey(PayoutBatch, models.PROTECT, null=True, related_name="payments")
    line_no = models.PositiveIntegerField(null=True)
    line_reference = models.CharField(max_length=40, unique=True)
    voucher_number = models.CharField(max_length=40, blank=True)
    slip = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    arrivals = models.PositiveSmallIntegerField(default=0)  # how often the bank said that it arrived: back and forth
    failure = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            legal_statuses(PAYMENT_MOVES, "payment_status_legal"),
            models.UniqueConstraint(
                fields=["payable"],
                condition=Q(status__in=["prepared", "sent", "paid"]),
                name="one_live_payment_a_payable",
            ),
            # Who is to be paid anew is named anew by two people, each time: one try a payee, whatever a status says.
            models.UniqueConstraint(
                fields=["payable", "snapshot"],
                condition=~Q(status="cancelled"),
                nulls_distinct=False,
                name="one_issue_a_payee",
            ),
            two_people("maker", "checker", name="payment_two_hands"),
            within("amount_fen", 1, MOST_FEN, name="payment_amount_bounded"),
            models.UniqueConstraint(fields=["batch", "line_no"], name="payment_line_once"),
        ]
        triggers = [
            *status_guards(PAYMENT_MOVES),
            pgtrigger.ReadOnly(
                name="payment_frozen",
                fields=["payable", "method", "snapshot", "amount_fen", "batch", "line_no", "line_reference", "maker"],
            ),
            pgtrigger.Trigger(
                name="payee_is_present", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_PAYEE_IS_PRESENT
            ),
            pgtrigger.Trigger(
                name="pays_the_rest", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_PAYS_THE_REST
            ),
            pgtrigger.Trigger(
                name="nothing_is_open", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_NOTHING_IS_OPEN
            ),
        ]

    @property
    def payee(self) -> Payee:
        """Return to whom and on which card this payment goes: the snapshot it used, or what the payable says."""
        return self.payable if self.snapshot is None else self.snapshot


class BankReturn(models.Model):
    """One return file of the bank, applied once, set by set; its control totals were checked before any line.

    A file of which nothing could be applied may come again: what stopped it may have been mended since.
    """

    HISTORY = True

    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="returns")
    lines = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="loader_takes_part",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=_TAKES_PART.format(batch="batch_id", stage="answer", by="by_id", at="at"),
            ),
        ]


class AppliedReturn(models.Model):
    """What became of the lines of a return file: written with its last set, so that a file without it is under way."""

    HISTORY = True

    bank_return = models.OneToOneField(BankReturn, models.PROTECT, primary_key=True, related_name="outcome")
    sha256 = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()
    arrived = models.PositiveIntegerField()
    came_back = models.PositiveIntegerField()
    repeated = models.PositiveIntegerField()
    exceptions = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lines=F("arrived") + F("came_back") + F("repeated") + F("exceptions")),
                name="return_lines_accounted_for",
            ),
            models.UniqueConstraint(
                fields=["sha256"], condition=Q(exceptions__lt=F("lines")), name="return_applied_once"
            ),
        ]
        triggers = append_only()

    @property
    def applied(self) -> int:
        """Return how many lines nobody has to look into."""
        return self.lines - self.exceptions


class BankReturnLine(models.Model):
    """One line of a return file: what the bank said, and what was done with it."""

    HISTORY = True

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("Applied")
        REPEATED = "repeated", _("Said before")
        EXCEPTION = "exception", _("To be looked into")
        CONFLICT = (
            "conflict",
            _("Contradicts an earlier answer"),
        )  # said paid after failed: never pay anew before asking

    class Finding(models.TextChoices):
        """What stops an answer from being applied."""

        MISMATCH = "mismatch", pgettext_lazy("the bank's answer", "Differs from what was instructed")
        DUPLICATE = "duplicate", pgettext_lazy("the bank's answer", "Said more than once")
        STRAY = "stray", pgettext_lazy("the bank's answer", "Not a line of ours")

    bank_return = models.ForeignKey(BankReturn, models.PROTECT, related_name="answer_lines")
    line_no = models.PositiveIntegerField()
    line_reference = models.CharField(max_length=40, blank=True)
    result = models.CharField(max_length=16)
    amount_fen = models.BigIntegerField(null=True)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="answers")
    outcome = models.CharField(max_length=12, choices=Outcome)
    finding = models.CharField(max_length=12, choices=Finding, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank_return", "line_no"], name="return_line_once"),
            models.CheckConstraint(
                condition=Q(outcome="exception", finding__in=["mismatch", "duplicate"], payment__isnull=False)
                | Q(outcome="exception", finding="stray", payment=None)
                | Q(finding="") & ~Q(outcome="exception"),
                name="return_line_says_what_is_off",
            ),
        ]
        triggers = append_only()
