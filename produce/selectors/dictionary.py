"""Find produce the way people ask for it: by name, by another name, by pinyin, by initials.

A few hundred rows, read once a minute at most and kept in the cache: a search costs no query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.utils.translation import get_language

from kernel import near
from kernel.folding import pinyin_letters, search_words
from kernel.present import known
from produce.models import Grade, GradeStep, Produce, StockUnit

_KEY, _SECONDS = "produce-dictionary:5", 60
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
    grades: tuple[tuple[int, str, str, str], ...]  # id, code, Chinese, English
    names: tuple[str, ...]  # the name and the other names as they are compared
    counted: bool = False  # by the head, not by weight
    piece_g: int | None = None  # what a head usually weighs
    count_word: str = ""  # by which heads are counted

    @property
    def local_name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


# How well an entry fits what was typed (t: as typed, a: as plain pinyin), the best first.
_TESTS: tuple[Callable[[Word, str, str], bool], ...] = (
    lambda w, t, a: w.names[0] in (t, a),
    lambda w, t, a: t in w.names or a in w.names,
    lambda w, t, a: a in w.pinyin or t == w.name_en.lower(),
    lambda w, t, a: a in w.initials,
    lambda w, t, a: w.names[0].startswith(t),
    lambda w, t, a: any(name.startswith(t) for name in w.names),
    lambda w, t, a: a.isascii() and any(spelling.startswith(a) for spelling in w.pinyin),
    lambda w, t, a: a.isascii() and any(spelling.startswith(a) for spelling in w.initials),
    lambda w, t, a: any(t in name for name in w.names),
    lambda w, t, a: any(name in t for name in w.names if len(name) > 1),  # 「屏山包菜」
    lambda w, t, a: len(t) > 2 and t in w.name_en.lower(),
    lambda w, t, a: len(a) > 2 and a.isascii() and any(a in spelling for spelling in w.pinyin),
)  # fmt: skip


def words() -> list[Word]:
    """Return the whole dictionary in its own order."""
    return cast(list[Word], near.get_or_set(_KEY, _read, _SECONDS))


def forget() -> None:
    """Read the dictionary anew at the next question."""
    near.forget(_KEY)


def matches(asked: str) -> list[Word]:
    """Return the entries meant by what somebody typed, the best first; nothing typed matches nothing."""
    return [word for tier in tiers(asked) for word in tier]


def tiers(asked: str) -> list[list[Word]]:
    """Return the entries meant by what somebody typed, those that fit equally well together, the best first."""
    text = plain(asked)
    if not text:
        return []
    letters = pinyin_letters(text) or text
    found: dict[int, list[Word]] = {}
    for word in words():
        rank = next((rank for rank, fits in enumerate(_TESTS) if fits(word, text, letters)), None)
        if rank is not None:
            found.setdefault(rank, []).append(word)
    return [found[rank] for rank in sorted(found)]


def plain(asked: str) -> str:
    """Return what somebody typed as it is compared: width, unseen signs, blanks, traditional characters folded."""
    return search_words(asked[:MOST_LETTERS])


def ids_by_name() -> dict[str, int]:
    """Return the entry that each name and alias, as `key_of` folds it, leads to: at once, for whoever looks up many."""
    return {key_of(name): word.id for word in words() for name in reversed(word.names)}


def key_of(name: str) -> str:
    """Return a name of goods as `ids_by_name` knows it."""
    return plain(name).replace(" ", "")


def of_categories(codes: list[str]) -> list[int]:
    """Return the entries of these kinds."""
    return [word.id for word in words() if word.category in codes]


def grade_names() -> dict[str, tuple[str, str]]:
    """Return every grade code with its Chinese and English name, in the order of the dictionary."""
    return {code: (zh, en) for word in words() for _id, code, zh, en in word.grades}


def grades_of(codes: list[str]) -> list[int]:
    """Return the grades with these codes, whatever the produce."""
    return [grade_id for word in words() for grade_id, code, _zh, _en in word.grades if code in codes]


def steps_below(grade: Grade | None) -> list[GradeStep]:
    """Return the grades below this one in which its goods may be taken, the best first, with what they fetch."""
    if grade is None or grade.worth_percent is None:
        return []
    whole = grade.worth_percent
    rows = Grade.objects.filter(produce=grade.produce_id, position__gt=grade.position, worth_percent__lt=whole)
    steps = []
    for row in rows.order_by("position"):
        percent = min(99, (200 * known(row.worth_percent) + whole) // (2 * whole))
        steps.append(GradeStep(row.code, row.name, row.name_en, max(1, percent)))
    return steps


def _read() -> list[Word]:
    grades: dict[int, list[tuple[int, str, str, str]]] = {}
    for produce_id, *grade in Grade.objects.order_by("position").values_list(
        "produce_id", "pk", "code", "name", "name_en"
    ):
        grades.setdefault(produce_id, []).append(cast(tuple[int, str, str, str], tuple(grade)))
    return [
        Word(
            id=row.pk,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            category=row.category_id,
            aliases=tuple(row.aliases),
            pinyin=tuple(row.pinyin.split()),
            initials=tuple(row.initials.split()),
            picture=row.picture,
            season=tuple(row.season),
            forbidden=row.forbidden,
            grades=tuple(grades.get(row.pk, ())),
            names=tuple(search_words(name) for name in (row.name, *row.aliases)),
            counted=row.stock_unit == StockUnit.PIECE,
            piece_g=row.piece_g,
            count_word=row.count_word,
        )
        for row in Produce.objects.order_by("position", "pk")
    ]
