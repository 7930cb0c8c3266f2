"""Walk one claim down the flow, as far as a test needs it, each step by the person whose step it is."""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from catalog.models import Listing
from kernel.numbers import Kind, begun
from ledger.services.payables import payee_account
from losses.models import ClaimStatus, LossClaim, ReliefScheme
from losses.services import awarding, checking, holding, noticing, recovering, reporting, schemes, visiting
from records.models import StoredFile
from records.services.files import store_bytes
from tests.factories import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY

KG = 1000
HERE = holding.Spot(26_327_100, 116_354_800, 8)
LOOKED_AT = ("goods", "household")
SEEN = holding.Seen(looked_at=LOOKED_AT)
LOST_ON = dt.date(2026, 11, 2)
ENDED = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)  # a Friday: five working days after the 13th
AWARDED_AT = dt.datetime(2026, 12, 1, 1, tzinfo=dt.UTC)
_serial = itertools.count(1)


def a_lot(household, produce, *, kg=100, at=MONDAY, by=None, listed=None) -> Listing:
    """Return a lot on sale since a day before, at 0.80 yuan a jin."""
    day = (at - dt.timedelta(days=2)).date()
    piece = produce.stock_unit == "piece"
    listing = Listing(
        number=begun(Kind.LOT, day),
        household=household,
        produce=produce,
        stock_unit=produce.stock_unit,
        piece_g=produce.piece_g if piece else None,
        typed_quantity=str(kg),
        typed_unit="piece" if piece else "kg",
        listed=listed or (kg if piece else kg * KG),
        price_fen=80,
        price_unit_g=500,
        village=household.village,
        township=household.village.parent,
        harvested_on=day,
        sell_by=day + dt.timedelta(days=10),
        made_by=by,
        listed_at=at - dt.timedelta(days=2),
        confirmed_at=at,
        payee_account=payee_account(household=household),
    )
    return listing.begin(by=by, at=at)


def a_photo(text: str = "", *, by, at=MONDAY) -> StoredFile:
    """Return a stored photo; the same text is the same bytes."""
    raw = (text or f"photo {next(_serial)}").encode()
    return store_bytes(raw, kind=StoredFile.Kind.PHOTO, media_type="image/jpeg", by=by, at=at)


def a_scheme(
    finance_bureau, by, *produce, rate_fen=160, cap_fen=200_000, money_fen=10_000_000, crop_fen=0, low_fen=0, **changes
):
    """Return a published scheme: 1.60 yuan a kilo, at most 2,000 yuan a household, 5 working days twice."""
    rules = {
        "code": f"R{next(_serial)}",
        "name": "石城县农产品滞销损失救助（2026）",
        "legal_basis": "石城县农产品滞销损失救助办法（2026 版）",
        "window_from": dt.date(2026, 1, 1),
        "window_to": dt.date(2026, 12, 31),
        "tiers": ["lifted", "unstable", "marginal", "ordinary"],
        "household_cap_fen": cap_fen,
        "min_loss_g": 10 * KG,
        "village_days": 5,
        "county_days": 5,
        "payer": finance_bureau,
    } | changes
    publish = rules.pop("publish", True)
    scheme = schemes.draft_scheme(**rules, by=by, at=MONDAY)
    for one in produce:
        schemes.add_rate(scheme, produce=one, rate_fen=rate_fen, rate_unit_g=1000, by=by, at=MONDAY)
        if crop_fen:
            schemes.add_rate(scheme, produce=one, category="C", rate_fen=crop_fen, rate_unit_g=1000, by=by, at=MONDAY)
        if low_fen:
            schemes.add_rate(scheme, produce=one, category="A", rate_fen=low_fen, rate_unit_g=1000, by=by, at=MONDAY)
    schemes.add_money(scheme, amount_fen=money_fen, document="石财农〔2026〕8号", by=by, at=MONDAY)
    return schemes.publish_scheme(scheme, by=by, at=MONDAY) if publish else scheme


