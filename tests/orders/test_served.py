"""Who was served this season: what counts, for whom, how evenly; and what a plan says of how it would be brought."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services.households import merge
from kernel.weight import both
from orders.pages.plans import plan_cards
from orders.pages.words import reason_for
from orders.selectors.carting import CartRule
from orders.selectors.plans import Want, plans_for
from orders.selectors.reasons import written
from orders.selectors.served import season_spread, served_g
from orders.services import asking
from orders.services.placing import Take, Wish
from orders.services.weighing import Weighed
from records.models import PolicyValue
from tests.factories import MONDAY, TUESDAY, a_household, a_listing, a_place, a_user, login
from tests.orders.steps import DELIVER_ON, KG, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FAR = 180


def quantities(plan):
    return {pick.lot.listing_id: pick.quantity / KG for pick in plan.split.picks}


def key(household):
    return f"household:{household.pk}"


def set_policy(name, value):
    PolicyValue.objects.create(
        name=name, value=str(value), from_on=MONDAY.date() - DAY, set_by=a_user("甲"), confirmed_by=a_user("乙"),
        confirmed_at=MONDAY - DAY,
    )  # fmt: skip


def test_what_is_promised_or_sold_counts_and_what_is_given_back_or_refused_does_not(
    story, cabbage, xiuying_household, cabbage_of_xiuying, cabbage_of_guiying, guiying_household
):
    story.asked(wish((cabbage_of_xiuying, 10)))
    called_off = story.asked(wish((cabbage_of_xiuying, 7)))
    asking.cancel(called_off, by=story.people["chef"], at=TUESDAY, why="不要了")
    story.signed(wish((cabbage_of_guiying, 30)), weights=[Weighed(30_000, refused_g=4_000, reason="rotten")])

    with CaptureQueriesContext(connection) as asked:
        served = served_g(cabbage, at=TUESDAY, days=FAR)

    assert served == {key(xiuying_household): 10 * KG, key(guiying_household): 26 * KG}
    assert len(asked) == 1


def test_other_goods_and_lots_of_the_season_before_do_not_count(story, cabbage, duck, xiuying_household, ducks):
    old = a_listing(xiuying_household, cabbage, kg=50, at=MONDAY - 3 * DAY)
    story.place(wish((old, 20)))

    assert served_g(cabbage, at=MONDAY, days=FAR) == {key(xiuying_household): 20 * KG}
    assert served_g(cabbage, at=MONDAY, days=2) == {}
    assert served_g(duck, at=MONDAY, days=FAR) == {}


def test_heads_count_by_their_weight(story, duck, ducks, xiuying_household):
    story.place(Wish(duck.pk, (Take(ducks.pk, 4, ducks.price_fen, ducks.price_unit_g),)))

    assert served_g(duck, at=MONDAY, days=FAR) == {key(xiuying_household): 4 * ducks.piece_g}


def test_merged_households_were_served_as_one(
    story, cabbage, xiuying_household, guiying_household, cabbage_of_xiuying, cabbage_of_guiying
):
    story.place(wish((cabbage_of_xiuying, 10), (cabbage_of_guiying, 5)))

    merge(guiying_household, xiuying_household, at=MONDAY)

    assert served_g(cabbage, at=MONDAY, days=FAR) == {key(xiuying_household): 15 * KG}


def test_of_two_equal_lots_the_household_served_less_goes_first(story, school, cabbage, changxi):
    one, other = (a_listing(a_household(changxi), cabbage, kg=100) for _household in range(2))
    want = Want(cabbage, 10 * KG, DELIVER_ON)
    for first, second in ((one, other), (other, one)):
        story.place(wish((first, 12)))
        for plan in plans_for(replace(want), buyer=school, at=MONDAY)[:2]:
            assert quantities(plan) == {second.pk: 10}
        story.place(wish((second, 13)))


def test_a_season_of_fair_plans_keeps_the_greatest_share_near_the_mean(story, school, cabbage, changxi):
    for _household in range(5):
        a_listing(a_household(changxi), cabbage, kg=100)
    for _order in range(10):
        plan = plans_for(Want(cabbage, 20 * KG, DELIVER_ON), buyer=school, at=MONDAY)[0]
        story.place(wish_of(cabbage, plan))

    (spread,) = season_spread(at=MONDAY, on=MONDAY.date())

    assert (spread.code, spread.owners, spread.served, spread.total_g) == (cabbage.code, 5, 5, 200 * KG)
    assert spread.permille == 1000


def test_the_spread_counts_everybody_who_offered(story, cabbage, cabbage_of_xiuying, cabbage_of_guiying):
    story.place(wish((cabbage_of_xiuying, 60)))

    with CaptureQueriesContext(connection) as asked:
        (spread,) = season_spread(at=MONDAY, on=MONDAY.date())

    assert (spread.owners, spread.served, spread.greatest_g, spread.permille) == (2, 1, 60 * KG, 2000)
    assert len(asked) == 2


def test_everybody_reads_how_evenly_sales_fell_where_enough_offered(
    client, now, story, cabbage, cabbage_of_xiuying, cabbage_of_guiying, changxi
):
    story.place(wish((cabbage_of_xiuying, 60)))
    assert client.get(reverse("api-fair-shares")).json() == []
    a_listing(a_household(changxi), cabbage, kg=40)

    page = client.get(reverse("fair-shares")).content.decode()
    [row] = client.get(reverse("api-fair-shares")).json()

    assert row == {
        "produce": cabbage.code, "produce_name": cabbage.name, "owners": 3, "served": 1, "total": "60",
        "greatest": "60", "permille": 3000,
    }  # fmt: skip
    assert cabbage.name in page and '<b class="off">3</b>' in page
    english = {"Accept-Language": "en"}
    assert client.get(reverse("api-fair-shares"), headers=english).json()[0]["produce_name"] == cabbage.name_en
    assert cabbage.name_en in client.get(reverse("fair-shares"), headers=english).content.decode()


def elsewhere_in(village):
    return a_place("360735101299", "village", "远山村", village.parent)


def wish_of(produce, plan):
    takes = tuple(
        Take(p.lot.listing_id, p.quantity, p.lot.price_fen, p.lot.price_unit_g, written(p.why))
        for p in plan.split.picks
    )
    return Wish(produce.pk, takes, plan=plan.kind, seed=plan.split.seed, asked_g=plan.want.asked_g)


def test_a_household_reads_who_waits_and_what_it_had_sold(story, school, cabbage, changxi):
    less, more = (a_listing(a_household(changxi), cabbage, kg=100) for _household in range(2))
    story.place(wish((less, 4), (more, 30)))
    plan = plans_for(Want(cabbage, 12 * KG, DELIVER_ON), buyer=school, at=MONDAY)[0]

    order = story.place(wish_of(cabbage, plan))

    said = reason_for(order.allocations.get(listing=less))
    assert "1 家这回没轮到" in said
    assert f"之前你家卖了 {both(4 * KG)}" in said
    assert order.lines.get().rule == "3"


def test_a_cap_leaves_the_rest_to_others_and_the_household_reads_it(story, school, cabbage, changxi):
    set_policy("season_cap_g", 50 * KG)
    one, other = (a_listing(a_household(changxi), cabbage, kg=100) for _household in range(2))
    story.place(wish((one, 20)))

    for plan in plans_for(Want(cabbage, 200 * KG, DELIVER_ON), buyer=school, at=MONDAY):
        assert quantities(plan) == {one.pk: 30, other.pk: 50}
        assert plan.split.short == 120 * KG

    order = story.place(wish_of(cabbage, plans_for(Want(cabbage, 80 * KG, DELIVER_ON), buyer=school, at=MONDAY)[0]))
    assert "这一季你家还能卖的都要了" in reason_for(order.allocations.get(listing=one))


def test_freight_and_arrival_follow_the_published_rule():
    rule = CartRule(stop_fen=12_00, hundred_kg_fen=6_00, leaves_minute=270, stop_minutes=20)

    assert [rule.freight_fen(5, grams) for grams in (300_000, 300_001)] == [78_00, 84_00]
    assert [rule.arrival_minute(stops) for stops in (2, 5, 400)] == [310, 370, 1439]


def test_plans_say_their_stops_freight_arrival_harvest_and_keeping(
    school, cabbage, changxi, cabbage_of_xiuying, cabbage_of_guiying
):
    elsewhere = a_listing(a_household(elsewhere_in(changxi)), cabbage, kg=400, price_fen=90, at=MONDAY - DAY)

    fair, _cheapest, fewest = plans_for(Want(cabbage, 150 * KG, DELIVER_ON), buyer=school, at=MONDAY)

    assert quantities(fewest) == {elsewhere.pk: 150}
    assert (fair.split.stops, fewest.split.stops) == (2, 1)
    assert (fewest.freight_fen, fewest.arrival_minute) == (12_00 + 2 * 6_00, 290)
    day = (MONDAY - DAY).date()
    assert fewest.harvested == (day, day)
    assert fewest.keeps_days == (elsewhere.sell_by - DELIVER_ON).days
    assert fair.harvested == (day, MONDAY.date())


def test_the_plan_page_compares_three_plans_in_few_statements(
    client, now, school, fund, chef_chen, changxi, cabbage, cabbage_of_xiuying, cabbage_of_guiying
):
    a_listing(a_household(elsewhere_in(changxi)), cabbage, kg=400, price_fen=90)
    login(client, chef_chen)
    typed = {"produce": "cabbage", "quantity_0": "150", "quantity_1": "kg", "on": "2026-11-05", "fund": str(fund.pk)}
    client.get(reverse("order-plan"), typed)

    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("order-plan"), typed)

    body = page.content.decode()
    assert len(asked) <= 15
    for words in (
        "停几站",
        "运费大约",
        "4 点 50",
        "采收",
        "送到后还能放",
        "这一季卖得少的",
        "每家最少 10 公斤",
        "停一个村 12.00 元",
    ):
        assert words in body, words
    assert body.count('class="best"') >= 4


def test_no_figure_is_the_best_where_all_plans_are_alike(school, fund, cabbage, cabbage_of_guiying):
    cards = plan_cards(plans_for(Want(cabbage, 50 * KG, DELIVER_ON), buyer=school, at=MONDAY), fund)

    assert not any(fact.best for card in cards for fact in card.facts)
