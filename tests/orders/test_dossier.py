"""The whole file of a delivery or a fund: every document, what is missing, and that its sums are those of the books."""

import io
import zipfile

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from orders.models import Fate, SettlementStatement
from orders.pages.dossier import of_fund
from orders.selectors import dossier as selectors
from orders.selectors.dossier import agreements, gathered
from orders.selectors.scale import refused_role, scale_role, slip_role
from orders.services import delivering, receiving, returning
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from tests.factories import THURSDAY, WEDNESDAY, a_fund, login
from tests.orders.steps import KG, MINUTE, a_stored_photo, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(story, cabbage_of_xiuying, cabbage_of_guiying, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return story.signed(wish((cabbage_of_xiuying, 50), (cabbage_of_guiying, 20)))


@pytest.fixture
def sent_back(receipt, receiver_wang, xiuying):
    line = receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").order_by("pk")[0]
    row = returning.ask_return(
        line,
        grams=10 * KG,
        pieces=None,
        reason="rotten",
        words="菜心发黑",
        photos=[a_stored_photo(receiver_wang, THURSDAY + MINUTE)],
        by=receiver_wang,
        at=THURSDAY + 2 * MINUTE,
    )
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=THURSDAY + 3 * MINUTE)
    return row


def text_of(client, name, *keys, **asked):
    answer = client.get(reverse(name, args=keys), asked)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_the_file_names_its_documents_and_what_is_missing(client, receipt, cashier_yu, xiuying_household):
    shown = text_of(login(client, cashier_yu), "delivery-dossier", receipt.delivery_id)

    statement = SettlementStatement.objects.order_by("pk")[0]
    for number in (receipt.number, receipt.delivery.number, statement.number, xiuying_household.head_name):
        assert number in shown
    assert f"对账单 {statement.number}：缺发票。" in shown
    assert f"对账单 {statement.number}：还没付款。" in shown
    assert f"验收单 {receipt.number}：没有过秤照片。" in shown
    assert "合同：本系统没有存，请把您单位的放进来。" in shown
    assert "采购计划：这些订单没有走本系统的计划，请把您单位的放进来。" in shown
    assert "不一致" not in shown


def test_sums_are_those_of_the_ledger_even_after_goods_went_back(receipt, sent_back):
    found = gathered([receipt.delivery_id])

    sums = {row.what: (row.papers, row.books) for row in agreements(found)}
    assert sums == {
        "weight": (70 * KG, 70 * KG),
        "goods": (110_00, 110_00),
        "moved": (16_00, 16_00),
        "statements": (94_00, 94_00),
        "payables": (110_00, 110_00),
    }


def test_a_sum_that_is_not_in_the_ledger_is_told(client, receipt, cashier_yu, monkeypatch):
    monkeypatch.setattr(selectors, "posted_sums", lambda _names: {})

    shown = text_of(login(client, cashier_yu), "delivery-dossier", receipt.delivery_id)

    assert "不一致" in shown
    told = client.get(reverse("api-delivery-dossier", args=[receipt.delivery_id])).json()
    assert (told["agrees"], [row["agrees"] for row in told["checks"]]) == (False, [True, False, True, True, True])


def test_the_archive_holds_page_spreadsheet_and_photos(client, receipt, sent_back, cashier_yu, monkeypatch):
    monkeypatch.setattr("orders.pages.dossier_files.read_original", lambda _file: b"jpeg")

    raw = login(client, cashier_yu).get(reverse("delivery-dossier-zip", args=[receipt.delivery_id]))

    archive = zipfile.ZipFile(io.BytesIO(raw.getvalue()))
    assert sorted(archive.namelist()) == ["index.html", "photos/001-000000000000.jpg", "tables.xlsx"]
    assert sent_back.number in archive.read("index.html").decode()
    book = load_workbook(io.BytesIO(archive.read("tables.xlsx")))
    weights = book.get_sheet_by_name("过秤").to_python()
    assert [row[7] for row in weights[1:]] == [50, 20]
    assert raw.headers["Cache-Control"] == "private, no-store"


def test_a_photo_gone_from_the_disk_stays_in_the_list(client, receipt, sent_back, cashier_yu):
    raw = login(client, cashier_yu).get(reverse("delivery-dossier-zip", args=[receipt.delivery_id])).getvalue()

    archive = zipfile.ZipFile(io.BytesIO(raw))
    assert sorted(archive.namelist()) == ["index.html", "tables.xlsx"]
    assert "001-000000000000" in archive.read("index.html").decode()


