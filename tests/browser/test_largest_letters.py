"""The largest letters on the smallest phone: everything a household does still fits, and its button can be pressed."""

import pytest

from kernel import clock
from produce.models import ReferencePrice
from tests import factories
from tests.browser.screens import CUT, LETTERS, WIDER, a_photo
from tests.browser.test_selling_phone import TILE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEAST_PX, LEAST_TARGET = 30, 60
UNDER_THUMB = """e => { e.scrollIntoView({block: 'center'});
  const b = e.getBoundingClientRect(), there = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
  return [e === there || e.contains(there) || there?.contains(e) && there.matches('label'),
    Math.round(Math.min(b.width, b.height)), b.left >= 0 && b.right <= innerWidth]; }"""


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def small_phone(phone, live_server):
    """Open a page on a phone of 360 × 640 points with the largest letters."""

    def open_for(user=None, **how):
        page = phone(user, width=360, height=640, by_code=False, **how)
        page.context.add_cookies([{"name": "elder", "value": "2", "url": live_server.url}])
        return page

    return open_for


def holds(page, button: str):
    """The page says nothing small, cuts nothing off, and this button of it can be pressed."""
    page.wait_for_load_state("load")
    where = page.evaluate("location.pathname")
    assert not page.evaluate(WIDER), where
    assert page.evaluate(LETTERS, LEAST_PX) == [], where
    assert page.evaluate(CUT) == [], where
    found = page.locator(button).locator("visible=true").first
    free, size, inside = found.evaluate(UNDER_THUMB)
    assert (free, inside) == (True, True) and size >= LEAST_TARGET, (where, button, size)


def test_the_five_steps_of_a_sale_hold_at_the_largest_letters(small_phone, now, xiuying, xiuying_household, cabbage):
    ReferencePrice.objects.create(produce=cabbage, day=clock.county_day(now.at), source="县城市场", avg_fen=80)
    page = small_phone(xiuying)

    page.goto("/")
    holds(page, ".tile")
    page.goto("/sell/")
    holds(page, ".tile")
    page.set_input_files(TILE, a_photo())
    page.wait_for_url("**/produce/")
    holds(page, ".pic-chip")
    page.get_by_role("button", name="包菜").first.click()
    page.wait_for_url("**/quantity/")
    holds(page, ".keypad .btn-main")
    page.get_by_role("button", name="200 斤").click()
    holds(page, ".keypad .btn-main")
    page.get_by_role("button", name="挂上去卖").click()
    page.wait_for_url("**/receipt/")
    holds(page, "main .btn-main")


def test_what_a_household_reads_holds_at_the_largest_letters(small_phone, now, xiuying, xiuying_household, cabbage):
    factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying, at=now.at)
    page = small_phone(xiuying)

    for path, button in (("/goods/", "main .btn-main"), ("/market/", ".search button"), ("/me/", "form button")):
        page.goto(path)
        holds(page, button)
    signed_out = small_phone()
    signed_out.goto("/sign-in/")
    holds(signed_out, "main .btn-main")
