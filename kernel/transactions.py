"""For verbs that check first and then write one statement: a transaction for their locks, no savepoint of their own."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

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
