"""Whoever answers people has one queue of every kind: what is due first in front, nothing where one had a hand."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Consent
from accounts.services import acts, grievances
from losses.services import answering, appealing
from records.services import notices
from reports.pages import answers as pages
from reports.pages.answers import answers
from tests import factories
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def refused(story, lot, cadre_wu):
    return answering.refuse(story.filed(lot, kg=50), code="not_found", reason="没看见货", by=cadre_wu, at=TUESDAY)


@pytest.fixture
def appealed(refused, cadre_liu):
    return appealing.appeal(refused, words="他们说货在", consent="phone", by=cadre_liu, at=TUESDAY)


@pytest.fixture
def disputed(appealed, xiuying):
    return acts.dispute(Consent.objects.get(document=appealed.reference), by=xiuying, at=WEDNESDAY)


@pytest.fixture
def grieved(guiying, guiying_household):
    return grievances.say(
        f"household:{guiying_household.pk}", "other", household=guiying_household, words="没人来", by=guiying, at=MONDAY
    )


@pytest.fixture
def objected(story, neighbours_lot):
    notice = story.on_village_notice(story.filed(neighbours_lot, kg=50))
    return notices.object_to(notice.lines.get(), words="早卖了", contact="", at=THURSDAY)


def kinds(user, at, kind=""):
    return [row.kind for row in answers(user, at, kind).rows]


def test_all_kinds_stand_in_one_queue_by_their_days(disputed, grieved, objected, director_lin):
    queue = answers(director_lin, WEDNESDAY)

    assert sorted(row.kind for row in queue.rows) == ["appeal", "grievance", "not_me", "objection"]
    assert [row.due_at for row in queue.rows] == sorted(row.due_at for row in queue.rows)
    assert [(tab.label, tab.count) for tab in queue.tabs] == [
        ("全部", 4), ("不是我", 1), ("反映的问题", 1), ("公示异议", 1), ("申诉", 1), ("货的投诉", 0),
    ]  # fmt: skip
    assert kinds(director_lin, WEDNESDAY, "grievance") == ["grievance"]


def test_what_is_late_says_so(grieved, director_lin):
    [calm] = answers(director_lin, MONDAY).rows
    [late] = answers(director_lin, grieved.answer_by_at + DAY).rows

    assert (calm.status.tone, late.status.tone, late.left) == ("info", "danger", "晚了 1 天")


def test_nobody_is_asked_where_they_had_a_hand(
    objected, grieved, clerk_ma, director_lin, township_officer, inspector_he
):
    assert kinds(objected.line.notice.by, objected.at, "objection") == []
    assert kinds(director_lin, objected.at, "objection") == ["objection"]
    assert kinds(township_officer, objected.at) == []  # neither grievances nor objections are a township's
    assert kinds(inspector_he, objected.at) == []


def test_whoever_acted_does_not_answer_not_me(story, lot, xiuying, director_lin, township_officer):
    """The officer of the township filed it in the household's name."""
    claim = story.filed(lot, kg=50, by=township_officer, consent="phone")
    acts.dispute(Consent.objects.get(document=claim.reference), by=xiuying, at=WEDNESDAY)

    assert kinds(township_officer, WEDNESDAY, "not_me") == []
    assert kinds(director_lin, WEDNESDAY, "not_me") == ["not_me"]


def test_more_than_a_page_of_a_kind_leads_to_its_list(grieved, objected, director_lin, monkeypatch):
    monkeypatch.setattr(pages, "MOST", 0)

    queue = answers(director_lin, WEDNESDAY)
    assert queue.rows == []
    assert [link.url for link in queue.more] == [reverse("grievance-list"), reverse("objection-list")]
    assert [link.url for link in answers(director_lin, WEDNESDAY, "objection").more] == [reverse("objection-list")]


def test_page_and_api_show_the_same_and_refuse_what_is_no_kind(client, now, disputed, grieved, objected, director_lin):
    now.at = WEDNESDAY
    login(client, director_lin)
    page = client.get(reverse("answer-queue")).content.decode()
    told = client.get(reverse("api-answer-queue")).json()["results"]

    assert [row["kind"] for row in told] == kinds(director_lin, WEDNESDAY)
    assert all(row["url"] in page and row["what"] in page for row in told)
    assert client.get(told[0]["url"]).status_code == 200
    narrow = client.get(reverse("api-answer-queue"), {"kind": "appeal"}).json()["results"]
    assert [row["kind"] for row in narrow] == ["appeal"]
    assert client.get(reverse("api-answer-queue"), {"kind": "bread"}).status_code == 400
    assert client.get(reverse("answer-queue"), {"kind": "bread"}).status_code == 404


def test_the_queue_asks_as_much_for_many_as_for_one(
    client, story, grieved, objected, neighbours_lot, director_lin, django_assert_max_num_queries
):
    for words in ("没烂", "真没烂"):
        notices.object_to(objected.line, words=words, contact="", at=objected.at)
    login(client, director_lin)
    with django_assert_max_num_queries(20):
        assert client.get(reverse("answer-queue")).status_code == 200


def test_who_answers_nobody_has_no_queue(client, xiuying, cadre_liu, head):
    for user, status in ((xiuying, 403), (cadre_liu, 403), (head, 200)):
        login(client, user)
        assert client.get(reverse("answer-queue")).status_code == status
        assert client.get(reverse("api-answer-queue")).status_code == status


@pytest.fixture
def head(bureau):
    return factories.a_user("钟局长", "head_of_office", bureau)
