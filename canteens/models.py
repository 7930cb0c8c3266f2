"""Demand: the canteen side of an organisation, the funds it buys from, and who must approve what amount.

A fund is organisation × kind × fiscal year. Its money is a guarded ledger account: what is held for orders plus what
was spent can never pass the budget, because the database refuses it.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from kernel.constraints import two_people, within
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


class FundKind(models.TextChoices):
    CANTEEN = "canteen", _("Canteen food money")
    UNION = "union", _("Union funds")
    OWN = "own", _("Own money")


class Fund(models.Model):
    """One purse of one buyer for one fiscal year; one order draws on one fund."""

    CHANGES = ()

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="funds")
    kind = models.CharField(max_length=12, choices=FundKind)
    fiscal_year = models.PositiveSmallIntegerField()
    account = models.OneToOneField(Account, models.PROTECT, related_name="fund")
    source_account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    bank_account = models.OneToOneField(Account, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "fiscal_year"], name="fund_once"),
            within("fiscal_year", 2020, 2100, name="fund_year_bounded"),
        ]
        triggers = [
            entered_only(),
            pgtrigger.ReadOnly(
                name="fund_stays", fields=["organisation", "kind", "fiscal_year", "account", "source_account"]
            ),
        ]

    @property
    def reference(self) -> str:
        return f"fund:{self.pk}"


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

    A budget is the sum of those confirmed.
    """

    CHANGES = ("status", "decided_by", "decided_at")
    MOVES = BUDGET_MOVES
    REFERENCE = "budget"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="budget_changes")
    amount_fen = models.BigIntegerField()
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
        ]
        triggers = [
            *status_guards(BUDGET_MOVES),
            pgtrigger.ReadOnly(name="budget_stays", fields=["fund", "amount_fen", "document_number", "by", "at"]),
            *never_deleted(),
        ]


class PurchasePlanKind(models.TextChoices):
    """For what occasion a buyer plans to buy."""

    FESTIVAL = "festival", _("Festival")
    SEASON = "season", _("Season")
    EVENT = "event", _("Event")
    PROJECT = "project", _("Project")


class PurchasePlanStatus(models.TextChoices):
    """How far a purchase plan is."""

    SENT = "sent", pgettext_lazy("purchase plan", "Waits for a second person")
    APPROVED = "approved", pgettext_lazy("purchase plan", "Approved")
    REFUSED = "refused", pgettext_lazy("purchase plan", "Not approved")
    WITHDRAWN = "withdrawn", pgettext_lazy("purchase plan", "Withdrawn")
    CLOSED = "closed", pgettext_lazy("purchase plan", "Closed")


PURCHASE_PLAN_MOVES = {
    PurchasePlanStatus.SENT: {
        PurchasePlanStatus.APPROVED,
        PurchasePlanStatus.REFUSED,
        PurchasePlanStatus.WITHDRAWN,
    },
    PurchasePlanStatus.APPROVED: {PurchasePlanStatus.CLOSED},
    PurchasePlanStatus.REFUSED: set(),
    PurchasePlanStatus.WITHDRAWN: set(),
    PurchasePlanStatus.CLOSED: set(),
}
UNDECIDED = (PurchasePlanStatus.SENT, PurchasePlanStatus.WITHDRAWN)
LAPSED = (PurchasePlanStatus.REFUSED, PurchasePlanStatus.WITHDRAWN)  # their committee's record may be used again


class PurchasePlan(Workflow):
    """What a buyer means to spend from one fund on one occasion, on a record of its committee; it holds no money."""

    CHANGES = ("status", "decided_by", "decided_at")
    MOVES = PURCHASE_PLAN_MOVES
    REFERENCE = "purchase-plan"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="purchase_plans")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="purchase_plans")
    kind = models.CharField(max_length=12, choices=PurchasePlanKind)
    occasion = models.CharField(max_length=60)
    total_fen = models.BigIntegerField()
    from_on = models.DateField()
    to_on = models.DateField()  # the last day it covers
    committee_record = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(PURCHASE_PLAN_MOVES, "purchase_plan_status_legal"),
            models.CheckConstraint(
                condition=Q(status__in=UNDECIDED, decided_by=None, decided_at=None)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(status__in=UNDECIDED)),
                name="purchase_plan_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="purchase_plan_two_hands"
            ),
            models.CheckConstraint(condition=Q(kind__in=PurchasePlanKind.values), name="purchase_plan_kind_legal"),
            within("total_fen", 1, MOST_FEN, name="purchase_plan_bounded"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="purchase_plan_in_order"),
            models.UniqueConstraint(
                fields=["organisation", "committee_record"],
                condition=~Q(status__in=LAPSED),
                name="committee_record_of_one_plan",
            ),
        ]
        triggers = [
            *status_guards(PURCHASE_PLAN_MOVES),
            pgtrigger.ReadOnly(
                name="purchase_plan_stays",
                fields=[
                    "organisation",
                    "fund",
                    "kind",
                    "occasion",
                    "total_fen",
                    "from_on",
                    "to_on",
                    "committee_record",
                    "by",
                    "at",
                ],
            ),
            *never_deleted(),
        ]


