"""How much relief: pure arithmetic on whole fen and grams. No tables here.

amount = least of (verified × rate, of a sale at most what it fetched too little − what was got elsewhere, cap of the
household − what it had or has on hold, money the scheme has left)
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kernel import money

REFERENCE_UNIT_G = 500


class RateBasis(StrEnum):
    """What a rate is counted by."""

    KG = "kg"
    MU = "mu"
    HEAD = "head"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of a scheme: so many fen for a weight, a mu or a head, or so many thousandths of the value."""

    fen: int
    unit_g: int = 1000
    basis: str = RateBasis.KG
    permille: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What the bases of rates ask of goods, as far as it is known."""

    piece_g: int | None = None
    area_cmu: int | None = None  # of the season, and what it gives at most
    capacity_g: int | None = None
    price_fen: int | None = None  # what a weight of the goods is worth
    price_unit_g: int = REFERENCE_UNIT_G


def per_of(rate: Rate, facts: Facts) -> tuple[int, int] | None:
    """Return a rate as fen for so many grams, exactly; nothing where the goods lack what it is counted by.

    A part of a season is as much of its land as it is of what the land gives.
    """
    if rate.basis == RateBasis.MU:
        if facts.area_cmu is None or facts.capacity_g is None:
            return None
        return rate.fen * facts.area_cmu, 100 * facts.capacity_g
    if rate.basis == RateBasis.HEAD:
        return (rate.fen, facts.piece_g) if facts.piece_g is not None else None
    if rate.basis == RateBasis.VALUE:
        return (facts.price_fen * rate.permille, 1000 * facts.price_unit_g) if facts.price_fen is not None else None
    return rate.fen, rate.unit_g


def least(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return the smaller of two rates, both fen for so many grams."""
    return one if one[0] * other[1] <= other[0] * one[1] else other


@dataclass(frozen=True, slots=True)
class Relief:
    """An amount with the three figures it is the least of."""

    verified_g: int
    rate_fen: int
    rate_unit_g: int
    lines_fen: int
    gap_fen: int | None  # of a sale: what it fetched less than by the reference
    elsewhere_fen: int
    cap_left_fen: int
    money_left_fen: int
    amount_fen: int


def relief(
    *,
    verified_g: int,
    rate_fen: int,
    rate_unit_g: int,
    cap_fen: int,
    had_fen: int,
    money_left_fen: int,
    elsewhere_fen: int = 0,
    gap: tuple[int, int] | None = None,
) -> Relief:
    """Return the amount for a verified loss; never more than the cap leaves, never more than the scheme has.

    Of a sale (`gap`: so many fen too little for so many grams) never more than it fetched too little.
    """
    lines_fen = money.amount_fen(verified_g, rate_fen, rate_unit_g)
    gap_fen = money.amount_fen(verified_g, *gap) if gap is not None else None
    lines_fen = lines_fen if gap_fen is None else min(lines_fen, gap_fen)
    elsewhere_fen = max(0, min(elsewhere_fen, lines_fen))
    cap_left_fen = max(0, cap_fen - had_fen)
    money_left_fen = max(0, money_left_fen)
    return Relief(
        verified_g=verified_g,
        rate_fen=rate_fen,
        rate_unit_g=rate_unit_g,
        lines_fen=lines_fen,
        gap_fen=gap_fen,
        elsewhere_fen=elsewhere_fen,
        cap_left_fen=cap_left_fen,
        money_left_fen=money_left_fen,
        amount_fen=min(lines_fen - elsewhere_fen, cap_left_fen, money_left_fen),
    )


def gap_of(reference_fen: int, price_fen: int, price_unit_g: int) -> tuple[int, int] | None:
    """Return how far a price is below a reference for 500 g, as fen for so many grams; nothing where it is not."""
    short = reference_fen * price_unit_g - price_fen * REFERENCE_UNIT_G
    return (short, REFERENCE_UNIT_G * price_unit_g) if short > 0 else None


# Rehearsed: the same arithmetic over what a past season lost.
ENDLESS_FEN = 10**15  # more than any county has: what a scheme would cost if its money never ended


