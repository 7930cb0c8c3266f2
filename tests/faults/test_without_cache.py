"""Valkey is away: reading, open sessions, listing and placing go on; only what guards codes waits, and says so."""

import json
import socket
import threading
import time

import pytest
from django.conf import settings as given
from django.core.cache import cache
from django.urls import reverse
from redis.exceptions import OutOfMemoryError

from accounts.models import Message
from catalog.models import Listing
from kernel import clock, near
from kernel.spare_cache import CannotCount, LeftAlone, SpareCache, how_often
from orders.models import PurchaseOrder
from records.models import Objection
from tests import factories
from tests.factories import MONDAY, TUESDAY, a_fund, a_listing, login

NOBODY_THERE = "redis://127.0.0.1:1/0"
pytestmark = pytest.mark.django_db


def moved(address: str) -> dict:
    return {"default": given.CACHES["default"] | {"LOCATION": address}}


@pytest.fixture
def away(settings):
    """The cache's server is gone, and nothing is remembered of what it said."""
    settings.CACHES = moved(NOBODY_THERE)
    near.forget_all()
    SpareCache._left_alone.clear()


@pytest.fixture
def fund(school, treasurer_zhou):
    return a_fund(school, by=treasurer_zhou)


@pytest.fixture
def send(client):
    def post(name, body):
        return client.post(reverse(name), json.dumps(body), "application/json", headers={"Idempotency-Key": "k1"})

    return post


@pytest.mark.parametrize("path", ["/", "/market/", "/market/map/", "/notices/", "/sign-in/", "/api/v1/notices/"])
def test_a_stranger_reads(client, away, cabbage, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("name", ["home", "market", "order-list", "fund-list", "me", "api-order-list"])
def test_an_open_session_reads_on(client, away, fund, chef_chen, name):
    login(client, chef_chen)

    assert client.get(reverse(name)).status_code == 200


def test_a_farmer_lists_goods(client, send, away, xiuying, cabbage):
    login(client, xiuying)
    today = clock.county_day(clock.now()).isoformat()

    answer = send("api-listing-list", {"produce": "cabbage", "kg": "9", "yuan_per_jin": "0.80", "harvested_on": today})

    assert answer.status_code == 201 and Listing.objects.count() == 1


def test_an_order_is_placed_once(client, send, away, monkeypatch, fund, chef_chen, xiuying_household, cabbage):
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    lot = a_listing(xiuying_household, cabbage)
    line = {"produce": lot.produce.code, "lots": [{"listing": lot.pk, "kg": "40", "price": "0.80"}]}
    login(client, chef_chen)

    answers = [
        send("api-order-list", {"fund": fund.pk, "deliver_on": "2026-11-05", "lines": [line]}) for _time in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert PurchaseOrder.objects.count() == 1


@pytest.fixture
def notice(monkeypatch, clerk_ma, pingshan):
    monkeypatch.setattr(clock, "now", lambda: TUESDAY)
    return factories.a_county_notice(pingshan, by=clerk_ma, at=MONDAY)


def test_a_public_objection_is_taken(client, notice, away):
    form = {
        "line": str(notice.lines.get().line_no),
        "words": "不对",
        "contact": "",
        "idem": "0b4e0f5e-7ea9-4c2e-9d53-1f6f0f3a1c10",
    }

    answer = client.post(reverse("notice-object", args=[notice.number]), form)

    assert answer.status_code == 200 and Objection.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "登录验证码暂时发不了"), ("en", "Codes for signing in cannot be given")]
)
def test_no_code_is_given_while_nobody_can_count_them(client, away, xiuying, language, words):
    answer = client.post("/sign-in/", {"phone": xiuying.phone}, HTTP_ACCEPT_LANGUAGE=language)

    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert words in answer.content.decode()
    assert not Message.objects.exists()


def test_a_code_that_was_given_before_still_opens_the_door(client, settings, xiuying):
    client.post("/sign-in/", {"phone": xiuying.phone})
    settings.CACHES = moved(NOBODY_THERE)

    client.post("/sign-in/code/", {"code": "246810"})

    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("act", ["add", "get", "has_key", "delete"])
@pytest.mark.parametrize("key", ["allauth:rl:allauth.account:x", "allauth.mfa.totp.used?user=1&code=123456"])
def test_keys_that_guard_codes_are_not_guessed_at(away, act, key):
    with pytest.raises(CannotCount):
        getattr(cache, act)(key, *([1] if act == "add" else []))


def test_a_cache_that_is_full_keeps_nothing_and_breaks_nothing(monkeypatch):
    def full(*_given, **_named):
        raise OutOfMemoryError("command not allowed when used memory > 'maxmemory'")

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.set", full)
    cache.set("a", 1)

    assert cache.get("a", "nothing") == "nothing"


def test_everything_an_empty_cache_answers(away):
    assert cache.get("a", 7) == 7 and cache.get_or_set("a", lambda: 8) == 8
    assert cache.get_many(["a", "b"]) == {} and not cache.has_key("a") and "a" not in cache
    assert cache.add("a", 1) is True and cache.incr("a") == 1 and cache.touch("a") is False
    assert cache.set("a", 1) is None and cache.set_many({"a": 1}) == [] and cache.delete("a") is False
    assert cache.delete_many(["a"]) is None and cache.clear() is None


class Deaf:
    """A server that lets callers in and never says a word."""

    def __init__(self):
        self.calls, self._kept = 0, []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"redis://127.0.0.1:{self.door.getsockname()[1]}/0"
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self):
        while True:
            try:
                self._kept.append(self.door.accept())
            except OSError:
                return
            self.calls += 1

    def close(self):
        self.door.close()
        for caller, _address in self._kept:
            caller.close()


@pytest.fixture
def deaf():
    server = Deaf()
    yield server
    server.close()


def test_a_server_that_does_not_answer_is_asked_once_and_then_left_alone(settings, client, deaf):
    settings.CACHES = moved(deaf.address)
    near.forget_all()

    assert [client.get("/market/").status_code for _time in range(3)] == [200, 200, 200]
    assert deaf.calls == 1


def test_a_server_left_alone_is_asked_again_after_some_seconds(monkeypatch):
    server, begun = LeftAlone("cache"), time.monotonic()
    server.begin(ConnectionError())
    assert server

    monkeypatch.setattr(time, "monotonic", lambda: begun + 60)
    assert not server


def test_a_count_pushed_out_between_two_steps_begins_anew(monkeypatch):
    monkeypatch.setattr(SpareCache, "add", lambda *_given, **_named: False)

    assert [how_often("somebody", 60) for _time in range(2)] == [1, 2]
