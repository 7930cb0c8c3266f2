"""The register of members: people come into a household, leave it and die; who is of it today acts for it."""

import datetime as dt
import io
import uuid

import pytest
from django.urls import reverse

from accounts.models import HouseholdMember, Message, User
from accounts.selectors import standing, users_of_household
from accounts.services import people, register
from accounts.services.members import HeadStays, NotOfToday, OutOfOrder
from kernel.errors import BadValue
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange, RegisterChangeRow
from registers.pages import missing
from registers.services import changes
from tests import factories
from tests.accounts.test_register import a_row, as_csv
from tests.factories import LONG_AGO, MONDAY, an_id_number, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()
SON = an_id_number(78_001, born=dt.date(2001, 5, 1))


@pytest.fixture
def second_clerk(relief_clerk):
    return factories.a_user("肖干事", "relief_clerk", relief_clerk.person.memberships.get().organisation)


@pytest.fixture
def son(xiuying_household):
    """He lives with his mother and has a phone of his own."""
    son = factories.a_user("黄小明")
    people.add_member(xiuying_household, son.person, from_on=LONG_AGO)
    return son


def joins(household, **values):
    content = {"household": household.number, "name": "黄小明", "id_number": SON, "phone": "13900078001"}
    return content | {"from_on": TODAY.isoformat()} | values


def becomes(person, what, on=TODAY):
    member = person.household_memberships.get(to_on=None)
    return {"member": member.pk, "what": what, "on": on.isoformat() if on else ""}


def propose(by, content, at=MONDAY):
    return changes.propose("members", [content], document_number="户口簿", by=by, at=at)


def decided(first, second, content, at=MONDAY):
    return changes.confirm(propose(first, content, at=at), by=second, at=at)


def test_somebody_comes_into_a_household_by_two_clerks(xiuying_household, relief_clerk, second_clerk):
    change = propose(relief_clerk, joins(xiuying_household))
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=relief_clerk, at=MONDAY)

    changes.confirm(change, by=second_clerk, at=MONDAY)

    assert standing(people.account_of_phone("13900078001")).household == xiuying_household
    shown = str(list(RegisterChangeRow.objects.values_list("title", "subject", "facts", "content_sealed")))
    assert "黄小明" not in shown and SON not in shown


def test_a_person_belongs_to_one_household_at_a_time(
    son, xiuying_household, guiying_household, relief_clerk, second_clerk
):
    there = joins(guiying_household, name="黄小明", id_number=son.person.id_number, phone="")
    with pytest.raises(people.AlreadyInHousehold):
        propose(relief_clerk, there)
    decided(relief_clerk, second_clerk, becomes(son.person, "left"))
    with pytest.raises(people.AlreadyInHousehold):  # on the days on which he was still at home
        propose(relief_clerk, there | {"from_on": (TODAY - DAY).isoformat()})

    decided(relief_clerk, second_clerk, there)

    assert standing(User.objects.get(pk=son.pk)).household == guiying_household
    assert [row.ending for row in HouseholdMember.objects.filter(person=son.person).order_by("pk")] == ["left", ""]


def test_who_left_no_longer_acts_for_the_household(son, xiuying_household, relief_clerk, second_clerk):
    assert standing(User.objects.get(pk=son.pk)).household == xiuying_household

    decided(relief_clerk, second_clerk, becomes(son.person, "left"))

    assert standing(User.objects.get(pk=son.pk)).household_id is None
    assert not users_of_household(xiuying_household).exists()


@pytest.mark.parametrize(
    ("what", "on", "refusal"),
    [
        ("left", TODAY, HeadStays),
        ("died", TODAY + DAY, OutOfOrder),
        ("died", dt.date(1990, 1, 1), OutOfOrder),
        ("died", None, BadValue),
        ("heads", TODAY, BadValue),
    ],
)
def test_what_cannot_happen_to_a_head_is_refused(xiuying, relief_clerk, what, on, refusal):
    with pytest.raises(refusal):
        propose(relief_clerk, becomes(xiuying.person, what, on))


def test_a_head_who_died_signs_in_no_more_and_another_member_heads_the_household(
    xiuying, son, xiuying_household, relief_clerk, second_clerk
):
    death = propose(relief_clerk, becomes(xiuying.person, "died"))
    notes = " ".join(changes.notes_of(death, at=MONDAY))
    assert "户主" in notes and "换卡" in notes

    changes.confirm(death, by=second_clerk, at=MONDAY)

    xiuying.refresh_from_db()
    assert not xiuying.is_active and xiuying.person.died_on == TODAY
    assert list(users_of_household(xiuying_household)) == [son]
    assert "尾号" in Message.objects.get(kind="member.died").body
    said = [finding.register for finding in missing.findings(MONDAY) if finding.register in ("members", "cards")]
    assert said == ["members", "cards"]

    decided(relief_clerk, second_clerk, becomes(son.person, "heads", None))

    xiuying_household.refresh_from_db()
    assert (xiuying_household.head, xiuying_household.head_name) == (son.person, "黄小明")
    assert "members" not in [finding.register for finding in missing.findings(MONDAY)]


