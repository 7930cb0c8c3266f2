"""The canteen's phone: an order of several goods, and last week's once more, in few taps and little time."""

import pytest

from orders.models import PurchaseOrder
from produce.models import Produce
from produce.services.dictionary import load
from tests import factories
from tests.browser.test_selling_phone import Thumb
from tests.factories import MONDAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GOODS = {"cabbage": "包菜 60公斤", "radish": "白萝卜 45公斤", "taro": "芋头 30公斤"}


@pytest.fixture
def buyer(phone, now, chef_chen, treasurer_zhou, school, xiuying_household, guiying_household):
    """A phone on its home page; two households sell what it buys."""
    load()
    factories.a_fund(school, by=treasurer_zhou, at=MONDAY)
    for code in GOODS:
        for household in (xiuying_household, guiying_household):
            factories.a_listing(household, Produce.objects.get(code=code), kg=200, at=MONDAY)
    page = phone(chef_chen, by_code=False)
    page.goto("/")
    return Thumb(page)


def test_three_goods_are_ordered_in_twelve_taps_and_again_next_week_in_three(buyer, now):
    page = buyer.page
    began = page.evaluate("Date.now()")
    buyer.tap("一次订一单子")
    for words in GOODS.values():
        typing = page.locator("input[name=name]")
        typing.click()
        buyer.taps += 1
        typing.fill(words)
        buyer.tap("加上")
    buyer.tap("看方案")
    buyer.screen.sees("合计", "包菜", at="/basket/check/")
    buyer.tap("就这样订")

    order = PurchaseOrder.objects.get()
    assert sorted(order.lines.values_list("asked_g", flat=True)) == [30_000, 45_000, 60_000]
    assert buyer.taps <= 12 and page.evaluate("Date.now()") - began < 120_000

    now.at = MONDAY.replace(day=MONDAY.day + 7)
    page.goto("/")
    buyer.taps = 0
    buyer.tap("一次订一单子")
    buyer.tap("的一样，看方案")
    buyer.tap("就这样订")

    assert buyer.taps <= 3
    again = PurchaseOrder.objects.exclude(pk=order.pk).get()
    assert sorted(again.lines.values_list("asked_g", flat=True)) == [30_000, 45_000, 60_000]
