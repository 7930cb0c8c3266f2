"""A statement on paper, what its invoice says to the fen, and the statements of a month together."""

import io
import uuid

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from accounts.models import Organisation
from catalog.models import Listing, Recognition
from orders.models import Fate, SettlementStatement
from orders.services import returning
from tests.factories import LONG_AGO, THURSDAY, login
from tests.guards.rows import force
from tests.orders.steps import KG, MINUTE, a_stored_photo, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(story, cabbage_of_xiuying):
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    return SettlementStatement.objects.get(delivery=receipt.delivery)


@pytest.fixture
def refund(goods, receiver_wang, xiuying):
    line = goods.lines.get().receipt_line
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
    return SettlementStatement.objects.get(total_fen__lt=0)


def text_of(client, name, *keys, **asked):
    answer = client.get(reverse(name, args=keys), asked)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_a_statement_on_paper_says_its_sum_in_capital_numerals(client, goods, cashier_yu):
    shown = text_of(login(client, cashier_yu), "statement-print", goods.pk)

    assert goods.number in shown
    assert "人民币捌拾元整" in shown
    assert "卖家签字" in shown


def test_what_goes_back_is_said_so_and_never_as_a_payment(client, refund, cashier_yu):
    assert "应退人民币壹拾陆元整" in text_of(login(client, cashier_yu), "statement-print", refund.pk)


def test_the_invoice_is_the_statement_to_the_fen(client, goods, cashier_yu, school):
    login(client, cashier_yu)
    told = client.get(reverse("api-statement-papers", args=[goods.pk])).json()

    assert [(line["kg"], line["price"], line["amount"]) for line in told["lines"]] == [("50", "1.60", "80.00")]
    assert (told["total"], told["others"], told["statement"]) == ("80.00", "", "80.00")
    assert told["capital"] == "人民币捌拾元整"
    assert told["lines"][0]["goods"] in text_of(client, "statement-papers", goods.pk)


def test_the_refund_is_invoiced_below_nothing(client, refund, cashier_yu):
    told = login(client, cashier_yu).get(reverse("api-statement-papers", args=[refund.pk])).json()

    assert [(line["kg"], line["amount"]) for line in told["lines"]] == [("−10", "-16.00")]
    assert told["total"] == told["statement"] == "-16.00"


def test_what_is_not_on_record_is_named_and_never_made_up(client, goods, cashier_yu, school, cabbage_of_xiuying):
    force(cabbage_of_xiuying, harvested_on=None, expected_from=LONG_AGO, expected_to=LONG_AGO)
    force(school, uscc="")

    shown = text_of(login(client, cashier_yu), "statement-papers", goods.pk)

    assert "采购单位的税号没有登记" in shown
    assert "没有乡镇在出货当天有效的认定" in shown
    assert "这批货没有对应的登记地块" in shown
    assert "没有采收日的记录" in shown


def test_a_recognition_counts_on_its_days_alone(client, goods, cashier_yu, cabbage_of_xiuying, director_lin):
    row = Recognition.objects.create(
        household_id=cabbage_of_xiuying.household_id,
        track="self_grown",
        document="坪山镇〔2026〕3号",
        from_on=LONG_AGO,
        by=director_lin,
        at=THURSDAY,
    )
    force(Listing.objects.get(pk=cabbage_of_xiuying.pk), recognition=row, track="self_grown")
    login(client, cashier_yu)

    assert "坪山镇〔2026〕3号" in text_of(client, "statement-papers", goods.pk)
    Recognition.objects.filter(pk=row.pk).update(to_on=LONG_AGO)
    assert "坪山镇〔2026〕3号" not in text_of(client, "statement-papers", goods.pk)


def test_the_buyers_tax_number_is_that_of_the_register(client, goods, cashier_yu, school):
    force(Organisation.objects.get(pk=school.pk), uscc="12360735MB1234567X")

    assert "12360735MB1234567X" in text_of(login(client, cashier_yu), "statement-papers", goods.pk)


def test_a_month_is_the_sum_of_its_statements(client, goods, refund, cashier_yu):
    login(client, cashier_yu)
    told = client.get(reverse("api-statement-month"), {"month": "2026-11"}).json()

    assert [(row["statements"], row["kg"], row["amount"], row["paid"]) for row in told] == [
        ("2", "40", "64.00", "0.00")
    ]
    assert client.get(reverse("api-statement-month"), {"month": "2026-10"}).json() == []
    asked = {"month": "2026-11", "fund": goods.fund_id, "household": goods.household_id}
    shown = text_of(client, "statement-month", **asked)
    assert goods.number in shown
    assert refund.number in shown
    assert "人民币陆拾肆元整" in shown
    raw = client.get(reverse("statement-month-file"), asked).content
    rows = load_workbook(io.BytesIO(raw)).get_sheet_by_name("2026-11").to_python()
    assert [row[6] for row in rows[1:]] == [80, -16, 64]


def test_a_seller_who_had_no_statement_there_has_no_month(client, goods, cashier_yu):
    asked = {"month": "2026-11", "fund": goods.fund_id, "household": uuid.uuid4()}

    assert login(client, cashier_yu).get(reverse("statement-month"), asked).status_code == 404


def test_a_month_must_be_written_as_one(client, cashier_yu):
    login(client, cashier_yu)
    for name in ("statement-month", "statement-month-file", "api-statement-month"):
        assert client.get(reverse(name), {"month": "2026-13"}).status_code == 400


def test_others_read_nothing_of_a_statement(client, goods, guiying):
    login(client, guiying)
    for name in ("statement-print", "statement-papers", "api-statement-papers"):
        assert client.get(reverse(name, args=[goods.pk])).status_code == 404
    assert goods.number not in text_of(client, "statement-month", month="2026-11")
