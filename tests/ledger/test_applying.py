"""A return file is applied in sets: killed at any point, by two workers at once, in any size, each line counts once."""

import contextlib
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger import tasks
from ledger.models import Account, AppliedReturn, BankReturnLine, BatchStatus, Payment, Transfer
from ledger.selectors import unfinished_returns
from ledger.services import applying
from ledger.services import payments as paying
from records.models import Job
from tests import factories
from tests.audit import broken_promises
from tests.factories import FRIDAY, login
from tests.ledger.steps import FAILED, answer_line, load, owed, return_file, sent
from tests.races.crowd import side_by_side

pytestmark = pytest.mark.django_db
HOUSEHOLDS = 7


class Killed(BaseException):
    """The process is gone in the middle of something."""


@pytest.fixture
def batch(changxi, finance_bureau, finance_maker, finance_checker):
    for number in range(HOUSEHOLDS):
        owed(factories.a_household(changxi, name=f"赖{'一二三四五六七'[number]}妹"), finance_bureau, 10_00 + number)
    return sent(finance_bureau, finance_maker, finance_checker)


@pytest.fixture
def small_sets(monkeypatch):
    """Sets of two lines: what is larger waits for the sweep."""
    monkeypatch.setattr(applying, "SET_LINES", 2)


@pytest.fixture
def loaded(batch, small_sets, finance_checker):
    lines = [answer_line(p, FAILED if p.line_no == 3 else "0000") for p in batch.payments.order_by("line_no")]
    return load(return_file(batch, lines), finance_checker)


def sweep():
    return applying.apply_waiting(now=lambda: FRIDAY)


def left_the_bank():
    return Account.objects.get(code="test:bank").credits_posted_fen


def test_a_large_file_is_stored_and_checked_at_once_and_applied_by_the_sweep(loaded, batch):
    assert not BankReturnLine.objects.exists()
    assert unfinished_returns().get() == loaded

    assert tasks.apply_returns() == 0

    batch.refresh_from_db()
    assert batch.status == BatchStatus.SETTLED
    outcome = loaded.outcome
    assert (outcome.lines, outcome.arrived, outcome.came_back, outcome.exceptions) == (HOUSEHOLDS, 6, 1, 0)
    assert Job.objects.get(kind="bank_return").state == "done"
    assert left_the_bank() == sum(10_00 + n for n in range(HOUSEHOLDS) if n != 2)


def test_one_run_does_so_many_sets_and_the_next_goes_on(loaded, monkeypatch):
    monkeypatch.setattr(applying, "MOST_SETS", 1)

    assert sweep() == 1
    assert BankReturnLine.objects.count() == 2
    assert (sweep(), sweep(), sweep()) == (1, 1, 0)

    assert AppliedReturn.objects.get().lines == HOUSEHOLDS


@pytest.mark.parametrize("set_no", [1, 2, 3, 4])
@pytest.mark.parametrize("after", ["mark_all_paid", "tell_all", "beat"])
def test_a_worker_killed_in_any_set_leaves_whole_sets_and_the_next_goes_on(loaded, monkeypatch, set_no, after):
    place = {"mark_all_paid": paying, "tell_all": applying, "beat": applying.jobs}[after]
    original, calls = getattr(place, after), []

    def dies(*args, **more):
        answer = original(*args, **more)
        calls.append(1)
        if len(calls) == set_no:
            raise Killed
        return answer

    monkeypatch.setattr(place, after, dies)
    with pytest.raises(Killed):
        sweep()
    monkeypatch.setattr(place, after, original)

    whole = set_no if after == "beat" else set_no - 1
    assert BankReturnLine.objects.count() == min(2 * whole, HOUSEHOLDS)
    assert Payment.objects.exclude(status="sent").count() == min(2 * whole, HOUSEHOLDS)
    assert sweep() == 0
    assert Transfer.objects.filter(reference__endswith=":paid").count() == HOUSEHOLDS - 1
    assert left_the_bank() == sum(10_00 + n for n in range(HOUSEHOLDS) if n != 2)
    assert broken_promises() & {"I8", "I11"} == set()


def test_a_worker_without_a_word_is_followed_when_its_lease_is_over(loaded):
    from records.services import jobs

    jobs.take(applying.KIND, str(loaded.pk), at=FRIDAY)

    assert sweep() == 1
    assert not BankReturnLine.objects.exists()
    assert applying.apply_waiting(now=lambda: FRIDAY + 2 * jobs.LEASE) == 0


def test_the_second_file_of_a_batch_waits_for_the_first(loaded, batch, finance_checker):
    later = load(return_file(batch, [answer_line(batch.payments.get(line_no=3), "9002")]), finance_checker)

    assert unfinished_returns().count() == 2
    assert sweep() == 0

    assert later.outcome.repeated == 1
    assert loaded.outcome.pk < later.outcome.pk


def test_a_set_costs_a_fixed_number_of_statements(batch, finance_checker, monkeypatch):
    lines = [answer_line(p) for p in batch.payments.order_by("line_no")]

    with CaptureQueriesContext(
        connection,
    ) as one_line:
        load(return_file(batch, lines[:1]), finance_checker)
    with CaptureQueriesContext(connection) as six_lines:
        load(return_file(batch, lines[1:]), finance_checker)

    assert len(six_lines) <= len(one_line) + 2


def test_the_page_says_how_far_a_file_is_and_what_became_of_it(client, loaded, batch, finance_checker, monkeypatch):
    login(client, finance_checker)
    page = f"/payouts/{batch.pk}/return/"
    monkeypatch.setattr(applying, "MOST_SETS", 2)
    sweep()
    assert "正在入账：7 笔中已处理 4 笔" in client.get(page).content.decode()

    sweep()

    assert "6 笔到账，1 笔退回" in client.get(page).content.decode()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestTwoWorkersAtOneFile:
    """Each line is applied once, whoever gets to it; the lease is left out, as after one that ran over."""

    def at_once(self, monkeypatch):
        read = threading.Barrier(2)
        monkeypatch.setattr(applying.jobs, "take", lambda kind, key, **_how: Job.objects.get(kind=kind, key=key))

        def slow(*args):
            """Hold both back after they have read how far the file is, if nothing keeps them apart."""
            with contextlib.suppress(threading.BrokenBarrierError):
                read.wait(timeout=1)
            return enumerate(*args)

        monkeypatch.setattr(applying, "enumerate", slow, raising=False)
        return side_by_side(sweep, sweep)

    @pytest.fixture
    def begun(self, loaded):
        return Job.objects.create(kind=applying.KIND, key=str(loaded.pk), state="running")

    def test_each_line_is_applied_once(self, begun, loaded, monkeypatch):
        assert self.at_once(monkeypatch) == {"done": 2}

        assert loaded.outcome.arrived == HOUSEHOLDS - 1
        assert Transfer.objects.filter(reference__endswith=":paid").count() == HOUSEHOLDS - 1

    def test_control_without_the_lock_only_the_database_keeps_the_lines_apart(self, begun, loaded, monkeypatch):
        monkeypatch.setattr(applying, "lock", lambda document: document)

        assert self.at_once(monkeypatch)["refused by the database"] >= 1
