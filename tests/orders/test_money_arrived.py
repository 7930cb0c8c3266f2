"""「钱到了吗?」: one tap by whoever was paid, and the grievance that a no opens until it has an end."""

import datetime as dt

import pytest

from accounts.models import Grievance, Message, User
from accounts.services import grievances
from kernel.workflow import IllegalMove
from ledger.models import PayeeAnswer, Payment
from ledger.pages.arriving import money_to_ask
from ledger.services import arriving
from orders.models import SettlementStatement
from orders.services import paying
from records.services.participation import AlreadyTookPart, HasInterest
from tests.factories import FRIDAY, a_user, login, people
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def payment(story, cabbage_of_xiuying, cashier_yu, second_qiu):
    """64 yuan to Xiuying, confirmed on Friday."""
    story.signed(wish((cabbage_of_xiuying, 40)))
    statement = SettlementStatement.objects.get()
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    return paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)


@pytest.fixture
def said(payment, xiuying, head, director_lin, finance_maker):
    """Xiuying says that the money is not there."""
    arriving.answer_arrival(payment, arrived=False, by=xiuying, at=FRIDAY)
    return Grievance.objects.get()


@pytest.fixture
def head(bureau):
    return a_user("钟局长", "head_of_office", bureau)


def told(kind: str, person) -> list[str]:
    return [row.body for row in Message.objects.filter(kind=kind) if row.phone == person.phone]


def test_the_payee_is_asked_at_home_and_in_a_text_and_says_yes_by_one_tap(
    client, payment, xiuying, xiuying_household, now
):
    now["at"] = FRIDAY
    [text] = Message.objects.filter(household=xiuying_household, kind="sale.paid")
    assert "钱到了吗" in text.body and "/money/" in text.body
    login(client, xiuying)
    assert "钱到了吗" in client.get("/").content.decode()

    answer = client.post(f"/money/{payment.pk}/", {"idem": "1", "arrived": "yes"}, follow=True)

    assert answer.redirect_chain[-1][0] == "/money/"
    assert PayeeAnswer.objects.get().arrived and not Grievance.objects.exists()
    assert "钱到了吗" not in client.get("/").content.decode()


def test_no_opens_a_grievance_for_others_than_the_payers(
    client, payment, xiuying, head, director_lin, finance_maker, cashier_yu, now
):
    now["at"] = FRIDAY
    client = login(client, xiuying)
    client.post(f"/money/{payment.pk}/", {"idem": "1", "arrived": "no"})

    row = Grievance.objects.get()
    assert (row.status, row.about, row.by) == ("open", payment.reference, xiuying)
    assert row.number.startswith("SQ")
    page = client.get(f"/grievances/{row.pk}/").content.decode()
    assert "现在该谁答复" in page and "没经手这件事" in page
    [word] = told("grievance.open", finance_maker)
    assert row.number in word and "64.00" in word and "黄*英" in word
    assert not told("grievance.open", cashier_yu) and not told("grievance.open", head)
    assert login(client, cashier_yu).get(f"/grievances/{row.pk}/").status_code == 403


def test_an_officer_answers_once_in_words_and_the_payee_reads_it(client, said, director_lin, xiuying_household, now):
    now["at"] = FRIDAY + DAY
    login(client, director_lin)
    assert said.number in client.get("/").content.decode()
    typed = {"idem": "1", "verdict": "explained", "words": "银行周一入账,已核对"}

    assert client.post(f"/grievances/{said.pk}/answer/", typed).status_code == 302

    said.refresh_from_db()
    assert (said.status, said.answered_by) == ("explained", director_lin)
    [word] = Message.objects.filter(household=xiuying_household, kind="grievance.explained")
    assert "银行周一入账" in word.body
    assert client.post(f"/grievances/{said.pk}/answer/", typed | {"idem": "2"}).status_code == 409


@pytest.mark.parametrize("short", ["", "好"])
def test_an_answer_has_words(client, said, director_lin, short):
    typed = {"idem": "1", "verdict": "upheld", "words": short}

    assert login(client, director_lin).post(f"/grievances/{said.pk}/answer/", typed).status_code == 400


def test_whoever_paid_never_answers(said, cashier_yu, finance_bureau):
    people.appoint(cashier_yu.person, finance_bureau, "finance_maker", area=finance_bureau.place, from_on=FRIDAY.date())

    with pytest.raises(AlreadyTookPart):
        grievances.answer(said, upheld=False, words="已经付了", by=User.objects.get(pk=cashier_yu.pk), at=FRIDAY)


def test_nobody_answers_for_the_own_kin(said, xiuying_household, bureau):
    cousin = a_user("黄表哥", "bureau_approver", bureau)
    xiuying_household.kin.create(person=cousin.person, relation="表哥", from_on=dt.date(2020, 1, 1))

    with pytest.raises(HasInterest):
        grievances.answer(said, upheld=True, words="已经改正", by=cousin, at=FRIDAY)


def test_the_head_answers_only_what_is_late(said, head):
    with pytest.raises(IllegalMove):
        grievances.answer(said, upheld=True, words="已经改正", by=head, at=FRIDAY)
    grievances.sweep(at=said.answer_by_at)

    assert grievances.answer(said, upheld=True, words="已经改正", by=head, at=said.answer_by_at).status == "upheld"


