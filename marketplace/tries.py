"""Whoever is refused at a door of money or of a decision leaves a row for the auditor, once all else is undone."""

import re
from collections.abc import Callable

import structlog
from django.db import Error
from django.http import HttpRequest, HttpResponse
from psycopg_pool import PoolTimeout

from kernel import clock
from records.services.tries import note_refusal
from reports.pages.tries import NOT_ALLOWED, NOT_THERE, door_of

log = structlog.get_logger(__name__)

WALLS = {403: NOT_ALLOWED, 404: NOT_THERE}
# Numbers of rows, codes of places, keys of documents: nothing that somebody could have typed into an address.
_PUBLIC = re.compile(r"[0-9]{1,10}|36[0-9]{10}|[0-9a-f-]{36}")


def refused_tries(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Write down who was refused, by a rule or at the door itself."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        if request.method != "POST" or match is None or (door := door_of(match.url_name or "")) is None:
            return response
        code = getattr(request, "refused", "") or WALLS.get(response.status_code, "")
        if code:
            _note(request, door, document_of(match.kwargs), code)
        return response

    return answer


def document_of(keys: dict[str, object]) -> str:
    """Name the document of an address, the narrowest that is named there: `claim:31`."""
    named = [f"{key.removesuffix('_id')}:{value}" for key, value in keys.items() if _PUBLIC.fullmatch(str(value))]
    return named[-1] if named else ""


def _note(request: HttpRequest, door: str, document: str, code: str) -> None:
    try:
        if request.user.is_authenticated:
            note_refusal(by=request.user, door=door, document=document, code=code, at=clock.now())
    except (Error, PoolTimeout):  # a server that is away must not take the refusal's own answer away
        log.warning("refused try not written", door=door, code=code)