class Why(StrEnum):
    """Why a loss gets nothing, in the order in which a report is looked at."""

    WINDOW = "window"
    TIER = "tier"
    TOWNSHIP = "township"
    NO_RATE = "no_rate"
    TOO_LITTLE = "too_little"
    ELSEWHERE = "elsewhere"
    CAP = "cap"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a scheme says, its window laid over the season that is looked at."""

    window_from: dt.date
    window_to: dt.date
    tiers: frozenset[str]
    townships: frozenset[str]  # none is the whole county
    rates: Mapping[tuple[int, str], Rate]  # by produce and category
    cap_fen: int
    min_loss_g: int


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss of a past season: reported, or only known as goods that nobody bought."""

    household: UUID  # by which it counts, after mergers
    township: str
    tier: str  # on its day
    produce: int
    category: str
    on: dt.date
    at: dt.datetime  # in this order money is given
    grams: int
    reported: bool
    gap: tuple[int, int] | None = None  # of a sale: so many fen too little for so many grams
    facts: Facts = Facts()
    is_other: bool = False  # somebody saw that what was got elsewhere was for another loss


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a household got elsewhere for losses of a time; of no produce is of whatever it grew."""

    produce: int | None
    from_on: dt.date
    to_on: dt.date
    fen: int

    def meant(self, loss: Loss) -> bool:
        """Return whether it was for this loss."""
        return self.produce in (None, loss.produce) and self.from_on <= loss.on <= self.to_on


class Purse:
    """What a scheme has left, what each household had of it, and what was taken off for money got elsewhere."""

    def __init__(self, rules: Rules, money_fen: int, elsewhere: Mapping[UUID, Sequence[Elsewhere]]) -> None:
        self.rules, self.money_fen, self.left_fen, self.elsewhere = rules, money_fen, money_fen, elsewhere
        self.had_fen: dict[UUID, int] = defaultdict(int)
        self._taken: dict[UUID, list[tuple[Loss, int]]] = defaultdict(list)

    def look(self, loss: Loss) -> Why | tuple[int, int]:
        """Return the rate of a loss, or why the rules do not cover it."""
        rules = self.rules
        if not rules.window_from <= loss.on <= rules.window_to:
            return Why.WINDOW
        if loss.tier not in rules.tiers:
            return Why.TIER
        if rules.townships and loss.township not in rules.townships:
            return Why.TOWNSHIP
        rate = rules.rates.get((loss.produce, loss.category))
        if rate is None:
            return Why.NO_RATE
        per = per_of(rate, loss.facts)
        if per is None:
            return Why.NO_RATE
        return per if loss.grams >= rules.min_loss_g else Why.TOO_LITTLE

    def give(self, loss: Loss) -> Relief | Why:
        """Give a loss what it comes to, 0 once no money is left, and remember it; or say why it gets nothing."""
        rate = self.look(loss)
        return rate if isinstance(rate, Why) else self.grant(loss, rate)

    def grant(self, loss: Loss, rate: tuple[int, int]) -> Relief | Why:
        """Give a loss that is covered what it comes to at a rate, and remember it; or say why it gets nothing."""
        found = relief(
            verified_g=loss.grams,
            rate_fen=rate[0],
            rate_unit_g=rate[1],
            cap_fen=self.rules.cap_fen,
            had_fen=self.had_fen[loss.household],
            money_left_fen=self.left_fen,
            elsewhere_fen=self._elsewhere_fen(loss),
            gap=loss.gap,
        )
        if found.lines_fen < 1:
            return Why.TOO_LITTLE
        if found.elsewhere_fen == found.lines_fen:
            return Why.ELSEWHERE
        if found.cap_left_fen < 1:
            return Why.CAP
        if found.amount_fen > 0:
            self.had_fen[loss.household] += found.amount_fen
            self.left_fen -= found.amount_fen
            if found.elsewhere_fen:
                self._taken[loss.household].append((loss, found.elsewhere_fen))
        return found

    def remember(self, loss: Loss, elsewhere_fen: int) -> None:
        """Remember what was taken off a loss before for money that was got elsewhere."""
        self._taken[loss.household].append((loss, elsewhere_fen))

    def _elsewhere_fen(self, loss: Loss) -> int:
        rows = [row for row in self.elsewhere.get(loss.household, ()) if row.meant(loss)]
        if not rows or loss.is_other:
            return 0
        begins, ends = min(row.from_on for row in rows), max(row.to_on for row in rows)
        of_one = all(row.produce is not None for row in rows)
        off = sum(
            fen
            for other, fen in self._taken[loss.household]
            if begins <= other.on <= ends and (not of_one or other.produce == loss.produce)
        )
        return max(0, sum(row.fen for row in rows) - off)


def shares(fulls: Sequence[int], money_fen: int) -> list[int]:
    """Return what each gets where all share alike: all in full if the money suffices, else each its part of it.

    The fen that rounding leaves go to the largest remainders, of equal ones to the first: together it is the money.
    """
    together = sum(fulls)
    if together <= money_fen:
        return list(fulls)
    money_fen = max(0, money_fen)
    parts = [full * money_fen // together for full in fulls]
    by_rest = sorted(range(len(fulls)), key=lambda n: (-(fulls[n] * money_fen % together), n))
    for n in by_rest[: money_fen - sum(parts)]:
        parts[n] += 1
    return parts


@dataclass(slots=True)
class Given:
    """What the households of one township and tier would get."""

    rows: int = 0
    grams: int = 0
    households: int = 0
    need_fen: int = 0  # if the money never ended
    paid_fen: int = 0  # of the money there is, who comes first
    shared_fen: int = 0  # of the money there is, all alike
    capped: int = 0  # households that reach the most they can get


@dataclass(slots=True)
class Fallen:
    """What of one township gets nothing for one reason, and the households that get nothing at all."""

    rows: int = 0
    grams: int = 0
    households: int = 0


class Rehearsing:
    """One run of rules over losses, given in their order; each household counts where it first got something."""

    def __init__(self, rules: Rules, money_fen: int, elsewhere: Mapping[UUID, Sequence[Elsewhere]]) -> None:
        self.given: dict[tuple[str, str], Given] = defaultdict(Given)
        self.fallen: dict[tuple[str, Why], Fallen] = defaultdict(Fallen)
        self._need, self._paid = Purse(rules, ENDLESS_FEN, elsewhere), Purse(rules, money_fen, elsewhere)
        self._fulls: list[tuple[tuple[str, str], int]] = []
        self._counted_in: dict[UUID, tuple[str, str]] = {}
        self._first_why: dict[UUID, tuple[str, Why]] = {}

    def add(self, loss: Loss) -> int:
        """Take one more loss into the run; return what the money there is gives it, in fen."""
        need, paid = self._need.give(loss), self._paid.give(loss)
        if isinstance(need, Why):
            fallen = self.fallen[loss.township, need]
            fallen.rows, fallen.grams = fallen.rows + 1, fallen.grams + loss.grams
            self._first_why.setdefault(loss.household, (loss.township, need))
            return 0
        paid_fen = paid.amount_fen if isinstance(paid, Relief) else 0
        self._counted_in.setdefault(loss.household, (loss.township, loss.tier))
        given = self.given[loss.township, loss.tier]
        given.rows, given.grams = given.rows + 1, given.grams + loss.grams
        self._fulls.append(((loss.township, loss.tier), need.amount_fen))
        given.need_fen, given.paid_fen = given.need_fen + need.amount_fen, given.paid_fen + paid_fen
        return paid_fen

    def count_households(self) -> None:
        """Count each household once, at the end, and share the money: where it got something, or why nothing at all."""
        for (place, _full), part in zip(
            self._fulls, shares([full for _place, full in self._fulls], self._paid.money_fen), strict=True
        ):
            self.given[place].shared_fen += part
        for household, place in self._counted_in.items():
            self.given[place].households += 1
            self.given[place].capped += self._need.had_fen[household] >= self._need.rules.cap_fen
        for household, why in self._first_why.items():
            self.fallen[why].households += household not in self._counted_in


def late_interest_fen(owed_fen: int, days: int, rate_bp: int) -> int:
    """Return the interest on relief paid so many days late at a yearly rate, in fen, rounded once, a half up."""
    return (owed_fen * days * rate_bp * 2 + 365 * 10_000) // (2 * 365 * 10_000)
