"""The guards that live in the running site and not in its tables, and how each is dropped alone.

They are read from where they work: the audit's oracles, the sealed columns of every model, the limits of every
endpoint, the forms behind every address; and the single lines of code that keep a rule by themselves.
"""

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest import mock

from allauth.core.internal import ratelimit
from django.apps import apps
from django.conf import settings
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.authentication import SessionAuthentication
from rest_framework.throttling import SimpleRateThrottle

import marketplace.audit
from accounts import forms
from accounts.services import messages
from accounts.views import sign_in
from canteens.services import ceilings, deciding
from kernel import sealing
from marketplace.sessions import SessionStore
from orders.selectors import judging
from orders.services import kitchens, limit_wall, placing, serving, steps, union_plan, union_share
from records.selectors import policy
from records.services import files
from records.views import notices
from reports.api import sales as reports_api
from reports.views import sales as reports_views
from tests.county.access_table import POSTED
from tests.guards.forms import FORMS

Dropped = Callable[[], AbstractContextManager]


def guards_of_the_site() -> Iterator[tuple[str, Dropped]]:
    """Yield the name of each guard with what takes it away while it is entered."""
    yield from _promises()
    yield from _bindings()
    yield from _throttles()
    yield from _forms()
    yield from ((name, _without(*line)) for name, line in LINES.items())


# --- The audit ------------------------------------------------------------------------------------


def _promises():
    for oracle in marketplace.audit.oracles():
        yield f"audit {oracle.promise}", _silent(oracle.promise)


def _silent(promise: str) -> Dropped:
    def oracles(everything=marketplace.audit.oracles):
        nothing = "SELECT 1 WHERE false"
        return [dataclasses.replace(o, query=nothing) if o.promise == promise else o for o in everything()]

    return lambda: mock.patch.object(marketplace.audit, "oracles", oracles)


# --- Ciphertext bound to its row ------------------------------------------------------------------


def _bindings():
    for model in apps.get_models():
        for attribute in vars(model).values():
            if isinstance(attribute, sealing.sealed):
                yield f"binding {model._meta.db_table}.{attribute.column}", _unbound(model, attribute.column)
    yield "binding django_session.session_data", lambda: mock.patch.object(SessionStore, "_place", lambda store: "")
    yield "binding of a bank file to its name on disk", lambda: mock.patch.object(files, "_place", lambda digest: "")


def _unbound(model, column: str) -> Dropped:
    def place_of(row, name, truly=sealing.place_of):
        return "anywhere" if isinstance(row, model) and name == column else truly(row, name)

    return lambda: mock.patch.object(sealing, "place_of", place_of)


# --- Limits ---------------------------------------------------------------------------------------


def _throttles():
    endpoints = [pattern.callback.view_class for _name, pattern in _addresses() if _is_endpoint(pattern)]
    for throttle in sorted({t for view in endpoints for t in view.throttle_classes}, key=lambda t: t.__name__):
        yield f"throttle {throttle.__name__}", _unlimited(throttle)
    yield "throttle objections on the page", lambda: mock.patch.object(notices, "MOST_AN_HOUR", 10**9)
    for action, rates in settings.ACCOUNT_RATE_LIMITS.items():
        for rate in ratelimit.parse_rates(rates):
            yield f"throttle {action} by {rate.per}", _unlimited_by(rate.per)
    yield "throttle wrong codes", lambda: override_settings(ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS=10**9)
    yield "throttle wrong codes side by side", lambda: mock.patch.object(forms, "how_often", lambda _key, _seconds: 0)
    yield (
        "throttle codes sent again",
        lambda: mock.patch.object(sign_in.ratelimit, "consume", return_value=True),
    )


def _unlimited(throttle: type[SimpleRateThrottle]) -> Dropped:
    def allow_request(asked, request, view, truly=throttle.allow_request):
        return type(asked) is throttle or truly(asked, request, view)

    return lambda: mock.patch.object(throttle, "allow_request", allow_request)


def _unlimited_by(per: str) -> Dropped:
    def parse_rates(rates, truly=ratelimit.parse_rates):
        return [rate for rate in truly(rates) if rate.per != per]

    return lambda: mock.patch.object(ratelimit, "parse_rates", parse_rates)


# --- Forms ----------------------------------------------------------------------------------------


def _forms():
    """Yield the token of every endpoint and page that takes a POST; which pages show their own form is in FORMS."""
    endpoints = endpoints_of_sessions()
    for name, pattern in _addresses():
        if name in endpoints:
            yield f"csrf {name}", _untokened_endpoint(pattern)
        elif not _is_endpoint(pattern) and name in POSTED | FORMS:
            yield f"csrf {name}", _untokened_page(pattern)


def endpoints_that_take_a_post() -> set[str]:
    """Return the names of the addresses of the API that take a POST."""
    return {name for name, pattern in _addresses() if _is_endpoint(pattern) and hasattr(pattern.callback.cls, "post")}


