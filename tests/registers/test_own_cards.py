"""Whoever is paid asks for another card with a fresh code of the own phone; a clerk confirms it."""

import datetime as dt
import itertools
import re
import uuid

import pytest
from django.urls import reverse

from accounts.models import BankCard, Message
from accounts.selectors import live_card_of
from accounts.services.fresh_codes import CodeSpent, WrongCode
from kernel import clock
from ledger.services.payables import live_card
from records.services.participation import HasInterest
from registers.models import RegisterChange
from registers.services import changes
from registers.services.cards import NotYourCard, ask_for_card, send_card_code
from tests import factories
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NEW = factories.a_card_number(880_101)


@pytest.fixture(autouse=True)
def real_codes(settings, monkeypatch):
    """Outside the demo, where codes are drawn, on Monday from nine on, each moment a second later."""
    settings.DEMO = False
    seconds = itertools.count()
    monkeypatch.setattr(clock, "now", lambda: MONDAY + dt.timedelta(seconds=next(seconds)))


def last_code() -> str:
    return re.search(r"\d{6}", Message.objects.filter(kind="fresh_code").order_by("-created_at").first().body)[0]


def typed(household, **values):
    row = {"owner": household.number, "holder": household.head_name, "number": NEW, "bank": "石城农商银行"}
    return row | {"lost": "no", "code": last_code(), "idem": uuid.uuid4().hex} | values


def content(household, **values):
    row = {"owner": household.number, "holder": household.head_name, "number": NEW, "bank": "石城农商银行"}
    return row | {"lost": False} | values


def post(client, page, **sent):
    return client.post(reverse(page), {"idem": uuid.uuid4().hex} | sent)


def told(kind):
    return [message.phone for message in Message.objects.filter(kind=kind)]


def test_a_household_changes_its_card_with_a_code_and_a_clerk(client, xiuying, xiuying_household, relief_clerk):
    old = live_card_of(xiuying_household, MONDAY).number
    login(client, xiuying)
    assert reverse("my-card") in client.get(reverse("me")).content.decode()
    page = client.get(reverse("my-card")).content.decode()
    assert old[-4:] in page and old not in page

    assert post(client, "my-card-code").url == reverse("my-card-new")
    assert "黄秀英" in client.get(reverse("my-card-new")).content.decode()
    sent = client.post(reverse("my-card-new"), typed(xiuying_household))

    assert sent.url == reverse("my-card")
    change = RegisterChange.objects.get()
    assert (change.by, change.confirmed_in) == (xiuying, ["relief_clerk@*"])
    assert reverse("register-change", args=[change.pk]) in client.get(reverse("my-card")).content.decode()
    assert client.get(reverse("register-change", args=[change.pk])).status_code == 200
    both = {xiuying.phone, xiuying_household.phone}
    assert len(both) == 2 and set(told("card.asked")) == both
    login(client, relief_clerk)
    post_to = reverse("register-change-confirm", args=[change.pk])
    assert client.post(post_to, {"idem": "1"}).status_code == 302
    assert set(told("card.changed")) == both
    paid_on = [live_card(household=xiuying_household, at=MONDAY + wait).number for wait in (2 * DAY, 4 * DAY)]
    assert paid_on == [old, NEW]


def test_a_card_that_was_lost_is_replaced_as_soon_as_the_clerk_confirms(xiuying, xiuying_household, relief_clerk):
    send_card_code(xiuying)
    change = ask_for_card(content(xiuying_household, lost=True), code=last_code(), by=xiuying, at=MONDAY)

    changes.confirm(change, by=relief_clerk, at=MONDAY)

    assert live_card_of(xiuying_household, MONDAY).number == NEW


def test_without_the_code_sent_last_nothing_is_asked_for(client, xiuying, xiuying_household):
    login(client, xiuying)
    never = client.post(reverse("my-card-new"), typed_without_code(xiuying_household))
    assert never.status_code == 409 and "请重新获取" in never.content.decode()
    post(client, "my-card-code")
    first = last_code()
    post(client, "my-card-code")
    wrong = "000000" if last_code() != "000000" else "111111"
    for code in {first, wrong} - {last_code()}:
        assert client.post(reverse("my-card-new"), typed(xiuying_household, code=code)).status_code == 400

    assert not RegisterChange.objects.exists()


def typed_without_code(household):
    return content(household) | {"lost": "no", "code": "123456", "idem": uuid.uuid4().hex}


def test_a_code_bears_five_tries_and_serves_once(xiuying, xiuying_household, relief_clerk):
    send_card_code(xiuying)
    right = last_code()
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        with pytest.raises(WrongCode):
            ask_for_card(content(xiuying_household), code=wrong, by=xiuying, at=MONDAY)
    with pytest.raises(CodeSpent):
        ask_for_card(content(xiuying_household), code=right, by=xiuying, at=MONDAY)

    send_card_code(xiuying)
    code = last_code()
    change = ask_for_card(content(xiuying_household), code=code, by=xiuying, at=MONDAY)
    changes.refuse(change, why="纸上不是这个号", by=relief_clerk, at=MONDAY)
    with pytest.raises(CodeSpent):
        ask_for_card(content(xiuying_household), code=code, by=xiuying, at=MONDAY)


