"""One order of the demo, told through the services as far as it should come, each step on its day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Household, Organisation, Role, User
from accounts.selectors import users_of_household
from canteens import services as funds
from canteens.models import Fund, FundKind, Kitchen, PurchasePlan, SheetAnswer
from canteens.services import signed_lists
from canteens.services.plan_quotes import add_quote
from canteens.services.publicity import Intent, answer_objection, put_on_notice
from canteens.services.purchase_plans import Planned, approve_plan, send_plan
from canteens.services.signed_lists import Answer
from catalog.models import Listing
from catalog.services import listings
from demo.county import County
from demo.photos import draw_heap, draw_slip
from kernel import clock
from kernel.present import known
from kernel.weight import Quantity, parse_quantity
from orders.models import Allocation, Arrival, PurchaseOrder, SettlementStatement
from orders.selectors.orders import trips_of
from orders.selectors.scale import refused_role, slip_role
from orders.services import approving, asking, delivering, paying, placing, receiving, weighing
from produce.models import Grade, Produce
from records.models import StoredFile
from records.services import notices
from records.services.photos import receive_photo
from registers.services import changes

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# Who opens and fills a purse of a kind, and who confirms it.
HANDS_OF_PURSES = {
    FundKind.UNION: (Role.UNION_TREASURER, Role.UNION_CHAIR),
    FundKind.OWN: (Role.CASHIER, Role.PAYMENT_CHECKER),
    FundKind.CANTEEN: (Role.CASHIER, Role.PAYMENT_CHECKER),
}
# Who says yes to an order, the first of them where one yes is enough.
APPROVING = (Role.BUYING_APPROVER, Role.UNION_CHAIR)
# What a plan of the demo was quoted and objected.
QUOTES = (("屏山镇农产品合作社", 5_880_00), ("县城综合超市", 6_450_00), ("赣南蔬菜批发行", 6_120_00))
OBJECTED, ANSWERED = (
    "萝卜在批发市场便宜一些，为什么不去那里买？",
    "三家都问过价，合作社连送货最低，报价单附在计划后面。",
)
STEPS = ("placed", "asked", "confirmed", "shipped", "weighed", "settled", "recorded", "paid")


@dataclass(frozen=True)
class Part:
    """This much of one lot, in its stock unit, and what the scale said more or less in thousandths.

    Taken lower it is taken in the next of its grades.
    """

    listing: Listing
    quantity: int
    short_permille: int = 0
    refused_permille: int = 0
    lower: bool = False


class Trade:
    """Sells the county's goods."""

    def __init__(self, county: County):
        self.county = county
        self.haulier = county.named["haulier"]
        self.members: dict = {}
        self.drawn_slip: StoredFile | None = None

    def member(self, household: Household) -> User | None:
        """Return the account of a household, if it has a phone."""
        if household.pk not in self.members:
            self.members[household.pk] = users_of_household(household).select_related("person").first()
        return self.members[household.pk]

    def hand(self, household: Household) -> tuple[User, str]:
        """Return who types for a household, and how it agreed when that is somebody else."""
        member = self.member(household)
        return (member, "") if member else (self.county.cadres[household.village_id][0], "visit")

    def list_lot(
        self,
        household: Household,
        produce: Produce,
        quantity: int,
        price_fen: int,
        *,
        at,
        photo: StoredFile | None = None,
        grade: Grade | None = None,
    ) -> Listing:
        """Put a lot of this household on sale: kilograms, or pieces of animals; the price is for a jin."""
        by, consent = self.hand(household)
        return listings.put_on_sale(
            household=household,
            produce=produce,
            grade=grade,
            quantity=quantity_of(produce, quantity),
            price_fen=price_fen,
            harvested_on=clock.county_day(at),
            photo=photo,
            sure=True,
            by=by,
            at=at,
            consent=consent,
        )

    def fund(self, buyer: Organisation, year: int, *, at, kind: FundKind | None = None) -> Fund:
        """Return this year's purse of a buyer, opened and filled on first use: of a kind, else of its usual one."""
        fund = self.open_fund(buyer, year, at=at, kind=kind)
        if fund.account.credits_posted_fen:
            return fund
        first, second = self._hands_of_purse(buyer, FundKind(fund.kind))
        number = f"{'石膳' if fund.kind == FundKind.CANTEEN else '石工会'}〔{year}〕3号"
        budget = funds.propose_budget(fund, 600_000_00, number, by=first, at=at)
        funds.confirm_budget(budget, by=second, at=at)
        return fund

    def open_fund(self, buyer: Organisation, year: int, *, at, kind: FundKind | None = None) -> Fund:
        """Return the purse of a buyer for a year, opened empty where there is none."""
        kind = kind or _kind_of_purse(buyer)
        fund = Fund.objects.filter(organisation=buyer, kind=kind, fiscal_year=year).first()
        if fund is not None:
            return fund
        first, second = self._hands_of_purse(buyer, kind)
        purse = {"organisation": buyer.name, "kind": kind.value, "fiscal_year": year}
        changes.confirm(changes.propose("funds", [purse], by=first, at=at), by=second, at=at)
        return Fund.objects.get(organisation=buyer, kind=kind, fiscal_year=year)

    def plan(self, buyer: Organisation, planned: Planned, intent: Intent, *, sent_at, at) -> PurchasePlan:
        """Return a purchase plan of this year's purse: sent, put on notice, quoted, objected to, approved."""
        fund = self.fund(buyer, planned.from_on.year, at=sent_at)
        first, second = self._hands_of_purse(buyer)
        plan = send_plan(fund, planned, by=first, at=sent_at)
        notice = put_on_notice(plan, intent, by=first, at=sent_at)
        for seed, (supplier, fen) in enumerate(QUOTES, 11):
            photo = receive_photo(draw_slip(seed=seed), by=first, at=sent_at, public=False)
            add_quote(plan, supplier, fen, photo, by=first, at=sent_at)
        objection = notices.object_to(notice.lines.get(), words=OBJECTED, contact="", at=sent_at + DAY)
        answer_objection(objection, upheld=False, answer=ANSWERED, by=second, at=sent_at + 2 * DAY)
        return approve_plan(plan, by=second, at=at)

    def signed_list(self, plan: PurchasePlan, goods: str, names: list[str], *, at) -> None:
        """Let half of these members have signed for goods of a plan, and one have said why not; the rest is open."""
        treasurer = self._hands_of_purse(plan.organisation)[0]
        row = signed_lists.open_list(plan, goods, "\n".join(names), by=treasurer, at=at)
        sheet = signed_lists.add_photo(row, self.slip(treasurer, at), by=treasurer, at=at)
        half = len(names) // 2
        signed = Answer(SheetAnswer.GOT, tuple(range(1, half + 1)), photo=sheet.pk)
        refused = Answer(SheetAnswer.REFUSED, (half + 1,), reason="出差在外，不领")
        for answer in (signed, refused):
            signed_lists.answer_lines(row, answer, by=treasurer, at=at)

    def _hands_of_purse(self, buyer: Organisation, kind: FundKind | None = None) -> list[User]:
        return [self.county.of(buyer, role) for role in HANDS_OF_PURSES[kind or _kind_of_purse(buyer)]]

    def order(
        self,
        buyer: Organisation,
        parts: list[Part],
        *,
        at,
        reaches: str,
        deliver_in: int = 2,
        plan: PurchasePlan | None = None,
        kitchen: Kitchen | None = None,
        kind: FundKind | None = None,
    ) -> PurchaseOrder:
        """Place an order at this instant, on a plan that covers it, and take it as many steps as it should come.

        For a canteen it is paid from the canteen's money, else from a purse of a kind or the buyer's usual one.
        """
        team = self.county
        kind = FundKind.CANTEEN if kitchen else kind
        fund = self.fund(buyer, clock.county_day(at).year, at=at, kind=kind)
        wishes: dict[int, list[placing.Take]] = {}
        for part in parts:
            take = placing.Take(part.listing.pk, part.quantity, part.listing.price_fen, part.listing.price_unit_g)
            wishes.setdefault(part.listing.produce_id, []).append(take)
        day = clock.county_day(at) + deliver_in * DAY
        covers = plan is not None and plan.fund_id == fund.pk and plan.from_on <= day <= plan.to_on
        order = placing.place(
            buyer=buyer,
            fund=fund,
            deliver_on=day,
            plan=plan if covers else None,
            kitchen=kitchen.pk if kitchen else None,
            lines=[placing.Wish(produce, tuple(takes)) for produce, takes in wishes.items()],
            by=team.of(buyer, Role.BUYER),
            at=at,
        )
        for step in STEPS[1 : STEPS.index(reaches) + 1]:
            at += {"shipped": deliver_in * DAY - 5 * HOUR, "recorded": 9 * DAY, "paid": DAY}.get(step, HOUR)
            getattr(self, f"_{step}")(order, {part.listing.pk: part for part in parts}, at)
            order.refresh_from_db()
        return order

    def _asked(self, order, parts, at):
        if order.needs_approval:
            self.approve(order, APPROVING[: order.approval_persons], at=at)
        else:
            asking.ask_sellers(order, at=at)

    def approve(self, order: PurchaseOrder, posts: Sequence[Role], *, at: dt.datetime) -> None:
        """Let whoever holds these posts of its buyer say yes to an order that waits, one after the other."""
        for post in posts:
            approving.approve(order, by=self.county.of(order.buyer, post), at=at)

    def _confirmed(self, order, parts, at):
        for row in allocations(order):
            household = known(row.listing.household)
            by, consent = self.hand(household)
            cadre = known(by.person).name if consent else ""
            asking.confirm(row, by=by, at=at, consent=consent, proxy_name=cadre)

    def _shipped(self, order, parts, at):
        loaded = {
            row.pk: delivering.Loaded(row.weight_g, row.quantity if row.listing.piece_g else None)
            for row in allocations(order)
        }
        trip = delivering.ship([order], loaded, driver="罗大勇", by=self.haulier, at=at)
        receiver = self.county.of(order.buyer, Role.RECEIVER, 0)
        delivering.arrive(trip, Arrival.How.BUYER, by=receiver, at=at + HOUR / 2)

    def _weighed(self, order, parts, at):
        weights, photos = {}, {}
        receiver = self.county.of(order.buyer, Role.RECEIVER, 0)
        for row in allocations(order):
            part = parts[row.listing_id]
            net = row.weight_g * (1000 - part.short_permille) // 1000 // 100 * 100
            refused = net * part.refused_permille // 1000 // 100 * 100
            pieces = row.quantity if row.listing.piece_g else None
            reason = "rotten" if refused else "short" if part.short_permille else ""
            lower = next(iter(row.listing.steps()), "") if part.lower else ""
            weights[row.pk] = weighing.Weighed(net + 2_000, 2_000, refused, reason, accepted_pieces=pieces, grade=lower)
            photos[slip_role(row.pk)] = self.slip(receiver, at)
            if refused or lower:
                spoiled = draw_heap(row.listing.produce.picture, seed=row.pk, spoiled=60)
                photos[refused_role(row.pk)] = receive_photo(spoiled, by=receiver, at=at, public=False)
        receiving.weigh(trips_of(order).get(), weights, photos=photos, by=receiver, at=at)

    def slip(self, by, at):
        """Return the drawn paper that comes along with goods whose papers are not on the site."""
        if self.drawn_slip is None:
            self.drawn_slip = receive_photo(draw_slip(seed=1), by=by, at=at, public=False)
        return self.drawn_slip

    def _settled(self, order, parts, at):
        receipt = trips_of(order).get().receipts.get(status="weighed")
        receiving.sign(receipt, by=self.county.of(order.buyer, Role.RECEIVER, 1), at=at)

    def _recorded(self, order, parts, at):
        for number, statement in enumerate(statements_of(order), 1):
            paying.record_payment(
                statement,
                voucher_number=f"{clock.county_day(at):%Y%m%d}{statement.pk:06d}{number}",
                by=self.county.of(order.buyer, _payers(order)[0]),
                at=at,
            )

    def _paid(self, order, parts, at):
        for statement in statements_of(order):
            paying.confirm_payment(statement, by=self.county.of(order.buyer, _payers(order)[1]), at=at)


def _payers(order: PurchaseOrder) -> tuple[Role, Role]:
    """Return who pays an order and who confirms it."""
    return HANDS_OF_PURSES[FundKind.CANTEEN if order.fund.kind == FundKind.CANTEEN else FundKind.UNION]


def _kind_of_purse(buyer: Organisation) -> FundKind:
    return FundKind.OWN if buyer.channel_id == "market" else FundKind.UNION


def allocations(order: PurchaseOrder) -> list[Allocation]:
    """Return the living allocations of an order with what the steps need of them."""
    rows = order.allocations.exclude(status="released").select_related("listing__household", "listing__produce")
    return list(rows.order_by("pk"))


def statements_of(order: PurchaseOrder) -> list[SettlementStatement]:
    """Return what is owed for the goods of an order."""
    return list(SettlementStatement.objects.filter(delivery__in=trips_of(order)).order_by("pk"))


def quantity_of(produce: Produce, quantity: int) -> Quantity:
    """Return a typed quantity: pieces of animals, kilograms of the rest."""
    if produce.stock_unit == "piece":
        return parse_quantity(str(quantity), "piece", grams_per_unit=produce.piece_g)
    return parse_quantity(str(quantity), "kg")