@dataclass
class Story:
    """One household's claim and the people who carry it; each step returns the claim as it now stands."""

    cast: dict[str, Any]
    scheme: ReliefScheme

    def filed(self, goods, *, kg=50, quantity=None, by=None, at=MONDAY, photos=None, **more) -> LossClaim:
        by = by or goods.made_by
        return reporting.file_claim(
            scheme=self.scheme,
            goods=goods,
            cause=more.pop("cause", "unsold"),
            quantity=quantity or kg * KG,
            happened_on=more.pop("happened_on", LOST_ON),
            words=more.pop("words", "下雨路断了，没人来收"),
            photos=[a_photo(by=by)] if photos is None else photos,
            by=by,
            at=at,
            **more,
        )

    def village_checked(self, claim, *, kg=None, why=""):
        quantity = kg * KG if kg is not None else claim.figures.get(stage="declared", round=claim.round).quantity
        by = self.cast["cadre"]
        return checking.village_check(claim, quantity=quantity, why=why, seen=self._seen(by), by=by, at=TUESDAY)

    def township_checked(self, claim, *, kg=None, why=""):
        claim = self.village_checked(claim) if claim.status == ClaimStatus.FILED else claim
        quantity = kg * KG if kg is not None else claim.figures.order_by("-pk")[0].quantity
        by = self.cast["township"]
        return checking.township_check(claim, quantity=quantity, why=why, seen=self._seen(by), by=by, at=WEDNESDAY)

    def _seen(self, by):
        return holding.Seen(a_photo(by=by) if self.scheme.check_photos else None, HERE, LOOKED_AT)

    def on_village_notice(self, *claims):
        for claim in claims:
            if claim.status != ClaimStatus.TOWNSHIP_CHECKED:
                self.township_checked(claim)
        village = claims[0].household.village
        return noticing.publish_village_notice(self.scheme, village, by=self.cast["desk"], at=THURSDAY)

    def to_visit(self, claim):
        notice = self.on_village_notice(claim)
        return noticing.go_on_after_village_notice(claim, at=notice.ends_at)

    def drawn(self, claim):
        return self.drawn_together(claim)[0]

    def drawn_together(self, *claims):
        notice = self.on_village_notice(*claims)
        to_visit = [noticing.go_on_after_village_notice(claim, at=notice.ends_at) for claim in claims]
        return [visiting.draw(claim, by=self.cast["desk"], at=notice.ends_at) for claim in to_visit]

    def found(self, visit, *, kg=None, why="", at=None):
        found = kg * KG if kg is not None else visit.claim.figures.order_by("-pk")[0].quantity
        photos = {which: a_photo(by=visit.first) for which in ("whole", "near", "people")}
        return visiting.record_visit(
            visit,
            found=found,
            why=why,
            conclusion=visiting.conclusion_of(
                found, visit.claim.figures.get(stage="declared", round=visit.round).quantity
            ),
            signed="paper",
            photos=photos,
            spot=HERE,
            by=visit.first,
            at=at or visit.drawn_at,
        )

    def visited(self, claim, *, kg=None, why=""):
        visit = self.found(self.drawn(claim), kg=kg, why=why)
        visiting.sign_visit(visit, by=visit.second, at=visit.first_signed_at)
        return LossClaim.objects.get(pk=claim.pk)

    def computed(self, claim, *, kg=None, why=""):
        claim = self.visited(claim, kg=kg, why=why)
        awarding.compute(claim, by=self.cast["desk"], at=claim.due_at)
        return LossClaim.objects.get(pk=claim.pk)

    def on_county_notice(self, claim, *, kg=None, why=""):
        claim = self.computed(claim, kg=kg, why=why)
        township = claim.household.village.parent
        noticing.publish_county_notice(self.scheme, township, by=self.cast["desk"], at=claim.due_at)
        return LossClaim.objects.get(pk=claim.pk)

    def awarded(self, claim, *, kg=None, why=""):
        return self.award_of(self.on_county_notice(claim, kg=kg, why=why))

    def award_of(self, claim):
        awarding.award(claim, by=self.cast["approver"], at=claim.county_notice.ends_at)
        return LossClaim.objects.get(pk=claim.pk)


def claimed_back(claim, desk, decider, maker, at=AWARDED_AT):
    """Claim a yuan of paid relief back in two parts; return what came back of it, for a second person."""
    first_on = at.date() + dt.timedelta(days=9)
    said = {"reason": "sold", "words": "卖掉了", "amount_fen": 1_00, "first_on": first_on, "parts": 2}
    row = recovering.propose(claim, **said, by=desk, at=at)
    recovering.decide(row, claimed=True, words="看过了", by=decider, at=at)
    return recovering.receive(row, amount_fen=60, voucher_number=f"退{row.pk}", by=maker, at=at)


__all__ = ["AWARDED_AT", "ENDED", "FRIDAY", "KG", "LOST_ON", "Story", "a_lot", "a_photo", "a_scheme", "claimed_back"]
