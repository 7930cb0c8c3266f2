"""An objection of the last second beside the award, and beside the visit that follows the village's notice.

The control takes the lock on the lines of the claim away: both then pass, and money is awarded under an objection.
"""

import datetime as dt
import threading

import pytest

from losses.models import LossClaim
from losses.services import awarding, noticing
from marketplace.audit import breaches
from records.models import Objection
from records.services import notices
from tests.losses.steps import Story, a_lot, a_scheme
from tests.races.crowd import outcome
from tests.races.stepping import cut_in

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
SECOND = dt.timedelta(seconds=1)
LOOKED = 12  # statements of an award, after which it has looked for objections and written no award


@pytest.fixture
def story(cadre_wu, township_officer, inspector_he, inspector_xu, clerk_ma, director_lin, finance_bureau, cabbage):
    cast = {"cadre": cadre_wu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
    return Story(cast, a_scheme(finance_bureau, director_lin, cabbage))


@pytest.fixture
def claim(story, xiuying, xiuying_household, cabbage):
    return story.filed(a_lot(xiuying_household, cabbage, by=xiuying))


def objecting(notice, met):
    """Return the act of somebody who objects in the last second, and puts what was met into `met`."""
    line = notice.lines.get()
    at = notice.ends_at - SECOND
    return lambda: met.append(outcome(lambda: notices.object_to(line, words="货还在", contact="", at=at)))


def awarding_it(claim, by, met):
    return lambda: met.append(outcome(lambda: awarding.award(claim, by=by, at=claim.county_notice.ends_at)))


@pytest.mark.parametrize("after", [1, LOOKED])
def test_an_award_and_an_objection_never_pass_each_other(story, claim, director_lin, after):
    claim, met = story.on_county_notice(claim), []

    cut_in(awarding_it(claim, director_lin, met), objecting(claim.county_notice, met), after=after)

    assert sorted(met) == ["done", "refused in words"]
    assert LossClaim.objects.filter(status="awarded").exists() != Objection.objects.exists()
    assert breaches() == []


def test_nor_does_what_follows_the_village_s_notice(story, claim):
    notice, met = story.on_village_notice(claim), []

    def going_on():
        met.append(outcome(lambda: noticing.go_on_after_village_notice(claim, at=notice.ends_at)))

    cut_in(going_on, objecting(notice, met), after=4)

    assert sorted(met) == ["done", "refused in words"]
    assert LossClaim.objects.filter(status="to_visit").exists() != Objection.objects.exists()


def test_control_without_the_lock_both_pass(story, claim, director_lin, monkeypatch):
    claim, met = story.on_county_notice(claim), []
    monkeypatch.setattr(notices, "hold_lines_of", lambda document: None)
    rival = threading.Thread(target=objecting(claim.county_notice, met))
    tell = awarding.tell

    def objected_then_told(*said, **values):  # the award is written, and not committed yet
        rival.start()
        rival.join()
        return tell(*said, **values)

    monkeypatch.setattr(awarding, "tell", objected_then_told)
    awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)

    assert met == ["done"]
    assert breaches() != []
