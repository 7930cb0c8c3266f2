"""One household's cap where two of its claims are computed at once or it is merged; one claim that two check at once.

The controls take the locks out of the triggers: both rows are then held beside what was there before either.
"""

import re
import threading

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from accounts.services.households import merge
from losses.models import ClaimFigure, Computation
from losses.services import awarding
from marketplace.audit import breaches
from tests.factories import MONDAY
from tests.guards.rows import as_owner
from tests.losses.steps import KG, Story, a_lot, a_scheme
from tests.races.crowd import Meeting, outcome, side_by_side
from tests.races.stepping import cut_in

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
CAP_FEN, FULL_FEN = 200_00, 160_00
FUNCTION = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE %s"


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
def without_the_lock(request, transactional_db):
    """The trigger as it is, but for the locks on the claim, on the household and on whom it counts by."""
    with as_owner() as cursor:
        cursor.execute(FUNCTION, [f"pgtrigger_{request.param}%"])
        [(whole,)] = cursor.fetchall()
        cursor.execute(re.sub(r"PERFORM .*?FOR NO KEY UPDATE[^;]*;", "", whole, flags=re.DOTALL))
    yield
    with as_owner() as cursor:
        cursor.execute(whole)


@pytest.mark.parametrize("without_the_lock", ["within_the_households_cap"], indirect=True)
def test_control_without_the_lock_both_pass_the_cap_together(of_one, without_the_lock):
    meeting = Meeting()

    assert side_by_side(*computing(of_one, then=meeting.first_time)) == {"done": 2}

    assert given() == 2 * FULL_FEN


@pytest.fixture
def reported(story, xiuying, xiuying_household, cabbage):
    """A claim of 50 kg that nobody has checked."""
    return story.filed(a_lot(xiuying_household, cabbage, by=xiuying), kg=50)


def checking(claim, then=lambda: None):
    """Return the acts of two checks at once, 40 kg by the village and 45 by the township."""
    by = claim.filed_by

    def check(stage, kg):
        with transaction.atomic():
            ClaimFigure.objects.create(
                claim=claim,
                stage=stage,
                quantity=kg * KG,
                quantity_g=kg * KG,
                why="少了",
                looked_at=["goods"],
                by=by,
                at=MONDAY,
            )
            then()

    return [lambda: check("village", 40), lambda: check("township", 45)]


def found(claim):
    return [row.quantity // KG for row in claim.figures.exclude(stage="declared").order_by("pk")]


def test_of_two_checks_the_later_finds_no_more_than_the_earlier(reported):
    met = []
    village, _late = checking(reported, then=Computation.objects.exists)
    _early, township = checking(reported)

    cut_in(village, lambda: met.append(outcome(township)), after=1)  # 40 kg are written, and not committed yet

    assert (found(reported), met) == ([40], ["database error"])


@pytest.mark.parametrize("without_the_lock", ["finds_no_more_than_before"], indirect=True)
def test_control_without_the_lock_each_is_held_beside_the_report_alone(reported, without_the_lock):
    meeting = Meeting()

    assert side_by_side(*checking(reported, then=meeting.first_time)) == {"done": 2}

    assert sorted(found(reported)) == [40, 45]
