"""What a seller's invoice says, which statements it is for, and where it differs from them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household, Organisation
from canteens.models import Fund
from catalog.models import MOST_G
from kernel.constraints import one_of, two_people, within
from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from orders.models.settling import SettlementStatement
from produce.models import Produce
from records.models import MOST_FEN, StoredFile


class InvoiceStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("invoice", "To be matched")
    MATCHED = "matched", pgettext_lazy("invoice", "Matched")  # nothing differs, and somebody looked at the paper
    ACCEPTED = "accepted", pgettext_lazy("invoice", "Accepted with differences")
    RETURNED = "returned", pgettext_lazy("invoice", "Sent back")


INVOICE_MOVES = {
    InvoiceStatus.WAITING: {InvoiceStatus.MATCHED, InvoiceStatus.ACCEPTED, InvoiceStatus.RETURNED},
    InvoiceStatus.MATCHED: set(),
    InvoiceStatus.ACCEPTED: set(),
    InvoiceStatus.RETURNED: set(),
}


class Invoice(Workflow):
    """One invoice of a seller for statements of one fund, typed from its scan and matched by another person."""

    CHANGES = ("status", "decided_by", "decided_at", "words")
    MOVES = INVOICE_MOVES
    REFERENCE = "invoice"

    number = models.CharField(max_length=20)
    code = models.CharField(max_length=12, blank=True)  # fully electronic invoices have none
    issued_on = models.DateField()
    seller_name = models.CharField(max_length=80)  # as printed, which may be somebody else's
    buyer_name = models.CharField(max_length=80)
    total_fen = models.BigIntegerField()
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    scan = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    differences = models.PositiveIntegerField()  # how many the comparison found as it came
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            legal_statuses(INVOICE_MOVES, "invoice_status_legal"),
            one_of("household", "cooperative", name="invoice_has_one_seller"),
            within("total_fen", 1, MOST_FEN, name="invoice_bounded"),
            models.UniqueConstraint(fields=["number", "code"], condition=~Q(status="returned"), name="invoice_once"),
            two_people("by", "decided_by", name="invoice_two_people"),
            models.CheckConstraint(
                condition=Q(status="waiting", decided_by=None, decided_at=None, words="")
                | Q(status="matched", differences=0, decided_by__isnull=False, decided_at__isnull=False)
                | Q(~Q(status__in=["waiting", "matched"]), ~Q(words=""), decided_by__isnull=False,
                    decided_at__isnull=False),
                name="invoice_decided_whole",
            ),
        ]  # fmt: skip
        triggers = status_guards(INVOICE_MOVES)


_STATEMENT_IS_THE_INVOICES = """
IF NOT EXISTS (
    SELECT FROM orders_invoice AS i JOIN orders_settlementstatement AS s
        ON s.buyer_id = i.buyer_id AND s.fund_id = i.fund_id
        AND s.household_id IS NOT DISTINCT FROM i.household_id
        AND s.cooperative_id IS NOT DISTINCT FROM i.cooperative_id
    WHERE i.id = NEW.invoice_id AND s.id = NEW.statement_id
) THEN
    RAISE EXCEPTION 'pgtrigger: invoice % is of another seller or fund than statement %',
        NEW.invoice_id, NEW.statement_id;
END IF;
RETURN NEW;
"""


class InvoiceStatement(models.Model):
    """A statement that an invoice is for."""

    HISTORY = True

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="covers")
    statement = models.ForeignKey(SettlementStatement, models.PROTECT, related_name="invoiced")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "statement"], name="statement_once_an_invoice")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="statement_is_the_invoices",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_STATEMENT_IS_THE_INVOICES,
            ),
        ]


class InvoiceLine(models.Model):
    """One line of an invoice: goods, weight, price and amount as printed."""

    HISTORY = True

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    weight_g = models.BigIntegerField()
    price_kg_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weight_g__gte=1, weight_g__lte=MOST_G, price_kg_fen__gte=1, price_kg_fen__lte=MOST_FEN,
                            amount_fen__gte=1, amount_fen__lte=MOST_FEN),
                name="invoice_line_bounded",
            )
        ]  # fmt: skip
        triggers = append_only()


class Differs(models.TextChoices):
    QUANTITY = "quantity", _("The weight differs")
    PRICE = "price", _("The price differs")
    AMOUNT = "amount", _("The amount differs")
    PRODUCE = "produce", _("Other goods")
    SELLER = "seller", _("Another seller")
    BUYER = "buyer", _("Another buyer")
    NUMBER = "number", _("The number came before")
    DATE = "date", _("Dated before the goods left")
    MATCHED = "already", _("The statement has an invoice already")


class InvoiceDifference(models.Model):
    """Where an invoice does not say what order, receipt and statement say."""

    HISTORY = True

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="found")
    code = models.CharField(max_length=8, choices=Differs)
    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")
    expected = models.BigIntegerField(null=True)  # grams or fen
    printed = models.BigIntegerField(null=True)
    said = models.CharField(max_length=80, blank=True)  # a name, a day or a number that a sentence tells

    class Meta:
        triggers = append_only()
