"""What a loss would come to under published rules, for anybody who tries: no person is asked for and none is named."""

import datetime as dt

from kernel import clock
from kernel.present import known
from losses.models import ReliefScheme, SchemeRate
from losses.relief import REFERENCE_UNIT_G, Facts, RateBasis, Relief, gap_of, per_of, relief
from produce.models import StockUnit
from produce.selectors.prices import reference_price


def counted_g(rate: SchemeRate) -> int | None:
    """Return the usual weight of one head of what is sold by the head; none for what is weighed."""
    by_head = rate.produce.stock_unit == StockUnit.PIECE and rate.category != SchemeRate.Category.UNHARVESTED
    return known(rate.produce.piece_g) if by_head else None


def what_if(
    scheme: ReliefScheme,
    rate: SchemeRate,
    grams: int,
    *,
    sold_at: int | None = None,
    area_cmu: int | None = None,
    on: dt.date | None = None,
) -> Relief:
    """Return what a household that had nothing yet would get for so much, if as much is found.

    Of goods sold at a loss, `sold_at` fen a jin, at most what they fetched less than the reference of that day. A rate
    by mu asks the land on which so much stood (`area_cmu`), one by value what a lot asked for a jin (`sold_at`).
    """
    per = per_of(rate.terms(), tried_facts(rate, grams, sold_at=sold_at, area_cmu=area_cmu, on=on)) or (0, 1)
    return relief(
        verified_g=grams,
        rate_fen=per[0],
        rate_unit_g=per[1],
        cap_fen=scheme.household_cap_fen,
        had_fen=0,
        money_left_fen=scheme.account.available_fen(),
        gap=_gap(rate, sold_at, on) if rate.category == SchemeRate.Category.SOLD_LOW else None,
    )


def tried_facts(
    rate: SchemeRate, grams: int, *, sold_at: int | None, area_cmu: int | None, on: dt.date | None = None
) -> Facts:
    """Return what the rate is counted by, as it was typed, or from the county's prices."""
    worth = sold_at
    if rate.category != SchemeRate.Category.SPOILED:
        on_field = rate.category != SchemeRate.Category.SOLD_LOW
        worth = reference_price(rate.produce, on or clock.county_day(clock.now()), however_old=on_field)
    return Facts(counted_g(rate), area_cmu, grams, worth)


def asks_price(rate: SchemeRate) -> bool:
    """Return whether a try must say what goods were sold at, or asked for."""
    by_value = rate.basis == RateBasis.VALUE and rate.category == SchemeRate.Category.SPOILED
    return by_value or rate.category == SchemeRate.Category.SOLD_LOW


def _gap(rate: SchemeRate, sold_at: int | None, on: dt.date | None) -> tuple[int, int]:
    """Return the gap of what was sold so low; nothing at all where no reference stands or it was not below it."""
    worth = reference_price(rate.produce, on or clock.county_day(clock.now()))
    found = gap_of(worth, sold_at, REFERENCE_UNIT_G) if worth is not None and sold_at is not None else None
    return found or (0, 1)


def is_enough(scheme: ReliefScheme, found: Relief) -> bool:
    """Return whether so much is relieved at all."""
    return found.verified_g >= scheme.min_loss_g and found.lines_fen > 0