def test_what_nobody_answers_goes_to_the_head_and_then_ends_and_everybody_is_told(
    said, head, director_lin, xiuying_household
):
    assert grievances.sweep(at=said.answer_by_at - dt.timedelta(seconds=1)) == 0
    assert grievances.sweep(at=said.answer_by_at) == 1
    said.refresh_from_db()
    assert said.status == "escalated" and said.answer_by_at > said.escalated_at
    assert told("grievance.escalated", head) and told("grievance.escalated", director_lin)

    assert grievances.sweep(at=said.answer_by_at) == 1

    said.refresh_from_db()
    assert (said.status, said.ended_at) == ("unanswered", said.answer_by_at)
    kinds = Message.objects.filter(household=xiuying_household, kind__startswith="grievance.")
    assert set(kinds.values_list("kind", flat=True)) == {
        "grievance.open", "grievance.escalated", "grievance.unanswered",
    }  # fmt: skip
    assert told("grievance.unanswered", head)
    assert grievances.sweep(at=said.answer_by_at + DAY) == 0


def test_it_is_opened_again_once_and_not_for_ever(said, director_lin, clerk_ma, xiuying, head):
    grievances.answer(said, upheld=False, words="银行说已入账", by=director_lin, at=FRIDAY)
    with pytest.raises(grievances.NotAgain):
        grievances.reopen(said, words="还是没有", by=xiuying, at=FRIDAY + 16 * DAY)

    again = grievances.reopen(said, words="还是没有", by=xiuying, at=FRIDAY + DAY)

    assert (again.status, again.reopens) == ("open", said)
    assert told("grievance.open", head)
    with pytest.raises(AlreadyTookPart):
        grievances.answer(again, upheld=False, words="说过了呀", by=director_lin, at=FRIDAY + DAY)
    grievances.answer(again, upheld=True, words="卡号写错,重付", by=head, at=FRIDAY + DAY)
    for row in (said, again):
        with pytest.raises(grievances.SaidAlready if row == said else grievances.NotAgain):
            grievances.reopen(row, words="还是没有", by=xiuying, at=FRIDAY + 2 * DAY)


def test_the_head_who_heard_of_it_hears_that_it_was_taken_back(said, director_lin, xiuying, head):
    grievances.answer(said, upheld=False, words="银行说已入账", by=director_lin, at=FRIDAY)
    again = grievances.reopen(said, words="还是没有", by=xiuying, at=FRIDAY + DAY)

    grievances.withdraw(again, by=xiuying, at=FRIDAY + DAY)

    assert told("grievance.withdrawn", head)


def test_whoever_asked_may_say_that_it_has_settled_itself(client, said, xiuying, guiying, director_lin):
    assert login(client, guiying).post(f"/grievances/{said.pk}/withdraw/", {"idem": "1"}).status_code == 404

    login(client, xiuying).post(f"/grievances/{said.pk}/withdraw/", {"idem": "1"})

    said.refresh_from_db()
    assert said.status == "withdrawn" and told("grievance.withdrawn", director_lin)


def test_a_payment_is_answered_once_and_only_while_it_is_paid(payment, xiuying, finance_maker):
    arriving.answer_arrival(payment, arrived=True, by=xiuying, at=FRIDAY)
    with pytest.raises(arriving.AnsweredAlready):
        arriving.answer_arrival(payment, arrived=False, by=xiuying, at=FRIDAY)
    Payment.objects.filter(pk=payment.pk).update(status="returned")

    with pytest.raises(arriving.NotPaidNow):
        arriving.answer_arrival(payment, arrived=False, by=xiuying, at=FRIDAY)


def test_a_co_operative_is_asked_too(story, cabbage_of_coop, coop_manager, cashier_yu, second_qiu, now):
    now["at"] = FRIDAY
    story.signed(wish((cabbage_of_coop, 40)))
    statement = SettlementStatement.objects.get()
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    payment = paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)
    assert [case.amount_fen for case in money_to_ask(coop_manager).cases] == [payment.amount_fen]

    arriving.answer_arrival(payment, arrived=False, by=coop_manager, at=FRIDAY)

    assert Grievance.objects.get().organisation == cabbage_of_coop.cooperative
    assert not money_to_ask(coop_manager).cases


def test_programs_do_the_same(client, payment, xiuying, director_lin, now):
    now["at"] = FRIDAY
    login(client, xiuying)
    assert client.get("/api/v1/money/").json()["results"][0]["arrived"] is None
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "1"}}
    answer = client.post(f"/api/v1/money/{payment.pk}/arrived/", {"arrived": False}, **sent)
    assert (answer.status_code, answer.json()["arrived"]) == (201, False)

    login(client, director_lin)
    [row] = client.get("/api/v1/grievances/?view=waiting&category=money").json()["results"]
    path = f"/api/v1/grievances/{row['id']}/"
    words = {"verdict": "upheld", "words": "卡号写错,今天重付"}
    assert client.post(f"{path}answer/", words, **sent).json()["status"] == "upheld"
    assert client.get("/api/v1/grievances/?view=waiting").json()["results"] == []

    login(client, xiuying)
    sent["headers"] = {"Idempotency-Key": "2"}
    again = client.post(f"{path}reopen/", {"words": "还没到"}, **sent)
    assert (again.status_code, again.json()["reopens"]) == (201, row["number"])
    sent["headers"] = {"Idempotency-Key": "3"}
    settled = client.post(f"/api/v1/grievances/{again.json()['id']}/withdraw/", **sent)
    assert settled.json()["status"] == "withdrawn"


def test_the_list_shows_each_their_own(client, said, guiying, xiuying, director_lin):
    assert said.number not in login(client, guiying).get("/grievances/").content.decode()
    assert said.number in login(client, xiuying).get("/grievances/?view=waiting").content.decode()
    assert "黄*英" in login(client, director_lin).get(f"/grievances/?number={said.number}").content.decode()
