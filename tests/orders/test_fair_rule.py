"""The published rule on a thousand small markets, against references that try every way."""

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.allocation import (
    Lot,
    Wanted,
    cheapest,
    draw,
    fair,
    fewest,
    fewest_together,
    three_plans,
    units_of,
    within_cap,
)

CASES = range(1000)
POOR = "ab"


def a_market(case):
    """Return a few lots of four owners, two of them poor, each served so much this season, in three villages."""
    chance = random.Random(case)
    served = {owner: chance.choice([0, 0, 3, 8]) for owner in "abcd"}
    lots = []
    for number in range(chance.randint(0, 6)):
        owner = chance.choice("abcd")
        lots.append(
            Lot(number, owner, owner in POOR, chance.randint(1, 3), chance.randint(0, 6), chance.randint(1, 4), 500,
                served_g=served[owner], stop=chance.randint(1, 3))
        )  # fmt: skip
    return lots, chance.randint(1, 14), chance.randint(1, 3), f"seed{case % 7}"


def by_owner(picks):
    given_by_owner: dict[str, int] = {}
    for pick in picks:
        given_by_owner[pick.lot.owner] = given_by_owner.get(pick.lot.owner, 0) + pick.quantity
    return given_by_owner


def reference(lots, asked, smallest, seed):
    """Work the rule once more, slowly: per turn the longest fitting row of owners, then the best of all divisions."""
    result: dict[str, int] = {}
    for poor in (True, False):
        left = asked - sum(result.values())
        had = {o: sum(lot.available for lot in lots if lot.owner == o and lot.poor == poor) for o in "abcd"}
        served = {lot.owner: lot.served_g for lot in lots}
        days = {o: min([lot.days_left for lot in lots if lot.owner == o and lot.available], default=0) for o in "abcd"}
        row = sorted((o for o in had if had[o]), key=lambda o: (served[o], days[o], draw(seed, o), o))
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


def test_fair_shares_equal_the_exact_answer_in_a_thousand_markets():
    for case in CASES:
        lots, asked, smallest, seed = a_market(case)
        ours = by_owner(fair(lots, asked, seed=seed, smallest=smallest).picks)
        assert ours == reference(lots, asked, smallest, seed), case


def test_nothing_is_cheaper_than_the_cheapest_in_a_thousand_markets():
    for case in CASES:
        lots, asked, _smallest, seed = a_market(case)
        wanted = min(asked, sum(lot.available for lot in lots))
        others = (
            sum(part * lot.price_fen for part, lot in zip(parts, lots, strict=True))
            for parts in itertools.product(*[range(lot.available + 1) for lot in lots])
            if sum(parts) == wanted
        )
        ours = sum(pick.quantity * pick.lot.price_fen for pick in cheapest(lots, asked, seed=seed).picks)
        assert ours == min(others), case


def least(have, wanted):
    """Return how few of these are enough."""
    sizes = (n for n in range(len(have) + 1) for some in itertools.combinations(have, n) if sum(some) >= wanted)
    return next(sizes)


def test_nothing_needs_fewer_villages_and_there_fewer_owners_in_a_thousand_markets():
    for case in CASES:
        lots, asked, _smallest, seed = a_market(case)
        ours = fewest(lots, asked, seed=seed)
        have = {stop: sum(lot.available for lot in lots if lot.stop == stop) for stop in (1, 2, 3)}
        wanted = min(asked, sum(have.values()))
        assert ours.stops == least(list(have.values()), wanted), case
        used = {pick.lot.stop for pick in ours.picks}
        there = [lot for lot in lots if lot.stop in used]
        owners = [sum(lot.available for lot in there if lot.owner == owner) for owner in "abcd"]
        assert ours.owners == least(owners, wanted), case


def a_basket(case):
    """Return one to nine wishes in up to eight villages; each lot may fill one of them."""
    chance = random.Random(case)
    wishes, number = [], itertools.count()
    villages = chance.randint(1, 8)
    for _wish in range(chance.randint(1, 9)):
        lots = [
            Lot(next(number), f"h{chance.randint(1, 9)}", False, 3, chance.randint(1, 9), 80, 500,
                stop=chance.randint(1, villages))
            for _lot in range(chance.randint(1, 5))
        ]  # fmt: skip
        wishes.append(Wanted(lots, chance.randint(1, 9)))
    return wishes


def fewest_of_all(wishes):
    """Try every set of villages."""
    villages = sorted({lot.stop for wish in wishes for lot in wish.lots})
    for size in range(len(villages) + 1):
        for some in itertools.combinations(villages, size):
            if all(
                sum(lot.available for lot in wish.lots if lot.stop in some)
                >= min(wish.asked, sum(lot.available for lot in wish.lots))
                for wish in wishes
            ):
                return size
    raise AssertionError("all villages are always enough")


def test_a_basket_stops_in_as_few_villages_as_any_way_in_a_thousand_baskets():
    for case in CASES:
        wishes = a_basket(case)
        ours = fewest_together(wishes, seed=str(case))
        assert len(ours.stops) == fewest_of_all(wishes), case
        for wish, split in zip(wishes, ours.splits, strict=True):
            assert split.filled == min(wish.asked, sum(lot.available for lot in wish.lots)), case


