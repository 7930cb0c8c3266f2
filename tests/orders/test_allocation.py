"""The published rule of sharing a wish among many small lots, against a reference that tries everything."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.allocation import Lot, PlanKind, cheapest, draw, fair, fewest, three_plans, units_of

KG = 1000


def a_lot(number, kg, *, owner=None, poor=True, days=5, price=80):
    return Lot(number, owner or f"h{number}", poor, days, kg * KG, price, 500)


def kilos(split):
    return {listing: quantity / KG for listing, quantity in units_of(split.picks).items()}


def test_everybody_gets_the_same_up_to_what_they_have():
    lots = [a_lot(1, 100), a_lot(2, 30), a_lot(3, 200)]

    split = fair(lots, 150 * KG, seed="s", smallest=10 * KG)

    assert kilos(split) == {1: 60, 2: 30, 3: 60}
    assert split.short == 0


def test_poor_households_come_before_others():
    lots = [a_lot(1, 100, poor=False), a_lot(2, 40), a_lot(3, 40)]

    assert kilos(fair(lots, 100 * KG, seed="s", smallest=10 * KG)) == {1: 20, 2: 40, 3: 40}


def test_nobody_is_asked_for_less_than_the_smallest_parcel():
    lots = [a_lot(number, 50, days=number) for number in range(1, 21)]

    split = fair(lots, 45 * KG, seed="s", smallest=10 * KG)

    assert kilos(split) == {1: 11.25, 2: 11.25, 3: 11.25, 4: 11.25}


def test_the_smallest_parcel_gives_way_before_the_canteen_goes_short():
    lots = [a_lot(1, 12, days=1), a_lot(2, 12, days=2), a_lot(3, 12, days=3)]

    split = fair(lots, 25 * KG, seed="s", smallest=10 * KG, step=500)

    assert kilos(split) == {1: 8.5, 2: 8.5, 3: 8}
    assert split.short == 0


def test_goods_that_spoil_first_go_first_when_not_all_can_take_part():
    lots = [a_lot(1, 50, days=9), a_lot(2, 50, days=2), a_lot(3, 50, days=4)]

    assert kilos(fair(lots, 20 * KG, seed="s", smallest=10 * KG)) == {2: 10, 3: 10}


def test_between_equals_the_draw_decides_and_another_seed_may_decide_otherwise():
    lots = [a_lot(number, 50) for number in range(1, 9)]

    chosen = {seed: frozenset(kilos(fair(lots, 10 * KG, seed=seed, smallest=10 * KG))) for seed in "abcdefgh"}

    assert all(len(one) == 1 for one in chosen.values())
    assert len(set(chosen.values())) > 1
    assert chosen["a"] == frozenset({min(range(1, 9), key=lambda n: draw("a", f"h{n}"))})


def test_an_owner_with_two_lots_counts_once_and_gives_the_older_first():
    lots = [a_lot(1, 30, owner="x", days=6), a_lot(2, 30, owner="x", days=2), a_lot(3, 60, owner="y")]

    assert kilos(fair(lots, 80 * KG, seed="s", smallest=10 * KG)) == {2: 30, 1: 10, 3: 40}


def test_shares_are_whole_jin_and_the_crumbs_lose_nothing():
    lots = [a_lot(1, 100, days=1), a_lot(2, 100, days=2), a_lot(3, 100, days=3)]

    split = fair(lots, 100 * KG + 1, seed="s", smallest=10 * KG, step=500)

    assert [units_of(split.picks)[n] for n in (1, 2, 3)] == [33_500, 33_500, 33_001]
    assert split.filled == 100 * KG + 1


def test_ducks_go_whole():
    lots = [Lot(1, "a", True, 5, 7, 1800, 500), Lot(2, "b", True, 5, 20, 1800, 500), Lot(3, "c", True, 5, 2, 1800, 500)]

    split = fair(lots, 20, seed="s", smallest=6)

    assert units_of(split.picks) == {1: 7, 2: 11, 3: 2}


def test_the_cheapest_plan_starts_with_the_lowest_price_per_kilo():
    dear = Lot(1, "a", True, 5, 50 * KG, 90, 500)
    cheap_by_kilo = Lot(2, "b", False, 5, 30 * KG, 150, 1000)
    middle = Lot(3, "c", False, 5, 50 * KG, 80, 500)

    split = cheapest([dear, cheap_by_kilo, middle], 60 * KG, seed="s", smallest=10 * KG)

    assert kilos(split) == {2: 30, 3: 30}


def test_the_last_of_the_cheapest_still_gets_a_whole_parcel():
    lots = [a_lot(1, 50, price=70), a_lot(2, 50, price=80)]

    assert kilos(cheapest(lots, 53 * KG, seed="s", smallest=10 * KG)) == {1: 43, 2: 10}


def test_the_fewest_stops_begin_with_whoever_has_most():
    lots = [a_lot(1, 40), a_lot(2, 300), a_lot(3, 250), a_lot(4, 60)]

    split = fewest(lots, 500 * KG, seed="s", smallest=10 * KG)

    assert kilos(split) == {2: 300, 3: 200}
    assert split.owners == 2


def test_three_plans_stand_side_by_side_and_say_what_nobody_has():
    plans = three_plans([a_lot(1, 40)], 100 * KG, seed="s", smallest=10 * KG)

    assert [plan.kind for plan in plans] == [PlanKind.FAIR, PlanKind.CHEAPEST, PlanKind.FEWEST]
    assert [plan.short for plan in plans] == [60 * KG] * 3


def test_no_lots_give_an_empty_plan():
    assert [plan.picks for plan in three_plans([], 10 * KG, seed="s")] == [[], [], []]


def _lots(rows):
    """Make lots whose owner says whether the household is poor, as in life."""
    return [Lot(n, owner, owner in "ab", days, have, price, 500) for n, (have, days, price, owner) in enumerate(rows)]


a_row = st.tuples(st.integers(0, 6), st.integers(1, 3), st.integers(1, 4), st.sampled_from("abcd"))
lots_of_all_kinds = st.lists(a_row, max_size=5).map(_lots)
small = {
    "lots": lots_of_all_kinds,
    "asked": st.integers(1, 14),
    "smallest": st.integers(1, 3),
    "seed": st.text("xyz", max_size=2),
}


@given(**small)
@settings(max_examples=400, deadline=None)
def test_no_unit_is_lost_or_invented(lots, asked, smallest, seed):
    have = {lot.listing_id: lot.available for lot in lots}

    for split in three_plans(lots, asked, seed=seed, smallest=smallest):
        taken = units_of(split.picks)
        assert split.filled == min(asked, sum(have.values()))
        assert all(0 < quantity <= have[listing] for listing, quantity in taken.items())
        assert len(taken) == len(split.picks)


@given(**small)
@settings(max_examples=200, deadline=None)
def test_the_same_lots_in_any_order_give_the_same_answer(lots, asked, smallest, seed):
    assert [units_of(s.picks) for s in three_plans(lots, asked, seed=seed, smallest=smallest)] == [
        units_of(s.picks) for s in three_plans(lots[::-1], asked, seed=seed, smallest=smallest)
    ]


@given(**small)
@settings(max_examples=400, deadline=None)
def test_fair_shares_equal_the_reference_that_tries_every_way(lots, asked, smallest, seed):
    given_by_owner: dict[str, int] = {}
    for pick in fair(lots, asked, seed=seed, smallest=smallest).picks:
        given_by_owner[pick.lot.owner] = given_by_owner.get(pick.lot.owner, 0) + pick.quantity

    assert given_by_owner == _reference(lots, asked, seed, smallest)


@given(lots=lots_of_all_kinds, asked=st.integers(1, 14))
@settings(max_examples=300, deadline=None)
def test_no_other_way_is_cheaper_than_the_cheapest(lots, asked):
    ours = sum(pick.quantity * pick.lot.price_fen for pick in cheapest(lots, asked, seed="").picks)
    wanted = min(asked, sum(lot.available for lot in lots))

    others = (
        sum(part * lot.price_fen for part, lot in zip(parts, lots, strict=True))
        for parts in itertools.product(*[range(lot.available + 1) for lot in lots])
        if sum(parts) == wanted
    )

    assert ours == min(others)


@given(lots=lots_of_all_kinds, asked=st.integers(1, 14))
@settings(max_examples=300, deadline=None)
def test_no_other_way_needs_fewer_stops(lots, asked):
    have: dict[str, int] = {}
    for lot in lots:
        have[lot.owner] = have.get(lot.owner, 0) + lot.available
    wanted = min(asked, sum(have.values()))

    enough = (
        size
        for size in range(len(have) + 1)
        if any(sum(have[o] for o in some) >= wanted for some in itertools.combinations(have, size))
    )

    assert fewest(lots, asked, seed="").owners == next(enough)


def _reference(lots, asked, seed, smallest):
    """Work the rule once more, slowly: per turn the longest fitting row of owners, then the best of all divisions."""
    result: dict[str, int] = {}
    for poor in (True, False):
        left = asked - sum(result.values())
        owners: dict[str, list] = {}
        for lot in lots:
            if lot.poor == poor and lot.available:
                owners.setdefault(lot.owner, []).append(lot)
        row = sorted(owners, key=lambda o: (min(lot.days_left for lot in owners[o]), draw(seed, o), o))
        had = {o: sum(lot.available for lot in owners[o]) for o in row}
        fitting = [
            n
            for n in range(len(row) + 1)
            if sum(min(smallest, had[o]) for o in row[:n]) <= left or sum(had[o] for o in row[: n - 1]) < left
        ]
        chosen = row[: max(fitting)] if left > 0 and row else []
        wanted = min(left, sum(had[o] for o in chosen))
        ways = [parts for parts in itertools.product(*[range(had[o] + 1) for o in chosen]) if sum(parts) == wanted]
        best = max(ways, key=lambda parts: (sorted(parts), parts))
        result |= {o: part for o, part in zip(chosen, best, strict=True) if part}
    return result


@pytest.mark.parametrize("owners", [2000])
def test_two_thousand_lots_are_shared_in_parcels_of_the_smallest_size(owners):
    lots = [a_lot(number, 30, days=1 + number % 10) for number in range(owners)]

    split = fair(lots, 500 * KG, seed="2026", smallest=10 * KG, step=500)

    assert split.owners == 50
    assert set(kilos(split).values()) == {10}
