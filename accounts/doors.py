"""Requests behind the sign-in: whoever asks is a person of the register, as the middleware has made sure."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.models import User


class SignedIn(HttpRequest):
    """A page asked for by somebody who is signed in."""

    user: User  # type: ignore[assignment]


class SignedInCall(Request):
    """A program's request in the name of somebody who is signed in."""

    user: User


def from_own_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse what the page of one person sends after another has signed in on the same phone: it is sent again later.

    The page's script says whose page it is. A browser without it says nothing, and its form fails by its old token.
    """

    @wraps(view)
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        owner = request.headers.get("Draft-Owner")
        if owner is None or owner == str(request.user.pk):
            return view(request, *args, **kwargs)
        words = _("Somebody else has signed in on this phone. This is kept here and goes off when you sign in again.")
        return JsonResponse({"code": "other_person", "message": words}, status=409)

    return guarded
