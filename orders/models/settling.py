"""What one seller, or the haulier, is owed for one trip, line by line."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household, Mandate, Organisation
from canteens.models import Fund
from kernel.constraints import two_people, within
from kernel.numbers import NumberField, numbered
from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from ledger.models import Payable
from orders.models.moving import Delivery, ReceiptLine
from orders.models.returning import GoodsReturn
from produce.models import ProduceCategory
from records.models import MOST_FEN

_STATEMENT_IS_THE_TRIPS = """
IF NOT EXISTS (
    SELECT FROM orders_delivery AS d JOIN canteens_fund AS f ON f.organisation_id = d.buyer_id
    WHERE d.id = NEW.delivery_id AND d.buyer_id = NEW.buyer_id AND f.id = NEW.fund_id
        AND (NEW.carrier_id IS NULL OR NEW.carrier_id = d.carrier_id)
) THEN
    RAISE EXCEPTION 'pgtrigger: statement % names another buyer, fund or haulier than its delivery', NEW.number;
END IF;
RETURN NEW;
"""


class SettlementStatement(models.Model):
    """What one seller, or the haulier, is owed by one fund for one trip; a rest of 1 fen or more writes its payable."""

    HISTORY = True

    number = NumberField()
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="statements")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)  # as on the delivery
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="statements")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    carrier = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # whose cart brought it
    payable = models.OneToOneField(Payable, models.PROTECT, null=True, related_name="statement")
    weight_g = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    rest_at = models.DateTimeField(null=True)  # of a total below nothing: since when the seller has owed any of it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(household__isnull=False, cooperative__isnull=True, carrier__isnull=True)
                | Q(household__isnull=True, cooperative__isnull=False, carrier__isnull=True)
                | Q(household__isnull=True, cooperative__isnull=True, carrier__isnull=False, total_fen__gte=1),
                name="statement_has_one_payee",
            ),
            within("total_fen", -MOST_FEN, MOST_FEN, name="statement_bounded"),
            models.CheckConstraint(
                condition=Q(total_fen__gte=1, payable__isnull=False) | Q(total_fen__lt=1, payable__isnull=True),
                name="statement_owes_its_rest",
            ),
            models.CheckConstraint(
                condition=Q(total_fen__lt=0, rest_at__isnull=False) | Q(total_fen__gte=0, rest_at__isnull=True),
                name="rest_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="statement_by_buyer"),
            models.Index(fields=["rest_at"], condition=Q(rest_at__isnull=False), name="statement_by_rest"),
        ]
        triggers = [
            *append_only(),
            numbered(),
            pgtrigger.Trigger(
                name="statement_is_the_trips",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_STATEMENT_IS_THE_TRIPS,
            ),
        ]

    @property
    def reference(self) -> str:
        return f"statement:{self.pk}"


class LineKind(models.TextChoices):
    GOODS = "goods", _("Goods")  # accepted grams at the frozen price
    GRADE = "grade", _("Lower grade")  # what goods cost less that were taken in a lower grade than ordered
    FEE = "fee", _("Fee of the co-operative")  # from the household to its co-operative, by mandate
    MANDATE = "mandate", _("Paid to the co-operative by mandate")  # the rest, where the mandate names it as payee
    REFUND = "refund", _("Sent back")  # goods of an agreed return
    CORRECTION = "correction", _("Scale corrected")  # of a lot of which more or less was there than was signed for
    TRANSPORT = "transport", _("Carting")  # by a seller, or the fund, to the haulier, as the order's rule says
    CARRIED = "carried", _("Carried from an earlier statement")  # what the seller owed by it: no money moves


FETCHED = (LineKind.GOODS, LineKind.GRADE)  # what goods fetched at the scale
TO_COOP = (LineKind.FEE, LineKind.MANDATE)  # what a household leaves to its co-operative


_CARRIES_A_WHOLE_REST = """
IF EXISTS (SELECT FROM orders_recovery WHERE statement_id = NEW.carries_id)
    OR NOT EXISTS (
        SELECT FROM orders_settlementstatement AS was
        JOIN orders_settlementstatement AS now ON now.id = NEW.statement_id
        WHERE was.id = NEW.carries_id AND was.fund_id = now.fund_id AND was.id < now.id
            AND was.household_id IS NOT DISTINCT FROM now.household_id
            AND was.cooperative_id IS NOT DISTINCT FROM now.cooperative_id
            AND NEW.amount_fen = was.total_fen + (
                SELECT coalesce(sum(amount_fen), 0) FROM ledger_payableoffset WHERE document = 'statement:' || was.id
            )
    )
