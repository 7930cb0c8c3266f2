"""What is known of the demo's sellers and goods: recognitions, points on the map, seasons, forecasts, papers."""

import datetime as dt
import random
from typing import Any

from accounts.models import Household, Organisation, Place, Role
from accounts.services.places import set_point
from catalog.models import CapacityReason, Listing, Paper, PlotSeason, Track
from catalog.services import listings, papers
from catalog.services.recognitions import recognise
from demo.county import County
from demo.photos import draw_slip
from demo.trade import Trade
from kernel import clock
from kernel.weight import parse_quantity
from produce.models import Produce
from records.services.photos import receive_photo
from registers.models import RegisterChange
from registers.services import changes

DAY = dt.timedelta(days=1)
# Where places lie is made up for the demo, on the scale of the county, and surveyed by nobody: the county town and the
# townships around it. Villages of two townships stay without a point, as some would in earnest.
TOWN = (26_314_000, 116_354_000)
MIDDLES = {
    "360735100": (26_320_000, 116_345_000), "360735101": (26_398_000, 116_372_000),
    "360735102": (26_232_000, 116_398_000), "360735103": (26_148_000, 116_352_000),
    "360735104": (26_448_000, 116_300_000), "360735200": (26_508_000, 116_392_000),
    "360735201": (26_412_000, 116_232_000), "360735202": (26_278_000, 116_248_000),
    "360735204": (26_172_000, 116_262_000),
}  # fmt: skip
SPREAD_E6 = 35_000  # about 4 km
TOWN_RADIUS_M, VILLAGE_RADIUS_M = 4_000, 2_000
CERTIFIED = ("通心白莲", "脐橙")


