"""Who may have no hand on a claim: whoever had another one, answered an objection to it, or is tied to the claimant."""

import pytest

from accounts.models import Kin
from accounts.services import people
from ledger.services import payouts
from losses.services import awarding, checking, visiting
from records.services import notices
from records.services.participation import AlreadyTookPart, HasInterest
from tests import factories
from tests.factories import LONG_AGO, MONDAY, TUESDAY, WEDNESDAY
from tests.losses.steps import KG, SEEN, a_lot

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
        checking.village_check(story.filed(lot), quantity=50 * KG, seen=SEEN, by=officer, at=TUESDAY)


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
        checking.village_check(story.filed(lot), quantity=50 * KG, seen=SEEN, by=officer, at=TUESDAY)


def test_a_member_who_joined_after_the_report_does_not_check(story, lot, xiuying_household, committee, changxi):
    claim = story.filed(lot)
    son = factories.a_user("黄小军", "cadre", committee, changxi)
    people.add_member(xiuying_household, son.person, from_on=LONG_AGO)

    with pytest.raises(HasInterest):
        checking.village_check(claim, quantity=50 * KG, seen=SEEN, by=son, at=TUESDAY)


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

    assert checking.village_check(claim, quantity=10, seen=SEEN, by=officer, at=TUESDAY).status == "village_checked"


class TestKin:
    """Whoever is declared kin of the claimant has no hand on the claim, from the first look to the payment."""

    @pytest.fixture
    def declare(self, xiuying_household):
        def declare(user):
            Kin.objects.create(person=user.person, household=xiuying_household, relation="兄弟", from_on=LONG_AGO)
            return user

        return declare

    def test_in_the_village(self, story, lot, cadre_wu, declare):
        with pytest.raises(HasInterest):
            checking.village_check(story.filed(lot), quantity=50 * KG, seen=SEEN, by=declare(cadre_wu), at=TUESDAY)

    def test_in_the_township(self, story, lot, township_officer, declare):
        claim = story.village_checked(story.filed(lot))

        with pytest.raises(HasInterest):
            checking.township_check(claim, quantity=50 * KG, seen=SEEN, by=declare(township_officer), at=WEDNESDAY)

    def test_at_the_desk(self, story, lot, clerk_ma, declare):
        claim = story.to_visit(story.filed(lot))

        with pytest.raises(HasInterest):
            visiting.draw(claim, by=declare(clerk_ma), at=claim.village_notice.ends_at)

    def test_in_the_draw(self, story, lot, inspector_he, inspector_xu, declare):
        claim = story.to_visit(story.filed(lot))
        declare(inspector_he)

        drawn = visiting.candidates(claim, on=TUESDAY.date())

        assert inspector_he.person.key not in drawn and inspector_xu.person.key in drawn

    def test_on_the_visit(self, story, lot, declare):
        visit = story.drawn(story.filed(lot))
        declare(visit.first)

        with pytest.raises(HasInterest):
            story.found(visit)

    def test_in_the_sum(self, story, lot, clerk_ma, declare):
        claim = story.visited(story.filed(lot))

        with pytest.raises(HasInterest):
            awarding.compute(claim, by=declare(clerk_ma), at=claim.due_at)

    def test_in_the_award(self, story, lot, director_lin, declare):
        claim = story.on_county_notice(story.filed(lot))

        with pytest.raises(HasInterest):
            awarding.award(claim, by=declare(director_lin), at=claim.county_notice.ends_at)

    def test_in_the_payout(self, story, lot, finance_maker, finance_bureau, declare):
        claim = story.awarded(story.filed(lot))

        with pytest.raises(payouts.NothingToPay):
            payouts.build_batch(finance_bureau, by=declare(finance_maker), at=claim.county_notice.ends_at)

    def test_but_reports_for_it(self, story, lot, cadre_wu, declare):
        assert story.filed(lot, by=declare(cadre_wu), consent="visit").filed_by == cadre_wu
