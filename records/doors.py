"""The one door for acts, of pages and of programs: what is asked is done once under its key, or refused in words."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from kernel import clock
from kernel.api_fields import key_of, read_input
from kernel.errors import BadValue, DomainError
from kernel.versions import fingerprint
from records.services import ahead, idempotency, pieces
from records.services.photos import MOST_BYTES, PhotosBusy

Act = Callable[[dt.datetime], object]  # a dict of JSON values it returns is kept: usually the id to go to
Again = Callable[[str, int], HttpResponse]  # what was typed, shown again with a sentence and a status
Show = Callable[[int], HttpResponse]  # the page of a form, whatever stands on the form, with a status
READ = 64 * 1024
MOST_DIGITS = 9
Verb = Callable[..., object]  # a service: `verb(row, by=…, at=…)`, and by name what the form asks


def once(request: HttpRequest | Request, key: str, data: Mapping[str, Any], act: Act) -> dict[str, Any]:
    """Do `act(at)` once under this key and return what it led to; the same key again returns the same, doing nothing.

    The key belongs to whoever is signed in, or to nobody: a public form acts once too. It stands for the address and
    the data of the request; raises KeyReused when they are others, and whatever `act` refuses, leaving the key free.
    """
    user = request.user if request.user.is_authenticated else None
    request_print = fingerprint(request.path, {name: _as_text(value) for name, value in data.items()})

    def answer() -> dict[str, Any]:
        led_to = act(clock.now())
        return dict(led_to) if isinstance(led_to, Mapping) else {}

    try:
        return idempotency.once(user, key, request_print, answer)
    except DomainError as refusal:
        mark_refused(request, refusal)
        raise


def mark_refused(request: HttpRequest | Request, refusal: DomainError) -> None:
    """Let the request say by which rule it was refused, whatever the page answers; what cannot be read is no try."""
    if not isinstance(refusal, BadValue):
        vars(getattr(request, "_request", request))["refused"] = refusal.code


def once_by_form(request: HttpRequest, form: BaseForm, act: Act) -> dict[str, Any]:
    """Do `act(at)` once under the key of a valid form and return what it led to; the form is what was asked."""
    return once(request, str(form.cleaned_data["idem"]), typed(form), act)


def typed(form: BaseForm) -> dict[str, Any]:
    """Return what a valid form asks, without its key."""
    return {name: value for name, value in form.cleaned_data.items() if name != "idem"}


def act_once(
    request: HttpRequest,
    form: BaseForm,
    act: Act,
    *,
    to: str | Callable[[dict[str, Any]], str],
    done: str = "",
    again: Again | None = None,
    back: str = "",
) -> HttpResponse:
    """Do what a form asks once under its key, say that it is `done`, and go to a page.

    `to` is an address, or makes one of what the act led to. A form that cannot be read and a refusal are shown by
    `again(sentence, status)`, 400 or 409; without it they are told on the page `back`, or `to`.
    """
    if not form.is_valid():
        return again("", 400) if again else _told(request, str(next(iter(form.errors.values()))[0]), back or str(to))
    try:
        answer = once_by_form(request, form, act)
    except DomainError as refusal:
        if again:
            return again(str(refusal), error_status(refusal))
        return _told(request, str(refusal), back or str(to))
    messages.success(request, done or _("Done."))
    return redirect(to(answer) if callable(to) else to)


def act_on(
    request: HttpRequest,
    form: BaseForm,
    verb: Verb,
    row: Model,
    *,
    to: str | Callable[[dict[str, Any]], str],
    done: str,
    again: Again | None = None,
    back: str = "",
) -> HttpResponse:
    """Do `verb` on a row once, with each field of the form as the word of its name; the rest is as in `act_once`."""

    def act(at: dt.datetime) -> object:
        return verb(row, **typed(form), by=request.user, at=at)

    return act_once(request, form, act, to=to, done=done, again=again, back=back)


def on_form(form: BaseForm, show: Show, field: str | None = None) -> Again:
    """Return what puts a refusal on the form, beside a field or above all of them, and shows its page again."""

    def again(sentence: str, status: int) -> HttpResponse:
        if sentence:
            form.add_error(field, sentence)
        return show(status)

    return again


def act_for_program(request: Request, data: Mapping[str, Any], act: Act) -> dict[str, Any]:
    """Do `act(at)` once under the request's Idempotency-Key and return what it led to; refuse a request without one."""
    key = key_of(request)
    if not key:
        raise BadValue(_("Send a header Idempotency-Key with a value of your own; the same value acts once."))
    return once(request, key, data, act)


