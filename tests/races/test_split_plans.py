"""Two parts of one purchase sent at once from two purses: one stands under the rule for their sum; the control lacks
the locks."""

import re

import pytest

from canteens.models import PurchasePlan
from canteens.services import purchase_plans
from tests.factories import a_fund, a_plan_requirement, a_purchase_plan, a_user
from tests.guards.rows import as_owner
from tests.races.crowd import Meeting, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FUNCTION = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'pgtrigger_rule_of_its_size%'"
FROM_FEN = 10_000_00


@pytest.fixture
def parts(story, county, approver_peng):
    """Two acts that send 6,000 yuan each for one festival, from two purses, where 10,000 yuan ask for quotes."""
    purses = {"union": story.fund, "canteen": a_fund(story.buyer, "canteen", yuan=0)}
    for kind in purses:
        a_plan_requirement(county, fund_kind=kind, quotes=3, from_fen=FROM_FEN)
    cooks = [story.people["chef"], a_user("温师傅", "buyer", story.buyer)]
    return [
        lambda by=by, fund=fund, record=record: a_purchase_plan(fund, by=by, record=record, fen=6_000_00)
        for by, fund, record in zip(cooks, purses.values(), ("1号", "2号"), strict=True)
    ]


@pytest.fixture
def without_the_triggers_lock(transactional_db):
    with as_owner() as cursor:
        cursor.execute(FUNCTION)
        [(whole,)] = cursor.fetchall()
        cursor.execute(re.sub(r"PERFORM pg_advisory_xact_lock.*?;", "", whole, flags=re.DOTALL))
    yield
    with as_owner() as cursor:
        cursor.execute(whole)


def under_the_rule() -> list[bool]:
    return sorted(plan.requirement_id is not None for plan in PurchasePlan.objects.all())


def test_the_second_of_two_parts_counts_the_first(parts):
    assert side_by_side(*parts) == {"done": 2}

    assert under_the_rule() == [False, True]


@pytest.fixture
def unheld(monkeypatch):
    """Nobody waits for the other, and both have added up before either writes."""
    meeting, counted = Meeting(), purchase_plans.others_fen

    def counted_together(*asked):
        found = counted(*asked)
        meeting.first_time()
        return found

    monkeypatch.setattr(purchase_plans, "hold_plans_of", lambda _fund: None)
    monkeypatch.setattr(purchase_plans, "others_fen", counted_together)


def test_where_the_service_holds_nothing_the_trigger_refuses_the_second(parts, unheld):
    assert side_by_side(*parts) == {"done": 1, "database error": 1}


@pytest.fixture
def unsaid(monkeypatch):
    """Both have written before either commits."""
    meeting, taken = Meeting(), purchase_plans.take_part

    def together(*said, **more):
        meeting.first_time()
        return taken(*said, **more)

    monkeypatch.setattr(purchase_plans, "take_part", together)


def test_control_without_either_lock_two_parts_pass(parts, unheld, unsaid, without_the_triggers_lock):
    assert side_by_side(*parts) == {"done": 2}

    assert under_the_rule() == [False, False]
