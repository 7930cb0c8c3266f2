"""Orders that come in several trips: what was promised stays held until it comes, goes back, or its time is over."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import BankCard, Message
from accounts.services import coops
from catalog.services import listings
from kernel import clock
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from ledger.models import Payable, Transfer
from marketplace.audit import breaches
from orders.models import Arrival, ReceiptStatus, SettlementStatement
from orders.permissions import can_ship
from orders.selectors.orders import lots_to_ship
from orders.services import asking, delivering, receiving, sweeping
from orders.services.delivering import ArrivedAlready, Loaded, TooLateToSend
from orders.services.placing import Wish
from orders.services.weighing import Weighed
from tests import factories
from tests.factories import FRIDAY, THURSDAY, TUESDAY, WEDNESDAY, login
from tests.orders.steps import DELIVER_ON, KG, owed_to, purse, shown_back, take, totals, wish
from tests.trips import order_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def trip(story, orders, loads, at=WEDNESDAY):
    """Send these lots off, the weights in kilos by lot."""
    loaded = {lot.pk: Loaded(round(kg * KG)) for lot, kg in loads.items()}
    return delivering.ship(orders, loaded, by=story.people["haulier"], at=at)


def signed(story, delivery, at=THURSDAY, **weighed):
    """Weigh a trip as it was sent, but for what is said of all of its lots, and sign for it."""
    weights = {line.allocation_id: Weighed(line.shipped_g, **weighed) for line in delivery.lines.all()}
    by = story.people["weigher"]
    receipt = receiving.weigh(delivery, weights, photos=shown_back(weights, by), by=by, at=at)
    return receiving.sign(receipt, by=story.people["signer"], at=at)


class TestTwoTrips:
    """25 of 40 kilograms do not close an order."""

    def test_what_has_not_left_stays_held_in_kilos_and_money(self, story, fund, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        [lot] = order.allocations.all()

        signed(story, trip(story, [order], {lot: 25}))

        order.refresh_from_db()
        assert order.status == "under_way"
        assert totals(cabbage_of_xiuying) == (60 * KG, 15 * KG, 25 * KG)
        assert purse(fund) == (40_00, 24_00, 10_000_00 - 64_00)
        body = Message.objects.filter(kind="sale.accepted").latest("pk").body
        assert "15 公斤" in body and "还有" in body
        assert breaches() == []

    def test_the_second_trip_brings_the_rest_and_closes_the_order(self, story, fund, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        [lot] = order.allocations.all()
        signed(story, trip(story, [order], {lot: 25}))

        signed(story, trip(story, [order], {lot: 15}, at=THURSDAY), at=FRIDAY)

        order.refresh_from_db()
        assert (order.status, totals(cabbage_of_xiuying)) == ("closed", (60 * KG, 0, 40 * KG))
        assert purse(fund) == (64_00, 0, 10_000_00 - 64_00)
        assert owed_to(cabbage_of_xiuying) == (64_00, 0)
        assert sorted(SettlementStatement.objects.values_list("total_fen", flat=True)) == [24_00, 40_00]
        assert breaches() == []

    def test_money_of_all_trips_together_is_rounded_once(self, story, fund, cabbage_of_guiying):
        order = story.confirmed(wish((cabbage_of_guiying, 1)))  # 0.75 yuan a jin: 1.5 fen for 10 g
        [lot] = order.allocations.all()

        for grams in (333, 333, 334):
            signed(story, trip(story, [order], {lot: grams / 1000}))

        assert purse(fund)[:2] == (lot.amount_fen, 0) == (1_50, 0)
        assert sum(SettlementStatement.objects.values_list("total_fen", flat=True)) == 1_50

    def test_two_trips_on_the_way_at_once_are_signed_in_any_order(self, story, fund, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        [lot] = order.allocations.all()
        first, second = trip(story, [order], {lot: 25}), trip(story, [order], {lot: 15})

        signed(story, second)
        assert totals(cabbage_of_xiuying) == (60 * KG, 25 * KG, 15 * KG)
        signed(story, first, refused_g=5 * KG, reason="rotten")

        assert totals(cabbage_of_xiuying) == (65 * KG, 0, 35 * KG)
        assert purse(fund) == (56_00, 0, 10_000_00 - 56_00)
        assert breaches() == []

    def test_more_than_is_left_to_send_does_not_leave(self, story, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        [lot] = order.allocations.all()
        trip(story, [order], {lot: 25})

        with pytest.raises(BadValue):
            trip(story, [order], {lot: 16})
        trip(story, [order], {lot: 15})
        with pytest.raises(BadValue):
            trip(story, [order], {lot: 1})

    def test_one_trip_carries_two_orders_of_one_buyer_and_none_of_another(
        self, story, fund, hospital, cabbage_of_xiuying, cabbage_of_guiying
    ):
        first, second = (story.confirmed(wish((lot, 20))) for lot in (cabbage_of_xiuying, cabbage_of_guiying))
        lots = {order.allocations.get(): 20 for order in (first, second)}

        signed(story, trip(story, [first, second], lots))

        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.status, second.status) == ("closed", "closed")
        assert SettlementStatement.objects.count() == 2

        story.buyer, story.fund = hospital, factories.a_fund(hospital)
        story.people["chef"] = factories.a_user("胡采购", "buyer", hospital)
        foreign = story.confirmed(wish((cabbage_of_xiuying, 10)))
        with pytest.raises(BadValue):
            trip(story, [foreign, first], {foreign.allocations.get(): 10})

    def test_ducks_come_in_two_trips(self, story, fund, ducks):
        order = story.confirmed(Wish(ducks.produce_id, (take(ducks, pieces=10),)))
        [lot] = order.allocations.all()
        for heads in (6, 4):
            grams = heads * ducks.piece_g
            delivery = delivering.ship(
                [order], {lot.pk: Loaded(grams, heads)}, by=story.people["haulier"], at=WEDNESDAY
            )
            signed(story, delivery, accepted_pieces=heads)

        order.refresh_from_db()
        assert (order.status, totals(ducks)) == ("closed", (20, 0, 10))
        assert purse(fund)[:2] == (lot.amount_fen, 0)

    def test_each_driver_sends_what_grows_in_the_own_area(
        self, story, cabbage, cabbage_of_xiuying, other_village, haulier, cadre_liu, coop
    ):
        far = factories.a_household(other_village, name="曾水生")
        there = factories.a_listing(far, cabbage, kg=50)
        driver = factories.a_user("赖司机", "haulier", coop, other_village.parent)
        order = story.confirmed(wish((cabbage_of_xiuying, 40), (there, 30)))
        near = order.allocations.get(listing=cabbage_of_xiuying)

        assert can_ship(driver, order) and can_ship(cadre_liu, order)
        assert [lot.listing for lot in lots_to_ship(order, driver)] == [there]
        assert near in lots_to_ship(order, cadre_liu) and there not in [
            lot.listing for lot in lots_to_ship(order, cadre_liu)
        ]


class TestLess:
    """A seller who has less gives the rest back at once."""

    def test_the_rest_is_free_and_a_smaller_lot_takes_its_place(self, story, fund, xiuying, cabbage_of_xiuying):
        order = story.asked(wish((cabbage_of_xiuying, 40)))
        [asked] = order.allocations.all()

        smaller = asking.give_less(asked, 30 * KG, by=xiuying, at=TUESDAY)

        asked.refresh_from_db()
        order.refresh_from_db()
        assert (asked.status, smaller.status, smaller.replaces) == ("released", "confirmed", asked)
        assert (order.status, smaller.amount_fen) == ("under_way", 48_00)
        assert totals(cabbage_of_xiuying) == (70 * KG, 30 * KG, 0)
        assert purse(fund) == (0, 48_00, 10_000_00 - 48_00)
        assert "30 公斤" in Message.objects.get(kind="order.less").body
        signed(story, trip(story, [order], {smaller: 30}))
        assert purse(fund) == (48_00, 0, 10_000_00 - 48_00)
        assert breaches() == []

    @pytest.mark.parametrize("grams", [0, -1, 40 * KG, 50 * KG])
    def test_it_has_to_be_less_and_something(self, story, xiuying, cabbage_of_xiuying, grams):
        [asked] = story.asked(wish((cabbage_of_xiuying, 40))).allocations.all()

        with pytest.raises(asking.NotLess):
            asking.give_less(asked, grams, by=xiuying, at=TUESDAY)

    def test_a_lot_that_left_the_market_since_is_still_promised(self, story, xiuying, inspector_he, cabbage_of_xiuying):
        [asked] = story.asked(wish((cabbage_of_xiuying, 40))).allocations.all()
        listings.stop_sale(cabbage_of_xiuying, reason="抽检", by=inspector_he, at=TUESDAY)

        assert asking.give_less(asked, 30 * KG, by=xiuying, at=TUESDAY).status == "confirmed"

    def test_it_is_answered_on_the_page_and_by_programs(self, client, story, xiuying, now, cabbage_of_xiuying):
        now["at"] = TUESDAY
        first, second = (story.asked(wish((cabbage_of_xiuying, 40))).allocations.get() for _n in range(2))
        login(client, xiuying)
        page = client.get(reverse("sale-detail", args=[first.pk])).content.decode()
        assert reverse("sale-less", args=[first.pk]) in page
        form = {"idem": "a" * 32, "quantity_0": "60", "quantity_1": "jin"}

        refused = client.post(reverse("sale-less", args=[first.pk]), form | {"quantity_0": "100"})
        done = client.post(reverse("sale-less", args=[first.pk]), form | {"idem": "b" * 32})
        again = client.post(reverse("sale-less", args=[first.pk]), form | {"idem": "b" * 32})
        told = client.post(
            reverse("api-sale-less", args=[second.pk]),
            {"kg": "12.5"},
            content_type="application/json",
            headers={"Idempotency-Key": "k"},
        )

        assert (refused.status_code, done.status_code, again.status_code) == (400, 302, 302)
        assert done.url == again.url
        assert (told.status_code, told.json()["kg"], told.json()["status"]) == (200, "12.5", "confirmed")


class TestArrival:
    """The buyer's silence counts from the door, never from the cart."""

    def test_goods_nobody_received_are_never_accepted_by_silence(self, story, fund, cabbage_of_xiuying):
        delivery = story.shipped(wish((cabbage_of_xiuying, 40)))

        assert sweeping.accept_silent(at=WEDNESDAY + 60 * DAY) == 0
        assert receiving.accept_by_silence(delivery, at=WEDNESDAY + 60 * DAY) is None
        assert purse(fund)[0] == 0

    def test_a_trip_of_which_nobody_heard_ends_with_nothing_accepted(self, story, fund, cabbage_of_xiuying):
        delivery = story.shipped(wish((cabbage_of_xiuying, 40)))

        assert sweeping.end_lost(at=delivery.arrive_by_at - DAY / 24) == 0
        assert sweeping.end_lost(at=delivery.arrive_by_at) == 1
        assert sweeping.end_lost(at=delivery.arrive_by_at) == 0

        order = order_of(delivery)
        assert (order.status, totals(cabbage_of_xiuying)) == ("closed", (100 * KG, 0, 0))
        assert purse(fund) == (0, 0, 10_000_00)
        kinds = set(Message.objects.values_list("kind", flat=True))
        assert {"order.lost", "sale.never_arrived"} <= kinds
        assert not Payable.objects.exists()

    def test_the_drivers_word_needs_a_photo_and_the_buyers_does_not(self, story, cabbage_of_xiuying):
        delivery = story.shipped(wish((cabbage_of_xiuying, 40)))

        with pytest.raises(BadValue):
            delivering.arrive(delivery, Arrival.How.DRIVER, by=story.people["haulier"], at=WEDNESDAY)
        arrival = delivering.arrive(delivery, Arrival.How.BUYER, by=story.people["weigher"], at=WEDNESDAY)

        assert arrival.accept_by_at == WEDNESDAY + 2 * DAY
        with pytest.raises(ArrivedAlready):
            delivering.arrive(delivery, Arrival.How.BUYER, by=story.people["weigher"], at=WEDNESDAY)

    def test_goods_on_the_scale_are_at_the_door(self, story, cabbage_of_xiuying):
        receipt = story.weighed(wish((cabbage_of_xiuying, 40)))

        assert (receipt.delivery.arrival.how, receipt.delivery.arrival.at) == ("buyer", THURSDAY)
        with pytest.raises(ArrivedAlready):
            delivering.arrive(receipt.delivery, Arrival.How.BUYER, by=story.people["weigher"], at=THURSDAY)

    def test_it_is_said_on_the_page_and_by_programs(
        self, client, story, now, cabbage_of_xiuying, cabbage_of_guiying, receiver_wang, haulier
    ):
        now["at"] = WEDNESDAY
        first, second = (story.shipped(wish((lot, 10))) for lot in (cabbage_of_xiuying, cabbage_of_guiying))
        login(client, haulier)
        without = client.post(reverse("delivery-arrive", args=[first.pk]), {"idem": "a" * 32})
        login(client, receiver_wang)
        place = {"latitude": "26.314", "longitude": "116.344"}
        said = client.post(reverse("delivery-arrive", args=[first.pk]), {"idem": "b" * 32} | place)
        told = client.post(
            reverse("api-delivery-arrive", args=[second.pk]),
            content_type="application/json",
            headers={"Idempotency-Key": "k"},
        )

        assert (without.status_code, said.status_code, told.status_code) == (400, 302, 200)
        assert told.json()["accept_by_at"] is not None
        assert (first.arrival.latitude_e6, first.arrival.longitude_e6) == (26_314_000, 116_344_000)
        assert Arrival.objects.count() == 2
        assert "到门口" in client.get(reverse("delivery-list")).content.decode()


