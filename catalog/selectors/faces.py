"""What lots are called and where they lie, known beforehand: a page of the market reads its lots alone, without joins.

Names of goods, grades, places and co-operatives change a few times a year; they may be a minute old (docs/adr/0011).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Model

from accounts.models import Organisation
from accounts.selectors import forget_places, places
from catalog.models import Listing
from kernel import near
from produce.models import Grade, Produce
from records.models import StoredFile

_WORDS, _SECONDS = "market-faces", 60


@dataclass(frozen=True)
class Faces:
    """Rows by the column that points at them, each with what a card shows; other columns are read when asked for."""

    rows: dict[str, Mapping[Any, Model]]

    def know(self, lot: Listing) -> bool:
        """Return whether everything this lot points at is here."""
        keys = ((getattr(lot, f"{name}_id"), rows) for name, rows in self.rows.items())
        return all(key is None or key in rows for key, rows in keys)

    def put_on(self, lot: Listing) -> None:
        """Give a lot what it points at, as far as it is here."""
        for name, rows in self.rows.items():
            key = getattr(lot, f"{name}_id")
            if key in rows:
                setattr(lot, name, rows[key])


def dress(lots: list[Listing]) -> list[Listing]:
    """Give lots of `market.narrow` what they point at; what is newer than a minute is read at once."""
    faces = _known()
    if not all(faces.know(lot) for lot in lots):
        near.forget(_WORDS)
        forget_places()
        faces = _known()
    for lot in lots:
        faces.put_on(lot)
        if lot.cover_id is not None:
            lot.cover = StoredFile.from_db(None, ("id", "sha256"), (lot.cover_id, vars(lot)["cover_sha256"]))
    return lots


def _known() -> Faces:
    words = cast(dict[str, Mapping[Any, Model]], near.get_or_set(_WORDS, _read, _SECONDS))
    return Faces(words | {"village": places(), "township": places()})


def _read() -> dict[str, Mapping[Any, Model]]:
    shops = Organisation.objects.filter(kind=Organisation.Kind.COOPERATIVE)
    return {
        "produce": Produce.objects.only("code", "name", "name_en", "picture", "count_word").in_bulk(),
        "grade": Grade.objects.only("code", "name", "name_en").in_bulk(),
        "cooperative": shops.only("name").in_bulk(),
    }
