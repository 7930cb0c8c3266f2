"""Logs carry ids, never what names or reaches a person."""

import logging

import pytest

from marketplace.logs import STRUCK, redact, without_trace


@pytest.mark.parametrize("key", ["phone", "payee_name", "card", "id_number", "Authorization", "code"])
def test_fields_about_a_person_are_struck_out(key):
    assert redact(None, "info", {"event": "sent", key: "x"})[key] == STRUCK


def test_numbers_in_a_sentence_are_struck_out():
    entry = redact(
        None,
        "info",
        {"event": "to 13800138000 and +86 138-0013-8000", "deep": [{"a": "360735199001011234"}, "6222020200112233445"]},
    )

    assert entry["event"] == f"to {STRUCK} and {STRUCK}"
    assert entry["deep"] == [{"a": STRUCK}, STRUCK]


def test_ids_stay():
    entry = {"event": "paid", "document": "order:8123", "amount_fen": 1380013800000, "url_name": "order-approve",
             "payable": "1c9f6f3e-7d0c-4b61-9a0e-138001380001", "at": "2026-01-05T10:00:00.123456Z"}  # fmt: skip

    assert redact(None, "info", dict(entry)) == entry


def test_a_refusal_takes_one_line_and_a_bug_its_trace():
    def record(level):
        made = logging.LogRecord("django.request", level, "", 0, "said", None, (ValueError, ValueError("x"), None))
        assert without_trace(made)
        return made.exc_info

    assert record(logging.WARNING) is None
    assert record(logging.ERROR) is not None