class TestEnds:
    """Every hold ends, and who waits is told."""

    def test_what_nobody_sent_in_time_is_given_back_and_both_sides_are_told(self, story, fund, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        assert order.dispatch_by_at.astimezone(FRIDAY.tzinfo) <= factories.MONDAY + 7 * DAY
        end = order.dispatch_by_at

        assert sweeping.end_undispatched(at=end - DAY / 24) == 0
        assert sweeping.end_undispatched(at=end) == 1
        assert sweeping.end_undispatched(at=end) == 0

        order.refresh_from_db()
        assert (order.status, totals(cabbage_of_xiuying)) == ("cancelled", (100 * KG, 0, 0))
        assert purse(fund) == (0, 0, 10_000_00)
        assert {"sale.not_sent", "order.not_sent"} <= set(Message.objects.values_list("kind", flat=True))

    def test_after_its_time_nothing_leaves(self, story, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        [lot] = order.allocations.all()

        with pytest.raises(TooLateToSend):
            trip(story, [order], {lot: 40}, at=order.dispatch_by_at)

    def test_the_rest_of_a_lot_on_a_late_trip_goes_back_with_its_signature(self, story, fund, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        [lot] = order.allocations.all()
        delivery = trip(story, [order], {lot: 25}, at=order.dispatch_by_at - DAY)

        assert sweeping.end_undispatched(at=order.dispatch_by_at) == 0  # it waits for the scale
        signed(story, delivery, at=order.dispatch_by_at)

        order.refresh_from_db()
        assert (order.status, totals(cabbage_of_xiuying)) == ("closed", (75 * KG, 0, 25 * KG))
        assert purse(fund) == (40_00, 0, 10_000_00 - 40_00)

    def test_the_day_is_the_countys(self, story, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))

        assert order.dispatch_by_at == clock.day_end(DELIVER_ON + 2 * DAY)

    def test_what_is_on_the_way_is_not_called_off(self, story, chef_chen, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        [lot] = order.allocations.all()
        trip(story, [order], {lot: 25})

        with pytest.raises(asking.OnTheWayAlready):
            asking.cancel(order, why="不要了", by=chef_chen, at=THURSDAY)


class TestMandates:
    """A co-operative that sells for a household keeps its fee, or is paid for it, by the mandate of the placing day."""

    @pytest.fixture
    def member_lot(self, xiuying_household, coop, coop_manager, cabbage):
        factories.people.set_card(
            organisation=coop, number=factories.a_card_number(990_001), holder=coop.name, bank="农商行",
            at=factories.MONDAY,
        )  # fmt: skip

        def lot_under(**terms):
            factories.a_mandate(xiuying_household, coop, **terms)
            return factories.a_listing(xiuying_household, cabbage, kg=100, by=coop_manager)

        return lot_under

    def test_the_fee_goes_from_the_households_statement_to_the_co_operatives(self, story, fund, member_lot, coop):
        lot = member_lot(fee_bp=250)

        story.signed(wish((lot, 40)))

        own, theirs = SettlementStatement.objects.order_by("pk")
        assert (own.total_fen, own.household, theirs.total_fen, theirs.cooperative) == (
            62_40,
            lot.household,
            1_60,
            coop,
        )
        assert [(line.kind, line.amount_fen) for line in own.lines.order_by("pk")] == [("goods", 6400), ("fee", -160)]
        [member] = theirs.lines.all()
        assert (member.kind, member.amount_fen, member.counterpart.statement) == ("fee", 160, own)
        assert sum(Payable.objects.values_list("amount_fen", flat=True)) == 64_00
        assert owed_to(lot) == (62_40, 0)
        assert breaches() == []

    def test_a_fee_a_kilo_is_taken_of_the_accepted_weight(self, story, member_lot):
        lot = member_lot(fee_fen_per_kg=20)

        story.signed(wish((lot, 40)), weights=[Weighed(40 * KG, refused_g=10 * KG, reason="rotten")])

        assert sorted(SettlementStatement.objects.values_list("total_fen", flat=True)) == [6_00, 42_00]

    def test_a_co_operative_that_is_the_payee_is_owed_all_and_the_household_nothing(self, story, member_lot):
        lot = member_lot(payee_is_coop=True, fee_bp=100)

        story.signed(wish((lot, 40)))

        own, theirs = SettlementStatement.objects.order_by("pk")
        assert (own.total_fen, own.payable, theirs.total_fen) == (0, None, 64_00)
        assert [line.kind for line in theirs.lines.order_by("pk")] == ["fee", "mandate"]
        assert owed_to(lot) == (0, 0)
        assert Payable.objects.get().organisation == theirs.cooperative
        assert breaches() == []

    def test_the_mandate_of_the_placing_day_counts(self, story, member_lot, xiuying, coop, xiuying_household):
        lot = member_lot(fee_bp=250)
        order = story.confirmed(wish((lot, 40)))
        [mandate] = xiuying_household.mandates.all()
        coops.end_mandate(mandate, by=xiuying, at=TUESDAY)

        signed(story, trip(story, [order], {order.allocations.get(): 40}))

        assert sorted(SettlementStatement.objects.values_list("total_fen", flat=True)) == [1_60, 62_40]

    def test_a_co_operative_without_a_card_gets_its_fee_stated_when_the_card_comes(self, story, member_lot, coop):
        lot = member_lot(fee_bp=250)
        BankCard.objects.filter(organisation=coop).update(to_at=WEDNESDAY)
        story.signed(wish((lot, 40)))
        assert SettlementStatement.objects.count() == 1

        factories.people.set_card(
            organisation=coop, number=factories.a_card_number(990_002), holder=coop.name, bank="农商行", at=FRIDAY
        )
        assert sweeping.settle_late(at=FRIDAY) == 1

        assert SettlementStatement.objects.get(cooperative=coop).total_fen == 1_60
        assert breaches() == []


def test_nothing_is_held_of_a_void_receipt_twice(story, fund, receiver_sun, receiver_wang, cabbage_of_xiuying):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)))
    receiving.strike_weighing(receipt, why="称错了", by=receiver_sun, at=THURSDAY)

    with pytest.raises(IllegalMove):
        receiving.sign(receipt, by=receiver_sun, at=THURSDAY)

    assert receipt.delivery.receipts.get().status == ReceiptStatus.VOID
    assert Transfer.objects.filter(kind="pending", resolution=None).count() == 1


