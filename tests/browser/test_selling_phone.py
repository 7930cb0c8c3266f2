"""The household's phone: from camera to receipt in few taps and few bytes, nothing lost when a page dies."""

import gzip
import io
import re
import uuid

import pytest
from PIL import Image

from catalog.models import Listing
from kernel import clock
from produce.models import ReferencePrice
from records.models import StoredFile
from tests import factories
from tests.browser.screens import Screen, a_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_PHOTO_BYTES = 220 * 1024
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 750_000 / 8}
TILE, ALBUM = ".tile input[type=file]", "#album"


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(scope="module")
def twelve_megapixels() -> dict:
    """A photo as heavy as a phone's: 4000 × 3000 points, no two alike."""
    out = io.BytesIO()
    noise = [Image.effect_noise((2000, 1500), spread) for spread in (60, 50, 40)]
    field = Image.merge("RGB", noise).resize((4000, 3000), Image.Resampling.BICUBIC)
    field.save(out, "JPEG", quality=92)
    return {"name": "IMG_20261102_090000.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Thumb:
    """One thumb on one phone: every tap is counted, the camera's shutter and tick as two."""

    def __init__(self, page):
        self.page, self.screen, self.taps = page, Screen(page), 0

    def tap(self, name: str, *, leads_on: bool = True):
        """Tap the button, picture or link of this name."""
        self.taps += 1
        found = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        target = found.locator("visible=true").first
        if not leads_on:
            return target.click()
        with self.page.expect_navigation():
            target.click()

    def photograph(self, photo: dict, tile: str = ".tile", *, leads_on: bool = True):
        """Tap the tile, press the shutter, press the tick."""
        with self.page.expect_file_chooser() as asked:
            self.page.locator(tile).click()
        self.taps += 3
        if not leads_on:
            return asked.value.set_files(photo)
        with self.page.expect_navigation():
            asked.value.set_files(photo)

    def waits_for(self, words: str):
        """Wait until the page says so: what got no answer is tried again after 2, 4, 8 … seconds."""
        self.page.get_by_text(words).locator("visible=true").first.wait_for(timeout=90_000)


def kept_on_phone(page) -> dict:
    """Return what the phone keeps: drafts and photos of the product, by their store."""
    return page.evaluate(
        """async () => {
          const asked = indexedDB.open('liujin', 1)
          const db = await new Promise(ready => { asked.onsuccess = () => ready(asked.result) })
          const ids = name => new Promise(ready => {
            const all = db.transaction(name).objectStore(name).getAllKeys()
            all.onsuccess = () => ready(all.result)
          })
          return {drafts: await ids('drafts'), photos: await ids('photos'), text: Object.keys(localStorage).length}
        }"""
    )


def keeps_no_photo(page) -> None:
    """Wait until the phone has forgotten every photo: what a busy server put off is sent again soon."""
    left = page.evaluate(
        """async () => {
          const asked = indexedDB.open('liujin', 1)
          const db = await new Promise(ready => { asked.onsuccess = () => ready(asked.result) })
          for (const until = Date.now() + 90_000; ;) {
            const counted = db.transaction('photos').objectStore('photos').count()
            const left = await new Promise(ready => { counted.onsuccess = () => ready(counted.result) })
            if (left === 0 || Date.now() > until) return left
            await new Promise(ready => setTimeout(ready, 100))
          }
        }"""
    )
    assert left == 0


def test_a_lot_on_sale_in_six_taps_over_slow_4g_and_the_photo_leaves_small(
    phone, now, xiuying, cabbage, twelve_megapixels
):
    assert len(twelve_megapixels["buffer"]) > 3 * 2**20
    ReferencePrice.objects.create(produce=cabbage, day=clock.county_day(now.at), source="县城市场", avg_fen=80)
    page = phone(xiuying, by_code=False)
    sent = []
    page.on(
        "requestfinished",
        lambda asked: sent.append(asked) if "/photo/" in asked.url and asked.method == "POST" else None,
    )
    thumb = Thumb(page)
    page.goto("/")
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_4G)

    thumb.photograph(twelve_megapixels)
    thumb.tap("包菜")
    thumb.tap("200 斤", leads_on=False)
    thumb.tap("挂上去卖")

    assert "/receipt/" in page.url
    assert thumb.taps <= 6
    lot = Listing.objects.get()
    assert (lot.listed, lot.price_fen) == (100_000, 80)
    thumb.waits_for("照片已收到")
    lot.refresh_from_db()
    photo = StoredFile.objects.get()
    assert lot.cover == photo
    assert photo.size <= MOST_PHOTO_BYTES
    on_the_wire = sum(int(asked.all_headers()["content-length"]) for asked in sent)
    assert (
        0 < on_the_wire < 2 * photo.size
    )  # nothing but the photo; what the next step cut goes on, and begins not anew
    assert re.fullmatch(r"[0-9a-f]{64}", photo.facts["camera_sha256"]) and photo.facts["camera_sha256"] != photo.sha256
    assert kept_on_phone(page) == {"drafts": [], "photos": [], "text": 0}


