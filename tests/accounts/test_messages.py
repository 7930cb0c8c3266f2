"""The outbox: what was written is sent once, later when the gateway is away, and given up aloud."""

import datetime as dt

import pytest

from accounts.models import Message
from accounts.services import messages
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


class Gateway:
    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    def send(self, phone, body, *, reference):
        self.sent.append((phone, body))
        return self.answers.pop(0) if self.answers else True


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    monkeypatch.setattr(messages, "gateway", lambda: made)
    return made


def test_a_message_goes_out_once(gateway, xiuying_household):
    messages.write_message(household=xiuying_household, kind="sale", body="学校要您100斤包菜。", at=MONDAY)

    assert messages.send_waiting(at=MONDAY) == 1
    assert messages.send_waiting(at=MONDAY + dt.timedelta(hours=1)) == 0
    assert gateway.sent == [(xiuying_household.phone, "学校要您100斤包菜。")]
    assert Message.objects.get().state == "sent"


def test_a_gateway_that_is_away_is_asked_again_later(gateway, xiuying_household):
    gateway.answers = [False, True]
    messages.write_message(household=xiuying_household, kind="sale", body="x", at=MONDAY)

    assert messages.send_waiting(at=MONDAY) == 0
    assert messages.send_waiting(at=MONDAY + dt.timedelta(seconds=30)) == 0
    assert messages.send_waiting(at=MONDAY + dt.timedelta(minutes=2)) == 1


def test_a_code_for_signing_in_is_not_kept_waiting_by_news(gateway, xiuying_household):
    for number in range(3):
        messages.write_message(household=xiuying_household, kind="sale", body=f"第 {number} 条", at=MONDAY)
    later = MONDAY + dt.timedelta(minutes=1)
    messages.write_message(phone="13900000001", kind="sign_in", body="246810", at=later)

    messages.send_waiting(at=later, most=1)

    assert gateway.sent == [("13900000001", "246810")]


def test_after_six_tries_the_message_is_given_up_and_stays_readable(gateway, xiuying_household):
    gateway.answers = [False] * 6
    messages.write_message(household=xiuying_household, kind="sale", body="货到了。", at=MONDAY)

    for day in range(7):
        messages.send_waiting(at=MONDAY + dt.timedelta(days=day))

    message = Message.objects.get()
    assert (message.state, message.tries, message.body) == ("failed", 6, "货到了。")


def test_a_household_without_a_phone_can_still_read_it(gateway, xiuying_household):
    xiuying_household.phone = ""
    xiuying_household.save(update_fields=["phone_sealed", "phone_index"])

    messages.write_message(household=xiuying_household, kind="sale", body="货到了。", at=MONDAY)

    assert messages.send_waiting(at=MONDAY) == 0
    assert Message.objects.get().state == "failed"