def program_acts_on(request: Request, verb: Verb, row: Model, shape: type[Serializer] | None = None) -> None:
    """Do `verb` on a row once, with what the request says in this shape, each field as the word of its name."""
    asked = read_input(shape, request) if shape else {}
    act_for_program(request, asked, lambda at: verb(row, **asked, by=request.user, at=at))


def error_status(refusal: DomainError | None) -> int:
    """Return how a page with this refusal answers: unreadable is 400, the wrong moment 409."""
    if refusal is None:
        return 200
    return 400 if isinstance(refusal, BadValue) else 409


def take_piece(request: HttpRequest, place: str, digest: str, *, by: Any) -> bool:
    """Add the piece that a phone's script sends behind what has arrived; return whether all of the file is there."""
    offset, total = _number(request, "Upload-Offset"), _number(request, "Upload-Length")
    have = pieces.add_piece(place, digest, _body(request, total - offset), offset=offset, total=total, by=by)
    return have >= total


def photo_in_pieces(request: Any, document: str, role: str, digest: str, hang: ahead.Hang, *, to: str) -> HttpResponse:
    """Return how much of a photo has arrived, or take the piece that follows; whole, it hangs on its document."""
    place, here = ahead.place_of(document, role), JsonResponse({"to": to})
    try:
        if ahead.has_come(document, role, digest):
            return here
        if request.method == "GET" or not take_piece(request, place, digest, by=request.user):
            return have_pieces(pieces.held(place, digest, by=request.user))
        told = {
            "camera_sha256": request.headers.get("Camera-Sha256", ""),
            "phone_ms": request.headers.get("Camera-At", ""),
        }
        ahead.take_pieces(document, role, digest, hang, **told, by=request.user, at=clock.now())
        return here
    except DomainError as refusal:
        return piece_refused(refusal)


def have_pieces(have: int) -> HttpResponse:
    """Tell a phone's script how much of a file has arrived: there it goes on."""
    return JsonResponse({"have": have})


def piece_refused(refusal: DomainError) -> HttpResponse:
    """Tell a script why a piece is not taken: 409 and 503 where it sends again, 400 where that helps nothing."""
    told = {"code": refusal.code, "message": str(refusal)}
    if isinstance(refusal, pieces.PieceDoesNotFit):
        return JsonResponse(told | {"have": refusal.have}, status=409)
    status = 409 if isinstance(refusal, pieces.PiecesDiffer) else 503 if isinstance(refusal, PhotosBusy) else 400
    return JsonResponse(told, status=status)


def _body(request: HttpRequest, most: int) -> bytes:
    """Read the piece; of one whose connection broke, what came before counts. One byte too many is read, to be seen."""
    parts, left = [], min(max(most, 0), MOST_BYTES) + 1
    try:
        while left and (part := request.read(min(READ, left))):
            parts.append(part)
            left -= len(part)
    except UnreadablePostError:
        pass
    return b"".join(parts)


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise pieces.BadPiece
    return int(text)


def _told(request: HttpRequest, sentence: str, page: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect(page)


def _as_text(value: Any) -> str:
    """Return what a value is told apart by: a row by its id, a file by its content, anything else as written."""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, UploadedFile):
        return _content_print(value)
    return str(value)


def _content_print(upload: UploadedFile) -> str:
    """Return the sha256 of what was uploaded, and leave it to be read from its beginning."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
