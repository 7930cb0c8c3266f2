"""Weighing in a kitchen without a net: few taps, nothing lost, one receipt, and pages stay one's own."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from orders.models import GoodsReceipt
from orders.services import receiving
from orders.services.weighing import Weighed
from records.models import Attachment
from tests import factories
from tests.browser.screens import TARGETS, WIDER, a_photo
from tests.browser.test_selling_offline import until_kept
from tests.browser.test_selling_phone import Thumb, kept_on_phone
from tests.factories import MONDAY, THURSDAY, login
from tests.orders.steps import KG, Story, wish

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ACCEPT = "/deliveries/{}/accept/"


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def trip(
    now, school, treasurer_zhou, chef_chen, haulier, receiver_wang, receiver_sun, xiuying, xiuying_household, cabbage
):
    """Five lots of 20 to 24 kg on their way to the school."""
    fund = factories.a_fund(school, by=treasurer_zhou)
    people = {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    lots = [factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=MONDAY) for _lot in range(5)]
    trip = Story(school, fund, people).shipped(*(wish((lot, 20 + kg)) for kg, lot in enumerate(lots)))
    now.at = THURSDAY
    return trip


def keys(page, amount: str):
    """Type on the keys of the page."""
    for key in amount:
        page.locator(f'[data-key="{key}"]').click()


def next_lot(page):
    """Press the last key of the page's own pad: the lot is weighed, the next one opens."""
    page.locator(".keypad .btn-main").click()


def test_five_lots_in_two_taps_and_digits_with_the_net_cut(phone, trip, receiver_wang):
    page = phone(receiver_wang, by_code=False)
    thumb = Thumb(page)
    page.goto("/deliveries/")
    until_kept(page)
    page.context.set_offline(True)
    began = page.evaluate("Date.now()")

    page.goto("/deliveries/")  # the phone was in the pocket: its page opens without a net
    thumb.tap("包菜")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert not page.evaluate(WIDER) and not page.evaluate(TARGETS, 48)
    for lot in range(5):
        keys(page, str(20 + lot))
        assert page.inner_text("form:not([hidden]) [data-net]") == f"{20 + lot}.0"
        next_lot(page)
    weighed, price = sum(range(20, 25)), trip.lines.first().allocation
    assert page.inner_text("[data-accepted]") == f"已收 {weighed} 公斤，{price.amount_for(weighed * KG) / 100:.2f} 元"
    thumb.taps += 1  # the last of these keys is the one that sends
    thumb.waits_for("称完了，存在手机里。有网自己传。")
    assert thumb.taps <= 3 and page.evaluate("Date.now()") - began < 60_000
    assert not GoodsReceipt.objects.exists()

    with page.expect_navigation(url="**/receipts/**"):
        page.context.set_offline(False)
    receipt = GoodsReceipt.objects.get()
    assert sorted(receipt.lines.values_list("accepted_g", flat=True)) == [kg * KG for kg in range(20, 25)]
    page.goto("/deliveries/")
    thumb.waits_for(f"已收到（{receipt.number}）")


def test_a_photo_waits_with_what_it_shows_while_the_session_ends_and_for_nobody_else(
    phone, live_server, trip, receiver_wang, receiver_sun
):
    page = phone(receiver_wang, by_code=False)
    thumb = Thumb(page)
    page.goto(ACCEPT.format(trip.pk))
    until_kept(page)
    page.context.set_offline(True)
    page.reload()
    keys(page, "20")
    page.locator("form:not([hidden]) summary").click()
    page.locator("form:not([hidden]) [name=refused]").fill("2")
    page.locator("form:not([hidden]) .choices label").first.click()
    page.locator("form:not([hidden]) [name=refused_photo]").set_input_files(a_photo())
    thumb.waits_for("照片存在手机里")
    next_lot(page)
    for _lot in range(4):
        page.locator("form:not([hidden]) .chip").click()
    thumb.waits_for("称完了，存在手机里。有网自己传。")

    Session.objects.all().delete()
    page.context.set_offline(False)
    thumb.waits_for("再登录一次就传")
    assert not GoodsReceipt.objects.exists()

    other = login(Client(), receiver_sun).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": other, "url": live_server.url}])
    page.goto("/deliveries/")
    page.wait_for_load_state("networkidle")
    assert not page.locator("[data-kept-list] a").count() and not GoodsReceipt.objects.exists()

    own = login(Client(), receiver_wang).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": own, "url": live_server.url}])
    page.goto("/deliveries/")
    thumb.waits_for("已收到（")
    receipt = GoodsReceipt.objects.get()
    assert receipt.weighed_by == receiver_wang
    assert Attachment.objects.get(document=receipt.reference).role.startswith("refused:")
    assert kept_on_phone(page)["photos"] == []


def test_what_another_has_weighed_meanwhile_is_said_and_nothing_typed_is_lost(phone, trip, receiver_wang, receiver_sun):
    page = phone(receiver_wang, by_code=False)
    thumb = Thumb(page)
    page.goto(ACCEPT.format(trip.pk))
    until_kept(page)
    page.context.set_offline(True)
    keys(page, "21.5")
    next_lot(page)
    for _lot in range(4):
        page.locator("form:not([hidden]) .chip").click()
    thumb.waits_for("称完了，存在手机里。有网自己传。")
    weights = {line.allocation_id: Weighed(line.shipped_g) for line in trip.lines.all()}
    receipt = receiving.weigh(trip, weights, by=receiver_sun, at=THURSDAY)

    page.context.set_offline(False)

    thumb.waits_for(f"验收单 {receipt.number}")
    expect(page.locator("[name=gross]").first).to_have_value("21.5")
    page.goto("/deliveries/")
    thumb.waits_for("没收下")
    thumb.tap("不要了", leads_on=False)
    page.locator("[data-kept]").wait_for(state="detached")
    assert kept_on_phone(page)["drafts"] == [] and GoodsReceipt.objects.get() == receipt
