"""Who has how much on the table: counted by township and step, by person, by rule, for whoever leads the work."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Role
from catalog.services.kilos import KiloMove, move_kilos
from losses.pages.workload import step_words, workload
from losses.services import answering, findings, objecting
from records.services import notices
from tests import factories
from tests.factories import MONDAY, THURSDAY, TUESDAY, login
from tests.losses.steps import AWARDED_AT, KG

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(bureau):
    return factories.a_user("钟局长", Role.HEAD_OF_OFFICE, bureau)


@pytest.fixture
def busy(story, lot, neighbours_lot, clerk_ma):
    """Award one report, leave one with the township."""
    claim = story.computed(story.filed(lot))
    story.village_checked(story.filed(neighbours_lot))
    return claim


def test_what_waits_is_counted_by_township_and_step_with_what_is_late(busy, head):
    at = MONDAY + dt.timedelta(days=60)
    steps = workload(head, at).steps

    assert [(row.step, row.waiting, row.late) for row in steps] == [("乡镇核实", 1, 1), ("县级公示", 1, 1)]


def test_each_persons_acts_are_counted_and_masked(busy, head):
    people = {row.name: row for row in workload(head, TUESDAY + dt.timedelta(days=9)).people}

    assert sorted((row.checked, row.visited, row.computed) for row in people.values()) == [
        (0, 0, 1), (0, 1, 0), (0, 1, 0), (1, 0, 0), (2, 0, 0),
    ]  # fmt: skip
    assert not any(name in ("吴干部", "马干事") for name in people)
    assert workload(head, AWARDED_AT + dt.timedelta(days=400)).people == []


def test_an_open_visit_waits_for_its_two(story, lot, head):
    visit = story.drawn(story.filed(lot))

    waiting = [row.visits for row in workload(head, visit.drawn_at).people]
    assert sorted(waiting) == [0, 0, 1, 1]


def test_what_each_rule_saw_and_what_came_of_it(story, lot, clerk_ma, cadre_wu, head):
    move_kilos([KiloMove(lot.pk, "free", "reserved", 10 * KG, "a:1")], by=None, at=MONDAY)
    move_kilos([KiloMove(lot.pk, "reserved", "sold", 10 * KG, "a:2")], by=None, at=MONDAY)
    claim = story.filed(lot, kg=50, happened_on=MONDAY.date() - dt.timedelta(days=1))
    doubt = findings.latest_findings(claim)["already_sold"]
    findings.clear_finding(doubt, claim, reason="看过", by=clerk_ma, at=TUESDAY)
    answering.refuse(claim, code="other", reason="看不清楚", by=cadre_wu, at=TUESDAY)

    [row] = [row for row in workload(head, TUESDAY).rules if row.rule == doubt.title]
    assert (row.seen, row.cleared, row.refused) == (1, 1, 1)


def test_what_villages_said_of_what_they_read(story, lot, neighbours_lot, director_lin, head):
    notice = story.on_village_notice(story.filed(lot), story.filed(neighbours_lot))
    first, second = notice.lines.order_by("pk")
    right = notices.object_to(first, words="早卖了", contact="", at=THURSDAY)
    wrong = notices.object_to(second, words="没烂", contact="", at=THURSDAY)
    waits = notices.object_to(second, words="真没烂", contact="", at=THURSDAY)
    objecting.answer_objection(right, upheld=True, reason="sold", answer="卖了", by=director_lin, at=notice.ends_at)
    objecting.answer_objection(
        wrong, upheld=False, reason="as_shown", answer="烂了", by=director_lin, at=notice.ends_at
    )
    assert waits.status == "open"

    [voice] = workload(head, notice.ends_at).villages
    assert (voice.village, voice.published) == (lot.household.village.name, 2)
    assert (voice.objections, voice.right, voice.rejected) == (3, 1, 1)


def test_page_and_api_agree(client, busy, head, clerk_ma, xiuying, django_assert_max_num_queries):
    login(client, head)
    with django_assert_max_num_queries(20):
        page = client.get(reverse("relief-workload")).content.decode()
    told = client.get(reverse("api-relief-workload")).json()
    assert all(row["township"] in page and step_words(row["step"]) in page for row in told["steps"])
    assert [row["published"] for row in told["villages"]] == [1]
    assert told["villages"][0]["village"] in page
    years = {row["step"]: row["due_first"][:4] for row in told["steps"]}
    assert years == dict.fromkeys(("township", "county"), f"{MONDAY.year}")
    login(client, clerk_ma)
    assert reverse("relief-workload") in client.get(reverse("check-list")).content.decode()
    login(client, xiuying)
    assert client.get(reverse("relief-workload")).status_code == 403
