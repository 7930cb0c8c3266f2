"""Several people over one order at the same moment: drivers, receivers, sellers, and the sweep that asks others.

Each control takes a lock away: two sessions have then both read before either writes.
"""

import pytest
from django.db import transaction

from catalog.models import Listing
from kernel.workflow import IllegalMove
from marketplace.audit import breaches
from orders.allocation import PlanKind
from orders.models import Allocation, Amendment, DeliveryLine, GoodsReceipt, PurchaseOrder
from orders.services import amending, asking, delivering, receiving, reoffering, sweeping
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from tests.factories import THURSDAY, TUESDAY, WEDNESDAY, a_household, a_listing, a_user
from tests.orders.steps import KG, totals, wish
from tests.races.crowd import Meeting, rush, side_by_side
from tests.races.test_orders import buyer_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 2


def refused_or(act):
    """Do something; whoever comes second is told so in words."""
    try:
        act()
    except (IllegalMove, delivering.BadValue):
        return


def unlocked(monkeypatch, meet=lambda: None):
    """Let the orders of a trip be read without their lock, and whoever read them `meet` before going on."""

    def read(keys):
        rows = list(PurchaseOrder.objects.filter(pk__in=set(keys)).select_related("buyer", "requester", "fund"))
        meet()
        return rows

    monkeypatch.setattr(delivering, "lock_orders", read)


class TestTwoDrivers:
    """One lot does not leave twice."""

    @pytest.fixture
    def ship(self, story, coop):
        drivers = [a_user(name, "haulier", coop, coop.place) for name in ("罗司机", "赖司机")]

        def of(order):
            [lot] = order.allocations.all()
            return [
                lambda driver=driver: refused_or(
                    lambda: delivering.ship([order], {lot.pk: Loaded(40 * KG)}, by=driver, at=WEDNESDAY)
                )
                for driver in drivers
            ]

        return of

    def test_of_two_carts_at_once_one_takes_the_lot(self, story, ship, changxi, cabbage):
        for _round in range(ROUNDS):
            order = story.confirmed(wish((a_listing(a_household(changxi), cabbage, kg=50), 40)))
            assert side_by_side(*ship(order)) == {"done": 2}
            assert DeliveryLine.objects.filter(allocation__order=order).count() == 1

    def test_control_without_the_locks_it_leaves_twice(self, story, ship, changxi, cabbage, monkeypatch):
        order = story.confirmed(wish((a_listing(a_household(changxi), cabbage, kg=50), 40)))
        meeting, held = Meeting(), delivering.holds_of

        def read(lots):
            rows = held(lots)
            meeting.first_time()
            return rows

        unlocked(monkeypatch, Meeting().first_time)
        monkeypatch.setattr(delivering, "lock_listings", lambda _ids: {})
        monkeypatch.setattr(delivering, "holds_of", read)

        side_by_side(*ship(order))

        assert DeliveryLine.objects.filter(allocation__order=order).count() == 2


