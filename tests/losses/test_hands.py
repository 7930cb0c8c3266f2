"""Who may have no hand on a claim: whoever had another one, answered an objection to it, or is tied to the claimant."""

import pytest

from accounts.services import people
from losses.services import awarding, checking, visiting
from records.services import notices
from records.services.participation import AlreadyTookPart, HasInterest
from tests import factories
from tests.factories import LONG_AGO, MONDAY, TUESDAY
from tests.losses.steps import KG, a_lot

pytestmark = pytest.mark.django_db


def test_whoever_answered_an_objection_does_not_award(story, lot, director_lin, bureau):
    claim = story.on_county_notice(story.filed(lot))
    line = claim.county_notice.lines.get(document=claim.reference)
    objection = notices.object_to(line, words="货还在", contact="", at=claim.county_notice.published_at)
    notices.answer_objection(objection, upheld=False, answer="看过了", by=director_lin, at=claim.county_notice.ends_at)

    for account in (director_lin, factories.a_user("林局长", person=director_lin.person)):
        with pytest.raises(AlreadyTookPart):
            awarding.award(claim, by=account, at=claim.county_notice.ends_at)
    awarding.award(claim, by=factories.a_user("赵局长", "bureau_approver", bureau), at=claim.county_notice.ends_at)


def test_an_officer_with_the_households_phone_does_not_check(story, lot, xiuying_household, committee, changxi):
    officer = factories.a_user("刘小刚", "cadre", committee, changxi)
    xiuying_household.phone = officer.phone
    xiuying_household.save(update_fields=["phone_sealed", "phone_index"])

    with pytest.raises(HasInterest):
        checking.village_check(story.filed(lot), quantity=50 * KG, by=officer, at=TUESDAY)


def test_nor_one_whose_household_was_ever_paid_on_its_card(story, lot, xiuying_household, committee, changxi):
    number = factories.a_card_number(770_001)
    own = factories.a_household(changxi, name="刘小刚")
    officer = factories.a_user("刘小刚", "cadre", committee, changxi, person=own.head)
    for household in (own, xiuying_household):
        people.set_card(household=household, number=number, holder="刘小刚", bank="石城农商银行", at=MONDAY)
        people.set_card(
            household=household, number=factories.a_card_number(household.pk.int % 10**6), holder="刘小刚",
            bank="石城农商银行", at=MONDAY,
        )  # fmt: skip

    with pytest.raises(HasInterest):
        checking.village_check(story.filed(lot), quantity=50 * KG, by=officer, at=TUESDAY)


def test_a_member_who_joined_after_the_report_does_not_check(story, lot, xiuying_household, committee, changxi):
    claim = story.filed(lot)
    son = factories.a_user("黄小军", "cadre", committee, changxi)
    people.add_member(xiuying_household, son.person, from_on=LONG_AGO)

    with pytest.raises(HasInterest):
        checking.village_check(claim, quantity=50 * KG, by=son, at=TUESDAY)


def test_a_neighbour_whose_phone_the_household_uses_may_report_for_it(
    story, lot, xiuying_household, committee, changxi
):
    neighbour = factories.a_user("刘小刚", "cadre", committee, changxi)
    xiuying_household.phone = neighbour.phone
    xiuying_household.save(update_fields=["phone_sealed", "phone_index"])

    assert story.filed(lot, by=neighbour, consent="visit").filed_by == neighbour


def test_nobody_tied_to_the_claimant_is_drawn(story, lot, xiuying_household, bureau, changxi):
    claim = story.to_visit(story.filed(lot))
    tied = factories.a_user("刘小刚", "verifier", bureau)
    free = factories.a_user("刘小强", "verifier", bureau)
    xiuying_household.phone = tied.phone
    xiuying_household.save(update_fields=["phone_sealed", "phone_index"])
    claim.refresh_from_db()

    drawn = visiting.candidates(claim, on=TUESDAY.date())

    assert free.person.key in drawn
    assert tied.person.key not in drawn


def test_a_household_without_a_phone_is_tied_to_nobody_by_it(story, committee, changxi, duck):
    household = factories.a_household(changxi)
    household.phone = ""
    household.save(update_fields=["phone_sealed", "phone_index"])
    officer = factories.a_user("刘小刚", "cadre", committee, changxi)
    farmer = factories.a_user("黄秀英", person=household.head)
    claim = story.filed(a_lot(household, duck, kg=20, by=farmer), quantity=10)

    assert checking.village_check(claim, quantity=10, by=officer, at=TUESDAY).status == "village_checked"
