"""At the scale: what was accepted is sold and owed to the fen, the rest is free at once, and two people say so."""

import datetime as dt

import pytest

from accounts.models import BankCard, Message
from accounts.services.people import set_card
from kernel.dates import time_words
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from ledger.models import Payable, Transfer
from orders.models import GoodsReceipt, ReceiptLine, SettlementStatement, StatementLine
from orders.services import delivering, receiving, settling, weighing
from orders.services.delivering import Loaded
from orders.services.hands import HandTaken, OwnOrder
from orders.services.placing import Wish
from orders.services.weighing import TooMuch, Weighed
from records.models import PolicyValue
from records.services.participation import AlreadyTookPart
from tests.factories import FRIDAY, THURSDAY, WEDNESDAY, a_card_number, a_fund
from tests.orders.steps import KG, MINUTE, owed_to, purse, take, totals, wish
from tests.trips import order_of

pytestmark = pytest.mark.django_db


def test_what_was_shipped_is_written_down_lot_by_lot(story, cabbage_of_xiuying, cabbage_of_guiying):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 60)))

    assert order_of(delivery).status == "under_way"
    assert delivery.number.startswith("SH261104-0")
    assert delivery.arrive_by_at == WEDNESDAY + dt.timedelta(days=3)
    assert sorted(delivery.lines.values_list("shipped_g", flat=True)) == [40 * KG, 60 * KG]


def test_more_than_the_tolerance_does_not_go_on_the_cart(story, haulier, cabbage_of_xiuying):
    order = story.confirmed(wish((cabbage_of_xiuying, 40)))
    [row] = order.allocations.all()

    with pytest.raises(BadValue):
        delivering.ship([order], {row.pk: Loaded(40_801)}, by=haulier, at=WEDNESDAY)
    order.refresh_from_db()
    assert order.status == "under_way"

    assert delivering.ship([order], {row.pk: Loaded(40_800)}, by=haulier, at=WEDNESDAY)


def test_a_lot_of_another_order_does_not_come_along(story, haulier, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.confirmed(wish((cabbage_of_xiuying, 40)))
    other = story.confirmed(wish((cabbage_of_guiying, 40)))

    with pytest.raises(BadValue):
        delivering.ship([order], {other.allocations.get().pk: Loaded(40 * KG)}, by=haulier, at=WEDNESDAY)


def test_signing_pays_exactly_what_was_accepted(story, fund, cabbage_of_xiuying):
    receipt = story.signed(wish((cabbage_of_xiuying, 40)))

    assert receipt.status == "signed"
    assert str(receipt.signed_on) == "2026-11-05"
    assert purse(fund) == (64_00, 0, 10_000_00 - 64_00)
    assert owed_to(cabbage_of_xiuying) == (64_00, 0)
    assert totals(cabbage_of_xiuying) == (60 * KG, 0, 40 * KG)


def test_a_shortage_gives_back_its_money_and_kilos_at_once(story, fund, cabbage_of_xiuying):
    story.signed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(gross_g=40_200, tare_g=4_400, reason="short")])

    assert purse(fund) == (57_28, 0, 10_000_00 - 57_28)  # 35.8 kg at 1.60
    assert owed_to(cabbage_of_xiuying) == (57_28, 0)
    assert totals(cabbage_of_xiuying) == (64_200, 0, 35_800)


def test_a_refusal_says_why_and_the_goods_come_back(story, fund, xiuying_household, cabbage_of_xiuying):
    story.signed(
        wish((cabbage_of_xiuying, 40)), weights=[Weighed(40_000, refused_g=6_000, reason="rotten", note="底下烂了")]
    )

    line = ReceiptLine.objects.get()
    assert (line.net_g, line.accepted_g, line.refused_g, line.reason) == (40_000, 34_000, 6_000, "rotten")
    assert purse(fund) == (54_40, 0, 10_000_00 - 54_40)
    assert totals(cabbage_of_xiuying) == (66 * KG, 0, 34 * KG)
    [told] = Message.objects.filter(household=xiuying_household, kind="sale.accepted")
    assert "54.40" in told.body and "68" in told.body and "12" in told.body


