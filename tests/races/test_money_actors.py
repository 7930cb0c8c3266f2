"""Everybody at once on the same purses and plans, one statement at a time by a seed, over the turn of a year.

After every statement the committed rows are asked: no purse is overdrawn, no credit limit given back more than was
posted, no plan drawn above its sum or its members'.
Then the same day with services that do not ask, where the database alone refuses; and its control, without the check.
"""

import datetime as dt
import random
from collections import Counter
from itertools import count

import pytest
from django.db import DatabaseError, connection
from django.db.models import F

from accounts.selectors import Standing
from canteens.models import Fund, PlanGoods, PurchasePlan
from canteens.services import confirm_budget, drawing, propose_budget, purchase_plans, purses, register_canteen
from canteens.services.purchase_plans import Planned
from catalog.models import Listing
from kernel.errors import DomainError
from ledger.models import Account
from marketplace.audit import breaches
from orders.models import Allocation, GoodsReceipt, PurchaseOrder, ReceiptLine
from orders.services import asking, delivering, placing, receiving, returning
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from records.models import MOST_FEN
from registers.services import changes
from tests.factories import MONDAY, a_fund, a_household, a_listing, all_goods
from tests.guards.rows import name_of
from tests.orders.steps import a_stored_photo, shown_back, wish
from tests.races.crowd import patiently
from tests.races.stepping import step_through, without_its_lock

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
SESSIONS, SEED = 3, 20261130
ACTS, FEW = 40, 18
OLD, NEW = MONDAY.year - 1, MONDAY.year
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
OPENED = MONDAY.replace(year=OLD, month=12, day=30)
MEMBERS, DEEP = 10, 10_000_00
# What each check keeps, and the sizes by which it is the one that is met: of purse, plan and member, in fen.
SIZES = {
    "account_never_overdrawn": (16_00, DEEP, DEEP),
    "account_gives_back_what_was_posted": (DEEP, DEEP, DEEP),
    "plan_drawn_within_total": (DEEP, 12_00, DEEP),
    "plan_within_cap_of_members": (DEEP, DEEP, 1_20),
}
BROKEN = """
SELECT 'account_never_overdrawn' FROM ledger_account
WHERE guarded AND debits_pending_fen + debits_posted_fen > credits_posted_fen
UNION ALL SELECT 'account_gives_back_what_was_posted' FROM ledger_account WHERE given_back_fen > debits_posted_fen
UNION ALL SELECT 'plan_drawn_within_total' FROM canteens_purchaseplan WHERE held_fen + accepted_fen > total_fen
UNION ALL SELECT 'plan_within_cap_of_members' FROM canteens_purchaseplan
WHERE held_fen + accepted_fen > per_head_fen * members
"""
serial = count(1)


class Broken(Exception):
    """What must hold after every step does not."""


