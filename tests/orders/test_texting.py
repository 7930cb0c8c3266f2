"""A seller answers by a text: what is read, what is acted on once, what is told back, and who calls where it fails."""

import datetime as dt
import hashlib
import hmac
import json

import pytest
from django.urls import reverse

from accounts.models import Household, InboundMessage, Message
from accounts.services.inbound import MOST_A_DAY, MOST_TRIES, take_in, take_waiting
from orders.models import Allocation, TextAnswer
from orders.pasted.texted import Answer, Said, code_of, read_answers
from orders.services import asking, texting
from tests.factories import MONDAY, TUESDAY, a_user, login
from tests.guards.rows import force
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
LATER = MONDAY + dt.timedelta(hours=1)


@pytest.fixture
def asked(story, xiuying, cabbage_of_xiuying):
    """Forty kilos of cabbage that Xiuying is asked for."""
    return story.asked(wish((cabbage_of_xiuying, 40))).allocations.get()


def texted(household, body, *, at=LATER, key="", phone=""):
    """Let a text come from a household's phone, and the sweep take it; return its row."""
    key = key or f"g-{InboundMessage.objects.count()}"
    take_in(gateway_id=key, phone=phone or household.phone, body=body, at=at)
    texting.answer_texts(at=at)
    return InboundMessage.objects.get(gateway_id=key)


def told_back():
    return [row.body for row in Message.objects.filter(kind="sale.text_back").order_by("created_at", "pk")]


def back_to(text):
    return Message.objects.get(document=f"text:{text.pk}").body


YES, NO = [Said("", Answer.YES)], [Said("", Answer.NO)]


@pytest.mark.parametrize("text", ["1", "１", "一", "壹", " 1。", "1.", "回复 1", "1有货", "有货", "1！", "\u200b1\n"])
def test_a_yes_is_read_however_it_is_written(text):
    assert read_answers(text) == YES


@pytest.mark.parametrize("text", ["3", "３。", "叁", "没有", "3 没货"])
def test_a_no_is_read_however_it_is_written(text):
    assert read_answers(text) == NO


@pytest.mark.parametrize(
    ("text", "grams"),
    [("2 50", 25_000), ("2 50斤", 25_000), ("２　２５公斤", 25_000), ("二 五十斤", 25_000), ("2 12.5kg", 12_500)],
)
def test_less_names_its_weight_in_jin_unless_said(text, grams):
    [said] = read_answers(text)

    assert said.answer == Answer.LESS
    assert said.units_of(counted=False).grams == grams


@pytest.mark.parametrize(
    "text",
    ["", "你好", "2", "250", "250斤", "12", "4", "1 没有", "1 50斤", "1，3", "2、50", "2 -5", "2 0", "123 1 124 3",
     "123 1，123 3", "123 1，3", "1" * 400],
)  # fmt: skip
def test_what_may_mean_two_things_is_no_answer(text):
    assert read_answers(text) == []


def test_several_answers_name_their_codes():
    assert read_answers("123 1，124 2 50斤\n125:3") == [
        Said("123", Answer.YES), Said("124", Answer.LESS, "50斤"), Said("125", Answer.NO)
    ]  # fmt: skip


def test_the_question_says_how_to_answer_only_where_texts_come_in(story, cabbage_of_xiuying, settings):
    lot = story.asked(wish((cabbage_of_xiuying, 10))).allocations.get()
    [message] = Message.objects.filter(kind="sale.asked")
    assert "直接回短信：回 1 都有" in message.body
    assert code_of(lot.pk) in message.body

    settings.SMS_INBOUND_SECRET = ""

    assert "短信" not in str(asking.asked_words(lot, "", "").sentence)


def test_a_yes_promises_the_goods_once_and_says_so(asked, xiuying, xiuying_household):
    text = texted(xiuying_household, "1")

    asked.refresh_from_db()
    assert (asked.status, text.state) == ("confirmed", "understood")
    assert TextAnswer.objects.get().by == xiuying
    [back] = told_back()
    assert "记下了：11 月 5 日送包菜 80 斤（40 公斤）" in back
    assert Message.objects.get(kind="sale.text_back").phone == xiuying_household.phone
    assert texting.answer_texts(at=TUESDAY) == 0