def endpoints_of_sessions() -> set[str]:
    """Return those of them that know people by their session; the gateway of texts signs what it brings."""
    endpoints = {name: pattern.callback.cls for name, pattern in _addresses() if _is_endpoint(pattern)}
    return {name for name in endpoints_that_take_a_post() if endpoints[name].authentication_classes}


def _untokened_page(pattern: URLPattern) -> Dropped:
    return lambda: mock.patch.object(pattern.callback, "csrf_exempt", True, create=True)


def _untokened_endpoint(pattern: URLPattern) -> Dropped:
    class Careless(SessionAuthentication):
        def enforce_csrf(self, request):
            return None

    return lambda: mock.patch.object(pattern.callback.view_class, "authentication_classes", [Careless])


def _is_endpoint(pattern: URLPattern) -> bool:
    return hasattr(pattern.callback, "view_class") and hasattr(pattern.callback.view_class, "throttle_classes")


def _addresses() -> list[tuple[str, URLPattern]]:
    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name, pattern

    return sorted(walk(get_resolver().url_patterns), key=lambda named: named[0])


# --- Single lines ---------------------------------------------------------------------------------

# What a line is called → the function it stands in, the words taken out, the words in their place.
_SCOPE = "towns=only"
_OF_OTHERS = "if judged.others_room_fen is None or not more_fen or more_fen <= judged.others_room_fen:"
LINES = {
    "line a policy value waits for its second person": (policy.policy, " AND confirmed_by_id IS NOT NULL", ""),
    "line each value of a day waits for its second person": (policy._read, "confirmed_by__isnull=False, ", ""),
    "line a value in a statement waits for its second person": (policy._confirmed, ", confirmed_by__isnull=False", ""),
    "line a township sees its own relief on the page": (reports_views.relief_funnel, _SCOPE, "towns=()"),
    "line a township sees its own relief in the API": (reports_api.ReliefFunnel.get, _SCOPE, "towns=()"),
    "line two sweeps of the outbox skip each other's rows": (
        messages._take_one,
        "due.select_for_update(skip_locked=True).first()",
        "due.first()",
    ),
    "line a text that is being sent is leased": (messages._take_one, "message.tries + 1, at + LEASE", "1, at"),
    "line an occasion comes to no more than the rule": (
        ceilings._require_within_festival,
        "raise FestivalAboveRule(document, most_fen, plan.per_head_fen, others_fen)",
        "return",
    ),
    "line plans of a year come to no more than the rule": (
        ceilings.require_within_rule,
        "raise above(year, needed_fen, apart=apart, plan=True)",
        "return",
    ),
    "line orders on no plan come to no more in a year than the rule": (
        ceilings.count_unplanned,
        "with_room_for(funds, more_fen, on) if more_fen > 0 else funds",
        "funds",
    ),
    "line a union keeps its least share": (union_share.refuse_below_share, _OF_OTHERS, "if judged:"),
    "line what needs a plan is not ordered on none": (
        union_plan.refuse_unplanned,
        "judged.unplanned_fen + held_fen >= from_fen",
        "held_fen < 0",
    ),
    "line a channel is served nothing that is forbidden": (
        serving.refuse_unserved,
        "raise MayNotServe(said)",
        "return",
    ),
    "line who has no canteen orders no food for it": (kitchens.refuse_without_canteen, "raise NoCanteen", "return"),
    "line a class of goods stays within the limit of its year": (
        limit_wall.refuse_above_limit,
        "raise AboveLimit(goods, ordered_fen, more_fen, judged.limit_fen, _document(today))",
        "return",
    ),
    "line a plan is sent where somebody may decide it": (
        deciding.require_deciders,
        "raise NobodyDecides(deciding_role(plan.fund.kind))",
        "return []",
    ),
    "line an order is sent where enough people may approve it": (
        steps.require_people,
        "raise TooFewApprovers(asked, have, tier.posts)",
        "return",
    ),
    "line nobody orders the own goods": (placing.require_as_shown, "raise OwnGoods", "return"),
    "line small orders are judged as the large one they are": (judging.judged, "fen + earlier.get(category, 0)", "fen"),
}


def _without(function, words: str, instead: str) -> Dropped:
    """Drop one line's words from a function for everybody who holds it; the words must stand there exactly once."""
    function = inspect.unwrap(function)

    @contextmanager
    def dropped():
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(words) == 1, f"{words!r} stands no longer once in {function.__qualname__}"
        tree = ast.parse(source.replace(words, instead))
        tree.body[0].decorator_list = []
        scope: dict = {}
        exec(compile(tree, function.__code__.co_filename, "exec"), function.__globals__, scope)  # noqa: S102
        whole, function.__code__ = function.__code__, scope[function.__name__].__code__
        try:
            yield
        finally:
            function.__code__ = whole

    return dropped
