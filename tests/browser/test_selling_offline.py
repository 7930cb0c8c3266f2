"""Selling where there is no net: the steps open from the phone, the sale goes off once, pages stay one's own."""

import re
import time
import uuid

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from catalog.models import Listing
from kernel import clock
from marketplace import views
from produce.models import ReferencePrice
from produce.services.dictionary import load
from records.models import StoredFile
from selling.models import ListingDraft
from selling.views import steps as selling
from tests.browser.screens import a_photo
from tests.browser.test_selling_phone import Thumb, kept_on_phone
from tests.factories import login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NO_NET = "没网了。你填的都存着，有网自己传。"


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def cabbage(cabbage):
    # No clock is stopped here: the phone writes its own day into the form.
    ReferencePrice.objects.create(produce=cabbage, day=clock.county_day(clock.now()), source="县城市场", avg_fen=80)
    return cabbage


def kept_steps(page) -> list[str]:
    """Return the addresses of the steps that this phone keeps."""
    return page.evaluate(
        """async () => {
          const found = []
          for (const name of await caches.keys())
            for (const {url} of await (await caches.open(name)).keys()) found.push(url.slice(location.origin.length))
          return found.filter(one => !one.startsWith('/static/'))
        }"""
    )


def until(page, asked: str):
    """Wait until the page answers yes to an asynchronous question."""
    for _try in range(150):
        if page.evaluate(asked):
            return
        page.wait_for_timeout(100)
    raise AssertionError(asked)


STORE_OPENS_LATE = """
Object.defineProperty(IDBOpenDBRequest.prototype, 'onsuccess', {
  set(act) { this.addEventListener('success', event => setTimeout(() => act.call(this, event), 1500)) },
})
"""


def until_kept(page):
    """Wait until the phone has kept the steps and the worker looks after this page."""
    until(
        page,
        """async () => navigator.serviceWorker.controller
          && Boolean(await caches.match(document.querySelector('[data-offline]').dataset.offline))""",
    )


def until_forgotten(page):
    """Wait until the phone keeps nothing."""
    until(page, "async () => !(await caches.keys()).length")


