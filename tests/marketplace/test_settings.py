"""A demo never runs with a real site's secrets, a real site never with the demo's."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

REAL = {
    "SECRET_KEY": "s" * 60,
    "FIELD_KEYS": "2026b:new,2026a:old",
    "INDEX_KEY": "i" * 40,
    "DATABASE_URL": "postgres://liujin_app:secret@db.internal:5432/liujin",
    "REDIS_URL": "redis://redis.internal:6379",
    "ALLOWED_HOSTS": "market.example.gov.cn",
    "SMS_BACKEND": "county",
}


def read(expression: str, environment: dict[str, str]) -> tuple[bool, str]:
    """Return whether the settings load in this environment, and what was printed or refused."""
    done = subprocess.run(
        [sys.executable, "-c", f"from marketplace import settings as s; print({expression})"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    return done.returncode == 0, done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_a_real_site_is_closed_and_encrypted_by_default():
    loads, told = read("s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, list(s.FIELD_KEYS)", REAL)

    assert loads
    assert told == "False True True ['2026b', '2026a']"


def test_a_real_site_limits_how_often_codes_and_the_api_are_asked_for():
    told = read("s.ACCOUNT_RATE_LIMITS, s.REST_FRAMEWORK['DEFAULT_THROTTLE_RATES']", REAL)

    assert told == (True, "{'request_login_code': '16/d/key,60/h/ip'} {'anon': '60/min', 'user': '600/min'}")


@pytest.mark.parametrize("name", REAL)
def test_a_real_site_does_not_start_without(name):
    loads, told = read("1", {key: value for key, value in REAL.items() if key != name})

    assert not loads
    assert f"{name} is missing" in told


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "ALLOWED_HOSTS", "SMS_BACKEND"])
def test_the_demo_refuses_what_belongs_to_a_real_site(name):
    loads, told = read("1", {"LIUJIN_DEMO": "1", name: REAL[name]})

    assert not loads
    assert "demo mode" in told.lower()


@pytest.mark.parametrize("name", ["NOTICE_CERTIFICATE", "NOTICE_CERTIFICATE_PASSPHRASE"])
def test_the_certificate_for_notices_is_a_real_sites_alone_and_may_stay_away(name):
    assert read(f"[s.{name}]", REAL) == (True, "['']")
    assert read(f"[s.{name}]", REAL | {name: "given-here"}) == (True, "['given-here']")
    loads, told = read("1", {"LIUJIN_DEMO": "1", name: "given-here"})
    assert not loads and "demo mode" in told.lower() and "given-here" not in told


def test_a_time_stamp_server_has_an_address_of_the_web():
    loads, told = read("1", REAL | {"NOTICE_TIMESTAMP_URL": "stamps.example"})

    assert not loads and "NOTICE_TIMESTAMP_URL" in told


def test_the_demo_starts_with_nothing_given():
    assert read("s.SMS_BACKEND, s.ALLOWED_HOSTS", {"LIUJIN_DEMO": "1"}) == (
        True,
        "console ['127.0.0.1', 'localhost', '[::1]']",
    )


def test_only_postgresql_will_do():
    loads, told = read("1", {"LIUJIN_DEMO": "1", "DATABASE_URL": "sqlite:///x.db"})

    assert not loads
    assert "PostgreSQL" in told
