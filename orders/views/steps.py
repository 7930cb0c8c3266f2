"""One step on a document, from its form to the page it ends on; the same for every step."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.versions import fingerprint
from records.services.idempotency import once


def take_step(
    request: HttpRequest, form, what: tuple, page: str, act: Callable, *, said: str, on_refusal: Callable | None = None
) -> HttpResponse:
    """Do one thing once under the form's key, say so, and go to a page; a refusal is said there, or where it was typed.

    `act(form, at)` does it; `on_refusal(form, sentence, status)` shows the typed form again.
    """
    if not form.is_valid():
        if on_refusal is not None:
            return on_refusal(form, "", 400)
        messages.error(request, next(iter(form.errors.values()))[0])
        return redirect(page)
    data = {name: value for name, value in form.cleaned_data.items() if name != "idem"}
    try:
        once(
            request.user,
            form.cleaned_data["idem"],
            fingerprint(*what, data),
            lambda: {"done": bool(act(form, clock.now()))},
        )
    except DomainError as refusal:
        if on_refusal is not None:
            return on_refusal(form, str(refusal), error_status(refusal))
        messages.error(request, str(refusal))
        return redirect(page)
    messages.success(request, said or _("Done."))
    return redirect(page)


def error_status(refusal: DomainError | None) -> int:
    """Return how a page with this refusal answers: unreadable is 400, the wrong moment 409."""
    if refusal is None:
        return 200
    return 400 if isinstance(refusal, BadValue) else 409