THEN
    RAISE EXCEPTION 'pgtrigger: statement line % carries no such rest', NEW.carries_id;
END IF;
RETURN NEW;
"""


class StatementLine(models.Model):
    """One sum of a statement: what for, how much, and the transfer that moved it.

    A receipt line's goods are stated once, and what bringing them costs. What a household leaves to its co-operative
    stands on both their statements, and the co-operative's line names the household's; so does the haulier's line each
    seller's.
    """

    HISTORY = True

    statement = models.ForeignKey(SettlementStatement, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, choices=LineKind)
    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, null=True, related_name="statement_lines")
    goods_return = models.OneToOneField(GoodsReturn, models.PROTECT, null=True, related_name="statement_line")
    carries = models.OneToOneField(SettlementStatement, models.PROTECT, null=True, related_name="carried_by")
    brought = models.ForeignKey(ReceiptLine, models.PROTECT, null=True, related_name="transport_lines")
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")  # of what a household leaves
    counterpart = models.OneToOneField("self", models.PROTECT, null=True, related_name="answered_by")
    weight_g = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    transfer = models.CharField(max_length=80, blank=True)  # the reference of what moved the money

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt_line"], condition=Q(kind="goods"), name="goods_stated_once"),
            models.UniqueConstraint(fields=["receipt_line"], condition=Q(kind="grade"), name="grade_stated_once"),
            models.UniqueConstraint(fields=["brought"], name="transport_stated_once"),
            models.CheckConstraint(
                condition=(~Q(kind="transport") & Q(brought__isnull=True))
                | (Q(kind="transport") & (Q(brought__isnull=False) ^ Q(counterpart__isnull=False))),
                name="transport_names_its_goods",
            ),
            models.CheckConstraint(
                condition=Q(kind="goods", receipt_line__isnull=False, weight_g__gte=1, amount_fen__gte=0)
                | Q(kind="grade", receipt_line__isnull=False, weight_g=0, amount_fen__lte=-1)
                | Q(kind__in=["refund", "correction"], receipt_line__isnull=False, weight_g__lte=-1, amount_fen__lte=0)
                | Q(kind="correction", receipt_line__isnull=False, weight_g__gte=1, amount_fen__gte=0)
                | Q(kind__in=["fee", "mandate"], receipt_line__isnull=True, weight_g=0, mandate__isnull=False)
                | Q(kind="transport", receipt_line__isnull=True, weight_g=0)
                | Q(kind="carried", receipt_line__isnull=True, weight_g=0, mandate__isnull=True, amount_fen__lte=-1),
                name="only_goods_have_weight",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["refund", "correction"], goods_return__isnull=False, carries__isnull=True)
                | Q(kind="carried", goods_return__isnull=True, carries__isnull=False)
                | Q(~Q(kind__in=["refund", "correction", "carried"]), goods_return__isnull=True, carries__isnull=True),
                name="line_names_its_cause",
            ),
            models.CheckConstraint(
                condition=Q(kind="carried", transfer="") | (~Q(kind="carried") & ~Q(transfer="")),
                name="line_moved_money",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="carries_a_whole_rest",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__carries__isnull=False),
                func=_CARRIES_A_WHOLE_REST,
            ),
        ]


_RECOVERED_ONCE = """
IF EXISTS (SELECT FROM orders_statementline WHERE carries_id = NEW.statement_id)
    OR NEW.amount_fen <> (
        SELECT -total_fen - (
            SELECT coalesce(sum(amount_fen), 0) FROM ledger_payableoffset WHERE document = 'statement:' || s.id
        ) FROM orders_settlementstatement AS s WHERE s.id = NEW.statement_id
    )