class Supply:
    """Adds to a market that stands already; draws its own numbers, so that the market's stay as they are."""

    def __init__(self, county: County, produce: dict[str, Produce], prices: dict, at: dt.datetime):
        self.county, self.produce, self.prices, self.at = county, produce, prices, at
        self.today = clock.county_day(at)
        self.trade = Trade(county)
        self.draw = random.Random(11)  # noqa: S311  (a made-up county, not a secret)

    def add(self, near: list[Household]):
        """Give some of these households, and their co-operative, what a season of trade leaves behind."""
        self.points()
        self.recognitions(near)
        self.certified_lots(near[0].village)
        self.seasons(near)
        self.forecasts(near)
        self.papers(near)
        self.stand_out(near)
        self.members(near[2:8])
        self.sold_for_members(near[2:4])
        self.asked(near[0])

    def points(self):
        """Say where the county town lies, and the inhabited villages of most townships."""
        verifier = self.county.named["inspector"]
        whole = Place.objects.get(level=Place.Level.COUNTY)
        set_point(
            whole, latitude_e6=TOWN[0], longitude_e6=TOWN[1], radius_m=TOWN_RADIUS_M, by=verifier, at=self.at - 30 * DAY
        )
        lived_in = sorted({house.village_id: house.village for house in self.county.households}.items())
        for code, village in lived_in:
            middle = MIDDLES.get(code[:9])
            if middle is not None:
                latitude, longitude = (value + self.draw.randint(-SPREAD_E6, SPREAD_E6) for value in middle)
                set_point(
                    village, latitude_e6=latitude, longitude_e6=longitude, radius_m=VILLAGE_RADIUS_M, by=verifier,
                    at=self.at - 30 * DAY,
                )  # fmt: skip

    def recognitions(self, near: list[Household]):
        """Recognise four households for what they grow themselves, and the co-operative for two certified products."""
        officer, since = self.county.named["officer"], self.at - 60 * DAY
        values: dict[str, Any] = {"from_on": clock.county_day(since), "by": officer, "at": since}
        for number, household in enumerate(near[1:5], 1):
            document = f"屏府认〔{self.today.year}〕{number}号"
            recognise(household=household, produce=None, track=Track.SELF_GROWN, document=document, **values)
        for number, name in enumerate(CERTIFIED, 5):
            document = f"屏府认〔{self.today.year}〕{number}号"
            recognise(
                cooperative=self.cooperative(near[0].village), produce=self.produce[name], track=Track.CERTIFIED,
                document=document, **values,
            )  # fmt: skip

    def cooperative(self, village: Place) -> Organisation:
        """Return the co-operative of this village."""
        return next(one for one in self.county.cooperatives if one.place_id == village.pk)

    def certified_lots(self, village: Place):
        """Put the co-operative's certified products on sale."""
        cooperative = self.cooperative(village)
        manager = self.county.of(cooperative, Role.COOP_MANAGER)
        for name, kg in zip(CERTIFIED, ("150", "1200"), strict=True):
            listings.put_on_sale(
                cooperative=cooperative,
                produce=self.produce[name],
                quantity=parse_quantity(kg, "kg"),
                price_fen=self.prices[name][0],
                harvested_on=self.today - DAY,
                sure=True,
                by=manager,
                at=self.at,
            )

    def seasons(self, near: list[Household]):
        """Write down what the village grows this season: the township confirms all but the last, and one correction."""
        grown = [("包菜", 200), ("白萝卜", 120), ("脐橙", 350), ("大白菜", 150), ("红薯", 180)]
        officer, asked = self.county.named["officer"], []
        for household in near[:8]:
            by, _consent = self.trade.hand(household)
            for name, area_cmu in self.draw.sample(grown, 2):
                parcel = self.draw.choice(("村东大丘", "河边承包地3号", "屋后坡地"))
                content = self.season(name, area_cmu) | {"household": household.number, "parcel": parcel}
                asked.append(changes.propose("plots", [content], by=by, at=self.at))
        for change in asked[:-1]:
            changes.confirm(change, by=officer, at=self.at)
        first = PlotSeason.objects.select_related("produce", "household").order_by("pk")[0]
        corrected = self.season(first.produce.name, first.area_cmu + 50) | {"season": first.pk, "parcel": first.parcel}
        by, _consent = self.trade.hand(first.household)
        changes.confirm(changes.propose("plots", [corrected], by=by, at=self.at), by=officer, at=self.at)

    def season(self, name: str, area_cmu: int) -> dict[str, Any]:
        """Return what is said of a season of these weeks, its capacity reckoned from the land."""
        return {
            "produce": self.produce[name].name,
            "area": area_cmu,
            "harvest_from": (self.today - 20 * DAY).isoformat(),
            "harvest_to": (self.today + 40 * DAY).isoformat(),
            "capacity": None,
            "capacity_reason": CapacityReason.YIELD.value,
        }

    def forecasts(self, near: list[Household]):
        """Announce two harvests of the weeks to come."""
        for household, name, kg, days in ((near[2], "包菜", "800", 10), (near[5], "大白菜", "600", 16)):
            by, consent = self.trade.hand(household)
            listings.put_on_sale(
                household=household,
                produce=self.produce[name],
                quantity=parse_quantity(kg, "kg"),
                price_fen=self.prices[name][0],
                expected=(self.today + days * DAY, self.today + (days + 6) * DAY),
                sure=True,
                by=by,
                consent=consent,
                at=self.at,
            )

    def stand_out(self, near: list[Household]):
        """List two lots that somebody will want to look at: one far below the usual price, one far above, explained."""
        for household, name, thousandths, reason in ((near[3], "红薯", 400, ""), (near[4], "大白菜", 1500, "没打农药")):
            by, consent = self.trade.hand(household)
            listings.put_on_sale(
                household=household,
                produce=self.produce[name],
                quantity=parse_quantity("150", "kg"),
                price_fen=self.prices[name][0] * thousandths // 1000,
                price_reason=reason,
                harvested_on=self.today - DAY,
                sure=True,
                by=by,
                consent=consent,
                at=self.at,
            )

    def members(self, households: list[Household]):
        """Let these households join the co-operative of their village and all but the last let it sell for them."""
        for number, household in enumerate(households):
            self.agree("coop-members", household, {})
            if number < len(households) - 1:
                fees = ({"fee_bp": 200}, {"fee_fen_per_kg": 10}, {})[number % 3]
                self.agree("mandates", household, self.terms(number) | fees)

    def terms(self, number: int) -> dict[str, Any]:
        """Return what the co-operative may do for the household of this number."""
        return {"may_list": True, "may_confirm": number != 3, "payee_is_coop": number == 4}

    def agree(self, register: str, household: Household, terms: dict[str, Any]):
        """Ask a household and let it agree, by its phone or, without one, on paper that the cadre photographs."""
        change, by = self.ask(register, household, terms), self.trade.member(household)
        paper = None
        if by is None:
            by = self.county.cadres[household.village_id][0]
            paper = receive_photo(draw_slip(seed=household.people), by=by, at=self.at, public=False)
        changes.confirm(change, paper=paper, by=by, at=self.at)

    def ask(self, register: str, household: Household, terms: dict[str, Any]) -> RegisterChange:
        """Let the manager of a village's co-operative ask a household."""
        cooperative = self.cooperative(household.village)
        days = {"from_on": self.today.isoformat(), "to_on": None}
        content = {"household": household.number, "cooperative": cooperative.name, **days, **terms}
        return changes.propose(register, [content], by=self.county.of(cooperative, Role.COOP_MANAGER), at=self.at)

    def asked(self, household: Household):
        """Leave one household asked, for whoever signs in as it to answer."""
        self.ask("coop-members", household, {})

    def sold_for_members(self, households: list[Household]):
        """Put lots of these members on sale by their co-operative."""
        for household, name, kg in zip(households, ("包菜", "白萝卜"), ("260", "180"), strict=True):
            manager = self.county.of(self.cooperative(household.village), Role.COOP_MANAGER)
            listings.put_on_sale(
                household=household,
                produce=self.produce[name],
                quantity=parse_quantity(kg, "kg"),
                price_fen=self.prices[name][0],
                harvested_on=self.today,
                sure=True,
                by=manager,
                at=self.at,
            )

    def papers(self, near: list[Household]):
        """Make out certificates for two lots in three, and hang a photographed slip on some of the village's."""
        lots = list(
            Listing.objects.filter(status="on_sale", harvested_on__isnull=False)
            .select_related("produce", "made_by")
            .order_by("pk")
        )
        for number, lot in enumerate(lots):
            if number % 3 < 2:
                papers.issue_commitment(lot, basis=papers.CONTROL, by=lot.made_by, at=self.at)
        village = [lot for lot in lots if lot.village_id == near[0].village_id]
        tested = [lot for lot in village if lot.produce.stock_unit == "g"][:3]
        animals = [lot for lot in lots if Paper.Kind.QUARANTINE in lot.produce.papers][:1]
        self.slips(tested, Paper.Kind.TEST, office="屏山镇农产品质量安全监管站", item="农药残留", value="抑制率 8%")
        self.slips(animals, Paper.Kind.QUARANTINE, office="石城县动物卫生监督所")

    def slips(self, lots: list[Listing], kind: str, **values: Any):
        """Hang one drawn slip on these lots."""
        for number, lot in enumerate(lots, 1):
            photo = receive_photo(draw_slip(seed=lot.pk), by=lot.made_by, at=self.at, public=False)
            day = self.today - DAY
            papers.add_slip(
                lot, kind, number=f"{day:%Y%m%d}-{number:03d}", issued_on=day, photo=photo, by=lot.made_by, at=self.at,
                **values,
            )  # fmt: skip
