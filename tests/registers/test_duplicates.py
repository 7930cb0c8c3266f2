"""Households that may be one: found by a sweep, shown beside each other, decided by two clerks."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import BankCard, Household, HouseholdMember
from accounts.services import people
from kernel.errors import BadValue
from records.models import Job, Move, PolicyValue
from records.services.participation import AlreadyTookPart
from registers.models import Duplicate, RegisterChange
from registers.services import changes, duplicates
from tests import factories
from tests.factories import LONG_AGO, MONDAY, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PHONE = "13970000001"


@pytest.fixture
def second_clerk(relief_clerk):
    return factories.a_user("肖干事", "relief_clerk", relief_clerk.person.memberships.get().organisation)


@pytest.fixture
def home(changxi):
    """Make a household of the village without a phone or a card."""

    def home(name, *, village=changxi, phone=""):
        household = factories.a_household(village, name=name, card=False)
        household.phone = phone
        household.save(update_fields=["phone_sealed", "phone_index"])
        return household

    return home


@pytest.fixture
def away(changxi):
    return factories.a_place("360735102888", "village", "洋地村", changxi.parent)


def found(at=MONDAY):
    """Compare all, and return the pairs that are to be compared: their signs, the worst first."""
    Job.objects.all().delete()
    duplicates.look_for_duplicates(at=at)
    pairs = Duplicate.objects.filter(status="open").order_by("-score", "pk")
    return [({pair.one.number, pair.other.number}, pair.reasons) for pair in pairs]


def numbers(*households):
    return {household.number for household in households}


@pytest.mark.parametrize(
    ("one", "other", "signs"),
    [
        ("曾秀莲", "曾秀莲", ["name"]),
        ("曾秀蓮", "曾秀莲", ["name"]),
        ("曾秀莲", "曾秀连", ["sound"]),
        ("曾秀莲", "曾有福", None),
        ("曾秀英", "曾秀银", None),
    ],
)
def test_names_of_one_village(home, one, other, signs):
    pair = numbers(home(one), home(other))

    assert found() == ([(pair, signs)] if signs else [])


def test_a_name_nearly_the_same_counts_with_another_sign(home):
    pair = numbers(home("曾秀英", phone=PHONE), home("曾秀银", phone=PHONE))

    assert found() == [(pair, ["phone", "near_name"])]


def test_a_name_of_another_village_counts_with_another_sign(home, away):
    home("曾秀莲", village=away)
    pair = numbers(home("谢大发", phone=PHONE), home("谢大发", village=away, phone=PHONE))
    home("曾秀莲")

    assert found() == [(pair, ["phone", "name_away"])]


def test_a_phone_of_many_households_is_no_sign_by_itself(home):
    for name in ("谢大发", "温有才", "赖三妹"):
        home(name, phone=PHONE)
    pair = numbers(home("曾秀莲", phone=PHONE), home("曾秀莲", phone=PHONE))

    assert found() == [(pair, ["name", "shared_phone"])]


def test_a_head_who_belongs_to_another_household(home):
    one, other = home("谢大发"), home("温有才")
    HouseholdMember.objects.filter(household=one).update(to_on=MONDAY.date(), ending="left")
    people.add_member(other, one.head, from_on=LONG_AGO)

    assert found() == [(numbers(one, other), ["id_number"])]


def test_two_that_were_ever_paid_on_one_card(home):
    one, other = home("谢大发"), home("温有才")
    for household in (one, other):
        number, holder = factories.a_card_number(771_001), household.head_name
        people.set_card(household=household, number=number, holder=holder, bank="石城农商银行", at=MONDAY)
        BankCard.objects.filter(household=household).update(to_at=MONDAY)

    assert found() == [(numbers(one, other), ["card"])]


def test_households_of_two_townships(home, county):
    town = factories.a_place("360735888000", "township", "琴江镇", county)
    there = home("温有才", village=factories.a_place("360735888201", "village", "梅福村", town), phone=PHONE)

    here = home("谢大发", phone=PHONE)

    assert found() == [(numbers(here, there), ["phone"])]


@pytest.fixture
def pair(home):
    home("曾秀莲"), home("曾秀莲")
    found()
    return Duplicate.objects.get()


def said(pair):
    return {"duplicate": str(pair.pk), "why": "同名的堂姐妹"}


def propose(by, content, register="duplicates"):
    return changes.propose(register, [content], document_number="入户核实 3 号", by=by, at=MONDAY)


@pytest.fixture
def apart(pair, relief_clerk, second_clerk):
    """Two clerks say that they are two."""
    change = propose(relief_clerk, said(pair))
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=relief_clerk, at=MONDAY)
    changes.confirm(change, by=second_clerk, at=MONDAY)
    pair.refresh_from_db()
    return pair


def test_two_that_are_two_are_shown_no_more(apart):
    assert (apart.status, apart.why, apart.document) == ("apart", "同名的堂姐妹", "入户核实 3 号")
    assert found(MONDAY + DAY) == []


@pytest.mark.parametrize("fact", ["phone", "village", "head"])
def test_unless_a_fact_changes(apart, away, fact):
    household = apart.one
    if fact == "phone":
        household.phone = apart.other.phone = PHONE
        for one in (household, apart.other):
            one.save(update_fields=["phone_sealed", "phone_index"])
    elif fact == "village":
        Household.objects.filter(pk__in=[apart.one_id, apart.other_id]).update(village=away)
    else:
        Household.objects.filter(pk=household.pk).update(head=factories.a_person("曾秀莲"))

    assert len(found(MONDAY + DAY)) == 1
    moves = Move.objects.filter(document=apart.reference).order_by("pk").values_list("after", flat=True)
    assert list(moves) == ["open", "apart", "open"]


def test_a_pair_alike_no_more_is_ended(pair):
    other = pair.other
    other.head_name = "温有才"
    other.save(update_fields=["head_name_sealed"])

    assert found(MONDAY + DAY) == []
    assert Duplicate.objects.get().status == "gone"


def test_two_that_are_one_are_merged(pair, relief_clerk, second_clerk, home):
    third = home("曾秀莲")
    found()
    change = propose(relief_clerk, {"household": pair.one.number, "into": pair.other.number}, "merges")
    changes.confirm(change, by=second_clerk, at=MONDAY)

    pair.refresh_from_db()
    assert pair.status == "merged"
    assert found(MONDAY + DAY) == [(numbers(pair.other, third), ["name"])]


def test_what_was_decided_is_not_decided_again(apart, relief_clerk):
    with pytest.raises(BadValue):
        propose(relief_clerk, said(apart))


def test_nor_is_a_household_two(pair, relief_clerk):
    number = pair.one.number
    with pytest.raises(BadValue):
        propose(relief_clerk, {"household": number, "other": number, "why": "?"})


def test_two_that_nobody_found_may_be_written_down(home, relief_clerk, second_clerk):
    one, other = home("谢大发"), home("温有才")
    content = {"household": one.number, "other": other.number, "why": "邻居"}
    changes.confirm(propose(relief_clerk, content), by=second_clerk, at=MONDAY)

    assert Duplicate.objects.get().status == "apart"
    assert found() == []


def test_nor_do_two_come_back_that_share_a_card_nobody_had_compared(home, relief_clerk, second_clerk):
    one, other = home("谢大发"), home("温有才")
    for household in (one, other):
        number, holder = factories.a_card_number(771_001), household.head_name
        people.set_card(household=household, number=number, holder=holder, bank="石城农商银行", at=MONDAY)
        BankCard.objects.filter(household=household).update(to_at=MONDAY)
    content = {"household": one.number, "other": other.number, "why": "父子分家，卡给了儿子"}
    changes.confirm(propose(relief_clerk, content), by=second_clerk, at=MONDAY)

    assert found() == []


def test_the_score_from_which_they_are_compared_is_the_countys(home, relief_clerk):
    confirmed = {"confirmed_by": relief_clerk, "confirmed_at": MONDAY}
    PolicyValue.objects.create(name="duplicate_from_score", value="61", from_on=MONDAY.date(), **confirmed)
    home("曾秀莲"), home("曾秀莲")

    assert found() == []


def test_a_run_cut_short_goes_on_where_it_ended(home, county, monkeypatch):
    factories.a_place("360735888000", "township", "琴江镇", county)
    home("曾秀莲"), home("曾秀莲")
    compared, compare = [], duplicates.compare_township

    def cut_short(town, *, at):
        if compared:
            raise KeyboardInterrupt
        compared.append(town.code)
        compare(town, at=at)

    monkeypatch.setattr(duplicates, "compare_township", cut_short)
    with pytest.raises(KeyboardInterrupt):
        duplicates.look_for_duplicates(at=MONDAY)
    monkeypatch.setattr(duplicates, "compare_township", lambda town, *, at: compared.append(town.code))
    Job.objects.update(lease_until=MONDAY - DAY)
    duplicates.look_for_duplicates(at=MONDAY)

    assert len(compared) == len(set(compared)) >= 2
    assert duplicates.look_for_duplicates(at=MONDAY) == 0


def test_the_clerk_sees_both_beside_each_other_and_says_what_is_true(client, now, pair, relief_clerk, second_clerk):
    login(client, relief_clerk)
    assert "/registers/duplicates/?state=open" in client.get(reverse("home")).content.decode()
    edit = reverse("register-edit", args=["duplicates", pair.pk])
    assert edit in client.get(reverse("register", args=["duplicates"])).content.decode()
    page = client.get(edit).content.decode()
    assert pair.one.number in page and pair.other.number in page
    assert "曾*莲" in page and "曾秀莲" not in page and pair.one.head.id_number not in page
    merge = client.get(reverse("register-new", args=["merges"]), {"pair": str(pair.pk)}).content.decode()
    assert pair.one.number in merge and pair.other.number in merge
    sent = client.post(edit, {"idem": uuid.uuid4().hex, "document_number": "3"} | said(pair))
    login(client, second_clerk)
    assert "同名的堂姐妹" in client.get(sent.url).content.decode()
    client.post(reverse("register-change-confirm", args=[RegisterChange.objects.get().pk]), {"idem": "1"})

    assert edit not in client.get(reverse("register", args=["duplicates"]), {"state": "open"}).content.decode()
    assert edit in client.get(reverse("register", args=["duplicates"]), {"state": "apart"}).content.decode()


def test_through_programs(client, now, pair, relief_clerk, second_clerk):
    login(client, relief_clerk)
    [row] = client.get(reverse("api-register", args=["duplicates"])).json()["results"]
    assert row["cells"]["reasons"] == "同村同名"
    sent = client.post(
        reverse("api-register-propose", args=["duplicates"]),
        {"document_number": "1", "rows": [said(pair)], "change": True},
        content_type="application/json",
        headers={"Idempotency-Key": "a" * 16},
    )
    login(client, second_clerk)
    client.post(reverse("api-register-change-confirm", args=[sent.json()["id"]]), headers={"Idempotency-Key": "b" * 16})

    pair.refresh_from_db()
    assert pair.status == "apart"


def test_the_list_asks_no_more_the_more_pairs_there_are(client, now, home, relief_clerk, django_assert_max_num_queries):
    for _n in range(7):
        home("曾秀莲")
    found()
    login(client, relief_clerk)

    with django_assert_max_num_queries(12):
        client.get(reverse("register", args=["duplicates"]))
