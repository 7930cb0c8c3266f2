"""What a claim holds: kilos of its goods at the figure of the last stage, and money of the scheme once computed.

The claimed kilos of a lot or of a season always equal the latest figure of the claim: what a stage does not find goes
back on the market at once, and a refusal returns the rest. What is awarded leaves a lot as written off; of a season it
stays claimed, since the crop never comes back. A report of a sale holds kilos among what its lot sold, for good.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Listing, Movement, PlotSeason
from catalog.services.kilos import KiloMove, NotEnoughProduce, lock_listings, move_kilos, move_sold_low
from catalog.services.season_room import SeasonFull, move_claimed
from kernel import weight
from kernel.errors import BadValue, DomainError
from kernel.present import known
from ledger.services.transfers import Resolution, resolve
from losses.models import ClaimFigure, Goods, LookedAt, LossClaim, Stage
from losses.selectors.claims import latest_figure, present_computation
from produce.models import Produce
from records.models import StoredFile


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a phone says it stands, in millionths of a degree, and how far it may be wrong."""

    latitude_e6: int
    longitude_e6: int
    accuracy_m: int
    odd: str = ""  # what looks made up about it, as its codes


def place_of(spot: Spot | None) -> tuple[int | None, int | None, int | None]:
    """Return latitude, longitude and accuracy as they are written down, all empty where the phone does not say."""
    return (spot.latitude_e6, spot.longitude_e6, spot.accuracy_m) if spot else (None, None, None)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check says it looked at, and shows of it: a photo, and where the phone stood; these two may be missing."""

    photo: StoredFile | None = None
    spot: Spot | None = None
    looked_at: Sequence[str] = ()

    def columns(self) -> dict[str, Any]:
        """Return it by the columns of the figure."""
        spot = self.spot
        place = place_of(spot)
        shown = {"photo": self.photo, "looked_at": [one for one in LookedAt.values if one in self.looked_at]}
        return shown | dict(zip(("latitude_e6", "longitude_e6", "accuracy_m"), place, strict=True))


FREE, CLAIMED, WRITTEN_OFF = Movement.Side.FREE, Movement.Side.CLAIMED, Movement.Side.WRITTEN_OFF


class MoreThanBefore(DomainError):
    code = "more_than_before"
    message = _("A check can only find as much as was reported, or less. Ask the household to report the rest anew.")


class WhyNeeded(BadValue):
    code = "why_needed"
    message = _("It is less than before. Write why, so that the household understands.")


class NothingFound(BadValue):
    code = "nothing_found"
    message = _("Write how much is lost. If nothing is, refuse the report and say why.")


class MoreThanSold(DomainError):
    code = "more_than_sold"

    def __init__(self, claim: LossClaim, left: int) -> None:
        super().__init__(
            _("Of this sale at most %(left)s can be reported. Write less.")
            % {"left": claim.goods.in_words(max(0, left))}
        )


class MoreThanLeft(NotEnoughProduce):
    def __init__(self, listing: Listing) -> None:
        self.left = max(0, listing.free())
        words = _("Of this %(produce)s only %(left)s is left, no more can be reported. Write less.")
        DomainError.__init__(self, words % {"produce": listing.produce.name, "left": listing.in_words(self.left)})


class MoreThanGrows(DomainError):
    code = "more_than_grows"

    def __init__(self, produce: Produce, left_g: int) -> None:
        super().__init__(
            _(
                "Of this %(produce)s at most %(left)s still stands in the field: the rest is on sale, promised or "
                "reported. Write less, or have “What I grow” corrected first."
            )
            % {"produce": produce.name, "left": weight.both(max(0, left_g))}
        )


def require_left(goods: Goods, quantity: int) -> None:
    """Refuse more than is left of a lot or crop now, before anybody is shown what would be reported."""
    if isinstance(goods, PlotSeason):
        if goods.left_g() < quantity:
            raise MoreThanGrows(goods.produce, goods.left_g())
    elif goods.free() < quantity:
        raise MoreThanLeft(goods)


def declare(claim: LossClaim, quantity: int, *, by: User, at: dt.datetime) -> ClaimFigure:
    """Write what the household declares in this round, and keep exactly these kilos off the market."""
    return declare_all([(claim, quantity)], by=by, at=at)[0]


def declare_all(asked: Sequence[tuple[LossClaim, int]], *, by: User, at: dt.datetime) -> list[ClaimFigure]:
    """Write what is declared of several claims, their lots held in one statement; a refusal is about its claim."""
    of_lots = [one for one in asked if one[0].plot_season_id is None and one[0].sale_id is None]
    lots = lock_listings(known(claim.listing_id) for claim, _quantity in of_lots) if of_lots else {}
    for claim, quantity in asked:
        if claim.plot_season is not None:
            _hold_crop(claim, claim.plot_season, quantity)
        elif claim.sale is not None:
            claim.listing = _hold_sold(claim, claim.sale, quantity)
        else:
            claim.listing = lots[known(claim.listing_id)]
            if claim.listing.free() < quantity:
                little = MoreThanLeft(claim.listing)
                little.about = claim
                raise little
    moves = [
        KiloMove(known(claim.listing_id), FREE, CLAIMED, quantity, f"{claim.reference}:hold:{claim.round}")
        for claim, quantity in of_lots
    ]
    move_kilos(moves, listings=lots, by=by, at=at)
    figures = [_figure_of(claim, Stage.DECLARED, quantity, "", by=by, at=at) for claim, quantity in asked]
    return ClaimFigure.objects.bulk_create(figures)


def write_figure(
    claim: LossClaim, stage: str, quantity: int, *, why: str, by: User, at: dt.datetime, seen: Seen | None = None
) -> ClaimFigure:
    """Write what this stage found beside what was found before; what it found less is free to be sold again."""
    before, why = latest_figure(claim).quantity, why.strip()
    if quantity > before:
        raise MoreThanBefore
    if quantity < (0 if stage == Stage.COUNTY else 1):
        raise NothingFound
    if quantity < before and not why:
        raise WhyNeeded
    _give_back(claim, before - quantity, f"{claim.reference}:less:{claim.round}:{stage}", by=by, at=at)
    return _figure(claim, stage, quantity, why, by=by, at=at, seen=seen)


def release_kilos(claim: LossClaim, *, by: User, at: dt.datetime) -> None:
    """Give back what the claim still holds: it was refused, taken back or sent back."""
    _give_back(claim, latest_figure(claim).quantity, f"{claim.reference}:back:{claim.round}", by=by, at=at)


def write_off(claim: LossClaim, *, by: User, at: dt.datetime) -> None:
    """Turn the awarded kilos into written-off ones: `claimed` is what is open, so a decided loss leaves that total."""
    if claim.listing_id is None or claim.sale_id is not None:
        return
    quantity = latest_figure(claim).quantity
    move_kilos(
        [KiloMove(claim.listing_id, CLAIMED, WRITTEN_OFF, quantity, f"{claim.reference}:awarded", "relief")],
        by=by,
        at=at,
    )


def hold_reference(claim: LossClaim) -> str:
    """Name the money held for a claim: `claim:7:hold`, with the round once it was filed anew."""
    return f"{claim.reference}:hold" if claim.round == 1 else f"{claim.reference}:hold:{claim.round}"


def release_money(claim: LossClaim, *, at: dt.datetime) -> None:
    """Let the held amount go back to the scheme, if one was computed in this round."""
    if present_computation(claim) is not None:
        held = hold_reference(claim)
        resolve([Resolution(f"{held}:released", held, 0)], at=at)


def _give_back(claim: LossClaim, quantity: int, reference: str, *, by: User, at: dt.datetime) -> None:
    if not quantity:
        return
    if claim.plot_season is not None:
        move_claimed(claim.plot_season, -quantity)
    elif claim.sale_id is not None:
        move_sold_low(known(claim.listing_id), -quantity)
    else:
        move_kilos([KiloMove(known(claim.listing_id), CLAIMED, FREE, quantity, reference)], by=by, at=at)


def _hold_sold(claim: LossClaim, sale: Movement, quantity: int) -> Listing:
    lot = lock_listings([sale.listing_id])[sale.listing_id]
    left = min(sale.quantity, lot.sold - lot.sold_low)
    if quantity > left:
        raise MoreThanSold(claim, left)
    return move_sold_low(lot.pk, quantity)


def _hold_crop(claim: LossClaim, season: PlotSeason, grams: int) -> None:
    try:
        move_claimed(season, grams)
    except SeasonFull as full:
        more = MoreThanGrows(season.produce, full.left_g)
        more.about = claim
        raise more from None


def _figure(
    claim: LossClaim, stage: str, quantity: int, why: str, *, by: User, at: dt.datetime, seen: Seen | None = None
) -> ClaimFigure:
    figure = _figure_of(claim, stage, quantity, why, by=by, at=at, seen=seen)
    figure.save(force_insert=True)
    return figure


def _figure_of(
    claim: LossClaim, stage: str, quantity: int, why: str, *, by: User, at: dt.datetime, seen: Seen | None = None
) -> ClaimFigure:
    return ClaimFigure(
        claim=claim,
        stage=stage,
        round=claim.round,
        quantity=quantity,
        quantity_g=claim.goods.grams(quantity),
        why=why[:300],
        **(seen or Seen()).columns(),
        by=by,
        at=at,
    )
