"""Requests behind the sign-in: whoever asks is a person of the register, as the middleware has made sure."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


class SignedIn(HttpRequest):
    """A page asked for by somebody who is signed in."""

    user: User  # type: ignore[assignment]


class SignedInCall(Request):
    """A program's request in the name of somebody who is signed in."""

    user: User
