"""The purse's pages: who may look in, who may put money in, and on what paper."""

import re

import pytest
from django.urls import reverse

from canteens.models import BudgetChange
from canteens.services import propose_budget
from tests.factories import MONDAY, a_fund, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(school, treasurer_zhou):
    return a_fund(school, by=treasurer_zhou)


def hidden_key(page) -> str:
    return re.search(r'name="idem" value="([^"]*)"', page.content.decode()).group(1)


@pytest.mark.parametrize(
    ("who", "looks", "fills"),
    [
        ("treasurer_zhou", 200, 200),
        ("chair_tan", 200, 403),
        ("cashier_yu", 200, 403),
        ("chef_chen", 200, 403),
        ("auditor", 200, 403),
        ("receiver_wang", 404, 404),
        ("xiuying", 404, 404),
        ("olga", 404, 404),
        ("finance_maker", 404, 404),
    ],
)
def test_a_purse_is_open_to_those_who_work_with_it(client, fund, request, who, looks, fills):
    login(client, request.getfixturevalue(who))

    assert client.get(reverse("fund-detail", args=[fund.pk])).status_code == looks
    assert client.get(reverse("fund-budget", args=[fund.pk])).status_code == fills
    assert (str(fund.get_kind_display()) in client.get(reverse("fund-list")).content.decode()) == (looks == 200)


def test_money_put_in_twice_by_a_double_tap_counts_once(client, fund, treasurer_zhou):
    login(client, treasurer_zhou)
    url = reverse("fund-budget", args=[fund.pk])
    typed = {
        "direction": "more",
        "amount": "6000",
        "document_number": "石中工〔2026〕9号",
        "idem": hidden_key(client.get(url)),
    }

    for _tap in range(2):
        assert client.post(url, typed).status_code == 302

    fund.account.refresh_from_db()
    assert fund.account.available_fen() == 10_000_00
    assert BudgetChange.objects.count() == 2


def test_the_chair_sees_what_waits_and_puts_it_in_with_one_tap(client, fund, treasurer_zhou, chair_tan):
    change = propose_budget(fund, 6_000_00, "石中工〔2026〕9号", by=treasurer_zhou, at=MONDAY)
    page = reverse("fund-detail", args=[fund.pk])
    confirm = reverse("budget-confirm", args=[change.pk])

    assert confirm not in login(client, treasurer_zhou).get(page).content.decode()
    assert client.post(confirm, {"idem": "a" * 32}).status_code == 403
    assert "年工会经费的进账" in login(client, chair_tan).get("/").content.decode()
    assert confirm in client.get(page).content.decode()
    for _tap in range(2):
        assert client.post(confirm, {"idem": "b" * 32}).status_code == 302

    fund.account.refresh_from_db()
    assert fund.account.available_fen() == 16_000_00
    assert "石中工〔2026〕9号" in client.get(page).content.decode()


def test_a_budget_is_made_less_by_page_old_and_new_side_by_side(client, fund, treasurer_zhou, chair_tan):
    url, typed = reverse("fund-budget", args=[fund.pk]), {"direction": "less", "document_number": "石中工〔2026〕9号"}
    login(client, treasurer_zhou)
    assert "可用 10,000.00 元" in client.get(url).content.decode()
    refused = client.post(url, typed | {"amount": "10000.01", "idem": "a" * 32})
    assert "最多减这么多" in refused.content.decode() and "10,000.00 元" in refused.content.decode()
    assert client.post(url, typed | {"amount": "4000", "idem": "b" * 32}).status_code == 302

    change = BudgetChange.objects.get(status="proposed")
    assert "的减少" in login(client, chair_tan).get("/").content.decode()
    page = client.get(reverse("fund-detail", args=[fund.pk])).content.decode()
    assert "10,000.00 元 → 6,000.00 元" in page and "减少 4,000.00 元" in page
    client.post(reverse("budget-confirm", args=[change.pk]), {"idem": "c" * 32})

    page = client.get(reverse("fund-detail", args=[fund.pk])).content.decode()
    assert "共 6,000.00 元" in page and change.amount_fen == -4_000_00


def test_the_chair_refuses_with_words(client, fund, treasurer_zhou, chair_tan):
    change = propose_budget(fund, 6_000_00, "石中工〔2026〕9号", by=treasurer_zhou, at=MONDAY)
    refuse = reverse("budget-refuse", args=[change.pk])
    login(client, chair_tan)

    client.post(refuse, {"idem": "a" * 32, "why": ""})
    change.refresh_from_db()
    assert change.status == "proposed"
    client.post(refuse, {"idem": "a" * 32, "why": "文号不对"})
    change.refresh_from_db()

    assert change.status == "refused"


@pytest.mark.parametrize(
    "bad",
    [
        {"direction": ""},
        {"direction": "up"},
        {"amount": "NaN"},
        {"amount": "-5"},
        {"amount": "0"},
        {"document_number": ""},
    ],
    ids=str,
)
def test_what_cannot_be_read_stays_typed_and_changes_nothing(client, fund, treasurer_zhou, bad):
    login(client, treasurer_zhou)

    answer = client.post(
        reverse("fund-budget", args=[fund.pk]),
        {"direction": "more", "amount": "77.5", "document_number": "石中工", "idem": "k"} | bad,
    )

    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert ("石中工" in answer.content.decode()) == ("document_number" not in bad)
    assert BudgetChange.objects.count() == 1
