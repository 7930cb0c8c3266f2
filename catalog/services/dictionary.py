"""Bring the county's dictionary into the tables: as often as one likes, ending the same."""

from dataclasses import dataclass

from django.db import transaction
from pypinyin import Style, lazy_pinyin

from catalog.dictionary import CATEGORIES, ENTRIES, Entry
from catalog.models import Grade, Produce, ProduceCategory, StockUnit
from catalog.selectors.dictionary import forget


@dataclass(frozen=True)
class Loaded:
    """How many entries were new, and how many there are."""

    new: int
    all: int


@transaction.atomic
def load() -> Loaded:
    """Enter every category, produce and grade of the dictionary, and bring those that exist up to date."""
    categories = {}
    for position, (code, name_zh, name_en) in enumerate(CATEGORIES, start=1):
        ProduceCategory.objects.filter(position=position).exclude(code=code).update(position=100 + position)
        categories[code], _new = ProduceCategory.objects.update_or_create(
            code=code, defaults={"name_zh": name_zh, "name_en": name_en, "position": position}
        )
    new = sum(_enter(entry, categories[entry.category], position) for position, entry in enumerate(ENTRIES, start=1))
    transaction.on_commit(forget)
    return Loaded(new=new, all=len(ENTRIES))


def pinyin_of(words: list[str]) -> tuple[str, str]:
    """Return the pinyin and the initials of each word, the words apart by a space, as far as the columns reach."""
    full = ["".join(lazy_pinyin(word)) for word in words]
    first = ["".join(lazy_pinyin(word, style=Style.FIRST_LETTER)) for word in words]
    return _joined(full, 80), _joined(first, 24)


def _enter(entry: Entry, category: ProduceCategory, position: int) -> bool:
    pinyin, initials = pinyin_of([entry.name, *entry.aliases])
    produce, new = Produce.objects.update_or_create(
        code=entry.code,
        defaults={
            "name": entry.name,
            "name_en": entry.name_en,
            "category": category,
            "aliases": list(entry.aliases),
            "pinyin": pinyin,
            "initials": initials,
            "picture": entry.picture,
            "stock_unit": StockUnit.PIECE if entry.piece_g else StockUnit.GRAM,
            "piece_g": entry.piece_g,
            "shelf_days": entry.room,
            "shelf_days_cold": entry.cold,
            "yield_g_per_mu": entry.kg_per_mu * 1000 if entry.kg_per_mu else None,
            "papers": list(entry.papers),
            "season": list(entry.season),
            "forbidden": bool(entry.forbidden_reason),
            "forbidden_reason": entry.forbidden_reason,
            "position": position,
        },
    )
    for place, grade in enumerate(entry.grades, start=1):
        Grade.objects.update_or_create(
            produce=produce,
            code=grade.code,
            defaults={"name": grade.name, "name_en": grade.name_en, "measure": grade.measure, "position": place},
        )
    return new


def _joined(words: list[str], most: int) -> str:
    said = ""
    for word in dict.fromkeys(words):
        longer = f"{said} {word}".strip()
        if len(longer) <= most:
            said = longer
    return said