def test_brought_again_by_the_gateway_it_is_one_text(asked, xiuying_household):
    texted(xiuying_household, "1", key="same")
    texted(xiuying_household, "3", key="same")

    assert InboundMessage.objects.count() == 1
    assert len(told_back()) == 1


def test_less_is_promised_in_place_of_all(client, asked, xiuying, xiuying_household):
    texted(xiuying_household, "2 50斤")

    asked.refresh_from_db()
    login(client, xiuying)
    for lot in (asked, asked.replaced_by):
        assert "短信答复" in client.get(reverse("sale-detail", args=[lot.pk])).content.decode()
    assert asked.status == "released"
    assert (asked.replaced_by.status, asked.replaced_by.weight_g) == ("confirmed", 25_000)
    assert "只有一部分" in told_back()[0]


def test_more_than_asked_is_refused_in_words(asked, xiuying_household):
    text = texted(xiuying_household, "2 100斤")

    asked.refresh_from_db()
    assert (asked.status, text.state) == ("held", "refused")
    assert "80 斤" in told_back()[0]


def test_a_no_gives_the_goods_back(asked, xiuying_household):
    texted(xiuying_household, f"{code_of(asked.pk)} 3")

    asked.refresh_from_db()
    assert asked.status == "released"


def test_a_try_that_broke_off_acts_once_and_tells_all(asked, xiuying_household, monkeypatch):
    """The act is written, the end is not: the next try says what was done and does nothing again."""
    take_in(gateway_id="g", phone=xiuying_household.phone, body="2 50", at=LATER)
    with monkeypatch.context() as broken:
        broken.setattr(texting, "end_text", _breaks)
        with pytest.raises(ConnectionError):
            texting.answer_texts(at=LATER)
    assert texting.answer_texts(at=LATER) == 0  # under its lease

    assert texting.answer_texts(at=TUESDAY) == 1

    assert InboundMessage.objects.get().state == "understood"
    assert Allocation.objects.get(replaces=asked).status == "confirmed"
    assert len(told_back()) == 1


def _breaks(*_args, **_more):
    raise ConnectionError


def test_a_text_that_breaks_every_try_ends_with_somebody_who_calls(asked, xiuying_household):
    take_in(gateway_id="g", phone=xiuying_household.phone, body="1", at=LATER)
    force(InboundMessage.objects.get(), tries=MOST_TRIES)

    texting.answer_texts(at=LATER)

    asked.refresh_from_db()
    assert (InboundMessage.objects.get().state, asked.status) == ("unreadable", "held")


def test_two_questions_are_told_apart_by_their_codes(story, asked, cabbage_of_xiuying, xiuying_household):
    other = story.asked(wish((cabbage_of_xiuying, 20))).allocations.get()

    assert texted(xiuying_household, "1").state == "refused"
    assert f"{code_of(asked.pk)} 是包菜" in told_back()[0]
    both = texted(xiuying_household, f"{code_of(asked.pk)} 1，{code_of(other.pk)} 2 20斤", at=TUESDAY)

    asked.refresh_from_db()
    assert (both.state, asked.status) == ("understood", "confirmed")
    assert Allocation.objects.get(replaces=other).weight_g == 10_000


def test_an_answered_question_is_refused_with_what_to_do(asked, xiuying_household):
    texted(xiuying_household, f"{code_of(asked.pk)} 1")

    again = texted(xiuying_household, f"{code_of(asked.pk)} 3")

    asked.refresh_from_db()
    assert (again.state, asked.status) == ("refused", "confirmed")
    assert "已经答复过了" in back_to(again)
    assert "现在没有买家等您答复" in back_to(texted(xiuying_household, "1"))
    assert texted(xiuying_household, f"{code_of(asked.pk + 1)} 1").state == "refused"


def test_what_cannot_be_read_is_asked_back_once_a_day(asked, xiuying_household):
    states = [texted(xiuying_household, body).state for body in ("在开会", "好的吧")]
    assert states == ["unreadable", "unreadable"]
    assert len(told_back()) == 1
    assert "看不懂" in told_back()[0] and code_of(asked.pk) in told_back()[0]

    texted(xiuying_household, "嗯", at=TUESDAY)

    assert len(told_back()) == 2


