"""What a desk counts and lists is this person's to do now; the rest stands in grey with its reason and day."""

import datetime as dt

import pytest
from django.urls import reverse

from kernel import clock
from losses.models import LossClaim
from losses.selectors.queues import BY_KEY, next_to_do, views_of
from losses.services import awarding, findings, noticing, visiting
from losses.services.rules import Look
from records.models import Finding
from records.selectors.notices import ANSWERS
from records.services import notices
from records.services.participation import take_part
from tests.factories import login
from tests.losses.steps import a_scheme

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def visited(story, lot, neighbours_lot):
    """Two reports that were visited, to compute."""
    filed = [story.filed(lot), story.filed(neighbours_lot)]
    for visit in story.drawn_together(*filed):
        written = story.found(visit)
        visiting.sign_visit(written, by=written.second, at=written.first_signed_at)
    return list(LossClaim.objects.order_by("pk"))


@pytest.fixture
def on_notice(story, visited, clerk_ma):
    """The same two on the county notice, computed by the clerk."""
    for claim in visited:
        awarding.compute(claim, by=clerk_ma, at=claim.due_at)
    claim = LossClaim.objects.first()
    noticing.publish_county_notice(story.scheme, claim.household.village.parent, by=clerk_ma, at=claim.due_at)
    return list(LossClaim.objects.order_by("pk"))


def counts(user, at):
    return {view.key: count for view, count in views_of(user, at)}


def listed(client, view, when):
    """Return what page and API list of a view, each with the reason and the day that stand with it."""
    page = client.get(reverse("check-list"), {"view": view, "when": when})
    rows = client.get(reverse("api-claim-list-waiting"), {"view": view, "when": when}).json()["results"]
    assert [row.why for row in page.context["rows"]] == [row["not_yet"] for row in rows]
    return [(row["number"], row["not_yet"], row["possible_on"]) for row in rows]


def test_what_hangs_is_not_counted_to_decide_until_its_notice_has_ended(client, now, on_notice, director_lin, clerk_ma):
    notice = on_notice[0].county_notice
    now.at = notice.ends_at - DAY
    login(client, director_lin)
    assert counts(director_lin, now.at)["decide"] == 0 and listed(client, "decide", "now") == []
    hanging = listed(client, "decide", "later")
    assert [number for number, _why, _on in hanging] == [claim.number for claim in on_notice]
    assert {
        (f"公示到 {notice.ends_on.month} 月 {notice.ends_on.day} 日" in why, on) for _number, why, on in hanging
    } == {(True, (notice.ends_on + DAY).isoformat())}
    shown = client.get(reverse("check-list"), {"view": "decide"}).content.decode()
    assert "还有 2 户现在轮不到你办" in shown

    now.at = notice.ends_at
    assert counts(director_lin, now.at)["decide"] == 2 and listed(client, "decide", "later") == []
    assert [number for number, _why, _on in listed(client, "decide", "now")] == [claim.number for claim in on_notice]
    assert client.get(reverse("api-claim-list-waiting"), {"when": "so"}).status_code == 404

    login(client, clerk_ma)  # who computed them
    assert counts(clerk_ma, now.at)["decide"] == 0 and listed(client, "decide", "now") == []
    assert {why[:6] for _number, why, _on in listed(client, "decide", "later")} == {"你经手过这一"}
    beside = client.get(reverse("claim-review", args=[on_notice[0].pk])).context["queue"]
    assert beside.title.startswith("待我审 0 户") and [item.why[:3] for item in beside.items] == ["你经手", "你经手"]


def test_an_objection_stands_with_the_day_by_which_it_is_answered(client, now, on_notice, director_lin):
    first, second = on_notice
    notice = first.county_notice
    line = notice.lines.get(document=first.reference)
    objection = notices.object_to(line, words="早卖了", contact="", at=notice.published_at)
    now.at = notice.ends_at
    login(client, director_lin)

    [(number, why, on)] = listed(client, "decide", "later")

    assert number == first.number and "提了异议，最晚" in why
    assert on == clock.county_day(objection.due_at).isoformat()
    assert next_to_do(director_lin, BY_KEY["decide"], now.at) == second


