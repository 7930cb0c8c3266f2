"""The wall around history: whoever breaks into the site still logs in as a role that cannot rewrite it."""

import threading

import pytest
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, transaction

from records.models import Move


def ask(sentence: str, *values) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sentence, values)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_tests_work_as_the_app_role():
    assert ask("SELECT current_user") == settings.APP_ROLE == "liujin_app"


@pytest.mark.django_db(transaction=True)
def test_another_thread_works_as_the_app_role_too():
    seen = []

    def look():
        seen.append(ask("SELECT current_user"))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == ["liujin_app"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", [1, 2])
def test_committed_rows_are_gone_before_the_next_test(round):
    assert not Move.objects.exists()

    Move.objects.create(document="order:1", after="placed", at="2026-01-05T00:00:00Z")

    assert ask("SELECT current_user") == "liujin_app"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE records_move SET note = 'rewritten'",
        "DELETE FROM records_move",
        "TRUNCATE records_move",
        "ALTER TABLE records_move DISABLE TRIGGER ALL",
        "DROP TABLE records_move",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_database_refuses_the_app_role(sentence):
    move = Move.objects.create(document="order:1", after="placed", at="2026-01-05T00:00:00Z")

    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sentence)

    assert refused.value.__cause__.sqlstate == "42501"
    assert Move.objects.get(pk=move.pk).note == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sentence",
    [
        "DELETE FROM losses_visit",
        "UPDATE losses_visit SET seed = 'another'",
        "DELETE FROM records_finding",
        "UPDATE records_finding SET document = 'claim:2'",
        "DELETE FROM records_idempotencykey",
        "UPDATE records_idempotencykey SET fingerprint = 'another'",
        "DELETE FROM records_policyvalue",
        "UPDATE records_policyvalue SET value = '1'",
        "DELETE FROM accounts_membership",
        "UPDATE accounts_bankcard SET number_sealed = 'another'",
        "UPDATE ledger_payment SET amount_fen = 1",
    ],
)
def test_what_tells_history_keeps_its_rows_and_all_but_some_columns(sentence):
    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sentence)

    assert refused.value.__cause__.sqlstate == "42501"


@pytest.mark.django_db(transaction=True)
def test_even_the_owner_is_stopped_by_the_triggers():
    move = Move.objects.create(document="order:1", after="placed", at="2026-01-05T00:00:00Z")

    for sentence in ("UPDATE records_move SET note = 'rewritten'", "DELETE FROM records_move", "TRUNCATE records_move"):
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
            cursor.execute(sentence)
        assert refused.value.__cause__.sqlstate == "P0001"

    assert Move.objects.get(pk=move.pk).note == ""


@pytest.mark.django_db
def test_a_statement_cannot_wait_for_a_lock_without_end():
    assert ask("SHOW lock_timeout") == "4s"
    assert ask("SHOW statement_timeout") == "30s"
