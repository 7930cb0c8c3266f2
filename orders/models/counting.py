"""For whom an order counts, where that is another unit than the one that placed it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from kernel.constraints import two_people, within
from kernel.entering import entered_only
from kernel.workflow import append_only
from orders.models.ordering import PurchaseOrder

_BEFORE_SETTLEMENT = """
IF EXISTS (
    SELECT FROM orders_allocation AS a
    JOIN orders_receiptline AS l ON l.allocation_id = a.id
    JOIN orders_statementline AS s ON s.receipt_line_id = l.id
    WHERE a.order_id = NEW.order_id
) THEN
    RAISE EXCEPTION 'pgtrigger: order % is settled: it counts for whom it counts', NEW.order_id;
END IF;
RETURN NEW;
"""


class OrderUnit(models.Model):
    """That an order counts for another unit's reserved share; its fund, its hold and its payer stay as they are.

    The latest turn counts; an order without a row counts for its buyer.
    """

    HISTORY = True

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="units")
    turn = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "turn"], name="order_unit_once"),
            within("turn", 1, 99, name="order_unit_turns"),
            models.CheckConstraint(condition=~Q(why=""), name="order_unit_says_why"),
            two_people("by", "confirmed_by", name="order_unit_two_hands"),
        ]
        triggers = [
            entered_only(),
            *append_only(),
            pgtrigger.Trigger(
                name="unit_before_settlement",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_BEFORE_SETTLEMENT,
            ),
        ]