def test_some_baskets_are_better_than_the_greedy_way_and_without_time_the_greedy_way_stands():
    better = [case for case in CASES if fewest_together(a_basket(case), seed="s").solver == "highs"]
    assert better

    for case in better:
        hurried = fewest_together(a_basket(case), seed="s", seconds=0.0)
        assert hurried.solver == "greedy"
        assert len(hurried.stops) > fewest_of_all(a_basket(case))
        for wish, split in zip(a_basket(case), hurried.splits, strict=True):
            assert split.filled == min(wish.asked, sum(lot.available for lot in wish.lots))


def test_a_lot_that_could_fill_two_wishes_is_taken_once_and_left_to_the_wish_that_needs_it():
    shared = [Lot(1, "a", False, 3, 10, 80, 500, stop=1), Lot(2, "b", False, 3, 5, 80, 500, stop=2)]
    mine = [Lot(3, "c", False, 3, 6, 80, 500, stop=1)]

    ours = fewest_together([Wanted([*shared, *mine], 10), Wanted(shared, 11)], seed="s")

    taken = units_of([pick for split in ours.splits for pick in split.picks])
    assert [split.filled for split in ours.splits] == [10, 11]
    assert all(taken[lot.listing_id] <= lot.available for lot in [*shared, *mine])


def test_of_two_equal_lots_the_less_served_goes_first_in_every_plan():
    more = Lot(1, "a", True, 2, 50, 80, 500, served_g=7)
    less = Lot(2, "b", True, 2, 50, 80, 500, served_g=5)

    for seed in "pqrstuvw":
        for split in three_plans([more, less], 10, seed=seed, smallest=10):
            assert units_of(split.picks) == {2: 10}, split.kind


def test_served_less_goes_before_spoiling_sooner_and_after_being_poor():
    lots = [
        Lot(1, "a", True, 9, 10, 80, 500, served_g=900),
        Lot(2, "b", False, 1, 10, 80, 500, served_g=50),
        Lot(3, "c", False, 8, 10, 80, 500, served_g=0),
    ]

    assert units_of(fair(lots, 20, seed="s", smallest=10).picks) == {1: 10, 3: 10}


def test_the_caps_rest_is_all_that_is_taken_and_the_reason_says_how_much_was_beyond():
    lots = [
        Lot(1, "a", True, 3, 40, 80, 500, served_g=80),
        Lot(2, "a", True, 1, 10, 80, 500, served_g=80),
        Lot(3, "b", True, 1, 100, 80, 500),
        Lot(4, "c", True, 1, 30, 80, 500, served_g=100),
    ]

    split = fair(within_cap(lots, 100), 200, seed="s")

    assert units_of(split.picks) == {3: 100, 2: 10, 1: 10}
    assert split.short == 80
    reasons = {pick.lot.owner: pick.why for pick in split.picks}
    assert (reasons["a"].had, reasons["a"].beyond_cap, reasons["a"].served_g) == (50, 30, 80)


def test_heads_count_against_the_cap_by_their_weight():
    ducks = Lot(1, "a", True, 3, 20, 1800, 500, served_g=2_000, unit_g=1750)

    assert [lot.available for lot in within_cap([ducks], 10_000)] == [4]
    assert [lot.available for lot in within_cap([ducks], 0)] == [20]


def test_kilos_are_conserved_in_a_thousand_markets_with_a_cap():
    for case in CASES:
        lots, asked, smallest, seed = a_market(case)
        capped = within_cap(lots, 9)
        may = {lot.listing_id: lot.available for lot in capped}
        assert all(may[lot.listing_id] <= lot.available for lot in lots), case
        for split in three_plans(capped, asked, seed=seed, smallest=smallest):
            taken = units_of(split.picks)
            assert split.filled == min(asked, sum(may.values())), case
            assert all(0 < quantity <= may[number] for number, quantity in taken.items()), case
        for owner in "abcd":
            of = [lot for lot in capped if lot.owner == owner]
            assert sum(lot.available for lot in of) <= max(0, 9 - (of[0].served_g if of else 0)), case


@given(case=st.integers(0, 10**6), step=st.integers(1, 4), more=st.integers(1, 5), shuffle=st.randoms())
@settings(max_examples=400, deadline=None)
def test_owners_shares_are_monotone_and_the_order_of_lots_is_no_matter(case, step, more, shuffle):
    lots, asked, _smallest, seed = a_market(case)
    before = by_owner(fair(lots, asked, seed=seed, step=step, smallest=step).picks)
    mixed = shuffle.sample(lots, len(lots))
    assert by_owner(fair(mixed, asked, seed=seed, step=step, smallest=step).picks) == before

    wider = by_owner(fair(lots, asked + more, seed=seed).picks)
    exact = by_owner(fair(lots, asked, seed=seed).picks)
    assert all(wider[owner] >= quantity for owner, quantity in exact.items())
