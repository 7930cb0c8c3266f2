"""How often anybody may ask: each limit is reached, and the next request waits."""

import hashlib
import hmac
import re
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Message, User
from kernel import clock
from records.models import Objection, PublicNotice
from tests.factories import a_user, login
from tests.guards.rows import a_row

OF_A_REAL_SITE = {"request_login_code": "16/d/key,60/h/ip"}  # as tests/marketplace/test_settings.py reads it there


def fill(key: str, count: int) -> None:
    """Let so many requests have been counted just now."""
    cache.set(key, [time.time()] * count, 3600)


@pytest.fixture
def notice(monkeypatch):
    """A notice that still runs."""
    notice = a_row(PublicNotice)
    monkeypatch.setattr(clock, "now", lambda: notice.published_at)
    return notice


@pytest.mark.guard("throttle AnonRateThrottle")
def test_a_stranger_asks_the_api_sixty_times_a_minute(client):
    fill("throttle_anon_127.0.0.1", 59)

    assert [client.get("/api/v1/notices/").status_code for _time in range(2)] == [200, 429]


@pytest.mark.guard("throttle UserRateThrottle")
def test_somebody_signed_in_asks_the_api_six_hundred_times_a_minute(client):
    user = a_user("欧佳")
    login(client, user)
    fill(f"throttle_user_{user.pk}", 599)

    assert [client.get("/api/v1/notices/").status_code for _time in range(2)] == [200, 429]


@pytest.mark.guard("throttle ObjectionsAnon")
def test_a_stranger_objects_ten_times_an_hour(client, notice):
    fill("throttle_objections_127.0.0.1", 9)
    form = {"line_no": notice.lines.first().line_no, "words": "不对"}

    path, keys = reverse("api-notice-object", args=[notice.number]), ("k1", "k2")
    answers = [client.post(path, form, headers={"Idempotency-Key": key}).status_code for key in keys]

    assert answers == [201, 429]


@pytest.mark.guard("throttle ObjectionsUser")
def test_somebody_signed_in_objects_ten_times_an_hour(client, notice):
    user = a_user("欧佳")
    login(client, user)
    fill(f"throttle_objections-of-users_{user.pk}", 9)
    form = {"line_no": notice.lines.first().line_no, "words": "不对"}

    path, keys = reverse("api-notice-object", args=[notice.number]), ("k1", "k2")
    answers = [client.post(path, form, headers={"Idempotency-Key": key}).status_code for key in keys]

    assert answers == [201, 429]


@pytest.mark.guard("throttle TextsIn")
def test_the_gateway_brings_six_hundred_texts_a_minute(client, settings, db):
    fill("throttle_texts-in_gateway", 599)
    body = b'{"message_id": "m", "phone": "13700000000", "text": "1"}'
    signed = hmac.new(settings.SMS_INBOUND_SECRET.encode(), body, hashlib.sha256).hexdigest()

    answers = [
        client.post(reverse("api-text-in"), body, "application/json", headers={"X-Signature": signed}).status_code
        for _time in range(2)
    ]

    assert answers == [200, 429]


@pytest.mark.guard("throttle objections on the page")
def test_one_address_objects_on_the_page_ten_times_an_hour(client, notice):
    before = Objection.objects.count()
    form = {"line": str(notice.lines.first().line_no), "words": "不对", "contact": ""}
    key = "0b4e0f5e-7ea9-4c2e-9d53-1f6f0f3a1c{:02d}"

    for number in range(12):
        client.post(reverse("notice-object", args=[notice.number]), form | {"idem": key.format(number)})

    assert Objection.objects.count() == before + 10


@pytest.mark.guard("throttle request_login_code by key")
def test_one_number_gets_sixteen_codes_a_day_from_wherever_they_are_asked(settings):
    settings.ACCOUNT_RATE_LIMITS = OF_A_REAL_SITE
    user, before = a_user("欧佳"), Message.objects.count()

    for number in range(18):
        Client(REMOTE_ADDR=f"10.0.0.{number}").post("/sign-in/", {"phone": user.phone})

    assert Message.objects.count() == before + 16


@pytest.mark.guard("throttle request_login_code by ip")
def test_one_address_asks_for_sixty_codes_an_hour_for_whatever_numbers(settings):
    settings.ACCOUNT_RATE_LIMITS = OF_A_REAL_SITE
    users, before = [a_user("欧佳") for _number in range(62)], Message.objects.count()

    for user in users:
        Client().post("/sign-in/", {"phone": user.phone})

    assert Message.objects.count() == before + 60


@pytest.mark.guard("throttle wrong codes")
def test_the_fifth_wrong_code_ends_the_right_one(client, settings):
    settings.DEMO = False
    user = a_user("欧佳")
    client.post("/sign-in/", {"phone": user.phone})
    text = Message.objects.get(kind="sign_in").body
    right = re.search(r"\d{6}", text)[0]
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    for _try in range(5):
        client.post("/sign-in/code/", {"code": wrong})
    client.post("/sign-in/code/", {"code": right})

    assert "_auth_user_id" not in client.session
    assert not User.objects.get(pk=user.pk).phone_verified


@pytest.mark.guard("throttle wrong codes side by side")
def test_requests_side_by_side_do_not_try_a_code_more_often(client, settings):
    settings.DEMO = False
    user = a_user("欧佳")
    client.post("/sign-in/", {"phone": user.phone})
    right = re.search(r"\d{6}", Message.objects.get(kind="sign_in").body)[0]
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    as_it_was = dict(client.session)

    for code in (wrong, wrong, wrong, wrong, wrong, right):
        client.post("/sign-in/code/", {"code": code})
        session = client.session  # a request that began before writes what it had read
        session.clear()
        session.update(as_it_was)
        session.save()

    assert not User.objects.get(pk=user.pk).phone_verified


@pytest.mark.guard("throttle codes sent again")
def test_a_code_sent_again_counts_as_one_that_was_asked_for(settings):
    settings.ACCOUNT_RATE_LIMITS = OF_A_REAL_SITE
    user, before, last = a_user("欧佳"), Message.objects.count(), ""

    for number in range(6):
        asking = Client(REMOTE_ADDR=f"10.0.0.{number}")
        asking.post("/sign-in/", {"phone": user.phone})
        for _time in range(2):
            last = asking.post("/sign-in/code/", {"action": "resend"}, follow=True).content.decode()

    assert Message.objects.count() == before + 16 and "过一小时再要" in last


def test_a_number_nobody_knows_is_answered_alike_when_a_code_is_sent_again(client):
    client.post("/sign-in/", {"phone": "13999990000"})

    assert client.post("/sign-in/code/", {"action": "resend"}).status_code == 302
