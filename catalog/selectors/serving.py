"""What a channel may not serve, on a day."""

import datetime as dt

from django.db.models import Q, QuerySet

from catalog.models import NotServed
from kernel import near

KEPT_SECONDS = 60


def not_served(day: dt.date) -> QuerySet[NotServed]:
    """Return what any channel may not serve on a day."""
    return NotServed.objects.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


def hidden_from(channel: str | None, day: dt.date) -> dict[int, tuple[str, str]]:
    """Return what the buyers of a channel do not see on the market, each produce with its name and why.

    It may be a minute old, as the board: placing asks the register itself.
    """
    if not channel:
        return {}
    return near.get_or_set(_key(day), lambda: _hidden(day), KEPT_SECONDS).get(channel, {})


def forget(day: dt.date) -> None:
    """Look anew: something was forbidden, or is served again."""
    near.forget(_key(day))


def _hidden(day: dt.date) -> dict[str, dict[int, tuple[str, str]]]:
    hidden: dict[str, dict[int, tuple[str, str]]] = {}
    rows = not_served(day).order_by("produce__name")
    for channel, produce, name, why in rows.values_list("channel_id", "produce_id", "produce__name", "why"):
        hidden.setdefault(channel, {})[produce] = (name, why)
    return hidden


def _key(day: dt.date) -> str:
    return f"not-served:{day.isoformat()}"
