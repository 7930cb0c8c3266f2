"""Several wishes of one buyer's basket brought by one cart: from as few villages as can fill all of them.

A village either is a stop or not; for each wish the stops must have as much as all villages together could give of it.
The greedy answer is the floor: the solver's answer counts only where it needs fewer stops and fills as much. A search
that the clock cut off counts nothing, so that the same wishes give the same plan on a slow machine and a fast one,
unless one of them runs out of time; `solver` says whose answer it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from orders.allocation.lots import Lot, Split, draw
from orders.allocation.owners import largest_first

SECONDS = 1.5  # the search ends by itself after NODES; the clock is for machines in trouble
NODES = 20
GREEDY, SOLVED = "greedy", "highs"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of several wishes: its eligible lots, and how much of them."""

    lots: Sequence[Lot]
    asked: int
    smallest: int = 1
    parcel: int = 0


@dataclass(frozen=True, slots=True)
class Together:
    """One way to fill all wishes: a split each, the villages where the cart stops, and who found it."""

    splits: list[Split]
    stops: frozenset[int]
    solver: str


@dataclass(frozen=True, slots=True)
class _Need:
    """How much of one wish can be filled, and how much of it each village has."""

    wanted: int
    have: dict[int, int]


def fewest_together(wishes: Sequence[Wanted], *, seed: str, seconds: float = SECONDS) -> Together:
    """Fill all wishes from as few villages as a short search finds, never more than the greedy way needs."""
    apart = _apart(wishes)
    needs = [_need(wish) for wish in apart]
    stops, solver = _greedy(needs, seed), GREEDY
    if len(stops) > 1 and len(needs) > 1:
        found = _solved(needs, stops, seconds)
        if found is not None and len(found) < len(stops) and _fills(needs, found):
            stops, solver = found, SOLVED
    splits = [
        largest_first(
            [lot for lot in wish.lots if lot.stop in stops],
            wish.asked,
            seed=seed,
            smallest=wish.smallest,
            parcel=wish.parcel,
        )
        for wish in apart
    ]
    used = frozenset(pick.lot.stop for split in splits for pick in split.picks)
    return Together(splits, used, solver)


def _apart(wishes: Sequence[Wanted]) -> list[Wanted]:
    """Give lots that may fill several wishes to the first of them, as far as its own lots do not suffice."""
    times: dict[int, int] = {}
    for wish in wishes:
        for lot in wish.lots:
            times[lot.listing_id] = times.get(lot.listing_id, 0) + 1
    if all(count == 1 for count in times.values()):
        return list(wishes)
    left = {lot.listing_id: lot.available for wish in wishes for lot in wish.lots}
    apart = []
    for wish in wishes:
        rows = sorted(wish.lots, key=lambda lot: (times[lot.listing_id] > 1, lot.days_left, lot.listing_id))
        wanted, mine = wish.asked, []
        for lot in rows:
            times[lot.listing_id] -= 1
            may = left[lot.listing_id]
            if times[lot.listing_id]:  # a later wish could use it too
                may = min(may, max(0, wanted))
            left[lot.listing_id] -= may
            wanted -= may
            mine.append(replace(lot, available=may))
        apart.append(replace(wish, lots=mine))
    return apart


def _need(wish: Wanted) -> _Need:
    have: dict[int, int] = {}
    for lot in wish.lots:
        if lot.available > 0:
            have[lot.stop] = have.get(lot.stop, 0) + lot.available
    wanted = min(wish.asked, sum(have.values()))
    return _Need(wanted, {stop: min(units, wanted) for stop, units in have.items()} if wanted else {})


def _fills(needs: Sequence[_Need], stops: Iterable[int]) -> bool:
    chosen = list(stops)
    return all(sum(need.have.get(stop, 0) for stop in chosen) >= need.wanted for need in needs)


def _greedy(needs: Sequence[_Need], seed: str) -> frozenset[int]:
    """Stop again and again where most of what is still lacking lies; then leave out whatever is not needed."""
    every = {stop for need in needs for stop in need.have}
    row = sorted(every, key=lambda stop: (draw(seed, f"stop:{stop}"), stop))
    lacking = [need.wanted for need in needs]
    chosen: list[int] = []
    while any(lacking):
        best, most = 0, -1.0
        for stop in row:
            gain = sum(
                min(left, need.have.get(stop, 0)) / need.wanted
                for left, need in zip(lacking, needs, strict=True)
                if left
            )
            if gain > most:
                best, most = stop, gain
        chosen.append(best)
        row.remove(best)
        lacking = [max(0, left - need.have.get(best, 0)) for left, need in zip(lacking, needs, strict=True)]
    for stop in list(chosen):
        if _fills(needs, [other for other in chosen if other != stop]):
            chosen.remove(stop)
    return frozenset(chosen)


def _solved(needs: Sequence[_Need], floor: frozenset[int], seconds: float) -> frozenset[int] | None:
    """Return the fewest villages that the solver finds, or None where the clock cut it off."""
    import highspy  # here, since with numpy it takes 30 MB, and only a basket of several goods needs it

    stops = sorted({stop for need in needs for stop in need.have})
    column = {stop: number for number, stop in enumerate(stops)}
    model = highspy.Highs()
    for name, value in {
        "output_flag": False, "threads": 1, "random_seed": 0, "time_limit": seconds, "mip_max_nodes": NODES,
        "mip_abs_gap": 0.999,
    }.items():  # fmt: skip
        model.setOptionValue(name, value)
    for _stop in stops:
        model.addCol(1.0, 0.0, 1.0, 0, [], [])
    model.changeColsIntegrality(len(stops), list(range(len(stops))), [highspy.HighsVarType.kInteger] * len(stops))
    for need in needs:
        if need.wanted:
            shares = [units / need.wanted for units in need.have.values()]
            model.addRow(1.0, highspy.kHighsInf, len(shares), [column[stop] for stop in need.have], shares)
    model.addRow(0.0, len(floor) - 1.0, len(stops), list(range(len(stops))), [1.0] * len(stops))
    model.run()
    if model.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit):
        return None
    values = model.getSolution().col_value
    return frozenset(stop for stop, value in zip(stops, values, strict=True) if value > 0.5)
