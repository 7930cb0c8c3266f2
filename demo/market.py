"""The demo's market of today: lots on sale all over the county, and orders of the school and others at every step."""

import datetime as dt
import random
import uuid
from typing import Any

from accounts.models import Organisation, Role
from canteens.models import FundKind, Kitchen, PurchasePlan
from canteens.selectors import years_to_open
from canteens.services.deputies import name_deputy
from canteens.services.plan_goods import read_goods
from canteens.services.publicity import Intent
from canteens.services.purchase_plans import Planned
from catalog.models import Listing
from catalog.services import listings, pauses
from catalog.services import medians as asked
from catalog.services.smallest import say_smallest
from demo.county import County
from demo.opening import OFFICES_OF_COUNTY, TWO_APPROVE_FROM_FEN
from demo.people import SCHOOL, VILLAGE
from demo.photos import draw_heap
from demo.supply import Supply
from demo.trade import Part, Trade
from kernel import clock
from kernel.present import known
from orders.models import About, PurchaseOrder, ReceiptLine, Side
from orders.selectors.orders import trips_of
from orders.selectors.runs import ready_statements
from orders.services import complaining, runs
from orders.services import medians as sold
from produce.models import Produce, ReferencePrice
from produce.services import medians
from produce.services.dictionary_changes import agree, propose
from records.services.photos import receive_photo
from registers.services import changes
from selling.services import sheets

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)

# What a jin of it fetches in the county, in fen, and what one household has to sell of it: kilograms, or animals.
PRICES = {
    "包菜": (80, (200, 900)), "白萝卜": (60, (200, 800)), "芥菜": (90, (100, 400)), "大白菜": (70, (200, 900)),
    "红薯": (110, (150, 700)), "脐橙": (280, (200, 1200)), "通心白莲": (3500, (15, 80)),
    "鲜莲子": (900, (20, 120)), "莲藕": (260, (100, 500)), "辣椒": (320, (40, 200)), "冬瓜": (70, (200, 800)),
    "南瓜": (90, (150, 600)), "香菇": (520, (30, 150)), "茶树菇": (900, (20, 90)), "鸡蛋": (620, (15, 60)),
    "土鸡": (1800, (10, 40)), "土鸭": (1500, (10, 40)), "大米": (260, (200, 900)), "茶油": (4200, (10, 40)),
    "蜂蜜": (3000, (8, 30)), "芋头": (240, (80, 400)), "生姜": (380, (40, 200)),
}  # fmt: skip
PHOTOS = 8
MEMBERS = [f"{family}{given}" for family in "温赖黄邓" for given in ("春燕", "志强", "丽华", "国平", "小兰", "建军")]
QUOTED_BY = "县收购点（演示）"
QUOTED_DAYS = 21


def build_market(county: County, at: dt.datetime):
    """Put lots of today on sale and take the school's and other buyers' orders to every step."""
    Market(county, at).open()


# What schools do not serve: 《学校食品安全与营养健康管理规定》.
UNSERVED = {
    "四季豆": "没煮透会中毒",
    "鲜黄花菜": "生鲜的含秋水仙碱",
    "野生菌": "分不清有没有毒",
    "发芽土豆": "含龙葵素",
}


def write_medians(first: dt.date, last: dt.date):
    """Write the medians of these days from every source."""
    medians.write_reference(first, last)
    asked.write_listed(first, last)
    sold.write_sold(first, last)


def lots_nobody_asked_for(at: dt.datetime, *, keeps_days: int):
    """Return the lots of weight of these three days that nobody has asked for and that keep so many days more."""
    keep_until = clock.county_day(at) + keeps_days * DAY
    lots = Listing.objects.filter(status="on_sale", stock_unit="g", reserved=0, sell_by__gte=keep_until)
    return lots.filter(listed_at__gt=at - 3 * DAY).select_related("produce")


