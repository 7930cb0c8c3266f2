"""Households that are one, and households that part: merged and split by two clerks."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import CoopMember, Household, HouseholdMember, Message, User
from accounts.selectors import standing, tier_on, users_of_household
from accounts.services import coops, people
from accounts.services.households import Merged, TierTooLate
from accounts.services.members import HeadStays
from catalog.models import Listing
from catalog.permissions import managed_by
from kernel.entering import entering
from kernel.errors import BadValue, DomainError
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests import factories
from tests.factories import LONG_AGO, MONDAY, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()


@pytest.fixture
def second_clerk(relief_clerk):
    return factories.a_user("肖干事", "relief_clerk", relief_clerk.person.memberships.get().organisation)


@pytest.fixture
def son(xiuying_household):
    son = factories.a_user("黄小明")
    people.add_member(xiuying_household, son.person, from_on=LONG_AGO)
    return son


@pytest.fixture
def daughter(xiuying_household):
    daughter = factories.a_person("黄小英")
    people.add_member(xiuying_household, daughter, from_on=LONG_AGO)
    return daughter


def merging(household, into):
    return {"household": household.number, "into": into.number}


def splitting(household, head, *others, **values):
    return {
        "household": household.number,
        "head": head.id_number,
        "others": " ".join(person.id_number for person in others),
        "number": "",
        "village": household.village_id,
        "phone": "",
        "people": 2,
        "tier": "ordinary",
        "cause": "",
        "from_on": TODAY.isoformat(),
    } | values


def propose(register, by, content, at=MONDAY):
    return changes.propose(register, [content], document_number="户籍证明", by=by, at=at)


@pytest.fixture
def merged(guiying, guiying_household, xiuying_household, relief_clerk, second_clerk, cabbage):
    """Guiying's household, one lot on sale, merged into Xiuying's by two clerks."""
    factories.a_listing(guiying_household, cabbage, kg=80, by=guiying)
    change = propose("merges", relief_clerk, merging(guiying_household, xiuying_household))
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=relief_clerk, at=MONDAY)
    changes.confirm(change, by=second_clerk, at=MONDAY)
    guiying_household.refresh_from_db()
    return guiying_household


def test_a_merged_household_keeps_its_rows_and_its_members_act_for_the_survivor(merged, guiying, xiuying_household):
    assert (merged.merged_into, merged.merged_at) == (xiuying_household, MONDAY)
    again = User.objects.get(pk=guiying.pk)
    assert standing(again).household == xiuying_household
    assert list(HouseholdMember.objects.filter(person=guiying.person).values_list("ending", flat=True)) == ["moved", ""]
    assert set(users_of_household(merged)) == set(users_of_household(xiuying_household))
    told = Message.objects.filter(kind="household.merged")
    assert {message.household for message in told} == {merged, xiuying_household}


def test_the_open_lots_of_a_merged_household_go_on_in_the_survivors_hands(merged, xiuying):
    [lot] = Listing.objects.filter(household=merged)

    assert lot.status == "on_sale" and lot in managed_by(User.objects.get(pk=xiuying.pk))


def test_a_merged_household_lists_nothing_more(merged, cadre_liu, cabbage):
    with pytest.raises(Merged):
        factories.a_listing(merged, cabbage, by=cadre_liu, consent="phone")


@pytest.mark.parametrize("pair", ["itself", "merged again", "into a merged one", "the survivor", "nobody"])
def test_what_is_no_merge_is_refused(merged, xiuying_household, changxi, relief_clerk, pair):
    other = factories.a_household(changxi, card=False)
    household, into = {
        "itself": (other, other),
        "merged again": (merged, other),
        "into a merged one": (other, merged),
        "the survivor": (xiuying_household, other),
        "nobody": (other, Household(number="R0")),
    }[pair]

    with pytest.raises(DomainError):
        propose("merges", relief_clerk, merging(household, into))


def test_two_proposals_in_a_circle_end_with_the_first(xiuying_household, guiying_household, relief_clerk, second_clerk):
    there = propose("merges", relief_clerk, merging(xiuying_household, guiying_household))
    back = propose("merges", relief_clerk, merging(guiying_household, xiuying_household))
    changes.confirm(there, by=second_clerk, at=MONDAY)

    with pytest.raises(Merged):
        changes.confirm(back, by=second_clerk, at=MONDAY)


def test_a_merged_household_is_changed_no_more(merged, relief_clerk):
    content = {
        "household": str(merged.pk),
        "tier": "lifted",
        "cause": "",
        "from_on": TODAY.isoformat(),
        "village": merged.village_id,
        "phone": "",
        "people": 3,
    }
    with pytest.raises(Merged):
        propose("households", relief_clerk, content)


# --- Split --------------------------------------------------------------------------------------------


def test_members_set_up_a_household_of_their_own_and_lots_stay(
    xiuying, xiuying_household, son, daughter, cabbage, relief_clerk, second_clerk
):
    lot = factories.a_listing(xiuying_household, cabbage, by=xiuying)
    changes.confirm(
        propose("splits", relief_clerk, splitting(xiuying_household, son.person, daughter)), by=second_clerk, at=MONDAY
    )

    new = Household.objects.get(split_from=xiuying_household)
    assert (new.head, new.people, tier_on(new, TODAY), tier_on(new, TODAY - DAY)) == (
        son.person, 2, "ordinary", "ordinary",
    )  # fmt: skip
    assert {row.person for row in new.members.all()} == {son.person, daughter}
    assert [row.person for row in xiuying_household.members.filter(to_on=None)] == [xiuying.person]
    xiuying_household.refresh_from_db()
    lot.refresh_from_db()
    assert xiuying_household.people == 2 and lot.household == xiuying_household
    assert standing(User.objects.get(pk=son.pk)).household == new


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"head": "head"}, HeadStays),
        ({"head": "stranger"}, BadValue),
        ({"others": "twice"}, BadValue),
        ({"people": 1}, BadValue),
        ({"from_on": (TODAY + DAY).isoformat()}, TierTooLate),
        ({"from_on": "1990-01-01"}, BadValue),
        ({"number": "taken"}, BadValue),
    ],
)
def test_what_is_no_split_is_refused(xiuying_household, son, daughter, relief_clerk, values, refusal):
    words = {
        "head": xiuying_household.head.id_number,
        "stranger": factories.a_person("外人").id_number,
        "twice": son.person.id_number,
        "taken": xiuying_household.number,
    }
    asked = {name: words.get(value, value) for name, value in values.items()}

    with pytest.raises(refusal):
        propose("splits", relief_clerk, splitting(xiuying_household, son.person, daughter) | asked)


# --- Pages and programs -------------------------------------------------------------------------------


def typed(content):
    return {"idem": uuid.uuid4().hex, "document_number": "户籍证明"} | content


@pytest.mark.parametrize("register", ["merges", "splits"])
def test_two_clerks_on_the_pages(
    client, now, register, xiuying_household, guiying_household, son, relief_clerk, second_clerk
):
    content = {
        "merges": merging(guiying_household, xiuying_household),
        "splits": splitting(xiuying_household, son.person, village="长溪村", people=1),
    }[register]
    login(client, relief_clerk)
    new = reverse("register-new", args=[register])
    assert client.get(new).status_code == 200
    sent = client.post(new, typed(content))
    login(client, second_clerk)
    assert "黄*" in client.get(sent.url).content.decode()
    client.post(reverse("register-change-confirm", args=[RegisterChange.objects.get().pk]), {"idem": "1"})

    page = client.get(reverse("register", args=[register])).content.decode()
    assert xiuying_household.number in page


def test_two_clerks_through_programs(client, now, xiuying_household, guiying_household, relief_clerk, second_clerk):
    login(client, relief_clerk)
    sent = client.post(
        reverse("api-register-propose", args=["merges"]),
        {"document_number": "1", "rows": [merging(guiying_household, xiuying_household)]},
        content_type="application/json",
        headers={"Idempotency-Key": "a" * 16},
    )
    login(client, second_clerk)
    client.post(reverse("api-register-change-confirm", args=[sent.json()["id"]]), headers={"Idempotency-Key": "b" * 16})

    guiying_household.refresh_from_db()
    assert guiying_household.merged_into == xiuying_household


def test_no_cooperative_sells_for_a_household_that_was_merged(
    guiying_household, xiuying_household, relief_clerk, second_clerk, county
):
    coop = factories.an_organisation("cooperative", "屏山果蔬专业合作社", county)
    manager = factories.a_user("合作社黄主任", "coop_manager", coop)
    with entering("elsewhere"):
        for household in (guiying_household, xiuying_household):
            coops.join(household, coop, from_on=LONG_AGO, to_on=None)
    mandates = [factories.a_mandate(household, coop) for household in (guiying_household, xiuying_household)]
    later = factories.a_mandate(guiying_household, coop, from_on=TODAY + 9 * DAY)
    change = propose("merges", relief_clerk, merging(guiying_household, xiuying_household))
    assert "退出屏山果蔬专业合作社" in str(changes.notes_of(change, at=MONDAY))

    changes.confirm(change, by=second_clerk, at=MONDAY)

    for row in (*mandates, later):
        row.refresh_from_db()
    assert [mandate.to_on for mandate in (*mandates, later)] == [TODAY, None, later.from_on]
    members = CoopMember.objects.order_by("to_on")
    assert [(member.household, member.to_on) for member in members] == [
        (guiying_household, TODAY),
        (xiuying_household, None),
    ]
    told = Message.objects.filter(kind="mandate.ended")
    assert manager.phone in {message.phone for message in told} and told.filter(household=guiying_household).exists()
