"""P6: how long does the published rule take, against sorting the same lots in Python?

One wish of 500 kg shared fairly among 2,000 lots; a week of 40 wishes over 30,000 lots, shared fairly and gathered from
the fewest villages. Pure arithmetic: no database. Processor time, rounds in turn, medians.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from orders.allocation import Lot, Wanted, fair, fewest_together
from orders.allocation import together as several

ONE_LOTS, WEEK_LOTS, LINES, VILLAGES, OWNERS = 2_000, 30_000, 40, 130, 12_000
ROUNDS = 9
ONE_TARGET, WEEK_TARGET, SECONDS_TARGET = 10.0, 20.0, 2.0
SEEDS = range(5)


def lots_of(chance: random.Random, numbers: range) -> list[Lot]:
    """Return lots of 2.5 to 60 kg, each village with goods of its own."""
    lots = []
    for number in numbers:
        line = number % LINES
        village = chance.randrange(VILLAGES)
        if (village * 7 + line * 13) % 11 > 2:
            village = (village * 31 + line * 17) % VILLAGES
        owner = f"household:{chance.randrange(OWNERS)}"
        served_g = chance.choice([0, 0, chance.randrange(300_000)])
        lots.append(
            Lot(number, owner, chance.random() < 0.4, chance.randrange(1, 9), chance.randrange(5, 121) * 500,
                chance.randrange(60, 120), 500, served_g, village)
        )  # fmt: skip
    return lots


def sort(lots: list[Lot]) -> list[Lot]:
    """Order lots as anybody would who fills a wish: tier, served, what spoils first."""
    return sorted(lots, key=lambda lot: (not lot.poor, lot.served_g, lot.days_left, lot.listing_id))


def seconds(act: Callable[[], object]) -> float:
    """Return how much of a processor an act takes, so that neighbours on the machine count for nothing."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


def in_turn(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Return the medians of both, measured one after the other."""
    pairs = [(seconds(ours), seconds(floor)) for _round in range(ROUNDS)]
    return statistics.median(one for one, _other in pairs), statistics.median(other for _one, other in pairs)


def basket(seed: int) -> list[Wanted]:
    """Return a week's wishes, from a village's worth to nearly half of what there is."""
    chance = random.Random(seed)  # noqa: S311  (the same week each run)
    by_line: list[list[Lot]] = [[] for _line in range(LINES)]
    for lot in lots_of(chance, range(WEEK_LOTS)):
        by_line[lot.listing_id % LINES].append(lot)
    parts = (0.01, 0.05, 0.2, 0.4)
    return [Wanted(lots, int(sum(lot.available for lot in lots) * chance.choice(parts)), 10_000) for lots in by_line]


@dataclass(frozen=True)
class Gathered:
    """One week gathered from the fewest villages."""

    seconds: float
    stops: int
    greedy_stops: int
    by: str
    filled: bool


def gathered(seed: int) -> Gathered:
    """Gather one week from the fewest villages, and count those the greedy way needs."""
    wishes = basket(seed)
    found: list[several.Together] = []
    took = seconds(lambda: found.append(fewest_together(wishes, seed=str(seed))))
    greedy = fewest_together(wishes, seed=str(seed), seconds=0.0)
    filled = all(
        split.filled == min(wish.asked, sum(lot.available for lot in wish.lots))
        for wish, split in zip(wishes, found[0].splits, strict=True)
    )
    return Gathered(round(took, 3), len(found[0].stops), len(greedy.stops), found[0].solver, filled)


def main() -> None:
    """Measure all three and print the one line."""
    one = lots_of(random.Random(1), range(ONE_LOTS))  # noqa: S311  (the same lots each run)
    ours, floor = in_turn(
        lambda: fair(one, 500_000, seed="bench", smallest=10_000, step=500), lambda: sort(one)
    )  # fmt: skip
    wishes = basket(1)
    every = [lot for wish in wishes for lot in wish.lots]
    week, week_floor = in_turn(
        lambda: [fair(wish.lots, 500_000, seed="bench", smallest=10_000, step=500) for wish in wishes],
        lambda: sort(every),
    )
    weeks = [gathered(seed) for seed in SEEDS]
    ok = (
        ours / floor <= ONE_TARGET
        and week / week_floor <= WEEK_TARGET
        and max(week, *(one.seconds for one in weeks)) <= SECONDS_TARGET
        and all(one.stops <= one.greedy_stops and one.filled for one in weeks)
    )
    detail = {
        "one_ms": round(ours * 1000, 2),
        "one_sort_ms": round(floor * 1000, 2),
        "week_ratio": round(week / week_floor, 2),
        "week_target": WEEK_TARGET,
        "week_seconds": round(week, 3),
        "fewest": [asdict(one) for one in weeks],
        "seconds_target": SECONDS_TARGET,
        "lots": [ONE_LOTS, WEEK_LOTS],
        "lines": LINES,
        "villages": VILLAGES,
    }
    print(
        json.dumps(
            {"question": "P6 allocation", "ratio": round(ours / floor, 2), "target": ONE_TARGET, "ok": ok,
             "detail": detail}
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
