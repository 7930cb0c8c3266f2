"""A real browser on a real server, one fresh profile a test."""

import os

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client

from kernel import near
from tests.chromium import CHROMIUM
from tests.factories import login


def pytest_collection_modifyitems(items):
    """Skip browser tests aloud where there is no Chromium; in CI a missing one is a failure."""
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: apt-get install chromium"))


@pytest.fixture
def phone(chromium, live_server):
    """Open a page as somebody on a phone: `phone(user)`; each call is another phone.

    With `by_code=False` the session is there already, as it is on a phone that signed in last week. With
    `worker=False` the phone has no service worker: what passes through one is out of reach of `page.route`.
    """
    opened = []

    def open_for(
        user=None,
        *,
        width: int = 390,
        height: int = 844,
        scripts: bool = True,
        by_code: bool = True,
        worker: bool = True,
    ):
        if not opened:
            forget_what_was_kept()
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            java_script_enabled=scripts,
            service_workers="allow" if worker else "block",
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if user is not None and by_code:
            sign_in(page, user)
        elif user is not None:
            key = login(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        return page

    yield open_for
    for context in opened:
        context.close()


def forget_what_was_kept():
    """Forget what a late request of the test before kept of rows that are gone: an empty dictionary, an old list."""
    cache.clear()
    near.forget_all()


def sign_in(page, user):
    """Sign in as people do: phone number, code."""
    page.goto("/sign-in/")
    page.fill('input[name="phone"]:not([type="hidden"])', user.phone)
    page.click("main form .btn-main")
    page.fill('input[name="code"]', "246810")
    page.click("main form .btn-main")
    if "second-step" in page.url:
        page.fill('input[name="code"]', "246810")
        page.click("main form .btn-main")


@pytest.fixture
def bare(chromium):
    """Return an empty page that can import our scripts: no server, no database, a store of its own."""
    context = chromium.new_context(base_url="https://phone.test")
    context.route("https://phone.test/**", _lay_out)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def _lay_out(route):
    name = route.request.url.removeprefix("https://phone.test/static/")
    script = finders.find(name) if name.endswith(".js") else None
    if script:
        return route.fulfill(path=script, content_type="text/javascript; charset=utf-8")
    return route.fulfill(body="<!doctype html><title>bare</title>", content_type="text/html; charset=utf-8")
