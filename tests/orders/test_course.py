"""A seller reads on one screen how far each lot is, whose turn it is and until when, and who fetches it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import BankCard
from orders.models import Arrival, SettlementStatement
from orders.selectors.course import Turn, course_of, hauliers_of
from orders.selectors.sales import sales_seen_by
from orders.services import delivering, paying, receiving
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from tests import factories
from tests.factories import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, login
from tests.orders.steps import KG, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(xiuying):
    """Return how far the one lot of an order is, as its seller reads it."""
    return lambda order: course_of(sales_seen_by(xiuying).get(order=order))


def turns(course):
    return [wait.turn for wait in course.waits]


class TestTurns:
    """At every step somebody is named, with an end."""

    def test_the_seller_answers_then_somebody_sends(self, story, course, xiuying, cabbage_of_xiuying):
        asked = story.asked(wish((cabbage_of_xiuying, 40)))
        [wait] = course(asked).waits
        assert (wait.turn, wait.until) == (Turn.ANSWER, asked.answer_by_at)

        confirmed = story.confirmed(wish((cabbage_of_xiuying, 40)))
        [wait] = course(confirmed).waits
        assert (wait.turn, wait.until) == (Turn.SEND, confirmed.dispatch_by_at)

    def test_the_driver_brings_then_the_buyer_weighs_then_signs(self, story, course, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        lot = order.allocations.get()
        trip = delivering.ship([order], {lot.pk: Loaded(40 * KG)}, by=story.people["haulier"], at=WEDNESDAY)
        [wait] = course(order).waits
        assert (wait.turn, wait.until, course(order).on_the_way_g) == (Turn.BRING, trip.arrive_by_at, 40 * KG)

        arrival = delivering.arrive(trip, Arrival.How.BUYER, by=story.people["weigher"], at=WEDNESDAY)
        [wait] = course(order).waits
        assert (wait.turn, wait.until) == (Turn.WEIGH, arrival.accept_by_at)
        assert (course(order).delivered_g, course(order).on_the_way_g) == (40 * KG, 0)

        receiving.weigh(trip, {lot.pk: Weighed(40 * KG)}, by=story.people["weigher"], at=THURSDAY)
        assert turns(course(order)) == [Turn.SIGN]
        assert course(order).accepted_g == 0

    def test_then_the_cashier_pays_a_second_person_confirms_and_nobody_is_left(
        self, story, course, treasurer_zhou, chair_tan, cabbage_of_xiuying
    ):
        receipt = story.signed(
            wish((cabbage_of_xiuying, 40)), weights=[Weighed(40 * KG, refused_g=5 * KG, reason="rotten")]
        )
        order = receipt.lines.get().allocation.order
        statement = SettlementStatement.objects.get()
        [wait] = course(order).waits
        assert (wait.turn, wait.due_on) == (Turn.PAY, statement.payable.due_on)
        assert (course(order).accepted_g, course(order).owed_fen, course(order).paid_fen) == (35 * KG, 56_00, 0)

        paying.record_payment(statement, voucher_number="2026-1", by=treasurer_zhou, at=FRIDAY)
        assert turns(course(order)) == [Turn.CONFIRM]
        paying.confirm_payment(statement, by=chair_tan, at=FRIDAY)
        assert (turns(course(order)), course(order).paid_fen) == ([], 56_00)

    def test_a_rest_on_the_farm_and_a_trip_on_the_way_wait_for_two_people(self, story, course, cabbage_of_xiuying):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        lot = order.allocations.get()
        delivering.ship([order], {lot.pk: Loaded(25 * KG)}, by=story.people["haulier"], at=WEDNESDAY)

        assert turns(course(order)) == [Turn.BRING, Turn.SEND]

    def test_without_a_card_it_is_the_sellers_turn(self, story, course, cabbage_of_xiuying):
        BankCard.objects.filter(household=cabbage_of_xiuying.household).update(to_at=MONDAY + dt.timedelta(hours=1))
        receipt = story.signed(wish((cabbage_of_xiuying, 40)))

        assert turns(course(receipt.lines.get().allocation.order)) == [Turn.STATE]


class TestPage:
    """The same on the page, in the seller's words."""

    def test_after_yes_it_says_who_comes_when_where_in_what_sacks(
        self, client, now, story, haulier, xiuying, cabbage_of_xiuying
    ):
        lot = story.confirmed(wish((cabbage_of_xiuying, 40))).allocations.get()
        now["at"] = TUESDAY

        page = login(client, xiuying).get(reverse("sale-detail", args=[lot.pk])).content.decode()

        for said in ("罗师傅来拉", f"tel:{haulier.phone}", "长溪", "2 袋", "11 月 5 日", "80 斤", "64.00", "30 天内",
                     cabbage_of_xiuying.number, "现在等谁", "还没有"):  # fmt: skip
            assert said in page

    def test_a_haulier_of_elsewhere_and_one_of_yesterday_are_not_named(
        self, coop, changxi, other_village, cabbage_of_xiuying
    ):
        near = factories.a_user("近师傅", "haulier", coop, changxi)
        factories.a_user("远师傅", "haulier", coop, other_village)

        assert hauliers_of(changxi.code, MONDAY.date()) == [near]

    def test_a_lot_given_back_has_no_course_and_nobodys_phone(
        self, client, now, story, haulier, xiuying, cabbage_of_xiuying
    ):
        from orders.services import asking

        lot = story.asked(wish((cabbage_of_xiuying, 40))).allocations.get()
        asking.decline(lot, by=xiuying, at=TUESDAY)
        now["at"] = TUESDAY

        page = login(client, xiuying).get(reverse("sale-detail", args=[lot.pk])).content.decode()

        assert haulier.phone not in page and "现在等谁" not in page

    def test_the_page_asks_at_most_20_questions(
        self, client, now, story, xiuying, cabbage_of_xiuying, django_assert_max_num_queries
    ):
        order = story.confirmed(wish((cabbage_of_xiuying, 40)))
        lot = order.allocations.get()
        for kilos in (10, 10):
            trip = delivering.ship([order], {lot.pk: Loaded(kilos * KG)}, by=story.people["haulier"], at=WEDNESDAY)
            receipt = receiving.weigh(trip, {lot.pk: Weighed(kilos * KG)}, by=story.people["weigher"], at=THURSDAY)
            receiving.sign(receipt, by=story.people["signer"], at=THURSDAY)
        delivering.ship([order], {lot.pk: Loaded(10 * KG)}, by=story.people["haulier"], at=THURSDAY)
        now["at"] = THURSDAY
        login(client, xiuying).get(reverse("sale-detail", args=[lot.pk]))

        with django_assert_max_num_queries(20):
            page = client.get(reverse("sale-detail", args=[lot.pk])).content.decode()

        assert "出纳付钱" in page and "把货送到买家门口" in page and "来装货" in page
