"""Posts: who is appointed, deputised and dismissed, by whose two hands, from the next page on."""

import datetime as dt

import pytest

from accounts.models import Membership, Person, User
from accounts.selectors import standing
from accounts.services.people import PhoneTaken
from kernel.errors import BadValue
from kernel.sealing import blind_index
from registers.models import RegisterChange, RegisterChangeRow
from registers.services import changes
from registers.services.posts import ExclusivePost
from tests import factories
from tests.factories import MONDAY, a_user, login

pytestmark = pytest.mark.django_db
TODAY, DAY = MONDAY.date(), dt.timedelta(days=1)


def post(serial=501, **values):
    content = {
        "name": "秦小妹",
        "id_number": factories.an_id_number(serial),
        "phone": f"13900{serial:06d}",
        "organisation": "石城县第一中学",
        "role": "buyer",
        "area": "",
        "from_on": TODAY.isoformat(),
        "to_on": None,
        "deputises": "",
    }
    return content | values


def appoint(first, second, at=MONDAY, **values):
    change = changes.propose("posts", [post(**values)], document_number="石二中〔2026〕3号", by=first, at=at)
    return changes.confirm(change, by=second, at=at)


def end(membership, last, first, second, at=MONDAY):
    content = {"post": membership.pk, "to_on": last.isoformat()}
    change = changes.propose("posts", [content], document_number="免〔2026〕1号", by=first, at=at)
    return changes.confirm(change, by=second, at=at)


def test_a_buyer_appoints_its_own_people(principal, second_principal):
    appoint(principal, second_principal)

    person = Person.objects.get(memberships__role="buyer")
    user = User.objects.get(person=person)
    assert (person.name, standing(user).roles) == ("秦小妹", {"buyer"})
    assert standing(user).posts[0].area_name == "石城县"


def test_posts_of_offices_are_asked_for_by_security_and_decided_by_the_bureaus_head(
    security_wu, head_zhong, bureau, principal
):
    values = {"organisation": "石城县农业农村局", "role": "verifier"}
    with pytest.raises(changes.NotYours):
        changes.propose("posts", [post(**values)], document_number="1", by=principal, at=MONDAY)

    appoint(security_wu, head_zhong, **values)

    assert Membership.objects.filter(organisation=bureau, role="verifier").exists()


def test_the_first_head_of_a_buyer_is_decided_as_posts_of_the_county_are(security_wu, head_zhong, bureau, school):
    first = changes.propose("posts", [post(role="head_of_office")], document_number="3号", by=security_wu, at=MONDAY)
    assert first.confirmed_in == [f"head_of_office@{bureau.pk}"]
    changes.confirm(first, by=head_zhong, at=MONDAY)

    later = changes.propose("posts", [post(502)], document_number="4号", by=security_wu, at=MONDAY)
    assert later.confirmed_in == [f"head_of_office@{school.pk}", "security_admin@*"]


def test_an_id_number_is_never_shown_and_never_kept_in_clear(principal, second_principal):
    changes.propose("posts", [post()], document_number="1", by=principal, at=MONDAY)

    row = RegisterChangeRow.objects.get()
    number = factories.an_id_number(501)
    shown = str([row.title, row.subject, row.facts, row.content_sealed, RegisterChange.objects.values_list().get()])
    assert number in row.content and number not in shown and "13900000501" not in shown


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"role": "verifier"}, BadValue),  # a school has none
        ({"from_on": (TODAY - DAY).isoformat()}, BadValue),
        ({"to_on": TODAY.isoformat()}, BadValue),
        ({"organisation": "没有的单位"}, BadValue),
        ({"area": "没有的镇"}, BadValue),
        ({"phone": "13800009999"}, PhoneTaken),
        ({"deputises": "陈师傅"}, BadValue),  # a deputy without a last day
        ({"deputises": "没有的人", "to_on": (TODAY + 9 * DAY).isoformat()}, BadValue),
    ],
)
def test_what_cannot_be_is_refused_before_anybody_is_asked(values, refusal, principal, second_principal, chef_chen):
    taken = factories.a_user("占号人")
    User.objects.filter(pk=taken.pk).update(phone_index=blind_index("phone", "13800009999"))

    with pytest.raises(refusal):
        changes.propose("posts", [post(**values)], document_number="1", by=principal, at=MONDAY)


