"""Every document that has a number gets one that can be said, from the database itself, whoever writes the row."""

import re

import pytest
from django.apps import apps
from django.db import transaction

from kernel.numbers import NumberField, RunningField, begun, number_of, read_number
from orders.models import SettlementStatement
from records.models import NumberLetter
from tests.guards.cases import owns
from tests.guards.grown import DAY
from tests.guards.rows import a_row, twin
from tests.guards.test_statuses import along, of_something_else

NUMBERED = [model for model in apps.get_models() if any(isinstance(f, NumberField) for f in model._meta.local_fields)]
SAID = re.compile(r"[A-Z]{2}\d{6}-[A-Z]?\d{4,}-\d")


def running_of(model) -> str:
    """Return the column that counts the documents of a kind: one of its own, or the key."""
    return next((f.name for f in model._meta.local_fields if isinstance(f, RunningField)), "id")


def a_new_one(model):
    """Write one more document, as its service begins it; the same goods may not be claimed or settled twice."""
    like = a_row(model)
    first = next(iter(model.MOVES)) if hasattr(model, "MOVES") else None
    begins = {"status": first} | along(like, first) if first else {}
    own = {"running": None} if running_of(model) == "running" else {}
    seller = {"payable": None, "total_fen": 0} if model is SettlementStatement else {}
    row = twin(like, number=begun("DD", DAY), **begins, **own, **seller, **of_something_else(like))
    row.save(force_insert=True)
    return row


@pytest.mark.parametrize("model", [owns(f"trigger {m._meta.db_table}.numbered", m) for m in NUMBERED])
def test_a_number_is_completed_as_its_row_is_written(model):
    letter = NumberLetter.objects.order_by("-number").values_list("letter", flat=True)[0]
    with transaction.atomic():
        row = a_new_one(model)
        running = model._base_manager.values_list(running_of(model), flat=True).get(pk=row.pk)
        kept = model._base_manager.values_list("number", flat=True).get(pk=row.pk)
        transaction.set_rollback(True)

    assert row.number == kept == number_of("DD", DAY, running, letter)
    assert read_number(kept) == kept


@pytest.mark.parametrize("model", NUMBERED)
def test_what_the_services_wrote_is_headed_by_a_number_that_can_be_said(model):
    for number in model._base_manager.values_list("number", flat=True):
        assert SAID.fullmatch(number) and read_number(number) == number


def test_no_two_kinds_begin_with_the_same_letters():
    kinds = [{row.number[:2] for row in model._base_manager.all()} for model in NUMBERED]

    assert all(kinds)
    assert len(set.union(*kinds)) == sum(len(letters) for letters in kinds)
