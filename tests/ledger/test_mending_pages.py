"""Pages and endpoints for what came back: one of finance proposes, another confirms, others read or stay out."""

import pytest
from django.urls import reverse

from ledger.models import Contradiction, PayeeSnapshot, ReturnCase
from tests import factories
from tests.factories import login
from tests.ledger.steps import FAILED, PAID, answer_line, load, return_file, sent

pytestmark = pytest.mark.django_db
CARD = {"number": factories.a_card_number(770_077), "holder": "", "bank": "农业银行"}


@pytest.fixture
def batch(relief, finance_bureau, finance_maker, finance_checker):
    return sent(finance_bureau, finance_maker, finance_checker)


@pytest.fixture
def case(batch, relief, finance_checker):
    payment = batch.payments.get(payable=relief[0])
    load(return_file(batch, [answer_line(payment, FAILED)]), finance_checker)
    return ReturnCase.objects.get()


@pytest.fixture
def contradiction(case, finance_checker):
    load(return_file(case.payment.batch, [answer_line(case.payment, PAID)]), finance_checker)
    return Contradiction.objects.get()


def at(name, row):
    return reverse(name, args=[row.pk])


def test_the_list_shows_both_kinds_masked(client, contradiction, relief, finance_maker):
    login(client, finance_maker)

    page = client.get(reverse("problem-list")).content.decode()

    assert "；后又说：已到账。" in page
    assert "黄*英" in page and "黄秀英" not in page and relief[0].card not in page and "卡已注销" in page


def test_one_proposes_the_other_confirms_and_neither_does_both(client, case, finance_maker, finance_checker):
    page = at("return-case", case)
    login(client, finance_maker)
    assert client.post(page, CARD | {"idem": "a"}).status_code == 302
    own = client.get(page).content.decode()
    assert "这是你自己提的" in own and "已与材料核对，确认" not in own and CARD["number"] not in own
    refused = client.post(at("return-case-confirm", case), {"idem": "b"}, follow=True).content.decode()
    assert "请单位里另一个人核对后确认" in refused and not PayeeSnapshot.objects.exists()

    login(client, finance_checker)
    assert "已与材料核对，确认" in client.get(page).content.decode()
    client.post(at("return-case-confirm", case), {"idem": "b"})

    assert PayeeSnapshot.objects.get().card == CARD["number"]


def test_a_wrong_card_is_shown_again_with_its_sentence(client, case, finance_maker):
    login(client, finance_maker)

    answer = client.post(at("return-case", case), CARD | {"number": "123", "idem": "a"})

    assert answer.status_code == 400
    assert "银行卡号是15到19位数字" in answer.content.decode() and 'value="123"' in answer.content.decode()


def test_a_proposal_is_sent_back_with_words(client, case, finance_maker, finance_checker):
    login(client, finance_maker)
    client.post(at("return-case", case), CARD | {"idem": "a"})
    login(client, finance_checker)

    client.post(at("return-case-reject", case), {"why": "卡号少一位", "idem": "c"})

    assert "卡号少一位" in client.get(at("return-case", case)).content.decode()
    case.refresh_from_db()
    assert case.status == "open"


def test_the_letter_is_entered_by_one_and_confirmed_by_the_other(client, contradiction, finance_maker, finance_checker):
    page = at("contradiction", contradiction)
    login(client, finance_checker)
    letter = {"letter_number": "7号", "letter_on": "2026-11-13", "holds": "paid", "idem": "a"}
    assert client.post(page, letter | {"letter_on": "2099-01-01"}).status_code == 400
    client.post(page, letter)
    login(client, finance_maker)
    assert "钱到账了" in client.get(page).content.decode()
    client.post(at("contradiction-confirm", contradiction), {"idem": "b"})

    contradiction.payment.refresh_from_db()
    assert contradiction.payment.status == "paid"


def test_readers_read_and_strangers_find_nothing(client, contradiction, director_lin, auditor, olga):
    case = ReturnCase.objects.get()
    for who, status in ((director_lin, 200), (auditor, 200), (olga, 404)):
        login(client, who)
        assert client.get(at("return-case", case)).status_code == status
        assert client.get(at("contradiction", contradiction)).status_code == status
    login(client, auditor)
    for name, row in (("return-case", case), ("contradiction", contradiction)):
        assert client.post(at(name, row), {}).status_code == 403
        assert client.post(at(f"{name}-confirm", row), {}).status_code == 403
        assert client.post(at(f"{name}-reject", row), {}).status_code == 403


def test_programs_do_the_same(client, contradiction, finance_maker, finance_checker):
    case = ReturnCase.objects.get()

    def asks(who, name, row, data, key):
        login(client, who)
        return client.post(at(name, row), data, content_type="application/json", headers={"Idempotency-Key": key})

    assert asks(finance_maker, "api-return-case-propose", case, CARD, "1").json()["status"] == "proposed"
    assert asks(finance_maker, "api-return-case-confirm", case, {}, "2").status_code == 409
    assert asks(finance_checker, "api-return-case-reject", case, {"why": "再看看"}, "3").json()["status"] == "open"
    asks(finance_checker, "api-return-case-propose", case, CARD, "4")
    done = asks(finance_maker, "api-return-case-confirm", case, {}, "5").json()
    assert done["status"] == "mended" and CARD["number"] not in str(done)
    letter = {"letter_number": "7号", "letter_on": "2026-11-13", "holds": "not_paid"}
    asks(finance_maker, "api-contradiction-propose", contradiction, letter, "6")
    assert asks(finance_checker, "api-contradiction-confirm", contradiction, {}, "7").json()["holds"] == "not_paid"
    assert client.get(reverse("api-return-case-list")).json()["results"][0]["status"] == "mended"
    assert client.get(reverse("api-contradiction-list")).json()["results"][0]["status"] == "settled"
