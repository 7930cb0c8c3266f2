"""The statement of a purse: every movement, and what was used, held and left after it."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from canteens.models import Fund
from canteens.selectors import figures, purse_entries
from canteens.services import confirm_budget, propose_budget, purchase_plans
from kernel import keyset
from ledger.models import Account, Transfer
from ledger.selectors.entries import all_entries
from ledger.services import transfers
from tests.factories import MONDAY, a_fund, a_purchase_plan, login
from tests.guards.rows import count_rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(school, treasurer_zhou, chair_tan):
    """A purse that went through everything that moves one."""
    fund = a_fund(school, by=treasurer_zhou)
    own, seller = fund.account_id, transfers.open_account("payee:one", Account.Kind.PAYABLE, guarded=False).pk
    transfers.hold([transfers.Hold("allocation:1:hold", own, seller, 900_00)], at=MONDAY)
    transfers.hold([transfers.Hold("allocation:2:hold", own, seller, 500_00)], at=MONDAY)
    transfers.resolve([transfers.Resolution("receipt-line:1:accepted", "allocation:1:hold", 880_00)], at=MONDAY)
    transfers.resolve([transfers.Resolution("allocation:2:release", "allocation:2:hold", 0)], at=MONDAY)
    for reference, debit, credit, fen in (
        ("receipt-line:1:more", own, seller, 7_00),
        ("return:1:refund", seller, own, 30_00),
    ):
        transfers.transfer(reference=reference, debit_id=debit, credit_id=credit, amount_fen=fen, at=MONDAY)
    confirm_budget(
        propose_budget(fund, -2_000_00, "石中工〔2026〕9号", by=treasurer_zhou, at=MONDAY), by=chair_tan, at=MONDAY
    )
    return Fund.objects.select_related("account", "source_account", "organisation").get(pk=fund.pk)


def test_each_row_is_the_stand_of_its_moment(fund):
    rows = [
        (row.budget_fen, row.used_fen, row.held_fen, row.left_fen)
        for row in all_entries(fund.account_id, fund.source_account_id)
    ]

    assert rows == [
        (10_000_00, 0, 0, 10_000_00),
        (10_000_00, 0, 900_00, 9_100_00),
        (10_000_00, 0, 1_400_00, 8_600_00),
        (10_000_00, 880_00, 500_00, 8_620_00),
        (10_000_00, 880_00, 0, 9_120_00),
        (10_000_00, 887_00, 0, 9_113_00),
        (10_000_00, 857_00, 0, 9_143_00),
        (8_000_00, 857_00, 0, 7_143_00),
    ]
    stand = figures(fund)
    assert rows[-1] == (stand.budget_fen, stand.spent_fen, stand.held_fen, stand.left_fen)


def test_a_page_cut_anywhere_says_the_same(client, fund, chef_chen, chair_tan, django_assert_max_num_queries):
    plan = purchase_plans.approve_plan(a_purchase_plan(fund, by=chef_chen), by=chair_tan, at=MONDAY)
    many = [
        Transfer(
            reference=f"allocation:{number}:hold",
            kind=Transfer.Kind.PENDING,
            debit_id=fund.account_id,
            credit_id=fund.bank_account_id,
            amount_fen=1,
            at=MONDAY + dt.timedelta(minutes=number),
        )
        for number in range(1_000, 11_000)
    ]
    Transfer.objects.bulk_create(many)
    count_rows_of("ledger_transfer")
    login(client, chair_tan)
    page = reverse("fund-entries", args=[fund.pk])

    with django_assert_max_num_queries(12):
        first = client.get(page).content.decode()
    with django_assert_max_num_queries(12):
        client.get(reverse("fund-detail", args=[fund.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("purchase-plan-detail", args=[plan.pk]))
    second = client.get(page, {"cursor": keyset.cut(purse_entries(fund), ("-pk",), size=50).next}).content.decode()

    assert "占 0.01" in first and "100.00" in first and "7,043.00" in first
    assert "99.50" in second and "7,043.50" in second and "100.00" not in second


def test_each_movement_is_said_in_words_and_leads_to_its_document(client, fund, treasurer_zhou):
    page = login(client, treasurer_zhou).get(reverse("fund-detail", args=[fund.pk])).content.decode()

    for words in ("占 500.00", "用 880.00，放回 20.00", "放回 500.00", "用 7.00", "退回 30.00", "减 2,000.00"):
        assert words in page
    assert "石中工〔2026〕9号" in page and reverse("fund-entries", args=[fund.pk]) in page


def test_the_spreadsheet_holds_the_same(client, fund, treasurer_zhou):
    answer = login(client, treasurer_zhou).get(reverse("fund-entries-file", args=[fund.pk]))
    rows = load_workbook(io.BytesIO(answer.content)).get_sheet_by_name("2026").to_python()

    assert len(rows) == 9 and rows[-1][3:] == ["减 2,000.00", 8_000, 857, 0, 7_143]


@pytest.mark.parametrize(("who", "status"), [("chef_chen", 200), ("xiuying", 404), ("finance_maker", 404)])
def test_the_statement_is_open_to_those_who_work_with_the_purse(client, fund, request, who, status):
    login(client, request.getfixturevalue(who))

    assert client.get(reverse("fund-entries", args=[fund.pk])).status_code == status
    assert client.get(reverse("fund-entries-file", args=[fund.pk])).status_code == status


class TestByProgram:
    """The same purse for a program."""

    def test_it_reads_how_the_purse_stands_and_what_moved_it(self, client, fund, treasurer_zhou):
        login(client, treasurer_zhou)

        one = client.get(reverse("api-fund-detail", args=[fund.pk])).json()
        year, _classes = one.pop("year"), one.pop("classes")
        assert (year["planned"], year["most"], year["rule"]) == ("0.00", None, None)
        assert (one["budget"], one["used"], one["held"], one["left"]) == ("8000.00", "857.00", "0.00", "7143.00")
        assert client.get(reverse("api-fund-list")).json()["results"] == [one]
        newest = client.get(reverse("api-fund-entries", args=[fund.pk])).json()["results"][0]
        assert (newest["budget_by"], newest["budget"], newest["used"]) == ("-2000.00", "8000.00", "857.00")

    def test_it_changes_the_budget_by_two_hands(self, client, fund, treasurer_zhou, chair_tan):
        asked = {"direction": "less", "amount": "143.00", "document_number": "石中工〔2026〕10号"}
        url, key = reverse("api-fund-budget", args=[fund.pk]), {"HTTP_IDEMPOTENCY_KEY": "a" * 32}
        login(client, treasurer_zhou)
        first, again = (client.post(url, asked, content_type="application/json", **key) for _try in range(2))
        assert first.status_code == again.status_code == 201 and first.json() == again.json()
        confirm = reverse("api-budget-confirm", args=[first.json()["id"]])
        assert client.post(confirm, content_type="application/json", HTTP_IDEMPOTENCY_KEY="b" * 32).status_code == 403

        login(client, chair_tan)
        done = client.post(confirm, content_type="application/json", HTTP_IDEMPOTENCY_KEY="c" * 32)

        assert done.json()["status"] == "confirmed"
        fund.account.refresh_from_db()
        assert fund.account.available_fen() == 7_000_00

    def test_it_refuses_with_words(self, client, fund, treasurer_zhou, chair_tan):
        change = propose_budget(fund, 1_00, "石中工〔2026〕11号", by=treasurer_zhou, at=MONDAY)
        refuse = reverse("api-budget-refuse", args=[change.pk])
        login(client, chair_tan)

        empty = client.post(refuse, {"why": ""}, content_type="application/json", HTTP_IDEMPOTENCY_KEY="a" * 32)
        assert empty.status_code == 400
        said = client.post(refuse, {"why": "文号不对"}, content_type="application/json", HTTP_IDEMPOTENCY_KEY="b" * 32)
        assert said.json()["status"] == "refused"
