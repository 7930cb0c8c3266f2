"""A visit in a valley without a net: the phone opens it, keeps it, sends it once; nobody else sees it."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from losses.models import Visit
from losses.services import visiting
from records.models import Attachment
from tests import factories
from tests.browser.loss_steps import fill_in, sign_by_hand, stands_in_the_valley, write_it_down
from tests.browser.screens import TARGETS, WIDER, a_photo
from tests.browser.test_selling_offline import until_kept
from tests.browser.test_selling_phone import Thumb, kept_on_phone
from tests.factories import MONDAY, login
from tests.losses.steps import KG, Story, a_scheme
from tests.losses.steps import a_photo as a_kept_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def visit(
    now, xiuying, xiuying_household, cabbage, cadre_wu, township_officer, inspector_he, inspector_xu, director_lin,
    clerk_ma, finance_bureau,
):  # fmt: skip
    people = {"cadre": cadre_wu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
    story = Story(people, a_scheme(finance_bureau, director_lin, cabbage))
    lot = factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=MONDAY)
    visit = story.drawn(story.filed(lot, kg=100))
    now.at = visit.drawn_at
    return visit


def test_a_visit_is_opened_filled_in_and_kept_without_a_net_and_goes_off_with_it(phone, live_server, visit):
    page = phone(visit.first, by_code=False)
    thumb = Thumb(page)
    stands_in_the_valley(thumb.screen, live_server.url)
    page.goto("/visits/")
    until_kept(page)
    page.context.set_offline(True)

    page.goto("/visits/")
    thumb.tap("黄秀英")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert not page.evaluate(WIDER) and not page.evaluate(TARGETS, 48)
    thumb.waits_for("很准，误差 8 米")
    write_it_down(page)
    thumb.waits_for("要拍三张照片")
    page.locator("[name=whole]").set_input_files(a_photo("green"))
    thumb.waits_for("照片存在手机里")
    page.locator("[name=near]").set_input_files(a_photo("green"))
    thumb.waits_for("同一张照片")
    fill_in(page)
    sign_by_hand(page, "first_signature")
    page.reload()  # the phone killed the page
    expect(page.locator("[name=why]")).to_have_value("地头还能卖")
    write_it_down(page)
    thumb.waits_for("填完了，存在手机里。有网自己传。")

    Session.objects.all().delete()
    page.context.set_offline(False)
    thumb.waits_for("再登录一次就传")
    other = login(Client(), visit.second).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": other, "url": live_server.url}])
    page.goto("/visits/")
    page.wait_for_load_state("networkidle")
    assert not page.locator("[data-kept-list] a").count() and not Visit.objects.exclude(found=None).exists()

    own = login(Client(), visit.first).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": own, "url": live_server.url}])
    page.goto("/visits/")
    thumb.waits_for(f"已收到（{visit.claim.number}）")
    visit.refresh_from_db()
    assert (visit.found, visit.conclusion, visit.why) == (90 * KG, "less", "地头还能卖")
    assert Attachment.objects.filter(document=visit.claim.reference, role__startswith="visit:").count() == 5
    assert (visit.signed, visit.latitude_e6, visit.accuracy_m) == ("glass", 26_327_100, 8)
    assert visit.phone_at is not None
    assert kept_on_phone(page)["photos"] == []


def test_a_visit_signed_meanwhile_is_said_and_nothing_typed_is_lost(phone, visit):
    page = phone(visit.first, by_code=False)
    thumb = Thumb(page)
    page.goto(f"/visits/{visit.claim_id}/record/")
    until_kept(page)
    page.context.set_offline(True)
    fill_in(page, found="150")
    write_it_down(page)
    thumb.waits_for("填完了，存在手机里。有网自己传。")
    photos = {which: a_kept_photo(by=visit.first) for which in ("whole", "near", "people")}
    facts = {"found": 100 * KG, "conclusion": "there", "why": "", "signed": "paper", "photos": photos}
    visiting.record_visit(visit, **facts, by=visit.first, at=visit.drawn_at)
    visit.refresh_from_db()
    visiting.sign_visit(visit, by=visit.second, at=visit.drawn_at)

    page.context.set_offline(False)

    thumb.waits_for(visit.second.person.name)
    expect(page.locator("[name=found]")).to_have_value("150")
    page.goto("/visits/")
    thumb.waits_for("没收下")


def test_the_second_signs_what_was_read_without_a_net_and_it_counts_once_it_has_arrived(phone, live_server, visit):
    photos = {which: a_kept_photo(by=visit.first) for which in ("whole", "near", "people")}
    facts = {"found": 100 * KG, "conclusion": "there", "why": "", "signed": "paper", "photos": photos}
    visiting.record_visit(visit, **facts, by=visit.first, at=visit.drawn_at)
    page = phone(visit.second, by_code=False)
    thumb = Thumb(page)
    stands_in_the_valley(thumb.screen, live_server.url)
    page.goto("/visits/")
    until_kept(page)
    page.context.set_offline(True)

    page.goto("/visits/ready/")
    thumb.waits_for("存在手机里了，可以断网去")
    page.goto("/visits/")
    thumb.tap("黄秀英")
    thumb.waits_for("很准，误差 8 米")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert not page.evaluate(WIDER) and not page.evaluate(TARGETS, 48)
    sign_by_hand(page, "second_signature")
    page.reload()  # the phone killed the page
    thumb.waits_for("签字存在手机里")
    thumb.tap("签字：200 斤", leads_on=False)
    thumb.waits_for("传到了才算签字")
    visit.refresh_from_db()
    assert visit.second_signed_at is None

    page.context.set_offline(False)
    thumb.waits_for(f"已收到（{visit.claim.number}）")
    visit.refresh_from_db()
    assert visit.second_signed_at is not None and visit.second_phone_at is not None
    assert Attachment.objects.get(role="visit:second_signature").by == visit.second
    assert (visit.second_latitude_e6, visit.second_accuracy_m, visit.second_odd_place) == (26_327_100, 8, "")
