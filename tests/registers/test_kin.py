"""Declared kin: a person is put down as kin of a household by two clerks, and decides nothing about it from then on."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Kin
from accounts.selectors import households_tied_to, standing
from accounts.services.households import merge
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_name
from records.services.participation import AlreadyTookPart, HasInterest
from registers.models import RegisterChange
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()


@pytest.fixture
def office(relief_clerk):
    return relief_clerk.person.memberships.get().organisation


@pytest.fixture
def second_clerk(office):
    return factories.a_user("肖干事", "relief_clerk", office)


@pytest.fixture
def third_clerk(office):
    return factories.a_user("曾干事", "relief_clerk", office)


def declaring(person, household, **values):
    return {
        "name": person.name,
        "id_number": person.id_number,
        "household": household.number,
        "relation": "兄弟",
    } | values


def propose(by, content, register="kin", at=MONDAY):
    return changes.propose(register, [content], document_number="亲属申报表 3 号", by=by, at=at)


@pytest.fixture
def kin(xiuying_household, relief_clerk, second_clerk, third_clerk):
    """The second clerk is declared kin of Xiuying's household."""
    change = propose(relief_clerk, declaring(second_clerk.person, xiuying_household))
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=relief_clerk, at=MONDAY)
    changes.confirm(change, by=third_clerk, at=MONDAY)
    return Kin.objects.get()


def test_kin_stand_from_the_day_they_are_confirmed(kin, second_clerk, xiuying_household):
    assert (kin.person, kin.household, kin.from_on, kin.to_on) == (second_clerk.person, xiuying_household, TODAY, None)


def test_kin_are_tied_to_the_household_until_the_end_is_confirmed(
    kin, xiuying_household, relief_clerk, second_clerk, third_clerk, now
):
    now.at = MONDAY
    assert xiuying_household.pk in households_tied_to(second_clerk)
    ends = {"kin": str(kin.pk), "to_on": (TODAY + 2 * DAY).isoformat()}
    changes.confirm(propose(relief_clerk, ends), by=third_clerk, at=MONDAY)

    now.at = MONDAY + DAY
    assert xiuying_household.pk in households_tied_to(second_clerk)
    now.at = MONDAY + 2 * DAY
    assert xiuying_household.pk not in households_tied_to(second_clerk)


def test_kin_of_a_household_are_kin_of_the_one_it_counts_by(kin, second_clerk, xiuying_household, guiying_household):
    merge(xiuying_household, guiying_household, at=MONDAY)
    again = factories.a_user("肖干事", person=second_clerk.person)

    assert {xiuying_household.pk, guiying_household.pk} <= households_tied_to(again)
    assert {xiuying_household.pk, guiying_household.pk} <= standing(again).kin


@pytest.mark.parametrize("register", ["households", "members", "merges", "splits", "cards", "kin"])
def test_kin_confirm_nothing_of_the_household(
    register, kin, xiuying_household, guiying_household, relief_clerk, second_clerk, third_clerk
):
    son = factories.a_person("黄小明")
    factories.people.add_member(xiuying_household, son, from_on=factories.LONG_AGO)
    number = xiuying_household.number
    content = {
        "households": {
            "household": str(xiuying_household.pk), "tier": "marginal", "cause": "illness",
            "from_on": TODAY.isoformat(), "village": xiuying_household.village_id, "phone": "", "people": 3,
        },
        "members": {"household": number, "name": "黄小英", "id_number": factories.a_person("黄小英").id_number,
                    "phone": "", "from_on": TODAY.isoformat()},
        "merges": {"household": guiying_household.number, "into": number},
        "splits": {
            "household": number, "head": son.id_number, "others": "", "number": "", "people": 1, "tier": "ordinary",
            "village": xiuying_household.village_id, "phone": "", "cause": "", "from_on": TODAY.isoformat(),
        },
        "cards": {"owner": number, "holder": "黄秀英", "number": factories.a_card_number(880_001),
                  "bank": "石城农商银行", "lost": False},
        "kin": {"kin": str(kin.pk), "to_on": (TODAY + DAY).isoformat()},
    }[register]  # fmt: skip
    change = propose(relief_clerk, content, register)

    with pytest.raises(HasInterest):
        changes.confirm(change, by=second_clerk, at=MONDAY)
    changes.confirm(change, by=third_clerk, at=MONDAY)


