"""What every request asks for and may be some seconds old, kept in the process in front of the shared cache."""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

SECONDS = 5
MOST = 500
_kept: dict[str, tuple[float, Any]] = {}


def get_or_set(key: str, make: Callable[[], Any], seconds: int) -> Any:
    """Return what the shared cache holds, as it was at most five seconds ago; treat it as read-only."""
    now = time.monotonic()
    kept = _kept.get(key)
    if kept is not None and kept[0] > now:
        return kept[1]
    value = cache.get_or_set(key, make, seconds)
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[key] = (now + SECONDS, value)
    return value


def forget(key: str) -> None:
    """Ask anew: here at once, in other processes within five seconds."""
    _kept.pop(key, None)
    cache.delete(key)


def forget_all() -> None:
    """Ask everything anew in this process."""
    _kept.clear()
