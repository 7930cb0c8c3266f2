"""Own money on a credit limit: what was used is given back once it is paid, by two people; the limit stays."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from canteens.models import BudgetChange, Fund
from canteens.selectors import figures
from canteens.services import confirm_budget, open_fund, propose_budget, purses
from kernel.errors import BadValue
from ledger.models import Account
from ledger.services import transfers
from marketplace.audit import breaches
from registers.services import changes
from tests.factories import MONDAY, a_fund, a_user, login
from tests.guards.rows import as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def checker_he(school):
    return a_user("何复核", "payment_checker", school)


@pytest.fixture
def credit(school, cashier_yu):
    """A limit of 1,000 yuan: 300 were used, 200 are held."""
    fund = a_fund(school, "own", yuan=1_000, by=cashier_yu, on_credit=True)
    seller = transfers.open_account("payee:one", Account.Kind.PAYABLE, guarded=False).pk
    for number, fen in ((1, 300_00), (2, 200_00)):
        transfers.hold([transfers.Hold(f"allocation:{number}:hold", fund.account_id, seller, fen)], at=MONDAY)
    transfers.resolve([transfers.Resolution("receipt-line:1:accepted", "allocation:1:hold", 300_00)], at=MONDAY)
    return fund


@pytest.fixture
def give_back(credit, cashier_yu, checker_he):
    def give(fen):
        change = propose_budget(credit, fen, "回单7号", gives_back=True, by=cashier_yu, at=MONDAY)
        return confirm_budget(change, by=checker_he, at=MONDAY)

    return give


def stand(fund):
    now = figures(Fund.objects.select_related("account", "source_account").get(pk=fund.pk))
    return now.budget_fen, now.spent_fen, now.held_fen, now.left_fen


@pytest.mark.parametrize(("fen", "left"), [(1, 500_01), (299_99, 799_99), (300_00, 800_00)])
def test_what_is_paid_may_be_ordered_again_and_the_limit_stays(credit, give_back, fen, left):
    give_back(fen)

    assert stand(credit) == (1_000_00, 300_00 - fen, 200_00, left)


def test_never_more_is_given_back_than_was_used(credit, give_back, cashier_yu, checker_he):
    with pytest.raises(purses.CreditNotUsed, match=r"300\.00"):
        give_back(300_01)
    twice = [propose_budget(credit, 200_00, f"{n}号", gives_back=True, by=cashier_yu, at=MONDAY) for n in (1, 2)]
    confirm_budget(twice[0], by=checker_he, at=MONDAY)
    with pytest.raises(purses.CreditNotUsed, match=r"100\.00"):
        confirm_budget(twice[1], by=checker_he, at=MONDAY)

    assert stand(credit) == (1_000_00, 100_00, 200_00, 700_00)


def test_what_came_back_from_a_seller_is_not_given_back_again(credit, give_back):
    seller = Account.objects.get(code="payee:one").pk
    refund = {"debit_id": seller, "credit_id": credit.account_id, "amount_fen": 50_00}
    transfers.transfer(reference="return:1:refund", at=MONDAY, **refund)
    with pytest.raises(purses.CreditNotUsed, match=r"250\.00"):
        give_back(250_01)
    give_back(250_00)

    assert stand(credit) == (1_000_00, 0, 200_00, 800_00)


def test_where_nobody_asks_the_database_gives_back_no_more_than_was_posted(credit, give_back, monkeypatch):
    monkeypatch.setattr(purses, "used_of_credit_fen", lambda fund: 10_000_00)
    with pytest.raises(IntegrityError, match="account_gives_back_what_was_posted"), transaction.atomic():
        give_back(300_01)
    with as_owner() as cursor:
        cursor.execute("ALTER TABLE ledger_account DROP CONSTRAINT account_gives_back_what_was_posted")
    give_back(300_01)  # the control: without its check it is given


def test_the_audit_sees_what_was_given_back_without_two_hands(credit, give_back):
    give_back(100_00)
    assert not any("credit limit" in breach for breach in map(str, breaches()))
    Account.objects.filter(pk=credit.account_id).update(given_back_fen=F("given_back_fen") + 1)

    assert any("credit limit" in breach for breach in map(str, breaches()))


def test_a_prepaid_purse_gets_nothing_back(school, cashier_yu):
    prepaid = a_fund(school, "own", by=cashier_yu)
    with pytest.raises(BadValue, match="不是赊购额度"):
        propose_budget(prepaid, 1_00, "回单7号", gives_back=True, by=cashier_yu, at=MONDAY)
    with pytest.raises(BadValue, match="自有资金"):
        open_fund(school, "canteen", MONDAY.year, on_credit=True, at=MONDAY)


def test_a_credit_limit_is_opened_by_its_two_hands_and_not_carried_over(school, cashier_yu, checker_he):
    asked = {"organisation": school.name, "kind": "own", "fiscal_year": MONDAY.year, "on_credit": True}
    with pytest.raises(BadValue, match="自有资金"):
        changes.propose("funds", [asked | {"kind": "canteen"}], document_number="", by=cashier_yu, at=MONDAY)
    change = changes.propose("funds", [asked], document_number="", by=cashier_yu, at=MONDAY)
    changes.confirm(change, by=checker_he, at=MONDAY)
    assert Fund.objects.get().on_credit

    following = MONDAY.replace(year=MONDAY.year + 1)
    a_fund(school, "own", yuan=0, year=following.year, by=cashier_yu)
    carried = asked | {"amount": 1_00}
    with pytest.raises(BadValue, match="不结转"):
        changes.propose("carry-over", [carried], document_number="1号", by=cashier_yu, at=following)


def test_by_page_and_by_program_and_as_a_line_of_the_statement(client, credit, cashier_yu, checker_he, now):
    login(client, cashier_yu)
    page = reverse("fund-budget", args=[credit.pk])
    assert "恢复额度" in client.get(page).content.decode()
    client.post(page, {"idem": "a" * 32, "direction": "back", "amount": "120", "document_number": "回单7号"})
    sent = client.post(
        reverse("api-fund-budget", args=[credit.pk]),
        {"direction": "back", "amount": "30", "document_number": "回单8号"},
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY="b" * 20,
    )
    assert (sent.status_code, sent.json()["gives_back"]) == (201, True)
    login(client, checker_he)
    home = client.get("/").content.decode()
    assert "恢复额度" in home
    waiting = client.get(reverse("fund-detail", args=[credit.pk])).content.decode()
    assert "300.00 → 180.00" in waiting and "300.00 → 270.00" in waiting
    for change in BudgetChange.objects.filter(gives_back=True):
        client.post(reverse("budget-confirm", args=[change.pk]), {"idem": f"{change.pk:032d}"})

    entries = client.get(reverse("fund-entries", args=[credit.pk])).content.decode()
    assert "恢复额度" in entries and "回单8号" in entries
    assert stand(credit) == (1_000_00, 150_00, 200_00, 650_00)


def test_no_other_purse_offers_it(client, school, cashier_yu, now):
    prepaid = a_fund(school, "own", by=cashier_yu)
    page = reverse("fund-budget", args=[prepaid.pk])
    assert "恢复额度" not in login(client, cashier_yu).get(page).content.decode()
    refused = client.post(page, {"idem": "a" * 32, "direction": "back", "amount": "1", "document_number": "7号"})
    assert refused.status_code == 400
