"""What is refused arrives as a status, a code and a sentence, on a page as in the API."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError
from rest_framework.exceptions import NotFound, ValidationError

from kernel.errors import BadValue, DomainError
from marketplace.refusals import answer_api, refusal_for
from records.models import Move


class TooLate(DomainError):
    code = "too_late"
    message = "The day is over."


def caught(sentence: str, *, as_owner: bool = False) -> DatabaseError:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        if as_owner:
            cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(sentence)
    return error.value


def test_a_rule_answers_409_and_an_unreadable_value_400():
    late, unreadable = answer_api(TooLate(), {}), answer_api(BadValue("“1e5” is no weight."), {})

    assert (late.status_code, late.data) == (409, {"code": "too_late", "message": "The day is over."})
    assert (unreadable.status_code, unreadable.data["code"]) == (400, "bad_value")


def test_a_bug_is_not_a_refusal():
    assert refusal_for(KeyError("x")) is None
    assert answer_api(KeyError("x"), {}) is None


def test_wrong_input_says_the_field_and_a_sentence():
    answer = answer_api(ValidationError({"lines": [{"weight": ["Too much."]}]}), {})

    assert answer.status_code == 400
    assert answer.data["code"] == "bad_input"
    assert answer.data["message"] == "Too much."
    assert set(answer.data["fields"]) == {"lines"}


def test_what_is_not_there_keeps_its_own_status():
    answer = answer_api(NotFound(), {})

    assert (answer.status_code, answer.data["code"]) == (404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_a_trigger_of_the_database_answers_409():
    Move.objects.create(document="order:1", after="placed", at="2026-01-05T00:00:00Z")

    refusal = refusal_for(caught("UPDATE records_move SET note = 'rewritten'", as_owner=True))

    assert (refusal.status, refusal.code) == (409, "refused")
    assert "records_move" not in refusal.message


@pytest.mark.django_db
def test_a_check_of_the_database_answers_409():
    sentence = (
        "INSERT INTO accounts_channel (code, name_zh, name_en, position, runs_canteen, asks_test) "
        "VALUES ('a','a','a',-1,true,false)"
    )
    error = caught(sentence)

    assert isinstance(error, IntegrityError)
    assert refusal_for(error).status == 409


@pytest.mark.django_db
def test_a_number_no_column_can_hold_answers_400():
    assert refusal_for(caught("SELECT 99999999999999999999::bigint")).status == 400


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_not_free_in_time_answers_503_and_when_to_come_back():
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(1)")
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        error = caught("SET LOCAL lock_timeout = '50ms'; SELECT pg_advisory_xact_lock(1)")
    finally:
        done.set()
        thread.join()

    refusal = refusal_for(error)
    assert (refusal.status, refusal.code, refusal.headers()) == (503, "busy", {"Retry-After": "3"})
