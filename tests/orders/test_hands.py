"""Whose hands an order passes through: which two are never one person's, and who stands on the other side of it."""

from itertools import combinations

import pytest

from accounts.models import Kin
from orders.models import SettlementStatement
from orders.services import asking, delivering, paying, placing, receiving
from orders.services.hands import HandTaken, OwnOrder
from orders.services.weighing import Weighed
from records.models import Participation
from records.services.participation import AlreadyTookPart, HasInterest, NobodyKnown, take_part
from tests.factories import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, a_user
from tests.orders.steps import KG, wish
from tests.trips import order_behind, order_of

pytestmark = pytest.mark.django_db
STAGES = ("request", "answer", "approve", "ship", "weigh", "sign", "pay_make", "pay_check")
ONE_PERSON_MAY = [
    {"approve", "sign"},
    {"approve", "pay_check"},
    {"sign", "pay_check"},
    {"approve", "weigh"},
    {"answer", "ship"},
]
TOGETHER = [pair for pair in combinations(STAGES, 2) if set(pair) in ONE_PERSON_MAY]
APART = [pair for pair in combinations(STAGES, 2) if set(pair) not in ONE_PERSON_MAY]


@pytest.mark.parametrize(("first", "second"), APART + [pair[::-1] for pair in APART])
def test_the_database_refuses_one_person_two_hands_that_exclude_each_other(olga, first, second):
    take_part("order:1", first, by=olga, at=MONDAY)

    with pytest.raises(AlreadyTookPart):
        take_part("order:1", second, by=a_user("欧佳", person=olga.person), at=TUESDAY)
    take_part("order:2", second, by=olga, at=TUESDAY)


@pytest.mark.parametrize(("first", "second"), TOGETHER + [pair[::-1] for pair in TOGETHER])
def test_a_small_canteen_may_leave_these_two_to_one_person(olga, first, second):
    take_part("order:1", first, by=olga, at=MONDAY)
    take_part("order:1", second, by=olga, at=TUESDAY)

    assert set(Participation.objects.values_list("stage", flat=True)) == {first, second}


def test_three_hands_of_one_person_are_looked_at_pair_by_pair(olga):
    for stage in ("approve", "sign", "pay_check"):
        take_part("order:1", stage, by=olga, at=MONDAY)

    with pytest.raises(AlreadyTookPart):
        take_part("order:1", "weigh", by=olga, at=MONDAY)


def test_whoever_places_an_order_has_a_hand_on_it_from_that_moment(story, cabbage_of_xiuying, chef_chen):
    order = story.place(wish((cabbage_of_xiuying, 20)))

    [hand] = Participation.objects.filter(document=order.reference)
    assert (hand.stage, hand.person_key) == ("request", chef_chen.person.key)


def test_an_account_of_nobody_places_no_order(story, cabbage_of_xiuying, chef_chen):
    chef_chen.person = None

    with pytest.raises(NobodyKnown):
        story.place(wish((cabbage_of_xiuying, 20)), by=chef_chen)


def test_the_refusal_names_what_the_person_did(story, cabbage_of_xiuying, receiver_wang):
    receipt = story.weighed(wish((cabbage_of_xiuying, 20)))

    with pytest.raises(HandTaken, match="过过秤"):
        receiving.sign(receipt, by=receiver_wang, at=THURSDAY)


class TestPayment:
    """A payment's two hands are hands on the order its statement comes from."""

    @pytest.fixture
    def statement(self, story, cabbage_of_xiuying):
        story.signed(wish((cabbage_of_xiuying, 20)))
        return SettlementStatement.objects.get()

    def test_whoever_placed_the_order_does_not_record_its_payment(self, statement, chef_chen, cashier_yu):
        with pytest.raises(OwnOrder):
            paying.record_payment(statement, voucher_number="1", by=chef_chen, at=FRIDAY)
        paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
        with pytest.raises(OwnOrder):
            paying.confirm_payment(statement, by=chef_chen, at=FRIDAY)

    def test_whoever_weighed_confirms_no_payment(self, statement, receiver_wang, cashier_yu, second_qiu):
        paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
        with pytest.raises(HandTaken):
            paying.confirm_payment(statement, by=receiver_wang, at=FRIDAY)
        paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)

    def test_whoever_signed_may_confirm_it(self, statement, receiver_sun, cashier_yu):
        paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)

        assert paying.confirm_payment(statement, by=receiver_sun, at=FRIDAY).status == "paid"

    def test_both_hands_are_written_on_the_order(self, statement, cashier_yu, second_qiu):
        paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
        paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)

        hands = Participation.objects.filter(document=order_behind(statement).reference, stage__startswith="pay")
        assert dict(hands.values_list("stage", "person_key")) == {
            "pay_make": cashier_yu.person.key,
            "pay_check": second_qiu.person.key,
        }


