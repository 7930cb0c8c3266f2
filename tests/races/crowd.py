"""People who act at the same moment: a crowd from one starting line, or a few who are stepped by hand.

A race test rushes; its control needs no luck: two sessions have both read before either writes.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, IntegrityError, OperationalError, connection

from canteens.services import BudgetNotFree
from canteens.services.ceilings import RuleRefuses
from canteens.services.drawing import PlanRefuses
from canteens.services.purchase_plans import PlanStillHolds
from canteens.services.signed_lists import DifferencesOpen
from catalog.services.kilos import NotEnoughProduce
from catalog.services.plots import ListedNow, SeasonFull, SeasonReplaced
from ledger.services.transfers import NotEnoughMoney
from losses.services.claiming import AlreadyReported
from losses.services.holding import MoreThanGrows
from orders.services.keeping import KeptOver, KeptTooMuch, PlanChanged
from orders.services.limit_wall import AboveLimit
from records.services.notices import NoticeEnded, ObjectionOpen
from registers.services.changes import WaitsAlready

AT_ONCE = 8
PATIENCE = 60
MOST_TRIES = 10
LOCK_NOT_FREE, DEADLOCK = "55P03", "40P01"
IN_WORDS = (
    NotEnoughProduce, NotEnoughMoney, BudgetNotFree, SeasonFull, SeasonReplaced, ListedNow, PlanChanged, KeptOver,
    KeptTooMuch, MoreThanGrows, AlreadyReported, PlanRefuses, PlanStillHolds, RuleRefuses,
    DifferencesOpen,
    AboveLimit,
    NoticeEnded,
    ObjectionOpen,
    WaitsAlready,
)  # fmt: skip


def sqlstate(error: DatabaseError) -> str:
    """Return the state that the database gave an error, empty without one."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def patiently(act: Callable[[], object]) -> object:
    """Do something, and again when a lock was not free in time: on a busy machine that says nothing about the rows."""
    for _try in range(MOST_TRIES):
        try:
            return act()
        except OperationalError as error:
            if sqlstate(error) != LOCK_NOT_FREE:
                raise
    raise AssertionError("a lock was never free")


def outcome(act: Callable[[], object]) -> str:
    """Do something patiently and return what it met, closing this thread's connection."""
    try:
        patiently(act)
        return "done"
    except IN_WORDS:
        return "refused in words"
    except IntegrityError:
        return "refused by the database"
    except DatabaseError as error:
        return "deadlock" if sqlstate(error) == DEADLOCK else "database error"
    finally:
        connection.close()


def rush(act: Callable[[int], object], numbers: Iterable[int]) -> Counter[str]:
    """Let everybody act, eight at a time, the first eight from one starting line; count what they met."""
    start = threading.Barrier(AT_ONCE)

    def begin(number: int) -> None:
        if number < AT_ONCE:  # only the first wave: nobody waits in step afterwards
            start.wait(timeout=PATIENCE)

    def one(number: int) -> str:
        begin(number)
        return outcome(lambda: act(number))

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return Counter(crowd.map(one, numbers))


def side_by_side(*acts: Callable[[], object]) -> Counter[str]:
    """Let each act in a session of its own; count what they met."""
    with ThreadPoolExecutor(len(acts)) as crowd:
        return Counter(crowd.map(outcome, acts))


class Meeting:
    """A place where each of so many sessions waits for the others, the first time it comes by."""

    def __init__(self, sessions: int = 2):
        self._barrier = threading.Barrier(sessions)
        self._here = threading.local()

    def first_time(self) -> bool:
        """Wait for the others and return True; later visits of the same session pass at once."""
        if getattr(self._here, "came", False):
            return False
        self._here.came = True
        self._barrier.wait(timeout=PATIENCE)
        return True
