"""Plans on real lots: who may take part, what a share costs, and the sentence that tells a household why."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services.households import merge
from catalog.services import listings
from kernel import clock
from kernel.weight import parse_quantity
from orders.pages.words import reason_for
from orders.selectors import asks_for, plans, steps_of_listing
from orders.selectors.plans import Want, plan_of, plans_for
from orders.selectors.reasons import read, written
from orders.services.placing import NotReadyYet, Take, Wish
from orders.services.weighing import Weighed
from tests.factories import MONDAY, a_household, a_listing, a_user
from tests.orders.steps import DELIVER_ON, KG, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def quantities(plan):
    return {pick.lot.listing_id: pick.quantity / KG for pick in plan.split.picks}


def test_poor_households_share_first_then_the_neighbour_then_nobody_is_left(
    story, school, cabbage, cabbage_of_xiuying, cabbage_of_guiying, cabbage_of_coop
):
    fair, cheapest, fewest = plans_for(Want(cabbage, 150 * KG, DELIVER_ON), buyer=school, at=MONDAY)

    assert quantities(fair) == {cabbage_of_xiuying.pk: 100, cabbage_of_guiying.pk: 25, cabbage_of_coop.pk: 25}
    assert fair.total_fen == 160_00 + 37_50 + 45_00
    assert (fair.poor_owners, fair.poor_g) == (1, 100 * KG)
    assert quantities(cheapest) == {cabbage_of_guiying.pk: 80, cabbage_of_xiuying.pk: 70}
    assert cheapest.total_fen == 120_00 + 112_00
    assert quantities(fewest) == {cabbage_of_coop.pk: 150}


def test_lots_that_spoil_cost_too_much_or_are_held_take_no_part(
    story, school, cabbage, cabbage_of_xiuying, cabbage_of_guiying
):
    spoiled = Want(cabbage, 10 * KG, dt.date(2026, 11, 13))
    capped = Want(cabbage, 200 * KG, DELIVER_ON, ceiling_fen_per_kg=155)
    story.place(wish((cabbage_of_xiuying, 95)))

    assert [plan.split.picks for plan in plans_for(spoiled, buyer=school, at=MONDAY)] == [[], [], []]
    assert quantities(plans_for(capped, buyer=school, at=MONDAY)[0]) == {cabbage_of_guiying.pk: 80}
    assert quantities(plans_for(Want(cabbage, 200 * KG, DELIVER_ON), buyer=school, at=MONDAY)[0]) == {
        cabbage_of_xiuying.pk: 5,
        cabbage_of_guiying.pk: 80,
    }


def test_beyond_the_most_lots_poor_households_are_looked_at_first_and_the_rest_is_counted(
    school, changxi, cabbage, monkeypatch
):
    monkeypatch.setattr(plans, "MOST_LOTS", 3)
    soon = [a_listing(a_household(changxi, tier="ordinary"), cabbage, kg=50, at=MONDAY - DAY) for _lot in range(3)]
    poor = [a_listing(a_household(changxi), cabbage, kg=50) for _lot in range(2)]

    for plan in plans_for(Want(cabbage, 150 * KG, DELIVER_ON), buyer=school, at=MONDAY):
        assert (plan.looked_at, plan.there_are) == (3, 5)
        assert quantities(plan) == dict.fromkeys([poor[0].pk, poor[1].pk, soon[0].pk], 50)


def test_as_many_lots_as_may_be_looked_at_are_counted_in_the_same_statement(
    school, cabbage, cabbage_of_xiuying, cabbage_of_guiying, monkeypatch
):
    want = Want(cabbage, 150 * KG, DELIVER_ON)
    with CaptureQueriesContext(connection) as of_all:
        plans_for(want, buyer=school, at=MONDAY)
    monkeypatch.setattr(plans, "MOST_LOTS", 2)

    with CaptureQueriesContext(connection) as of_as_many:
        plan = plans_for(want, buyer=school, at=MONDAY)[0]

    assert (plan.looked_at, plan.there_are) == (2, 2)
    assert len(of_as_many) == len(of_all)


def test_the_same_day_and_buyer_draw_the_same_plan_and_another_buyer_another(school, hospital, changxi, cabbage):
    for _household in range(12):
        a_listing(a_household(changxi), cabbage, kg=50)
    want = Want(cabbage, 30 * KG, DELIVER_ON)

    first = plan_of("fair", want, buyer=school, at=MONDAY)

    assert first.print == plan_of("fair", want, buyer=school, at=MONDAY).print
    assert first.split.owners == 3
    assert first.split.seed != plan_of("fair", want, buyer=hospital, at=MONDAY).split.seed


def test_a_household_reads_why_it_got_forty_of_its_hundred_kilos(story, school, changxi, cabbage, cabbage_of_xiuying):
    a_listing(a_household(changxi), cabbage, kg=100)
    plan = plan_of("fair", Want(cabbage, 80 * KG, DELIVER_ON), buyer=school, at=MONDAY)
    takes = tuple(
        Take(p.lot.listing_id, p.quantity, p.lot.price_fen, p.lot.price_unit_g, written(p.why))
        for p in plan.split.picks
    )
    order = story.asked(Wish(cabbage.pk, takes, plan=plan.kind, seed=plan.split.seed))

    allocation = order.allocations.get(listing=cabbage_of_xiuying)

    assert (allocation.quantity, read(allocation.why).had) == (40 * KG, 100 * KG)
    assert "200" in reason_for(allocation) and "80" in reason_for(allocation)
    line = order.lines.get()
    assert (line.plan, line.seed) == ("fair", plan.split.seed)


def test_ducks_are_planned_whole(school, duck, ducks):
    fair, *_others = plans_for(Want(duck, 12, DELIVER_ON), buyer=school, at=MONDAY)

    assert [pick.quantity for pick in fair.split.picks] == [12]
    assert fair.total_fen == 756_00


def test_the_farmers_page_follows_each_buyer(story, xiuying_household, cabbage_of_xiuying):
    story.asked(wish((cabbage_of_xiuying, 10)))
    story.confirmed(wish((cabbage_of_xiuying, 20)))
    story.signed(wish((cabbage_of_xiuying, 30)), weights=[Weighed(28_000, reason="short")])

    assert [lot.quantity for lot in asks_for(xiuying_household)] == [10 * KG]
    assert [(step.stage.value, step.quantity, step.amount_fen) for step in steps_of_listing(cabbage_of_xiuying)] == [
        ("asked", 10 * KG, 16_00),
        ("confirmed", 20 * KG, 32_00),
        ("owed", 28 * KG, 44_80),
    ]


def a_forecast(household, cabbage, *, days):
    day = clock.county_day(MONDAY)
    expected = day + dt.timedelta(days=days), day + dt.timedelta(days=days + 1)
    return listings.put_on_sale(
        household=household, produce=cabbage, quantity=parse_quantity("200", "jin"), price_fen=80, expected=expected,
        consent="visit", by=a_user("毛运"), at=MONDAY,
    )  # fmt: skip


def test_goods_not_yet_harvested_fill_only_orders_for_after_their_harvest(story, school, xiuying_household, cabbage):
    days = (DELIVER_ON - clock.county_day(MONDAY)).days
    in_time = a_forecast(xiuying_household, cabbage, days=days - 1)
    too_late = a_forecast(xiuying_household, cabbage, days=days)

    fair, *_others = plans_for(Want(cabbage, 150 * KG, DELIVER_ON), buyer=school, at=MONDAY)
    assert quantities(fair) == {in_time.pk: 100}

    with pytest.raises(NotReadyYet):
        story.place(wish((too_late, 10)))
    too_late.refresh_from_db()
    assert too_late.free() == 100 * KG
    assert story.place(wish((in_time, 10))).status == "awaiting"


def test_lots_of_merged_households_share_as_one(school, cabbage, xiuying_household, cabbage_of_xiuying, changxi):
    other = a_household(changxi, tier="ordinary")
    a_listing(other, cabbage, kg=100, price_fen=80)
    apart = plans_for(Want(cabbage, 40 * KG, DELIVER_ON), buyer=school, at=MONDAY)[0]
    assert len({pick.lot.owner for pick in apart.split.picks}) == 1  # the poor household alone

    merge(other, xiuying_household, at=MONDAY)

    together = plans_for(Want(cabbage, 150 * KG, DELIVER_ON), buyer=school, at=MONDAY)[0]
    assert {pick.lot.owner for pick in together.split.picks} == {f"household:{xiuying_household.pk}"}
    assert (together.poor_owners, together.poor_g) == (1, 150 * KG)
