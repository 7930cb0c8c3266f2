"""What one seller is owed for one trip, line by line."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Mandate, Organisation
from canteens.models import Fund
from kernel.constraints import within
from kernel.numbers import NumberField, numbered
from kernel.workflow import append_only
from ledger.models import Payable
from orders.models.moving import Delivery, ReceiptLine
from records.models import MOST_FEN

_STATEMENT_IS_THE_TRIPS = """
IF NOT EXISTS (
    SELECT FROM orders_delivery AS d JOIN canteens_fund AS f ON f.organisation_id = d.buyer_id
    WHERE d.id = NEW.delivery_id AND d.buyer_id = NEW.buyer_id AND f.id = NEW.fund_id
) THEN
    RAISE EXCEPTION 'pgtrigger: statement % names another buyer or fund than its delivery', NEW.number;
END IF;
RETURN NEW;
"""


class SettlementStatement(models.Model):
    """What one seller is owed by one fund for one trip; a rest of 1 fen or more writes its payable."""

    HISTORY = True

    number = NumberField()
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="statements")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)  # as on the delivery
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="statements")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    payable = models.OneToOneField(Payable, models.PROTECT, null=True, related_name="statement")
    weight_g = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(household__isnull=True) ^ Q(cooperative__isnull=True), name="statement_has_one_payee"
            ),
            within("total_fen", -MOST_FEN, MOST_FEN, name="statement_bounded"),
            models.CheckConstraint(
                condition=Q(total_fen__gte=1, payable__isnull=False) | Q(total_fen__lt=1, payable__isnull=True),
                name="statement_owes_its_rest",
            ),
        ]
        indexes = [models.Index(fields=["buyer", "-id"], name="statement_by_buyer")]
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
    FEE = "fee", _("Fee of the co-operative")  # from the household to its co-operative, by mandate
    MANDATE = "mandate", _("Paid to the co-operative by mandate")  # the rest, where the mandate names it as payee


class StatementLine(models.Model):
    """One sum of a statement: what for, how much, and the transfer that moved it.

    A receipt line's goods are stated once. What a household leaves to its co-operative stands on both their
    statements, and the co-operative's line names the household's.
    """

    HISTORY = True

    statement = models.ForeignKey(SettlementStatement, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=8, choices=LineKind)
    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, null=True, related_name="statement_lines")
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")  # of what a household leaves
    counterpart = models.OneToOneField("self", models.PROTECT, null=True, related_name="answered_by")
    weight_g = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    transfer = models.CharField(max_length=80)  # the reference of what moved the money

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt_line"], condition=Q(kind="goods"), name="goods_stated_once"),
            models.CheckConstraint(
                condition=Q(kind="goods", receipt_line__isnull=False, weight_g__gte=1, amount_fen__gte=0)
                | Q(~Q(kind="goods"), receipt_line__isnull=True, weight_g=0, mandate__isnull=False),
                name="only_goods_have_weight",
            ),
        ]
        triggers = append_only()
