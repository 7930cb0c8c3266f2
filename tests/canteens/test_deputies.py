"""An approver names who answers while it is away: of the same buyer, from a day to a day, told, ended by itself."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Message
from canteens.models import ApprovalDeputy
from canteens.selectors.deputies import seats_of
from canteens.services import deputies
from kernel.errors import BadValue
from tests.factories import MONDAY, a_user, an_organisation, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()


@pytest.fixture
def name(school, chair_tan, receiver_wang):
    def named(first=TODAY, last=TODAY + DAY, deputy=receiver_wang, by=chair_tan, unit=school):
        return deputies.name_deputy(unit, deputy.person, first, last, by=by, at=MONDAY)

    return named


def stands_in(user, day):
    return [seat.holder_id for seat in seats_of(user, day)]


@pytest.mark.parametrize(("days", "stands"), [(-1, False), (0, True), (1, True), (2, False)])
def test_a_deputy_stands_from_its_first_day_to_its_last(name, chair_tan, receiver_wang, days, stands):
    name()

    assert stands_in(receiver_wang, TODAY + days * DAY) == [chair_tan.person_id] * stands


def test_a_deputy_has_no_deputy(name, chair_tan, approver_peng, receiver_wang):
    name(deputy=approver_peng)
    name(by=approver_peng)

    assert stands_in(receiver_wang, TODAY) == [approver_peng.person_id]


def test_whoever_lost_the_post_has_no_deputy_any_more(name, chair_tan, receiver_wang):
    name()
    chair_tan.person.memberships.update(to_on=TODAY)

    assert stands_in(receiver_wang, TODAY) == []


def test_the_deputy_is_told_of_beginning_and_end(name, chair_tan, receiver_wang):
    row = name()
    deputies.end_deputy(row, by=chair_tan, at=MONDAY + dt.timedelta(hours=1))

    told = Message.objects.filter(kind__startswith="deputy.").order_by("created_at")
    assert [(message.kind, message.phone) for message in told] == [
        ("deputy.named", receiver_wang.phone), ("deputy.ended", receiver_wang.phone),
    ]  # fmt: skip
    assert "谭主席" in told[0].body and stands_in(receiver_wang, TODAY) == []
    with pytest.raises(BadValue):
        deputies.end_deputy(row, by=chair_tan, at=MONDAY)


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (1, 0), (0, 180)])
def test_days_that_make_no_sense_are_refused(name, first, last):
    with pytest.raises(BadValue):
        name(TODAY + first * DAY, TODAY + last * DAY)


def test_the_longest_time_is_taken(name):
    assert name(TODAY, TODAY + 179 * DAY).to_on == TODAY + 180 * DAY


def test_two_deputies_of_one_approver_do_not_overlap_and_may_follow_each_other(name, approver_peng):
    name()
    with pytest.raises(deputies.AlreadyDeputised):
        name(TODAY + DAY, TODAY + 5 * DAY, deputy=approver_peng)

    name(TODAY + 2 * DAY, TODAY + 5 * DAY, deputy=approver_peng)

    assert ApprovalDeputy.objects.count() == 2


def test_only_people_of_the_same_buyer_answer_and_only_for_approvers(name, county, chair_tan, receiver_wang):
    elsewhere = an_organisation("buyer", "石城县第二中学", county, channel="school")
    stranger = a_user("外人", "receiver", elsewhere)

    for wrong in ({"deputy": stranger}, {"deputy": chair_tan}, {"by": receiver_wang}, {"unit": elsewhere}):
        with pytest.raises(BadValue):
            name(**wrong)

    assert not ApprovalDeputy.objects.exists()


class TestDoors:
    """By page and by program alike."""

    def test_the_page_names_shows_and_ends(self, client, now, school, chair_tan, receiver_wang):
        login(client, chair_tan)
        day = TODAY.isoformat()
        typed = {"deputy": f"{school.pk}:{receiver_wang.person_id}", "from_on": day, "last_on": day, "idem": "k"}

        wrong = client.post(reverse("deputy-list"), typed | {"last_on": "2026-10-01"})
        assert wrong.status_code == 400 and f'value="{day}"' in wrong.content.decode()
        client.post(reverse("deputy-list"), typed | {"idem": "k2"})

        row = ApprovalDeputy.objects.get()
        assert "王保管替你顶班" in client.get(reverse("deputy-list")).content.decode()
        login(client, receiver_wang)
        assert "你替谭主席顶班" in client.get(reverse("deputy-list")).content.decode()
        assert client.post(reverse("deputy-list"), typed | {"idem": "k3"}).status_code == 403
        login(client, chair_tan)
        client.post(reverse("deputy-end", args=[row.pk]), {"idem": "e"})
        assert "没有人替你顶班" in client.get(reverse("deputy-list")).content.decode()

    def test_a_program_names_once_and_ends(self, client, now, school, chair_tan, receiver_wang):
        login(client, chair_tan)
        [one] = [row for row in client.get(reverse("api-deputy-people")).json() if row["name"] == "王保管"]
        asked = {"buyer": school.pk, "deputy": one["deputy"], "from_on": "2026-11-02", "last_on": "2026-11-03"}

        for _again in range(2):
            answer = client.post(
                reverse("api-deputy-list"), asked, "application/json", headers={"Idempotency-Key": "k"}
            )
            assert (answer.status_code, answer.json()["to_on"]) == (201, "2026-11-04")
        assert client.get(reverse("api-deputy-list")).json()["results"] == [answer.json()]
        stranger = asked | {"deputy": str(uuid.uuid4())}
        refused = client.post(
            reverse("api-deputy-list"), stranger, "application/json", headers={"Idempotency-Key": "s"}
        )
        assert refused.status_code == 400
        ended = client.post(reverse("api-deputy-end", args=[answer.json()["id"]]), headers={"Idempotency-Key": "e"})
        assert (ended.status_code, ended.json()["to_on"]) == (200, "2026-11-02")
