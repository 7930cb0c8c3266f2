"""Find produce the way people ask for it: by name, by another name, by pinyin, by initials.

A few hundred rows, read once a minute at most and kept in the cache: a search costs no query.
"""

from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.utils.translation import get_language

from catalog.models import Produce
from kernel.typed import fold_width, strip_invisible

_KEY, _SECONDS = "produce-dictionary:1", 60
MOST_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Word:
    """One entry as a search sees it."""

    id: int
    code: str
    name: str
    name_en: str
    category: str
    aliases: tuple[str, ...]
    pinyin: tuple[str, ...]
    initials: tuple[str, ...]
    picture: str
    season: tuple[int, ...]
    forbidden: bool

    @property
    def said(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


def words() -> list[Word]:
    """Return the whole dictionary in its own order."""
    return cast(list[Word], cache.get_or_set(_KEY, _read, _SECONDS))


def forget():
    """Read the dictionary anew at the next question."""
    cache.delete(_KEY)


def matches(asked: str) -> list[Word]:
    """Return the entries meant by what somebody typed, the best first; nothing typed matches nothing."""
    text = strip_invisible(fold_width(asked[:MOST_LETTERS])).strip().lower()
    if not text:
        return []
    ranked = [(rank, number, word) for number, word in enumerate(words()) if (rank := _rank(word, text)) is not None]
    return [word for _rank_, _number, word in sorted(ranked, key=lambda found: found[:2])]


def ids_by_name() -> dict[str, int]:
    """Return the entry that each name and alias leads to, read at once for whoever looks up many."""
    return {name: word.id for word in words() for name in (*word.aliases, word.name)}


def _rank(word: Word, text: str) -> int | None:
    names = (word.name, *word.aliases)
    letters = text.replace(" ", "")
    tests = (
        text == word.name,
        text in word.aliases,
        any(name.startswith(text) for name in names),
        any(text in name for name in names),
        any(name in text for name in names if len(name) > 1),  # 「屏山包菜」
        text in word.name_en.lower(),
        letters.isascii() and any(pinyin.startswith(letters) for pinyin in word.pinyin),
        letters.isascii() and any(initials.startswith(letters) for initials in word.initials),
    )
    return next((rank for rank, met in enumerate(tests) if met), None)


def _read() -> list[Word]:
    rows = Produce.objects.order_by("position", "pk").values_list(
        "pk",
        "code",
        "name",
        "name_en",
        "category_id",
        "aliases",
        "pinyin",
        "initials",
        "picture",
        "season",
        "forbidden",
    )
    return [
        Word(*row[:5], tuple(row[5]), tuple(row[6].split()), tuple(row[7].split()), row[8], tuple(row[9]), row[10])
        for row in rows
    ]
