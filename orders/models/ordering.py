"""What one buyer orders, and the lots of many sellers that fill it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household, Mandate, Organisation, Place
from canteens.models import MOST_APPROVERS, Fund, Kitchen, PlanGoods, PurchasePlan
from catalog.models import MOST_G, Listing
from kernel import money
from kernel.constraints import within
from kernel.numbers import NumberField, numbered
from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from produce.models import MOST_PRICE_FEN, Grade, Produce
from records.models import MOST_FEN


class OrderStatus(models.TextChoices):
    """Who must act next; how far goods and money are is read from the rows below."""

    AWAITING = "awaiting", _("Waiting for approval")  # the approver; money and kilos are held
    ASKING = "asking", _("Sellers are being asked")  # a seller who has not answered
    UNDER_WAY = "under_way", _("Under way")  # whoever brings, weighs or states
    CLOSED = "closed", _("Closed")  # nobody: what was accepted is stated, the rest is given back
    CANCELLED = "cancelled", _("Cancelled")  # nobody: all holds were given back, nothing was sent


ORDER_MOVES = {
    OrderStatus.AWAITING: {OrderStatus.ASKING, OrderStatus.CANCELLED},
    OrderStatus.ASKING: {OrderStatus.UNDER_WAY, OrderStatus.CLOSED, OrderStatus.CANCELLED},
    OrderStatus.UNDER_WAY: {OrderStatus.ASKING, OrderStatus.CLOSED, OrderStatus.CANCELLED},
    OrderStatus.CLOSED: set(),
    OrderStatus.CANCELLED: set(),
}
OPEN = (OrderStatus.AWAITING, OrderStatus.ASKING, OrderStatus.UNDER_WAY)
MOVING = (OrderStatus.ASKING, OrderStatus.UNDER_WAY)  # goods may leave for it


class TransportPayer(models.IntegerChoices):
    """Who bears what a cart costs, by the rule in force when an order was placed."""

    OUTSIDE = 0, pgettext_lazy("who pays the cart", "nobody here: it is settled outside")
    BUYER = 1, pgettext_lazy("who pays the cart", "the buyer")
    SELLERS_BY_WEIGHT = 2, pgettext_lazy("who pays the cart", "the sellers, by weight")
    SELLERS_BY_WAY = 3, pgettext_lazy("who pays the cart", "the sellers, by weight and way")


BY_SELLERS = (TransportPayer.SELLERS_BY_WEIGHT, TransportPayer.SELLERS_BY_WAY)


_REQUESTER_TAKES_PART = """
INSERT INTO records_participation (document, person_key, stage, at, scope)
SELECT 'order:' || NEW.id, p.key, 'request', NEW.placed_at, 'organisation:' || NEW.buyer_id
FROM accounts_user AS u JOIN accounts_person AS p ON p.id = u.person_id
WHERE u.id = NEW.requester_id;
RETURN NULL;
"""

# The day on which it is placed is the county's.
_PAID_FROM_ITS_OWN_PURSE = """
IF EXISTS (
    SELECT FROM canteens_fund WHERE id = NEW.fund_id AND (
        organisation_id <> NEW.buyer_id
        OR fiscal_year <> extract(year FROM NEW.placed_at AT TIME ZONE 'Asia/Shanghai')
    )
) THEN
    RAISE EXCEPTION 'pgtrigger: an order names a fund of another buyer, or of another year than it is placed in';
END IF;
RETURN NEW;
"""

_DRAWS_ON_ITS_OWN_PLAN = """
IF NOT EXISTS (
    SELECT FROM canteens_purchaseplan
    WHERE id = NEW.purchase_plan_id AND organisation_id = NEW.buyer_id AND fund_id = NEW.fund_id
      AND status = 'approved' AND NEW.deliver_on BETWEEN from_on AND to_on
) THEN
    RAISE EXCEPTION 'pgtrigger: an order names a purchase plan of another fund or day, or one that is not approved';
END IF;
RETURN NEW;
"""

_WITHIN_THE_GOODS_OF_ITS_PLAN = """
IF EXISTS (
    SELECT FROM added AS l
    JOIN orders_purchaseorder AS o ON o.id = l.order_id
    JOIN produce_produce AS p ON p.id = l.produce_id
    LEFT JOIN canteens_plangoods AS g ON g.id = l.plan_goods_id
    WHERE o.purchase_plan_id IS DISTINCT FROM g.plan_id
       OR (g.id IS NOT NULL AND coalesce(g.produce_id <> p.id, g.category_id <> p.category_id))
) THEN
    RAISE EXCEPTION 'pgtrigger: a line of an order on a plan is of one of the goods of that plan';
