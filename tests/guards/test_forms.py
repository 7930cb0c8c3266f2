"""Whoever posts holds the page's own token: a form that another site sends in somebody's name is refused unread."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from tests.county.access_table import POSTED
from tests.county.world import addresses
from tests.factories import a_user, login
from tests.guards.cases import owns
from tests.guards.forms import FORMS
from tests.guards.process import endpoints_of_sessions, endpoints_that_take_a_post

KEYS = {
    "key": "channels",
    "row_key": "abc",
    "code": "abc",
    "digest": "abc",
    "shows": "scale",
    "number": "abc",
    "place_code": "360735102208",
    "produce_code": "cabbage",
}
UUIDS = (
    "draft_id",
    "sheet_id",
    "household_id",
    "objection_id",
    "consent_id",
    "dispute_id",
    "file_id",
    "case_id",
    "heir_id",
    "payable_id",
    "person_id",
    "session_id",
    "register_file_id",
    "register_change_id",
    "union_list_id",
    "mandate_id",
    "coop_member_id",
)
ENDPOINTS = endpoints_that_take_a_post()
OF_SESSIONS = endpoints_of_sessions()


@pytest.fixture
def visitor():
    """Somebody signed in whose browser was led here by another site: cookies, and no token."""
    return login(Client(enforce_csrf_checks=True, raise_request_exception=False), a_user("欧佳"))


def path_of(name: str) -> str:
    """Return an address with keys that nobody has: the token is asked for before anything is looked up."""
    keys = {key: KEYS.get(key, 10**9) for key in addresses()[name]}
    return reverse(name, kwargs=keys | {key: uuid.UUID(int=1) for key in keys if key in UUIDS})


@pytest.mark.parametrize("name", [owns(f"csrf {name}", name) for name in sorted((POSTED | FORMS) - ENDPOINTS)])
def test_a_page_refuses_a_form_without_its_token(visitor, name):
    answer = visitor.post(path_of(name), {})

    assert (answer.status_code, [page.name for page in answer.templates][:1]) == (403, ["403_csrf.html"])


@pytest.mark.parametrize("name", [owns(f"csrf {name}", name) for name in sorted(OF_SESSIONS)])
def test_an_endpoint_refuses_a_session_without_its_token(visitor, name):
    answer = visitor.post(path_of(name), {}, content_type="application/json")

    assert (answer.status_code, answer.json()["message"]) == (403, "CSRF Failed: CSRF cookie not set.")
