"""The demo's losses: one published scheme, and a claim in every state from a report to the bank's answer."""

import datetime as dt

from accounts.models import Consent, Role, Tier, User
from accounts.selectors import users_of_household
from accounts.services import acts
from catalog.models import Listing, PlotSeason
from catalog.selectors.returning import returns_over_before
from catalog.services import listings
from demo.county import County
from demo.photos import draw_heap
from demo.relief_stories import OPEN, PAID, SENT, Story
from kernel import clock
from kernel.distance import metres
from kernel.money import yuan_plain
from kernel.present import known
from kernel.weight import parse_quantity
from ledger.services import applying, payouts
from losses.models import Cause, ClaimStatus, Elsewhere, LossClaim, ReliefScheme
from losses.selectors.claims import VISIT_PHOTOS
from losses.selectors.sales import sold_below
from losses.services import (
    answering,
    appealing,
    awarding,
    checking,
    findings,
    holding,
    loss_notices,
    noticing,
    rehearsing,
    reporting,
    visiting,
)
from losses.services.told import Told
from produce.models import Produce
from records.models import StoredFile
from records.selectors.photos import same_picture
from records.services import second_look
from records.services.photos import receive_photo
from registers.services import changes

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LOOKED = holding.Seen(looked_at=("goods", "counted", "household"))
COMPARED = holding.Seen(looked_at=("household", "papers", "photos"))
RATES = {"包菜": 80, "脐橙": 180, "白萝卜": 50, "红薯": 60}  # fen a kilogram
DRIVEN_KMH = 30  # between villages, as the crow flies
REPORTED = 70  # percent of the heap gone brown on a farmer's own photo
# How far a claim of the demo has come; each is one step beyond the one before.
STEPS = (
    "filed", "village_checked", "township_checked", "village_notice", "to_visit", "drawn", "recorded", "visited",
    "computed", "county_notice", "ended", "awarded",
)  # fmt: skip


