"""What goes out and comes in: kilograms and yuan as decimal text."""

from collections.abc import Sequence
from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Role
from catalog.models import Paper
from kernel import clock
from kernel.api_fields import DayField, IdField, KilogramField, YuanField
from kernel.api_pages import PageOut
from kernel.errors import BadValue
from orders.models import (
    Allocation,
    AllocationStatus,
    ApprovalStep,
    Delivery,
    OrderStatus,
    PurchaseOrder,
    SettlementStatement,
)
from orders.selectors.orders import kitchens_of, seller_shown
from orders.selectors.statements import live_payment, payee_shown, to_pay_fen
from orders.selectors.waiting import Waits, waits_of
from produce.api_fields import ProduceNameField


class PlacedOut(serializers.Serializer):
    """An order just placed."""

    id = IdField(source="order")
    number = serializers.CharField()
    held = YuanField(source="held_fen")
    needs_approval = serializers.BooleanField()


class LotOut(serializers.Serializer):
    """One lot of an order."""

    id = IdField(source="pk")
    listing = IdField(source="listing_id")
    seller = serializers.SerializerMethodField()
    status = serializers.ChoiceField(AllocationStatus.choices)
    quantity = serializers.IntegerField(help_text="grams, or heads where the goods are sold by the head")
    kg = KilogramField(source="weight_g")
    price = YuanField(source="price_fen")
    price_unit_g = serializers.IntegerField()
    amount = YuanField(source="amount_fen")

    def get_seller(self, lot: Allocation) -> str:
        """Name the seller, masked for whoever is on neither side of the order."""
        return seller_shown(lot.listing, self.context["request"].user, lot.order.buyer_id)


