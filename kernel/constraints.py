"""What many tables demand alike: bounds, one owner of two kinds, two different people, one row of a kind a day."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import CheckConstraint, F, Func, Q


def within(column: str, least: int, most: int, *, name: str) -> CheckConstraint:
    """Return the constraint that a column holds at least and at most so much."""
    return CheckConstraint(condition=Q(**{f"{column}__gte": least, f"{column}__lte": most}), name=name)


def one_of(first: str, second: str, *, name: str) -> CheckConstraint:
    """Return the constraint that exactly one of two columns is filled in."""
    only_second: dict[str, Any] = {first: None, f"{second}__isnull": False}
    only_first: dict[str, Any] = {f"{first}__isnull": False, second: None}
    return CheckConstraint(condition=Q(**only_second) | Q(**only_first), name=name)


def two_people(first: str, second: str, *, name: str) -> CheckConstraint:
    """Return the constraint that two hands on a row are never the same account."""
    return CheckConstraint(condition=~Q(**{first: F(second)}), name=name)


# One range for all that is alike: it meets itself alone, and needs no extension of the database.
_ALIKE = "hashtextextended(coalesce(%(expressions)s::text, ''), 0)"


def once_a_day(*alike: str, name: str, last_day: bool = False) -> ExclusionConstraint:
    """Return the constraint that no two rows equal in these columns hold on the same day; empty equals empty.

    A row holds from `from_on` until before `to_on`, with `last_day` until the end of it; without one for good.
    """
    kind = Func(
        *map(F, alike), arg_joiner="::text, '') || ':' || coalesce(", template=f"int8range({_ALIKE}, {_ALIKE}, '[]')"
    )
    days = Func(
        F("from_on"),
        F("to_on"),
        function="daterange",
        template="%(function)s(%(expressions)s, '[]')" if last_day else "%(function)s(%(expressions)s)",
        output_field=DateRangeField(),
    )
    return ExclusionConstraint(
        name=name, expressions=[(kind, RangeOperators.OVERLAPS), (days, RangeOperators.OVERLAPS)]
    )