def test_the_phone_of_who_died_serves_whoever_heads_the_household_next(
    changxi, relief_clerk, second_clerk, xiuying_household
):
    old = people.register_account(phone=xiuying_household.phone, person=xiuying_household.head, at=MONDAY)
    daughter = factories.a_person("黄小英")
    people.add_member(xiuying_household, daughter, from_on=LONG_AGO)

    decided(relief_clerk, second_clerk, becomes(old.person, "died"))
    decided(relief_clerk, second_clerk, becomes(daughter, "heads", None))

    assert people.account_of_phone(xiuying_household.phone).person == daughter


def test_a_death_ends_the_posts_and_no_post_is_given_to_the_dead(
    xiuying, cadre_liu, xiuying_household, committee, relief_clerk, second_clerk, security_wu, head_zhong
):
    people.add_member(xiuying_household, cadre_liu.person, from_on=LONG_AGO)

    decided(relief_clerk, second_clerk, becomes(cadre_liu.person, "died"))

    assert standing(User.objects.get(pk=cadre_liu.pk)).posts == []
    post = {
        "name": cadre_liu.person.name,
        "id_number": cadre_liu.person.id_number,
        "phone": "13900078003",
        "organisation": committee.name,
        "role": "cadre",
        "from_on": TODAY.isoformat(),
    }
    with pytest.raises(people.Died):
        changes.propose("posts", [post], document_number="1", by=security_wu, at=MONDAY)


def test_who_died_heads_and_joins_no_household(xiuying, son, guiying_household, changxi, relief_clerk, second_clerk):
    decided(relief_clerk, second_clerk, becomes(son.person, "died"))

    with pytest.raises(people.Died):
        propose(relief_clerk, joins(guiying_household, name="黄小明", id_number=son.person.id_number, phone=""))
    raw = as_csv(a_row(1, 户主姓名="黄小明", 身份证号=son.person.id_number))
    assert [str(fault.reason) for fault in register.check_file(raw, at=MONDAY).faults] == [str(people.Died.message)]


def test_what_ended_does_not_end_twice(son, relief_clerk, second_clerk):
    content = becomes(son.person, "left")
    decided(relief_clerk, second_clerk, content)

    for what in ("left", "died", "heads"):
        with pytest.raises(NotOfToday):
            propose(relief_clerk, content | {"what": what})


# --- Pages and programs -------------------------------------------------------------------------------


def typed(content):
    return {"idem": uuid.uuid4().hex, "document_number": "户口簿"} | content


def test_two_clerks_on_the_pages(client, now, son, xiuying_household, relief_clerk, second_clerk):
    login(client, relief_clerk)
    page = client.get(reverse("register", args=["members"]), {"q": xiuying_household.number}).content.decode()
    assert "黄*明" in page and "黄小明" not in page
    member = son.person.household_memberships.get()
    edit = reverse("register-edit", args=["members", member.pk])
    assert "现在当户主" in client.get(edit).content.decode()
    assert client.post(edit, typed({"member": member.pk, "what": "left", "on": ""})).status_code == 400
    sent = client.post(edit, typed({"member": member.pk, "what": "heads", "on": ""}))

    login(client, second_clerk)
    assert "黄*明" in client.get(sent.url).content.decode()
    client.post(reverse("register-change-confirm", args=[RegisterChange.objects.get().pk]), {"idem": "1"})

    xiuying_household.refresh_from_db()
    assert xiuying_household.head == son.person


def test_two_clerks_through_programs(client, now, xiuying_household, relief_clerk, second_clerk):
    login(client, relief_clerk)
    sent = client.post(
        reverse("api-register-propose", args=["members"]),
        {"document_number": "1", "rows": [joins(xiuying_household)]},
        content_type="application/json",
        headers={"Idempotency-Key": "a" * 16},
    )
    login(client, second_clerk)
    client.post(reverse("api-register-change-confirm", args=[sent.json()["id"]]), headers={"Idempotency-Key": "b" * 16})

    assert xiuying_household.members.count() == 2


def test_members_come_from_a_file(client, now, xiuying_household, relief_clerk, second_clerk):
    login(client, relief_clerk)
    row = f"{xiuying_household.number},黄小明,{SON},,2021-05-05"
    raw = f"household,name,id_number,phone,from_on\r\n{row}\r\n".encode()
    page = reverse("register-rows", args=["members"])
    sent = client.post(page, typed({"file": io.BytesIO(raw)}))

    assert sent.status_code == 302, sent.content.decode()
    login(client, second_clerk)
    client.post(reverse("register-change-confirm", args=[RegisterChange.objects.get().pk]), {"idem": "1"})
    assert xiuying_household.members.filter(from_on="2021-05-05").count() == 1


def test_the_list_asks_no_more_with_more_members(client, now, changxi, relief_clerk, django_assert_max_num_queries):
    login(client, relief_clerk)
    for _number in range(20):
        factories.a_household(changxi, card=False)

    with django_assert_max_num_queries(12):
        assert client.get(reverse("register", args=["members"])).status_code == 200