THEN
    RAISE EXCEPTION 'pgtrigger: statement % has no such rest', NEW.statement_id;
END IF;
RETURN NEW;
"""


class Recovery(models.Model):
    """What a seller still owes by a statement that no later one made up for in time: somebody must ask for it."""

    HISTORY = True

    statement = models.OneToOneField(SettlementStatement, models.PROTECT, related_name="recovery")
    amount_fen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [within("amount_fen", 1, MOST_FEN, name="recovery_bounded")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="recovered_once", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_RECOVERED_ONCE
            ),
        ]


class PaymentReminder(models.Model):
    """What the people of one fund were told of what it owes, once a day at most."""

    HISTORY = True

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    on = models.DateField()
    late = models.BooleanField()  # some of it is past its day
    owed_fen = models.BigIntegerField()  # of what the sentence said
    told = models.PositiveSmallIntegerField()  # how many people
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "on"], name="reminder_once_a_day"),
            within("owed_fen", 1, MOST_FEN, name="reminder_of_a_debt"),
        ]
        triggers = append_only()


class LimitReminder(models.Model):
    """That a buyer's people were told, once a year each, that a class of goods nears its limit, or is above it."""

    HISTORY = True

    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    category = models.ForeignKey(ProduceCategory, models.PROTECT, related_name="+")
    above = models.BooleanField()
    ordered_fen = models.BigIntegerField()
    limit_fen = models.BigIntegerField()
    told = models.PositiveSmallIntegerField()  # how many people
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["buyer", "year", "category", "above"], name="limit_told_once"),
            within("ordered_fen", 1, MOST_FEN, name="limit_of_an_order"),
            within("limit_fen", 1, MOST_FEN, name="limit_bounded"),
            within("year", 2020, 2100, name="limit_year_bounded"),
        ]
        triggers = append_only()


class EndStatus(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("end of a claim", "Waits for the second person")
    CONFIRMED = "confirmed", pgettext_lazy("end of a claim", "Ended")
    REJECTED = "rejected", pgettext_lazy("end of a claim", "Struck out")


class EndHow(models.TextChoices):
    PAID_BACK = "paid_back", pgettext_lazy("end of a claim", "Paid back")
    WAIVED = "waived", pgettext_lazy("end of a claim", "Waived")


END_MOVES: dict[EndStatus, set[EndStatus]] = {
    EndStatus.PROPOSED: {EndStatus.CONFIRMED, EndStatus.REJECTED},
    EndStatus.CONFIRMED: set(),
    EndStatus.REJECTED: set(),
}


class RecoveryEnd(Workflow):
    """How a claim is to end, says one person of the buyer: paid back, or waived; a second one confirms it."""

    CHANGES = ("status", "decided_by", "decided_at")
    MOVES = END_MOVES
    REFERENCE = "recovery-end"

    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="ends", db_index=False)
    how = models.CharField(max_length=12, choices=EndHow)
    voucher_number = models.CharField(max_length=40, blank=True)  # of the bank, where it was paid back
    why = models.CharField(max_length=200, blank=True)  # where it is waived
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(END_MOVES, "end_of_claim_status_legal"),
            models.UniqueConstraint(
                fields=["recovery"], condition=Q(status__in=["proposed", "confirmed"]), name="recovery_ends_once"
            ),
            models.CheckConstraint(
                condition=(Q(how="paid_back", why="") & ~Q(voucher_number=""))
                | (Q(how="waived", voucher_number="") & ~Q(why="")),
                name="recovery_end_says_how",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by=None, decided_at=None)
                | Q(status__in=["confirmed", "rejected"], decided_by__isnull=False, decided_at__isnull=False),
                name="recovery_end_is_decided",
            ),
            two_people("proposed_by", "decided_by", name="recovery_end_two_people"),
        ]
        indexes = [models.Index(fields=["recovery", "-id"], name="recovery_end_by_recovery")]
        triggers = status_guards(END_MOVES)