@pytest.mark.parametrize("reason", ["rotten", "moisture", "grade", "other"])
def test_what_is_wrong_with_goods_is_shown_where_the_rule_of_the_day_asks_for_it(
    story, receiver_wang, clerk_ma, director_lin, cabbage_of_xiuying, reason
):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    lot = order_of(delivery).allocations.get()
    back = {lot.pk: Weighed(40_000, refused_g=1_000, reason=reason)}

    with pytest.raises(weighing.NotShown):
        receiving.weigh(delivery, back, by=receiver_wang, at=THURSDAY)
    PolicyValue.objects.create(
        name="refusal_photo", value="0", from_on=THURSDAY.date(), set_by=clerk_ma, confirmed_by=director_lin,
        confirmed_at=WEDNESDAY,
    )  # fmt: skip
    assert receiving.weigh(delivery, back, by=receiver_wang, at=THURSDAY)


def test_a_short_sack_has_nothing_to_show(story, receiver_wang, cabbage_of_xiuying):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    short = {order_of(delivery).allocations.get().pk: Weighed(40_000, refused_g=1_000, reason="short")}

    assert receiving.weigh(delivery, short, by=receiver_wang, at=THURSDAY)


def test_all_refused_leaves_nothing_owed(story, fund, cabbage_of_xiuying):
    receipt = story.signed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(40_000, refused_g=40_000, reason="rotten")])

    order_of(receipt.delivery).refresh_from_db()
    assert order_of(receipt.delivery).status == "closed"
    assert not SettlementStatement.objects.exists()
    assert purse(fund) == (0, 0, 10_000_00)
    assert totals(cabbage_of_xiuying) == (100 * KG, 0, 0)


def test_a_little_more_than_ordered_takes_fresh_money_and_kilos(story, fund, cabbage_of_xiuying):
    story.signed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(40_800)])

    assert purse(fund) == (65_28, 0, 10_000_00 - 65_28)
    assert owed_to(cabbage_of_xiuying) == (65_28, 0)
    assert totals(cabbage_of_xiuying) == (59_200, 0, 40_800)


def test_more_than_the_tolerance_is_refused_in_words(story, cabbage_of_xiuying):
    with pytest.raises(weighing.TooMuch) as refusal:
        story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(40_801)])

    assert "40.8" in str(refusal.value)
    assert not GoodsReceipt.objects.exists()


def test_no_more_is_accepted_than_the_lot_ever_had(story, cabbage_of_xiuying):
    with pytest.raises(weighing.TooMuch) as refusal:
        story.weighed(wish((cabbage_of_xiuying, 100)), weights=[Weighed(100_001)])

    assert "100" in str(refusal.value)


def test_a_little_more_is_refused_when_the_fund_cannot_cover_it(story, cabbage_of_xiuying):
    fund = a_fund(story.buyer, "canteen", yuan=64)
    story.fund = fund
    with pytest.raises(TooMuch):
        story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(40_800)])

    assert purse(fund) == (0, 64_00, 0)
    assert totals(cabbage_of_xiuying) == (60 * KG, 40 * KG, 0)


def test_ducks_are_counted_and_paid_by_weight(story, fund, ducks):
    story.signed(
        Wish(ducks.produce_id, (take(ducks, pieces=12),)),
        weights=[Weighed(25_000, tare_g=3_100, accepted_pieces=11, refused_g=1_700, reason="other")],
    )

    assert totals(ducks) == (19, 0, 11)
    assert purse(fund)[0] == 727_20  # 20.2 kg at 36.00
    assert owed_to(ducks) == (727_20, 0)


def test_heavy_ducks_take_fresh_money(story, fund, ducks):
    story.signed(Wish(ducks.produce_id, (take(ducks, pieces=10),)), weights=[Weighed(19_000, accepted_pieces=10)])

    assert purse(fund)[:2] == (684_00, 0)  # held were 630.00 for 17.5 kg


@pytest.mark.parametrize(
    "weighed",
    [
        Weighed(-1),
        Weighed(40_000, tare_g=-1),
        Weighed(4_000, tare_g=4_000),
        Weighed(4_000, tare_g=40_000),
        Weighed(40_000, refused_g=1_000),
        Weighed(37_999),  # more than 5 % less than was sent, without a reason
        Weighed(40_000, refused_g=41_000, reason="rotten"),
        Weighed(40_000, refused_g=1_000, reason="ugly"),
        Weighed(40_000, accepted_pieces=4),
    ],
)
def test_what_no_scale_can_say_is_refused(story, fund, cabbage_of_xiuying, weighed):
    with pytest.raises(BadValue):
        story.weighed(wish((cabbage_of_xiuying, 40)), weights=[weighed])

    assert not GoodsReceipt.objects.exists()
    assert purse(fund) == (0, 64_00, 10_000_00 - 64_00)