def test_the_file_of_a_fund_holds_the_days_asked_for(client, receipt, fund, cashier_yu):
    login(client, cashier_yu)
    day, other = "2026-11-05", "2026-11-06"

    assert receipt.number in text_of(client, "fund-dossier", fund.pk, first=day, last=day)
    assert receipt.number not in text_of(client, "fund-dossier", fund.pk, first=other, last=other)
    told = client.get(reverse("api-fund-dossier", args=[fund.pk]), {"first": day, "last": day}).json()
    assert next(part for part in told["sections"] if part["key"] == "signatures")["rows"][0][0] == receipt.number
    archive = client.get(reverse("fund-dossier-zip", args=[fund.pk]), {"first": day, "last": day})
    assert "index.html" in zipfile.ZipFile(io.BytesIO(archive.getvalue())).namelist()


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-11-06", "2026-11-05", "开始的日子比结束的日子晚"),
        ("2025-01-01", "2026-11-05", "一份档案最长一年"),
        ("x", "2026-11-05", "2026"),
    ],
)
def test_days_that_make_no_period_are_refused(client, fund, cashier_yu, first, last, said):
    asked = {"first": first, "last": last}
    for name in ("fund-dossier", "fund-dossier-zip"):
        answer = login(client, cashier_yu).get(reverse(name, args=[fund.pk]), asked)
        assert answer.status_code == 400
        assert said in answer.content.decode()
    assert client.get(reverse("api-fund-dossier", args=[fund.pk]), asked).status_code == 400


def test_who_weighs_reads_no_money_and_another_buyer_nothing(client, receipt, fund, receiver_wang, olga):
    receiver = login(client, receiver_wang)
    assert receiver.get(reverse("delivery-dossier", args=[receipt.delivery_id])).status_code == 403
    assert receiver.get(reverse("fund-dossier", args=[fund.pk])).status_code == 404
    assert "大宗食材档案" not in text_of(receiver, "receipt-detail", receipt.pk)
    other = login(client, olga)
    assert other.get(reverse("delivery-dossier", args=[receipt.delivery_id])).status_code == 404


def test_the_auditor_reads_sellers_names_masked(client, receipt, auditor, xiuying_household):
    shown = text_of(login(client, auditor), "delivery-dossier", receipt.delivery_id)

    assert xiuying_household.head_name not in shown


def test_questions_do_not_grow_with_lots(
    client, story, cabbage_of_xiuying, receipt, cashier_yu, django_assert_max_num_queries
):
    with django_assert_max_num_queries(17):
        gathered([receipt.delivery_id])
    login(client, cashier_yu)
    with django_assert_max_num_queries(40):
        text_of(client, "delivery-dossier", receipt.delivery_id)


@pytest.mark.parametrize("shows", [scale_role, refused_role, slip_role])
def test_the_file_of_a_fund_shows_no_other_funds_goods_and_misses_its_own_scale(
    story, fund, school, cabbage_of_xiuying, cabbage_of_guiying, haulier, receiver_wang, receiver_sun, shows
):
    first = story.confirmed(wish((cabbage_of_xiuying, 20)))
    story.fund = a_fund(school, "canteen", yuan=1000)
    second = story.confirmed(wish((cabbage_of_guiying, 20)))
    own, other = (order.allocations.get().pk for order in (first, second))
    loads = {own: Loaded(20 * KG), other: Loaded(20 * KG)}
    trip = delivering.ship([first, second], loads, by=haulier, at=WEDNESDAY)
    photos = {shows(other): a_stored_photo(receiver_wang, THURSDAY)}
    weights = dict.fromkeys(loads, Weighed(20 * KG))
    receipt = receiving.weigh(trip, weights, photos=photos, by=receiver_wang, at=THURSDAY)
    receiving.sign(receipt, by=receiver_sun, at=THURSDAY)

    files = {one: gathered([trip.pk], one) for one in (fund, story.fund)}

    assert [len(found.photos) for found in files.values()] == [0, 1]
    whole = {
        one: of_fund(one, found, days=(THURSDAY.date(), THURSDAY.date()), user=None, at=THURSDAY)
        for one, found in files.items()
    }
    lacking = [any("没有过秤照片" in said for said in file.missing) for file in whole.values()]
    assert lacking == [True, shows is not scale_role]