def _declare(user, household):
    Kin.objects.create(person=user.person, household=household, relation="兄弟", from_on=MONDAY.date())


class TestInterest:
    """Whoever sells has no hand of the buyer's, and whoever works for the buyer none of the seller's."""

    def test_nobody_weighs_the_own_households_goods(self, story, cabbage_of_xiuying, xiuying, school, receiver_wang):
        delivery = story.shipped(wish((cabbage_of_xiuying, 20)))
        weights = {row.pk: Weighed(20 * KG) for row in order_of(delivery).allocations.all()}
        she = a_user("黄秀英", "receiver", school, person=xiuying.person)

        with pytest.raises(HasInterest):
            receiving.weigh(delivery, weights, by=she, at=THURSDAY)
        receiving.weigh(delivery, weights, by=receiver_wang, at=THURSDAY)

    def test_a_lot_that_was_given_back_is_no_interest_any_more(
        self, story, cabbage_of_xiuying, cabbage_of_guiying, guiying, cadre_liu, school
    ):
        order = story.asked(wish((cabbage_of_xiuying, 20), (cabbage_of_guiying, 20)))
        asking.confirm(order.allocations.get(listing=cabbage_of_xiuying), by=cabbage_of_xiuying.made_by, at=TUESDAY)
        she = a_user("温桂英", "receiver", school, person=guiying.person)
        with pytest.raises(HasInterest):
            take_part(order.reference, "weigh", by=she, at=TUESDAY)

        asking.decline(order.allocations.get(listing=cabbage_of_guiying), by=cadre_liu, at=TUESDAY)

        take_part(order.reference, "weigh", by=she, at=TUESDAY)

    def test_a_member_of_the_household_pays_nothing_to_it(self, story, cabbage_of_xiuying, xiuying, school):
        story.signed(wish((cabbage_of_xiuying, 20)))
        cashier = a_user("黄秀英", "cashier", school, person=xiuying.person)

        with pytest.raises(HasInterest):
            paying.record_payment(SettlementStatement.objects.get(), voucher_number="1", by=cashier, at=FRIDAY)

    def test_whoever_works_for_the_cooperative_does_not_buy_from_it(self, story, cabbage_of_coop, coop_manager, school):
        buyer = a_user("赖社长", "buyer", school, person=coop_manager.person)

        with pytest.raises(placing.OwnGoods):
            story.place(wish((cabbage_of_coop, 20)), by=buyer)

    def test_whoever_buys_does_not_answer_for_the_cooperative(self, story, cabbage_of_coop, coop_manager, school):
        a_user("赖社长", "buyer", school, person=coop_manager.person)
        order = story.asked(wish((cabbage_of_coop, 20)))

        with pytest.raises(HasInterest):
            asking.confirm(order.allocations.get(), by=a_user("赖社长", person=coop_manager.person), at=TUESDAY)

    def test_whoever_works_for_the_buyer_does_not_bring_the_goods(self, story, cabbage_of_xiuying, school, haulier):
        order = story.confirmed(wish((cabbage_of_xiuying, 20)))
        loaded = {order.allocations.get().pk: delivering.Loaded(20 * KG)}
        cook = a_user("罗师傅", "receiver", school, person=haulier.person)

        with pytest.raises(HasInterest):
            delivering.ship([order], loaded, by=cook, at=WEDNESDAY)

    @pytest.mark.parametrize("stage", ["request", "approve", "weigh", "sign", "pay_make", "pay_check"])
    def test_kin_of_who_sells_take_no_hand_of_the_buyers(self, story, cabbage_of_xiuying, school, stage):
        order = story.confirmed(wish((cabbage_of_xiuying, 20)))
        brother = a_user("黄大力", "receiver", school)
        _declare(brother, cabbage_of_xiuying.household)

        with pytest.raises(HasInterest):
            take_part(order.reference, stage, by=brother, at=WEDNESDAY)

    def test_kin_of_who_sells_do_not_order_from_it(self, story, cabbage_of_xiuying, school):
        brother = a_user("黄大力", "buyer", school)
        _declare(brother, cabbage_of_xiuying.household)

        with pytest.raises(placing.OwnGoods):
            story.place(wish((cabbage_of_xiuying, 20)), by=brother)

    def test_another_buyers_receiver_may_bring_them(self, story, cabbage_of_xiuying, hospital, haulier):
        order = story.confirmed(wish((cabbage_of_xiuying, 20)))
        loaded = {order.allocations.get().pk: delivering.Loaded(20 * KG)}
        cook = a_user("罗师傅", "receiver", hospital, person=haulier.person)

        assert delivering.ship([order], loaded, by=cook, at=WEDNESDAY).by == cook
