"""The races of tests/races, run for as long as a market day: thousands of acts at once, and every promise still holds.

Each of them has its control beside the short race; here the same act only lasts longer, under three seeds.
"""

import datetime as dt
from collections import Counter

import pytest

from catalog.models import Listing
from marketplace.audit import breaches
from tests.factories import a_fund, a_household, a_listing
from tests.gates.conftest import RESULTS
from tests.orders.conftest import fund, story  # noqa: F401  (the ground of the orders)
from tests.orders.steps import KG, purse, totals
from tests.races import pairs
from tests.races import test_kilo_actors as actors
from tests.races import test_money_actors as money
from tests.races.test_kilo_actors import town  # noqa: F401
from tests.races.test_money_actors import new_years_lots, opened, people  # noqa: F401
from tests.races.test_orders import buyer_of, mixed, rush
from tests.races.test_pairs import ground  # noqa: F401

committed = pytest.mark.django_db(transaction=True)
TURNS, SEEDS, ORDERS, ROUNDS = 300, (1, 2, 3), 2000, 50
measured: dict[str, str] = {}


def write_down(race: str, words: str):
    """Put what a race did into the report."""
    measured[race] = f"- {race}: {words}"
    RESULTS["Long races"] = "\n".join(measured[name] for name in sorted(measured))


@committed
@pytest.mark.parametrize("seed", SEEDS)
def test_a_long_day_of_everybody_at_once_counts_no_kilo_twice(town, monkeypatch, seed):  # noqa: F811
    monkeypatch.setattr(actors, "SEED", seed * 1000)
    began = dt.datetime.now()

    done = Counter(actors.live(town, TURNS))

    took = (dt.datetime.now() - began).total_seconds()
    broken = breaches()
    write_down(
        f"everybody on the same lots, seed {seed}",
        f"{actors.ACTORS} actors × {TURNS} acts in {took:.0f} s: "
        + ", ".join(f"{number} × {what}" for what, number in sorted(done.items()))
        + f"; {len(broken)} promises broken.",
    )
    assert done.total() == actors.ACTORS * TURNS
    assert min(done[verb] for verb in ("order", "cancel", "withdraw", "claim", "unclaim", "expire")) >= 10
    assert [what for what in done if what.startswith("database refused")] == []
    assert all(lot.free() >= 0 for lot in Listing.objects.all())
    assert broken == []


@committed
@pytest.mark.parametrize("seed", SEEDS)
def test_a_long_new_year_of_everybody_gives_no_more_than_there_is(opened, monkeypatch, seed):  # noqa: F811
    monkeypatch.setattr(money, "SEED", seed * 1000)
    school, began = opened(), dt.datetime.now()

    steps = school.live(money.SESSIONS, TURNS)

    took = (dt.datetime.now() - began).total_seconds()
    broken = breaches()
    write_down(
        f"everybody on one purse over New Year, seed {seed}",
        f"{money.SESSIONS} sessions × {TURNS} acts, {steps} statements in {took:.0f} s: "
        + ", ".join(f"{number} × {what}" for what, number in sorted(school.done.items()))
        + f"; {len(broken)} promises broken.",
    )
    assert not school.refused_by
    assert broken == []


@committed
def test_two_thousand_mixed_orders_never_lock_each_other_out(story, changxi, cabbage):  # noqa: F811
    story.fund = a_fund(story.buyer, "canteen", yuan=100_000)
    lots = [a_listing(a_household(changxi), cabbage, kg=2000) for _household in range(10)]
    began = dt.datetime.now()

    met = rush(buyer_of(story, lambda number: mixed(lots, number)), range(ORDERS))

    took = (dt.datetime.now() - began).total_seconds()
    write_down("orders for the same ten lots in any order", f"{ORDERS} in {took:.0f} s: {dict(met)}.")
    assert met == {"done": ORDERS}
    assert sum(totals(lot)[1] for lot in lots) == ORDERS * 5 * KG
    assert purse(story.fund)[1] == sum(
        lot.reserved * lot.price_fen // lot.price_unit_g for lot in Listing.objects.all()
    )
    assert breaches() == []


@committed
@pytest.mark.parametrize("once", pairs.PAIRS + pairs.RACED_ELSEWHERE)
def test_fifty_times_two_at_once_count_as_one_after_the_other(once, ground):  # noqa: F811
    began = dt.datetime.now()

    for _round in range(ROUNDS):
        once(ground)

    took = (dt.datetime.now() - began).total_seconds()
    write_down(f"{once.__name__.replace('_', ' ')}", f"{ROUNDS} rounds in {took:.0f} s.")
    assert breaches() == []