def test_the_draft_is_in_the_address_and_on_the_phone_before_the_camera_opens(phone, now, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    page.goto("/")

    with page.expect_file_chooser():
        page.locator(".tile").click()

    found = re.fullmatch(r"/sell/d/([0-9a-f-]{36})/", page.evaluate("location.pathname"))
    assert found and kept_on_phone(page)["drafts"] == [found[1]]
    page.reload()  # the phone killed the page and comes back to its address
    Screen(page).sees("给货拍张照", at=found[0])


def test_it_works_without_javascript_in_as_many_taps(phone, now, xiuying, cabbage, twelve_megapixels):
    ReferencePrice.objects.create(produce=cabbage, day=clock.county_day(now.at), source="县城市场", avg_fen=80)
    page = phone(xiuying, scripts=False, by_code=False)
    thumb = Thumb(page)
    page.goto("/")

    thumb.photograph(twelve_megapixels, leads_on=False)
    thumb.tap("就用这张")
    thumb.tap("包菜")
    page.fill('input[name="quantity_0"]', "两百")  # typed: digits are no taps
    thumb.tap("挂上去卖")

    thumb.screen.sees("200 斤", at="/receipt/")
    assert thumb.taps <= 6
    lot = Listing.objects.get()
    assert (lot.listed, lot.price_fen) == (100_000, 80)
    assert lot.cover.size == len(twelve_megapixels["buffer"])  # the original: only a script makes it smaller


def test_a_page_killed_between_camera_and_sending_loses_nothing(phone, now, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    context = page.context
    thumb = Thumb(page)
    page.goto("/")
    context.set_offline(True)
    thumb.photograph(a_photo(), leads_on=False)
    thumb.waits_for("没网了。你填的都存着，有网自己传。")
    draft = kept_on_phone(page)["drafts"][0]
    page.close()
    assert not StoredFile.objects.exists()

    context.set_offline(False)
    page = context.new_page()
    later = Thumb(page)
    page.goto("/")
    later.tap("接着上次的")
    assert page.evaluate("location.pathname") == f"/sell/d/{draft}/produce/"
    keeps_no_photo(page)
    later.tap("包菜")
    page.fill("[data-price]", "0.80")
    later.tap("200 斤", leads_on=False)
    later.tap("挂上去卖")

    lot = Listing.objects.get()
    assert lot.cover == StoredFile.objects.get()
    assert lot.draft.pk == uuid.UUID(draft)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert not page.locator("[data-draft-offer]").is_visible()


def test_what_was_typed_is_there_again_after_the_page_died(phone, now, xiuying, cabbage):
    page = phone(xiuying, by_code=False)
    context = page.context
    thumb = Thumb(page)
    page.goto("/")
    thumb.photograph(a_photo())
    thumb.tap("包菜")
    page.fill("[data-quantity]", "137")
    page.fill("[data-price]", "0.66")
    page.wait_for_function("() => Object.values(localStorage).some(kept => kept.includes('0.66'))")
    page.close(run_before_unload=False)

    page = context.new_page()
    later = Thumb(page)
    page.goto("/")
    page.get_by_text("包菜", exact=True).wait_for()
    later.tap("接着上次的")

    keeps_no_photo(page)
    later.waits_for("137 斤")
    assert (page.input_value("[data-quantity]"), page.input_value("[data-price]")) == ("137", "0.66")


def test_the_same_again_takes_three_taps(phone, now, xiuying, xiuying_household, cabbage):
    factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying, at=now.at)
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")

    thumb.tap("再挂一样")
    thumb.tap("500 斤", leads_on=False)
    thumb.tap("挂上去卖")

    thumb.screen.sees("500 斤", at="/receipt/")
    assert thumb.taps <= 3
    assert Listing.objects.order_by("-pk").first().listed == 250_000


def test_a_dead_connection_is_told_in_25_seconds_and_the_sale_goes_off_once(
    phone, now, xiuying, xiuying_household, cabbage
):
    factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying, at=now.at)
    page = phone(xiuying, by_code=False, worker=False)
    thumb = Thumb(page)
    page.goto("/")
    thumb.tap("再挂一样")
    tried = []

    def swallow(route):
        if route.request.method == "POST" and "/quantity/" in route.request.url:
            tried.append(route.request.post_data)
            return  # never answered, as on a connection that is half closed
        route.continue_()

    page.route("**/*", swallow)
    thumb.tap("500 斤", leads_on=False)
    thumb.tap("挂上去卖", leads_on=False)

    page.get_by_text("没网了。你填的都存着，有网自己传。").wait_for(timeout=25_000)
    assert page.locator("[data-draft-count]").inner_text() == "还有 1 样等着传"
    assert len(tried) == 1 and Listing.objects.count() == 1
    assert page.input_value("[data-quantity]") == "250"  # kilograms, as the last time

    with page.expect_navigation(url="**/receipt/", timeout=30_000):
        page.unroute("**/*", swallow)
        page.get_by_role("button", name="再试一次").click()
    thumb.screen.sees("500 斤", at="/receipt/")
    assert Listing.objects.count() == 2


