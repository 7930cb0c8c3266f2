"""The dictionary as whoever keeps it sees it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.present import label_of, name_of
from kernel.shown import Fact
from produce.models import Produce
from produce.pages.changes import COLUMN_NAMES, said_of


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in the list; `waits` while a change of it waits for a second person."""

    url: str
    name: str
    picture: str
    kind: str
    aliases: str
    keeps: str
    forbidden: bool
    waits: bool


def entry_row(produce: Produce, waiting: Collection[int]) -> EntryRow:
    """Return one entry in the list; `waiting` are the entries of which a change waits."""
    return EntryRow(
        url=reverse("dictionary-entry", args=[produce.code]),
        name=name_of(produce),
        picture=produce.picture,
        kind=label_of(produce.category),
        aliases=pgettext("list", ", ").join(produce.aliases),
        keeps=_("%(room)s / %(cold)s days") % {"room": produce.shelf_days, "cold": produce.shelf_days_cold},
        forbidden=produce.forbidden,
        waits=produce.pk in waiting,
    )


def facts_of(values: Mapping[str, Any], kinds: dict[str, str]) -> list[Fact]:
    """Return everything an entry says, column by column."""
    return [
        Fact(str(label), said_of(column, values[column], kinds).replace("\n", _("; ")))
        for column, label in COLUMN_NAMES.items()
        if column not in ("code", "picture")
    ]