class TestTwoReceivers:
    """One trip is weighed once and signed for once."""

    def weigh(self, story, delivery):
        [line] = delivery.lines.all()
        return [
            lambda who=who: refused_or(
                lambda: receiving.weigh(delivery, {line.allocation_id: Weighed(40 * KG)}, by=who, at=THURSDAY)
            )
            for who in (story.people["weigher"], story.people["signer"])
        ]

    def test_two_who_weigh_at_once_leave_one_receipt(self, story, changxi, cabbage):
        for _round in range(ROUNDS):
            delivery = story.shipped(wish((a_listing(a_household(changxi), cabbage, kg=50), 40)))
            assert side_by_side(*self.weigh(story, delivery)) == {"done": 2}
            assert GoodsReceipt.objects.filter(delivery=delivery).count() == 1

    def test_control_without_the_lock_the_database_has_to_step_in(self, story, changxi, cabbage, monkeypatch):
        delivery = story.shipped(wish((a_listing(a_household(changxi), cabbage, kg=50), 40)))
        monkeypatch.setattr(receiving, "lock_orders_of", delivering.lock_orders_of)
        meeting, lines = Meeting(), receiving.lines_of

        def read(trip):
            rows = lines(trip)
            meeting.first_time()
            return rows

        unlocked(monkeypatch, Meeting().first_time)
        monkeypatch.setattr(receiving, "lines_of", read)

        assert side_by_side(*self.weigh(story, delivery)) == {"done": 1, "refused by the database": 1}

    def test_two_trips_of_one_lot_signed_at_once_post_every_kilo_once(self, story, fund, changxi, cabbage):
        for _round in range(ROUNDS):
            order = story.confirmed(wish((a_listing(a_household(changxi), cabbage, kg=50), 40)))
            [lot] = order.allocations.all()
            receipts = []
            for kg in (25, 15):
                trip = delivering.ship([order], {lot.pk: Loaded(kg * KG)}, by=story.people["haulier"], at=WEDNESDAY)
                weights = {lot.pk: Weighed(kg * KG)}
                receipts.append(receiving.weigh(trip, weights, by=story.people["weigher"], at=THURSDAY))

            met = side_by_side(
                *(lambda one=one: receiving.sign(one, by=story.people["signer"], at=THURSDAY) for one in receipts)
            )

            order.refresh_from_db()
            assert (met, order.status) == ({"done": 2}, "closed")
            assert totals(lot.listing) == (10 * KG, 0, 40 * KG)
        assert breaches() == []


class TestTwoAnswers:
    """One lot is answered for once."""

    def test_yes_and_no_at_once_are_one_answer(self, story, changxi, cabbage):
        for _round in range(ROUNDS):
            order = story.asked(wish((a_listing(a_household(changxi), cabbage, kg=50), 40)))
            [lot] = order.allocations.select_related("listing")
            by = lot.listing.made_by

            side_by_side(
                lambda lot=lot, by=by: refused_or(lambda: asking.confirm(lot, by=by, at=TUESDAY)),
                lambda lot=lot, by=by: refused_or(lambda: asking.give_less(lot, 10 * KG, by=by, at=TUESDAY)),
                lambda lot=lot, by=by: refused_or(lambda: asking.decline(lot, by=by, at=TUESDAY)),
            )

            living = Allocation.objects.filter(order=order, status__in=("held", "confirmed"))
            reserved = totals(lot.listing)[1]
            assert reserved == sum(living.values_list("quantity", flat=True)) in (0, 10 * KG, 40 * KG)
        assert breaches() == []

    def test_control_without_the_lock_two_answers_count(self, story, changxi, cabbage, monkeypatch):
        listing = a_listing(a_household(changxi), cabbage, kg=50)
        [lot] = story.asked(wish((listing, 40))).allocations.select_related("listing", "order")
        meeting = Meeting()

        def read(allocation):
            row = Allocation.objects.select_related("order", "listing__produce").get(pk=allocation.pk)
            meeting.first_time()
            return row.order, row

        monkeypatch.setattr(asking, "_open", read)

        met = side_by_side(*(lambda: asking.decline(lot, by=listing.made_by, at=TUESDAY) for _tab in range(2)))

        assert met == {"done": 2}


