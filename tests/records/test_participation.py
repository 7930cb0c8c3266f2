"""One stage a person on one document, however many accounts the person has."""

import pytest

from accounts.services import people
from records.models import Participation
from records.services.participation import AlreadyTookPart, NobodyKnown, take_part, take_part_in_all
from tests import factories
from tests.factories import MONDAY, TUESDAY

pytestmark = pytest.mark.django_db


def test_signing_the_same_stage_again_is_allowed(cadre_liu):
    take_part("claim:1", "village", by=cadre_liu, at=MONDAY)
    take_part("claim:1", "village", by=cadre_liu, at=TUESDAY)

    assert Participation.objects.count() == 1


def test_another_stage_is_refused_to_the_person_not_the_account(cadre_liu):
    take_part("claim:1", "village", by=cadre_liu, at=MONDAY)

    with pytest.raises(AlreadyTookPart):
        take_part("claim:1", "award", by=factories.a_user("刘建国", person=cadre_liu.person), at=TUESDAY)
    take_part("claim:2", "award", by=cadre_liu, at=TUESDAY)


def test_an_account_of_nobody_takes_no_part():
    nobody = people.register_account(phone="13700000010", at=MONDAY)

    for take in (lambda: take_part("claim:1", "village", by=nobody, at=MONDAY),):
        with pytest.raises(NobodyKnown):
            take()
    with pytest.raises(NobodyKnown):
        take_part_in_all(["claim:1"], "desk", by=nobody, at=MONDAY)


def test_many_documents_are_taken_all_or_none(cadre_liu):
    take_part("claim:2", "village", by=cadre_liu, at=MONDAY)

    with pytest.raises(AlreadyTookPart):
        take_part_in_all(["claim:1", "claim:2", "claim:3"], "payout_make", by=cadre_liu, at=TUESDAY)
    assert Participation.objects.count() == 1

    take_part_in_all(["claim:1", "claim:3", "claim:3"], "payout_make", by=cadre_liu, at=TUESDAY)
    assert Participation.objects.count() == 3
