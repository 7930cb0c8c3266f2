"""Whom a written name means, among the households somebody works for: the same characters, the same sound, a phone's
last digits.

Names and phones are sealed in the register, so they are opened here, in memory, and compared here. How characters are
said is read by a process apart, and only when a written name is nobody's.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from accounts.models import Household
from kernel.folding import pinyin_letters
from kernel.identity import name_key
from produce.spelling import sounds


@dataclass(frozen=True)
class Found:
    """Whom a name may mean; `how` says by what: name, sound or phone; empty when several or nobody fit well."""

    candidates: list[Household]
    how: str = ""

    @property
    def household(self) -> Household | None:
        """Return the one household that is meant, None while somebody has to choose."""
        return self.candidates[0] if self.how else None


class Names:
    """The heads of some households, found by what people write."""

    def __init__(self, households: Iterable[Household]) -> None:
        self.households = list(households)
        self._by_name: dict[str, list[Household]] = defaultdict(list)
        for household in self.households:
            self._by_name[name_key(household.head_name)].append(household)

    def find(self, name: str, tail: str = "") -> Found:
        """Return whom a name means: exactly so written, else so pronounced; a phone's tail decides between several.

        A tail that fits nobody of that name decides nothing: then somebody has to look.
        """
        key = name_key(name)
        ways: tuple[tuple[str, Callable[[], list[Household]]], ...] = (
            ("name", lambda: self._by_name.get(key, [])),
            ("sound", lambda: self._by_sound.get(sound_of(key), [])),
        )
        for how, read in ways:
            fitting = read()
            if not fitting:
                continue
            if tail:
                narrowed = [household for household in fitting if household.phone.endswith(tail)]
                if len(narrowed) == 1:
                    return Found(narrowed, how)
                return Found(narrowed or fitting)
            return Found(fitting, how if len(fitting) == 1 else "")
        # Nobody of that name: the phone alone proposes and never decides.
        return Found([one for one in self.households if tail and one.phone.endswith(tail)])

    def hear(self, names: Iterable[str]) -> None:
        """Read how these names are said, all at once, where nobody is written so: `find` then reads nothing more."""
        strange = {key for name in names if (key := name_key(name)) not in self._by_name}
        if strange:
            sounds("".join(strange | self._by_name.keys()))

    def begins(self, text: str) -> str:
        """Return the longest known name a line begins with, for lines that leave no space behind it."""
        return max((name for name in self._by_name if text.startswith(name)), key=len, default="")

    @cached_property
    def _by_sound(self) -> dict[str, list[Household]]:
        spellings = sounds("".join(self._by_name))
        found: dict[str, list[Household]] = defaultdict(list)
        for key, households in self._by_name.items():
            found[_spelt(key, spellings)] += households
        return found


def sound_of(name: str) -> str:
    """Return a name as it is said, without tones: 王秀瑛 and wang xiuying are one."""
    return _spelt(name, sounds(name))


def _spelt(name: str, spellings: dict[str, str]) -> str:
    """Join the sounds of a name; what nobody can read stands for itself, so that two such names differ."""
    return re.sub(r"[^a-z\u3400-\U0003ffff]", "", pinyin_letters("".join(spellings.get(one, one) for one in name)))
