"""Sessions that go no further: nobody used them for long, or they began before there was a second step.

What was typed into a form that arrives after the end waits, sealed, for its own person to sign in again. What a phone
keeps by itself is led to the sign-in as ever, and the phone goes on keeping it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import STAFF_ROLES
from accounts.selectors import rest_limit, standing
from kernel import clock
from marketplace.sessions import AT_MOST_ONCE

ENDED, UNSENT = "ended", "unsent"  # in the session: why it ended, and what was typed since
DRAFTS = "scale-"  # begins the name of what was typed at the scale so far
MOST_TYPED = 500_000  # characters
# Where staff without an authenticator may still go.
WITHOUT_SECOND_STEP = {
    "mfa_activate_totp",
    "account_logout",
    "sign-out",
    "account_reauthenticate",
    "elder-toggle",
    "language-switch",
}
NO_FORMS_THAT_WAIT = {"account_logout", "sign-out", UNSENT}


@dataclass(frozen=True, slots=True)
class Unsent:
    """A form that arrived after its session had ended."""

    path: str
    page: str  # where it was typed
    fields: list[tuple[str, str]]
    with_files: bool
    at: dt.datetime


class EndedSessions:
    """End what has rested too long or lacks its second step; write down the use of all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and let the cookie of a session whose use was written last on."""
        answer = self.get_response(request)
        if getattr(request, "use_was_written", False) and settings.SESSION_COOKIE_NAME not in answer.cookies:
            answer.set_cookie(
                settings.SESSION_COOKIE_NAME,
                request.session.session_key or "",
                max_age=settings.SESSION_COOKIE_AGE,
                domain=settings.SESSION_COOKIE_DOMAIN,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=settings.SESSION_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        return answer

    def process_view(self, request: HttpRequest, view: Callable, args: Any, kwargs: Any) -> HttpResponse | None:
        """Look at the session before the page does; the token of a form has been looked at already."""
        if not request.user.is_authenticated:
            return _turned_away(request, view) if ENDED in request.session else None
        if ENDED in request.session:
            _forget_the_end(request)
        if request.method == "POST" and _is_sent_again(request):
            forget_unsent(request)
        ended = _rested_too_long(request) or _lacks_second_step(request)
        if ended:
            _end(request, ended)
            return _turned_away(request, view)
        return _to_set_up(request)


def _end(request: HttpRequest, why: dict[str, Any]) -> None:
    """Sign out, and keep for the same person what the session held of work under way."""
    user = str(request.user.pk)
    drafts = {name: value for name, value in request.session.items() if name.startswith(DRAFTS)}
    logout(request)
    request.session[ENDED] = {"user": user, "drafts": drafts, **why}


def _rested_too_long(request: HttpRequest) -> dict[str, Any] | None:
    """Return why the session is over, or write down that it is used."""
    session: Any = request.session
    if session.read_at is None or session.rested < AT_MOST_ONCE:
        return None
    limit = rest_limit(standing(request.user), clock.county_day(session.read_at))
    if session.rested >= limit.length:
        return {"why": "rest", "number": limit.number, "unit": limit.unit}
    session.write_use()
    request.use_was_written = True  # type: ignore[attr-defined]
    return None


def _lacks_second_step(request: HttpRequest) -> dict[str, Any] | None:
    """Return why a session of staff is over that has not shown the code of their authenticator."""
    if _needs_second_step(request) and Authenticator.objects.filter(user=request.user, type="totp").exists():
        return {"why": "second_step"}
    return None


def _needs_second_step(request: HttpRequest) -> bool:
    """Return whether this person handles other people's goods or money, in a session that has shown a phone alone.

    Asked at every request until it has shown more: a post may be given to somebody who is signed in already.
    """
    methods = {record["method"] for record in get_authentication_records(request, request.user)}
    return bool(methods) and "mfa" not in methods and standing(request.user).has(*STAFF_ROLES)


def _to_set_up(request: HttpRequest) -> HttpResponse | None:
    """Send staff who have no authenticator yet to set it up."""
    match = request.resolver_match
    if not _needs_second_step(request) or (match is not None and match.url_name in WITHOUT_SECOND_STEP):
        return None
    if _is_program(request):
        words = _("Set up your authenticator app on the site first.")
        return JsonResponse({"code": "second_step", "message": words}, status=403)
    return redirect("mfa_activate_totp")


def _turned_away(request: HttpRequest, view: Callable) -> HttpResponse | None:
    """Answer who is not signed in any more: a program by its code, a form by keeping it; public pages go on."""
    ended = request.session[ENDED]
    if _is_program(request):
        code = "session_ended" if ended["why"] == "rest" else "second_step"
        return JsonResponse({"code": code, "message": why_ended(request)}, status=401)
    if request.method == "POST" and getattr(view, "login_required", True) and _is_form_that_waits(request):
        return _keep_typed(request, ended["user"])
    return None


def _is_program(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _is_form_that_waits(request: HttpRequest) -> bool:
    """Say whether a person sent this from a page: what a page's script sends stays with the script."""
    match = request.resolver_match
    of_a_page = "text/html" in request.headers.get("Accept", "text/html")
    return of_a_page and match is not None and match.url_name not in NO_FORMS_THAT_WAIT


