"""Who is who: one row a human being, one card a household, roles for a time and a place."""

import datetime as dt

import pytest

from accounts.models import BankCard, HouseholdMember, Membership, Person, User
from accounts.selectors import standing, tier_on
from accounts.services import people
from kernel.errors import BadValue
from tests import factories
from tests.factories import LONG_AGO, MONDAY, TUESDAY

pytestmark = pytest.mark.django_db


def test_one_human_being_has_one_row_however_the_number_is_typed(db):
    number = factories.an_id_number(7, born=dt.date(1980, 5, 6))

    first = people.register_person(name="黄 秀英", id_number=number, at=MONDAY)
    again = people.register_person(name="黄秀英", id_number=f" {number[:6]} {number[6:]} ", at=TUESDAY)

    assert again.pk == first.pk
    assert Person.objects.count() == 1
    assert number not in first.id_number_sealed and first.id_number == number


def test_a_wrong_id_number_registers_nobody(db):
    number = factories.an_id_number(7)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")

    with pytest.raises(BadValue) as refused:
        people.register_person(name="黄秀英", id_number=wrong, at=MONDAY)

    assert wrong not in str(refused.value)
    assert not Person.objects.exists()


def test_a_phone_opens_one_account(xiuying):
    with pytest.raises(people.PhoneTaken):
        people.register_account(phone=xiuying.phone, at=MONDAY)

    assert User.objects.filter(phone_index=xiuying.phone_index).count() == 1


def test_a_new_card_closes_the_one_before_it(xiuying_household):
    before = BankCard.objects.get(household=xiuying_household)

    people.set_card(
        household=xiuying_household,
        number=factories.a_card_number(770_991),
        holder="黄秀英",
        bank="邮储银行",
        at=TUESDAY,
    )

    before.refresh_from_db()
    assert before.to_at == TUESDAY
    assert BankCard.objects.get(household=xiuying_household, to_at=None).bank == "邮储银行"


def test_one_card_serves_one_household(xiuying_household, guiying_household):
    hers = BankCard.objects.get(household=xiuying_household)

    with pytest.raises(people.CardTaken):
        people.set_card(
            household=guiying_household, number=hers.number, holder="温桂英", bank="石城农商银行", at=TUESDAY
        )

    assert BankCard.objects.get(household=guiying_household, to_at=None).index != hers.index


def test_a_person_belongs_to_one_household(xiuying_household, guiying_household):
    with pytest.raises(people.AlreadyInHousehold):
        people.add_member(guiying_household, xiuying_household.head, from_on=LONG_AGO)

    assert HouseholdMember.objects.filter(person=xiuying_household.head).count() == 1


def test_a_post_covers_its_area_and_nothing_beside_it(cadre_liu, changxi, other_village, township_officer):
    assert standing(cadre_liu).covers(changxi.code, "cadre")
    assert not standing(cadre_liu).covers(other_village.code, "cadre")
    assert not standing(cadre_liu).covers(changxi.code, "township_officer")
    assert standing(township_officer).covers(changxi.code, "township_officer")
    assert not standing(township_officer).covers(other_village.code, "township_officer")


@pytest.mark.parametrize(
    ("from_on", "to_on", "in_force"),
    [(LONG_AGO, None, True), (LONG_AGO, dt.date(2020, 6, 1), False), (dt.date(2099, 1, 1), None, False)],
)
def test_a_post_counts_only_between_its_days(school, from_on, to_on, in_force):
    user = factories.a_user("陈师傅")
    people.appoint(user.person, school, "buyer", area=school.place, from_on=from_on, to_on=to_on)

    assert standing(User.objects.get(pk=user.pk)).has("buyer") is in_force


def test_a_post_that_ends_is_gone_on_the_next_request(chef_chen, client):
    assert standing(User.objects.get(pk=chef_chen.pk)).roles == {"buyer"}

    Membership.objects.filter(person=chef_chen.person).update(to_on=dt.date(2026, 1, 1))

    assert standing(User.objects.get(pk=chef_chen.pk)).roles == frozenset()


def test_a_sale_counts_by_the_tier_of_its_day(xiuying_household):
    day = dt.date(2026, 3, 1)
    xiuying_household.tiers.update(to_on=day)
    xiuying_household.tiers.create(tier="unstable", from_on=day)

    assert tier_on(xiuying_household, dt.date(2026, 2, 28)) == "lifted"
    assert tier_on(xiuying_household, day) == "unstable"
    assert tier_on(xiuying_household, dt.date(2019, 1, 1)) == "ordinary"
