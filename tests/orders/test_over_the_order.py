"""What may be taken above an order: over all trips, whoever signed, within lot, purse and plan; and it always ends."""

import datetime as dt

import pytest

from accounts.models import Message
from canteens.services import purchase_plans
from canteens.services.plan_goods import Goods
from kernel.errors import BadValue
from marketplace.audit import breaches
from orders.models import Arrival, Fate, ReceiptLine
from orders.selectors.orders import LotSums, lot_sums
from orders.services import asking, delivering, receiving, returning, sweeping
from orders.services.delivering import Loaded
from orders.services.placing import Wish
from orders.services.recalling import recall_lot
from orders.services.weighing import NoRoomForMore, TooMuch, Weighed
from records.models import Attachment
from tests import factories
from tests.factories import FRIDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.orders.steps import KG, MINUTE, a_stored_photo, owed_to, purse, take, totals, wish

pytestmark = pytest.mark.django_db
SILENT = dt.timedelta(days=3)


def cart(story, order, kg, pieces=None):
    """Send so many kilos of the only lot of an order off, and let them arrive."""
    [lot] = order.allocations.all()
    load = {lot.pk: Loaded(round(kg * KG), pieces)}
    trip = delivering.ship([order], load, driver="罗师傅", by=story.people["haulier"], at=WEDNESDAY)
    delivering.arrive(trip, Arrival.How.BUYER, by=story.people["weigher"], at=WEDNESDAY + MINUTE)
    return trip


def weighed(story, trip, kg, **more):
    [line] = trip.lines.all()
    return receiving.weigh(
        trip, {line.allocation_id: Weighed(round(kg * KG), **more)}, by=story.people["weigher"], at=THURSDAY
    )


def sign(story, receipt):
    return receiving.sign(receipt, by=story.people["signer"], at=THURSDAY + MINUTE)


def signed_or_not(story, receipt, signs):
    return {True: sign, False: lambda _story, unsigned: unsigned}[signs](story, receipt)


def test_what_another_trip_brought_counts_before_anybody_has_signed_for_it(story, cabbage_of_xiuying):
    order = story.confirmed(wish((cabbage_of_xiuying, 50)))
    first, second = cart(story, order, 25), cart(story, order, 25)
    receipts = [weighed(story, first, 25.8)]

    with pytest.raises(TooMuch, match=r"25\.2 公斤"):  # 51 kg in all
        weighed(story, second, 25.3)
    receipts.append(weighed(story, second, 25.2))
    for receipt in receipts:
        sign(story, receipt)

    assert totals(cabbage_of_xiuying) == (49 * KG, 0, 51 * KG)
    assert breaches() == []


def test_a_weighing_that_was_struck_out_takes_nothing_from_the_other_trip(story, cabbage_of_xiuying):
    order = story.confirmed(wish((cabbage_of_xiuying, 50)))
    first, second = cart(story, order, 25), cart(story, order, 25)
    receiving.strike_weighing(weighed(story, first, 26), why="秤没归零", by=story.people["signer"], at=THURSDAY)

    sign(story, weighed(story, second, 25.5))
    sign(story, weighed(story, first, 25.5))

    assert totals(cabbage_of_xiuying)[2] == 51 * KG


@pytest.mark.parametrize("signs", [True, False])
def test_heads_of_all_trips_are_never_more_than_were_ordered(story, ducks, signs):
    order = story.confirmed(Wish(ducks.produce_id, (take(ducks, pieces=10),)))
    first, second = cart(story, order, 8.75, 5), cart(story, order, 8.75, 5)
    signed_or_not(story, weighed(story, first, 10.5, accepted_pieces=6), signs)

    with pytest.raises(BadValue, match="4 只"):
        weighed(story, second, 8.75, accepted_pieces=5)
    weighed(story, second, 8.75, accepted_pieces=4)


@pytest.mark.parametrize("of", ["goods", "money"])
def test_a_plan_that_is_full_takes_what_was_ordered_and_sends_the_rest_back(
    story, fund, cabbage, cabbage_of_xiuying, chef_chen, chair_tan, of
):
    bound = {"goods": {"goods": (Goods(produce_id=cabbage.pk, quantity_g=50 * KG),)}, "money": {"yuan": 80}}[of]
    plan = factories.a_purchase_plan(fund, by=chef_chen, **bound)
    story.plan = purchase_plans.approve_plan(plan, by=chair_tan, at=plan.at)
    trip = cart(story, story.confirmed(wish((cabbage_of_xiuying, 50))), 50)

    with pytest.raises(TooMuch):
        weighed(story, trip, 50.5)
    receipt = sign(story, weighed(story, trip, 50.5, over="take"))

    line = receipt.lines.get()
    assert line.refused_g == line.surplus_g == 50_500 - line.accepted_g
    assert 50 * KG <= line.accepted_g < 50_010  # a gram or two cost nothing
    assert owed_to(cabbage_of_xiuying) == (80_00, 0)
    assert breaches() == []