def test_codes_of_one_day_run_out(client, xiuying):
    login(client, xiuying)
    for _code in range(5):
        assert post(client, "my-card-code").url == reverse("my-card-new")

    assert post(client, "my-card-code").url == reverse("my-card")
    assert len(told("fresh_code")) == 5


def test_the_code_and_the_card_stand_nowhere_in_clear(xiuying, xiuying_household):
    send_card_code(xiuying)
    code = last_code()
    ask_for_card(content(xiuying_household), code=code, by=xiuying, at=MONDAY)

    change = RegisterChange.objects.get()
    assert NEW not in str([*change.rows.values(), *Message.objects.values()])
    assert code not in Message.objects.filter(kind="fresh_code").get().body_sealed


def test_a_card_of_another_household_is_refused_both_ways(xiuying, xiuying_household, guiying_household):
    send_card_code(xiuying)
    with pytest.raises(NotYourCard):
        ask_for_card(content(guiying_household), code=last_code(), by=xiuying, at=MONDAY)
    theirs = live_card_of(guiying_household, MONDAY).number
    with pytest.raises(factories.people.CardTaken):
        ask_for_card(content(xiuying_household, number=theirs), code=last_code(), by=xiuying, at=MONDAY)

    assert not RegisterChange.objects.exists()


def test_another_household_sees_nothing_of_it(client, xiuying, xiuying_household, guiying):
    send_card_code(xiuying)
    change = ask_for_card(content(xiuying_household), code=last_code(), by=xiuying, at=MONDAY)
    login(client, guiying)

    assert client.get(reverse("register-change", args=[change.pk])).status_code == 404
    assert reverse("register-change", args=[change.pk]) not in client.get(reverse("my-card")).content.decode()


def test_a_clerk_of_the_household_confirms_no_card_of_it(xiuying, xiuying_household, relief_clerk):
    cousin = factories.a_user("黄干事", person=factories.a_person("黄干事"))
    factories.people.appoint(
        cousin.person, relief_clerk.person.memberships.get().organisation, "relief_clerk",
        area=xiuying_household.village, from_on=factories.LONG_AGO,
    )  # fmt: skip
    factories.people.add_member(xiuying_household, cousin.person, from_on=MONDAY.date())
    send_card_code(xiuying)
    change = ask_for_card(content(xiuying_household), code=last_code(), by=xiuying, at=MONDAY)

    with pytest.raises(HasInterest):
        changes.confirm(change, by=cousin, at=MONDAY)
    changes.confirm(change, by=relief_clerk, at=MONDAY)


def test_a_household_takes_back_what_it_asked_for(client, xiuying, xiuying_household):
    send_card_code(xiuying)
    change = ask_for_card(content(xiuying_household), code=last_code(), by=xiuying, at=MONDAY)
    login(client, xiuying)

    answer = client.post(reverse("register-change-withdraw", args=[change.pk]), {"idem": "1"})

    assert answer.url == reverse("me")
    change.refresh_from_db()
    assert change.status == "withdrawn"


def test_the_manager_of_a_cooperative_asks_for_its_card(client, coop, coop_manager, relief_clerk):
    login(client, coop_manager)
    post(client, "my-card-code")
    row = {"owner": coop.name, "holder": coop.name, "number": NEW, "bank": "石城农商银行", "lost": "no"}
    assert client.post(reverse("my-card-new"), row | {"code": last_code(), "idem": "k"}).status_code == 302

    changes.confirm(RegisterChange.objects.get(), by=relief_clerk, at=MONDAY)

    assert BankCard.objects.get(organisation=coop).number == NEW
    assert told("card.changed") == [coop_manager.phone]


def test_whoever_is_not_paid_finds_no_such_page(client, relief_clerk):
    login(client, relief_clerk)

    assert [client.get(reverse(name)).status_code for name in ("my-card", "my-card-new")] == [403, 403]


def test_programs_ask_as_the_page_does(client, xiuying, xiuying_household):
    login(client, xiuying)
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    sent = client.post(reverse("api-my-card-code"), **send | {"headers": {"Idempotency-Key": "c"}})
    assert sent.json()["phone"].startswith(xiuying.phone[:3] + "****")
    body = content(xiuying_household) | {"code": last_code()}

    asked = client.post(reverse("api-my-card-new"), body, **send)

    assert (asked.status_code, asked.json()["register"], asked.json()["status"]) == (201, "cards", "proposed")
    assert client.post(reverse("api-my-card-new"), body, **send).json()["id"] == asked.json()["id"]
    late = {**send, "headers": {"Idempotency-Key": "b"}}
    assert client.post(reverse("api-my-card-new"), body, **late).status_code == 409


def test_finance_begins_a_card_from_money_that_came_back(client, xiuying_household, finance_maker, relief_clerk):
    login(client, finance_maker)
    path = f"{reverse('register-new', args=['cards'])}?household={xiuying_household.pk}"
    page = client.get(path).content.decode()
    assert xiuying_household.number in page and "石城农商银行" in page and "黄秀英" not in page
    row = content(xiuying_household) | {"lost": "no", "document_number": "退汇单 3", "idem": "k"}

    client.post(path, row)

    change = RegisterChange.objects.get()
    assert client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"}).status_code == 403
    changes.confirm(change, by=relief_clerk, at=MONDAY)
    assert BankCard.objects.filter(household=xiuying_household).count() == 2
