"""What many tables demand alike: an amount within its bounds, one owner of two kinds, two different people."""

from typing import Any

from django.db.models import CheckConstraint, F, Q


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
