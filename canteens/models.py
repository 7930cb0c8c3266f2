"""Demand: the canteen side of an organisation, the funds it buys from, and who must approve what amount.

A fund is organisation × kind × fiscal year. Its money is a guarded ledger account: what is held for orders plus what
was spent can never pass the budget, because the database refuses it.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from kernel.workflow import append_only
from ledger.models import Account
from records.models import MOST_FEN


class Canteen(models.Model):
    """How one buyer eats: its heads, its union members, and where goods are brought."""

    class Mode(models.TextChoices):
        OWN = "own", _("Own canteen")
        OUTSOURCED = "outsourced", _("Outsourced canteen")
        SHARED = "shared", _("Shared canteen")
        NONE = "none", _("No canteen")

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="canteen")
    mode = models.CharField(max_length=12, choices=Mode)
    heads = models.PositiveIntegerField()
    union_members = models.PositiveIntegerField()
    is_budget_unit = models.BooleanField(default=False)
    address = models.CharField(max_length=120)


class FundKind(models.TextChoices):
    CANTEEN = "canteen", _("Canteen food money")
    UNION = "union", _("Union funds")
    OWN = "own", _("Own money")


class Fund(models.Model):
    """One purse of one buyer for one fiscal year; one order draws on one fund."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="funds")
    kind = models.CharField(max_length=12, choices=FundKind)
    fiscal_year = models.PositiveSmallIntegerField()
    account = models.OneToOneField(Account, models.PROTECT, related_name="fund")
    source_account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    bank_account = models.OneToOneField(Account, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "fiscal_year"], name="fund_once"),
            models.CheckConstraint(condition=Q(fiscal_year__gte=2020, fiscal_year__lte=2100), name="fund_year_bounded"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="fund_stays", fields=["organisation", "kind", "fiscal_year", "account", "source_account"]
            ),
        ]

    @property
    def reference(self) -> str:
        return f"fund:{self.pk}"


class BudgetChange(models.Model):
    """Money put into a fund, with the document that allows it; a budget is the sum of these."""

    HISTORY = True

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="budget_changes")
    amount_fen = models.BigIntegerField()
    document_number = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gte=1, amount_fen__lte=MOST_FEN), name="budget_change_bounded"
            ),
        ]
        triggers = append_only()


class ApprovalTier(models.Model):
    """From this amount on, an order of this fund kind waits for a second person of the buyer."""

    fund_kind = models.CharField(max_length=12, choices=FundKind)
    from_fen = models.BigIntegerField()
    rule = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund_kind", "from_fen"], name="approval_tier_once"),
        ]
