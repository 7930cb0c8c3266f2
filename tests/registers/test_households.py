"""The register of households: a kind counts from a day on, and two clerks enter and change what a document says."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Household, Message, User
from accounts.selectors import tier_on
from accounts.services import people
from accounts.services.households import NotWatched, TierTooEarly, TierTooLate
from kernel.errors import BadValue
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange, RegisterChangeRow
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, an_id_number, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()


@pytest.fixture
def second_clerk(relief_clerk):
    return factories.a_user("肖干事", "relief_clerk", relief_clerk.person.memberships.get().organisation)


def new(village, **values):
    return {
        "number": "",
        "name": "谢春生",
        "id_number": an_id_number(77_001),
        "phone": "13900077001",
        "village": village.code,
        "people": 3,
        "tier": "sudden",
        "cause": "illness",
        "from_on": TODAY.isoformat(),
    } | values


def other(household, **values):
    return {
        "household": str(household.pk),
        "tier": "lifted",
        "cause": "",
        "from_on": TODAY.isoformat(),
        "village": household.village_id,
        "phone": household.phone,
        "people": household.people,
    } | values


def propose(by, content, at=MONDAY):
    return changes.propose("households", [content], document_number="石乡振〔2026〕8号", by=by, at=at)


def test_a_household_is_entered_by_two_clerks(changxi, relief_clerk, second_clerk):
    change = propose(relief_clerk, new(changxi))
    assert not Household.objects.exists()
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=relief_clerk, at=MONDAY)

    changes.confirm(change, by=second_clerk, at=MONDAY)

    household = Household.objects.get()
    tier = household.tiers.get()
    assert (household.head_name, household.people, tier.tier, tier.cause) == ("谢春生", 3, "sudden", "illness")
    assert User.objects.get(person=household.head).phone == "13900077001"
    assert household.members.get().person == household.head


def test_another_kind_closes_the_old_one_on_its_day(xiuying_household, relief_clerk, second_clerk):
    content = other(xiuying_household, tier="marginal", cause="disaster", from_on=(TODAY - 3 * DAY).isoformat())

    changes.confirm(propose(relief_clerk, content), by=second_clerk, at=MONDAY)

    days = [TODAY - 4 * DAY, TODAY - 3 * DAY, TODAY]
    assert [tier_on(xiuying_household, day) for day in days] == ["lifted", "marginal", "marginal"]
    assert xiuying_household.tiers.get(to_on=None).cause == "disaster"


def test_risk_removed_is_a_kind_of_its_own(xiuying_household, relief_clerk, second_clerk):
    for number, (tier, cause) in enumerate([("marginal", "disaster"), ("cleared", "")]):
        at = MONDAY + number * DAY
        content = other(xiuying_household, tier=tier, cause=cause, from_on=at.date().isoformat())
        changes.confirm(propose(relief_clerk, content, at=at), by=second_clerk, at=at)

    assert [row.tier for row in xiuying_household.tiers.order_by("from_on")] == ["lifted", "marginal", "cleared"]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"tier": "marginal", "from_on": "2000-01-01"}, TierTooEarly),
        ({"tier": "marginal", "from_on": (TODAY + DAY).isoformat()}, TierTooLate),
        ({"tier": "marginal", "from_on": ""}, BadValue),
        ({"tier": "ordinary", "cause": "illness"}, NotWatched),
        ({"village": "360735102000"}, people.NotAVillage),
        ({}, changes.NothingChanges),
    ],
)
def test_what_cannot_be_is_refused(xiuying_household, relief_clerk, values, refusal):
    with pytest.raises(refusal):
        propose(relief_clerk, other(xiuying_household, **values))


@pytest.mark.parametrize("values", [{"name": "黄秀英"}, {"name": "别名"}])
def test_the_head_of_a_household_heads_no_second_one(xiuying_household, changxi, relief_clerk, values):
    theirs = new(changxi, id_number=xiuying_household.head.id_number, **values)

    with pytest.raises((people.AlreadyInHousehold, BadValue)):
        propose(relief_clerk, theirs)


def test_a_new_phone_is_told_on_both_and_serves_to_sign_in(xiuying, xiuying_household, relief_clerk, second_clerk):
    old = xiuying_household.phone
    User.objects.filter(pk=xiuying.pk).update(phone_index=xiuying_household.phone_index)

    changes.confirm(propose(relief_clerk, other(xiuying_household, phone="13900077002")), by=second_clerk, at=MONDAY)

    xiuying.refresh_from_db()
    assert xiuying.phone == "13900077002" and not xiuying.phone_verified
    assert {message.phone for message in Message.objects.filter(kind="household.phone")} == {old, "13900077002"}


def test_a_shared_phone_is_a_fact_and_no_fault(xiuying_household, guiying_household, relief_clerk, second_clerk):
    change = propose(relief_clerk, other(xiuying_household, phone=guiying_household.phone))

    assert any(guiying_household.number in note for note in changes.notes_of(change, at=MONDAY))
    changes.confirm(change, by=second_clerk, at=MONDAY)
    xiuying_household.refresh_from_db()
    assert xiuying_household.phone == guiying_household.phone


def test_what_changed_meanwhile_is_not_confirmed(xiuying_household, relief_clerk, second_clerk):
    change = propose(relief_clerk, other(xiuying_household, people=6))
    Household.objects.filter(pk=xiuying_household.pk).update(people=5)

    with pytest.raises(changes.ChangedSince):
        changes.confirm(change, by=second_clerk, at=MONDAY)


def test_nobody_is_named_where_it_waits(changxi, relief_clerk):
    propose(relief_clerk, new(changxi))

    row = RegisterChangeRow.objects.get()
    shown = str([row.title, row.subject, row.facts, row.content_sealed])
    assert "谢春生" not in shown and an_id_number(77_001) not in shown and "13900077001" not in shown


# --- Pages and programs -------------------------------------------------------------------------------


@pytest.fixture
def at_nine(now):
    return now


def typed(content):
    return {"idem": uuid.uuid4().hex, "document_number": "石乡振〔2026〕9号"} | content


def test_two_clerks_on_the_pages(client, at_nine, xiuying_household, relief_clerk, second_clerk):
    login(client, relief_clerk)
    page = client.get(reverse("register", args=["households"]), {"q": xiuying_household.number}).content.decode()
    assert "脱贫户" in page and "黄*英" in page and "黄秀英" not in page and reverse("household-import") in page
    edit = reverse("register-edit", args=["households", xiuying_household.pk])
    assert "屏山镇长溪村" in client.get(edit).content.decode()
    sent = client.post(edit, typed(other(xiuying_household, tier="unstable", cause="work", village="长溪村")))

    change = RegisterChange.objects.get()
    assert sent.url == reverse("register-change", args=[change.pk])
    page = client.get(sent.url).content.decode()
    assert "脱贫不稳定户" in page and "因务工就业不稳" in page
    login(client, second_clerk)
    client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"})

    listed = client.get(reverse("register", args=["households"]), {"tier": "unstable", "village": "屏山"})
    assert xiuying_household.number in listed.content.decode()
    assert tier_on(xiuying_household, TODAY) == "unstable"


def test_two_clerks_through_programs(client, at_nine, xiuying_household, relief_clerk, second_clerk):
    login(client, relief_clerk)
    asked = {"document_number": "1", "change": True, "rows": [other(xiuying_household, tier="unstable")]}
    sent = client.post(
        reverse("api-register-propose", args=["households"]),
        asked,
        content_type="application/json",
        headers={"Idempotency-Key": "a" * 16},
    )
    assert sent.status_code == 201, sent.content
    login(client, second_clerk)
    done = client.post(
        reverse("api-register-change-confirm", args=[sent.json()["id"]]), headers={"Idempotency-Key": "b" * 16}
    )

    assert done.status_code == 200 and tier_on(xiuying_household, TODAY) == "unstable"
    rows = client.get(reverse("api-register", args=["households"]), {"tier": "unstable"}).json()["results"]
    assert [row["cells"]["number"] for row in rows] == [xiuying_household.number]


def test_others_find_no_register_of_households(client, at_nine, xiuying_household, cadre_liu):
    login(client, cadre_liu)

    assert client.get(reverse("register", args=["households"])).status_code == 403
    assert client.get(reverse("register-edit", args=["households", xiuying_household.pk])).status_code == 403


def test_the_list_asks_no_more_with_more_households(
    client, at_nine, changxi, relief_clerk, django_assert_max_num_queries
):
    login(client, relief_clerk)
    for _number in range(30):
        factories.a_household(changxi, card=False)

    with django_assert_max_num_queries(12):
        assert client.get(reverse("register", args=["households"])).status_code == 200
