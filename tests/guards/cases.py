"""How a test says which guard it owns: each case carries the guard's name as its id and as its mark."""

from dataclasses import dataclass, field

import pytest
from django.db import models

from tests.guards.rows import a_row, insert, past_triggers, refused_by, twin


def owns(guard: str, *values):
    """Return one case of a parametrised test that owns this guard."""
    return pytest.param(*values, id=guard.partition(" ")[2], marks=pytest.mark.guard(guard))


@dataclass(frozen=True)
class Check:
    """A check constraint, the row it is tried on and the changes that it alone forbids."""

    name: str
    model: type[models.Model]
    forbidden: tuple[dict, ...]
    where: dict = field(default_factory=dict)


def check(name: str, model: type[models.Model], *forbidden: dict, **where):
    """Return the case of a named check: a row found by `where` cannot take any of these changes."""
    return owns(f"check {name}", Check(name, model, forbidden, where))


def bounds(name: str, model: type[models.Model], column: str, least: int, most: int | None = None, **where):
    """Return the case of a check that keeps one column between two bounds: one step beyond each is forbidden."""
    beyond = [{column: least - 1}, *([{column: most + 1}] if most is not None else [])]
    return check(name, model, *beyond, **where)


def words(name: str, model: type[models.Model], column: str = "status", **where):
    """Return the case of a check that a column holds one of its words."""
    return check(name, model, {column: "elsewhere"}, **where)


@dataclass(frozen=True)
class Unique:
    """A unique index, the row that is doubled and the columns whose change leaves the index alone to refuse."""

    name: str
    model: type[models.Model]
    equal: tuple[str, ...]
    where: dict
    changes: dict


def unique(name: str, model: type[models.Model], *, changes: dict | None = None, **where):
    """Return the case of a unique index by its own name, or by its one column where it has none."""
    own = name if any(name == constraint.name for constraint in model._meta.constraints) else ""
    equal = tuple(next(c.fields for c in model._meta.constraints if c.name == own)) if own else (name,)
    guard = own or f"{model._meta.db_table}({model._meta.get_field(name).column})"
    return owns(f"unique {guard}", Unique(guard, model, equal, where, changes or {}))


def refuses_each_change(case: Check) -> None:
    """Try each forbidden change on a row, past triggers and grants, and hear this check refuse it."""
    row = a_row(case.model, **case.where)
    for change in case.forbidden:
        with refused_by(case.name), past_triggers():
            case.model._base_manager.filter(pk=row.pk).update(**change)


def refuses_a_twin(case: Unique) -> None:
    """Insert a row that equals another in these columns only, and hear this index refuse it; one unlike it enters."""
    row = a_row(case.model, **case.where)
    with refused_by(case.name):
        insert(twin(row, case.equal, **case.changes))
    insert(twin(row))
