"""The database is away: whoever asks is told so at once, in plain words, until it answers again.

Nothing here needs the database, the cache or a session: neither the page nor finding out its language.
"""

import threading
import time
from typing import cast

import psycopg
import structlog
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.letters import letters_of

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 10
LOOK_AGAIN_SECONDS = 2
LONGEST_LOOK_SECONDS = 2


def sentence() -> str:
    """Return what is so and what to do, in the language that is spoken now."""
    words = _("The site cannot be reached for a moment. What was kept is safe. Try again in %(seconds)s seconds.")
    return words % {"seconds": RETRY_AFTER_SECONDS}


def answer(request: HttpRequest, *, code: str = "away", message: str = "", seconds: int = RETRY_AFTER_SECONDS):
    """Answer 503 as a page, or to a program as `{code, message}`, and say when to come back."""
    with translation.override(translation.get_language_from_request(request)):
        words = message or sentence()
        response: HttpResponse
        if request.path_info.startswith("/api/"):
            response = JsonResponse({"code": code, "message": words}, status=503)
        else:
            sent = request.method not in ("GET", "HEAD")
            letters = letters_of(request.COOKIES)
            context = {"sent": sent, "path": request.get_full_path(), "message": words, "letters": letters}
            response = HttpResponse(render_to_string("away.html", context), status=503)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store, private"
    return response


class Watch:
    """Whether the database is known to be away, in this process; one request at a time looks whether it is back."""

    def __init__(self) -> None:
        self._away = False
        self._look_at = 0.0
        self._looking = threading.Lock()

    def begin(self) -> None:
        """Ask the database nothing for a while."""
        if not self._away:
            log.error("database away")
        self._away, self._look_at = True, time.monotonic() + LOOK_AGAIN_SECONDS

    def away(self) -> bool:
        """Say whether the database is away, having looked again if it is time to."""
        if not self._away:
            return False
        if time.monotonic() < self._look_at or not self._looking.acquire(blocking=False):
            return True
        try:
            if answers():
                self.end()
            else:
                self.begin()
        finally:
            self._looking.release()
        return self._away

    def end(self) -> None:
        """Ask it again, through new connections: those of before lead nowhere."""
        cast(DatabaseWrapper, connection).close_pool()
        self._away = False
        log.warning("database back")


watch = Watch()


def answers() -> bool:
    """Ask the database for a connection of its own, outside the pool, and say whether one is given."""
    given = {**connection.get_connection_params(), "connect_timeout": LONGEST_LOOK_SECONDS}
    try:
        psycopg.connect(**given).close()
    except psycopg.OperationalError:
        return False
    return True


def renew() -> None:
    """Let the pool look at the connections that wait in it, and put new ones in the place of dead ones."""
    pool = cast(DatabaseWrapper, connection).pool
    if pool is not None:
        pool.check()


def gate(get_response):
    """Answer at once while the database is away."""

    def respond(request: HttpRequest) -> HttpResponse:
        return answer(request) if watch.away() else get_response(request)

    return respond
