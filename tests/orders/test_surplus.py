"""More on the scale than was ordered: taken as far as order, lot and purse allow, sent back, or offered anew."""

import pytest
from django.urls import reverse

from accounts.models import Message
from kernel.errors import BadValue
from marketplace.audit import breaches
from orders.models import GoodsReceipt, ReceiptLine
from orders.services import weighing
from orders.services.weighing import Weighed
from tests.factories import FRIDAY, THURSDAY, a_fund, login
from tests.orders.steps import KG, owed_to, purse, totals, wish
from tests.trips import order_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("over", "refused", "accepted", "surplus", "paid"),
    [
        ("take", 0, 40_800, 4_200, 65_28),
        ("back", 0, 40_000, 5_000, 64_00),
        ("next", 0, 40_000, 5_000, 64_00),
        ("back", 3_000, 40_000, 2_000, 64_00),
        ("take", 5_000, 40_000, 0, 64_00),
    ],
)
def test_what_is_too_much_goes_as_the_receiver_says_to_the_gram_and_the_fen(
    story, fund, cabbage_of_xiuying, over, refused, accepted, surplus, paid
):
    reason = "rotten" * bool(refused)
    weighed = Weighed(45_000, refused_g=refused, reason=reason, over=over)
    story.signed(wish((cabbage_of_xiuying, 40)), weights=[weighed])

    line = ReceiptLine.objects.get()
    assert (line.accepted_g, line.surplus_g, line.refused_g) == (accepted, surplus, refused + surplus)
    assert line.reason == (reason or "surplus")
    assert purse(fund) == (paid, 0, 10_000_00 - paid)
    assert owed_to(cabbage_of_xiuying) == (paid, 0)
    assert totals(cabbage_of_xiuying) == (100 * KG - accepted, 0, accepted)
    assert breaches() == []


@pytest.mark.parametrize(("left_fen", "accepted"), [(0, 40_003), (1, 40_009), (100, 40_628), (128, 40_800)])
def test_no_more_is_taken_than_the_purse_pays_for(story, cabbage_of_xiuying, left_fen, accepted):
    story.fund = a_fund(story.buyer, "canteen", yuan=(64_00 + left_fen) / 100)

    story.signed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(45_000, over="take")])

    assert ReceiptLine.objects.get().accepted_g == accepted
    assert purse(story.fund)[1:] == (0, 0)


def test_two_lots_of_one_purse_take_from_it_one_after_the_other(story, cabbage_of_xiuying, cabbage_of_guiying):
    story.fund = a_fund(story.buyer, "canteen", yuan=125)  # 64.00 and 60.00 are held

    story.signed(
        wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)),
        weights=[Weighed(45_000, over="take"), Weighed(45_000, over="take")],
    )

    first, second = ReceiptLine.objects.order_by("allocation_id")
    assert (first.accepted_g, second.accepted_g) == (40_628, 40_003)
    assert purse(story.fund) == (125_00, 0, 0)


def test_surplus_is_no_reason_to_choose_and_never_hides_what_is_rotten(story, cabbage_of_xiuying):
    with pytest.raises(BadValue):
        story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(40_000, refused_g=9_000, reason="surplus")])
    with pytest.raises(weighing.TooMuch):
        story.weighed(wish((cabbage_of_xiuying, 40)), weights=[Weighed(45_000)])

    assert not GoodsReceipt.objects.exists()


def test_the_page_adds_up_what_is_accepted_so_far(
    client, now, story, receiver_wang, cabbage_of_xiuying, cabbage_of_guiying
):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)))
    first, _second = delivery.lines.order_by("allocation_id")
    now["at"] = THURSDAY
    page = reverse("delivery-accept", args=[delivery.pk])
    login(client, receiver_wang).post(page, {"line": first.allocation_id, "gross": "45", "over": "take"})

    shown = client.get(page).content.decode()
    assert "已收 40.8 公斤，65.28 元" in " ".join(shown.split())
    assert len(shown.encode()) < 60_000 and delivery.receipts.count() == 0


def test_what_comes_today_stands_first_on_the_list_of_the_receiver(
    client, now, story, receiver_wang, cabbage_of_xiuying, cabbage_of_guiying
):
    later = story.shipped(wish((cabbage_of_xiuying, 10)), deliver_on=FRIDAY.date())
    today = story.shipped(wish((cabbage_of_guiying, 10)))
    now["at"] = THURSDAY

    shown = login(client, receiver_wang).get(reverse("delivery-list")).content.decode()

    assert 0 < shown.index(today.number) < shown.index(later.number)


def test_the_page_asks_what_becomes_of_it_and_whoever_ordered_finds_it_again(
    client, now, story, receiver_wang, receiver_sun, chef_chen, cabbage_of_xiuying
):
    delivery = story.shipped(wish((cabbage_of_xiuying, 40)))
    now["at"] = THURSDAY
    page, typed = reverse("delivery-accept", args=[delivery.pk]), {"line": delivery.lines.get().allocation_id}
    login(client, receiver_wang)

    asked = client.post(page, typed | {"gross": "45"})
    assert asked.status_code == 409 and 'value="next"' in asked.content.decode()
    assert client.post(page, typed | {"gross": "45", "over": "next"}).status_code == 302
    receipt = GoodsReceipt.objects.get()
    login(client, receiver_sun).post(reverse("receipt-sign", args=[receipt.pk]), {"idem": "a" * 32})

    body = Message.objects.get(kind="order.surplus").body
    assert order_of(delivery).number in body and "10 斤" in body
    shown = login(client, chef_chen).get(reverse("receipt-detail", args=[receipt.pk])).content.decode()
    link = f"{reverse('order-new')}?listing={cabbage_of_xiuying.pk}&amp;quantity_0=5"
    assert link in shown and "订多送来的 5 公斤包菜" in shown
    assert 'value="5"' in client.get(link.replace("&amp;", "&")).content.decode()