class Market:
    """Today's goods and orders."""

    def __init__(self, county: County, at: dt.datetime):
        self.county, self.at = county, at
        self.trade = Trade(county)
        self.draw = random.Random(7)  # noqa: S311  (made-up goods, not a secret)
        self.produce = {p.name: p for p in Produce.objects.filter(name__in=PRICES, forbidden=False)}
        self.photos: dict[tuple, object] = {}
        self.gone: list[Listing] = []  # lots of past orders, whose rest was eaten at home
        self.near = [h for h in county.households if h.village_id == VILLAGE]

    def open(self):
        """Fill the market, then the orders."""
        self.quotes()
        month = clock.county_day(self.at).month
        in_season = [p for p in self.produce.values() if not p.season or month in p.season or p.shelf_days > 60]
        self.own_lots()
        for household in self.draw.sample(self.county.households[12:], 46):
            produce = self.draw.choice(in_season)
            self.lot(household, produce.name, hours=self.draw.randint(3, 60))
        self.school_orders()
        self.other_orders()
        self.canteen_orders()
        self.pay_run()
        self.batches()
        self.purses()
        self.shares()
        self.not_served()
        self.dictionary()
        Supply(self.county, self.produce, PRICES, self.at).add(self.near)
        today = clock.county_day(self.at)
        write_medians(today - QUOTED_DAYS * DAY, today - DAY)

    def pay_run(self):
        """Leave pay runs of the school's union for their second person; one household's stay for the single way."""
        cashier = self.county.named["cashier"]
        school = known(known(cashier.person).memberships.get().organisation)
        single = known(self.county.named["guiying"].person).household_memberships.get().household_id
        for fund in school.funds.filter(kind=FundKind.UNION):  # in January also that of the year before
            ready = ready_statements(fund, cashier).statements
            keys = [statement.pk for statement in ready if statement.household_id != single]
            if keys:
                runs.make_run(fund, statements=keys, by=cashier, at=self.at)

    def purses(self):
        """Open every buyer's purse of this year and, once that may be, of the next."""
        for buyer in self.county.buyers:
            for year in years_to_open(clock.county_day(self.at)):
                self.trade.open_fund(buyer, year, at=self.at)

    def shares(self):
        """Declare the reserved share of this year for budget units, as far as the registers let each report itself."""
        year = clock.county_day(self.at).year
        at = min(self.at, clock.day_start(dt.date(year, 2, 12)) + dt.timedelta(hours=10))
        for buyer in self.county.buyers:
            heads = buyer.canteen.heads if buyer.channel_id in ("office", "school", "hospital") else 0
            if not heads:
                continue
            total = heads * 30_000  # 300 yuan a head: half the demo's buyers keep the pace
            content = {"organisation": buyer.name, "year": year, "total": total, "union": 0, "ratio": 10_00}
            first, second = (self.county.of(buyer, role) for role in (Role.CASHIER, Role.PAYMENT_CHECKER))
            asked = changes.propose("shares", [content], document_number=f"份额〔{year}〕1号", by=first, at=at)
            changes.confirm(asked, by=second, at=at)

    def not_served(self):
        """Forbid schools what poisons children where it is not cooked through, as far as the dictionary has it."""
        clerk, director = self.county.named["clerk"], self.county.named["director"]
        day = clock.county_day(self.at).isoformat()
        rows = [
            {"channel": "school", "produce": name, "from_on": day, "why": why}
            for name, why in UNSERVED.items()
            if Produce.objects.filter(name=name).exists()
        ]
        for change in [changes.propose("not-served", rows, document_number="石教食〔演示〕2号", by=clerk, at=self.at)]:
            changes.confirm(change, by=director, at=self.at)

    def dictionary(self):
        """Leave a proposal for the bureau's second person, and one decided last week."""
        first, second = self.county.named["inspector"], self.county.named["second_inspector"]
        eggs, duck = (Produce.objects.get(code=code) for code in ("egg", "duck"))
        done = propose(
            produce=duck,
            values={"aliases": [*duck.aliases, "本地鸭"]},
            reason="收购点都这么叫，农户搜不到",
            by=second,
            at=self.at - 8 * DAY,
        )
        agree(done, by=first, at=self.at - 7 * DAY)
        propose(
            produce=eggs,
            values={"aliases": [*eggs.aliases, "柴鸡蛋"], "shelf_days": 30},
            reason="入冬后鸡蛋能多放几天，另外补一个常用叫法",
            by=first,
            at=self.at - DAY,
        )

    def quotes(self):
        """Write down what the county's buying points paid these three weeks."""
        today = clock.county_day(self.at)
        ReferencePrice.objects.bulk_create(
            ReferencePrice(
                produce=produce,
                day=today - days * DAY,
                source=QUOTED_BY,
                low_fen=average * 92 // 100,
                avg_fen=average,
                high_fen=average * 108 // 100,
            )
            for produce in self.produce.values()
            for days in range(QUOTED_DAYS)
            for average in [PRICES[produce.name][0] * self.draw.randint(96, 104) // 100]
        )

    def lot(
        self, household, name: str, *, hours: int, quantity: int = 0, photo: bool = False, best: bool = False
    ) -> Listing:
        """List one lot so many hours ago, at about the usual price; the best grade where that is said."""
        produce = self.produce[name]
        price, (least, most) = PRICES[name]
        return self.trade.list_lot(
            household,
            produce,
            quantity or self.draw.randint(least, most) // 5 * 5 or least,
            price * self.draw.randint(90, 112) // 100,
            at=self.at - hours * HOUR,
            photo=self.photo(produce, household) if photo or len(self.photos) < PHOTOS else None,
            grade=produce.grades.order_by("position").first() if best else None,
        )

    def batches(self):
        """Let the cadre of Changxi list for some households at once, and begin another sheet; one household is away."""
        cadre, village = self.county.named["cadre"], self.near[0].village
        values: dict[str, Any] = {
            "village": village,
            "harvested_on": clock.county_day(self.at - HOUR),
            "consent": "visit",
            "by": cadre,
        }
        done, begun = (
            sheets.begin_sheet(
                uuid.uuid5(uuid.NAMESPACE_URL, f"demo sheet {name}"),
                produce=self.produce[name],
                price_fen=PRICES[name][0],
                at=self.at - HOUR,
                **values,
            )
            for name in ("白萝卜", "红薯")
        )
        sheets.save_rows(done, {h: str(100 + 30 * i) for i, h in enumerate(self.near[8:12])}, at=self.at - HOUR)
        sheets.list_sheet(done, by=cadre, at=self.at - HOUR)
        typed = ("200", "两百五", "约300", "180")
        sheets.save_rows(begun, dict(zip(self.near[8:12], typed, strict=False)), at=self.at)
        until = clock.county_day(self.at) + 4 * DAY
        pauses.go_away(household=self.near[7], until=until, consent="visit", by=cadre, at=self.at)

    def photo(self, produce: Produce, household):
        """Return the drawn photo of this household's produce, received like any other."""
        key = (produce.name, household.pk)
        if key not in self.photos:
            raw = draw_heap(produce.picture, seed=len(self.photos) + 1, spoiled=0)
            by, _consent = self.trade.hand(household)
            self.photos[key] = receive_photo(raw, by=by, at=self.at - 3 * DAY)
        return self.photos[key]

    def own_lots(self):
        """Give the demo's two farmers something to see."""
        self.xiuying = self.lot(self.near[0], "包菜", hours=30, quantity=600, photo=True)
        oranges = self.lot(self.near[0], "脐橙", hours=52, quantity=300, photo=True)
        by, _consent = self.trade.hand(self.near[0])
        say_smallest(oranges, quantity=25_000, by=by, at=self.at - 50 * HOUR)
        self.guiying = self.lot(self.near[1], "包菜", hours=40, quantity=450, photo=True)
        self.lot(self.near[1], "鸡蛋", hours=8, quantity=40)
        for household in self.near[2:8]:
            self.lot(household, self.draw.choice(["包菜", "白萝卜", "红薯", "大白菜"]), hours=self.draw.randint(6, 44))

    def school_orders(self):
        """Take orders of the school to every step, so that each of its people finds work waiting."""
        school = next(buyer for buyer in self.county.buyers if buyer == self.school())
        x, g = self.xiuying, self.guiying
        order = self.trade.order

        def past(
            name: str, days: int, households: int, kg: int, short: int = 0, refused: int = 0, lower: int = 0
        ) -> list[Part]:
            """Return parts of lots listed a day before an order of so many days ago; the first so many taken lower."""
            lots = [
                self.lot(h, name, hours=24 * days + 22, best=number < lower)
                for number, h in enumerate(self.near[:households])
            ]
            self.gone += lots
            return [Part(lot, kg * 1000, short, refused, number < lower) for number, lot in enumerate(lots)]

        order(school, past("包菜", 19, 4, 60, lower=1), at=self.at - 19 * DAY, reaches="paid")
        order(school, past("白萝卜", 15, 4, 40, short=15), at=self.at - 15 * DAY, reaches="recorded")
        settled = order(school, past("包菜", 8, 3, 50, refused=40), at=self.at - 8 * DAY, reaches="settled")
        self.complaint(settled)
        order(school, past("白萝卜", 3, 2, 30, short=20), at=self.at - 3 * DAY, reaches="weighed")
        for lot in self.gone:
            lot.refresh_from_db()
            if lot.free():
                listings.withdraw(lot, reason="eaten", by=lot.made_by, at=self.at - DAY)
        order(school, [Part(g, 60_000)], at=self.at - 26 * HOUR, reaches="shipped", deliver_in=1)
        plan = self.plan(school)
        radish = Part(self.lot(self.near[2], "白萝卜", hours=28, quantity=300), 120_000)
        given = [Part(g, 40_000), Part(x, 80_000), radish]
        order(school, given, at=self.at - 20 * HOUR, reaches="confirmed", plan=plan)
        order(school, [Part(x, 100_000), Part(g, 50_000)], at=self.at - 3 * HOUR, reaches="asked", plan=plan)
        self.trade.signed_list(plan, "白萝卜 10 公斤、包菜 5 公斤", MEMBERS, at=self.at - HOUR)
        waits = order(school, self.asks_both(), at=self.at - 2 * HOUR, reaches="placed")
        self.trade.approve(waits, [Role.UNION_CHAIR], at=self.at - HOUR)  # its second answer is the approver's
        self.deputy(school)

    def asks_both(self) -> list[Part]:
        """Return halves of the dearest lots, as many as an order needs that approver and chair both answer."""
        parts: list[Part] = []
        amount = 0
        for lot in self.fresh(keeps_days=2).order_by("-price_fen", "pk"):
            parts.append(Part(lot, lot.free() // 2))
            amount += parts[-1].quantity * lot.price_fen // lot.price_unit_g
            if amount >= TWO_APPROVE_FROM_FEN:
                break
        return parts

    def deputy(self, school: Organisation) -> None:
        """Let the school's approver name a receiver, who may take the step of the order that waits."""
        today, team = clock.county_day(self.at), self.county
        stands, away = team.of(school, Role.RECEIVER).person, team.of(school, Role.BUYING_APPROVER)
        name_deputy(school, known(stands), today, today + 4 * DAY, by=away, at=self.at)

    def plan(self, school: Organisation) -> PurchasePlan:
        """Let the school's union plan what it spends on its members in these weeks; two orders draw on it."""
        at = self.at - 21 * HOUR
        first = clock.county_day(at)
        last = min(first + 20 * DAY, dt.date(first.year, 12, 31))
        goods = read_goods("白萝卜 750公斤 2.00\n包菜 400公斤 2.00\n蔬菜")
        record = f"石中工纪〔{first.year}〕9号"
        said = Planned("festival", "岁末职工慰问", 6_000_00, first, last, record, per_head_fen=80_00, goods=goods)
        intent = Intent("白萝卜 10 公斤、包菜 5 公斤（每人）", "屏山镇、琴江镇的农户和合作社", 75)
        return self.trade.plan(school, said, intent, sent_at=at - 16 * DAY, at=at)

    def complaint(self, order: PurchaseOrder):
        """Let the school complain of the first lot of an order that was signed for; its seller has not answered yet."""
        rows = ReceiptLine.objects.filter(receipt__delivery__in=trips_of(order)).order_by("allocation")
        receiver = self.county.of(order.buyer, Role.RECEIVER, 0)
        words = "切开才看到，有几棵菜心烂了"
        complaining.complain(
            rows[0], side=Side.BUYER, about=About.QUALITY, grams=5_000, words=words, by=receiver, at=self.at - 2 * HOUR
        )

    def fresh(self, *, keeps_days: int):
        """Return the lots that keep so long, but the two farmers' own."""
        return lots_nobody_asked_for(self.at, keeps_days=keeps_days).exclude(household__in=self.near[:2])

    def school(self):
        """Return the school of the sign-in page."""
        return known(self.county.named["buyer"].person).memberships.get().organisation

    def other_orders(self):
        """Take a few orders of other buyers to several steps."""
        fresh = list(self.fresh(keeps_days=1).order_by("pk"))
        others = [buyer for buyer in self.county.buyers if buyer != self.school()]
        steps = ["asked", "confirmed", "shipped", "settled", "asked", "weighed"]
        for number, reaches in enumerate(steps):
            started = self.at - {"asked": 4, "confirmed": 10}.get(reaches, 30) * HOUR
            lots = [lot for lot in fresh if lot.listed_at <= started - HOUR][:3]
            fresh = [lot for lot in fresh if lot not in lots]
            parts = [Part(lot, max(1_000, lot.free() // 3 // 500 * 500)) for lot in lots]
            self.trade.order(others[number % len(others)], parts, at=started, reaches=reaches, deliver_in=1)

    def canteen_orders(self):
        """Order for canteens by name: for both of the school's own, and by two offices for the one they share."""
        (students, staff), (shared,) = (
            Kitchen.objects.filter(organisation__name=name).order_by("pk") for name in (SCHOOL, OFFICES_OF_COUNTY)
        )
        guest = shared.shares.get().organisation
        orders = [
            (students, students.organisation, "shipped", 26),
            (staff, staff.organisation, "confirmed", 5),
            (students, students.organisation, "asked", 3),
            (shared, shared.organisation, "confirmed", 6),
            (shared, guest, "shipped", 26),
        ]
        for household, (kitchen, buyer, reaches, hours) in zip(self.near[2:7], orders, strict=True):
            lot = self.lot(household, "南瓜", hours=hours + 3, quantity=200)
            at = self.at - hours * HOUR
            self.trade.order(buyer, [Part(lot, 60_000)], at=at, reaches=reaches, deliver_in=1, kitchen=kitchen)