class TestRoomThatIsGone:
    """More was weighed than ordered while there was room; before anybody signs another order takes the room."""

    @pytest.fixture
    def story(self, story):
        story.fund = factories.a_fund(story.buyer, "canteen", yuan=66)
        return story

    @pytest.fixture
    def receipt(self, story, cabbage_of_xiuying, cabbage_of_guiying):
        trip = cart(story, story.confirmed(wish((cabbage_of_xiuying, 40))), 40)
        [line] = trip.lines.all()
        receipt = receiving.weigh(
            trip,
            {line.allocation_id: Weighed(41_500, 0, 700, "rotten")},
            photos={f"refused:{line.allocation_id}": a_stored_photo(story.people["weigher"], THURSDAY)},
            by=story.people["weigher"],
            at=THURSDAY,
        )
        story.place(wish((cabbage_of_guiying, 1)), deliver_on=dt.date(2026, 11, 12))
        return receipt

    def test_the_signature_is_refused_and_says_what_to_do(self, story, receipt, cabbage_of_xiuying):
        with pytest.raises(NoRoomForMore, match="作废重称"):
            sign(story, receipt)

        receipt.refresh_from_db()
        assert receipt.status == "weighed"
        assert (totals(cabbage_of_xiuying)[1:], purse(story.fund)) == ((40 * KG, 0), (0, 65_50, 50))

    def test_silence_takes_what_was_ordered_and_tells_who_weighed(self, story, receipt, cabbage_of_xiuying):
        assert sweeping.accept_silent(at=THURSDAY + SILENT) == 1

        line = ReceiptLine.objects.get(receipt__status="signed")
        assert (line.gross_g, line.accepted_g, line.refused_g, line.surplus_g, line.reason) == (
            41_500, 40_000, 1_500, 800, "rotten",
        )  # fmt: skip
        assert Attachment.objects.filter(document=line.receipt.reference, role__startswith="refused").count() == 1
        assert totals(cabbage_of_xiuying) == (60 * KG, 0, 40 * KG)
        assert (owed_to(cabbage_of_xiuying), purse(story.fund)) == ((64_00, 0), (64_00, 1_50, 50))
        [told] = Message.objects.filter(kind="receipt.struck_out")
        assert receipt.delivery.number in told.body
        assert sweeping.accept_silent(at=THURSDAY + SILENT) == 0
        assert breaches() == []


class TestSilence:
    """Silence takes no more than was ordered, whatever other trips brought, and is never stuck."""

    @pytest.mark.parametrize("signs", [True, False])
    def test_what_another_trip_brought_is_not_taken_twice(self, story, cabbage_of_xiuying, signs):
        order = story.confirmed(wish((cabbage_of_xiuying, 50)))
        first, second = cart(story, order, 25), cart(story, order, 25)
        receipt = weighed(story, first, 51)
        signed_or_not(story, receipt, signs)

        receiving.accept_by_silence(second, at=THURSDAY + SILENT)
        sweeping.accept_silent(at=THURSDAY + SILENT)

        assert totals(cabbage_of_xiuying) == (49 * KG, 0, 51 * KG)
        line = ReceiptLine.objects.get(receipt__delivery=second)
        assert (line.accepted_g, line.refused_g, line.reason) == (0, 25 * KG, "surplus")
        assert breaches() == []

    def test_what_was_weighed_and_then_recalled_goes_back_whole(self, story, cabbage_of_xiuying, inspector_he):
        receipt = weighed(story, cart(story, story.confirmed(wish((cabbage_of_xiuying, 50))), 50), 50)
        recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=THURSDAY + MINUTE)

        assert sweeping.accept_silent(at=THURSDAY + SILENT) == 1

        line = ReceiptLine.objects.get(receipt__status="signed")
        assert (line.accepted_g, line.refused_g, line.reason) == (0, 50 * KG, "recalled")
        assert (receipt.delivery.receipts.count(), owed_to(cabbage_of_xiuying)) == (2, (0, 0))

    def test_more_heads_than_are_ordered_still_go_back(self, story, ducks):
        order = story.confirmed(Wish(ducks.produce_id, (take(ducks, pieces=10),)))
        first, second = cart(story, order, 8.75, 5), cart(story, order, 8.75, 5)
        sign(story, weighed(story, first, 14, accepted_pieces=8))

        receiving.accept_by_silence(second, at=THURSDAY + SILENT)

        line = ReceiptLine.objects.get(receipt__delivery=second)
        assert (line.accepted_pieces, line.accepted_g, line.refused_g) == (2, 3_500, 5_250)
        assert totals(ducks)[2] == 10
        assert breaches() == []


def test_the_foot_of_an_order_counts_what_is_held_and_what_the_buyer_keeps(
    story, xiuying, cabbage_of_xiuying, cabbage_of_guiying
):
    order = story.asked(wish((cabbage_of_xiuying, 50), (cabbage_of_guiying, 40)))
    hers, next_door = order.allocations.order_by("pk")
    asking.confirm(hers, by=xiuying, at=TUESDAY)
    asking.decline(next_door, by=next_door.listing.made_by, at=TUESDAY)
    trip = delivering.ship([order], {hers.pk: Loaded(50 * KG)}, by=story.people["haulier"], at=WEDNESDAY)
    line = sign(story, weighed(story, trip, 50)).lines.get()
    assert lot_sums(order) == LotSums(lots=2, weight_g=50 * KG, amount_fen=80_00, kept_g=50 * KG)

    by = story.people["weigher"]
    photos = [a_stored_photo(by, THURSDAY)]
    row = returning.ask_return(line, grams=20 * KG, reason="rotten", words="烂了", photos=photos, by=by, at=FRIDAY)
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY + MINUTE)

    assert lot_sums(order).kept_g == 30 * KG
