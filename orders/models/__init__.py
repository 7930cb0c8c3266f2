"""Supply meets demand: a purchase order, the lots that fill it, and the weight of each lot at every stage.

    order line (asked) → allocation (held) → delivery line (shipped) → receipt line (accepted) → statement line (owed)

Each stage has its own rows and never overwrites the one before. One pending transfer per allocation holds the money;
acceptance posts the accepted part to the seller and lets the rest go.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household, Organisation, Place
from canteens.models import Fund
from catalog.models import MOST_G, Listing
from kernel import money
from kernel.constraints import two_people, within
from kernel.numbers import NumberField, numbered
from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from ledger.models import Payable
from produce.models import MOST_PRICE_FEN, Grade, Produce
from records.models import MOST_FEN


class OrderStatus(models.TextChoices):
    PLACED = "placed", _("Waiting for approval")  # money and kilos held; the approver has not spoken
    APPROVED = "approved", _("Sellers are being asked")  # money and kilos held; sellers answer
    CONFIRMED = "confirmed", _("Sellers said yes")  # every remaining lot confirmed
    SHIPPED = "shipped", _("On the way")  # a delivery left
    ACCEPTED = "accepted", _("Weighed and accepted")  # payables' weights are fixed
    SETTLED = "settled", _("Statements written")  # every seller has a statement and a payable
    CANCELLED = "cancelled", _("Cancelled")  # all holds given back


ORDER_MOVES = {
    OrderStatus.PLACED: {OrderStatus.APPROVED, OrderStatus.CANCELLED},
    OrderStatus.APPROVED: {OrderStatus.CONFIRMED, OrderStatus.CANCELLED},
    OrderStatus.CONFIRMED: {OrderStatus.SHIPPED, OrderStatus.CANCELLED},
    OrderStatus.SHIPPED: {OrderStatus.ACCEPTED},
    OrderStatus.ACCEPTED: {OrderStatus.SETTLED},
    OrderStatus.SETTLED: set(),
    OrderStatus.CANCELLED: set(),
}


_REQUESTER_TAKES_PART = """
INSERT INTO records_participation (document, person_key, stage, at, scope)
SELECT 'order:' || NEW.id, p.key, 'request', NEW.placed_at, 'organisation:' || NEW.buyer_id
FROM accounts_user AS u JOIN accounts_person AS p ON p.id = u.person_id
WHERE u.id = NEW.requester_id;
RETURN NULL;
"""


class PurchaseOrder(Workflow):
    """What one buyer asked for, from one fund, to be brought on one day."""

    CHANGES = ("status", "shown_on_at", "answer_by_at")
    MOVES = ORDER_MOVES
    REFERENCE = "order"

    number = NumberField()
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="orders")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="orders")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deliver_on = models.DateField()
    held_fen = models.BigIntegerField()  # at placing; later stages have their own sums
    judged_fen = models.BigIntegerField()  # the sum that found its tier: with small orders of before, `lookback`
    needs_approval = models.BooleanField()
    approval_rule = models.CharField(max_length=200, blank=True)  # copied from the tier of the day
    placed_at = models.DateTimeField()
    approve_by_at = models.DateTimeField(null=True)  # of an order that needs approval; then it ends
    shown_on_at = models.DateTimeField(null=True)  # when nobody had approved it and others were told
    answer_by_at = models.DateTimeField(null=True)  # set when the sellers are asked

    class Meta:
        constraints = [
            legal_statuses(ORDER_MOVES, "order_status_legal"),
            within("held_fen", 1, MOST_FEN, name="order_amount_bounded"),
            models.CheckConstraint(condition=Q(judged_fen__gte=F("held_fen")), name="order_judged_whole"),
            models.CheckConstraint(
                condition=Q(needs_approval=False) | Q(approve_by_at__isnull=False),
                name="approval_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="order_by_buyer"),
            models.Index(fields=["fund", "placed_at"], name="order_unapproved", condition=Q(needs_approval=False)),
            models.Index(fields=["approve_by_at"], name="order_awaiting_approval", condition=Q(status="placed")),
        ]
        triggers = [
            *status_guards(ORDER_MOVES),
            numbered(),
            pgtrigger.ReadOnly(
                name="order_stays", fields=["number", "buyer", "fund", "requester", "held_fen", "judged_fen"]
            ),
            pgtrigger.Trigger(
                name="requester_takes_part",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=_REQUESTER_TAKES_PART,
            ),
        ]


class OrderLine(models.Model):
    """One wish: a produce, a weight, a ceiling price."""

    HISTORY = True

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, related_name="+")
    asked_g = models.BigIntegerField()
    ceiling_fen_per_kg = models.PositiveIntegerField(null=True)
    plan = models.CharField(max_length=12, default="chosen")  # by which rule the lots were found
    seed = models.CharField(max_length=40, blank=True)  # of the draw, so that anybody can work it out again

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            within("asked_g", 1, MOST_G, name="asked_bounded"),
        ]
        triggers = append_only()


class AllocationStatus(models.TextChoices):
    HELD = "held", _("Waiting for the seller")
    CONFIRMED = "confirmed", _("Seller said yes")
    RELEASED = "released", _("Given back")  # declined or cancelled: kilos and money free again
    CLOSED = "closed", _("Weighed")  # the receipt line tells what became of it


ALLOCATION_MOVES = {
    AllocationStatus.HELD: {AllocationStatus.CONFIRMED, AllocationStatus.RELEASED},
    AllocationStatus.CONFIRMED: {AllocationStatus.RELEASED, AllocationStatus.CLOSED},
    AllocationStatus.RELEASED: set(),
    AllocationStatus.CLOSED: set(),
}


# Lists of a seller's or a village's lots go by the key on the row: it is the lot's own, or the row is refused.
_SELLER_IS_THE_LOTS = """
IF NOT EXISTS (
    SELECT FROM catalog_listing WHERE id = NEW.listing_id AND village_id = NEW.village_id
    AND household_id IS NOT DISTINCT FROM NEW.household_id AND cooperative_id IS NOT DISTINCT FROM NEW.cooperative_id
    AND agent_id IS NOT DISTINCT FROM NEW.agent_id
) THEN
    RAISE EXCEPTION 'pgtrigger: an allocation of lot % names another seller or village', NEW.listing_id;
