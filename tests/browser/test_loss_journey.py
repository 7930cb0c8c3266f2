"""The loss chain in a real browser: report with a photo, two checks, a notice, a visit of two, the award, the money."""

import pytest

from losses.models import LossClaim
from losses.tasks import move_on_after_village_notices
from records.services import second_look
from tests import factories
from tests.browser.loss_steps import (
    DESK,
    awards,
    computes,
    loads_answers,
    looks,
    publishes,
    sends_batch,
    signs,
    stands_in_the_valley,
)
from tests.browser.screens import Screen, a_photo
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.ledger.steps import answer_line
from tests.losses.steps import a_scheme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    farmer.page.locator('input[name="elsewhere"][value="no"]').check()
    farmer.page.locator("#id_photos").set_input_files(a_photo())
    farmer.page.get_by_text("1 张照片存在手机里").wait_for()
    farmer.sees("= 50 公斤")
    farmer.page.get_by_role("button", name="再看一遍").click()
    farmer.page.get_by_text("这样对吗").wait_for()
    farmer.sees("100 斤", "今天 ", "1 张照片存在手机里", "会有人来看货")
    farmer.press("对，就这样报", "BS261102-0", at="/receipt/")
    claim = LossClaim.objects.get()
    farmer.open(f"/losses/{claim.pk}/", "100 斤（50 公斤）", "村里来看")

    # Village and township look.
    now.at = TUESDAY
    cadre = Screen(phone(cadre_liu, by_code=False))
    looks(cadre, "village", "黄秀英", "100 斤（50 公斤）", jin="90", why="有十斤还能卖")
    now.at = WEDNESDAY
    officer = Screen(phone(township_officer, width=1280, height=800, by_code=False))
    looks(officer, "township", "黄秀英", "有十斤还能卖", jin="90")

    # The desk publishes for the village; five working days later two verifiers are drawn.
    now.at = THURSDAY
    desk = Screen(phone(clerk_ma, **DESK))
    publishes(desk, "village", 1, "黄*英")
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
    stands_in_the_valley(first)
    first.open("/visits/", "黄秀英")
    first.press("黄秀英", "还差 3 张", at="/record/")
    for which, colour in {"whole": "red", "near": "blue", "people": "grey"}.items():
        first.page.locator(f"[name={which}]").set_input_files(a_photo(colour))
    first.page.fill('input[name="found"]', "90")
    first.page.locator('input[name="conclusion"][value="less"]').check()
    first.page.locator('input[name="signed"][value="paper"]').check()
    first.press("填完，交给第二人签", at="/visits/")
    signs(second, "黄秀英", "90 斤（45 公斤）")

    # Money is computed, held and put on the county's notice; a colleague awards it when that has ended.
    computes(desk, "黄秀英", "90 斤 × 0.80 元/斤 = 72.00 元", "72.00 元")
    publishes(desk, "county", 1, "72.00")
    now.at = LossClaim.objects.get().county_notice.ends_at
    assert second_look.look_at_waiting(at=now.at) > 0
    director = Screen(phone(director_lin, **DESK))
    awards(director, "/review/", "黄秀英", "72.00")
    claim.refresh_from_db()
    assert claim.status == "awarded"

    # Finance pays, the bank answers, she reads it.
    maker = Screen(phone(finance_maker, **DESK))
    checker = Screen(phone(finance_checker, **DESK))
    batch = sends_batch(maker, checker, 1, "72.00", "黄*英", "柒拾贰元整")
    loads_answers(checker, batch, [answer_line(batch.payments.get())], "1 笔到账")
    checker.open(f"/payouts/{batch.pk}/reconcile/", "账是平的。")
    farmer.open("/", "72.00")
    farmer.open(f"/losses/{claim.pk}/", "72.00")
