"""Traces are sealed once nobody can add to them, heads are noted outside, and the command says what broke."""

import io
import json
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from records import tasks
from records.models import HistorySeal, Move, Trace
from records.selectors.history import Wall, first_break
from records.services import history
from tests.factories import MONDAY
from tests.guards.rows import force, past_triggers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def journal(settings, tmp_path):
    settings.HISTORY_HEAD_JOURNAL = tmp_path / "heads.jsonl"
    return settings.HISTORY_HEAD_JOURNAL


@contextmanager
def hurried():
    """Do not wait long for others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "TRIES", 3)
        yield


def move(note: str = "") -> Move:
    return Move.objects.create(document="order:1", after="placed", at=MONDAY, note=note)


@contextmanager
def another_writer():
    """Write a move on another connection and hold it open; what is yielded ends it."""
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SET ROLE liujin_app")
        other.execute(
            "INSERT INTO records_move (document, before, after, at, note) VALUES ('order:2', '', 'placed', now(), '')"
        )
        yield other


def broken():
    return first_break(Wall("liujin_app", by_the_clock=False), [])


def said(journal, **how) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("verify_history", stdout=out, **how)
    except SystemExit as ended:
        return out.getvalue(), ended.code
    return out.getvalue(), 0


def test_what_was_written_is_sealed_and_bound_to_what_was_sealed_before():
    assert tasks.seal_history() == 0
    move(), move()

    assert tasks.seal_history() == 2
    move()
    assert tasks.seal_history() == 1
    assert tasks.seal_history() == 0

    first, second = HistorySeal.objects.order_by("pk")
    assert (first.after, first.total, second.total) == (0, 2, 3)
    assert (second.after, second.last) == (first.last, first.last + 1)
    assert broken() is None


def test_a_long_stretch_is_sealed_in_batches(monkeypatch):
    monkeypatch.setattr(history, "SEAL_TRACES", 3)
    monkeypatch.setattr(history, "MOST_SEALS", 2)
    Move.objects.bulk_create(Move(document="order:1", after="placed", at=MONDAY) for _n in range(8))

    assert [history.seal_history(), history.seal_history(), history.seal_history()] == [6, 2, 0]
    assert list(HistorySeal.objects.order_by("pk").values_list("traces", "total")) == [(3, 3), (3, 6), (2, 8)]
    assert broken() is None


def test_nothing_is_sealed_that_an_open_transaction_may_still_add_to():
    with another_writer() as other:
        move()
        with hurried():
            assert history.seal_history() == 0
        other.commit()

    assert history.seal_history() == 2
    assert broken() is None


def test_control_sealing_past_an_open_transaction_would_break_the_chain(monkeypatch):
    monkeypatch.setattr(history, "_left_behind", lambda cursor: True)
    with another_writer() as other:
        move()
        assert history.seal_history() == 1
        other.commit()

    assert broken().table == "records_historyseal"


def test_what_was_rolled_back_leaves_a_number_out_and_nothing_broken():
    with another_writer() as other:
        move()
        other.rollback()
    assert history.seal_history() == 1
    move()

    assert history.seal_history() == 1
    assert broken() is None


def test_two_sweeps_at_once_seal_once():
    move()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext('seal history'))")
        with hurried():
            assert history.seal_history() == 0

    assert history.seal_history() == 1


def test_the_head_is_noted_after_those_of_other_nights(journal):
    assert tasks.note_head() is False and not journal.exists()
    for _night in range(2):
        move()
        tasks.seal_history()
        assert tasks.note_head() is True

    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [line["total"] for line in lines] == [1, 2]
    assert [line["digest"] for line in lines] == list(
        HistorySeal.objects.order_by("pk").values_list("digest", flat=True)
    )


def test_the_command_says_that_all_holds(journal):
    assert "nothing sealed yet" in said(journal)[0]
    move()
    tasks.seal_history()
    tasks.note_head()

    text, code = said(journal)

    assert "History holds: 1 traces sealed" in text and code == 0


def test_the_command_names_the_first_broken_row_and_fails(journal):
    rows = [move(), move(), move()]
    for row in rows[1:]:
        force(row, note="改过")

    assert said(journal) == (f"BROKEN: records_move {rows[1].pk} was changed after it was written.\n", 1)


def test_the_command_holds_the_chain_against_the_noted_heads(journal):
    move()
    tasks.seal_history()
    tasks.note_head()
    journal.write_text(journal.read_text().replace('"total": 1', '"total": 2'))

    text, code = said(journal)

    assert "BROKEN: records_historyseal" in text and code == 1


def test_a_real_site_dates_acts_by_its_clock(journal, settings):
    row = move()
    assert said(journal)[1] == 0

    settings.HISTORY_BY_THE_CLOCK = True

    assert said(journal) == (f"BROKEN: records_move {row.pk} says that it was long before it was written.\n", 1)


def test_many_rows_are_looked_at_in_batches(monkeypatch):
    monkeypatch.setattr("records.selectors.history.ROWS", 50)
    Move.objects.bulk_create(Move(document="order:1", after="placed", at=MONDAY) for _n in range(220))
    tasks.seal_history()
    last = Move.objects.order_by("-pk").first()
    assert broken() is None

    force(last, note="改过")

    assert broken().row_id == last.pk


def test_a_number_taken_by_hand_is_found():
    move()
    tasks.seal_history()
    Trace.objects.create(pk=-7, place="records_move", row_id=Move.objects.get().pk, digest="0" * 64, role="", at=MONDAY)

    assert broken() is not None


def test_a_marked_restore_takes_back_the_heads_of_what_was_lost(journal):
    move()
    tasks.seal_history()
    tasks.note_head()
    kept = HistorySeal.objects.get()
    move()
    tasks.seal_history()
    tasks.note_head()
    with past_triggers():  # the backup of the night before
        HistorySeal.objects.exclude(pk=kept.pk)._raw_delete(using="default")
        Trace.objects.filter(pk__gt=kept.last)._raw_delete(using="default")
        Move.objects.filter(pk=Move.objects.order_by("-pk").first().pk)._raw_delete(using="default")
    assert "an older one restored" in said(journal)[0]

    call_command("mark_restored", stdout=io.StringIO())

    move()
    tasks.seal_history()
    tasks.note_head()
    text, code = said(journal)
    assert (code, "History holds" in text) == (0, True), text


def test_and_no_head_of_what_was_kept(journal):
    move()
    tasks.seal_history()
    tasks.note_head()
    call_command("mark_restored", stdout=io.StringIO())
    journal.write_text(journal.read_text().replace('"total": 1', '"total": 2'))

    assert said(journal)[1] == 1