class School:
    """One union with its purses of two years, three lots, and what its people do with them around New Year."""

    def __init__(self, story, lots, people, purse_fen=60_00, plan_fen=30_00, each_fen=2_50):
        self.story, self.lots, self.people, self.at = story, lots, people, OPENED
        self.plan_fen, self.each_fen = plan_fen, each_fen
        for year in (OLD, NEW):
            a_fund(story.buyer, yuan=0, year=year, at=OPENED)
            self.fill(self.fund(year), purse_fen)
            a_fund(story.buyer, "own", yuan=0, year=year, at=OPENED, on_credit=True)
            self.fill(self.fund(year, "own"), purse_fen)
        self.done: Counter[str] = Counter()
        self.refused_by: Counter[str] = Counter()
        for _plan in range(2):
            self.send_plan(random.Random(SEED))
            self.approve_plan(random.Random(SEED))

    def day(self, number: int, acts: int):
        """Return the day of one session: so many of the acts there are, in an order of its own; one turns the year."""
        draw = random.Random(SEED + number)
        rounds = 1 + acts // VERBS.total()
        verbs = [verb for _round in range(rounds) for verb in draw.sample([*VERBS.elements()], VERBS.total())][:acts]
        if number == 0:
            verbs.insert(len(verbs) // 3, "turn_the_year")

        def live() -> None:
            for verb in verbs:
                self.act(verb, draw)

        return live

    def act(self, verb: str, draw: random.Random) -> None:
        try:
            patiently(lambda: getattr(self, verb)(draw))
        except (DomainError, IndexError):  # refused in words, or nothing there to act on
            self.done[f"{verb} refused"] += 1
        except DatabaseError as error:
            self.refused_by[name_of(error.__cause__.diag)] += 1
        else:
            self.done[verb] += 1

    def fund(self, year: int | None = None, kind: str = "union") -> Fund:
        funds = Fund.objects.select_related("account", "organisation")
        return funds.get(fiscal_year=year or self.at.year, kind=kind)

    def fill(self, fund: Fund, fen: int) -> None:
        change = propose_budget(fund, fen, "石工会3号", by=self.people["treasurer"], at=self.at)
        confirm_budget(change, by=self.people["chair"], at=self.at)

    def plan(self, draw, status: str) -> PurchasePlan:
        plans = PurchasePlan.objects.filter(status=status, fund__fiscal_year=self.at.year).order_by("pk")
        return draw.choice(list(plans.select_related("fund")))

    def order_of(self, draw, *statuses: str) -> PurchaseOrder:
        return draw.choice(list(PurchaseOrder.objects.filter(status__in=statuses).order_by("pk")))

    # --- What may be done -------------------------------------------------------------------------

    def budget_up(self, draw):
        self.fill(self.fund(), draw.randint(1, 8) * 100)

    def budget_down(self, draw):
        self.fill(self.fund(), -draw.randint(1, 30) * 100)

    def send_plan(self, draw):
        first, last = self.at.date(), dt.date(self.at.year, 12, 31)
        record = f"{next(serial)}号"
        planned = Planned("season", "年货", self.plan_fen, first, last, record, self.each_fen, goods=all_goods())
        purchase_plans.send_plan(self.fund(), planned, by=self.people["chef"], at=self.at)

    def approve_plan(self, draw):
        purchase_plans.approve_plan(self.plan(draw, "sent"), by=self.people["chair"], at=self.at)

    def close_plan(self, draw):
        purchase_plans.close_plan(self.plan(draw, "approved"), by=self.people["chef"], at=self.at)

    def order(self, draw, plan=None, kind="union"):
        lot = Listing.objects.select_related("produce").get(pk=draw.choice(self.lots).pk)
        placing.place_once(
            f"year-{next(serial)}", buyer=self.story.buyer, fund=self.fund(kind=kind), deliver_on=self.at.date() + DAY,
            lines=[wish((lot, draw.randint(2, 9)))], plan=plan, by=self.people["chef"], at=self.at,
        )  # fmt: skip

    def order_on_plan(self, draw):
        plan = self.plan(draw, "approved")
        PurchasePlan.objects.filter(pk=plan.pk).exists()  # who decides by what was read lets others pass
        self.order(draw, plan)

    def order_on_credit(self, draw):
        self.order(draw, kind="own")

    def give_credit_back(self, draw):
        """What was paid of a credit limit may be ordered again."""
        by, then = self.people["treasurer"], self.people["chair"]
        fund = Fund.objects.filter(kind="own").order_by("-account__debits_posted_fen", "pk")[0]
        change = propose_budget(fund, draw.randint(1, 3) * 100, "回单1号", gives_back=True, by=by, at=self.at)
        confirm_budget(change, by=then, at=self.at)

    def cancel(self, draw):
        order = self.order_of(draw, "awaiting", "asking", "under_way")
        asking.cancel(order, why="菜单改了", by=self.people["chef"], at=self.at)

    def promise(self, draw):
        order = asking.ask_sellers(self.order_of(draw, "awaiting"), at=self.at)
        for row in order.allocations.select_related("listing").order_by("pk"):
            asking.confirm(row, by=row.listing.made_by, at=self.at)

    def decline(self, draw):
        order = asking.ask_sellers(self.order_of(draw, "awaiting"), at=self.at)
        for row in order.allocations.select_related("listing").order_by("pk"):
            asking.decline(row, by=row.listing.made_by, at=self.at)

    def bring(self, draw):
        rows = Allocation.objects.filter(order__status="under_way", status="confirmed", delivery_lines=None)
        row = draw.choice(list(rows.select_related("order").order_by("pk")))
        load = {row.pk: Loaded(row.weight_g)}
        trip = delivering.ship([row.order], load, driver="罗师傅", by=self.people["haulier"], at=self.at)
        by, refused = self.people["weigher"], draw.choice((0, 500, 1000))
        weights = {row.pk: Weighed(row.weight_g, 0, refused, "rotten" if refused else "")}
        receiving.weigh(trip, weights, photos=shown_back(weights, by, self.at), by=by, at=self.at)

    def sign(self, draw):
        receipt = draw.choice(list(GoodsReceipt.objects.filter(status="weighed").order_by("pk")))
        receiving.sign(receipt, by=self.people["signer"], at=self.at)

    def give_back(self, draw):
        """Goods go back, and what they cost is the purse's again."""
        lines = ReceiptLine.objects.filter(receipt__status="signed", accepted_g__gte=1000, returns=None)
        line = draw.choice(
            list(lines.select_related("receipt__delivery", "allocation__listing__produce").order_by("pk"))
        )
        by = self.people["weigher"]
        row = returning.ask_return(
            line, grams=1000, reason="rotten", words="菜心发黑", photos=[a_stored_photo(by, self.at)], by=by, at=self.at
        )
        returning.agree_to_return(row, fate="free", by=line.allocation.listing.made_by, at=self.at)

    def carry_over(self, draw):
        content = {"organisation": self.story.buyer.name, "kind": "union", "fiscal_year": OLD}
        content["amount"] = draw.randint(1, 4) * 100
        by, then = self.people["treasurer"], self.people["chair"]
        change = changes.propose("carry-over", [content], document_number="1号", by=by, at=self.at)
        try:
            changes.confirm(change, by=then, at=self.at)
        except changes.ChangedSince:  # the purse moved between the two hands
            changes.refuse(change, why="钱数变了", by=then, at=self.at)
            raise

    def turn_the_year(self, draw):
        self.at = MONDAY.replace(year=NEW, month=1, day=1)
        for _plan in range(2):
            self.send_plan(draw)
            self.approve_plan(draw)

    # --- What must hold ---------------------------------------------------------------------------

    def look(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(BROKEN)
            if found := cursor.fetchall():
                raise Broken(found, SEED)

    def live(self, sessions: int, acts: int) -> int:
        """Let so many loose, a statement at a time; return how many there were."""
        return step_through([self.day(number, acts) for number in range(sessions)], SEED, self.look)


VERBS = Counter(
    budget_up=1, budget_down=2, send_plan=1, approve_plan=1, close_plan=1, order=2, order_on_plan=4, cancel=1,
    promise=3, decline=1, bring=3, sign=3, give_back=1, carry_over=2,
    order_on_credit=3, give_credit_back=2,
)  # fmt: skip


@pytest.fixture
def people(story, receiver_wang, treasurer_zhou, chair_tan):
    return story.people | {"treasurer": treasurer_zhou, "chair": chair_tan}


@pytest.fixture
def new_years_lots(changxi, cabbage):
    """Three lots of three households, cut on the eve of the year's end."""
    homes = [a_household(changxi) for _household in range(3)]
    return [a_listing(home, cabbage, kg=300, at=OPENED - HOUR) for home in homes]


@pytest.fixture
def opened(story, new_years_lots, people, monkeypatch):
    """Open the school with a purse, plans and members of these sizes."""
    without_its_lock(monkeypatch, Standing)
    register_canteen(story.buyer, mode="own", heads=900, union_members=MEMBERS, address="琴江镇")
    return lambda *sizes: School(story, new_years_lots, people, *sizes)


@pytest.fixture
def nobody_asks(monkeypatch):
    """Let the services forget to ask what a purse or a plan has left; what refuses then is the database."""

    def unasked(plan_id, drawn, *, held_fen=0, accepted_fen=0):
        PurchasePlan.objects.filter(pk=plan_id).update(
            held_fen=F("held_fen") + held_fen, accepted_fen=F("accepted_fen") + accepted_fen
        )
        goods = PlanGoods.objects.filter(plan=plan_id, category="vegetable")
        held_g, taken_g = sum(one.held_g for one in drawn), sum(one.accepted_g for one in drawn)
        goods.update(held_g=F("held_g") + held_g, accepted_g=F("accepted_g") + taken_g)
        return [goods.get().pk for _line in drawn]

    monkeypatch.setattr(purses, "used_of_credit_fen", lambda _fund: MOST_FEN)
    monkeypatch.setattr(Account, "available_fen", lambda _account: MOST_FEN)
    monkeypatch.setattr(drawing, "draw", unasked)


def test_whatever_everybody_does_no_purse_and_no_plan_gives_more_than_it_has(opened):
    school = opened()

    assert school.live(SESSIONS, ACTS) > 1000  # statements, each of them a place where others go on

    assert not school.refused_by, SEED  # what was refused was refused in words
    assert breaches() == [], SEED
    assert {verb for verb in school.done if not verb.endswith("refused")} == {*VERBS, "turn_the_year"}, SEED


@pytest.mark.parametrize("check", SIZES)
def test_where_nobody_asks_the_database_alone_keeps_it(opened, nobody_asks, check):
    school = opened(*SIZES[check])

    school.live(2, FEW)

    assert school.refused_by[check], (SEED, school.refused_by)
    assert breaches() == [], SEED


@pytest.mark.parametrize("check", SIZES)
def test_control_without_its_check_the_day_goes_red(opened, nobody_asks, without, check):
    school = opened(*SIZES[check])
    without("ledger_account" if check.startswith("account") else "canteens_purchaseplan", check)

    with pytest.raises(Broken, match=check):
        school.live(2, FEW)