class TestReoffering:
    """Others are asked once for what was given back, and nobody is locked out meanwhile."""

    @pytest.fixture
    def short(self, story, changxi, cabbage):
        def of(kg):
            lot = a_listing(a_household(changxi), cabbage, kg=50)
            order = story.asked(wish((lot, kg), plan=PlanKind.FAIR))
            asking.decline(order.allocations.get(), by=lot.made_by, at=TUESDAY)
            return order

        return of

    def test_two_sweeps_at_once_ask_once(self, short, changxi, cabbage):
        for _lot in range(4):
            a_listing(a_household(changxi), cabbage, kg=100)
        for _round in range(ROUNDS):
            order = short(20)
            met = side_by_side(*(lambda order=order: reoffering.look_again(order, at=TUESDAY) for _sweep in range(2)))
            asked = Allocation.objects.filter(order=order, status="held").values_list("quantity", flat=True)
            assert (met, sum(asked)) == ({"done": 2}, 20 * KG)
        assert breaches() == []

    def test_control_without_the_lock_others_are_asked_for_twice_as_much(self, short, changxi, cabbage, monkeypatch):
        a_listing(a_household(changxi), cabbage, kg=100)
        order, meeting = short(20), Meeting()

        def read(document):
            row = PurchaseOrder.objects.get(pk=document.pk)
            meeting.first_time()
            return row

        monkeypatch.setattr(reoffering, "lock", read)
        both_have_chosen, takes = Meeting(), reoffering._takes

        def chosen(*asked, **more):
            found = takes(*asked, **more)
            both_have_chosen.first_time()
            return found

        monkeypatch.setattr(reoffering, "_takes", chosen)
        monkeypatch.setattr(reoffering, "change", lambda row, _values: row)

        met = side_by_side(*(lambda: reoffering.look_again(order, at=TUESDAY) for _sweep in range(2)))

        asked = Allocation.objects.filter(order=order, status="held").values_list("quantity", flat=True)
        assert (met, sum(asked)) == ({"done": 2}, 40 * KG)

    @pytest.mark.parametrize("came", [16, pytest.param(40, marks=pytest.mark.gates)])
    def test_buyers_and_the_sweep_over_the_same_lots_never_lock_each_other_out(
        self, story, short, changxi, cabbage, came
    ):
        lots = [a_listing(a_household(changxi), cabbage, kg=300) for _lot in range(4)]
        orders = [short(20) for _order in range(4)]
        place = buyer_of(story, lambda number: [wish((lots[number % 4], 1), (lots[(number + 3) % 4], 1))])

        def act(number):
            with transaction.atomic():
                place(number)
            reoffering.look_again(orders[number % 4], at=TUESDAY)

        met = rush(act, range(came))

        assert met == {"done": came}
        assert sum(Listing.objects.values_list("reserved", flat=True)) == (came * 2 + 4 * 20) * KG
        assert sweeping.look_again(at=TUESDAY) == 0
        assert breaches() == []


class TestCallingOff:
    """What leaves is not called off, what is called off does not leave."""

    def acts(self, story, order):
        [lot] = order.allocations.filter(listing__household__isnull=False)[:1]
        wanted, chef = {lot.pk: 10 * KG}, story.people["chef"]
        return lot, [
            lambda: refused_or(
                lambda: delivering.ship([order], {lot.pk: Loaded(40 * KG)}, by=story.people["haulier"], at=TUESDAY)
            ),
            lambda: refused_or(lambda: amending.amend(order, wanted, why="停课", by=chef, at=TUESDAY)),
        ]

    def test_a_lot_leaves_or_is_called_off(self, story, changxi, cabbage):
        for _round in range(ROUNDS):
            order = story.confirmed(wish((a_listing(a_household(changxi), cabbage, kg=50), 40)))
            lot, acts = self.acts(story, order)
            assert side_by_side(*acts) == {"done": 2}
            assert lot.delivery_lines.exists() != Amendment.objects.filter(allocation=lot).exists()
        assert breaches() == []

    def test_control_without_the_locks_it_does_both(self, story, changxi, cabbage, monkeypatch):
        order = story.confirmed(wish((a_listing(a_household(changxi), cabbage, kg=50), 40)))
        meeting, held = Meeting(), delivering.holds_of

        def read(lots):
            rows = held(lots)
            meeting.first_time()
            return rows

        unlocked(monkeypatch)
        monkeypatch.setattr(delivering, "lock_listings", lambda _ids: {})
        monkeypatch.setattr(delivering, "holds_of", read)
        monkeypatch.setattr(amending, "holds_of", read)
        monkeypatch.setattr(amending, "lock", lambda row: type(row).objects.get(pk=row.pk))
        lot, acts = self.acts(story, order)

        side_by_side(*acts)

        assert lot.delivery_lines.exists() and Amendment.objects.filter(allocation=lot).exists()
