"""How one side of a sale says that it went, after the fact."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.workflow import append_only
from orders.models.complaining import Side
from orders.models.moving import ReceiptLine

_RATES_WHAT_HAPPENED = """
IF NOT EXISTS (
    SELECT FROM orders_receiptline AS l JOIN orders_goodsreceipt AS r ON r.id = l.receipt_id
    WHERE l.id = NEW.receipt_line_id AND r.status = 'signed'
) OR (NEW.replaces_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM orders_rating AS was
    WHERE was.id = NEW.replaces_id AND was.receipt_line_id = NEW.receipt_line_id AND was.side = NEW.side
)) THEN
    RAISE EXCEPTION 'pgtrigger: rating of receipt line % is of nothing that happened', NEW.receipt_line_id;
END IF;
RETURN NEW;
"""


class Rating(models.Model):
    """What one side says of one lot of a signed trip; another word within days is a row that replaces this one."""

    HISTORY = True

    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, related_name="ratings")
    side = models.CharField(max_length=6, choices=Side)  # who says it
    timely = models.BooleanField()  # the goods came on time; of a buyer: the money did
    right_weight = models.BooleanField()  # of a buyer: it weighed fairly
    as_described = models.BooleanField(null=True)  # of goods alone
    words = models.CharField(max_length=200, blank=True)  # for the other side and the county, never public
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt_line", "side"], condition=Q(replaces=None), name="rated_once"),
            models.CheckConstraint(
                condition=Q(side="buyer", as_described__isnull=False) | Q(side="seller", as_described=None),
                name="goods_are_as_described",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="rates_what_happened",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_RATES_WHAT_HAPPENED,
            ),
        ]
