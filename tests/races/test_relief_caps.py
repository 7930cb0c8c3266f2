"""One household's cap under a scheme, where two of its claims are computed at once or it is merged in between.

The control takes the lock on the household out of the trigger: both amounts are then counted before either is written.
"""

import re
import threading

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from accounts.services.households import merge
from losses.models import Computation
from losses.services import awarding
from marketplace.audit import breaches
from tests.guards.rows import as_owner
from tests.losses.steps import Story, a_lot, a_scheme
from tests.races.crowd import Meeting, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
CAP_FEN, FULL_FEN = 200_00, 160_00
FUNCTION = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'pgtrigger_within_the_households_cap%'"


@pytest.fixture
def story(cadre_wu, township_officer, inspector_he, inspector_xu, clerk_ma, director_lin, finance_bureau, cabbage):
    cast = {"cadre": cadre_wu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
    return Story(cast, a_scheme(finance_bureau, director_lin, cabbage, cap_fen=CAP_FEN))


@pytest.fixture
def claims(story, xiuying, xiuying_household, guiying, guiying_household, cabbage):
    """Two claims of 160 yuan each, of two households, that wait for their amounts; the cap is 200."""
    lots = [a_lot(xiuying_household, cabbage, by=xiuying), a_lot(guiying_household, cabbage, by=guiying)]
    return [story.visited(story.filed(lot, kg=100)) for lot in lots]


def given() -> int:
    return Computation.objects.aggregate(fen=Sum("amount_fen"))["fen"]


def test_a_household_that_is_merged_while_it_is_computed_has_one_cap(story, claims, monkeypatch):
    first, other = claims
    asked, desk, turns = awarding.require_possible, story.cast["desk"], iter([True, False])

    def in_another_session():
        merge(first.household, other.household, at=other.due_at)
        awarding.compute(other, by=desk, at=other.due_at)
        connection.close()

    def asked_then_merged(claim, *, at):
        asked(claim, at=at)
        rivals = [threading.Thread(target=in_another_session)] * next(turns)
        for rival in rivals:
            rival.start()
            rival.join()

    monkeypatch.setattr(awarding, "require_possible", asked_then_merged)
    awarding.compute(first, by=desk, at=first.due_at)

    assert given() == CAP_FEN
    assert breaches() == []


def computing(claims, then=lambda: None):
    """Return the acts of two who each write the whole amount of one claim; `then` is done before the commit."""

    def compute(claim):
        with transaction.atomic():
            Computation.objects.create(
                claim=claim, verified_g=100_000, rate_fen=160, rate_unit_g=1000, lines_fen=FULL_FEN,
                cap_left_fen=CAP_FEN, money_left_fen=CAP_FEN, amount_fen=FULL_FEN, by=claim.filed_by, at=claim.due_at,
            )  # fmt: skip
            then()

    return [lambda claim=claim: compute(claim) for claim in claims]


@pytest.fixture
def of_one(claims):
    """The two claims, of households that count as one."""
    first, other = claims
    merge(first.household, other.household, at=other.due_at)
    return claims


def test_of_two_amounts_for_one_household_one_is_within_its_cap(of_one):
    assert side_by_side(*computing(of_one)) == {"done": 1, "database error": 1}

    assert given() == FULL_FEN


@pytest.fixture
def without_the_lock(transactional_db):
    """The trigger as it is, but for the locks on the household and on whom it counts by."""
    with as_owner() as cursor:
        cursor.execute(FUNCTION)
        [(whole,)] = cursor.fetchall()
        cursor.execute(re.sub(r"PERFORM .*?FOR NO KEY UPDATE[^;]*;", "", whole, flags=re.DOTALL))
    yield
    with as_owner() as cursor:
        cursor.execute(whole)


def test_control_without_the_lock_both_pass_the_cap_together(of_one, without_the_lock):
    meeting = Meeting()

    assert side_by_side(*computing(of_one, then=meeting.first_time)) == {"done": 2}

    assert given() == 2 * FULL_FEN
