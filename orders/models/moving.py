"""Goods on their way: one trip to one buyer, its arrival at the door, and what the scale said."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from catalog.models import MOST_G
from kernel.constraints import two_people, within
from kernel.numbers import NumberField, numbered
from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from orders.models.ordering import Allocation
from records.models import MOST_FEN


class Delivery(models.Model):
    """One trip to one buyer on one day, with lots of one or several of its orders."""

    HISTORY = True

    number = NumberField()
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    shipped_at = models.DateTimeField()
    arrive_by_at = models.DateTimeField()  # a trip of which nobody heard by then counts as not arrived
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    driver = models.CharField(max_length=40, blank=True)
    carrier = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # whose haulier sent it off

    class Meta:
        indexes = [models.Index(fields=["buyer", "-id"], name="delivery_by_buyer")]
        triggers = [*append_only(), numbered()]

    @property
    def reference(self) -> str:
        return f"delivery:{self.pk}"


_BUYER_IS_THE_TRIPS = """
IF NOT EXISTS (
    SELECT FROM orders_delivery AS d JOIN orders_purchaseorder AS o ON o.buyer_id = d.buyer_id
    JOIN orders_allocation AS a ON a.order_id = o.id WHERE d.id = NEW.delivery_id AND a.id = NEW.allocation_id
) THEN
    RAISE EXCEPTION 'pgtrigger: delivery % goes to another buyer', NEW.delivery_id;
END IF;
RETURN NEW;
"""


class DeliveryLine(models.Model):
    """Weight of one allocation put on the cart for one trip; another trip may bring the rest."""

    HISTORY = True

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="lines")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="delivery_lines")
    shipped_g = models.BigIntegerField()
    pieces = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "allocation"], name="lot_once_a_trip"),
            within("shipped_g", 1, MOST_G, name="shipped_bounded"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="buyer_is_the_trips",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_BUYER_IS_THE_TRIPS,
            ),
        ]

    @property
    def shipped(self) -> int:
        """Return what was shipped, in the stock unit of the listing."""
        return self.shipped_g if self.pieces is None else self.pieces


_PRICE_BY_ONE_RULE = """
IF NOT EXISTS (SELECT FROM orders_delivery WHERE id = NEW.delivery_id AND carrier_id IS NOT NULL) OR 1 <> (
    SELECT count(DISTINCT (o.transport_payer, o.transport_permille)) FILTER (WHERE o.transport_payer > 0)
         + count(*) FILTER (WHERE o.transport_payer = 0)
    FROM orders_deliveryline AS l JOIN orders_allocation AS a ON a.id = l.allocation_id
    JOIN orders_purchaseorder AS o ON o.id = a.order_id WHERE l.delivery_id = NEW.delivery_id
) THEN
    RAISE EXCEPTION 'pgtrigger: delivery % has no haulier, or no one rule by which its cart is paid', NEW.delivery_id;
END IF;
RETURN NEW;
"""


class TripPrice(models.Model):
    """What the haulier asks for one trip, written as it leaves; at the scale it becomes what the rule allows of it."""

    HISTORY = True

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="price")
    price_fen = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [within("price_fen", 1, MOST_FEN, name="trip_price_bounded")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="price_by_one_rule", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_PRICE_BY_ONE_RULE
            ),
        ]


class Arrival(models.Model):
    """Goods at the buyer's door: from here the buyer's silence counts."""

    HISTORY = True

    class How(models.TextChoices):
        BUYER = "buyer", _("seen by the buyer's people")
        DRIVER = "driver", _("shown by the driver's photo")

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="arrival")
    at = models.DateTimeField()
    how = models.CharField(max_length=8, choices=How)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    latitude_e6 = models.IntegerField(null=True)  # millionths of a degree, WGS-84; unknown is no fault
    longitude_e6 = models.IntegerField(null=True)
    accept_by_at = models.DateTimeField()  # silence past this moment accepts what was shipped

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(accept_by_at__gt=F("at")), name="silence_has_time"),
            models.CheckConstraint(
                condition=Q(latitude_e6=None, longitude_e6=None)
                | Q(
                    latitude_e6__isnull=False,
                    longitude_e6__isnull=False,
                    latitude_e6__range=(0, 90_000_000),
                    longitude_e6__range=(0, 180_000_000),
                ),
                name="arrival_place_whole",
            ),
        ]
        indexes = [models.Index(fields=["accept_by_at"], name="arrival_by_end")]
        triggers = append_only()

    @property
    def reference(self) -> str:
        return f"arrival:{self.pk}"


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
    PAPERS = "papers", _("No papers")  # of the whole lot alone
    SURPLUS = "surplus", _("More than ordered")  # never chosen: written where only the surplus goes back
    OTHER = "other", _("Something else")
    RECALLED = "recalled", pgettext_lazy("goods", "Recalled")  # never chosen: written for a lot that is called back


class Surplus(models.TextChoices):
    TAKE = "take", _("Take what the order, the lot and the purse allow; the rest goes back")
    BACK = "back", _("Take what was ordered; the rest goes back")
    NEXT = "next", _("Take what was ordered; the rest goes back and is offered for the next order")


_LOT_IS_THE_TRIPS = """
IF NOT EXISTS (
    SELECT FROM orders_deliveryline AS l JOIN orders_goodsreceipt AS r ON r.delivery_id = l.delivery_id
    WHERE l.id = NEW.delivery_line_id AND l.allocation_id = NEW.allocation_id AND r.id = NEW.receipt_id
) THEN
    RAISE EXCEPTION 'pgtrigger: receipt % weighs a lot of another trip', NEW.receipt_id;