def test_kin_on_a_post_answer_on_no_paper_for_the_household(xiuying_household, coop_manager, cadre_wu):
    Kin.objects.create(person=cadre_wu.person, household=xiuying_household, relation="兄弟", from_on=TODAY)
    content = {
        "household": xiuying_household.number,
        "cooperative": coop_manager.person.memberships.get().organisation.name,
        "from_on": TODAY.isoformat(),
        "to_on": None,
    }
    change = propose(coop_manager, content, "coop-members")

    with pytest.raises(HasInterest):
        changes.confirm(change, by=cadre_wu, at=MONDAY)


@pytest.mark.parametrize("case", ["member", "twice", "nobody", "other name", "no household", "merged"])
def test_what_is_no_kin_is_refused(case, kin, second_clerk, xiuying, xiuying_household, changxi, relief_clerk):
    gone = factories.a_household(changxi, card=False)
    merge(gone, xiuying_household, at=MONDAY)
    other = factories.a_household(changxi, card=False)
    content = {
        "member": declaring(xiuying.person, xiuying_household),
        "twice": declaring(second_clerk.person, xiuying_household),
        "nobody": declaring(second_clerk.person, other, id_number="110101198001010010"),
        "other name": declaring(second_clerk.person, other, name="别人"),
        "no household": declaring(second_clerk.person, other) | {"household": "R0"},
        "merged": declaring(second_clerk.person, gone),
    }[case]

    with pytest.raises(DomainError):
        propose(relief_clerk, content)


@pytest.mark.parametrize("days", [-1, 0])
def test_kin_end_after_the_day_they_began(kin, relief_clerk, days):
    with pytest.raises(BadValue):
        propose(relief_clerk, {"kin": str(kin.pk), "to_on": (TODAY + days * DAY).isoformat()})


def test_an_end_is_written_once(kin, relief_clerk, third_clerk):
    ends = {"kin": str(kin.pk), "to_on": (TODAY + DAY).isoformat()}
    changes.confirm(propose(relief_clerk, ends), by=third_clerk, at=MONDAY)

    with pytest.raises(BadValue):
        propose(relief_clerk, ends)


def test_two_clerks_on_the_pages(client, now, xiuying_household, relief_clerk, second_clerk, third_clerk):
    login(client, relief_clerk)
    new = reverse("register-new", args=["kin"])
    assert client.get(new).status_code == 200
    typed = {"idem": uuid.uuid4().hex, "document_number": "3"} | declaring(second_clerk.person, xiuying_household)
    sent = client.post(new, typed)
    login(client, third_clerk)
    assert "从今天起" in client.get(sent.url).content.decode()
    client.post(reverse("register-change-confirm", args=[RegisterChange.objects.get().pk]), {"idem": "1"})

    page = client.get(reverse("register", args=["kin"]), {"state": "now"}).content.decode()
    assert mask_name("肖干事") in page and "肖干事" not in page
    edit = reverse("register-edit", args=["kin", Kin.objects.get().pk])
    ends = {"idem": uuid.uuid4().hex, "document_number": "4", "kin": str(Kin.objects.get().pk)}
    client.post(edit, ends | {"to_on": (TODAY + DAY).isoformat()})
    assert RegisterChange.objects.count() == 2
    ended = client.get(reverse("api-register", args=["kin"]), {"state": "ended"}).json()
    assert ended["results"] == []


def test_two_clerks_through_programs(client, now, xiuying_household, relief_clerk, second_clerk, third_clerk):
    login(client, relief_clerk)
    sent = client.post(
        reverse("api-register-propose", args=["kin"]),
        {"document_number": "1", "rows": [declaring(second_clerk.person, xiuying_household)]},
        content_type="application/json",
        headers={"Idempotency-Key": "a" * 16},
    )
    login(client, third_clerk)
    client.post(reverse("api-register-change-confirm", args=[sent.json()["id"]]), headers={"Idempotency-Key": "b" * 16})

    assert Kin.objects.get().person == second_clerk.person
