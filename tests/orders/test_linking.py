"""Links by which the parents' committee reads a fund's file: what they show, until when, and who gives them."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from kernel.errors import BadValue
from orders.models import ReadLink
from orders.services import linking
from orders.services.linking import MOST_AN_HOUR, LinkIsOver
from records.selectors.policy import DEFAULTS
from tests.factories import FRIDAY, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 5)


@pytest.fixture
def receipt(story, cabbage_of_xiuying):
    return story.signed(wish((cabbage_of_xiuying, 50)))


@pytest.fixture
def link(fund, cashier_yu, now):
    now["at"] = FRIDAY
    return linking.give_link(fund, first=DAY, last=DAY, by=cashier_yu, at=FRIDAY)


def opened(link, client=None):
    return (client or Client()).get(reverse("read-link", args=[link.code]))


def test_whoever_holds_the_link_reads_the_file_without_personal_data(
    receipt, link, xiuying_household, receiver_wang, receiver_sun, chef_chen
):
    answer = opened(link)

    shown = answer.content.decode()
    assert receipt.number in shown
    assert "不一致" not in shown
    for person in (
        xiuying_household.head_name,
        *(user.person.name for user in (receiver_wang, receiver_sun, chef_chen)),
    ):
        assert person not in shown
    assert "罗师傅" not in shown
    assert "6217" not in shown
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_looks_are_counted(link):
    opened(link)
    opened(link)

    link.refresh_from_db()
    assert (link.looks, link.looked_at) == (2, FRIDAY)


def test_a_link_opens_up_to_its_last_day(link, now):
    assert (link.until_on - FRIDAY.date()).days == DEFAULTS["file_link_days"]
    now["at"] = FRIDAY + dt.timedelta(days=DEFAULTS["file_link_days"])
    assert opened(link).status_code == 200
    now["at"] += dt.timedelta(days=1)
    assert opened(link).status_code == 404


def test_a_link_taken_back_opens_nothing_and_ends_once(link, cashier_yu):
    linking.take_back(link, by=cashier_yu, at=FRIDAY)

    assert opened(link).status_code == 404
    assert ReadLink.objects.get().looks == 0
    with pytest.raises(LinkIsOver):
        linking.take_back(link, by=cashier_yu, at=FRIDAY)


def test_a_guessed_code_is_no_page(link):
    assert Client().get(reverse("read-link", args=["x" * 32])).status_code == 404


def test_an_address_that_looks_too_often_waits(link):
    client = Client()
    answers = [opened(link, client).status_code for _look in range(MOST_AN_HOUR + 1)]

    assert answers[-2:] == [200, 429]


def test_the_cashier_gives_a_link_once_and_takes_it_back(client, fund, cashier_yu, receipt, now):
    now["at"] = FRIDAY
    login(client, cashier_yu)
    sent = {"first": "2026-11-05", "last": "2026-11-05", "idem": "7d1a3c1e-0000-4000-8000-000000000001"}

    for _twice in (1, 2):
        assert client.post(reverse("read-link-new", args=[fund.pk]), sent).status_code == 302

    [link] = ReadLink.objects.all()
    page = reverse("fund-dossier", args=[fund.pk])
    assert link.code in client.get(page).content.decode()
    undo = {"idem": "7d1a3c1e-0000-4000-8000-000000000002"}
    assert client.post(reverse("read-link-revoke", args=[link.pk]), undo).status_code == 302
    link.refresh_from_db()
    assert (link.revoked_by, link.revoked_at) == (cashier_yu, FRIDAY)
    assert link.code not in client.get(page).content.decode()


def test_programs_give_and_take_back_links_too(client, fund, cashier_yu, now):
    now["at"] = FRIDAY
    login(client, cashier_yu)
    path = reverse("api-read-link-list", args=[fund.pk])
    days = {"first": "2026-11-05", "last": "2026-11-05"}

    made = client.post(path, days, content_type="application/json", headers={"Idempotency-Key": "a"})

    assert made.status_code == 201
    assert client.get(path).json() == [made.json()]
    undo = reverse("api-read-link-revoke", args=[made.json()["id"]])
    assert client.post(undo, headers={"Idempotency-Key": "b"}).json()["revoked"] is True


def test_others_give_no_links(client, fund, link, auditor, receiver_wang, olga):
    for user, status in ((auditor, 403), (receiver_wang, 404), (olga, 404)):
        login(client, user)
        assert client.post(reverse("read-link-new", args=[fund.pk]), {}).status_code == status
        assert client.post(reverse("read-link-revoke", args=[link.pk]), {}).status_code == 404


def test_no_link_shows_a_part_of_its_days(fund, receipt, cashier_yu, monkeypatch):
    monkeypatch.setattr(linking, "MOST_AT_ONCE", 0)

    with pytest.raises(BadValue, match="请把日子选短一些"):
        linking.give_link(fund, first=DAY, last=DAY, by=cashier_yu, at=FRIDAY)
