"""PostgreSQL is away, or falls in the middle of a request: 503 in plain words for everybody, and nothing half done."""

import json
import threading
import time

import pytest
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.urls import reverse
from psycopg_pool import PoolTimeout

from kernel import clock, near
from marketplace import away, views
from marketplace.refusals import refusal_for
from orders.models import PurchaseOrder
from tests.factories import MONDAY, a_fund, a_listing, login

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _not_away_afterwards():
    yield
    away.watch._away = False


@pytest.fixture
def visitor():
    """A browser that is shown what a real one is shown."""
    return Client(raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="zh-CN")


@pytest.fixture
def gone():
    """Take the database away, as if its server had stopped; calling it brings the server back."""
    host = connection.settings_dict["HOST"]

    def take():
        near.forget_all()
        connection.close()
        connection.settings_dict["HOST"] = "/nowhere"
        return bring_back

    def bring_back():
        connection.settings_dict["HOST"] = host
        away.watch._look_at = 0

    yield take
    bring_back()


def fall():
    """Lose the connection as when the server is told to stop."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")  # a server that stops asks nobody
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def go_on():
    """Begin the next request as a server does, some seconds later."""
    away.watch._look_at = 0
    close_old_connections()


PAGES = ["/", "/market/", "/orders/", "/me/", "/notices/G1/", "/sell/", "/nothing-here/"]
ENDPOINTS = ["/api/v1/orders/", "/api/v1/notices/", "/api/v1/listings/"]


@pytest.mark.parametrize("signed_in", [False, True], ids=["a stranger", "signed in"])
@pytest.mark.parametrize("first", [True, False], ids=["who finds out", "who comes later"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_so(visitor, gone, chef_chen, signed_in, first, path):
    visitor = login(visitor, chef_chen) if signed_in else visitor
    gone()
    away.watch._away = not first
    away.watch._look_at = time.monotonic() + 60

    answer = visitor.get(path)
    page = answer.content.decode()

    # A page that asks the database nothing, for a stranger, may be answered.
    assert (answer.status_code, answer.get("Retry-After")) == (503, "10") or answer.status_code in (302, 404)
    assert answer.status_code != 503 or ("系统暂时连不上" in page and "10 秒" in page and f'href="{path}"' in page)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_program_is_told_in_its_own_form(visitor, gone, chef_chen, path):
    stranger, user = visitor, login(Client(raise_request_exception=False), chef_chen)
    gone()

    asked = [(user, path), (user, path), (stranger, path)]
    answers = [who.get(path) for who, path in asked]

    assert [(answer.status_code, answer["Retry-After"]) for answer in answers] == [(503, "10")] * 3
    assert {answer.json()["code"] for answer in answers} == {"away"}
    assert "系统暂时连不上" in answers[0].json()["message"]


def test_a_program_of_a_stranger_is_told_too(visitor, gone):
    gone()

    answer = visitor.get("/api/v1/notices/")

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "away", "10")


def test_it_speaks_the_language_of_the_reader(gone, visitor):
    gone()
    english = Client(raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="en")
    chosen = Client(raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="en")
    chosen.cookies["django_language"] = "zh-hans"

    assert "The site cannot be reached for a moment" in english.get("/market/").content.decode()
    assert "系统暂时连不上" in chosen.get("/market/").content.decode()


def test_a_form_that_was_sent_can_be_sent_again_from_the_page(visitor, gone, chef_chen):
    login(visitor, chef_chen)
    gone()

    page = visitor.post(reverse("order-new"), {"words": "六百斤白菜"})

    assert page.status_code == 503 and "再发一次" in page.content.decode() and "no-store" in page["Cache-Control"]
    assert "六百斤白菜" not in page.content.decode()  # the browser holds it; it is not told to whoever looks


def test_the_page_needs_neither_cache_nor_session(gone, visitor, settings):
    settings.CACHES = {"default": {"BACKEND": "tests.faults.nothing"}}
    gone()

    assert visitor.get("/market/").status_code == 503


def test_while_it_is_away_only_one_looks_and_then_all_go_on(visitor, gone, monkeypatch):
    looks, truly = [], away.answers
    bring_back = gone()
    monkeypatch.setattr(away, "answers", lambda: looks.append(1) or truly())

    first = [visitor.get("/market/").status_code for _time in range(5)]
    assert (first, looks) == ([503] * 5, [])
    away.watch._look_at = 0
    later = [visitor.get("/market/").status_code for _time in range(5)]
    assert (later, looks) == ([503] * 5, [1])
    bring_back()

    assert visitor.get("/market/").status_code == 200
    assert looks == [1, 1]


def test_nobody_waits_for_the_one_who_looks(gone, visitor, monkeypatch):
    looking, done = threading.Event(), threading.Event()
    gone()
    visitor.get("/market/")
    monkeypatch.setattr(away, "answers", lambda: looking.set() or not done.wait(10))
    away.watch._look_at = 0
    looker = threading.Thread(target=away.watch.away)
    looker.start()
    looking.wait(10)

    assert visitor.get("/market/").status_code == 503
    done.set()
    looker.join()


def test_a_server_that_falls_while_a_page_is_made(visitor, chef_chen, monkeypatch):
    login(visitor, chef_chen)
    with monkeypatch.context() as during:
        during.setattr(views, "staff_home", lambda *_given, **_named: fall())
        answer = visitor.get("/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    go_on()
    assert visitor.get("/").status_code == 200


def test_an_order_cut_off_in_the_middle_is_not_there_and_the_same_key_places_it_once(
    visitor, monkeypatch, school, treasurer_zhou, chef_chen, xiuying_household, cabbage
):
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    fund, lot = a_fund(school, by=treasurer_zhou), a_listing(xiuying_household, cabbage)
    lines = [{"produce": lot.produce.code, "lots": [{"listing": lot.pk, "kg": "40", "price": "0.80"}]}]
    body = json.dumps({"fund": fund.pk, "deliver_on": "2026-11-05", "lines": lines})
    login(visitor, chef_chen)

    def send():
        go_on()
        headers = {"Idempotency-Key": "k1"}
        return visitor.post(reverse("api-order-list"), body, "application/json", headers=headers)

    with monkeypatch.context() as during:
        during.setattr("records.services.idempotency.keep_answer", lambda *_given: fall())
        cut = send()
    assert (cut.status_code, cut.json()["code"]) == (503, "away")
    assert not PurchaseOrder.objects.exists()

    assert [send().status_code for _time in range(2)] == [201, 201]
    assert PurchaseOrder.objects.count() == 1


class Stated(Exception):
    def __init__(self, sqlstate):
        super().__init__()
        self.sqlstate = sqlstate


def raised(error: Exception, cause: BaseException | None) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "cause", "code"),
    [
        (OperationalError, Stated("57P01"), "away"),
        (OperationalError, Stated("57P02"), "away"),
        (OperationalError, Stated("57P03"), "away"),
        (OperationalError, Stated("08006"), "away"),
        (DatabaseError, Stated("25006"), "away"),
        (OperationalError, Stated("53100"), "away"),
        (OperationalError, Stated(None), "away"),
        (OperationalError, None, "away"),
        (InterfaceError, Stated(None), "away"),
        (OperationalError, PoolTimeout("full"), "busy"),
        (OperationalError, Stated("55P03"), "busy"),
        (OperationalError, Stated("57014"), "busy"),
    ],
)
def test_away_and_busy_are_told_apart(error, cause, code):
    refusal = refusal_for(raised(error("lost"), cause))

    assert (refusal.status, refusal.code) == (503, code)


def test_a_pool_that_gives_nothing_because_the_server_is_gone_is_not_many_people(gone):
    gone()

    assert refusal_for(raised(OperationalError("full"), PoolTimeout("full"))).code == "away"


def test_a_lock_that_is_not_free_outside_every_view_is_many_people(visitor, monkeypatch):
    def busy():
        raise raised(OperationalError("canceling statement"), Stated("55P03"))

    monkeypatch.setattr(away.watch, "away", busy)
    answer = visitor.get("/api/v1/notices/")

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "3")


@pytest.fixture
def pooled(monkeypatch):
    """Two connections of a pool, as the web server has one; both are back in it."""
    options = connection.settings_dict["OPTIONS"] | {"pool": {"min_size": 2, "max_size": 2, "timeout": 3}}
    del options["assume_role"]
    wanted = connection.settings_dict | {"OPTIONS": options, "CONN_MAX_AGE": 0}
    both = [DatabaseWrapper(wanted, alias="default") for _each in range(2)]
    for each in both:
        each.ensure_connection()
    for each in both:
        each.close()
    monkeypatch.setattr(away, "connection", both[0])
    yield both[0]
    both[0].close()
    both[0].close_pool()


def fall_of_all():
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        cursor.execute(f"SET ROLE {settings.APP_ROLE}")


def test_a_pool_full_of_dead_connections_is_made_new(pooled):
    fall_of_all()

    busy = refusal_for(raised(OperationalError("waited"), PoolTimeout("waited")))

    assert busy.code == "busy"
    lost = pooled.pool.get_stats()["connections_lost"]
    with pooled.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert lost == pooled.pool.get_stats()["connections_lost"] == 2


def test_a_bug_outside_every_view_stays_a_bug(visitor, monkeypatch):
    monkeypatch.setattr(away.watch, "away", lambda: 1 / 0)

    assert visitor.get("/market/").status_code == 500
