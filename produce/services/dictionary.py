"""Bring the county's dictionary into the tables: as often as one likes, ending the same.

An entry that two people changed by hand stays as they left it: from then on they keep it, not the list that came along.
"""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F, Model

from produce.dictionary import CATEGORIES, ENTRIES, Entry
from produce.models import ChangeStatus, Grade, Produce, ProduceCategory, ProduceChange, StockUnit
from produce.selectors.dictionary import forget
from produce.spelling import spell_apart
from produce.spelling_worker import spell


@dataclass(frozen=True)
class Loaded:
    """How many entries were new, how many there are, and how many people keep by hand."""

    new: int
    all: int
    by_hand: int = 0


@transaction.atomic
def load() -> Loaded:
    """Enter every category, produce and grade of the dictionary, and bring those that exist up to date."""
    by_hand = set(
        ProduceChange.objects.filter(status=ChangeStatus.IN_FORCE).values_list("produce__code", flat=True).distinct()
    )
    entries = [(place, entry) for place, entry in enumerate(ENTRIES, start=1) if entry.code not in by_hand]
    known = Produce.objects.filter(code__in=[entry.code for entry in ENTRIES]).count()
    # Positions are unique: what stands in the way steps aside before the new order is written.
    ProduceCategory.objects.filter(position__lt=1000).update(position=F("position") + 1000)
    _upsert(
        ProduceCategory,
        [
            ProduceCategory(code=code, name_zh=name_zh, name_en=name_en, position=position)
            for position, (code, name_zh, name_en) in enumerate(CATEGORIES, start=1)
        ],
        ["code"],
    )
    _upsert(Produce, [_produce(entry, position) for position, entry in entries], ["code"])
    ids = dict(Produce.objects.values_list("code", "pk"))
    _upsert(
        Grade,
        [
            Grade(produce_id=ids[entry.code], position=place, **asdict(grade))
            for _position, entry in entries
            for place, grade in enumerate(entry.grades, start=1)
        ],
        ["produce", "code"],
    )
    transaction.on_commit(forget)
    return Loaded(new=len(ENTRIES) - known, all=len(ENTRIES), by_hand=len(ENTRIES) - len(entries))


def pinyin_of(words: list[str]) -> tuple[str, str]:
    """Return the pinyin and the initials of each word, the words apart by a space, as far as the columns reach."""
    return _columns(spell(words))


def pinyin_apart(words: list[str]) -> tuple[str, str]:
    """Return the same as `pinyin_of`, read by a process of its own: a web worker never holds the tables."""
    return _columns(spell_apart(words))


def _columns(spelt: list) -> tuple[str, str]:
    return _joined([full.lower() for full, _first in spelt], 80), _joined([first.lower() for _full, first in spelt], 24)


def _produce(entry: Entry, position: int) -> Produce:
    pinyin, initials = pinyin_of([entry.name, *entry.aliases])
    return Produce(
        code=entry.code,
        name=entry.name,
        name_en=entry.name_en,
        category_id=entry.category,
        aliases=list(entry.aliases),
        pinyin=pinyin,
        initials=initials,
        picture=entry.picture,
        stock_unit=StockUnit.PIECE if entry.piece_g else StockUnit.GRAM,
        piece_g=entry.piece_g,
        count_word=entry.count_word,
        shelf_days=entry.room,
        shelf_days_cold=entry.cold,
        yield_g_per_mu=entry.kg_per_mu * 1000 if entry.kg_per_mu else None,
        packs=list(entry.packs),
        papers=list(entry.papers),
        season=list(entry.season),
        forbidden=bool(entry.forbidden_reason),
        forbidden_reason=entry.forbidden_reason,
        position=position,
    )


def _upsert(model: type[Model], rows: list, keys: list[str]) -> None:
    """Insert these rows, or write their other columns where a row of the same keys stands."""
    fixed = {*keys, "first_listed_at"}  # told by who lists, not by the list that came along
    others = [field.name for field in model._meta.concrete_fields if not field.primary_key and field.name not in fixed]
    model._base_manager.bulk_create(rows, update_conflicts=True, unique_fields=keys, update_fields=others)


def _joined(words: list[str], most: int) -> str:
    joined = ""
    for word in dict.fromkeys(words):
        longer = f"{joined} {word}".strip()
        if len(longer) <= most:
            joined = longer
    return joined


def note_listed(produce: Produce, grade: Grade | None, *, at: dt.datetime) -> None:
    """Write down that goods of this entry and grade are put on sale: from now on its unit and this grade stay.

    A change of the unit that was agreed a moment before is seen: the entry is read anew behind its lock.
    """
    if produce.first_listed_at is None:
        Produce.objects.filter(pk=produce.pk, first_listed_at=None).update(first_listed_at=at)
        produce.refresh_from_db(fields=["first_listed_at", "stock_unit", "piece_g"])
    if grade is not None and grade.first_listed_at is None:
        Grade.objects.filter(pk=grade.pk, first_listed_at=None).update(first_listed_at=at)