def test_a_stranger_is_told_nothing(asked):
    text = texted(None, "1", phone="13700000000")

    assert (text.state, text.household) == ("stranger", None)
    assert told_back() == []


def test_a_phone_of_two_households_speaks_for_neither(asked, xiuying_household, guiying_household):
    neighbour = Household.objects.get(pk=guiying_household.pk)
    neighbour.phone = xiuying_household.phone
    force(neighbour, phone_sealed=neighbour.phone_sealed, phone_index=neighbour.phone_index)

    text = texted(xiuying_household, "1")

    asked.refresh_from_db()
    assert (text.state, asked.status) == ("refused", "held")
    assert text.household == xiuying_household  # who is asked, so that her cadre calls
    assert "几户" in told_back()[0]


def test_an_account_never_answers_for_the_neighbour_on_its_phone(asked, xiuying_household, guiying):
    lent = Household.objects.get(pk=xiuying_household.pk)
    lent.phone = guiying.phone
    force(lent, phone_sealed=lent.phone_sealed, phone_index=lent.phone_index)

    text = texted(None, "1", phone=guiying.phone)

    asked.refresh_from_db()
    assert (text.state, asked.status) == ("refused", "held")
    assert "黄" in told_back()[0]


def test_a_phone_that_answers_itself_fills_no_table(asked, xiuying_household):
    rows = [
        InboundMessage(
            gateway_id=f"m-{n}", next_try_at=LATER, received_at=LATER, ended_at=LATER, state="unreadable",
            phone_index=Household.objects.get(pk=xiuying_household.pk).phone_index,
        )
        for n in range(MOST_A_DAY)
    ]  # fmt: skip
    InboundMessage.objects.bulk_create(rows)

    assert not take_in(gateway_id="one more", phone=xiuying_household.phone, body="1", at=LATER)
    assert take_waiting(LATER) is None


def brought(client, data, *, secret=None, settings=None):
    body = json.dumps(data).encode()
    signed = hmac.new((secret or settings.SMS_INBOUND_SECRET).encode(), body, hashlib.sha256).hexdigest()
    return client.post(reverse("api-text-in"), body, content_type="application/json", headers={"X-Signature": signed})


def test_only_what_the_gateway_signed_comes_in(client, asked, xiuying_household, settings, now):
    data = {"message_id": "m-1", "phone": f"+86{xiuying_household.phone}", "text": "1"}

    assert brought(client, data, secret="w" * 32).status_code == 403
    assert client.post(reverse("api-text-in"), data, content_type="application/json").status_code == 403
    assert brought(client, data, settings=settings).json() == {"new": True}
    assert brought(client, data, settings=settings).json() == {"new": False}
    assert brought(client, {**data, "message_id": "m-2", "phone": "12"}, settings=settings).status_code == 400
    settings.SMS_INBOUND_SECRET = ""
    assert brought(client, data, secret="w" * 32).status_code == 404

    text = InboundMessage.objects.get()
    assert text.body == "1"
    assert text.body_sealed != "1" and xiuying_household.phone not in text.phone_sealed


def test_the_cadre_reads_whom_to_call_and_no_other_village_does(
    client, asked, xiuying_household, cadre_liu, other_village, bureau, director_lin, now
):
    now["at"] = LATER
    texted(xiuying_household, "在地里，晚点说")
    texted(None, "退订", phone="13700000000")
    page, listed = reverse("answer-texts"), reverse("api-answer-texts")

    seen = login(client, cadre_liu).get(page).content.decode()
    assert "在地里，晚点说" in seen and f"tel:{xiuying_household.phone}" in seen
    assert reverse("sale-detail", args=[asked.pk]) in seen
    assert "13700000000" not in seen
    [row] = client.get(listed).json()["results"]
    assert (row["state"], row["still_asked"]) == ("unreadable", True)
    assert "要打电话问的短信" in client.get(reverse("sale-list")).content.decode()
    assert page in client.get(reverse("home")).content.decode()

    login(client, a_user("邻村", "cadre", bureau, other_village))
    assert "在地里" not in client.get(page).content.decode()
    assert client.get(listed).json()["results"] == []

    assert "13700000000" in login(client, director_lin).get(page).content.decode()
    now["at"] = TUESDAY
    assert "13700000000" not in client.get(page).content.decode()
