"""What a purchase plan means to buy, goods by goods: a produce or a class of them, how much, at which price at most."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from canteens.models.purchase_plans import MOST_GOODS, PurchasePlan
from kernel.constraints import within
from kernel.weight import MOST_G
from kernel.workflow import never_deleted
from produce.models import MOST_PRICE_FEN, Produce, ProduceCategory

_OF_A_WAITING_PLAN = """
IF NOT EXISTS (
    SELECT FROM canteens_purchaseplan
    WHERE id = NEW.plan_id AND status = 'sent' AND NEW.position <= goods_count AND NEW.held_g = 0 AND NEW.accepted_g = 0
) THEN
    RAISE EXCEPTION 'pgtrigger: goods are of a plan that waits, as many as it was sent with, and nothing drawn yet';
END IF;
RETURN NEW;
"""


class PlanGoods(models.Model):
    """One of the goods of a purchase plan, with what its orders hold and took of it, counted as the plan's money is."""

    CHANGES = ("held_g", "accepted_g")

    plan = models.ForeignKey(PurchasePlan, models.PROTECT, related_name="named_goods")
    position = models.PositiveSmallIntegerField()
    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")
    category = models.ForeignKey(ProduceCategory, models.PROTECT, null=True, related_name="+")  # or a class of them
    quantity_g = models.BigIntegerField(null=True)  # of a class it may be left open
    ceiling_fen = models.PositiveIntegerField(null=True)  # for 500 g, at placing
    held_g = models.BigIntegerField(default=0)  # that its orders still wait for
    accepted_g = models.BigIntegerField(default=0)  # taken, less what went back

    class Meta:
        constraints = [
            within("position", 1, MOST_GOODS, name="plan_goods_position_bounded"),
            within("quantity_g", 1, MOST_G, name="plan_goods_bounded"),
            within("ceiling_fen", 1, MOST_PRICE_FEN, name="plan_goods_ceiling_bounded"),
            models.CheckConstraint(
                condition=Q(produce__isnull=False, category=None, quantity_g__isnull=False)
                | Q(produce=None, category__isnull=False),
                name="plan_goods_produce_or_class",
            ),
            models.CheckConstraint(
                condition=Q(held_g__gte=0, accepted_g__gte=0)
                & (Q(quantity_g=None) | Q(quantity_g__gte=F("held_g") + F("accepted_g"))),
                name="plan_goods_within_quantity",
            ),
            models.UniqueConstraint(fields=["plan", "position"], name="plan_goods_position"),
            models.UniqueConstraint(fields=["plan", "produce"], name="plan_goods_produce_once"),
            models.UniqueConstraint(fields=["plan", "category"], name="plan_goods_class_once"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="plan_goods_stay",
                fields=["plan", "position", "produce", "category", "quantity_g", "ceiling_fen"],
            ),
            pgtrigger.Trigger(
                name="goods_of_waiting_plan",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_OF_A_WAITING_PLAN,
            ),
            *never_deleted(),
        ]

    def left_g(self) -> int | None:
        """Return how much of it may still be ordered; nothing said where the plan leaves it open."""
        return None if self.quantity_g is None else self.quantity_g - self.held_g - self.accepted_g
