"""An auditor works plans out again, to the byte, whatever has become of lots, households and tiers since."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import HouseholdTier
from accounts.services.households import merge
from catalog.models import Listing
from catalog.services import listings, pauses, recalls
from kernel.entering import entering
from kernel.weight import parse_quantity
from orders.models import OrderLine
from orders.selectors.plans import Want, plan_of, plans_for, supply_for
from orders.selectors.reasons import written
from orders.selectors.replay import may_replay, replay, supply_then
from orders.services import asking
from orders.services.placing import Take, Wish
from tests.factories import MONDAY, TUESDAY, WEDNESDAY, a_household, a_listing, a_user
from tests.orders.steps import DELIVER_ON, KG, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
KINDS = ("fair", "cheapest", "fewest")


@pytest.fixture
def market(story, changxi, other_village, cabbage, director_lin):
    """Eight households of two villages with cabbage, two of them served before, one not poor, one away."""
    lots = []
    for number in range(8):
        village = changxi if number % 2 else other_village
        household = a_household(village, tier="ordinary" if number == 7 else "lifted")
        lots.append(a_listing(household, cabbage, kg=40 + 7 * number, price_fen=70 + number, at=MONDAY))
    story.place(wish((lots[0], 12), (lots[1], 5)), at=MONDAY + HOUR)
    pauses.go_away(household=lots[2].household, until=DELIVER_ON, consent="visit", by=director_lin, at=MONDAY + HOUR)
    listings.change_price(lots[3], price_fen=75, by=lots[3].made_by, at=MONDAY + HOUR)
    return [Listing.objects.get(pk=lot.pk) for lot in lots]


@pytest.fixture
def forecast(changxi, cabbage):
    """A lot that is harvested by the day of delivery."""
    return listings.put_on_sale(
        household=a_household(changxi), produce=cabbage, quantity=parse_quantity("60", "kg"), price_fen=65,
        expected=(DELIVER_ON - DAY, DELIVER_ON - DAY), consent="visit", by=a_user("毛运"), at=MONDAY,
    )  # fmt: skip


def placed(story, produce, kind, *, kg=90, at=TUESDAY, **more):
    """Place the plan of this kind as the page does; return its line."""
    want = Want(produce, kg * KG, DELIVER_ON, **more)
    plan = plan_of(kind, want, buyer=story.buyer, at=at)
    takes = tuple(
        Take(p.lot.listing_id, p.quantity, p.lot.price_fen, p.lot.price_unit_g, written(p.why))
        for p in plan.split.picks
    )
    line = Wish(produce.pk, takes, plan=plan.kind, seed=plan.split.seed, asked_g=want.asked_g,
                ceiling_fen_per_kg=want.ceiling_fen_per_kg)  # fmt: skip
    return OrderLine.objects.get(order=story.place(line, at=at))


def price_falls(market, story, by):
    listings.change_price(market[6], price_fen=60, by=by, at=WEDNESDAY)


def another_order_takes_some(market, story, by):
    story.place(wish((market[6], 20), (market[5], 9)), at=WEDNESDAY)


def the_order_is_called_off(market, story, by):
    order = OrderLine.objects.latest("pk").order
    asking.cancel(order, why="不要了", by=by, at=WEDNESDAY)


def a_lot_leaves(market, story, by):
    listings.stop_sale(market[3], reason="查农残", by=by, at=WEDNESDAY)


def a_lot_is_taken_back(market, story, by):
    listings.withdraw(market[6], reason="eaten", by=by, at=WEDNESDAY)


def a_lot_is_recalled(market, story, by):
    recalls.mark_recalled(market[4], reason="农残", by=by, at=WEDNESDAY)


def a_seller_goes_away(market, story, by):
    pauses.go_away(household=market[5].household, until=DELIVER_ON + DAY, consent="visit", by=by, at=WEDNESDAY)


def a_seller_comes_back(market, story, by):
    pauses.come_back(household=market[2].household, consent="visit", by=by, at=WEDNESDAY)


def households_are_merged(market, story, by):
    merge(market[1].household, market[4].household, at=WEDNESDAY)


def a_tier_ends(market, story, by):
    with entering("test"):
        HouseholdTier.objects.filter(household=market[4].household).update(to_on=WEDNESDAY.date())


def a_new_lot_comes(market, story, by):
    a_listing(a_household(market[0].village), market[0].produce, kg=500, price_fen=50, at=WEDNESDAY)


SINCE = [
    price_falls, another_order_takes_some, the_order_is_called_off, a_lot_leaves, a_lot_is_taken_back,
    a_lot_is_recalled, a_seller_goes_away, a_seller_comes_back, households_are_merged, a_tier_ends, a_new_lot_comes,
]  # fmt: skip


@pytest.mark.parametrize("since", SINCE)
def test_whatever_happens_since_the_plan_comes_out_the_same(story, market, forecast, cabbage, director_lin, since):
    want = Want(cabbage, 90 * KG, DELIVER_ON)
    before = supply_for(want, at=TUESDAY, season_days=180)
    line = placed(story, cabbage, "fair")

    since(market, story, director_lin)

    assert supply_then(want, at=TUESDAY, season_days=180) == before
    found = replay(line)
    assert found.same, (found.kept, found.again)
    assert found.kept.count(b"\n") == line.allocations.count() > 3


@pytest.mark.parametrize("since", [price_falls, a_lot_leaves, a_seller_comes_back, a_new_lot_comes])
def test_each_of_these_would_have_changed_the_lots_had_it_been_earlier(
    story, market, forecast, cabbage, director_lin, since
):
    want = Want(cabbage, 90 * KG, DELIVER_ON)
    before = supply_for(want, at=TUESDAY, season_days=180)

    since(market, story, director_lin)

    assert supply_for(want, at=WEDNESDAY, season_days=180) != before


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_plan_is_worked_out_again(story, market, forecast, cabbage, kind):
    line = placed(story, cabbage, kind, ceiling_fen_per_kg=152)

    assert may_replay(line)
    assert replay(line).same


def test_a_forecast_harvested_since_is_a_forecast_then(story, market, forecast, cabbage, director_lin):
    want = Want(cabbage, 90 * KG, DELIVER_ON)
    before = supply_for(want, at=TUESDAY, season_days=180)
    line = placed(story, cabbage, "cheapest")

    listings.harvest(forecast, on=WEDNESDAY.date() - DAY, by=forecast.made_by, at=WEDNESDAY)

    forecast.refresh_from_db()
    assert supply_for(want, at=WEDNESDAY, season_days=180) != before
    assert supply_then(want, at=TUESDAY, season_days=180) == before
    assert replay(line).same


def test_a_line_that_helped_somebody_out_of_turn_is_found(story, market, cabbage):
    want = Want(cabbage, 90 * KG, DELIVER_ON)
    plan = plans_for(want, buyer=story.buyer, at=TUESDAY)[0]
    first, *others = plan.split.picks
    takes = tuple(
        Take(p.lot.listing_id, p.quantity + more, p.lot.price_fen, p.lot.price_unit_g, written(p.why))
        for p, more in [(first, 500), (others[0], -500), *((p, 0) for p in others[1:])]
    )
    line = Wish(cabbage.pk, takes, plan=plan.kind, seed=plan.split.seed, asked_g=want.asked_g)

    order = story.place(line, at=TUESDAY)

    assert not replay(order.lines.get()).same
    with pytest.raises(CommandError, match="1 lines"):
        call_command("replay_plan", order.number, stdout=io.StringIO())


def test_a_draw_with_a_seed_of_ones_own_is_found(story, market, cabbage):
    want = Want(cabbage, 90 * KG, DELIVER_ON)
    plan = plans_for(want, buyer=story.buyer, at=TUESDAY)[0]
    takes = tuple(
        Take(
            p.lot.listing_id,
            p.quantity,
            p.lot.price_fen,
            p.lot.price_unit_g,
            written(p.why).replace(p.why.seed, "my own"),
        )
        for p in plan.split.picks
    )

    order = story.place(Wish(cabbage.pk, takes, plan=plan.kind, seed="my own", asked_g=want.asked_g), at=TUESDAY)

    assert not replay(order.lines.get()).same


def test_the_command_says_of_each_line_whether_it_is_the_same(story, market, cabbage):
    line = placed(story, cabbage, "fair")
    chosen = story.place(wish((market[6], 3)), at=WEDNESDAY)
    said = io.StringIO()

    call_command("replay_plan", line.order.number, stdout=said)
    call_command("replay_plan", chosen.number, stdout=said)

    assert said.getvalue().splitlines() == ["1 cabbage: same", "1 cabbage: chosen by the buyer, or by another rule"]
    with pytest.raises(CommandError, match="No order"):
        call_command("replay_plan", "D000", stdout=said)
