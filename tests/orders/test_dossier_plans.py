"""What is kept of the plans that orders are on is in their file: notice, objection, quotes, signed list, photos."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse

from canteens.services import plan_quotes, publicity, purchase_plans, register_canteen, signed_lists
from canteens.services.publicity import Intent
from canteens.services.signed_lists import Answer
from orders.pages import dossier
from orders.selectors.dossier import gathered
from records.services import notices
from tests.canteens.test_plan_requirements import a_quote_photo
from tests.factories import FRIDAY, MONDAY, a_plan_requirement, a_purchase_plan, login
from tests.orders.steps import a_stored_photo, wish

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
BEFORE = MONDAY - dt.timedelta(days=7)  # while the plan hangs on public notice
RECORD, SUPPLIER, REASON = "石中工纪〔2026〕12号", "屏山合作社", "王小明出差"


@pytest.fixture
def receipt(story, county, cabbage_of_xiuying, chef_chen, chair_tan):
    """Goods of 80 yuan on a plan with a notice, an objection that was answered, and a quote."""
    a_plan_requirement(county, notice_days=1, quotes=1, from_fen=1)
    register_canteen(story.buyer, mode="own", heads=900, union_members=3, address="琴江镇")
    plan = a_purchase_plan(story.fund, by=chef_chen, at=BEFORE, fen=120_00, per_head_fen=40_00)
    publicity.put_on_notice(plan, Intent("包菜", "屏山镇的合作社", 3), by=chef_chen, at=BEFORE)
    plan.refresh_from_db()
    objection = notices.object_to(plan.notice.lines.get(), words="太贵了", contact="", at=BEFORE + HOUR)
    publicity.answer_objection(objection, upheld=False, answer="三家比过价", by=chair_tan, at=BEFORE + HOUR)
    photo = a_quote_photo(chef_chen, BEFORE, 1)
    plan_quotes.add_quote(plan, SUPPLIER, 119_00, photo, by=chef_chen, at=BEFORE)
    story.plan = purchase_plans.approve_plan(plan, by=chair_tan, at=MONDAY)
    return story.signed(wish((cabbage_of_xiuying, 50)))


@pytest.fixture
def handed_out(receipt, story, treasurer_zhou):
    """Two signed for 40 yuan each, one took nothing."""
    say = {"by": treasurer_zhou, "at": FRIDAY}
    row = signed_lists.open_list(story.plan, "包菜 25 公斤", "王小明\n李大海\n陈桂英", **say)
    photo = signed_lists.add_photo(row, a_stored_photo(treasurer_zhou, FRIDAY), **say).pk
    signed_lists.answer_lines(row, Answer("got", (2, 3), photo=photo), **say)
    signed_lists.answer_lines(row, Answer("refused", (1,), reason=REASON), **say)
    return receipt


@pytest.fixture
def signed_off(handed_out, story, chair_tan):
    purchase_plans.close_plan(story.plan, by=chair_tan, at=FRIDAY)
    return handed_out


def told(client, receipt) -> tuple[dict[str, list[list[str]]], str]:
    """Return the tables of a trip's file, and in one text what it lacks."""
    answer = client.get(reverse("api-delivery-dossier", args=[receipt.delivery_id])).json()
    return {part["key"]: part["rows"] for part in answer["sections"]}, "\n".join(answer["missing"])


def test_plan_notice_quotes_and_list_are_in_the_file(client, signed_off, treasurer_zhou, chef_chen, chair_tan):
    page = login(client, treasurer_zhou).get(reverse("delivery-dossier", args=[signed_off.delivery_id]))
    tables, missing = told(client, signed_off)

    [plan] = tables["plans"]
    assert plan[:2] == ["中秋", RECORD] and (plan[3], plan[5], plan[-1]) == ("120.00", "80.00", "已结束")
    assert (plan[9], plan[11]) == (chef_chen.person.name, chair_tan.person.name)
    assert [row[1:] for row in tables["plan-goods"]] == [["蔬菜", "不限量", "", "0 斤（0 公斤）", "100 斤（50 公斤）"]]
    notice, objection = tables["notices"]
    assert notice[1] == objection[1] and objection[4:7] == ["查过了：计划照旧", "三家比过价", chair_tan.person.name]
    [quote] = tables["quotes"]
    got, refused, whole = tables["signed-lists"]
    assert (quote[1:3], [got[2:5], refused[2:6]]) == (
        [SUPPLIER, "119.00"], [["2", "2-3", "80.00"], ["1", "1", "0.00", REASON]],
    )  # fmt: skip
    assert (whole[2], whole[4], whole[7]) == ("3", "80.00", chair_tan.person.name)
    assert {quote[3], got[6]} == {row[0] for row in tables["photos"]}
    assert "太贵了" not in page.content.decode()
    for said in (RECORD, SUPPLIER, "三家比过价", "包菜 25 公斤"):
        assert said in page.content.decode()
    assert "报价单" not in missing and "签领表" not in missing and "采购计划：" not in missing
    assert f"采购计划“中秋”的会议记录 {RECORD}：本系统只存编号" in missing


def test_what_is_not_kept_of_a_plan_is_said_of_that_plan(client, receipt, story, treasurer_zhou, cabbage_of_guiying):
    story.plan = None
    story.place(wish((cabbage_of_guiying, 1)))
    missing = told(login(client, treasurer_zhou), receipt)[1]

    assert f"采购计划“中秋”（会议记录 {RECORD}）：缺签领表。" in missing
    assert "没有走" not in missing  # the other order is not in this file


def test_a_list_that_is_not_signed_off_is_said(client, handed_out, treasurer_zhou):
    assert "签领表还没有审核" in told(login(client, treasurer_zhou), handed_out)[1]


def test_who_signed_is_in_the_file_of_readers_of_signed_lists_alone(
    client, signed_off, treasurer_zhou, cashier_yu, monkeypatch
):
    monkeypatch.setattr("orders.pages.dossier_files.read_original", lambda _file: b"jpeg")

    def photos_of(user) -> int:
        raw = login(client, user).get(reverse("delivery-dossier-zip", args=[signed_off.delivery_id])).getvalue()
        return sum(name.startswith("photos/") for name in zipfile.ZipFile(io.BytesIO(raw)).namelist())

    assert (photos_of(treasurer_zhou), photos_of(cashier_yu)) == (2, 1)
    tables, _missing = told(client, signed_off)
    assert [row[5] for row in tables["signed-lists"][:2]] == ["", ""]
    assert [row[6] for row in tables["signed-lists"]] == ["", "", ""] and len(tables["photos"]) == 1


def test_the_public_reads_neither_suppliers_nor_names(signed_off, story, chair_tan):
    days = (MONDAY.date(), FRIDAY.date())
    found = gathered([signed_off.delivery_id], story.fund)
    whole = dossier.of_fund(story.fund, found, days=days, user=None, at=FRIDAY)

    shown = " ".join(cell for section in whole.sections for row in section.shown for cell in row)
    assert RECORD in shown and "三家比过价" in shown and "119.00" in shown
    assert not [said for said in (SUPPLIER, REASON, "王小明", chair_tan.person.name) if said in shown]
    assert [row.document for row in whole.photos] == [story.plan.reference]


def test_plans_ask_six_statements_more(client, signed_off, treasurer_zhou, django_assert_max_num_queries):
    with django_assert_max_num_queries(17 + 6):
        gathered([signed_off.delivery_id])
    login(client, treasurer_zhou)
    with django_assert_max_num_queries(40 + 6):
        client.get(reverse("delivery-dossier", args=[signed_off.delivery_id]))
