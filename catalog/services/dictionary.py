"""Bring the county's dictionary into the tables: as often as one likes, ending the same."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F, Model

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
    _upsert(Produce, [_produce(entry, position) for position, entry in enumerate(ENTRIES, start=1)], ["code"])
    ids = dict(Produce.objects.values_list("code", "pk"))
    _upsert(
        Grade,
        [
            Grade(produce_id=ids[entry.code], position=place, **asdict(grade))
            for entry in ENTRIES
            for place, grade in enumerate(entry.grades, start=1)
        ],
        ["produce", "code"],
    )
    transaction.on_commit(forget)
    return Loaded(new=len(ENTRIES) - known, all=len(ENTRIES))


def pinyin_of(words: list[str]) -> tuple[str, str]:
    """Return the pinyin and the initials of each word, the words apart by a space, as far as the columns reach."""
    from pypinyin import Style, lazy_pinyin  # here, since its tables fill 55 MiB and only loading needs them

    full = ["".join(lazy_pinyin(word)) for word in words]
    first = ["".join(lazy_pinyin(word, style=Style.FIRST_LETTER)) for word in words]
    return _joined(full, 80), _joined(first, 24)


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
        shelf_days=entry.room,
        shelf_days_cold=entry.cold,
        yield_g_per_mu=entry.kg_per_mu * 1000 if entry.kg_per_mu else None,
        papers=list(entry.papers),
        season=list(entry.season),
        forbidden=bool(entry.forbidden_reason),
        forbidden_reason=entry.forbidden_reason,
        position=position,
    )


def _upsert(model: type[Model], rows: list, keys: list[str]) -> None:
    """Insert these rows, or write their other columns where a row of the same keys stands."""
    others = [field.name for field in model._meta.concrete_fields if not field.primary_key and field.name not in keys]
    model._base_manager.bulk_create(rows, update_conflicts=True, unique_fields=keys, update_fields=others)


def _joined(words: list[str], most: int) -> str:
    said = ""
    for word in dict.fromkeys(words):
        longer = f"{said} {word}".strip()
        if len(longer) <= most:
            said = longer
    return said
