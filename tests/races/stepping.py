"""Sessions that go on one statement at a time, in an order drawn from a seed: the same seed is the same day.

Two never run at once, unless one waits for a lock of another; it is then left waiting until the other lets go.
"""

import contextlib
import functools
import random
import threading
from collections.abc import Callable, Sequence

from django.db import connection

PATIENCE = 60
LOOK_AFTER = 0.004  # a statement takes about so long; only then is it asked whether it waits for a lock
AT_HOME, WAITING, GOING, ENDED = "has not begun", "waits for its turn", "goes on", "has ended"


class Stopped(BaseException):
    """The day was broken off; the act is undone."""


class Session:
    """One person with a connection of their own, who may go on only when told so."""

    def __init__(self, turn: threading.Condition, day: Callable[[], object]):
        self.turn, self.day, self.state = turn, day, AT_HOME
        self.backend = 0
        self.is_broken_off = False
        self.failed: BaseException | None = None
        self.thread = threading.Thread(target=self._live)

    def _live(self) -> None:
        try:
            connection.ensure_connection()
            self.backend = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._before_each_statement):
                self.day()
        except Stopped:
            pass
        except BaseException as error:
            self.failed = error
        finally:
            connection.close()
            self._now(ENDED)

    def _before_each_statement(self, execute, sql, params, many, context):
        with self.turn:
            self.state = WAITING
            self.turn.notify_all()
            self.turn.wait_for(lambda: self.state == GOING or self.is_broken_off, timeout=PATIENCE)
            if self.state != GOING or self.is_broken_off:
                raise Stopped
        return execute(sql, params, many, context)

    def _now(self, state: str) -> None:
        with self.turn:
            self.state = state
            self.turn.notify_all()


def without_its_lock(monkeypatch, model: type) -> None:
    """Let nobody wait for a property that another computes: that lock of the language is no lock of the database."""
    for value in vars(model).values():
        if isinstance(value, functools.cached_property) and hasattr(value, "lock"):  # later Pythons have none
            monkeypatch.setattr(value, "lock", contextlib.nullcontext())


def step_through(days: Sequence[Callable[[], object]], seed: int, after_each: Callable[[], object]) -> int:
    """Let each session live its day, a statement of one at a time; return how many steps it took.

    `after_each` looks at the rows after every step; what it raises breaks the day off.
    """
    return _play(days, random.Random(seed).choice, after_each)


def cut_in(first: Callable[[], object], second: Callable[[], object], after: int) -> int:
    """Let the first do so many statements, then the second all of its own, then the first the rest; count its own.

    Whoever meets a lock of the other waits for it, and the other goes on. The same number is the same day.
    """
    taken = 0

    def whose_turn(here: Sequence[Session]) -> Session:
        nonlocal taken
        of_first = [one for one in here if one.day is first]
        others = [one for one in here if one.day is not first]
        if of_first and (taken < after or not others):
            taken += 1
            return of_first[0]
        return others[0]

    _play((first, second), whose_turn, lambda: None)
    return taken


def _play(
    days: Sequence[Callable[[], object]],
    whose_turn: Callable[[Sequence[Session]], Session],
    after_each: Callable[[], object],
) -> int:
    turn, steps = threading.Condition(), 0
    sessions = [Session(turn, day) for day in days]
    try:
        for one in sessions:
            one.state = GOING
            one.thread.start()
            _until_quiet(turn, sessions)
        while here := [one for one in sessions if one.state == WAITING]:
            whose_turn(here)._now(GOING)
            _until_quiet(turn, sessions)
            after_each()
            steps += 1
    finally:
        _break_off(turn, sessions)
    for one in sessions:
        if one.failed is not None:
            raise one.failed
    return steps


def _until_quiet(turn: threading.Condition, sessions: Sequence[Session]) -> None:
    """Wait until nobody goes on: all have come to their next statement, ended, or wait for somebody else's lock."""
    with turn:
        while not turn.wait_for(lambda: not _going(sessions), timeout=LOOK_AFTER):
            going = _going(sessions)
            waits_for_turn = any(one.state == WAITING for one in sessions)
            if waits_for_turn and all(one.backend and _is_blocked(one.backend) for one in going):
                return


def _going(sessions: Sequence[Session]) -> list[Session]:
    return [one for one in sessions if one.state == GOING]


def _is_blocked(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [backend])
        return cursor.fetchone()[0]


def _break_off(turn: threading.Condition, sessions: Sequence[Session]) -> None:
    """Let whoever still lives stop at the next statement, and wait for everybody."""
    with turn:
        for one in sessions:
            one.is_broken_off = True
        turn.notify_all()
    for one in sessions:
        if one.thread.ident is not None:
            one.thread.join(timeout=PATIENCE)