END IF;
RETURN NEW;
"""


class Allocation(Workflow):
    """Weight of one listing held for one line, at the price of that moment."""

    CHANGES = ("status",)
    MOVES = ALLOCATION_MOVES
    REFERENCE = "allocation"

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="allocations")
    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="allocations")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="allocations")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+", db_index=False)
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    agent = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    village = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)  # these four as on the lot
    quantity = models.BigIntegerField()  # in the listing's stock unit
    weight_g = models.BigIntegerField()
    price_fen = models.PositiveIntegerField()
    price_unit_g = models.PositiveIntegerField()
    amount_fen = models.BigIntegerField()
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            legal_statuses(ALLOCATION_MOVES, "allocation_status_legal"),
            models.UniqueConstraint(fields=["line", "listing"], name="one_allocation_a_lot"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MOST_G, weight_g__gte=1, weight_g__lte=MOST_G),
                name="allocation_bounded",
            ),
            models.CheckConstraint(
                condition=Q(price_fen__gte=1, price_fen__lte=MOST_PRICE_FEN, amount_fen__gte=1),
                name="allocation_priced",
            ),
        ]
        indexes = [
            models.Index(fields=["listing", "status"], name="allocation_by_listing"),
            models.Index(fields=["household", "-id"], name="allocation_by_household"),
            models.Index(fields=["cooperative", "-id"], name="allocation_by_cooperative"),
            models.Index(fields=["agent", "-id"], name="allocation_by_agent"),
            models.Index(fields=["village", "-id"], name="allocation_by_village"),
        ]
        triggers = [
            *status_guards(ALLOCATION_MOVES),
            pgtrigger.ReadOnly(
                name="allocation_stays",
                fields=[
                    "line",
                    "order",
                    "listing",
                    "household",
                    "cooperative",
                    "agent",
                    "village",
                    "quantity",
                    "weight_g",
                    "price_fen",
                    "price_unit_g",
                    "amount_fen",
                ],
            ),
            pgtrigger.Trigger(
                name="seller_is_the_lots",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_SELLER_IS_THE_LOTS,
            ),
        ]

    def amount_for(self, grams: int) -> int:
        """Return what this weight of the lot costs at the price frozen at placing, in fen: rounded once, here."""
        return money.amount_fen(grams, self.price_fen, self.price_unit_g)


class Delivery(models.Model):
    """What left for the buyer, from which lots, with the haulier's name for it."""

    HISTORY = True

    number = NumberField()
    order = models.OneToOneField(PurchaseOrder, models.PROTECT, related_name="delivery")
    shipped_at = models.DateTimeField()
    accept_by_at = models.DateTimeField()  # silence past this moment accepts what was shipped
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    driver = models.CharField(max_length=40, blank=True)

    class Meta:
        triggers = [*append_only(), numbered()]

    @property
    def reference(self) -> str:
        return f"delivery:{self.pk}"


class DeliveryLine(models.Model):
    """Weight of one allocation put on the cart."""

    HISTORY = True

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="lines")
    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="delivery_line")
    shipped_g = models.BigIntegerField()
    pieces = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            within("shipped_g", 1, MOST_G, name="shipped_bounded"),
        ]
        triggers = append_only()


