"""What holds for every request, whichever room answers it."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.test import RequestFactory

from marketplace.middleware import closed_doors, elder_mode, is_broken, readable_text
from marketplace.sessions import SessionStore


@pytest.fixture
def ask():
    """Send a request through the gate for text; it answers 200 from behind."""
    from django.http import HttpResponse

    gate = readable_text(lambda request: HttpResponse("through"))
    factory = RequestFactory()
    return lambda method, *args, **kwargs: gate(getattr(factory, method)(*args, **kwargs)).status_code


@pytest.mark.parametrize(
    ("text", "broken"),
    [("白莲", False), ("𠮷", False), ("a\x00b", True), ("half \ud842", True), ("", False), ("\u2028", False)],
)
def test_what_cannot_be_read(text, broken):
    assert is_broken(text) is broken


def test_nul_is_refused_wherever_it_hides(ask):
    assert ask("get", "/api/v1/x/?q=a%00b") == 400
    assert ask("get", "/api/v1/a%00b/") == 400
    assert ask("post", "/api/v1/x/", {"name": "a\x00b"}) == 400
    for body in ("[" * 100_000, '{"name": "a\\u0000b"}', '{"a\\u0000": 1}', '{"name": "half \\ud842"}', '["\\uDC00"]'):
        assert ask("post", "/api/v1/x/", body, content_type="application/json") == 400


def test_readable_text_passes(ask):
    assert ask("get", "/api/v1/x/?q=白莲") == 200
    assert ask("post", "/api/v1/x/", {"name": "𠮷 白莲"}) == 200
    for body in ('{"name": "\\ud842\\udfb7"}', '{"note": "C:\\\\u0000"}', "not json \\u0000"):
        assert ask("post", "/api/v1/x/", body, content_type="application/json") == 200


def test_the_refusal_says_what_to_do():
    answer = readable_text(lambda request: None)(RequestFactory().get("/api/v1/x/?q=%00"))

    assert json.loads(answer.content)["code"] == "unreadable_text"


def a_form_of(fields: int = 0, files: int = 0) -> bytes:
    """Return a form as a browser sends it."""
    parts = [f'Content-Disposition: form-data; name="f{n}"\r\n\r\n1' for n in range(fields)]
    parts += [f'Content-Disposition: form-data; name="photo"; filename="{n}.jpg"\r\n\r\nx' for n in range(files)]
    return ("".join(f"--line\r\n{part}\r\n" for part in parts) + "--line--\r\n").encode()


@pytest.mark.parametrize("path", ["/api/v1/listings/", "/sell/"])
@pytest.mark.parametrize(
    ("kind", "body", "more", "status"),
    [
        ("application/json", '{"name": "' + "x" * 2_600_000 + '"}', {}, 413),
        ("application/x-www-form-urlencoded", "a=1&" * 2_001, {}, 413),
        ("multipart/form-data; boundary=line", a_form_of(fields=2_001), {}, 413),
        ("multipart/form-data; boundary=line", a_form_of(files=500), {}, 413),
        ("multipart/form-data; boundary=line", b"", {"CONTENT_LENGTH": str(2**30)}, 413),
        ("multipart/form-data; boundary=line", b"", {"CONTENT_LENGTH": "9" * 5_000}, 413),
        ("multipart/form-data", a_form_of(fields=1), {}, 400),
    ],
    ids=["text", "fields", "parts", "500 photos", "1 GB", "no length", "no boundary"],
)
def test_too_much_at_once_or_half_a_form_is_refused_in_words(path, kind, body, more, status):
    gate = readable_text(lambda request: pytest.fail("it went through"))

    answer = gate(RequestFactory().generic("POST", path, body, content_type=kind, **more))

    assert answer.status_code == status
    if path.startswith("/api/"):
        assert json.loads(answer.content)["message"].endswith("。")
    else:
        assert "请返回" in answer.content.decode()


@pytest.mark.django_db
def test_strangers_meet_the_rules_for_browsers_too(client):
    answer = client.get("/nowhere/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(("header", "expected"), [(None, "no-store, private"), ("public, max-age=60", None)])
def test_pages_of_signed_in_people_stay_out_of_caches(header, expected):
    from django.http import HttpResponse

    request = RequestFactory().get("/")
    request.user = type("Someone", (), {"is_authenticated": True})()
    headers = {"Cache-Control": header} if header else {}

    answer = closed_doors(lambda request: HttpResponse(headers=headers))(request)

    assert answer.headers["Cache-Control"] == (expected or header)


@pytest.mark.parametrize(
    ("cookie", "step"),
    [({}, 0), ({"elder": "1"}, 1), ({"elder": "2"}, 2), ({"elder": "3"}, 0), ({"elder": "x"}, 0)],
)
def test_large_letters_follow_the_cookie(cookie, step):
    request = RequestFactory().get("/")
    request.COOKIES = cookie

    assert elder_mode(lambda request: (request.letters, request.elder))(request) == (step, step > 0)


@pytest.mark.django_db
def test_a_session_is_unreadable_in_the_table_and_opens_only_under_its_own_key():
    session = SessionStore()
    session["code"] = "482913"
    session["名"] = "𠮷"
    session.save()
    other = SessionStore()
    other.create()
    row = Session.objects.get(pk=session.session_key)

    Session.objects.filter(pk=other.session_key).update(session_data=row.session_data)

    assert "482913" not in row.session_data
    assert SessionStore(session.session_key)["code"] == "482913"
    assert SessionStore(session.session_key)["名"] == "𠮷"
    assert SessionStore(other.session_key).load() == {}
