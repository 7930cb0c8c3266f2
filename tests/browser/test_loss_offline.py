"""A loss is reported in a valley without a net: the phone opens the page, keeps what is typed, sends it once."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from records.models import Attachment
from tests import factories
from tests.browser.screens import TARGETS, WIDER, a_photo
from tests.browser.test_selling_offline import until_kept
from tests.browser.test_selling_phone import Thumb, kept_on_phone
from tests.factories import MONDAY
from tests.losses.steps import LOST_ON, Story, a_lot, a_scheme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def lot(now, xiuying, xiuying_household, cabbage, finance_bureau, director_lin):
    """A lot of 100 kg of a household that reported ten kilos of another lot before."""
    scheme = a_scheme(finance_bureau, director_lin, cabbage)
    Story({}, scheme).filed(a_lot(xiuying_household, cabbage, kg=10, by=xiuying), kg=10)
    return factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=MONDAY)


def report(page):
    page.locator("form[data-loss] .btn-main").click()


def test_a_report_is_typed_kept_and_goes_off_by_itself(phone, xiuying, lot):
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/losses/report/")
    until_kept(page)
    page.context.set_offline(True)

    page.goto("/losses/report/")
    thumb.tap("包菜")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert not page.evaluate(WIDER) and not page.evaluate(TARGETS, 48)
    page.locator("[name=cause][value=spoiled]").check(force=True)
    report(page)
    thumb.waits_for("写一下损了多少")
    page.locator("[name=quantity_0]").fill("61")
    report(page)
    thumb.waits_for("至少拍一张")
    page.locator("[name=photos]").set_input_files([a_photo("green"), a_photo("brown")])
    thumb.waits_for("2 张照片存在手机里")
    page.reload()  # the phone killed the page
    expect(page.locator("[name=quantity_0]")).to_have_value("61")
    thumb.waits_for("2 张照片存在手机里")
    report(page)
    thumb.waits_for("请选这次损失有没有保险")
    page.locator("[name=elsewhere][value=no]").check(force=True)
    report(page)
    thumb.waits_for("真的是 61 斤吗？以前一次最多报过 20 斤（10 公斤）。")
    assert not page.evaluate(TARGETS, 48)
    page.locator("[name=sure]").check()
    report(page)
    thumb.waits_for("这样对吗？")
    assert not page.evaluate(TARGETS, 48) and not page.locator("[name=quantity_0]").is_visible()
    thumb.tap("不对，改一改", leads_on=False)
    expect(page.locator("[name=quantity_0]")).to_have_value("61")
    report(page)
    thumb.tap("对，就这样报", leads_on=False)
    thumb.waits_for("存在手机里。有网自己传，时间算今天的。")
    page.goto("/losses/report/")
    thumb.waits_for("损了：61")
    assert not lot.claims.exists()

    page.context.set_offline(False)

    thumb.waits_for("已收到（")
    claim = lot.claims.get()
    thumb.waits_for(claim.number)
    assert (claim.figures.get().quantity, claim.cause) == (30_500, "spoiled")
    assert claim.written_at is not None
    assert Attachment.objects.filter(document=claim.reference).count() == 2
    assert kept_on_phone(page)["photos"] == []


@pytest.fixture
def season(now, xiuying, xiuying_household, cabbage, finance_bureau, director_lin):
    """Cabbage that stands in the field, by rules that relieve what was never harvested."""
    a_scheme(finance_bureau, director_lin, cabbage, crop_fen=60)
    return factories.a_season(
        xiuying_household, cabbage, by=xiuying, area_cmu=2, at=MONDAY - dt.timedelta(days=40),
        harvest_from=LOST_ON - dt.timedelta(days=20), harvest_to=LOST_ON + dt.timedelta(days=30),
    )  # fmt: skip


def test_a_crop_never_harvested_is_reported_from_the_field_without_a_net(phone, xiuying, season):
    page = phone(xiuying, by_code=False)
    thumb = Thumb(page)
    page.goto("/losses/report/")
    until_kept(page)
    page.context.set_offline(True)

    page.goto("/losses/report/")
    thumb.tap("没上架的")
    thumb.tap("包菜")
    page.locator("[name=cause][value=field]").check(force=True)
    page.locator("[name=quantity_0]").fill("60")
    page.locator("[name=photos]").set_input_files([a_photo("green")])
    thumb.waits_for("1 张照片存在手机里")
    page.locator("[name=elsewhere][value=no]").check(force=True)
    report(page)
    thumb.tap("对，就这样报", leads_on=False)
    thumb.waits_for("存在手机里。有网自己传，时间算今天的。")
    page.goto("/losses/crops/")
    thumb.waits_for("损了：60")
    assert not season.claims.exists()

    page.context.set_offline(False)

    thumb.waits_for("已收到（")
    assert season.claims.get().figures.get().quantity == 30_000
