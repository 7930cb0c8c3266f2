"""A seller's invoice: compared with order, receipt and statement, judged by a second person, asked for by pay runs."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Message
from kernel.clock import county_day
from orders.models import Invoice, InvoiceDifference, SettlementStatement
from orders.selectors.invoices import Printed, PrintedLine, invoices_seen_by, statements_without
from orders.selectors.runs import ready_statements
from orders.services import invoicing, runs
from records.models import PolicyValue
from records.services.participation import AlreadyTookPart, HasInterest
from records.services.scans import PdfCut, receive_scan
from tests.factories import FRIDAY, a_mandate, a_user, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nnothing\n%%EOF\n"
DAY = county_day(FRIDAY)


def pdf():
    return SimpleUploadedFile("a.pdf", PDF, "application/pdf")


@pytest.fixture(autouse=True)
def friday(now):
    now["at"] = FRIDAY


@pytest.fixture
def statement(story, cabbage_of_xiuying):
    """40 kg at 0.80 yuan a jin: 64.00 yuan."""
    story.signed(wish((cabbage_of_xiuying, 40)))
    return SettlementStatement.objects.get()


def printed(statement, *lines, **other):
    said = {
        "number": "25362000000000000001", "code": "", "issued_on": DAY, "seller_name": "黄秀英",
        "buyer_name": statement.buyer.name, "total_fen": 64_00,
    }  # fmt: skip
    return Printed(**said | other, lines=lines)


def bring(statement, by, *lines, also=(), **other):
    scan = receive_scan(pdf(), by=by, at=FRIDAY)
    return invoicing.bring_invoice([statement, *also], printed(statement, *lines, **other), scan, by=by, at=FRIDAY)


def codes(invoice):
    return sorted(invoice.found.values_list("code", flat=True))


@pytest.fixture
def decided(clerk_ma, director_lin):
    def decide(name, value):
        PolicyValue.objects.create(
            name=name, value=value, from_on=DAY, set_by=clerk_ma, confirmed_by=director_lin, confirmed_at=FRIDAY
        )

    return decide


def test_an_invoice_that_says_the_same_is_matched_by_another_person(statement, xiuying, cashier_yu, cabbage):
    invoice = bring(statement, xiuying, PrintedLine(cabbage, 40_000, 160, 64_00))

    assert (invoice.status, invoice.differences, invoice.household_id) == ("waiting", 0, statement.household_id)
    matched = invoicing.match_invoice(invoice, by=cashier_yu, at=FRIDAY)
    assert (matched.status, matched.decided_by) == ("matched", cashier_yu)


def test_the_total_alone_is_enough_and_each_limit_counts_on_both_sides(statement, xiuying):
    assert bring(statement, xiuying, number="1", total_fen=64_05).differences == 0
    assert codes(bring(statement, xiuying, number="2", total_fen=64_06)) == ["already", "amount"]


@pytest.mark.parametrize(
    ("grams", "price", "fen", "total", "found"),
    [
        (40_200, 160, 64_00, 64_00, []),
        (40_201, 160, 64_00, 64_00, ["quantity"]),
        (40_000, 161, 64_00, 64_00, ["price"]),
        (40_000, 160, 63_94, 63_94, ["amount", "amount"]),
        (40_000, 160, 64_05, 64_00, ["amount"]),
    ],
)
def test_weight_price_and_amount_are_compared_line_by_line(
    statement, xiuying, cabbage, grams, price, fen, total, found
):
    assert codes(bring(statement, xiuying, PrintedLine(cabbage, grams, price, fen), total_fen=total)) == found


def test_other_goods_names_and_an_early_date_are_named(statement, xiuying, cabbage, duck):
    invoice = bring(
        statement, xiuying, PrintedLine(cabbage, 40_000, 160, 64_00), PrintedLine(duck, 1000, 100, 1_00),
        seller_name="别人", buyer_name="别的学校", issued_on=dt.date(2026, 11, 3), total_fen=65_00,
    )  # fmt: skip

    assert codes(invoice) == ["amount", "buyer", "date", "produce", "seller"]


def test_a_fee_left_to_the_co_operative_is_no_part_of_the_invoice(
    story, xiuying, xiuying_household, coop, coop_manager, cabbage_of_xiuying
):
    a_mandate(xiuying_household, coop, fee_bp=500)
    story.signed(wish((cabbage_of_xiuying, 40)))
    own = SettlementStatement.objects.get(household=xiuying_household)

    assert bring(own, xiuying).differences == 0
    assert not statements_without(coop_manager).filter(household=None).exists()


def test_the_same_number_and_code_comes_once_until_it_is_sent_back(statement, xiuying, cashier_yu):
    first = bring(statement, xiuying, total_fen=1)
    with pytest.raises(invoicing.InvoiceTwice):
        bring(statement, cashier_yu)

    invoicing.return_invoice(first, why="金额抄错了", by=cashier_yu, at=FRIDAY)
    assert codes(bring(statement, xiuying)) == ["number"]


def test_who_brought_it_never_judges_it_whatever_the_account(statement, cashier_yu):
    invoice = bring(statement, cashier_yu)

    for account in (cashier_yu, a_user("余出纳", person=cashier_yu.person)):
        with pytest.raises(AlreadyTookPart):
            invoicing.match_invoice(invoice, by=account, at=FRIDAY)
    assert Invoice.objects.get().status == "waiting"


def test_kin_of_the_seller_judges_nothing(statement, xiuying, cashier_yu, school):
    invoice = bring(statement, cashier_yu)
    relative = a_user("黄秀英", "cashier", school, person=xiuying.person)

    with pytest.raises(HasInterest):
        invoicing.match_invoice(invoice, by=relative, at=FRIDAY)


def test_a_difference_is_accepted_with_words_alone(statement, xiuying, cashier_yu):
    invoice = bring(statement, xiuying, total_fen=63_00)

    with pytest.raises(invoicing.WordsNeeded):
        invoicing.match_invoice(invoice, why=" ", by=cashier_yu, at=FRIDAY)
    accepted = invoicing.match_invoice(invoice, why="抹零一元", by=cashier_yu, at=FRIDAY)

    assert (accepted.status, accepted.words) == ("accepted", "抹零一元")


def test_one_invoice_is_for_one_seller(statement, story, cabbage_of_guiying, cashier_yu):
    story.signed(wish((cabbage_of_guiying, 20)))
    other = SettlementStatement.objects.exclude(pk=statement.pk).get()

    with pytest.raises(invoicing.OtherSeller):
        bring(statement, cashier_yu, also=[other])


def test_one_invoice_may_be_for_several_statements(statement, story, cabbage_of_xiuying, cashier_yu):
    story.signed(wish((cabbage_of_xiuying, 20)))
    other = SettlementStatement.objects.exclude(pk=statement.pk).get()

    invoice = bring(statement, cashier_yu, also=[other], total_fen=96_00)

    assert (invoice.differences, invoice.covers.count()) == (0, 2)


def test_a_county_that_wants_invoices_pays_nothing_without(statement, fund, xiuying, cashier_yu, second_qiu, decided):
    assert ready_statements(fund, cashier_yu).statements == [statement]
    decided("invoice_needed", 1)
    assert (ready_statements(fund, cashier_yu).statements, ready_statements(fund, cashier_yu).no_invoice) == (
        [], [statement],
    )  # fmt: skip
    with pytest.raises(runs.InvoiceMissing):
        runs.make_run(fund, statements=[statement.pk], by=cashier_yu, at=FRIDAY)

    invoicing.match_invoice(bring(statement, xiuying), by=second_qiu, at=FRIDAY)

    assert ready_statements(fund, cashier_yu).statements == [statement]
    assert runs.make_run(fund, statements=[statement.pk], by=cashier_yu, at=FRIDAY).lines == 1


def test_who_sees_and_brings_invoices(statement, xiuying, guiying, cadre_liu, chef_chen, cashier_yu, receiver_wang):
    bring(statement, xiuying)

    may_see = [xiuying, cadre_liu, chef_chen, cashier_yu]
    assert [invoices_seen_by(one).count() for one in may_see] == [1, 1, 1, 1]
    assert [invoices_seen_by(one).count() for one in (guiying, receiver_wang)] == [0, 0]


def test_a_pdf_that_was_cut_is_refused(xiuying):
    with pytest.raises(PdfCut):
        receive_scan(SimpleUploadedFile("a.pdf", b"%PDF-1.7 cut"), by=xiuying, at=FRIDAY)


def form(statement, **other):
    return {
        "idem": "i" * 32, "scan": pdf(), "number": "12345678", "code": "036001900111", "issued_on": DAY.isoformat(),
        "seller_name": "黄秀英", "buyer_name": statement.buyer.name, "total": "60.00", **other,
    }  # fmt: skip


def test_a_farmer_brings_an_invoice_and_the_cashier_accepts_it_on_the_pages(
    client, statement, xiuying, cashier_yu, cabbage
):
    login(client, xiuying)
    assert f"/statements/{statement.pk}/invoice/" in client.get("/invoices/").content.decode()
    line = {f"kg_{cabbage.pk}": "40", f"price_{cabbage.pk}": "1.50", f"amount_{cabbage.pk}": "60.00"}
    answer = client.post(f"/statements/{statement.pk}/invoice/", form(statement, **line))
    invoice = Invoice.objects.get()
    assert answer.url == f"/invoices/{invoice.pk}/"
    page = client.get(answer.url).content.decode()
    assert "订单每公斤 1.60 元，发票写 1.50 元。" in page
    assert "写明理由" not in page

    login(client, cashier_yu)
    assert invoice.number in client.get("/invoices/?view=differs").content.decode()
    assert invoice.number not in client.get("/invoices/?view=waiting").content.decode()
    scan = client.get(f"/invoices/{invoice.pk}/scan/")
    assert (b"".join(scan.streaming_content), scan["Content-Disposition"][:10]) == (PDF, "attachment")
    refused = client.post(f"/invoices/{invoice.pk}/match/", {"idem": "m" * 32, "why": ""})
    assert refused.status_code == 400
    client.post(f"/invoices/{invoice.pk}/match/", {"idem": "n" * 32, "why": "双方说好让利"})
    assert Invoice.objects.get().status == "accepted"
    assert "已核对" in client.get("/invoices/?view=matched").content.decode()
    assert "12345678" in client.get(f"/statements/{statement.pk}/").content.decode()


def test_a_line_half_typed_is_asked_again(client, statement, xiuying, cabbage):
    login(client, xiuying)

    answer = client.post(f"/statements/{statement.pk}/invoice/", form(statement, **{f"kg_{cabbage.pk}": "40"}))

    assert answer.status_code == 400
    assert not Invoice.objects.exists()


def test_a_program_brings_and_sends_back(client, statement, xiuying, cashier_yu, cabbage):
    login(client, xiuying)
    data = form(statement, lines=[f"{cabbage.code}:40:1.60:64.00"], total="64.00") | {"idem": ""}
    made = client.post(f"/api/v1/statements/{statement.pk}/invoice/", data, HTTP_IDEMPOTENCY_KEY="k-1")
    assert (made.status_code, made.json()["found"], made.json()["statements"]) == (201, [], [statement.pk])

    login(client, cashier_yu)
    path = f"/api/v1/invoices/{made.json()['id']}/"
    assert len(client.get("/api/v1/invoices/?view=waiting").json()["results"]) == 1
    assert client.get("/api/v1/invoices/?seen=waiting").status_code == 400
    sent = client.post(
        f"{path}return/", json.dumps({"why": "看不清"}), content_type="application/json", HTTP_IDEMPOTENCY_KEY="k-2"
    )
    assert sent.json()["status"] == "returned"
    assert client.get(path).json()["words"] == "看不清"


def test_the_list_takes_few_statements(client, statement, cashier_yu, django_assert_max_num_queries):
    bring(statement, cashier_yu)
    login(client, cashier_yu)

    with django_assert_max_num_queries(14):
        assert client.get("/invoices/").status_code == 200
    assert InvoiceDifference.objects.count() == 0


def told(kind):
    """Return which phones read what of an invoice."""
    return {row.phone: row.body for row in Message.objects.filter(kind=kind)}


def test_whoever_judges_hears_that_an_invoice_came_and_its_seller_how_it_was_judged(
    statement, xiuying, xiuying_household, cashier_yu, second_qiu, chef_chen
):
    invoice = bring(statement, xiuying)
    came = set(told("invoice.came"))
    assert came > {cashier_yu.phone, second_qiu.phone} and not came & {chef_chen.phone, xiuying_household.phone}
    assert "64.00" in told("invoice.came")[cashier_yu.phone]

    invoicing.match_invoice(invoice, by=cashier_yu, at=FRIDAY)

    assert set(told("invoice.matched")) == {xiuying_household.phone}


def test_a_seller_hears_of_an_invoice_that_another_brought_and_both_read_why_it_goes_back(
    statement, xiuying_household, cashier_yu, second_qiu
):
    invoice = bring(statement, cashier_yu, total_fen=60_00)
    came = set(told("invoice.came"))
    assert came > {second_qiu.phone, xiuying_household.phone} and cashier_yu.phone not in came

    invoicing.return_invoice(invoice, why="金额抄错了", by=second_qiu, at=FRIDAY)

    back = told("invoice.returned")
    assert set(back) == {xiuying_household.phone, cashier_yu.phone}
    assert all("金额抄错了" in body for body in back.values())


def test_a_seller_hears_that_an_invoice_was_accepted_although_it_differs(
    statement, xiuying, xiuying_household, cashier_yu
):
    invoice = bring(statement, xiuying, total_fen=60_00)

    invoicing.match_invoice(invoice, why="四块钱免了", by=cashier_yu, at=FRIDAY)

    assert "四块钱免了" in told("invoice.accepted")[xiuying_household.phone]