END IF;
RETURN NEW;
"""

_GRADE_IS_THE_LOTS = """
IF NOT EXISTS (
    SELECT FROM orders_allocation AS a JOIN catalog_listing AS i ON i.id = a.listing_id
    WHERE a.id = NEW.allocation_id AND i.grade_steps @> jsonb_build_array(jsonb_build_object('code', NEW.grade))
) THEN
    RAISE EXCEPTION 'pgtrigger: lot of allocation % may not be taken as grade %', NEW.allocation_id, NEW.grade;
END IF;
RETURN NEW;
"""


class ReceiptLine(models.Model):
    """One lot of a trip at the scale: gross − tare = net = accepted + refused."""

    HISTORY = True

    receipt = models.ForeignKey(GoodsReceipt, models.PROTECT, related_name="lines")
    delivery_line = models.ForeignKey(DeliveryLine, models.PROTECT, related_name="receipt_lines")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="receipt_lines")  # as on the delivery line
    gross_g = models.BigIntegerField()
    tare_g = models.BigIntegerField()
    net_g = models.BigIntegerField()
    accepted_g = models.BigIntegerField()
    refused_g = models.BigIntegerField()
    surplus_g = models.BigIntegerField(default=0)  # of what was refused: only because it was more than ordered
    surplus_wanted = models.BooleanField(default=False)  # it is offered for the buyer's next order
    accepted_pieces = models.PositiveIntegerField(null=True)
    grade = models.CharField(max_length=16, blank=True)  # the lower one in which it was taken, see `Listing.steps`
    reason = models.CharField(max_length=12, choices=RefusalReason, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "delivery_line"], name="receipt_line_once"),
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
            models.CheckConstraint(condition=~Q(reason="papers") | Q(accepted_g=0), name="no_papers_nothing_accepted"),
            models.CheckConstraint(
                condition=Q(surplus_g__gte=0, surplus_g__lte=F("refused_g"))
                & (~Q(reason="surplus") | Q(surplus_g=F("refused_g"))),
                name="what_is_surplus_is_refused",
            ),
            models.CheckConstraint(condition=Q(grade="") | Q(accepted_g__gte=1), name="only_what_is_taken_has_a_grade"),
            models.CheckConstraint(condition=Q(surplus_wanted=False) | Q(surplus_g__gte=1), name="wanted_is_surplus"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="lot_is_the_trips",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_LOT_IS_THE_TRIPS,
            ),
            pgtrigger.Trigger(
                name="grade_is_the_lots",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__grade=""),
                func=_GRADE_IS_THE_LOTS,
            ),
        ]

    @property
    def reference(self) -> str:
        """Return the name under which this line moves money and kilos."""
        return f"receipt-line:{self.pk}"

    @property
    def accepted(self) -> int:
        """Return what was accepted, in the stock unit of the listing."""
        return self.accepted_g if self.accepted_pieces is None else self.accepted_pieces