def test_the_same_number_under_another_name_is_compared_with_the_card(principal, second_principal):
    appoint(principal, second_principal)

    with pytest.raises(BadValue, match="身份证"):
        changes.propose("posts", [post(name="秦小弟", role="receiver")], document_number="1", by=principal, at=MONDAY)


def test_a_person_dismissed_holds_nothing_from_that_day_on(principal, second_principal, chef_chen, now):
    membership = chef_chen.person.memberships.get()

    change = end(membership, TODAY, principal, second_principal)

    membership.refresh_from_db()
    assert (membership.to_on, change.status) == (TODAY, "confirmed")
    with pytest.raises(BadValue):
        changes.propose(
            "posts", [{"post": membership.pk, "to_on": TODAY.isoformat()}], document_number="2", by=principal, at=MONDAY
        )


def move(membership, by, **values):
    content = {"post": membership.pk, "to_on": TODAY.isoformat(), "area": ""} | values
    return changes.propose("posts", [content], document_number="调 3", by=by, at=MONDAY)


def test_a_person_moves_to_another_post_on_the_day_on_which_the_old_one_ends(
    client, principal, second_principal, chef_chen, school
):
    membership = chef_chen.person.memberships.get()
    change = move(membership, principal, organisation=school.name, role="receiver")
    assert ["role", "buyer", "receiver"] in change.rows.get().facts

    changes.confirm(change, by=second_principal, at=MONDAY)

    posts = chef_chen.person.memberships.order_by("pk").values_list("role", "from_on", "to_on")
    assert list(posts) == [("buyer", membership.from_on, TODAY), ("receiver", TODAY, None)]
    login(client, chef_chen)
    assert client.get("/deliveries/").status_code == 200 and client.get("/orders/new/").status_code == 403


def test_a_move_between_two_organisations_is_decided_by_the_county(
    security_wu, head_zhong, principal, second_principal, chef_chen, hospital
):
    membership = chef_chen.person.memberships.get()
    a_user("赖院长", "head_of_office", hospital)

    with pytest.raises(changes.NotYours):
        move(membership, principal, organisation=hospital.name, role="buyer")
    change = move(membership, security_wu, organisation=hospital.name, role="buyer")
    assert all(seat.startswith("head_of_office@") for seat in change.confirmed_in)
    changes.confirm(change, by=head_zhong, at=MONDAY)

    assert chef_chen.person.memberships.get(to_on=None).organisation == hospital


@pytest.mark.parametrize("values", [{"organisation": "石城县第一中学"}, {"role": "receiver"}])
def test_half_a_move_is_refused(principal, second_principal, chef_chen, values):
    with pytest.raises(BadValue, match="都填"):
        move(chef_chen.person.memberships.get(), principal, **values)


def test_a_post_left_empty_is_named_first(principal, second_principal, chef_chen):
    content = {"post": chef_chen.person.memberships.get().pk, "to_on": TODAY.isoformat()}
    change = changes.propose("posts", [content], document_number="2", by=principal, at=MONDAY)

    assert "没有别的“食堂采购员”了" in changes.notes_of(change, at=MONDAY)[0]


def test_a_deputy_has_an_end_and_no_deputy(principal, second_principal, chef_chen):
    until = (TODAY + 10 * DAY).isoformat()
    appoint(principal, second_principal, deputises="陈师傅", to_on=until)

    deputy = Membership.objects.get(deputises__person=chef_chen.person)
    assert deputy.to_on == TODAY + 10 * DAY
    with pytest.raises(BadValue, match="代理人"):
        changes.propose(
            "posts",
            [post(502, name="尹大姐", deputises="秦小妹", to_on=until)],
            document_number="1",
            by=principal,
            at=MONDAY,
        )


def test_administrators_have_no_part_in_the_trade(security_wu, head_zhong, principal, second_principal, auditor):
    values = {"name": auditor.person.name, "id_number": auditor.person.id_number, "phone": auditor.phone}

    with pytest.raises(ExclusivePost):
        changes.propose("posts", [post(**values)], document_number="1", by=principal, at=MONDAY)
