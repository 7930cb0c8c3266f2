"""How a refusal reaches a person: the same sentence and status on a page and in the API.

A rule's refusal is 409 (in the API 422 where one key is sent for two requests), something unreadable 400, a busy
database 503 with Retry-After. The database is the second line: what its checks and triggers refuse is a refusal too,
never a 500.
"""

from dataclasses import dataclass

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel.errors import BadValue, DomainError
from kernel.spare_cache import CannotCount
from marketplace import away
from records.services.idempotency import KeyReused

log = structlog.get_logger(__name__)

RULE_OF_THE_DATABASE = {
    "P0001",  # raised by one of our triggers
    "23505",  # a unique row
    "23514",  # a check
    "23P01",  # an exclusion
    "23503",  # a row still needed elsewhere
}
BUSY = {
    "55P03",  # a lock was not free in time
    "40P01",  # deadlock: the other one won
    "40001",  # could not serialise
    "57014",  # took too long
    "53300",  # no connection left
}
AWAY = {
    "57P01",  # told to stop
    "57P02",  # fell
    "57P03",  # starting or stopping
    "25006",  # only to be read, as while a copy takes over
    "53100",  # its disk is full
}
RETRY_AFTER_SECONDS = 3


@dataclass(frozen=True)
class Refusal:
    """What to tell: the status of the answer, a code for programs, a sentence for people."""

    status: int
    code: str
    message: str

    def headers(self) -> dict[str, str]:
        """Return when to come back, if coming back helps."""
        if self.status != 503:
            return {}
        return {"Retry-After": str(away.RETRY_AFTER_SECONDS if self.code == "away" else RETRY_AFTER_SECONDS)}


def refusal_for(error: BaseException) -> Refusal | None:
    """Return how to answer this error, or None when it is a bug and not a refusal."""
    if isinstance(error, BadValue):
        return Refusal(400, error.code, str(error))
    if isinstance(error, DomainError):
        return Refusal(409, error.code, str(error))
    if isinstance(error, CannotCount):
        return Refusal(503, "cannot_count", str(error))
    if isinstance(error, DatabaseError | InterfaceError):
        return _refusal_of_database(error)
    return None


def _refusal_of_database(error: DatabaseError | InterfaceError) -> Refusal | None:
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or ""
    if state in RULE_OF_THE_DATABASE:
        diagnosis = getattr(cause, "diag", None)
        log.warning(
            "database refused",
            sqlstate=state,
            table=getattr(diagnosis, "table_name", None),
            constraint=getattr(diagnosis, "constraint_name", None),
        )
        return Refusal(409, "refused", _("This cannot be done now. Open the page again to see how things stand."))
    if state.startswith("22"):  # a number or text that no column can hold
        log.warning("database cannot hold", sqlstate=state)
        return Refusal(400, "bad_value", _("This value is too long or too large. Check what was typed."))
    if _is_away(error, state):
        away.watch.begin()
        return Refusal(503, "away", away.sentence())
    if state in BUSY or isinstance(cause, PoolTimeout):
        log.warning("database busy", sqlstate=state)
        return Refusal(503, "busy", _("Many people are working at once. Wait a few seconds, then try again."))
    return None


def _is_away(error: DatabaseError | InterfaceError, state: str) -> bool:
    """Return whether the database cannot be reached, was lost on the way or takes nothing now."""
    if state:
        return state in AWAY or state.startswith("08")
    if isinstance(error.__cause__, PoolTimeout):
        if not away.answers():
            return True
        away.renew()  # it may be that the server fell and came back while nobody asked
        return False
    # Without a state the server itself said nothing: the way to it broke.
    return isinstance(error, OperationalError | InterfaceError)


def answer_api(error, context):
    """Answer an endpoint's error as `{code, message}`, with `fields` for what was typed wrongly."""
    if refusal := refusal_for(error):
        _mark(context.get("request"), refusal)
        status = 422 if isinstance(error, KeyReused) else refusal.status
        return Response({"code": refusal.code, "message": refusal.message}, status=status, headers=refusal.headers())
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        response.data = {"code": "bad_input", "message": _first_sentence(fields), "fields": fields}
    else:
        detail = response.data.get("detail", "")
        message = _("There is no such thing, or it is not yours to see.") if response.status_code == 404 else detail
        response.data = {"code": getattr(detail, "code", "refused"), "message": str(message)}
    return response


def _mark(request: HttpRequest | Request | None, refusal: Refusal) -> None:
    """Let the request say that a rule refused it, of the site or of the database."""
    if request is not None and refusal.status == 409:
        vars(getattr(request, "_request", request))["refused"] = refusal.code


def _first_sentence(detail) -> str:
    while isinstance(detail, dict | list) and detail:
        detail = next(iter(detail.values())) if isinstance(detail, dict) else detail[0]
    return str(detail or _("Please check what was typed."))


class RefusalPages:
    """Show a refusal that no view caught as a page with its sentence and the way back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        """Turn a refusal into its page; leave bugs to the log and the 500 page."""
        refusal = refusal_for(error)
        if refusal is None:
            return None
        if refusal.code == "away":
            return away.answer(request)
        _mark(request, refusal)
        context = {"code": refusal.code, "message": refusal.message, "status": refusal.status}
        answer = render(request, "refusal.html", context, status=refusal.status)
        for header, value in refusal.headers().items():
            answer.headers[header] = value
        return answer