def test_the_net_goes_after_the_photo_and_the_whole_sale_is_made_without_it(phone, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")
    until_kept(page)
    page.context.set_offline(True)

    thumb.photograph(a_photo())
    assert re.fullmatch(r"/sell/d/[0-9a-f-]{36}/produce/", thumb.screen.path)
    thumb.waits_for(NO_NET)
    thumb.tap("包菜")
    assert thumb.screen.path.endswith("/quantity/")
    page.get_by_alt_text("包菜").wait_for()
    assert page.input_value("[data-price]") == "0.80"
    page.fill("[data-quantity]", "137")
    thumb.waits_for("137 斤包菜")
    thumb.waits_for("= 68.5 公斤")
    thumb.tap("挂上去卖", leads_on=False)
    thumb.waits_for("记下了。有网自己挂上去卖。")
    thumb.waits_for("还有 2 样等着传")
    assert not Listing.objects.exists() and not ListingDraft.objects.exists()
    assert page.locator("h1").count() == 1

    with page.expect_navigation(url="**/receipt/"):
        page.context.set_offline(False)
    thumb.waits_for("照片已收到")

    lot = Listing.objects.get()
    assert (lot.listed, lot.price_fen, lot.harvested_on) == (68_500, 80, clock.county_day(clock.now()))
    assert lot.cover == StoredFile.objects.get()
    page.wait_for_function("!document.querySelector('[data-draft-page]:not([hidden])')")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert kept_on_phone(page) == {"drafts": [], "photos": [], "text": 0}
    assert Listing.objects.count() == 1


def test_a_phone_switched_off_before_the_net_returns_sells_once_it_is_back(phone, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")
    until_kept(page)
    page.context.set_offline(True)
    thumb.photograph(a_photo())
    thumb.tap("包菜")
    page.fill("[data-quantity]", "200")
    thumb.tap("挂上去卖", leads_on=False)
    thumb.waits_for("记下了。有网自己挂上去卖。")
    quantity = page.url
    page.close()

    page = thumb.page.context.new_page()
    page.goto(quantity)  # the page that was open, still without a net
    page.get_by_text("记下了。有网自己挂上去卖。").wait_for()
    assert page.input_value("[data-quantity]") == "200"
    page.close()
    page = thumb.page.context.new_page()
    page.context.set_offline(False)
    page.goto(quantity)  # and with it: the server does not know this draft, and it is not lost

    page.wait_for_url("**/receipt/")
    page.get_by_text("照片已收到").locator("visible=true").first.wait_for()
    assert Listing.objects.get().cover == StoredFile.objects.get()


def test_a_finished_sale_goes_off_though_its_page_was_loaded_anew(phone, xiuying, cabbage):
    page = phone(xiuying, by_code=False, worker=False)
    thumb = Thumb(page)
    loaded_anew = []

    def break_until_loaded_anew(route):
        if route.request.method == "GET":
            loaded_anew.append(route.request.url)
        return route.continue_() if route.request.method == "GET" or loaded_anew else route.abort("connectionreset")

    page.goto(f"/sell/d/{uuid.uuid4()}/produce/")
    thumb.tap("包菜")
    page.fill("[data-quantity]", "200")
    page.route("**/quantity/", break_until_loaded_anew)
    thumb.tap("挂上去卖", leads_on=False)
    thumb.waits_for("还有 1 样等着传")
    assert not Listing.objects.exists()

    with page.expect_navigation(url="**/receipt/"):
        page.reload(wait_until="commit")

    assert Listing.objects.get().listed == 100_000 and len(loaded_anew) == 1


def test_the_site_opens_without_a_net_and_two_sales_wait_for_it(phone, xiuying, cabbage, duck):
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")
    until_kept(page)
    page.context.set_offline(True)

    page.goto("/")
    thumb.screen.sees("给货拍张照", at="/sell/d/")
    thumb.tap("没照片，接着填")
    thumb.tap("包菜")
    page.fill("[data-quantity]", "200")
    thumb.tap("挂上去卖", leads_on=False)
    thumb.waits_for("记下了。有网自己挂上去卖。")
    thumb.tap("再卖一样")
    thumb.photograph(a_photo())
    thumb.tap("土鸭")
    assert page.locator("[data-unit]").count() == 0
    page.fill("[data-quantity]", "12")
    page.fill("[data-price]", "9.5")
    thumb.waits_for("12 只")
    thumb.tap("挂上去卖", leads_on=False)
    thumb.waits_for("还有 3 样等着传")
    with page.expect_navigation(url="**/receipt/"):
        page.context.set_offline(False)

    page.wait_for_function("!document.querySelector('[data-draft-page]:not([hidden])')")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    lots = {lot.produce.code: lot.listed for lot in Listing.objects.all()}
    assert lots == {"cabbage": 100_000, "duck": 12}
    assert Listing.objects.get(produce=duck).cover == StoredFile.objects.get()


def test_no_answer_in_eight_seconds_shows_the_kept_step_and_the_real_one_is_not_missed(
    phone, xiuying, cabbage, monkeypatch
):
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")
    until_kept(page)
    slow = selling.likely_produce

    def very_slow(*args):
        time.sleep(12)
        return slow(*args)

    monkeypatch.setattr(selling, "likely_produce", very_slow)
    began = page.evaluate("Date.now()")
    page.goto(f"/sell/d/{uuid.uuid4()}/produce/")
    took = page.evaluate("Date.now()") - began

    assert 7_500 < took < 11_000
    assert page.locator("[data-shell]").count() == 1
    monkeypatch.undo()
    thumb.tap("包菜")
    assert page.locator("[data-shell]").count() == 0  # the net answered: the page is the server's again
    thumb.screen.sees("有多少", at="/quantity/")


def test_a_home_page_that_takes_long_is_still_the_home_page(phone, xiuying, cabbage, monkeypatch):
    page = phone(xiuying, by_code=False)
    page.goto("/")
    until_kept(page)
    quick = views.farmer_home

    def slow(*args, **more):
        time.sleep(10)
        return quick(*args, **more)

    monkeypatch.setattr(views, "farmer_home", slow)
    page.goto("/")

    assert page.evaluate("location.pathname") == "/"
    page.locator("[data-draft-page=home]").wait_for(state="attached")


def test_words_of_all_other_goods_are_kept_too(phone, xiuying):
    load()
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")
    until_kept(page)
    page.context.set_offline(True)
    page.goto(f"/sell/d/{uuid.uuid4()}/produce/")

    thumb.tap("别的", leads_on=False) if page.get_by_role("button", name="别的").count() else page.locator(
        "summary"
    ).click()
    thumb.tap("蜂蜜")

    page.get_by_alt_text("蜂蜜").wait_for()
    assert thumb.screen.path.endswith("/quantity/")


def test_signing_out_forgets_the_steps(phone, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    page.goto("/")
    until_kept(page)
    page.goto("/sign-out/")
    if page.locator("main form button").count():
        page.locator("main form button").first.click()

    until_forgotten(page)
    assert kept_steps(page) == []


def test_a_session_that_ended_forgets_the_steps(phone, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    page.goto("/")
    until_kept(page)
    Session.objects.all().delete()

    page.goto("/goods/")

    assert page.url.split("?")[0].endswith("/sign-in/")
    until_forgotten(page)


def test_another_person_on_the_same_phone_never_sees_the_first_ones_steps(
    phone, live_server, xiuying, guiying, cabbage
):
    page = phone(xiuying, by_code=False)
    page.goto("/")
    until_kept(page)
    [mine] = kept_steps(page)
    key = login(Client(), guiying).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])

    page.goto("/")
    until_kept(page)

    [hers] = kept_steps(page)
    assert hers != mine
    page.context.set_offline(True)
    page.goto(f"/sell/d/{uuid.uuid4()}/")
    assert page.get_attribute("[data-draft-page]", "data-owner") == str(guiying.pk)


def test_a_sale_finished_in_the_tab_of_one_person_never_becomes_another_ones(
    phone, live_server, xiuying, xiuying_household, guiying, cabbage
):
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")
    until_kept(page)
    page.context.set_offline(True)
    thumb.photograph(a_photo())
    thumb.tap("包菜")
    page.fill("[data-quantity]", "137")
    thumb.tap("挂上去卖", leads_on=False)
    thumb.waits_for("记下了。有网自己挂上去卖。")
    mine = page.context.cookies()
    key = login(Client(), guiying).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])

    page.context.set_offline(False)
    thumb.waits_for("这部手机现在是别人登录的。东西都存着，你再登录就自己传。")
    kept = kept_on_phone(page)
    assert len(kept["drafts"]) == len(kept["photos"]) == 1
    assert not Listing.objects.exists() and not ListingDraft.objects.exists() and not StoredFile.objects.exists()

    with page.expect_navigation(url="**/receipt/"):
        page.context.add_cookies(mine)
        page.locator("[data-draft-again]").dispatch_event("click")
    thumb.waits_for("照片已收到")
    assert Listing.objects.get().household == xiuying_household