def test_a_hand_in_it_takes_a_report_off_drawing_and_computing(client, now, visited, director_lin, clerk_ma):
    first, second = visited
    now.at = first.due_at
    take_part(first.reference, ANSWERS, by=director_lin, at=now.at)
    login(client, director_lin)

    assert (counts(director_lin, now.at)["compute"], counts(clerk_ma, now.at)["compute"]) == (1, 2)
    assert [number for number, _why, _on in listed(client, "compute", "now")] == [second.number]
    [(number, why, on)] = listed(client, "compute", "later")
    assert (number, why[:3], on) == (first.number, "你经手", None)
    page = client.get(reverse("check-list"), {"view": "compute", "when": "later"})
    assert page.context["rows"][0].url == reverse("claim-detail", args=[first.pk])


def test_what_all_share_is_not_computed_one_by_one(client, now, story, lot, finance_bureau, director_lin, cabbage):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, sharing="pro_rata")
    now.at = story.visited(story.filed(lot)).due_at
    login(client, director_lin)

    assert counts(director_lin, now.at)["compute"] == 0
    [(_number, why, on)] = listed(client, "compute", "later")
    assert "12 月 31 日" in why and on is None


def test_after_computing_and_awarding_comes_the_next_of_the_same_view(client, now, visited, clerk_ma, director_lin):
    first, second = visited
    now.at = first.due_at
    login(client, clerk_ma)
    computed = client.post(reverse("claim-compute", args=[first.pk]), {"idem": "1"})
    assert computed["Location"] == reverse("claim-compute", args=[second.pk])
    assert client.post(computed["Location"], {"idem": "2"})["Location"] == f"{reverse('check-list')}?view=compute"
    assert "最后一户" in client.get(reverse("check-list")).content.decode()

    noticing.publish_county_notice(first.scheme, first.household.village.parent, by=clerk_ma, at=now.at)
    first.refresh_from_db()
    now.at = first.county_notice.ends_at
    login(client, director_lin)
    awarded = client.post(reverse("claim-award", args=[first.pk]), {"idem": "3"})
    assert awarded["Location"] == reverse("claim-review", args=[second.pk])
    last = client.post(reverse("claim-award", args=[second.pk]), {"idem": "4"})
    assert last["Location"] == f"{reverse('check-list')}?view=decide"


def test_after_clearing_comes_the_next_once_nothing_of_this_one_is_left(
    client, now, on_notice, director_lin, monkeypatch
):
    first, second = on_notice
    now.at = first.county_notice.ends_at
    looks = [Look(rule, "amber", "看", "看") for rule in ("card", "sold")]
    monkeypatch.setattr(findings, "look", lambda claim, at: looks)
    monkeypatch.setattr(findings, "look_further", lambda claim: [])
    doubts = [
        Finding.objects.create(document=first.reference, rule=rule, colour="amber", title="看", detail="看", at=now.at)
        for rule in ("card", "sold", "no longer seen")
    ][:2]
    login(client, director_lin)

    to = [
        client.post(
            reverse("claim-clear", args=[first.pk]), {"finding": doubt.pk, "reason": "去看过了", "idem": str(doubt.pk)}
        )["Location"]
        for doubt in doubts
    ]

    assert to == [reverse("claim-review", args=[claim.pk]) for claim in (first, second)]


def test_desk_and_api_ask_as_little_for_many_as_for_one(
    client, now, on_notice, director_lin, django_assert_max_num_queries
):
    login(client, director_lin)
    for when in ("now", "later"):
        now.at = on_notice[0].county_notice.ends_at - {"now": 0, "later": 1}[when] * DAY
        for name in ("check-list", "api-claim-list-waiting"):
            with django_assert_max_num_queries(15):
                client.get(reverse(name), {"view": "decide", "when": when})


@pytest.mark.parametrize("asked", [{"view": "nonsense"}, {"view": "village"}, {"view": "decide", "when": "tomorrow"}])
def test_what_a_desk_does_not_have_is_not_answered_with_something_else(client, director_lin, asked):
    login(client, director_lin)

    for name in ("check-list", "api-claim-list-waiting"):
        assert client.get(reverse(name), asked).status_code == 404, name
