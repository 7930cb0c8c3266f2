"""The market chain in a real browser: photo, asking, yes, scale, money; and selling where scripts are off."""

import pytest

from catalog.models import Listing
from orders.models import PurchaseOrder
from orders.tasks import ask_waiting
from records.models import StoredFile
from tests import factories
from tests.browser.screens import Screen, a_photo
from tests.trips import statements_of, trip_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_from_a_photo_of_cabbage_to_money_on_the_card(
    phone, now, xiuying, chef_chen, haulier, receiver_wang, receiver_sun, treasurer_zhou, chair_tan, school, cabbage
):
    factories.a_fund(school, yuan=1_000, by=treasurer_zhou, at=now.at)

    # She signs in by a code and sells: photo from the phone's album, a picture to tap, number keys.
    farmer = Screen(phone())
    farmer.open("/sign-in/", "登录")
    farmer.page.fill('input[name="phone"]:not([type="hidden"])', xiuying.phone)
    farmer.press("发登录码给我", "246810")
    farmer.page.fill('input[name="code"]', "246810")
    farmer.press("登录", "拍照卖货", at="/")
    farmer.open("/sell/")
    farmer.send("#album", a_photo(), "是什么", at="/produce/")
    farmer.page.get_by_text("照片已收到").wait_for()
    farmer.press("包菜", "卖多少", at="/quantity/")
    farmer.page.get_by_role("button", name="200 斤").click()
    farmer.page.locator("[data-price]").click()
    for key in ("0", ".", "8"):
        farmer.page.locator(f'[data-key="{key}"]').click()
    farmer.sees("= 100 公斤", "160 元")
    farmer.press("挂上去卖", "200 斤", at="/receipt/")
    lot = Listing.objects.get()
    assert (lot.listed, lot.price_fen, lot.cover is not None) == (100_000, 80, True)

    # The canteen orders from the first plan, on a desk.
    chef = Screen(phone(chef_chen, width=1280, height=800, by_code=False))
    chef.open("/orders/new/")
    chef.page.select_option('select[name="produce"]', "cabbage")
    chef.page.fill('input[name="quantity_0"]', "60")
    chef.page.fill('input[name="on"]', "2026-11-03")
    chef.press("看看谁有货", "96.00", "1.60", at="/plan/")
    chef.press("用这个方案", "黄*英", "96.00")
    chef.press("下单 96.00 元", "96.00", at="/orders/")
    order = PurchaseOrder.objects.get()
    ask_waiting()

    # She says yes.
    farmer.open("/", "石城县第一中学", "96.00")
    farmer.press("我有货")
    order.refresh_from_db()
    assert order.status == "under_way"

    # Onto the cart, over the scale, two names under it.
    driver = Screen(phone(haulier, by_code=False))
    driver.open("/deliveries/")
    driver.open(f"/orders/{order.pk}/ship/", "包菜", "黄秀英")
    driver.page.fill('input[name="driver"]', "罗师傅")
    driver.press("发车", "已发车", "在路上")
    scale = Screen(phone(receiver_wang, by_code=False))
    scale.open("/deliveries/")
    scale.open(f"/deliveries/{trip_of(order).pk}/accept/", "毛重")
    scale.page.fill("[data-gross]", "62")
    scale.page.fill("[data-tare]", "2")
    assert scale.page.inner_text("[data-net]") == "60.0"
    scale.page.locator("form#scale-form details summary").click()
    scale.page.locator('input[name="reason"][value="short"]').check()
    scale.page.fill("[data-gross]", "60")
    with scale.page.expect_navigation():
        scale.page.locator(".keypad .btn-main").click()
    scale.sees("58", "王保管")
    receipt = trip_of(order).receipts.get()
    second = Screen(phone(receiver_sun, by_code=False))
    second.open(f"/receipts/{receipt.pk}/sign/", "58", "92.80")
    second.press("签字：58 公斤，92.80 元", "92.80")

    # One writes the transfer down, another finds it on the bank's account.
    statement = statements_of(order).get()
    treasurer = Screen(phone(treasurer_zhou, width=1280, height=800, by_code=False))
    treasurer.open("/statements/", "92.80")
    treasurer.open(f"/statements/{statement.pk}/pay/", "92.80")
    treasurer.page.fill('input[name="voucher_number"]', "20261103000123")
    treasurer.press("登记：已转 92.80 元", "92.80")
    chair = Screen(phone(chair_tan, width=1280, height=800, by_code=False))
    chair.open(f"/statements/{statement.pk}/pay/confirm/", "92.80")
    chair.press("账上有，已付 92.80 元", "92.80")

    farmer.open("/", "92.80")
    farmer.open(f"/goods/{lot.pk}/", "116")


def test_selling_works_with_scripts_off(phone, now, xiuying, cabbage):
    farmer = Screen(phone(xiuying, scripts=False))
    farmer.open("/sell/", "给货拍张照")
    farmer.page.set_input_files("#photo", a_photo())
    farmer.press("就用这张", "是什么", at="/produce/")
    farmer.press("包菜", "卖多少", at="/quantity/")
    farmer.page.fill('input[name="quantity_0"]', "很多")
    farmer.page.fill('input[name="price"]', "0.80")
    farmer.press("挂上去卖", "有错", at="/quantity/", refused=True)
    farmer.page.fill('input[name="quantity_0"]', "200")
    farmer.press("挂上去卖", "200 斤", at="/receipt/")

    lot = Listing.objects.get()
    assert (lot.listed, lot.price_fen) == (100_000, 80)
    assert lot.cover == StoredFile.objects.get()
