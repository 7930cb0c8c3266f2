"""Rates of relief: what is given for goods of a household by each of their bases, and a rate in words."""

import datetime as dt
from fractions import Fraction

from django.utils.translation import gettext as _

from catalog.models import PlotSeason
from kernel import money, weight
from kernel.present import known
from kernel.typed import exact_decimal
from losses.models import Goods, LossClaim, SchemeRate
from losses.relief import REFERENCE_UNIT_G, Facts, RateBasis, least, per_of
from produce.selectors.prices import reference_price


def facts_of(goods: Goods, *, on: dt.date, reference_fen: int | None = None) -> Facts:
    """Return what the bases of rates ask of goods: a head's weight, the land, what a weight of them is worth.

    Sold goods are worth the reference of their day, a lot what it asks, a crop its last
    reference before the day of its loss, however old: its season may lie far ahead.
    """
    if isinstance(goods, PlotSeason):
        worth = reference_price(goods.produce, on, however_old=True)
        return Facts(None, goods.area_cmu, goods.capacity_g, worth, REFERENCE_UNIT_G)
    if reference_fen is not None:
        return Facts(goods.piece_g, None, None, reference_fen, REFERENCE_UNIT_G)
    return Facts(goods.piece_g, None, None, goods.price_fen, goods.price_unit_g)


def per_at_filing(rate: SchemeRate, facts: Facts, gap: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return what a loss gives at most, as fen for so many grams; nothing where the rate asks what nobody knows."""
    per = per_of(rate.terms(), facts)
    return per if per is None or gap is None else least(per, gap)


def rate_words(rate: SchemeRate) -> str:
    """Return a rate as people say it: 0.80 yuan/jin, 300.00 yuan/mu, 5.00 yuan/head, 30 percent of the value."""
    if rate.basis == RateBasis.MU:
        return _("%(n)s yuan/mu") % {"n": money.yuan(rate.rate_fen)}
    if rate.basis == RateBasis.HEAD:
        word = weight.COUNT_WORDS.get(rate.produce.count_word, weight.UNIT_NAMES["piece"])
        return _("%(n)s yuan/%(word)s") % {"n": money.yuan(rate.rate_fen), "word": word}
    if rate.basis == RateBasis.VALUE:
        return _("%(n)s%% of the value") % {"n": _percent(rate.permille)}
    return _("%(n)s yuan/jin") % {"n": money.price_per_jin(rate.rate_fen, rate.rate_unit_g)}


def factors(rate: SchemeRate, facts: Facts, grams: int) -> str:
    """Return what is multiplied: 100 jin × 0.80 yuan/jin, 1.50 mu × 300 yuan/mu, 20 heads × 5 yuan/head, …"""
    if rate.basis == RateBasis.MU:
        area = known(facts.area_cmu) * grams // known(facts.capacity_g)
        return f"{_('%(mu)s mu') % {'mu': exact_decimal(Fraction(area, 100))}} × {rate_words(rate)}"
    if rate.basis == RateBasis.HEAD:
        return f"{weight.heads(grams // known(facts.piece_g), rate.produce.count_word)} × {rate_words(rate)}"
    jin = _("%(jin)s jin") % {"jin": weight.with_commas(weight.jin(grams))}
    if rate.basis == RateBasis.VALUE:
        price = money.price_per_jin(facts.price_fen or 0, facts.price_unit_g)
        return f"{jin} × {_('%(n)s yuan/jin') % {'n': price}} × {_percent(rate.permille)}%"
    return f"{jin} × {rate_words(rate)}"


def facts_of_claim(claim: LossClaim) -> Facts:
    """Return the facts a claim was filed by: what the goods were worth then is read back from its own rate."""
    goods = claim.goods
    area, capacity = (goods.area_cmu, goods.capacity_g) if isinstance(goods, PlotSeason) else (None, None)
    if claim.rate.basis != RateBasis.VALUE:
        return Facts(goods.piece_g, area, capacity, None, REFERENCE_UNIT_G)
    if claim.reference_fen is not None:
        return Facts(goods.piece_g, area, capacity, claim.reference_fen, REFERENCE_UNIT_G)
    return Facts(goods.piece_g, area, capacity, claim.per_fen // claim.rate.permille, claim.per_g // 1000)


def at_rate(claim: LossClaim) -> tuple[int, int]:
    """Return what a claim gives by its rate alone, as fen for so many grams."""
    return known(per_of(claim.rate.terms(), facts_of_claim(claim)))


def _percent(permille: int) -> str:
    return f"{permille // 10}.{permille % 10}".removesuffix(".0")
