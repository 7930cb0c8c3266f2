"""A form that met a database that was away: the page that says so sends it again, and it counts once."""

import time

import pytest
from django.urls import reverse

from kernel import clock
from marketplace import away
from records.models import Objection
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def notice(clerk_ma, pingshan):
    return factories.a_county_notice(pingshan, by=clerk_ma, at=clock.now())


@pytest.fixture
def database_away():
    """Close the gate as the first request does that finds the database away."""
    away.watch._away, away.watch._look_at = True, time.monotonic() + 600
    yield
    away.watch._away = False


@pytest.mark.parametrize("by", ["button", "reload"])
def test_what_was_typed_is_sent_again_from_the_page_that_says_so(phone, notice, request, by):
    page = phone()
    page.goto(reverse("notice-object", args=[notice.number]))
    page.select_option("select[name=line]", index=0)
    page.fill("textarea[name=words]", "他家早就卖了")
    request.getfixturevalue("database_away")

    page.click("main form .btn-main")
    assert "系统暂时连不上" in page.inner_text("main") and not Objection.objects.exists()
    away.watch._away = False
    page.on("dialog", lambda dialog: dialog.accept())
    act = {"button": lambda: page.click("text=再发一次"), "reload": page.reload}[by]
    with page.expect_navigation():
        act()

    [objection] = Objection.objects.all()
    assert objection.words == "他家早就卖了" and objection.number in page.inner_text("main")