def test_a_button_pressed_before_the_store_has_opened_sells_once_it_has(phone, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")
    until_kept(page)
    page.context.set_offline(True)
    thumb.photograph(a_photo())
    page.add_init_script(STORE_OPENS_LATE)
    thumb.tap("包菜")
    page.fill("[data-quantity]", "137")
    thumb.tap("挂上去卖", leads_on=False)

    thumb.waits_for("记下了。有网自己挂上去卖。")
    with page.expect_navigation(url="**/receipt/"):
        page.context.set_offline(False)
    assert Listing.objects.get().listed == 68_500


def test_a_page_left_at_once_does_not_spoil_what_the_next_one_keeps(phone, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    for _time in range(3):
        page.goto("/", wait_until="commit")
    page.goto("/")
    until_kept(page)

    page.context.set_offline(True)
    page.goto(f"/sell/d/{uuid.uuid4()}/produce/")
    assert page.locator("[data-shell]").count() == 1


def test_a_new_release_takes_the_place_of_the_old_steps(phone, xiuying, cabbage, monkeypatch):
    page = phone(xiuying, by_code=False)
    page.goto("/")
    until_kept(page)
    old = kept_steps(page)

    monkeypatch.setattr(staticfiles_storage, "manifest_hash", "feedfeedfeed", raising=False)
    page.goto("/")
    until_kept(page)

    new = kept_steps(page)
    assert len(old) == len(new) == 1 and old != new


def test_nothing_private_is_kept_but_the_steps(phone, xiuying, xiuying_household, cabbage):
    page = phone(xiuying, by_code=False)
    page.goto("/")
    until_kept(page)
    for path in ("/goods/", "/me/", "/sales/", f"/sell/d/{uuid.uuid4()}/"):
        page.goto(path)
    page.wait_for_load_state("networkidle")

    [steps] = kept_steps(page)
    assert steps.startswith("/sell/offline/?for=")
    text = page.evaluate(
        "async () => (await (await caches.match(document.querySelector('[data-offline]').dataset.offline)).text())"
    )
    assert xiuying.person.name not in text and xiuying.phone not in text


def test_without_a_service_worker_all_is_as_before(phone, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    context = page.context
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    thumb = Thumb(page)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    thumb.photograph(a_photo(), leads_on=False)
    thumb.waits_for(NO_NET)
    assert thumb.screen.path.startswith(("/", "/sell/d/")) and page.locator("h1").count() == 1

    page.close()  # with the net back it would move on by itself
    context.set_offline(False)
    page = context.new_page()
    thumb = Thumb(page)
    page.goto("/")
    thumb.tap("接着上次的")
    thumb.tap("包菜")
    thumb.tap("200 斤", leads_on=False)
    thumb.tap("挂上去卖")
    assert Listing.objects.count() == 1