def test_a_trip_that_weighs_more_takes_nothing_from_one_that_is_on_its_way(story, cabbage_of_xiuying):
    order = story.confirmed(wish((cabbage_of_xiuying, 40)))
    lot = order.allocations.get()
    first, second = (trip(story, [order], {lot: kg}) for kg in (39.9, 0.1))

    heavy = {lot.pk: Weighed(40_100)}
    receipt = receiving.weigh(first, heavy, by=story.people["weigher"], at=THURSDAY)
    receiving.sign(receipt, by=story.people["signer"], at=THURSDAY)
    assert totals(cabbage_of_xiuying) == (59_800, 100, 40_100)
    signed(story, second)

    lot.refresh_from_db()
    assert (lot.status, totals(cabbage_of_xiuying)) == ("closed", (59_800, 0, 40_200))
    assert not Transfer.objects.filter(kind="pending", resolution=None).exists()
    assert breaches() == []


class TestLoadedAboveTheOrder:
    """What a cart carries above the order is nobody's kilos until it is taken."""

    def test_it_is_signed_as_ordered_and_the_rest_goes_back(self, story, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 100)))
        [lot] = order.allocations.all()

        signed(story, trip(story, [order], {lot: 102}), over="back")

        order.refresh_from_db()
        assert totals(cabbage_of_xiuying) == (0, 0, 100 * KG)
        assert owed_to(cabbage_of_xiuying) == (160_00, 0)
        assert breaches() == []

    def test_less_of_it_is_taken_and_what_was_reserved_is_free_again(self, story, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 100)))
        [lot] = order.allocations.all()

        signed(story, trip(story, [order], {lot: 102}), refused_g=12 * KG, reason="rotten")

        assert totals(cabbage_of_xiuying) == (10 * KG, 0, 90 * KG)

    @pytest.mark.parametrize("first", [True, False])
    def test_it_never_takes_what_another_order_of_the_lot_holds(self, story, cabbage_of_xiuying, first):
        heavy, other = (story.confirmed(wish((cabbage_of_xiuying, kg))) for kg in (80, 20))
        [lot], [others] = heavy.allocations.all(), other.allocations.all()
        trips = [(trip(story, [heavy], {lot: 81.6}), {"over": "back"})]
        trips.insert(first, (trip(story, [other], {others: 20}), {}))

        for delivery, said in trips:
            signed(story, delivery, **said)

        assert totals(cabbage_of_xiuying) == (0, 0, 100 * KG)

    def test_it_is_taken_too_where_the_lot_has_it_free(self, story, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 80)))
        [lot] = order.allocations.all()

        signed(story, trip(story, [order], {lot: 81.6}))

        assert totals(cabbage_of_xiuying) == (18_400, 0, 81_600)

    @pytest.mark.parametrize("heavier", [0, 1])
    def test_two_carts_above_it_together_hold_what_is_theirs(self, story, cabbage_of_xiuying, heavier):
        order = story.confirmed(wish((cabbage_of_xiuying, 60)))
        [lot] = order.allocations.all()
        carts = [trip(story, [order], {lot: kg}) for kg in (30, 30.8)]

        signed(story, carts[heavier])
        assert totals(cabbage_of_xiuying)[1] == sum(line.shipped_g for line in carts[1 - heavier].lines.all())
        signed(story, carts[1 - heavier])

        assert totals(cabbage_of_xiuying) == (39_200, 0, 60_800)
        assert breaches() == []

    def test_a_heavy_first_trip_leaves_the_second_what_is_still_reserved(self, story, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 60)))
        [lot] = order.allocations.all()
        signed(story, trip(story, [order], {lot: 31}))
        second = trip(story, [order], {lot: 29.5})

        signed(story, second, at=FRIDAY)

        assert totals(cabbage_of_xiuying) == (39_500, 0, 60_500)