def _keep_typed(request: HttpRequest, user: str) -> HttpResponse:
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    fields = [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]
    if sum(len(name) + len(value) for name, value in fields) > MOST_TYPED:
        request.session[UNSENT] = {"user": user, "lost": True}
        return redirect_to_login(_page_of(request))
    request.session[UNSENT] = {
        "user": user,
        "path": request.get_full_path(),
        "page": _page_of(request),
        "fields": fields,
        "files": bool(request.FILES),
        "at": clock.now().isoformat(),
    }
    return redirect_to_login(reverse(UNSENT))


def _is_sent_again(request: HttpRequest) -> bool:
    return request.session.get(UNSENT, {}).get("path") == request.get_full_path()


def _page_of(request: HttpRequest) -> str:
    """Return the page from which a form was sent, or its own address where the browser does not say."""
    before = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return (urlsplit(before)._replace(scheme="", netloc="").geturl() if safe else "") or request.path


def _forget_the_end(request: HttpRequest) -> None:
    """Give back what the session held, once its person is signed in again; forget what another person had typed."""
    kept, ended = request.session.get(UNSENT, {}), request.session.pop(ENDED)
    if ended["user"] == str(request.user.pk):
        request.session.update(ended["drafts"])
    if kept and (kept["user"] != str(request.user.pk) or "lost" in kept):
        del request.session[UNSENT]


def why_ended(request: HttpRequest) -> str:
    """Return why somebody has to sign in again, and what became of what was typed; nothing where no session ended."""
    session = getattr(request, "session", None)
    ended = session.get(ENDED) if session is not None else None
    if session is None or not ended or request.user.is_authenticated:
        return ""
    return " ".join(filter(None, (_reason(ended), _what_became(session.get(UNSENT)))))


def _reason(ended: dict[str, Any]) -> str:
    if ended["why"] == "second_step":
        return _("This account now has an authenticator app. Sign in again and write its six digits.")
    words = {
        "minutes": ngettext("%(n)s minute", "%(n)s minutes", ended.get("number", 0)),
        "hours": ngettext("%(n)s hour", "%(n)s hours", ended.get("number", 0)),
        "days": ngettext("%(n)s day", "%(n)s days", ended.get("number", 0)),
    }
    length = words[ended["unit"]] % {"n": ended["number"]}
    return _("You did nothing here for %(length)s, so you were signed out. Please sign in again.") % {"length": length}


def _what_became(kept: dict[str, Any] | None) -> str:
    if not kept:
        return ""
    if kept.get("lost"):
        return _("What you typed is too long to be kept. Copy it from the page before, then sign in.")
    if kept["files"]:
        return _("What you typed is still here; photos and files have to be chosen again.")
    return _("What you typed is still here and can be sent once you have signed in.")


def unsent_of(request: HttpRequest) -> Unsent | None:
    """Return the form of this person that waits to be sent."""
    kept = request.session.get(UNSENT)
    if not kept or kept["user"] != str(request.user.pk) or "lost" in kept:
        return None
    fields = [(name, value) for name, value in kept["fields"]]
    return Unsent(kept["path"], kept["page"], fields, kept["files"], dt.datetime.fromisoformat(kept["at"]))


def forget_unsent(request: HttpRequest) -> None:
    """Forget the form that waits."""
    request.session.pop(UNSENT, None)