class StepOut(serializers.Serializer):
    """One step of an approval: who answered, or who may and until when."""

    number = serializers.IntegerField()
    posts = serializers.ListField(child=serializers.ChoiceField(Role.choices))
    asked_at = serializers.DateTimeField(source="told_at")
    due_at = serializers.DateTimeField(help_text="then others are asked; of a step that all are asked for, the end")
    waits_for = serializers.SerializerMethodField(help_text="who may answer it now, by name")
    answered_by = serializers.CharField(source="person.name", default=None, allow_null=True)
    answered_for = serializers.CharField(source="for_person.name", default=None, allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    approved = serializers.BooleanField(allow_null=True)

    def get_waits_for(self, step: ApprovalStep) -> list[str]:
        """Return the names of whoever may answer a step that is open."""
        waits: Waits = self.context["waits"]
        return [person.name for person in waits.asked] if step in waits.open else []


class OrderList(serializers.ListSerializer):
    """Many orders, whose steps are read at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """Write all orders, with what they wait for."""
        rows = list(data)
        cast(OrderRowOut, self.child).waits = waits_of(rows, clock.county_day(clock.now()))
        return super().to_representation(rows)


class KitchenOut(serializers.Serializer):
    """One canteen by its name."""

    id = IdField(source="pk")
    name = serializers.CharField()
    buyer = serializers.CharField(source="organisation.name", help_text="whose it is; others may share it")
    address = serializers.CharField()
    run_by = serializers.CharField(help_text="who cooks and buys for it, where it is outsourced")
    from_on = DayField()
    to_on = DayField(allow_null=True, help_text="the first day without it")


class OrderRowOut(serializers.Serializer):
    """An order as lists show it."""

    class Meta:
        """Many of them are read together."""

        list_serializer_class = OrderList

    waits: dict[int, Waits] | None = None
    id = IdField(source="pk")
    number = serializers.CharField()
    status = serializers.ChoiceField(OrderStatus.choices)
    buyer = serializers.CharField(source="buyer.name")
    fund = IdField(source="fund_id")
    fund_name = serializers.CharField(source="fund.label")
    plan = IdField(source="purchase_plan_id", allow_null=True, help_text="the purchase plan it draws on")
    canteen = KitchenOut(source="kitchen", allow_null=True, help_text="the one it is for, where it names one")
    deliver_on = DayField()
    held = YuanField(source="held_fen")
    transport_payer = serializers.IntegerField(
        help_text="who pays carts: 0 settled outside, 1 the buyer, 2 sellers by weight, 3 sellers by weight and way"
    )
    transport_permille = serializers.IntegerField(help_text="of what goods fetch, a cart costs at most this")
    transport_held = YuanField(source="transport_fen", help_text="for carts, beside the goods, at placing")
    needs_approval = serializers.BooleanField()
    approve_by_at = serializers.DateTimeField(allow_null=True, help_text="without every yes it ends then")
    steps = serializers.SerializerMethodField(help_text="of its approval")
    placed_at = serializers.DateTimeField()
    answer_by_at = serializers.DateTimeField()

    @extend_schema_field(StepOut(many=True))
    def get_steps(self, order: PurchaseOrder) -> list[Any]:
        """Return the steps of the approval, each with its answer or with whoever may give it."""
        waits = (waits_of([order], clock.county_day(clock.now())) if self.waits is None else self.waits).get(order.pk)
        return list(StepOut(waits.steps, many=True, context={"waits": waits}).data) if waits else []


class OrderPageOut(PageOut):
    """One page of orders."""

    results = OrderRowOut(many=True)


class ExceptionOut(serializers.Serializer):
    """An exception by which one person holds two hands on an order."""

    stage = serializers.CharField()
    other = serializers.CharField()
    document = serializers.CharField()
    from_on = DayField()
    to_on = DayField()


class OrderOut(OrderRowOut):
    """An order with its first lots."""

    exceptions = ExceptionOut(many=True, help_text="by which one person has two hands on it")

    lots = LotOut(many=True, help_text="the first 50")
    lots_count = serializers.IntegerField()
    lots_url = serializers.URLField(help_text="all lots, page by page")


class LotPageOut(PageOut):
    """One page of the lots of an order."""

    results = LotOut(many=True)


class SaleOut(serializers.Serializer):
    """What a buyer wants of one's goods."""

    id = IdField(source="pk")
    order = serializers.CharField(source="order.number")
    buyer = serializers.CharField(source="order.buyer.name")
    listing = IdField(source="listing_id")
    produce = serializers.CharField(source="listing.produce.code")
    produce_name = ProduceNameField(source="listing.produce")
    status = serializers.ChoiceField(AllocationStatus.choices)
    quantity = serializers.IntegerField()
    kg = KilogramField(source="weight_g")
    amount = YuanField(source="amount_fen")
    answer_by_at = serializers.DateTimeField(source="order.answer_by_at")


class SalePageOut(PageOut):
    """One page of what buyers want."""

    results = SaleOut(many=True)


class TripOut(serializers.Serializer):
    """One trip to one buyer."""

    id = IdField(source="pk")
    number = serializers.CharField()
    buyer = serializers.CharField(source="buyer.name")
    shipped_at = serializers.DateTimeField()
    arrive_by_at = serializers.DateTimeField(help_text="a trip nobody saw arrive by then counts as not arrived")
    arrived_at = serializers.DateTimeField(source="arrival.at", default=None, allow_null=True)
    accept_by_at = serializers.DateTimeField(source="arrival.accept_by_at", default=None, allow_null=True)
    cart_price = YuanField(source="price.price_fen", default=None, allow_null=True, help_text="what its cart asks")
    canteens = serializers.SerializerMethodField(help_text="for which of the buyer's its goods are, by name")
    lots = serializers.SerializerMethodField()

    def get_canteens(self, trip: Delivery) -> list[str]:
        """Return the canteens that the goods on the cart are for, where their orders name any."""
        kitchens = kitchens_of(line.allocation.order for line in trip.lines.all())
        return [row.label_for(trip.buyer_id) for row in kitchens]

    def get_lots(self, trip: Delivery) -> list[dict[str, int]]:
        """Return what was put on the cart of each lot, by the number of its allocation."""
        return [{"lot": line.allocation_id, "grams": line.shipped_g} for line in trip.lines.all()]


def refuse_twice(lots: Sequence[int]) -> None:
    """Refuse a list in which a lot stands twice: of two figures none is the one that was meant."""
    if len(set(lots)) < len(lots):
        raise BadValue(_("A lot stands twice in the list. Name each lot once."))


class TripPageOut(PageOut):
    """One page of trips."""

    results = TripOut(many=True)


class DoorPaperOut(serializers.Serializer):
    """One paper of a lot at the door."""

    kind = serializers.ChoiceField(Paper.Kind.choices)
    code = serializers.CharField(help_text="what its square code leads to")


class DoorPapersOut(serializers.Serializer):
    """The papers of one lot at the door."""

    lot = IdField()
    there = DoorPaperOut(many=True)
    missing = serializers.ListField(child=serializers.ChoiceField(Paper.Kind.choices))


class ReceiptOut(serializers.Serializer):
    """A receipt and whether it counts."""

    id = IdField(source="pk")
    number = serializers.CharField()
    status = serializers.CharField()
    delivery = serializers.CharField(source="delivery.number")


_SIGNED = r"^-?[0-9]+(\.[0-9]+)?$"


@extend_schema_field({"type": "string", "pattern": _SIGNED, "example": "-10"})
class SignedKilogramField(KilogramField):
    """Kilograms, below nothing where goods went back."""


@extend_schema_field({"type": "string", "pattern": _SIGNED, "example": "-16.00"})
class SignedYuanField(YuanField):
    """Yuan, below nothing where a seller owes."""


class StatementOut(serializers.Serializer):
    """What one seller is owed for one trip, and how far its payment is."""

    id = IdField(source="pk")
    number = serializers.CharField()
    delivery = serializers.CharField(source="delivery.number")
    fund = IdField(source="fund_id")
    seller = serializers.SerializerMethodField()
    kg = SignedKilogramField(source="weight_g")
    total = SignedYuanField(source="total_fen", help_text="below nothing where goods were sent back")
    left = serializers.SerializerMethodField(help_text="what is paid, without what the seller owes")
    due_on = DayField(source="payable.due_on", default=None, allow_null=True)
    payment = serializers.SerializerMethodField()

    def get_seller(self, statement: SettlementStatement) -> str:
        """Name who is paid, masked for whoever is on neither side of the order."""
        return payee_shown(statement, self.context["request"].user)

    def get_left(self, statement: SettlementStatement) -> str:
        """Return what the statement is paid with, in yuan."""
        return YuanField().to_representation(to_pay_fen(statement))

    def get_payment(self, statement: SettlementStatement) -> str:
        """Return how far the payment is: none, prepared, sent or paid."""
        payment = live_payment(statement)
        return payment.status if payment is not None else "none"


class StatementPageOut(PageOut):
    """One page of statements."""

    results = StatementOut(many=True)
