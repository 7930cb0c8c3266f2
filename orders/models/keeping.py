"""The lots of a plan, kept for its buyer for some minutes while they look once more: kilos only, never money."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from catalog.models import MOST_G, Listing
from kernel.constraints import within
from kernel.workflow import Workflow, append_only, legal_statuses, never_deleted, status_guards
from orders.models.ordering import OrderLine
from produce.models import MOST_PRICE_FEN, Grade, Produce

KEPT_LOT = "kept-lot"  # how movements of kept kilos are named


class KeptStatus(models.TextChoices):
    KEPT = "kept", _("Kept")
    ORDERED = "ordered", _("Became an order")
    LET_GO = "let_go", _("Let go by the buyer")
    OVER = "over", _("Its time is over")


class EditReason(models.TextChoices):
    """Why a buyer changes the shares that the rule gave."""

    GOODS = "goods", _("The goods of some sellers suit the kitchen better")
    BEFORE = "before", _("There was trouble with a seller before")
    ROUTE = "route", _("So they can be fetched on one way")
    AMOUNT = "amount", _("More or less is needed than was asked")
    AGREED = "agreed", _("Agreed with the sellers")
    OTHER = "other", _("Something else")


KEPT_MOVES: dict = {
    KeptStatus.KEPT: {KeptStatus.ORDERED, KeptStatus.LET_GO, KeptStatus.OVER},
    KeptStatus.ORDERED: set(),
    KeptStatus.LET_GO: set(),
    KeptStatus.OVER: set(),
}


class KeptPlan(Workflow):
    """One chosen plan whose lots nobody else may take until its end.

    One a person and buyer, or those of the lines of one basket, which have one clock. One whose shares the buyer
    changed names the plan as the rule made it, and why.
    """

    CHANGES = ("status", "until_at", "extended", "ended_at", "order_line")
    MOVES = KEPT_MOVES
    REFERENCE = "kept-plan"

    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    of_basket = models.BooleanField(default=False)
    number = models.PositiveSmallIntegerField(default=1)  # among those kept with it
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, related_name="+")
    asked = models.BigIntegerField()  # in the stock unit of the produce
    deliver_on = models.DateField()
    ceiling_fen_per_kg = models.PositiveIntegerField(null=True)
    parcel_g = models.BigIntegerField(default=0)  # what the buyer fetches at least from one household; 0: any
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="+")  # only this lot was asked for
    plan = models.CharField(max_length=12)
    seed = models.CharField(max_length=40)
    at = models.DateTimeField()
    since_at = models.DateTimeField()  # since when any goods of it have been kept without a break
    until_at = models.DateTimeField()
    extended = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    order_line = models.OneToOneField(OrderLine, models.PROTECT, null=True, related_name="kept_plan")
    made_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    edit_reason = models.CharField(max_length=8, choices=EditReason, blank=True)
    edit_words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            legal_statuses(KEPT_MOVES, "kept_status_legal"),
            models.UniqueConstraint(
                fields=["by", "buyer", "number"], condition=Q(status="kept"), name="one_plan_kept_at_a_time"
            ),
            within("asked", 1, MOST_G, name="kept_asked_bounded"),
            models.CheckConstraint(
                condition=Q(ceiling_fen_per_kg=None)
                | Q(ceiling_fen_per_kg__gte=1, ceiling_fen_per_kg__lte=MOST_PRICE_FEN),
                name="kept_ceiling_bounded",
            ),
            within("parcel_g", 0, MOST_G, name="kept_parcel_bounded"),
            models.CheckConstraint(condition=Q(until_at__gte=F("at"), at__gte=F("since_at")), name="kept_has_an_end"),
            models.CheckConstraint(
                condition=Q(status="kept", ended_at=None) | (~Q(status="kept") & Q(ended_at__isnull=False)),
                name="kept_until_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(made_from=None, edit_reason="", edit_words="")
                | Q(made_from__isnull=False, edit_reason__in=[r for r in EditReason.values if r != "other"])
                | (Q(made_from__isnull=False, edit_reason="other") & ~Q(edit_words="")),
                name="changed_shares_say_why",
            ),
            models.CheckConstraint(
                condition=Q(status="ordered", order_line__isnull=False) | (~Q(status="ordered") & Q(order_line=None)),
                name="kept_led_to_its_order",
            ),
        ]
        indexes = [models.Index(fields=["until_at"], condition=Q(status="kept"), name="kept_by_end")]
        triggers = [
            *status_guards(KEPT_MOVES),
            pgtrigger.ReadOnly(
                name="kept_plan_stays", exclude=["status", "until_at", "extended", "ended_at", "order_line"]
            ),
            *never_deleted(),
        ]


class KeptLot(models.Model):
    """This much of one lot, kept at the price that was shown."""

    HISTORY = True

    kept = models.ForeignKey(KeptPlan, models.PROTECT, related_name="lots", db_index=False)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()  # in the listing's stock unit
    price_fen = models.PositiveIntegerField()
    price_unit_g = models.PositiveIntegerField()
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kept", "listing"], name="kept_lot_once"),
            within("quantity", 1, MOST_G, name="kept_quantity_bounded"),
            models.CheckConstraint(
                condition=Q(price_fen__gte=1, price_fen__lte=MOST_PRICE_FEN, price_unit_g__gte=1),
                name="kept_price_bounded",
            ),
        ]
        triggers = append_only()

    @property
    def reference(self) -> str:
        """Name this lot in text, as its movements do."""
        return f"{KEPT_LOT}:{self.pk}"
