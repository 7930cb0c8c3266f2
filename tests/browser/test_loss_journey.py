"""The loss chain in a real browser: report with a photo, two checks, a notice, a visit of two, the award, the money."""

import pytest

from ledger.models import PayoutBatch
from losses.models import LossClaim
from losses.tasks import move_on_after_village_notices
from records.services import second_look
from tests import factories
from tests.browser.screens import Screen, a_photo
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.ledger.steps import answer_line, return_file
from tests.losses.steps import a_scheme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1280, "height": 800, "by_code": False}


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_from_a_photo_of_the_loss_to_relief_on_the_card(
    phone,
    now,
    xiuying,
    xiuying_household,
    cabbage,
    duck,
    cadre_liu,
    township_officer,
    inspector_he,
    inspector_xu,
    director_lin,
    clerk_ma,
    finance_bureau,
    finance_maker,
    finance_checker,
):
    a_scheme(finance_bureau, director_lin, cabbage, duck)
    lot = factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=MONDAY)

    # She reports from the page of her goods.
    farmer = Screen(phone(xiuying))
    farmer.open("/goods/", "包菜")
    farmer.open(f"/goods/{lot.pk}/", "200 斤")
    farmer.press("货坏了", "报损", at="/losses/new/")
    farmer.page.locator('input[name="cause"][value="unsold"]').check()
    farmer.page.fill('input[name="quantity_0"]', "100")
    farmer.page.locator("#id_photos").set_input_files(a_photo())
    farmer.page.get_by_text("1 张照片存在手机里").wait_for()
    farmer.sees("= 50 公斤")
    farmer.press("报上去", "BS261102-0", at="/receipt/")
    claim = LossClaim.objects.get()
    farmer.open(f"/losses/{claim.pk}/", "100 斤（50 公斤）", "村里来看")

    # Village and township look.
    now.at = TUESDAY
    cadre = Screen(phone(cadre_liu, by_code=False))
    cadre.open("/checks/", "黄秀英")
    cadre.press("黄秀英", "100 斤（50 公斤）", at="/village/")
    cadre.page.fill('input[name="quantity"]', "90")
    cadre.page.fill('textarea[name="why"]', "有十斤还能卖")
    cadre.press("核查属实，转下一步", at="/checks/")
    now.at = WEDNESDAY
    officer = Screen(phone(township_officer, width=1280, height=800, by_code=False))
    officer.open("/checks/", "黄秀英")
    officer.press("黄秀英", "有十斤还能卖", at="/township/")
    officer.press("核查属实，转下一步", at="/checks/")

    # The desk publishes for the village; five working days later two verifiers are drawn.
    now.at = THURSDAY
    desk = Screen(phone(clerk_ma, **DESK))
    desk.open("/checks/", "长溪")
    desk.press("发布公示", "黄*英", at="/publish/village/")
    desk.press("公示 1 户", "黄*英", at="/notices/")
    passer_by = Screen(phone(scripts=False))
    passer_by.open("/notices/", "长溪")
    passer_by.press("长溪", "黄*英", "90 斤", at="/notices/")
    now.at = LossClaim.objects.get().village_notice.ends_at
    assert move_on_after_village_notices() == 1
    desk.open(f"/visits/{claim.pk}/draw/", "何检查", "许检查")
    desk.press("抽两人", "抽签")

    # One writes down with three photos, the other signs the same.
    visit = claim.visits.get()
    first, second = Screen(phone(visit.first, by_code=False)), Screen(phone(visit.second, by_code=False))
    field = first.page.context
    field.grant_permissions(["geolocation"])
    field.set_geolocation({"latitude": 26.3271, "longitude": 116.3548, "accuracy": 8})
    first.open("/visits/", "黄秀英")
    first.press("黄秀英", "还差 3 张", at="/record/")
    for which, colour in {"whole": "red", "near": "blue", "people": "grey"}.items():
        first.page.locator(f"[name={which}]").set_input_files(a_photo(colour))
    first.page.fill('input[name="found"]', "90")
    first.page.locator('input[name="conclusion"][value="less"]').check()
    first.page.locator('input[name="signed"][value="paper"]').check()
    first.press("填完，交给第二人签", at="/visits/")
    second.open("/visits/", "黄秀英")
    second.press("黄秀英", "90 斤（45 公斤）", at="/sign/")
    second.press("签字：90 斤（45 公斤）", at="/visits/")

    # Money is computed, held and put on the county's notice; a colleague awards it when that has ended.
    desk.open("/checks/?view=compute", "黄秀英")
    desk.press("黄秀英", "90 斤 × 0.80 元/斤 = 72.00 元", at="/compute/")
    desk.press("72.00 元", at="/checks/")
    desk.open("/checks/?view=county")
    desk.press("发布公示", "72.00", at="/publish/county/")
    desk.press("公示 1 户", "72.00", at="/notices/")
    now.at = LossClaim.objects.get().county_notice.ends_at
    assert second_look.look_at_waiting(at=now.at) > 0
    director = Screen(phone(director_lin, **DESK))
    director.open("/review/", "黄秀英", "72.00")
    director.page.keyboard.press("a")
    with director.page.expect_navigation():
        director.page.keyboard.press("a")
    director.sees("已核定", at="/review/")
    claim.refresh_from_db()
    assert claim.status == "awarded"

    # Finance pays, the bank answers, she reads it.
    maker = Screen(phone(finance_maker, **DESK))
    maker.open("/payouts/new/", "黄*英", "柒拾贰元整")
    maker.page.locator("main form[method=post] button").last.click()
    maker.page.wait_for_url("**/payouts/*/")
    maker.sees("72.00")
    batch = PayoutBatch.objects.get()
    checker = Screen(phone(finance_checker, **DESK))
    checker.open(f"/payouts/{batch.pk}/", "户数 1", "72.00")
    checker.press("复核无误", "72.00", at=f"/payouts/{batch.pk}/")
    batch.refresh_from_db()
    raw = return_file(batch, [answer_line(batch.payments.get())])
    checker.open(f"/payouts/{batch.pk}/return/")
    checker.page.set_input_files('input[type="file"]', {"name": "RET.txt", "mimeType": "text/plain", "buffer": raw})
    checker.press("导入", "1 笔到账")
    checker.open(f"/payouts/{batch.pk}/reconcile/", "账是平的。")
    farmer.open("/", "72.00")
    farmer.open(f"/losses/{claim.pk}/", "72.00")