class ApprovalTier(models.Model):
    """From this amount on, an order of this fund kind waits for a second person of the buyer, between two days."""

    CHANGES = ("to_on",)

    fund_kind = models.CharField(max_length=12, choices=FundKind)
    from_fen = models.BigIntegerField()
    rule = models.CharField(max_length=200)
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
        ]


class ShareUnit(models.Model):
    """To whom a buyer answers for its reserved share, who reports it, and who runs its canteen, between two days."""

    CHANGES = ("to_on",)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="share_units")
    superior = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    reported_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="reports_for")  # none: itself
    run_by = models.CharField(max_length=80, blank=True)  # of an outsourced canteen, who buys for it
    document = models.CharField(max_length=80)
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day on which it is no longer so

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update), *never_deleted()]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "from_on"], name="share_unit_from_once"),
            models.UniqueConstraint(fields=["organisation"], condition=Q(to_on=None), name="one_share_unit_stands"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="share_unit_in_order"),
            models.CheckConstraint(
                condition=Q(reported_by=None) | ~Q(reported_by=F("organisation")), name="share_reported_by_another"
            ),
        ]


class ShareDeclaration(models.Model):
    """What a buyer says its canteen spends on food in a year, and how much of it is kept for poor households' goods.

    It is never changed: a correction is a later turn, and the latest counts.
    """

    HISTORY = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="share_declarations")
    year = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    total_fen = models.BigIntegerField()
    union_fen = models.BigIntegerField()  # what its union means to buy; it counts beside the share
    ratio_permille = models.PositiveSmallIntegerField()
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [entered_only(), *append_only()]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "turn"], name="share_declared_once"),
            within("year", 2020, 2100, name="share_year_bounded"),
            models.CheckConstraint(
                condition=Q(total_fen__gte=0, total_fen__lte=MOST_FEN, union_fen__gte=0, union_fen__lte=MOST_FEN),
                name="share_total_bounded",
            ),
            within("ratio_permille", 1, 1000, name="share_ratio_bounded"),
            two_people("by", "confirmed_by", name="share_two_hands"),
        ]


class ShareException(models.Model):
    """Another ratio for one buyer and year than it declared, down to none, on a document; the latest turn counts."""

    HISTORY = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="share_exceptions")
    year = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    ratio_permille = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=200)
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [entered_only(), *append_only()]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "turn"], name="share_exception_once"),
            within("ratio_permille", 0, 1000, name="share_exception_bounded"),
            two_people("by", "confirmed_by", name="share_exception_two_hands"),
        ]


class ShareCause(models.TextChoices):
    """Why a buyer is behind with its share."""

    NO_INVOICES = "no_invoices", _("No invoices")
    NO_PAPERS = "no_papers", _("Missing papers")
    NO_SUPPLY = "no_supply", _("No supply")


class ShareReason(models.Model):
    """Why a buyer says it is behind with its share of a year; the latest counts."""

    HISTORY = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="share_reasons")
    year = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=12, choices=ShareCause)
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["organisation", "year", "-id"], name="share_reason_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(cause__in=ShareCause.values), name="share_cause_legal"),
        ]


class ShareReminder(models.Model):
    """That the people of a buyer were told, in one month, to declare its share or that they are behind with it."""

    HISTORY = True

    class What(models.TextChoices):
        DECLARE = "declare", pgettext_lazy("share", "To be declared")
        BEHIND = "behind", pgettext_lazy("share", "Behind")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    month = models.DateField()  # its first day
    told = models.PositiveSmallIntegerField()  # how many people
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["organisation", "what", "month"], name="share_told_once_a_month"),
        ]