END IF;
RETURN NULL;
"""

_KITCHEN_OF_ITS_BUYER = """
IF NOT EXISTS (
    SELECT FROM canteens_kitchen AS k
    WHERE k.id = NEW.kitchen_id AND k.from_on <= NEW.deliver_on AND (k.to_on IS NULL OR k.to_on > NEW.deliver_on)
      AND (k.organisation_id = NEW.buyer_id OR EXISTS (
          SELECT FROM canteens_kitchenshare AS s
          WHERE s.kitchen_id = k.id AND s.organisation_id = NEW.buyer_id
            AND s.from_on <= NEW.deliver_on AND (s.to_on IS NULL OR s.to_on > NEW.deliver_on)
      ))
) THEN
    RAISE EXCEPTION 'pgtrigger: an order names a canteen that its buyer neither has nor shares on the day';
END IF;
RETURN NEW;
"""


_ASKED_ONCE_ALL_APPROVED = """
IF (
    SELECT count(DISTINCT person_id) <> NEW.approval_persons OR count(*) <> NEW.approval_persons
    FROM orders_approvalstep WHERE order_id = NEW.id AND approved
) OR EXISTS (SELECT FROM orders_approvalstep WHERE order_id = NEW.id AND approved IS NOT TRUE) THEN
    RAISE EXCEPTION 'pgtrigger: an order is asked for once every step of its approval was answered with yes';