def test_an_answer_that_got_lost_sells_once(phone, now, xiuying, xiuying_household, cabbage):
    factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying, at=now.at)
    page = phone(xiuying, by_code=False, worker=False)
    thumb = Thumb(page)
    page.goto("/")
    thumb.tap("再挂一样")

    def lose(route):
        route.fetch()  # it arrives, and the way back breaks
        route.abort()

    page.route("**/quantity/", lose, times=1)
    thumb.tap("500 斤", leads_on=False)
    thumb.tap("挂上去卖", leads_on=False)

    page.wait_for_url("**/receipt/", timeout=30_000)
    assert Listing.objects.count() == 2


def test_the_bar_shows_that_there_is_no_net_and_how_much_waits(phone, now, xiuying, cabbage):
    page = phone(xiuying, by_code=False, worker=False)
    thumb = Thumb(page)
    page.goto("/")
    bar = page.locator("[data-draft-page]")
    assert not bar.is_visible()

    page.context.set_offline(True)
    thumb.waits_for("没网了。你填的都存着，有网自己传。")
    assert "等着传" not in bar.inner_text()
    thumb.photograph(a_photo(), leads_on=False)
    thumb.waits_for("还有 1 样等着传")
    page.context.set_offline(False)

    bar.wait_for(state="hidden")
    page.locator("[data-photo-state][data-state=done]").wait_for()
    assert StoredFile.objects.count() == 1


def test_units_convert_and_words_are_understood(phone, now, xiuying, cabbage):
    cabbage.packs = ["box"]
    cabbage.save()
    ReferencePrice.objects.create(produce=cabbage, day=clock.county_day(now.at), source="县城市场", avg_fen=80)
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/")
    thumb.photograph(a_photo())
    thumb.tap("包菜")
    amount, echo = page.locator("[data-quantity]"), page.locator("[data-echo]")

    for typed, words in (
        ("200", "= 100 公斤"),
        ("一百五", "= 150 斤 = 75 公斤"),
        ("２００", "= 100 公斤"),
        ("两百斤", "= 200 斤 = 100 公斤"),
    ):
        amount.fill(typed)
        assert echo.inner_text() == words, typed
    amount.fill("两三百")
    assert echo.inner_text() == ""
    amount.fill("300")
    page.locator('[data-unit][value="kg"]').check(force=True)
    assert (amount.input_value(), echo.inner_text()) == ("150", "= 300 斤")
    page.locator('[data-unit][value="box"]').check(force=True)
    assert amount.input_value() == ""  # 150 kilograms are no 150 boxes
    page.fill('[name="pack"]', "20")
    assert (amount.input_value(), echo.inner_text()) == ("15", "= 300 斤 = 150 公斤")
    page.locator('[data-unit][value="jin"]').check(force=True)
    assert amount.input_value() == "300"
    page.locator('[data-unit][value="box"]').check(force=True)
    thumb.screen.sees("240 元")
    thumb.tap("挂上去卖")
    thumb.waits_for("照片已收到")

    lot = Listing.objects.get()
    assert (lot.listed, lot.typed_quantity, lot.typed_unit, lot.pack_g) == (150_000, "15", "box", 10_000)


@pytest.mark.parametrize("elder", [False, pytest.param(True, marks=pytest.mark.gates)])
def test_the_pages_of_a_sale_weigh_little(phone, now, xiuying, xiuying_household, cabbage, live_server, elder):
    factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying, at=now.at)
    page = phone(xiuying, by_code=False)
    if elder:
        page.context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    draft, lot = uuid.uuid4(), Listing.objects.get().pk
    page.goto(f"/sell/?again={lot}")
    quantity = page.evaluate("location.pathname")
    for path in ("/", f"/sell/d/{draft}/", f"/sell/d/{draft}/produce/", quantity, f"/goods/{lot}/receipt/"):
        weighed = weigh(page, path)
        # The dynamic import of photo.js is counted too: it is loaded when there is a photo to make smaller.
        assert weighed["script"] <= 15_000, (path, weighed)
        assert sum(weighed.values()) <= 50_000, (path, weighed)


def weigh(page, path: str) -> dict[str, int]:
    """Return the bytes a first visit costs, packed as our server packs them, by kind."""
    page.goto(path, wait_until="networkidle")
    loaded = page.evaluate("[location.href, ...performance.getEntriesByType('resource').map(entry => entry.name)]")
    weighed: dict[str, int] = {}
    for address in dict.fromkeys(loaded):
        answer = page.request.get(address)
        assert answer.ok, address
        kind = "script" if "javascript" in answer.headers["content-type"] else "other"
        packed = answer.body() if "image/webp" in answer.headers["content-type"] else gzip.compress(answer.body())
        weighed[kind] = weighed.get(kind, 0) + len(packed)
    return weighed