class Relief:
    """Play the stories of a county's losses through the services, each step on its day."""

    def __init__(self, county: County, at: dt.datetime):
        self.county, self.at = county, at
        self.maker, self.checker = county.named["maker"], county.named["checker"]
        self.director, self.second_director = county.named["director"], county.named["second_director"]
        self.villages = list(dict.fromkeys(h.village_id for h in county.households if h.village_id in county.cadres))
        self.produce = {p.name: p for p in Produce.objects.filter(name__in=RATES)}
        self.drawn = 0  # photos, so far
        self.visited: list[tuple[dt.datetime, holding.Spot | None]] = []  # by the two verifiers, when and where
        self.scheme = self._scheme("ZXSB", "滞销农产品损失救助")

    def tell(self):
        """Play all stories: a settled batch, a batch without an answer yet, and claims waiting at every desk."""
        self._stories(PAID)
        batch = payouts.build_batch(self.county.finance, by=self.maker, at=self.at - 27 * DAY)
        batch = payouts.send_batch(batch, by=self.checker, at=self.at - 26 * DAY)
        applying.load_return(self._answer(batch), by=self.checker, at=self.at - 25 * DAY)
        self._stories(SENT)
        batch = payouts.build_batch(self.county.finance, by=self.maker, at=self.at - 2 * DAY)
        payouts.send_batch(batch, by=self.checker, at=self.at - 1 * DAY)
        self._stories(OPEN)
        self._crop()
        self._several()
        self._elsewhere()
        self._said()
        self._appeal()
        self._sold_low()
        self._sampled()
        self._drafted()

    def _drafted(self):
        """Draft the rules of the next season and ask for their rehearsal over the past one; nobody can claim yet."""
        at, day = self.at - 2 * DAY, clock.county_day(self.at)
        window = {"window_from": day.isoformat(), "window_to": (day + 364 * DAY).isoformat()}
        changes_of_rates = {"household_cap": 2_000_00, "min_loss_jin": 80}
        draft = self._draft("XJZX", "滞销农产品损失救助（新一季，草稿）", at=at, **window, **changes_of_rates)
        asked_at = self.at - HOUR
        day = clock.county_day(asked_at)  # the day before, within an hour of midnight
        rehearsing.ask(draft, from_on=day - 365 * DAY, to_on=day - DAY, by=self.director, at=asked_at)

    def _crop(self):
        """Report a crop that nobody harvested: the newest season of a household that can sign in and may apply."""
        tiers = (Tier.LIFTED, Tier.UNSTABLE, Tier.MARGINAL)
        seasons = PlotSeason.objects.filter(
            superseded_at=None, household__tiers__tier__in=tiers, produce__in=self.produce.values()
        )
        for season in seasons.select_related("produce", "household", "village").order_by("-pk"):
            member = users_of_household(season.household).first()
            kg = season.left_g() // 3000
            if member is not None and kg >= 50:
                photo = self._photo(
                    Story("filed", 0, 0, 0, season.produce.name, kg), REPORTED, member, at=self.at - HOUR
                )
                reporting.file_claim(
                    scheme=self.scheme, goods=season, cause=Cause.FIELD, quantity=kg * 1000,
                    happened_on=clock.county_day(self.at - DAY), words="连着下雨，烂在地里没收成。", photos=[photo],
                    by=member, at=self.at - HOUR,
                )  # fmt: skip
                return

    def _several(self):
        """Report three lots that one rain took of one household, on one sheet."""
        at = self.now = self.at - 4 * HOUR
        took = [Story("filed", 0, 19, 0, name, kg) for name, kg in (("包菜", 160), ("白萝卜", 120), ("红薯", 90))]
        lots = [self._listing(story, at - 6 * DAY) for story in took]
        household = known(lots[0].household)
        member, cadre = users_of_household(household).first(), self.county.cadres[household.village_id][0]
        lines = [reporting.Line(self.scheme, lot, story.kg * 1000) for lot, story in zip(lots, took, strict=True)]
        reporting.file_report(
            lines, cause=Cause.ROAD, happened_on=clock.county_day(at - DAY), words="路冲断了，三样都拉不出去。",
            photos=[self._photo(story, REPORTED, member or cadre, at=at) for story in took], by=member or cadre, at=at,
            consent="" if member else "visit", told=Told(Elsewhere.INSURED, "人保财险石城支公司（演示）"),
        )  # fmt: skip

    def _said(self):
        """Let three households say at once that goods go bad; nobody has reported them yet."""
        lots = Listing.objects.filter(claims=None, household__in=self.county.households, harvested_on__isnull=False)
        said = 0
        for lot in (
            lots.filter(listed_at__lt=self.at - DAY, loss_notices=None).select_related("household").order_by("-pk")
        ):
            member = users_of_household(known(lot.household)).first()
            if member is not None and lot.free() > 0 and said < 3:
                loss_notices.give_notice(
                    goods=lot, cause=Cause.SPOILED, about=lot.free() // (2 + said) or 1,
                    seen_on=clock.county_day(self.at - DAY), words="下雨受潮，开始烂了。", by=member,
                    at=self.at - (1 + said) * HOUR,
                )  # fmt: skip
                said += 1

    def _appeal(self):
        """Let a household appeal the refusal of its report."""
        claim = LossClaim.objects.filter(scheme=self.scheme, status="refused").latest("pk")
        cadre = self.county.cadres[claim.household.village_id][0]
        member = users_of_household(claim.household).first()
        appealing.appeal(
            claim, words="那天来看的是上面一层，下面的都烂了。", consent="" if member else "visit",
            by=member or cadre, at=self.at - 3 * HOUR,
        )  # fmt: skip

    def _sold_low(self):
        """Report a sale below the reference of its day, if one of a household that may apply is out of its days."""
        tiers = (Tier.LIFTED, Tier.UNSTABLE, Tier.MARGINAL)
        sales = sold_below().filter(
            listing__household__tiers__tier__in=tiers, listing__produce__in=self.produce.values(),
            sold_on__gte=self.scheme.window_from, at__lt=returns_over_before(self.at), left__gte=25_000,
        )  # fmt: skip
        for sale in sales.select_related("listing__household").order_by("-pk"):
            household = known(sale.listing.household)
            member = users_of_household(household).first()
            cadre = self.county.cadres[household.village_id][0] if household.village_id in self.county.cadres else None
            if member or cadre:
                reporting.file_claim(
                    scheme=self.scheme, goods=sale.listing, sale=sale, cause=Cause.CHEAP, quantity=sale.left,
                    happened_on=sale.sold_on, words="价钱太低，亏本卖的。", photos=[], by=member or known(cadre),
                    at=self.at - 2 * HOUR, consent="" if member else "visit",
                )  # fmt: skip
                return

    def _sampled(self):
        """Let a second scheme have a part of its reports visited, until one goes on without a visit."""
        first, self.scheme = self.scheme, self._scheme("CJJZ", "零星滞销损失救助（抽查）", sample_percent=20)
        for village in range(1, 7):
            claim = self._file(story := Story("to_visit", 20, village, 1, "包菜", 60))
            second_look.look_at_waiting(at=self.now + HOUR)  # what nobody has compared yet is visited whatever is drawn
            for step in STEPS[1:5]:
                claim = getattr(self, f"_{step}")(claim, story)
            if claim.status == ClaimStatus.UNVISITED:
                break
        self.scheme = first

    def _elsewhere(self):
        """Enter what two households got from an insurer last winter."""
        day = clock.county_day(self.at)
        rows = [
            {
                "household": household.number,
                "source": "人保财险石城支公司（演示）",
                "produce": "脐橙",
                "from_on": (day - 330 * DAY).isoformat(),
                "to_on": (day - 300 * DAY).isoformat(),
                "amount": amount,
            }
            for household, amount in zip(self.county.households[:2], (300_00, 450_00), strict=True)
        ]
        hands = (self.second_director, self.director)
        self._decide("other-relief", rows, "理赔清单〔演示〕1号", hands, at=self.at - 30 * DAY)

    def _scheme(self, letters: str, name: str, **others: object) -> ReliefScheme:
        at = self.at - 130 * DAY
        scheme, bureau = self._draft(letters, name, at=at, **others), (self.director, self.second_director)
        self._decide("schemes", [{"scheme": scheme.pk, "act": "publish"}], "石农字〔演示〕4号", bureau, at=at)
        return ReliefScheme.objects.get(pk=scheme.pk)

    def _draft(self, letters: str, name: str, *, at: dt.datetime, **others: object) -> ReliefScheme:
        """Draft a scheme with its rates and money."""
        day = clock.county_day(at)
        code = f"{letters}{day.year}"
        rules = {
            "code": code,
            "name": f"{day.year} 年{name}",
            "legal_basis": "石城县滞销农产品损失救助办法（演示）",
            "window_from": day.isoformat(),
            "window_to": (day + 400 * DAY).isoformat(),
            "tiers": "、".join(str(tier.label) for tier in (Tier.LIFTED, Tier.UNSTABLE, Tier.MARGINAL)),
            "townships": "",
            "household_cap": 3_000_00,
            "min_loss_jin": 50,
            "village_days": 5,
            "county_days": 7,
            "payer": self.county.finance.name,
        } | others
        bureau, finance = (self.director, self.second_director), (self.maker, self.checker)
        self._decide("schemes", [rules], "石农字〔演示〕3号", bureau, at=at)
        rates = [
            {"scheme": code, "produce": self.produce[name].name, "category": "B", "rate": rate_fen // 2}
            for name, rate_fen in RATES.items()
        ]
        rates += [
            {"scheme": code, "produce": self.produce[name].name, "category": "C", "rate": rate_fen // 5}
            for name, rate_fen in RATES.items()
        ]
        rates += [
            {"scheme": code, "produce": self.produce[name].name, "category": "A", "rate": rate_fen // 10}
            for name, rate_fen in RATES.items()
        ]
        self._decide("scheme-rates", rates, "石农字〔演示〕3号", bureau, at=at)
        money = {"scheme": code, "direction": "more", "amount": 500_000_00}
        self._decide("scheme-money", [money], "石财农〔演示〕12号", finance, at=at)
        return ReliefScheme.objects.get(code=code)

    def _decide(self, register: str, rows: list[dict], document: str, hands: tuple[User, User], *, at: dt.datetime):
        """Let one person propose rows of a register and another confirm them."""
        first, second = hands
        change = changes.propose(register, rows, document_number=document, by=first, at=at)
        changes.confirm(change, by=second, at=at)

    def _stories(self, stories: list[Story]):
        for story in stories:
            claim = self._file(story)
            for step in STEPS[1 : STEPS.index(story.reaches) + 1]:
                claim = getattr(self, f"_{step}")(claim, story)
            if story.ends:
                self._end(claim, story)

    def _file(self, story: Story) -> LossClaim:
        filed_at = self.at - story.days_ago * DAY - 3 * HOUR
        listing = self._listing(story, filed_at - 6 * DAY)
        household = known(listing.household)
        member = users_of_household(household).first()
        cadre = self.county.cadres[household.village_id][0]
        self.now = filed_at
        return reporting.file_claim(
            scheme=self.scheme,
            goods=listing,
            cause=Cause.UNSOLD,
            quantity=story.kg * 1000,
            happened_on=clock.county_day(filed_at - DAY),
            words="没人来收，堆在家里坏了。",
            photos=[self._photo(story, REPORTED, member or cadre, at=filed_at)],
            by=member or cadre,
            at=filed_at,
            consent="" if member else "visit",
        )

    def _listing(self, story: Story, at: dt.datetime) -> Listing:
        household = [
            h
            for h in self.county.households
            if h.village_id == self.villages[story.village] and h.tiers.get().tier != Tier.ORDINARY
        ][story.household]
        member = users_of_household(household).first()
        cadre = self.county.cadres[household.village_id][0]
        return listings.put_on_sale(
            household=household,
            produce=self.produce[story.produce],
            quantity=parse_quantity(str(story.kg + 180), "kg"),
            price_fen=RATES[story.produce],
            harvested_on=clock.county_day(at - DAY),
            sure=True,
            by=member or cadre,
            at=at,
            consent="" if member else "visit",
        )

    def _photo(
        self, story: Story, spoiled: int, by, *, at: dt.datetime, person: bool = False, near: bool = False
    ) -> StoredFile:
        """Return a drawn photo that arrives then, another each time: the same one twice would be noticed."""
        picture = self.produce[story.produce].picture
        self.drawn += 1
        photo = draw_heap(picture, seed=self.drawn + 39, spoiled=spoiled, person=person, near=near)
        return receive_photo(photo, by=by, at=at, public=False)

    def _three(self, story: Story, by) -> dict[str, StoredFile]:
        """Return the three photos of a visit, each of which shows something else; some drawings do by chance not."""
        three: dict[str, StoredFile] = {}
        for which in VISIT_PHOTOS:
            shows = {"person": which == "people", "near": which == "near"}
            tries = (self._photo(story, 75, by, at=self.now, **shows) for _try in range(20))
            three[which] = next(
                photo for photo in tries if not any(same_picture(photo, other) for other in three.values())
            )
        return three

    def _village_checked(self, claim, story):
        self.now += DAY
        cadre = self.county.cadres[claim.household.village_id][1]
        return checking.village_check(claim, quantity=story.kg * 1000, seen=LOOKED, by=cadre, at=self.now)

    def _township_checked(self, claim, story):
        self.now += 12 * HOUR
        office = claim.household.village.township
        officer = next(
            users[Role.TOWNSHIP_OFFICER][0]
            for users in self.county.teams.values()
            if Role.TOWNSHIP_OFFICER in users
            and known(users[Role.TOWNSHIP_OFFICER][0].person).memberships.get().area_id == office.pk
        )
        return checking.township_check(claim, quantity=story.kg * 1000, seen=COMPARED, by=officer, at=self.now)

    def _village_notice(self, claim, story):
        self.now += 12 * HOUR
        noticing.publish_village_notice(self.scheme, claim.household.village, by=self.director, at=self.now)
        claim.refresh_from_db()
        return claim

    def _to_visit(self, claim, story):
        self.now = claim.village_notice.ends_at + HOUR
        noticing.close_ended(claim.village_notice, at=self.now)
        return noticing.go_on_after_village_notice(claim, at=self.now)

    def _drawn(self, claim, story):
        visiting.draw(claim, by=self.director, at=self.now, seed=self._seed_for_the_named(claim))
        return claim

    def _seed_for_the_named(self, claim) -> str:
        """Return a seed that draws the two verifiers a visitor of the demo can be."""
        may = visiting.candidates(claim, on=clock.county_day(self.now))
        wanted = tuple(known(self.county.named[who].person).key for who in ("inspector", "second_inspector"))
        return next(s for n in range(10_000) if visiting.draw_pair(s := f"demo-{claim.pk}-{n}", sorted(may)) == wanted)

    def _recorded(self, claim, story):
        spot = self._beside(claim.household.village)
        self.now = self._when_there(self.now + 20 * HOUR, spot)
        visit = claim.visits.get()
        photos = self._three(story, visit.first)
        visiting.record_visit(
            visit,
            found=(story.found_kg or story.kg) * 1000,
            why="一部分还能吃，没有算进去。" if story.found_kg else "",
            conclusion="less" if story.found_kg else "there",
            signed="paper",
            photos=photos,
            by=visit.first,
            at=self.now,
            spot=spot,
        )
        return claim

    def _when_there(self, at: dt.datetime, spot: holding.Spot | None) -> dt.datetime:
        """Return when two people who drive from village to village can be there, at this time or later."""
        while any(abs(at - other) < self._way(spot, there) for other, there in self.visited):
            at += HOUR / 2
        self.visited.append((at, spot))
        return at

    @staticmethod
    def _way(here: holding.Spot | None, there: holding.Spot | None) -> dt.timedelta:
        """Return how long a visit and the way to the next one take."""
        if here is None or there is None:
            return HOUR
        away_m = metres((here.latitude_e6, here.longitude_e6), (there.latitude_e6, there.longitude_e6))
        return HOUR / 2 + HOUR * (away_m / (DRIVEN_KMH * 1000))

    @staticmethod
    def _beside(village) -> holding.Spot | None:
        """Return where a phone stood that was near the village's point; nowhere where nobody has said where it lies."""
        if village.latitude_e6 is None:
            return None
        return holding.Spot(village.latitude_e6 + 900, village.longitude_e6 + 900, 8)

    def _visited(self, claim, story):
        self.now += HOUR
        visit = claim.visits.get()
        visiting.sign_visit(visit, by=visit.second, at=self.now)
        claim.refresh_from_db()
        return claim

    def _computed(self, claim, story):
        self.now += 20 * HOUR
        second_look.look_at_waiting(at=self.now)
        findings.record_findings(claim, at=self.now)
        for finding in findings.latest_findings(claim).values():
            if finding.colour == "amber" and finding.cleared_at is None:
                findings.clear_finding(finding, claim, reason="看过材料，没有问题。", by=self.director, at=self.now)
        awarding.compute(claim, by=self.director, at=self.now)
        claim.refresh_from_db()
        return claim

    def _county_notice(self, claim, story):
        self.now = self.at - 2 * DAY if story.reaches == "county_notice" else self.now + 4 * HOUR
        noticing.publish_county_notice(self.scheme, claim.household.village.parent, by=self.director, at=self.now)
        claim.refresh_from_db()
        return claim

    def _ended(self, claim, story):
        self.now = claim.county_notice.ends_at + HOUR
        noticing.close_ended(claim.county_notice, at=self.now)
        return claim

    def _awarded(self, claim, story):
        self.now += HOUR
        awarding.award(claim, by=self.second_director, at=self.now)
        claim.refresh_from_db()
        return claim

    def _end(self, claim, story):
        if story.ends == "refused":
            answering.refuse(
                claim, code="not_found", reason="去看的时候货还是好的，正在卖。货坏了可以再报。",
                by=self.director, at=self.now + 6 * HOUR,
            )  # fmt: skip
        else:
            answering.send_back(
                claim, code="photos", reason="照片看不清货。请在亮处再拍一张，拍到整堆。",
                by=self.county.cadres[claim.household.village_id][1], at=self.now + 6 * HOUR,
            )  # fmt: skip

    def _answer(self, batch) -> bytes:
        """Return the bank's answer to a batch: all arrived but the last, which the bank refused."""
        payments = list(batch.payments.select_related("payable", "snapshot").order_by("line_no"))
        rows = [f"H|{batch.number}|{len(payments)}|{yuan_plain(batch.total_fen)}"]
        for payment in payments:
            failed = payment is payments[-1]
            result = "9001|户名与账号不符" if failed else "0000|"
            payee = payment.payee
            rows.append(
                f"D|{payment.line_reference}|{payee.card}|{payee.payee_name}|{yuan_plain(payment.amount_fen)}|{result}"
            )
        rows.append(f"T|{len(payments)}|{yuan_plain(batch.total_fen)}")
        return "".join(f"{row}\r\n" for row in rows).encode("gb18030")


def build_relief(county: County, at: dt.datetime):
    """Fill the county with losses in every state, and let one household say 「不是我」."""
    Relief(county, at).tell()
    _say_not_me(at)


def _say_not_me(at: dt.datetime):
    """Let the newest household that a cadre answered a buyer for, and that can sign in, say that it was not asked."""
    heads = User.objects.filter(is_active=True).values("person")
    answered = Consent.objects.filter(document__startswith="allocation:", household__head__in=heads)
    consent = answered.order_by("-at", "-pk").first()
    if consent is not None:
        acts.dispute(consent, by=known(users_of_household(consent.household).first()), at=at)
