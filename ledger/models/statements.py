"""Statements of the bank (camt.053): which entries they had, and into which return files they were split."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from kernel.workflow import append_only
from ledger.models.money import BankReturn
from records.models import StoredFile


class BankStatement(models.Model):
    """One statement of one account, taken in once; a file may hold several."""

    HISTORY = True

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    payer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    statement_id = models.CharField(max_length=35)
    account_index = models.CharField(max_length=64)  # of the account's number, which is kept in the sealed file alone
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "account_index", "statement_id"], name="bank_statement_once"),
        ]
        triggers = append_only()


class StatementEntry(models.Model):
    """One entry of a statement: split off to the batch it answers, or named here where it is not ours."""

    HISTORY = True

    class Fate(models.TextChoices):
        OURS = "ours", pgettext_lazy("entry of a statement", "Ours, in the answer to its batch")
        SEEN = "seen", pgettext_lazy("entry of a statement", "Came with an earlier statement")
        FOREIGN = "foreign", pgettext_lazy("entry of a statement", "Not ours")
        PENDING = "pending", pgettext_lazy("entry of a statement", "Not booked yet")

    class Side(models.TextChoices):
        DEBIT = "debit", pgettext_lazy("entry of a statement", "Left the account")
        CREDIT = "credit", pgettext_lazy("entry of a statement", "Came onto the account")

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="entries")
    entry_no = models.PositiveIntegerField()
    bank_reference = models.CharField(max_length=35, blank=True)
    reference = models.CharField(max_length=35, blank=True)  # EndToEndId: a line of ours, where it is one
    side = models.CharField(max_length=12, choices=Side)
    reason_code = models.CharField(max_length=4, blank=True)
    amount_fen = models.BigIntegerField(null=True)  # none where it is not in yuan
    currency = models.CharField(max_length=3)
    booked_on = models.DateField(null=True)
    print = models.CharField(max_length=64, db_index=True)  # what makes it the same entry in another statement
    fate = models.CharField(max_length=8, choices=Fate)
    bank_return = models.ForeignKey(BankReturn, models.PROTECT, null=True, related_name="entries")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "entry_no"], name="statement_entry_once"),
            models.CheckConstraint(
                condition=Q(fate="ours", bank_return__isnull=False)
                | Q(fate__in=["seen", "foreign", "pending"], bank_return=None),
                name="statement_entry_is_placed",
            ),
            models.CheckConstraint(condition=Q(side__in=["debit", "credit"]), name="statement_entry_side"),
        ]
        triggers = append_only()