def test_every_line_is_weighed(story, receiver_wang, cabbage_of_xiuying, cabbage_of_guiying):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)))
    first, _second = order_of(delivery).allocations.order_by("pk")

    with pytest.raises(receiving.LineMissing):
        receiving.weigh(delivery, {first.pk: Weighed(40_000)}, by=receiver_wang, at=THURSDAY)


def test_the_second_signature_is_another_person(story, receiver_wang, chef_chen, haulier, cabbage_of_xiuying):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)))

    with pytest.raises(AlreadyTookPart):
        receiving.sign(receipt, by=receiver_wang, at=THURSDAY)
    with pytest.raises(AlreadyTookPart):
        receiving.sign(receipt, by=haulier, at=THURSDAY)
    with pytest.raises(OwnOrder):
        receiving.sign(receipt, by=chef_chen, at=THURSDAY)

    receipt.refresh_from_db()
    assert receipt.status == "weighed"
    assert not Payable.objects.exists()


def test_whoever_ordered_does_not_weigh(story, chef_chen, cabbage_of_xiuying):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))

    with pytest.raises(OwnOrder):
        receiving.weigh(delivery, {order_of(delivery).allocations.get().pk: Weighed(40_000)}, by=chef_chen, at=THURSDAY)


def test_signing_twice_pays_once(story, fund, receiver_sun, cabbage_of_xiuying):
    receipt = story.signed(wish((cabbage_of_xiuying, 40)))

    with pytest.raises(IllegalMove):
        receiving.sign(receipt, by=receiver_sun, at=FRIDAY)

    assert purse(fund) == (64_00, 0, 10_000_00 - 64_00)
    assert Payable.objects.count() == 1


def test_a_weighing_that_is_not_right_is_struck_out_and_done_again(
    story, fund, receiver_wang, receiver_sun, cabbage_of_xiuying
):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(30_000, reason="short")])
    receiving.strike_weighing(receipt, why="还有一筐没称", by=receiver_sun, at=THURSDAY)

    delivery = receipt.delivery
    second = receiving.weigh(
        delivery, {order_of(delivery).allocations.get().pk: Weighed(40_000)}, by=receiver_wang, at=THURSDAY
    )
    receiving.sign(second, by=receiver_sun, at=THURSDAY)

    assert purse(fund) == (64_00, 0, 10_000_00 - 64_00)
    assert [r.status for r in GoodsReceipt.objects.order_by("pk")] == ["void", "signed"]


def test_whoever_weighed_is_told_when_a_colleague_strikes_it_out(story, receiver_sun, cabbage_of_xiuying):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(30_000, reason="short")])
    receiving.strike_weighing(receipt, why=" 还有一筐没称 ", by=receiver_sun, at=THURSDAY)

    told = Message.objects.get(kind="receipt.struck_out")
    assert (told.phone, told.document) == (receipt.weighed_by.phone, receipt.reference)
    for said in (receiver_sun.person.name, time_words(THURSDAY), receipt.delivery.number, "还有一筐没称"):
        assert said in told.body


def test_a_weighing_is_struck_out_by_nobody_who_placed_the_order_or_sent_the_goods(
    story, chef_chen, receiver_sun, cabbage_of_xiuying
):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(30_000, reason="short")])
    sender = receipt.delivery.by

    with pytest.raises(HandTaken):
        receiving.strike_weighing(receipt, why="少称了", by=sender, at=THURSDAY)
    with pytest.raises(OwnOrder):
        receiving.strike_weighing(receipt, why="少称了", by=chef_chen, at=THURSDAY)

    receiving.sign(receipt, by=receiver_sun, at=THURSDAY)
    assert GoodsReceipt.objects.get().status == "signed"


def test_whoever_weighed_strikes_out_the_own_slip_and_still_never_signs(story, receiver_sun, cabbage_of_xiuying):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(30_000, reason="short")])
    receiving.strike_weighing(receipt, why="看错了", by=receipt.weighed_by, at=THURSDAY)
    assert not Message.objects.filter(kind="receipt.struck_out").exists()
    lot = order_of(receipt.delivery).allocations.get().pk
    again = receiving.weigh(receipt.delivery, {lot: Weighed(40_000)}, by=receiver_sun, at=THURSDAY)

    with pytest.raises(HandTaken):
        receiving.sign(again, by=receipt.weighed_by, at=THURSDAY)


