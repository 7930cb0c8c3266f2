"""Whom a written name means, among the households somebody works for: the same characters, the same sound, a phone's
last digits.

Names and phones are sealed in the register, so they are opened here, in memory, and compared here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from accounts.models import Household
from kernel.identity import name_key

TAIL = 4  # the digits of a phone number that people write behind a name


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

    def __init__(self, households: Iterable[Household]):
        self.households = list(households)
        self._by_name: dict[str, list[Household]] = defaultdict(list)
        for household in self.households:
            self._by_name[name_key(household.head_name)].append(household)

    def find(self, name: str, tail: str = "") -> Found:
        """Return whom a name means: exactly so written, else so pronounced; a phone's tail decides between several.

        A tail that fits nobody of that name decides nothing: then somebody has to look.
        """
        key = name_key(name)
        for how, fitting in (("name", self._by_name.get(key, [])), ("sound", self._by_sound.get(sound_of(key), []))):
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

    def begins(self, text: str) -> str:
        """Return the longest known name a line begins with, for lines that leave no space behind it."""
        return max((name for name in self._by_name if text.startswith(name)), key=len, default="")

    @cached_property
    def _by_sound(self) -> dict[str, list[Household]]:
        sounds: dict[str, list[Household]] = defaultdict(list)
        for key, households in self._by_name.items():
            sounds[sound_of(key)] += households
        return sounds


def sound_of(name: str) -> str:
    """Return a name as it is said, without tones: 王秀瑛 and wang xiuying are one."""
    from pypinyin import lazy_pinyin  # here, since its tables take 50 MiB and few pages need them

    return re.sub(r"[^a-zü]", "", "".join(lazy_pinyin(name)).lower())
