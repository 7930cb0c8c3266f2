"""The reserved share where several eat together or others cook: each yuan in one row, by the day of its signing."""

import datetime as dt

import pytest

from canteens.models import ShareUnit
from orders.models import Arrival, OrderUnit
from orders.services import delivering, receiving, returning
from orders.services.weighing import Weighed
from reports.selectors.shares import months_of, shares
from tests import factories
from tests.factories import FRIDAY, MONDAY, THURSDAY
from tests.orders.steps import Story, a_stored_photo, wish

pytestmark = pytest.mark.django_db
SIGNED, DAY = THURSDAY.date(), dt.timedelta(days=1)
YEAR, LONG_AGO = SIGNED.year, dt.date(SIGNED.year, 1, 1)
GOODS = 64_00


@pytest.fixture
def story(school, chef_chen, haulier, receiver_wang, receiver_sun, cashier_yu):
    people = {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    return Story(school, factories.a_fund(school, "canteen", by=cashier_yu), people)


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    """100 kg of a poor household at 1.60 a kilogram."""
    return factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying)


def counted(*units, at=FRIDAY):
    """Return what counts for these units, the union's part, and of all units together."""
    rows = shares(YEAR, at=at)
    by_unit = {row.organisation_id: row.counted_fen for row in rows}
    return [by_unit[one.pk] for one in units], sum(row.union_fen for row in rows), sum(by_unit.values())


# From which day to which the hospital reports the school's canteen, and whether it does on the day of signing.
DATES = [
    (SIGNED + DAY, None, 0),
    (SIGNED, None, 1),
    (SIGNED - DAY, None, 1),
    (LONG_AGO, SIGNED + DAY, 1),
    (LONG_AGO, SIGNED, 0),
    (LONG_AGO, SIGNED - DAY, 0),
]


@pytest.mark.parametrize("run_by", ["", "绿源餐饮"])
@pytest.mark.parametrize(("from_on", "to_on", "theirs"), DATES)
def test_goods_count_once_for_whoever_reports_on_the_day_of_signing(
    story, lot, school, hospital, from_on, to_on, theirs, run_by
):
    ShareUnit.objects.create(
        organisation=school, reported_by=hospital, run_by=run_by, document="7号", from_on=from_on, to_on=to_on
    )
    kitchen = factories.a_kitchen(hospital, shared_with=school, run_by=run_by)
    receipt = story.signed(wish((lot, 40)), kitchen=kitchen.pk)

    each = [GOODS * (1 - theirs), GOODS * theirs]
    assert counted(school, hospital) == (each, 0, GOODS)
    assert [months_of(YEAR, one.pk, at=FRIDAY).get(SIGNED.month, 0) for one in (school, hospital)] == each

    row = returning.ask_return(
        receipt.lines.get(), grams=10_000, reason="rotten", words="坏了",
        photos=[a_stored_photo(story.people["weigher"], FRIDAY)], by=story.people["weigher"], at=FRIDAY,
    )  # fmt: skip
    returning.agree_to_return(row, fate="free", by=lot.made_by, at=FRIDAY)
    assert counted(school, hospital) == ([fen * 3 // 4 for fen in each], 0, GOODS * 3 // 4)


@pytest.mark.parametrize(("from_on", "to_on", "theirs"), DATES)
def test_a_corrected_order_counts_for_the_unit_named_or_for_who_reports_that_one(
    story, lot, school, hospital, county, cashier_yu, second_qiu, from_on, to_on, theirs
):
    named = factories.an_organisation("buyer", "石城县教师进修学校", county, channel="school")
    ShareUnit.objects.create(organisation=named, reported_by=hospital, document="7号", from_on=from_on, to_on=to_on)
    trip = story.shipped(wish((lot, 40)))
    line = trip.lines.get()
    OrderUnit.objects.create(
        order=line.allocation.order, turn=1, organisation=named, why="点错了", document="9号", by=cashier_yu,
        confirmed_by=second_qiu, at=MONDAY,
    )  # fmt: skip
    delivering.arrive(trip, Arrival.How.BUYER, by=story.people["weigher"], at=THURSDAY)
    receipt = receiving.weigh(trip, {line.allocation_id: Weighed(40_000)}, by=story.people["weigher"], at=THURSDAY)
    receiving.sign(receipt, by=story.people["signer"], at=THURSDAY)

    assert counted(school, named, hospital) == ([0, GOODS * (1 - theirs), GOODS * theirs], 0, GOODS)


def test_a_canteen_that_others_share_moves_no_share_by_itself(story, lot, school, hospital):
    """Who buys counts, until the register of who reports says otherwise; the union's goods stand apart."""
    shared = factories.a_kitchen(hospital, shared_with=school)
    story.signed(wish((lot, 40)), kitchen=shared.pk)
    story.fund = factories.a_fund(school, "union")
    story.signed(wish((lot, 10)))

    assert counted(school, hospital) == ([GOODS, 0], 16_00, GOODS)
