"""Demand: the canteen side of an organisation, the funds it buys from, and who must approve what amount.

A fund is organisation × kind × fiscal year × name. Its money is a guarded ledger account: what is held for orders plus
what was spent can never pass the budget, because the database refuses it.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Role
from kernel.constraints import within
from kernel.entering import entered_only
from kernel.workflow import Workflow, append_only, legal_statuses, never_deleted, status_guards
from ledger.models import Account
from records.models import MOST_FEN

NO_LAST_HOUR = 24


class Canteen(models.Model):
    """How one buyer eats: its heads, its union members, and where goods are brought."""

    CHANGES = ("mode", "heads", "union_members", "is_budget_unit", "address", "last_hour")

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
    last_hour = models.PositiveSmallIntegerField(default=NO_LAST_HOUR)  # until then goods of the next day are ordered

    class Meta:
        constraints = [within("last_hour", 1, NO_LAST_HOUR, name="canteen_hour_of_a_day")]
        triggers = [entered_only()]


class CanteenSize(models.Model):
    """How many eat at a buyer's, and how many are in its union, from a day on; the latest row of a day counts."""

    HISTORY = True

    canteen = models.ForeignKey(Canteen, models.PROTECT, related_name="sizes")
    heads = models.PositiveIntegerField()
    union_members = models.PositiveIntegerField()
    document = models.CharField(max_length=80)
    from_on = models.DateField()

    class Meta:
        triggers = [entered_only(), *append_only()]
        indexes = [models.Index(fields=["canteen", "-from_on", "-id"], name="canteen_size_on_a_day")]


class FundKind(models.TextChoices):
    CANTEEN = "canteen", _("Canteen food money")
    UNION = "union", _("Union funds")
    OWN = "own", _("Own money")
    DONATION = "donation", _("Donation")


LONGEST_NAME = 20
WRITTEN_OTHERWISE = "[\\s\u3000\uff01-\uff5e]"  # blanks, and signs of full width


def purse_label(kind: str, name: str) -> str:
    """Return a purse as its people call it: its kind, and its name where it has one."""
    return f"{FundKind(kind).label} {name}".rstrip()


_OF_A_CANTEEN = """
IF EXISTS (SELECT FROM canteens_canteen WHERE organisation_id = NEW.organisation_id AND mode = 'none') THEN
    RAISE EXCEPTION 'pgtrigger: who has no canteen has no purse for its food';
END IF;
RETURN NEW;
"""


class Fund(models.Model):
    """One purse of one buyer for one fiscal year; one order draws on one fund.

    Several of one kind are told apart by a name without blanks, in half-width signs; a union has one, since its
    ceilings are counted on it.
    """

    CHANGES = ("unplanned_fen", "name")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="funds")
    kind = models.CharField(max_length=12, choices=FundKind)
    fiscal_year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    account = models.OneToOneField(Account, models.PROTECT, related_name="fund")
    source_account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    bank_account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    credit_account = models.OneToOneField(Account, models.PROTECT, null=True, related_name="+")  # on a credit limit
    donor_document = models.CharField(max_length=80, blank=True)  # of a donation: by which paper the donor gave it
    unplanned_fen = models.BigIntegerField(default=0)  # of a union's: goods held and taken by orders on no plan

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "fiscal_year", "name"], name="fund_once"),
            models.CheckConstraint(condition=~Q(name__regex=WRITTEN_OTHERWISE), name="fund_name_in_one_writing"),
            models.CheckConstraint(condition=Q(name="") | ~Q(kind=FundKind.UNION), name="fund_of_union_without_name"),
            models.CheckConstraint(
                condition=Q(unplanned_fen=0) | Q(kind=FundKind.UNION, unplanned_fen__gt=0),
                name="fund_unplanned_of_union",
            ),
            within("fiscal_year", 2020, 2100, name="fund_year_bounded"),
            models.CheckConstraint(
                condition=Q(credit_account=None) | Q(kind=FundKind.OWN), name="fund_on_credit_is_own_money"
            ),
            models.CheckConstraint(
                condition=(Q(kind=FundKind.DONATION) & ~Q(donor_document=""))
                | (~Q(kind=FundKind.DONATION) & Q(donor_document="")),
                name="fund_of_donation_names_its_paper",
            ),
        ]
        triggers = [
            entered_only(pgtrigger.Insert | pgtrigger.UpdateOf("name")),
            pgtrigger.Trigger(
                name="fund_of_a_canteen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__kind=FundKind.CANTEEN),
                func=_OF_A_CANTEEN,
            ),
            pgtrigger.ReadOnly(
                name="fund_stays",
                fields=[
                    "organisation",
                    "kind",
                    "fiscal_year",
                    "account",
                    "source_account",
                    "credit_account",
                    "donor_document",
                ],
            ),
        ]

    @property
    def reference(self) -> str:
        return f"fund:{self.pk}"

    @property
    def on_credit(self) -> bool:
        """Return whether its budget is a credit limit: what is paid comes back to it. Else it is prepaid."""
        return self.credit_account_id is not None

    @property
    def label(self) -> str:
        """Return the purse as its people call it: its kind, and its name where it has one."""
        return purse_label(self.kind, self.name)


class BudgetStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    CONFIRMED = "confirmed", _("In the fund")
    REFUSED = "refused", _("Refused")


BUDGET_MOVES = {
    BudgetStatus.PROPOSED: {BudgetStatus.CONFIRMED, BudgetStatus.REFUSED},
    BudgetStatus.CONFIRMED: set(),
    BudgetStatus.REFUSED: set(),
}


class BudgetChange(Workflow):
    """Money to put into a fund, or with a minus to take out, and the document that says so.

    A budget is the sum of those confirmed, but for what gives a credit limit back what was paid.
    """

    CHANGES = ("status", "decided_by", "decided_at")
    MOVES = BUDGET_MOVES
    REFERENCE = "budget"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="budget_changes")
    amount_fen = models.BigIntegerField()
    gives_back = models.BooleanField(default=False)  # of a credit limit: paid, so that it may be ordered again
    document_number = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(BUDGET_MOVES, "budget_status_legal"),
            models.CheckConstraint(
                condition=Q(status=BudgetStatus.PROPOSED, decided_by=None, decided_at=None)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(status=BudgetStatus.PROPOSED)),
                name="budget_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="budget_two_hands"),
            models.CheckConstraint(
                condition=Q(amount_fen__gte=-MOST_FEN, amount_fen__lte=MOST_FEN) & ~Q(amount_fen=0),
                name="budget_change_bounded",
            ),
            models.CheckConstraint(
                condition=Q(gives_back=False) | Q(amount_fen__gt=0), name="budget_gives_back_something"
            ),
        ]
        triggers = [
            *status_guards(BUDGET_MOVES),
            pgtrigger.ReadOnly(
                name="budget_stays", fields=["fund", "amount_fen", "gives_back", "document_number", "by", "at"]
            ),
            *never_deleted(),
        ]


APPROVERS = (Role.BUYING_APPROVER, Role.UNION_CHAIR, Role.UNION_TREASURER)
MOST_APPROVERS = 5
LONGEST_STEP_HOURS = 168


class ApprovalTier(models.Model):
    """From this amount on, an order of this fund kind waits for so many others of the buyer, between two days.

    They hold one of these posts. Where these do not answer in time, deputies are asked, then the other approvers.
    """

    CHANGES = ("to_on",)

    fund_kind = models.CharField(max_length=12, choices=FundKind)
    from_fen = models.BigIntegerField()
    rule = models.CharField(max_length=200)  # the sentence that stands on the order
    persons = models.PositiveSmallIntegerField(default=1)
    posts = ArrayField(models.CharField(max_length=20))
    hours = models.PositiveSmallIntegerField(default=24)  # then deputies are asked, then the other approvers
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day without it

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["fund_kind", "from_fen", "from_on"], name="approval_tier_from_once"),
            models.UniqueConstraint(
                fields=["fund_kind", "from_fen"], condition=Q(to_on=None), name="one_approval_tier_stands"
            ),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="approval_tier_in_order"),
            within("from_fen", 0, MOST_FEN, name="approval_tier_bounded"),
            within("persons", 1, MOST_APPROVERS, name="approval_tier_persons"),
            within("hours", 1, LONGEST_STEP_HOURS, name="approval_tier_hours"),
            models.CheckConstraint(
                condition=Q(posts__len__gte=1, posts__contained_by=list(APPROVERS)), name="approval_tier_posts"
            ),
        ]