END IF;
RETURN NEW;
"""


class PurchaseOrder(Workflow):
    """What one buyer asked for, from one fund, to be brought on one day."""

    CHANGES = ("status", "answer_by_at", "dispatch_by_at", "look_again")
    MOVES = ORDER_MOVES
    REFERENCE = "order"

    number = NumberField()
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="orders")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="orders")
    purchase_plan = models.ForeignKey(PurchasePlan, models.PROTECT, null=True, related_name="orders")  # drawn on
    kitchen = models.ForeignKey(Kitchen, models.PROTECT, null=True, related_name="orders")  # where the goods are cooked
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deliver_on = models.DateField()
    held_fen = models.BigIntegerField()  # at placing; later stages have their own sums
    judged_fen = models.BigIntegerField()  # the sum that found its tier: with small orders of before, `judging`
    needs_approval = models.BooleanField()
    approval_persons = models.PositiveSmallIntegerField(default=0)  # how many others must say yes
    approval_rule = models.CharField(max_length=200, blank=True)  # copied from the tier of the day
    placed_at = models.DateTimeField()
    approve_by_at = models.DateTimeField(null=True)  # of an order that needs approval; then it ends
    answer_by_at = models.DateTimeField(null=True)  # set when the sellers are asked
    transport_payer = models.PositiveSmallIntegerField(choices=TransportPayer, default=TransportPayer.OUTSIDE)
    transport_permille = models.PositiveSmallIntegerField(default=0)  # of what goods fetch, a cart costs at most this
    transport_fen = models.BigIntegerField(default=0)  # held for carts at placing, beside the goods
    look_again = models.BooleanField(default=False)  # something was given back: others may bring it
    dispatch_by_at = models.DateTimeField(null=True)  # set likewise: what has not left by then is given back
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")  # of a wrong fund

    class Meta:
        constraints = [
            legal_statuses(ORDER_MOVES, "order_status_legal"),
            within("held_fen", 1, MOST_FEN, name="order_amount_bounded"),
            models.CheckConstraint(condition=Q(judged_fen__gte=F("held_fen")), name="order_judged_whole"),
            models.CheckConstraint(
                condition=Q(needs_approval=False) | Q(approve_by_at__isnull=False),
                name="approval_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(needs_approval=False, approval_persons=0)
                | Q(needs_approval=True, approval_persons__gte=1, approval_persons__lte=MOST_APPROVERS),
                name="approval_asks_people",
            ),
            models.CheckConstraint(
                condition=Q(transport_payer=0, transport_permille=0, transport_fen=0)
                | Q(transport_payer=1, transport_permille__lte=1000, transport_fen__gte=0)
                | Q(transport_payer__in=[2, 3], transport_permille__lte=1000, transport_fen=0),
                name="transport_by_a_rule",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=MOVING) | Q(answer_by_at__isnull=False, dispatch_by_at__isnull=False),
                name="asked_lots_have_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="order_by_buyer"),
            models.Index(fields=["buyer", "placed_at"], name="order_unapproved", condition=Q(needs_approval=False)),
            models.Index(fields=["id"], name="order_to_look_again", condition=Q(look_again=True)),
            models.Index(fields=["approve_by_at"], name="order_awaiting_approval", condition=Q(status="awaiting")),
        ]
        triggers = [
            *status_guards(ORDER_MOVES),
            numbered(),
            pgtrigger.ReadOnly(
                name="order_stays",
                fields=[
                    "number",
                    "buyer",
                    "fund",
                    "purchase_plan",
                    "kitchen",
                    "requester",
                    "deliver_on",
                    "held_fen",
                    "judged_fen",
                    "needs_approval",
                    "approval_persons",
                    "transport_payer",
                    "transport_permille",
                    "transport_fen",
                    "replaces",
                ],
            ),
            pgtrigger.Trigger(
                name="requester_takes_part",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=_REQUESTER_TAKES_PART,
            ),
            pgtrigger.Trigger(
                name="paid_from_its_own_purse",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_PAID_FROM_ITS_OWN_PURSE,
            ),
            pgtrigger.Trigger(
                name="draws_on_its_own_plan",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__purchase_plan__isnull=False),
                func=_DRAWS_ON_ITS_OWN_PLAN,
            ),
            pgtrigger.Trigger(
                name="kitchen_of_its_buyer",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__kitchen__isnull=False),
                func=_KITCHEN_OF_ITS_BUYER,
            ),
            pgtrigger.Trigger(
                name="asked_once_all_approved",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="awaiting", new__needs_approval=True)
                & pgtrigger.Q(new__status__in=MOVING),
                func=_ASKED_ONCE_ALL_APPROVED,
            ),
        ]


class OrderLine(models.Model):
    """One wish: a produce, a weight, a ceiling price.

    A line is never edited: what others are asked for in place of what was not to be had is a line that names it.
    """

    HISTORY = True

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, related_name="+")
    asked_g = models.BigIntegerField()
    ceiling_fen_per_kg = models.PositiveIntegerField(null=True)
    parcel_g = models.BigIntegerField(default=0)  # what the buyer fetches at least from one household; 0: any
    plan = models.CharField(max_length=12, default="chosen")  # by which rule the lots were found
    seed = models.CharField(max_length=40, blank=True)  # of the draw, so that anybody can work it out again
    plan_goods = models.ForeignKey(PlanGoods, models.PROTECT, null=True, related_name="order_lines")  # drawn on
    instead_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    at = models.DateTimeField(null=True)  # when it came to an order placed before
    rule = models.CharField(max_length=12, blank=True)  # which wording of the published rule made the plan

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            within("asked_g", 1, MOST_G, name="asked_bounded"),
            within("parcel_g", 0, MOST_G, name="parcel_bounded"),
            models.CheckConstraint(
                condition=Q(instead_of__isnull=True, at__isnull=True) | Q(instead_of__isnull=False, at__isnull=False),
                name="later_line_has_its_moment",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="within_the_goods_of_its_plan",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func=_WITHIN_THE_GOODS_OF_ITS_PLAN,
            ),
        ]


class AllocationStatus(models.TextChoices):
    HELD = "held", _("Waiting for the seller")
    CONFIRMED = "confirmed", _("Seller said yes")
    RELEASED = "released", _("Given back")  # declined or cancelled: kilos and money free again
    CLOSED = "closed", _("Weighed")  # nothing more comes of it; the receipt lines tell what became of it


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
    """Weight of one listing held for one line, at the price of that moment.

    Neither weight nor price ever changes: a seller who has less gives this row back and a smaller one takes its place.
    """

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
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")  # of the agent, when it was asked
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    quantity = models.BigIntegerField()  # in the listing's stock unit
    weight_g = models.BigIntegerField()
    price_fen = models.PositiveIntegerField()
    price_unit_g = models.PositiveIntegerField()
    amount_fen = models.BigIntegerField()
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            legal_statuses(ALLOCATION_MOVES, "allocation_status_legal"),
            models.UniqueConstraint(fields=["line", "listing"], condition=Q(status="held"), name="one_ask_a_lot"),
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
                    "mandate",
                    "replaces",
                    "quantity",
                    "weight_g",
                    "price_fen",
                    "price_unit_g",
                    "amount_fen",
                    "why",
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

    def sold_at(self) -> tuple[int, int]:
        """Return the price frozen at placing as a sale's kilos keep it: fen, and for how many grams."""
        return self.price_fen, self.price_unit_g

    def lowered_for(self, percent: int, grams: int) -> int:
        """Return what this weight costs in a grade that fetches `percent` of it, in fen: that part, rounded half up."""
        return money.percent_fen(self.amount_for(grams), percent)


class Amendment(models.Model):
    """What a buyer takes back of one lot after placing, with the reason its seller reads."""

    HISTORY = True

    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="amendment")
    quantity = models.BigIntegerField()  # of what was asked, in the listing's stock unit, so much is still wanted
    weight_g = models.BigIntegerField()  # of what is still wanted
    why = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity=0, weight_g=0) | Q(quantity__gte=1, weight_g__gte=1), name="amendment_wants_or_not"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="amendment_says_why"),
        ]
        triggers = append_only()
