"""Which goods a written word means: the dictionary's names, words for them, the same sound, what looks alike."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from orders.pasted.doubts import Doubt
from orders.pasted.lexicon import HEADS, KINDS, LOOKALIKES, OTHER_GOODS, PICTURES, SAID_FOR

LONGEST = 7
MOST_CANDIDATES = 6
_ALIKE: dict[str, set[str]] = defaultdict(set)
for _pair in LOOKALIKES:
    _ALIKE[_pair[0]].add(_pair[1])
    _ALIKE[_pair[1]].add(_pair[0])
# The same sound and yet another good: 咸姜 is none of 鲜姜.
_NEVER_THE_SAME = {frozenset("鲜咸"), frozenset("干甘")}

Sounds = Callable[[Iterable[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Good:
    """One entry of the dictionary as a reader of texts needs it."""

    id: int
    code: str
    name: str
    names: tuple[str, ...]  # the name and its other names, as they are compared
    pinyin: tuple[str, ...] = ()
    counted: bool = False
    forbidden: bool = False
    grades: tuple[tuple[int, str], ...] = ()  # id and name


@dataclass(frozen=True, slots=True)
class Meant:
    """What a word means: one good, with a doubt or without; or none, with those it may be."""

    good: Good | None
    doubt: Doubt | None = None
    candidates: tuple[Good, ...] = ()


class Book:
    """The names of a dictionary, found in a text."""

    def __init__(self, goods: Iterable[Good], sounds: Sounds) -> None:
        self.goods = tuple(goods)
        self._sounds = sounds
        self._exact: dict[str, Meant] = {}
        for good in self.goods:
            for name in good.names:
                held = self._exact.get(name)
                if held is None or held.good is good:
                    self._exact[name] = Meant(good)
                else:
                    self._exact[name] = Meant(None, Doubt.SEVERAL, (*_of(held), good))
        self._own = frozenset(self._exact)
        by_name = {good.name: good for good in self.goods}
        for word, name in SAID_FOR.items():
            if name in by_name:
                self._exact.setdefault(word, Meant(by_name[name], Doubt.NAME))
        for word in OTHER_GOODS:
            self._exact.setdefault(word, Meant(None, Doubt.UNKNOWN, self._like(word)))
        for word in KINDS:
            kinds = tuple(good for good in self.goods if any(word in name for name in good.names))
            self._exact.setdefault(word, Meant(None, Doubt.SEVERAL, kinds[:MOST_CANDIDATES]))
        self.pictures = {sign: by_name[name] for sign, name in PICTURES.items() if name in by_name}
        self._by_pinyin = {spelling: good for good in reversed(self.goods) for spelling in good.pinyin}
        self._by_letters: dict[str, set[str]] = defaultdict(set)  # the same characters in another order
        self._cut: dict[str, set[str]] = defaultdict(set)
        self._said: dict[str, str] = {}
        self._spelt: dict[tuple[str, ...], set[str]] = {}
        self.grades = {name: None for good in self.goods for _id, name in good.grades}
        self._looks: dict[str, set[str]] = defaultdict(set)
        for name in self._own:
            for at, one in enumerate(name):
                for other in _ALIKE.get(one, ()):
                    self._looks[name[:at] + other + name[at + 1 :]].add(name)
            if len(name) > 2:
                self._by_letters["".join(sorted(name))].add(name)
                if name[-1] in HEADS:
                    self._cut[name[:-1]].add(name)

    def hear(self, characters: set[str]) -> bool:
        """Learn how these are said, all at once; say whether any of them is new."""
        new = characters - self._said.keys()
        if not new:
            return False
        if not self._spelt:
            known = self._sounds("".join(self._own))
            spelt: dict[tuple[str, ...], set[str]] = defaultdict(set)
            for name in self._own:
                spelt[tuple(known.get(c, c) for c in name)].add(name)
            self._said.update(known)
            self._spelt = spelt
            new = characters - known.keys()
        self._said.update({**dict.fromkeys(new, ""), **self._sounds("".join(new))})
        return True

    def at(self, text: str, start: int) -> tuple[str, Meant] | None:
        """Return the longest known word that begins here."""
        for length in range(min(LONGEST, len(text) - start), 0, -1):
            word = text[start : start + length]
            meant = self._exact.get(word)
            if meant is not None:
                return word, meant
        return None

    def near(self, text: str, start: int) -> tuple[str, Meant] | None:
        """Return the word that begins here and is written a little otherwise than a name: by sound, by eye, turned."""
        for length in range(min(LONGEST, len(text) - start), 1, -1):
            word = text[start : start + length]
            if not all("\u3400" <= c <= "\u9fff" for c in word) or word in OTHER_GOODS:
                continue
            for names, doubt in (
                (self._sounding(word), None),
                (self._looks.get(word, set()), Doubt.NAME),
                (self._cut.get(word, set()), Doubt.NAME),
                (self._by_letters.get("".join(sorted(word)), set()) if length > 2 else set(), Doubt.NAME),
            ):
                goods = {self._exact[name].good for name in names} - {None}
                if len(goods) == 1:
                    return word, Meant(goods.pop(), doubt)
        return None

    def spelt(self, letters: str) -> Meant | None:
        """Return what pinyin left in the text means."""
        good = self._by_pinyin.get(letters)
        return Meant(good, Doubt.NAME) if good else None

    def named(self, name: str) -> Good | None:
        """Return the good of exactly this name or other name."""
        return self._exact[name].good if name in self._own else None

    def unknown(self, word: str) -> Meant:
        """Return what a word means that nobody knows: nothing, and the goods whose names it touches."""
        return Meant(None, Doubt.UNKNOWN, self._like(word))

    def _like(self, word: str) -> tuple[Good, ...]:
        close = [good for good in self.goods if any(name in word or word in name for name in good.names)]
        return tuple(close[:MOST_CANDIDATES])

    def _sounding(self, word: str) -> set[str]:
        said = tuple(self._said.get(c, "") for c in word)
        found = self._spelt.get(said, set()) if all(said) else set()
        return {name for name in found if _shares(name, word)}


def _of(meant: Meant) -> tuple[Good, ...]:
    return (meant.good,) if meant.good else meant.candidates


def _shares(name: str, word: str) -> bool:
    """Say whether two words of one sound have a character in common, and no pair that is never the same."""
    pairs = [(a, b) for a, b in zip(name, word, strict=True) if a != b]
    return len(pairs) < len(name) and not any(frozenset(pair) in _NEVER_THE_SAME for pair in pairs)