class ReceiptStatus(models.TextChoices):
    WEIGHED = "weighed", _("Weighed, one signature")
    SIGNED = "signed", _("Signed by two")
    VOID = "void", _("Weighed again")


RECEIPT_MOVES = {
    ReceiptStatus.WEIGHED: {ReceiptStatus.SIGNED, ReceiptStatus.VOID},
    ReceiptStatus.SIGNED: set(),
    ReceiptStatus.VOID: set(),
}


class GoodsReceipt(Workflow):
    """What the scale said; it counts once a second person of the buyer has signed."""

    CHANGES = ("status", "signed_by", "signed_at", "signed_on")
    MOVES = RECEIPT_MOVES
    REFERENCE = "receipt"

    number = NumberField()
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="receipts")
    weighed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    weighed_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_on = models.DateField(null=True)  # the county day the sale counts on

    class Meta:
        constraints = [
            legal_statuses(RECEIPT_MOVES, "receipt_status_legal"),
            models.UniqueConstraint(fields=["delivery"], condition=~Q(status="void"), name="one_receipt_a_delivery"),
            two_people("weighed_by", "signed_by", name="receipt_two_signers"),
        ]
        indexes = [models.Index(fields=["signed_on"], condition=Q(status="signed"), name="receipt_by_day")]
        triggers = [*status_guards(RECEIPT_MOVES), numbered()]


class RefusalReason(models.TextChoices):
    NONE = "", _("None")
    ROTTEN = "rotten", _("Rotten")
    SHORT = "short", _("Short in the sack")
    MOISTURE = "moisture", _("Too wet")
    GRADE = "grade", _("Not the grade ordered")
    OTHER = "other", _("Something else")
    RECALLED = "recalled", pgettext_lazy("goods", "Recalled")  # never chosen: written for a lot that is called back


class ReceiptLine(models.Model):
    """One lot at the scale: gross − tare = net = accepted + refused."""

    HISTORY = True

    receipt = models.ForeignKey(GoodsReceipt, models.PROTECT, related_name="lines")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="receipt_lines")
    gross_g = models.BigIntegerField()
    tare_g = models.BigIntegerField()
    net_g = models.BigIntegerField()
    accepted_g = models.BigIntegerField()
    refused_g = models.BigIntegerField()
    accepted_pieces = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=12, choices=RefusalReason, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "allocation"], name="receipt_line_once"),
            models.CheckConstraint(
                condition=Q(
                    net_g=F("gross_g") - F("tare_g"),
                    gross_g__gte=0,
                    gross_g__lte=MOST_G,
                    tare_g__gte=0,
                    net_g__gte=0,
                    accepted_g__gte=0,
                    refused_g__gte=0,
                ),
                name="weights_add_up",
            ),
            models.CheckConstraint(
                condition=Q(net_g=F("accepted_g") + F("refused_g")), name="accepted_and_refused_are_net"
            ),
            models.CheckConstraint(condition=Q(refused_g=0) | ~Q(reason=""), name="refusal_says_why"),
        ]
        triggers = append_only()


_BUYER_IS_THE_ORDERS = """
IF NOT EXISTS (SELECT FROM orders_purchaseorder WHERE id = NEW.order_id AND buyer_id = NEW.buyer_id) THEN
    RAISE EXCEPTION 'pgtrigger: statement % names another buyer than its order', NEW.number;
END IF;
RETURN NEW;
"""


class SettlementStatement(models.Model):
    """What one seller is owed for one order, line by line; it writes the payable."""

    HISTORY = True

    number = NumberField()
    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="statements")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)  # as on the order
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="statements")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    payable = models.OneToOneField(Payable, models.PROTECT, related_name="statement")
    weight_g = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "household", "cooperative"], nulls_distinct=False, name="one_statement_a_seller"
            ),
            within("total_fen", 1, MOST_FEN, name="statement_bounded"),
        ]
        indexes = [models.Index(fields=["buyer", "-id"], name="statement_by_buyer")]
        triggers = [
            *append_only(),
            numbered(),
            pgtrigger.Trigger(
                name="buyer_is_the_orders",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_BUYER_IS_THE_ORDERS,
            ),
        ]


class StatementLine(models.Model):
    """One receipt line in money: accepted grams at the frozen price, rounded once."""

    HISTORY = True

    statement = models.ForeignKey(SettlementStatement, models.PROTECT, related_name="lines")
    receipt_line = models.OneToOneField(ReceiptLine, models.PROTECT, related_name="statement_line")
    weight_g = models.BigIntegerField()
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight_g__gte=1, amount_fen__gte=0), name="statement_line_bounded"),
        ]
        triggers = append_only()


from orders.models.basket import Basket as Basket  # noqa: E402  (names the order line of above)
from orders.models.basket import LineTerms as LineTerms  # noqa: E402
from orders.models.basket import Otherwise as Otherwise  # noqa: E402
