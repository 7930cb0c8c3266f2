"""Plans kept while others order, end or keep the same goods; each race has a control without its guard that fails."""

import datetime as dt

import pytest

from catalog.models import Listing
from catalog.services import kilos
from orders.models import KeptPlan, PurchaseOrder
from orders.selectors.plans import Want
from orders.services import keeping, placing
from records.models import PolicyValue
from tests.factories import MONDAY, a_household, a_listing, a_user
from tests.orders.steps import DELIVER_ON, KG, totals, wish
from tests.races.crowd import Meeting, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
SECOND = dt.timedelta(seconds=1)
END = MONDAY + 900 * SECOND


@pytest.fixture
def last_ten(changxi, cabbage):
    return a_listing(a_household(changxi), cabbage, kg=10)


@pytest.fixture
def keep(story, last_ten):
    """Keep so many kilograms of the last ten for somebody of the buyer."""

    def kept(by=None, kg=10):
        want = Want(last_ten.produce, kg * KG, DELIVER_ON, listing_id=last_ten.pk)
        return keeping.keep(story.buyer, want, "chosen", by=by or story.people["chef"], at=MONDAY)

    return kept


@pytest.fixture
def place(story, last_ten, hospital):
    """Order the last ten kilograms, as another person."""

    def placed():
        placing.place(
            buyer=story.buyer, fund=story.fund, deliver_on=DELIVER_ON, lines=[wish((last_ten, 10))],
            by=story.people["chef"], at=MONDAY,
        )  # fmt: skip

    return placed


def unlocked(meeting):
    """Return both ways of reading lots without their lock, each session waiting for the other once it has read."""

    def read(ids):
        rows = {row.pk: row for row in Listing.objects.filter(pk__in=set(ids)).select_related("produce")}
        meeting.first_time()
        return rows

    return read, lambda ids, _day, **_more: (read(ids), {})


def test_of_one_who_keeps_and_one_who_orders_the_last_kilos_one_gets_them(keep, place, last_ten):
    met = side_by_side(keep, place)

    assert met == {"done": 1, "refused in words": 1}
    assert totals(last_ten) == (0, 10 * KG, 0)
    assert KeptPlan.objects.count() + PurchaseOrder.objects.count() == 1


def test_control_without_the_lock_on_the_lot_one_meets_the_databases_own_check(keep, place, last_ten, monkeypatch):
    read, read_with_mandates = unlocked(Meeting())
    monkeypatch.setattr(kilos, "lock_listings", read)
    monkeypatch.setattr(kilos, "lock_listings_with_mandates", read_with_mandates)

    met = side_by_side(keep, place)

    assert met == {"done": 1, "refused by the database": 1}
    assert totals(last_ten) == (0, 10 * KG, 0)


@pytest.fixture
def at_its_end(story, keep):
    """Return what may become of a plan in its last second: it is ordered, or swept by a clock that is ahead."""
    kept, chef = keep(), story.people["chef"]
    return (
        lambda: keeping.order_kept(kept, story.fund, by=chef, at=END - SECOND),
        lambda: keeping.end_over(kept, at=END),
    )


def test_a_plan_is_ordered_or_swept_at_its_end_and_never_both(at_its_end, last_ten):
    met = side_by_side(*at_its_end)

    kept, orders = KeptPlan.objects.get(), PurchaseOrder.objects.count()
    assert set(met) <= {"done", "refused in words"}
    assert (kept.status, orders, totals(last_ten)[1]) in (("ordered", 1, 10 * KG), ("over", 0, 0))


def test_control_without_the_lock_its_kilos_would_come_back_twice(story, keep, monkeypatch):
    kept, chef = keep(), story.people["chef"]
    both_have_read = Meeting()

    def only_read(by, buyer):
        rows = keeping.kept_now(by, buyer)
        both_have_read.first_time()
        return rows

    monkeypatch.setattr(keeping, "lock_kept", only_read)

    met = side_by_side(lambda: keeping.let_go(kept, by=chef, at=END - SECOND), lambda: keeping.end_over(kept, at=END))

    assert met == {"done": 1, "database error": 1}  # the table of moves refuses the second end


@pytest.fixture
def colleagues(story, keep):
    """Two people of one buyer, for whom the county keeps six kilograms, keep five each."""
    day = (MONDAY - dt.timedelta(days=1)).date()
    PolicyValue.objects.create(
        name="plan_kept_most_g", value=str(6 * KG), from_on=day, set_by=a_user("甲"), confirmed_by=a_user("乙"),
        confirmed_at=MONDAY,
    )  # fmt: skip
    other = a_user("郑师傅", "buyer", story.buyer)
    return lambda: keep(kg=5), lambda: keep(by=other, kg=5)


def test_two_people_of_one_buyer_keep_no_more_than_is_allowed_together(colleagues, last_ten):
    met = side_by_side(*colleagues)

    assert met == {"done": 1, "refused in words": 1}
    assert totals(last_ten)[1] == 5 * KG


def test_control_without_the_lock_on_the_buyer_they_keep_too_much(colleagues, last_ten, monkeypatch):
    both_have_weighed = Meeting()
    weighed = keeping.kept_g

    def weigh(buyer, but):
        grams = weighed(buyer, but)
        both_have_weighed.first_time()
        return grams

    monkeypatch.setattr(keeping, "lock_buyer", lambda _buyer: None)
    monkeypatch.setattr(keeping, "kept_g", weigh)

    met = side_by_side(*colleagues)

    assert met == {"done": 2} and totals(last_ten)[1] == 10 * KG


@pytest.fixture
def longer_and_more(story, last_ten):
    """The buyer makes the time of a basket longer, and keeps a line more of it, at once."""
    chef = story.people["chef"]
    wants = [Want(last_ten.produce, 4 * KG, DELIVER_ON, ceiling_fen_per_kg=fen) for fen in (900, 901)]
    [kept] = keeping.keep_lines(story.buyer, wants[:1], by=chef, at=MONDAY)
    return (
        lambda: keeping.extend(kept, by=chef, at=MONDAY + SECOND),
        lambda: keeping.keep_lines(story.buyer, wants, by=chef, at=MONDAY + SECOND),
    )


def clocks():
    return KeptPlan.objects.filter(status="kept").values("until_at", "extended").distinct().count()


def test_a_line_kept_while_the_time_of_its_basket_is_put_off_runs_under_the_same_clock(longer_and_more, last_ten):
    met = side_by_side(*longer_and_more)

    assert met == {"done": 2} and clocks() == 1
    assert totals(last_ten)[1] == 8 * KG


def test_control_without_the_lock_on_the_buyer_a_basket_has_two_clocks(longer_and_more, monkeypatch):
    both_have_read = Meeting()
    read = keeping.kept_now

    def met_before(by, buyer):
        rows = read(by, buyer)
        both_have_read.first_time()
        return rows

    monkeypatch.setattr(keeping, "lock_buyer", lambda _buyer: None)
    monkeypatch.setattr(keeping, "kept_now", met_before)

    met = side_by_side(*longer_and_more)

    assert met == {"done": 2} and clocks() == 2
