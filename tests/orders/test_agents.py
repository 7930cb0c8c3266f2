"""A co-operative sells for its members: it answers and sends off, they are paid and counted, its people buy nothing."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Consent, Message
from accounts.services import coops
from orders.models import SettlementStatement
from orders.permissions import can_answer, can_ship
from orders.selectors.orders import deliveries_seen_by, orders_to_send_by, seller_shown
from orders.selectors.plans import Want, plans_for
from orders.selectors.sales import sales_seen_by
from orders.services import asking, delivering, paying, placing
from records.services.participation import HasInterest, take_part
from reports.selectors.sales import Limits, sales
from tests import factories
from tests.factories import FRIDAY, MONDAY, TUESDAY, WEDNESDAY, a_listing, a_user, login
from tests.orders.steps import KG, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def mandate(xiuying_household, coop):
    factories.a_member(xiuying_household, coop)
    return factories.a_mandate(xiuying_household, coop)


@pytest.fixture
def members_lot(mandate, xiuying_household, cabbage, coop_manager):
    """100 kg of a member, listed by its co-operative."""
    return a_listing(xiuying_household, cabbage, kg=100, by=coop_manager)


@pytest.fixture
def asked(story, members_lot, now):
    now["at"] = TUESDAY
    return story.asked(wish((members_lot, 20))).allocations.get()


class TestActing:
    """By membership in the co-operative and the mandate of the day, never by area."""

    def test_the_agent_answers_without_asking_each_time_and_the_household_is_told(
        self, client, asked, coop_manager, xiuying_household
    ):
        page = login(client, coop_manager).get(reverse("sale-detail", args=[asked.pk])).content.decode()
        assert "/confirm/" in page and 'name="consent"' not in page

        client.post(reverse("sale-confirm", args=[asked.pk]), {"idem": uuid.uuid4().hex})

        asked.refresh_from_db()
        assert asked.status == "confirmed"
        assert Consent.objects.get(document=asked.reference).how == "mandate"
        assert Message.objects.filter(kind="sale.answered_for", household=xiuying_household).exists()

    def test_a_mandate_that_only_lists_answers_nothing(
        self, story, client, xiuying_household, coop, coop_manager, cabbage, now
    ):
        factories.a_mandate(xiuying_household, coop, may_confirm=False)
        lot = a_listing(xiuying_household, cabbage, by=coop_manager)
        now["at"] = TUESDAY
        asked = story.asked(wish((lot, 20))).allocations.get()

        assert not can_answer(coop_manager, asked)
        login(client, coop_manager)
        assert client.post(reverse("sale-confirm", args=[asked.pk]), {"idem": uuid.uuid4().hex}).status_code == 403
        with pytest.raises(asking.ConsentNeeded):
            asking.confirm(asked, by=coop_manager, proxy_name="赖社长", at=TUESDAY)

    def test_from_the_day_the_mandate_ends_the_household_answers(self, asked, mandate, xiuying, coop_manager):
        coops.end_mandate(mandate, by=xiuying, at=TUESDAY)

        assert not can_answer(coop_manager, asked)
        assert can_answer(xiuying, asked)

    def test_a_manager_has_no_part_in_other_lots_of_the_village(
        self, story, cabbage_of_guiying, coop_manager, client, now
    ):
        now["at"] = TUESDAY
        order = story.confirmed(wish((cabbage_of_guiying, 20)))
        sold = order.allocations.get()

        assert not sales_seen_by(coop_manager).exists()
        assert not deliveries_seen_by(coop_manager).exists()
        assert not can_answer(coop_manager, sold) and not can_ship(coop_manager, order)
        assert login(client, coop_manager).get(reverse("delivery-ship", args=[order.pk])).status_code == 404
        assert seller_shown(cabbage_of_guiying, coop_manager, order.buyer_id) == "温*英"

    def test_members_goods_of_any_village_are_sent_off_by_their_agent(
        self, story, coop, coop_manager, cabbage, other_village
    ):
        far = factories.a_household(other_village, name="曾水生")
        factories.a_mandate(far, coop)
        order = story.confirmed(wish((a_listing(far, cabbage, by=coop_manager), 20)))

        assert list(orders_to_send_by(coop_manager)) == [order]
        assert can_ship(coop_manager, order)
        delivering.ship(
            [order], {order.allocations.get().pk: delivering.Loaded(20 * KG)}, by=coop_manager, at=WEDNESDAY
        )


class TestCounting:
    """What is sold through an agent is sold by the household."""

    def test_the_household_is_paid_and_counted_in_every_report(self, story, members_lot, xiuying_household, coop):
        story.signed(wish((members_lot, 20)))

        statement = SettlementStatement.objects.get()
        assert (statement.household, statement.cooperative) == (xiuying_household, None)
        assert statement.payable.payee.household == xiuying_household

        figure = sales(Limits("2026-11", "2026-11"), cut_off=FRIDAY).at()
        assert (figure.households, figure.poor_households, figure.poor_fen) == (1, 1, statement.total_fen)

    def test_fairness_counts_each_member_for_itself(
        self, school, cabbage, coop, coop_manager, xiuying_household, guiying_household
    ):
        """The poor member goes first and the neighbour fills up, as if each had listed alone."""
        lots = []
        for household in (xiuying_household, guiying_household):
            factories.a_mandate(household, coop)
            lots.append(a_listing(household, cabbage, kg=100, by=coop_manager))

        fair, _cheapest, _fewest = plans_for(Want(cabbage, 150 * KG, FRIDAY.date()), buyer=school, at=MONDAY)

        assert {pick.lot.listing_id: pick.quantity // KG for pick in fair.split.picks} == {
            lots[0].pk: 100,
            lots[1].pk: 50,
        }
        assert (fair.poor_owners, fair.poor_g) == (1, 100 * KG)


class TestInterest:
    """Whoever works for the co-operative that sells takes no hand of the buyer's, and the other way round."""

    def test_the_agents_people_do_not_buy_it(self, story, members_lot, coop_manager, school):
        buyer = a_user("赖社长", "buyer", school, person=coop_manager.person)

        with pytest.raises(placing.OwnGoods):
            story.place(wish((members_lot, 20)), by=buyer)

    @pytest.mark.parametrize("stage", ["approve", "weigh", "sign", "pay", "confirm payment"])
    def test_the_agents_people_take_no_hand_of_the_buyers(self, stage, asked, haulier, school):
        works_for_both = a_user("罗师傅", "receiver", school, person=haulier.person)

        with pytest.raises(HasInterest):
            take_part(asked.order.reference, stage, by=works_for_both, at=TUESDAY)

    def test_the_agents_people_do_not_pay_for_it(self, story, members_lot, coop_manager, school):
        story.signed(wish((members_lot, 20)))
        cashier = a_user("赖社长", "cashier", school, person=coop_manager.person)

        with pytest.raises(HasInterest):
            paying.record_payment(SettlementStatement.objects.get(), voucher_number="1", by=cashier, at=FRIDAY)

    def test_whoever_buys_does_not_answer_as_agent(self, asked, coop_manager, school):
        a_user("赖社长", "buyer", school, person=coop_manager.person)

        with pytest.raises(HasInterest):
            asking.confirm(asked, by=a_user("赖社长", person=coop_manager.person), at=TUESDAY)

    def test_a_co_operative_that_does_not_sell_the_lot_has_no_interest(
        self, story, cabbage_of_guiying, haulier, school
    ):
        order = story.asked(wish((cabbage_of_guiying, 20)))
        buyer = a_user("罗师傅", "receiver", school, person=haulier.person)

        take_part(order.reference, "weigh", by=buyer, at=TUESDAY)