def test_one_statement_a_seller_sums_its_lines_to_the_fen(story, school, cabbage_of_xiuying, cabbage_of_coop, ducks):
    receipt = story.signed(
        wish((cabbage_of_xiuying, 33.333), (cabbage_of_coop, 77.777)),
        Wish(ducks.produce_id, (take(ducks, pieces=3),)),
        weights=[Weighed(33_333), Weighed(77_777), Weighed(5_251, accepted_pieces=3)],
    )

    order = order_of(receipt.delivery)
    order.refresh_from_db()
    assert order.status == "closed"
    by_household = SettlementStatement.objects.get(household__isnull=False)
    by_coop = SettlementStatement.objects.get(cooperative__isnull=False)
    assert by_household.total_fen == 53_33 + 189_04
    assert by_coop.total_fen == 140_00
    for statement in (by_household, by_coop):
        lines = StatementLine.objects.filter(statement=statement)
        assert sum(line.amount_fen for line in lines) == statement.total_fen == statement.payable.amount_fen
        assert sum(line.weight_g for line in lines) == statement.weight_g
        assert statement.payable.document == f"statement:{statement.pk}"
        assert str(statement.payable.due_on) == "2026-12-05"
        assert statement.payable.payer == school
    assert purse(story.fund)[0] == by_household.total_fen + by_coop.total_fen


def test_a_seller_without_a_card_waits_and_blocks_nobody(
    story, chef_chen, xiuying_household, cabbage_of_xiuying, cabbage_of_guiying
):
    BankCard.objects.filter(household=xiuying_household).update(to_at=WEDNESDAY)
    receipt = story.signed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)))
    order = order_of(receipt.delivery)
    order.refresh_from_db()

    assert order.status == "under_way"
    assert [s.household.head_name for s in SettlementStatement.objects.all()] == ["温桂英"]
    assert Message.objects.filter(household=xiuying_household, kind="sale.card_missing").count() == 1

    set_card(
        household=xiuying_household, number=a_card_number(770_777), holder="黄秀英", bank="石城农商银行", at=FRIDAY
    )
    assert len(settling.settle_order(order, by=chef_chen, at=FRIDAY)) == 1

    order.refresh_from_db()
    assert order.status == "closed"
    assert SettlementStatement.objects.get(household=xiuying_household).total_fen == 64_00
    assert settling.settle_order(order, by=chef_chen, at=FRIDAY) == []


def test_a_lot_left_behind_stays_held_for_another_trip(
    story, fund, haulier, receiver_wang, receiver_sun, cabbage_of_xiuying, cabbage_of_guiying
):
    order = story.confirmed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)))
    first, second = order.allocations.order_by("pk")
    delivery = delivering.ship([order], {first.pk: Loaded(40 * KG)}, by=haulier, at=WEDNESDAY)
    receipt = receiving.weigh(delivery, {first.pk: Weighed(40_000)}, by=receiver_wang, at=THURSDAY)

    receiving.sign(receipt, by=receiver_sun, at=THURSDAY)

    second.refresh_from_db()
    assert (second.status, order_of(delivery).status) == ("confirmed", "under_way")
    assert purse(fund) == (64_00, 60_00, 10_000_00 - 124_00)
    assert totals(cabbage_of_guiying) == (40 * KG, 40 * KG, 0)


def test_silence_accepts_what_was_shipped(story, fund, cabbage_of_xiuying):
    delivery = story.arrived(wish((cabbage_of_xiuying, 40)))
    end = delivery.arrival.accept_by_at

    assert end == WEDNESDAY + MINUTE + dt.timedelta(hours=48)
    assert receiving.accept_by_silence(delivery, at=end - MINUTE) is None
    receipt = receiving.accept_by_silence(delivery, at=end)

    assert (receipt.status, receipt.signed_by) == ("signed", None)
    assert purse(fund) == (64_00, 0, 10_000_00 - 64_00)
    assert receiving.accept_by_silence(delivery, at=end + MINUTE) is None


def test_silence_after_one_weighing_accepts_what_was_weighed(story, fund, cabbage_of_xiuying):
    receipt = story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(35_800, reason="short")])

    receiving.accept_by_silence(receipt.delivery, at=receipt.delivery.arrival.accept_by_at)

    assert purse(fund) == (57_28, 0, 10_000_00 - 57_28)


def test_nothing_pending_is_left_of_a_settled_order(story, cabbage_of_xiuying, cabbage_of_guiying):
    story.signed(
        wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)),
        weights=[Weighed(39_999), Weighed(40_000, refused_g=39_999, reason="grade")],
    )

    open_holds = Transfer.objects.filter(kind="pending", resolution=None)
    assert not open_holds.exists()
    # One gram at 0.75 yuan a jin is less than half a fen: accepted, and worth nothing.
    assert sorted(SettlementStatement.objects.values_list("total_fen", flat=True)) == [0, 63_99 + 1]
    assert Payable.objects.count() == 1
