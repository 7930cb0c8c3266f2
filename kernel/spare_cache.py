"""The shared cache, without which the site goes on: while its server is away the cache reads as empty.

Keys that guard codes are the exception. Where nothing can be counted no code is given and none is taken.
"""

import time
from collections.abc import Iterable
from typing import Any

import structlog
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.utils.translation import gettext as _
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

log = structlog.get_logger(__name__)

LEFT_ALONE_SECONDS = 3
# One try anew, at once: a kept connection may belong to a server that was started again since.
IMPATIENT = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "retry": Retry(NoBackoff(), 1, supported_errors=(NoConnection,)),
}


class CannotCount(Exception):
    """A code can be neither given nor taken now, since nobody could count how often that is tried."""

    def __str__(self) -> str:
        return _(
            "Codes for signing in cannot be given or checked for a moment. Wait a little, then try again. "
            "Whoever is signed in already can go on working."
        )


class LeftAlone:
    """A server that did not answer is left alone for some seconds, so that not every page waits for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._until = 0.0

    def __bool__(self) -> bool:
        return time.monotonic() < self._until

    def begin(self, error: BaseException) -> None:
        """Leave the server alone from now on; said once in the log."""
        if not self:
            log.warning(f"{self.name} away", error=type(error).__name__)
        self._until = time.monotonic() + LEFT_ALONE_SECONDS

    def end(self) -> None:
        """Ask the server again."""
        self._until = 0.0


class SpareCache(RedisCache):
    """Redis where it answers; where it does not, a cache that keeps nothing. `guarding` names the strict keys."""

    _left_alone: dict[str, LeftAlone] = {}  # shared by the threads of a process, each of which has its own cache

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = IMPATIENT | params.get("OPTIONS", {})
        self._guarding: tuple[str, ...] = tuple(options.pop("guarding", ()))
        super().__init__(server, {**params, "OPTIONS": options})
        self.left_alone = self._left_alone.setdefault(str(server), LeftAlone("cache"))

    def _ask(self, name: str, key: str, otherwise: Any, *given: Any, **named: Any) -> Any:
        """Return what the server answers, else what an empty cache would; a key that guards is not guessed at."""
        error: BaseException | None = None
        if not self.left_alone:
            try:
                return getattr(super(), name)(*given, **named)
            except (NoConnection, NoAnswer) as away:
                self.left_alone.begin(error := away)
            except RedisError as full:  # it is there, and keeps nothing more
                log.warning("cache refused", error=type(error := full).__name__)
        if key.startswith(self._guarding):
            raise CannotCount from error
        return otherwise

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, key, default, version=version)

    def set(self, key: str, value: Any, *timeout: Any, **named: Any) -> None:
        self._ask("set", key, None, key, value, *timeout, **named)

    def add(self, key: str, value: Any, *timeout: Any, **named: Any) -> bool:
        return self._ask("add", key, True, key, value, *timeout, **named)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._ask("incr", key, delta, key, delta, version=version)

    def touch(self, key: str, *timeout: Any, **named: Any) -> bool:
        return self._ask("touch", key, False, key, *timeout, **named)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._ask("delete", key, False, key, version=version)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._ask("has_key", key, False, key, version=version)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        keys = list(keys)
        return self._ask("get_many", self._strictest(keys), {}, keys, version=version)

    def set_many(self, data: dict[str, Any], *timeout: Any, **named: Any) -> list[str]:
        return self._ask("set_many", self._strictest(data), [], data, *timeout, **named)

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        keys = list(keys)
        self._ask("delete_many", self._strictest(keys), None, keys, version=version)

    def clear(self) -> None:
        self._ask("clear", "", None)

    def _strictest(self, keys: Iterable[str]) -> str:
        return next((key for key in keys if key.startswith(self._guarding)), "")


def how_often(key: str, seconds: int) -> int:
    """Count one more time for this key and return how many there were within the seconds; one, if none can be kept."""
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out, or was pushed out, between the two
        cache.set(key, 1, seconds)
        return 1
