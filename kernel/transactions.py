"""How verbs stand in transactions: inside the caller's without a savepoint, or whole, with what a refusal leaves."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from kernel.errors import DomainError

P = ParamSpec("P")
R = TypeVar("R")


def joining(verb: Callable[P, R]) -> Callable[P, R]:
    """Run inside the caller's transaction, or in one of its own when there is none.

    Only for a verb that has written nothing when it refuses: it saves two statements a call, and a caller that takes
    the refusal may go on.
    """

    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return verb(*args, **kwargs)
        with transaction.atomic():
            return verb(*args, **kwargs)

    return run


def whole(verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb whole or not at all; when it refuses, its aftermath is written once everything is undone.

    Inside a larger transaction the refusal carries its aftermath on to whoever runs that one whole.
    """

    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return verb(*args, **kwargs)
        except DomainError as refusal:
            if refusal.aftermath is not None and _outermost():
                aftermath, refusal.aftermath = refusal.aftermath, None
                with transaction.atomic():
                    aftermath()
            raise

    return run


def _outermost() -> bool:
    """Return whether nothing around could still undo what is written now; a test's own transaction does not count."""
    return not connection.atomic_blocks or getattr(connection.atomic_blocks[-1], "_from_testcase", False)
