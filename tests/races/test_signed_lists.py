"""A line answered anew against the list signed off, stepped by hand at each statement; the controls lack the locks."""

import re
from itertools import count

import pytest
from django.db import transaction

from canteens.models import SignedList, SignedSheet
from canteens.selectors.signed_lists import differences
from canteens.services import purchase_plans, register_canteen, signed_lists
from canteens.services.signed_lists import Answer
from kernel.workflow import IllegalMove
from tests.factories import MONDAY, TUESDAY, a_purchase_plan
from tests.guards.rows import as_owner, force
from tests.orders.steps import a_stored_photo
from tests.races.crowd import outcome
from tests.races.stepping import cut_in

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ALL = 1_000  # statements of one act, and more
NAMES = "王小明\n李大海\n陈桂英"
FUNCTION = (
    "SELECT pg_get_functiondef(oid) FROM pg_proc"
    " WHERE proname ~ '^pgtrigger_(line|sheet)_of_its_list' AND prosrc LIKE '%FOR SHARE%'"
)


@pytest.fixture
def fund(story, treasurer_zhou, chair_tan):
    """A union of three members."""
    register_canteen(story.buyer, mode="own", heads=900, union_members=3, address="琴江镇")
    return story.fund


@pytest.fixture
def without_the_services_lock(monkeypatch):
    """Neither answering nor signing off locks the list before it is read."""
    monkeypatch.setattr(signed_lists, "lock", lambda row: type(row)._base_manager.get(pk=row.pk))


@pytest.fixture
def without_the_triggers_lock(transactional_db):
    """The triggers as they are, but that they only look at the list."""
    with as_owner() as cursor:
        cursor.execute(FUNCTION)
        whole = [definition for (definition,) in cursor.fetchall()]
        assert len(whole) == 2
        for definition in whole:
            cursor.execute(re.sub(r"FOR SHARE( OF l)?", "", definition))
    yield
    with as_owner() as cursor:
        for definition in whole:
            cursor.execute(definition)


@pytest.fixture
def meet(fund, story, treasurer_zhou, chair_tan):
    """Return what answers a line anew while the list that needs no explanation is signed off, and who cuts in when."""
    records = count(1)
    photo = a_stored_photo(treasurer_zhou, TUESDAY)

    def answered() -> SignedList:
        plan = a_purchase_plan(
            fund, by=story.people["chef"], record=f"{next(records)}号", fen=900_00, per_head_fen=300_00
        )
        purchase_plans.approve_plan(plan, by=chair_tan, at=MONDAY)
        force(plan, accepted_fen=600_00)
        hands = {"by": treasurer_zhou, "at": TUESDAY}
        row = signed_lists.open_list(plan, "大米 10 千克", NAMES, **hands)
        sheet = signed_lists.add_photo(row, photo, **hands).pk
        signed_lists.answer_lines(row, Answer("got", (1, 2), photo=sheet), **hands)
        signed_lists.answer_lines(row, Answer("refused", (3,), reason="出差在外"), **hands)
        return row

    def one(after: int, *, closing_first: bool) -> tuple[int, SignedList, list[str]]:
        row, met = answered(), []

        def answer_anew() -> None:
            with transaction.atomic():
                said = Answer("refused", (2,), reason="退回来了", anew=True)
                signed_lists.answer_lines(row, said, by=treasurer_zhou, at=TUESDAY)
                SignedSheet.objects.exists()  # a last look before the commit, at which the other may cut in

        def sign_off() -> None:
            with transaction.atomic():
                purchase_plans.close_plan(row.plan, by=chair_tan, at=TUESDAY)
                SignedSheet.objects.exists()

        acts = (sign_off, answer_anew) if closing_first else (answer_anew, sign_off)
        days = [lambda act=act: met.append(outcome(lambda: refused_or(act))) for act in acts]
        return cut_in(*days, after), SignedList.objects.get(pk=row.pk), met

    def at_each_statement(*, closing_first: bool, last: bool = False) -> list[tuple[SignedList, list[str]]]:
        statements, *_one_after_the_other = one(ALL, closing_first=closing_first)
        return [one(after, closing_first=closing_first)[1:] for after in range(1, statements)[-1 if last else 0 :]]

    return at_each_statement


class ClosedBefore(signed_lists.DifferencesOpen):
    """The list was closed before the answer came."""


def refused_or(act) -> None:
    """Do something; whoever finds the list closed is told so."""
    try:
        act()
    except IllegalMove as closed:
        raise ClosedBefore from closed


def answered_after_closing(seen) -> list[SignedList]:
    """Return the lists closed as without differences that have some."""
    return [row for row, _met in seen if row.status == "closed" and differences(row).any]


@pytest.mark.parametrize("how", [{"closing_first": False}, {"closing_first": True, "last": True}])
def test_a_closed_list_holds_no_answer_given_after(meet, how):
    seen = meet(**how)

    assert seen and not answered_after_closing(seen)
    assert {tuple(sorted(met)) for _row, met in seen} == {("done", "refused in words")}


def test_where_the_service_locks_nothing_the_triggers_still_hold(meet, without_the_services_lock):
    [(row, met)] = meet(closing_first=False, last=True)

    assert (row.status, met) == ("open", ["done", "database error"])  # of its trigger


def test_control_without_either_lock_an_answer_comes_after_closing(
    meet, without_the_services_lock, without_the_triggers_lock
):
    [(row, met)] = meet(closing_first=False, last=True)

    assert answered_after_closing([(row, met)]) == [row] and met == ["done", "done"]
