"""A claim from a seller ends by two people of the buyer, or stands on the list with its age."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from canteens.models import Fund
from canteens.selectors import figures
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from ledger.services.transfers import NotEnoughMoney
from marketplace.audit import breaches
from orders.models import Fate, RecoveryEnd, SettlementStatement
from orders.services import paying, recovering, returning, settling
from orders.services.hands import HandTaken
from tests.factories import THURSDAY, login
from tests.orders.steps import KG, a_stored_photo, owed_to, wish

pytestmark = pytest.mark.django_db
FRIDAY = THURSDAY + dt.timedelta(days=1)
LATER = FRIDAY + dt.timedelta(days=60)
IDEM = {"idem": "6b3c6bb0-0f4c-4a52-8f0a-3e9f8a6d3b11"}


@pytest.fixture
def claim(story, cabbage_of_xiuying, xiuying, receiver_wang, cashier_yu, second_qiu):
    """Sixteen yuan paid too much, which no later sale made up for."""
    receipt = story.signed(wish((cabbage_of_xiuying, 50)))
    statement = SettlementStatement.objects.get()
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)
    line = receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()
    row = returning.ask_return(
        line, grams=10 * KG, reason="rotten", words="坏了", photos=[a_stored_photo(receiver_wang, FRIDAY)],
        by=receiver_wang, at=FRIDAY,
    )  # fmt: skip
    returning.agree_to_return(row, fate=Fate.FREE, by=xiuying, at=FRIDAY)
    return settling.claim_rest(SettlementStatement.objects.latest("pk"), at=LATER)


def test_money_that_came_back_is_written_by_two_and_ends_the_claim(
    claim, cabbage_of_xiuying, cashier_yu, second_qiu, fund
):
    assert owed_to(cabbage_of_xiuying)[0] == -16_00
    spent = figures(Fund.objects.get(pk=fund.pk)).spent_fen
    end = recovering.propose_paid_back(claim, voucher_number=" B7 ", by=cashier_yu, at=LATER)
    assert (end.status, owed_to(cabbage_of_xiuying)[0]) == ("proposed", -16_00)

    recovering.confirm_end(end, by=second_qiu, at=LATER)

    end = RecoveryEnd.objects.get()
    assert (end.status, end.voucher_number, owed_to(cabbage_of_xiuying)[0]) == ("confirmed", "B7", 0)
    assert figures(Fund.objects.get(pk=fund.pk)).spent_fen == spent
    assert Message.objects.filter(kind="sale.claim_ended", household=cabbage_of_xiuying.household).count() == 1
    assert breaches() == []
    with pytest.raises(recovering.EndingAlready):
        recovering.propose_waiver(claim, why="免了", by=cashier_yu, at=LATER)
    with pytest.raises(IllegalMove):
        recovering.confirm_end(end, by=second_qiu, at=LATER)


def test_what_is_waived_the_fund_bears(claim, cabbage_of_xiuying, cashier_yu, second_qiu, fund):
    spent = figures(Fund.objects.get(pk=fund.pk)).spent_fen
    end = recovering.propose_waiver(claim, why="老人已经去世", by=cashier_yu, at=LATER)

    recovering.confirm_end(end, by=second_qiu, at=LATER)

    assert owed_to(cabbage_of_xiuying)[0] == 0
    assert figures(Fund.objects.get(pk=fund.pk)).spent_fen == spent + 16_00
    assert "老人已经去世" in Message.objects.get(kind="sale.claim_ended").body
    assert breaches() == []


def test_what_is_struck_out_can_be_said_anew(claim, cashier_yu, second_qiu, cabbage_of_xiuying):
    end = recovering.propose_paid_back(claim, voucher_number="B7", by=cashier_yu, at=LATER)
    with pytest.raises(BadValue):
        recovering.reject_end(end, why=" ", by=second_qiu, at=LATER)
    recovering.reject_end(end, why="银行没有这一笔", by=second_qiu, at=LATER)
    assert owed_to(cabbage_of_xiuying)[0] == -16_00

    recovering.propose_paid_back(claim, voucher_number="B8", by=cashier_yu, at=LATER)
    assert RecoveryEnd.objects.count() == 2


def test_one_person_does_not_end_a_claim(claim, cashier_yu):
    end = recovering.propose_waiver(claim, why="免了", by=cashier_yu, at=LATER)
    with pytest.raises(HandTaken):
        recovering.confirm_end(end, by=cashier_yu, at=LATER)


@pytest.mark.parametrize("said", [{"voucher_number": " "}, {"why": " "}])
def test_it_is_said_how(claim, cashier_yu, said):
    ways = {"voucher_number": recovering.propose_paid_back, "why": recovering.propose_waiver}
    with pytest.raises(BadValue):
        ways[next(iter(said))](claim, **said, by=cashier_yu, at=LATER)


def test_a_fund_without_money_waives_nothing(claim, cashier_yu, second_qiu, fund):
    end = recovering.propose_waiver(claim, why="免了", by=cashier_yu, at=LATER)
    account = fund.account
    account.refresh_from_db()
    from_fund = account.available_fen()
    settling.transfers.transfer(
        reference="test:empty", debit_id=account.pk, credit_id=fund.bank_account_id, amount_fen=from_fund, at=LATER
    )
    with pytest.raises(NotEnoughMoney):
        recovering.confirm_end(end, by=second_qiu, at=LATER)
    assert RecoveryEnd.objects.get().status == "proposed"


def test_both_hands_end_it_on_the_page(client, claim, cashier_yu, second_qiu, now):
    now["at"] = LATER + dt.timedelta(days=3)
    login(client, cashier_yu)
    page = reverse("recovery-detail", args=[claim.pk])
    assert "已挂 3 天" in client.get(reverse("recovery-list")).content.decode()
    assert page in client.get(reverse("statement-detail", args=[claim.statement_id])).content.decode()
    assert client.post(reverse("recovery-paid-back", args=[claim.pk]), IDEM | {"voucher_number": ""}).status_code == 400
    assert client.post(reverse("recovery-waive", args=[claim.pk]), IDEM | {"why": ""}).status_code == 400
    sent = client.post(reverse("recovery-paid-back", args=[claim.pk]), IDEM | {"voucher_number": "B7"})
    assert sent.headers["Location"] == page
    assert reverse("recovery-confirm", args=[claim.pk]) not in client.get(page).content.decode()

    login(client, second_qiu)
    assert page in client.get("/").content.decode()
    assert "B7" in client.get(page).content.decode()
    assert client.post(reverse("recovery-reject", args=[claim.pk]), IDEM | {"why": ""}).status_code == 400
    assert client.post(reverse("recovery-confirm", args=[claim.pk]), IDEM).headers["Location"] == page

    assert RecoveryEnd.objects.get().status == "confirmed"
    assert "已挂" not in client.get(reverse("recovery-list")).content.decode()


def test_programs_end_it_too(client, claim, cashier_yu, second_qiu, now):
    now["at"] = LATER

    def post(name, key, **data):
        address = reverse(name, args=[claim.pk])
        return client.post(address, data, content_type="application/json", headers={"Idempotency-Key": key})

    login(client, cashier_yu)
    assert client.get(reverse("api-recovery-list")).json()["results"][0]["end"] is None
    assert post("api-recovery-waive", "k-waive-1", why="免了").json()["end"]["how"] == "waived"
    login(client, second_qiu)
    assert post("api-recovery-reject", "k-reject-1", why="不免").json()["end"] is None
    login(client, cashier_yu)
    assert post("api-recovery-paid-back", "k-back-1", voucher_number="B7").json()["end"]["status"] == "proposed"
    login(client, second_qiu)
    assert post("api-recovery-confirm", "k-confirm-1").json()["end"]["status"] == "confirmed"
    row = client.get(reverse("api-recovery-detail", args=[claim.pk])).json()
    assert (row["amount"], row["end"]["voucher_number"]) == ("16.00", "B7")
