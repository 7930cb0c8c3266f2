"""A process does one step of a payout and is killed (SIGKILL) before one of its statements; then it is done again.

The rows must be committed: `django_db(transaction=True)`.
"""

import contextlib
import os
import signal
import sys
import traceback

from django.db import connection

from kernel.errors import DomainError
from ledger.models import Payment, PayoutBatch, Transfer
from ledger.selectors import unfinished_returns
from ledger.services import applying, payouts, statements
from records.services import jobs
from records.services.files import read_original
from tests import factories
from tests.audit import broken_promises
from tests.factories import FRIDAY, THURSDAY, WEDNESDAY
from tests.ledger import camt
from tests.ledger.steps import answer_line, owed, return_file

LAST = {"build": 30, "send": 25, "load": 45, "apply": 45}  # within so many statements each step is killed
OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
LATER = FRIDAY + 2 * jobs.LEASE


def killed(act, number: int) -> bool:
    """Do something in another process, killed before its nth statement; return whether it was killed."""
    connection.close()  # each has its own
    child = os.fork()
    if child == 0:
        # Beside a browser the parent's connections hang on its loop; without the loop the child finds an older one.
        connection.connection = None
        left = iter(range(number, -1, -1))

        def count(execute, *asked):
            if next(left, 0) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*asked)

        try:
            with connection.execute_wrapper(count):
                act()
        except DomainError:
            pass  # it was done before, or says why not: the parent hears the same
        finally:
            if sys.exc_info()[0] is not None:
                traceback.print_exc()  # whoever was to be killed and fell by itself says why
                sys.stderr.flush()
            os._exit(0)
    _child, status = os.waitpid(child, 0)
    _end_its_session()
    return os.WIFSIGNALED(status)


def _end_its_session() -> None:
    """Have the server end what the killed process had open, which it notices by itself in its own time."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")  # only the owner ends sessions
        cursor.execute(OTHER_SESSIONS)
    connection.close()  # and be the app role again


def again(act) -> None:
    """Do the same act again, as the person would: it is done, or it says that it was."""
    with contextlib.suppress(DomainError):
        act()


def payout_holds(payer, maker, checker, village, dice, serial: int) -> int:
    """Pay two households with each step killed once and done again; return how many were killed in the middle."""
    payables = [
        owed(factories.a_household(village, name=f"赖{'一二三四五六七八九'[serial % 9]}{name}"), payer, 10_00 + serial)
        for name in "妹生"
    ]
    before = broken_promises()
    kills = 0

    def step(name, act) -> None:
        nonlocal kills
        kills += killed(act, dice.randrange(1, LAST[name]))
        again(act)

    step("build", lambda: payouts.build_batch(payer, by=maker, at=WEDNESDAY))
    batch = PayoutBatch.objects.get(payments__payable=payables[0])
    step("send", lambda: payouts.send_batch(PayoutBatch.objects.get(pk=batch.pk), by=checker, at=THURSDAY))
    batch.refresh_from_db()
    assert batch.lines == 2 and read_original(batch.file).count(b"\r\n") == 4
    lines = list(batch.payments.order_by("line_no"))
    if serial % 2:
        raw = camt.statement(*map(camt.entry, lines), number=f"S{serial}")
        step("load", lambda: statements.receive_statement(raw, payer=payer, by=checker, at=FRIDAY))
    else:
        raw = return_file(batch, [answer_line(line) for line in lines], encoding="utf-8-sig")
        step("load", lambda: applying.receive_return(raw, by=checker, at=FRIDAY))
    step("apply", lambda: applying.apply_waiting(now=lambda: FRIDAY))
    assert applying.apply_waiting(now=lambda: LATER) == 0 and not unfinished_returns().exists()
    assert paid(payables) == [["paid"], ["paid"]]
    purses = [row.account_id for row in payables]
    assert Transfer.objects.filter(debit__in=purses, credit=payables[0].bank_account_id).count() == 2
    assert broken_promises() == before
    return kills


def paid(payables) -> list[list[str]]:
    """Return how the payments of each payable stand."""
    return [list(Payment.objects.filter(payable=row).values_list("status", flat=True)) for row in payables]
