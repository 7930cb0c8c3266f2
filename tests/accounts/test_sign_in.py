"""Signing in: a phone number and a code, an authenticator for staff, nothing else and never in clear."""

import datetime as dt
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import Message, User
from accounts.services.messages import write_message
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def real_codes(settings):
    """Outside the demo: codes are drawn, and the demo code opens nothing."""
    settings.DEMO = False


def ask_code(client, phone):
    return client.post("/sign-in/", {"phone": phone}, follow=True)


def last_code() -> str:
    return re.search(r"\d{6}", Message.objects.order_by("-created_at").first().body)[0]


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_a_farmer_signs_in_with_the_code_of_the_text_message(client, xiuying, real_codes):
    page = ask_code(client, f" 0086 {xiuying.phone[:3]}-{xiuying.phone[3:]}")
    assert page.status_code == 200 and xiuying.phone in page.content.decode()

    answer = client.post("/sign-in/code/", {"code": last_code()})

    assert answer.status_code == 302 and answer.url == "/"
    assert signed_in(client)
    assert User.objects.get(pk=xiuying.pk).phone_verified


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: "".join(chr(ord(digit) + 0xFEE0) for digit in code),
        lambda code: f"\u200b{code}\ufeff",
        lambda code: f"{code[:3]}\u2009{code[3:]}\u00a0",
        lambda code: code + code,
        lambda code: f"{code[:3]}-{code[3:]}",
    ],
    ids=["full width", "unseen signs", "in groups", "filled in twice", "with a dash"],
)
def test_a_code_opens_the_door_however_it_was_typed(client, xiuying, real_codes, typed):
    ask_code(client, xiuying.phone)

    client.post("/sign-in/code/", {"code": typed(last_code())})

    assert signed_in(client)


def test_the_code_stands_nowhere_in_clear(client, xiuying, real_codes):
    ask_code(client, xiuying.phone)

    message = Message.objects.get()
    code = last_code()
    assert code not in message.body_sealed and xiuying.phone not in message.phone_sealed
    assert all(code not in session.session_data for session in Session.objects.all())


def test_a_wrong_code_opens_nothing_and_the_fifth_ends_it(client, xiuying, real_codes):
    ask_code(client, xiuying.phone)
    right = last_code()
    wrong = "000000" if right != "000000" else "111111"

    for _try in range(5):
        client.post("/sign-in/code/", {"code": wrong})
    client.post("/sign-in/code/", {"code": right})

    assert not signed_in(client)


def test_the_demo_code_opens_nothing_outside_the_demo(client, xiuying, real_codes):
    ask_code(client, xiuying.phone)
    if last_code() != "246810":
        client.post("/sign-in/code/", {"code": "246810"})

        assert not signed_in(client)


def test_a_stranger_sees_the_same_page_and_gets_no_account(client, xiuying, real_codes):
    page = ask_code(client, "13911112222")

    assert page.status_code == 200 and page.request["PATH_INFO"] == "/sign-in/code/"
    assert User.objects.count() == 1
    assert "246810" not in Message.objects.get().body


def test_a_number_that_is_none_is_refused_in_words(client):
    page = client.post("/sign-in/", {"phone": "12345"}, HTTP_ACCEPT_LANGUAGE="en")

    assert page.status_code == 200
    assert "A mobile number has 11 digits" in page.content.decode()
    assert 'value="12345"' in page.content.decode()


def test_staff_without_an_authenticator_set_it_up_before_anything_else(client, chef_chen, real_codes):
    ask_code(client, chef_chen.phone)
    client.post("/sign-in/code/", {"code": last_code()})

    answer = client.get("/me/")

    assert answer.status_code == 302 and answer.url == "/sign-in/authenticator/"
    page = client.get("/sign-in/authenticator/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post("/sign-in/authenticator/", {"code": code})
    kept = Authenticator.objects.get(user=chef_chen)
    assert secret not in str(kept.data)
    assert client.get("/me/").status_code == 200


def test_staff_with_an_authenticator_need_its_digits(client, chef_chen, real_codes):
    TOTP.activate(chef_chen, generate_totp_secret())
    ask_code(client, chef_chen.phone)

    answer = client.post("/sign-in/code/", {"code": last_code()}, follow=True)

    assert answer.request["PATH_INFO"] == "/sign-in/second-step/"
    client.post("/sign-in/second-step/", {"code": "246810"})
    assert not signed_in(client)


def test_a_closed_account_cannot_sign_in(client, xiuying, real_codes):
    User.objects.filter(pk=xiuying.pk).update(is_active=False)

    ask_code(client, xiuying.phone)

    assert "没有在六进集市登记" in Message.objects.get().body


def test_codes_for_one_number_run_out(client, xiuying, settings, real_codes):
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "5/d/key"}

    for _time in range(7):
        Client().post("/sign-in/", {"phone": xiuying.phone})

    assert Message.objects.count() == 5


def test_what_was_told_is_folded_but_for_the_newest(client, xiuying, xiuying_household, now):
    for number in range(9):
        at = now.at + dt.timedelta(minutes=number)
        write_message(household=xiuying_household, kind="sale_told", body=f"第{number}句", at=at)
    factories.login(client, xiuying)

    page = client.get("/me/").content.decode()

    shown, folded = page.split("<details")
    assert re.findall("第([0-9])句", shown) == ["8", "7", "6"]
    assert "早先的 6 条" in folded and re.findall("第([0-9])句", folded) == ["5", "4", "3", "2", "1", "0"]


def test_few_messages_are_not_folded(client, xiuying, xiuying_household, now):
    write_message(household=xiuying_household, kind="sale_told", body="一句", at=now.at)
    factories.login(client, xiuying)

    page = client.get("/me/").content.decode()

    assert "一句" in page and "<details" not in page


def test_pages_are_closed_to_strangers(client):
    answer = client.get("/me/")

    assert answer.status_code == 302 and answer.url == "/sign-in/?next=/me/"


def test_signing_out_ends_the_session(client, xiuying):
    factories.login(client, xiuying)

    client.post("/sign-out/")

    assert not signed_in(client)


def test_large_letters_stay_on_and_lead_back(client):
    answer = client.post("/large-letters/", {"elder": "1", "next": "/sign-in/"})

    assert answer.url == "/sign-in/"
    assert 'data-mode="elder"' in client.get("/sign-in/").content.decode()


def test_one_control_leads_from_normal_to_large_to_largest_letters_and_back(client):
    seen = []
    for _press in range(4):
        page = client.get("/sign-in/").content.decode()
        step = re.search(r'<button name="elder" value="(\d)">\s*(\S+)\s*</button>', page)
        shown = re.search(r'data-mode="elder" data-letters="(\d)"', page)
        seen.append((shown and shown[1], step[2]))
        client.post("/large-letters/", {"elder": step[1], "next": "/sign-in/"})

    assert seen == [(None, "大字版"), ("1", "特大字版"), ("2", "普通版"), (None, "大字版")]


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_switch_leads_to_another_site(client, there):
    assert client.post("/large-letters/", {"elder": "1", "next": there}).url == "/"
    assert client.post("/language/", {"language": "en", "next": there}).url == "/"
