"""How much two households look like one: the signs that they share, and what their likeness is worth."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from uuid import UUID

from kernel import identity
from kernel.folding import pinyin_letters
from registers.models import Sign

# What each sign is worth of a hundred; the signs of a pair add up.
WORTH: Mapping[str, int] = {
    Sign.ID_NUMBER: 100,
    Sign.CARD: 80,
    Sign.NAME: 60,
    Sign.SOUND: 40,
    Sign.PHONE: 40,
    Sign.NEAR_NAME: 30,
    Sign.NAME_AWAY: 20,
    Sign.SHARED_PHONE: 15,
}
SEALED = (Sign.ID_NUMBER, Sign.CARD)  # signs of what is not compared by itself
MOST = 100
NEAR = 90  # of a hundred, as rapidfuzz compares two names in letters
Pair = tuple[UUID, UUID]  # the smaller key first


@dataclass(frozen=True)
class Facts:
    """What of one household is compared."""

    pk: UUID
    village: str
    head: UUID
    head_name: str
    phone_index: str

    @cached_property
    def name(self) -> str:
        """Return the name of the head as equal names are written."""
        return identity.name_key(self.head_name)

    @cached_property
    def letters(self) -> str:
        """Return how the name sounds: 黄秀英 and 黄秀瑛 are huangxiuying."""
        from pypinyin import lazy_pinyin  # here, since its tables are 50 MiB and only the nightly search asks

        return pinyin_letters("".join(lazy_pinyin(self.name)))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two households may be one, and what stood of them when they were compared."""

    reasons: list[str]
    facts: str

    @property
    def score(self) -> int:
        """Return what the signs are worth together."""
        return min(sum(WORTH[reason] for reason in self.reasons), MOST)


def pair_of(first: UUID, second: UUID) -> Pair:
    """Return two households in the order in which a pair is kept."""
    return (first, second) if first < second else (second, first)


def likeness_of(first: Facts, second: Facts, signs: Iterable[str]) -> Likeness:
    """Return the likeness of two households that share these signs, with what else they share.

    A phone that serves many households, a cadre's say, tells nothing by itself and adds a little to other signs.
    """
    reasons = list(signs)
    if first.village != second.village and first.name == second.name:
        reasons.append(Sign.NAME_AWAY)
    if first.phone_index and first.phone_index == second.phone_index and Sign.PHONE not in reasons:
        reasons.append(Sign.SHARED_PHONE)
    reasons.sort(key=lambda reason: -WORTH[reason])
    stood = sorted([str(one.head), one.village, one.phone_index] for one in (first, second))
    told = [stood, [str(reason) for reason in reasons if reason in SEALED]]
    return Likeness([str(reason) for reason in reasons], hashlib.sha256(repr(told).encode()).hexdigest())


def alike_by_name(households: Iterable[Facts]) -> Iterator[tuple[Pair, str]]:
    """Give the pairs of one village whose heads have the same name, one that sounds the same, or nearly so."""
    villages: dict[str, dict[str, list[Facts]]] = defaultdict(lambda: defaultdict(list))
    for one in households:
        villages[one.village][one.letters].append(one)
    for sounds in villages.values():
        for group in sounds.values():
            for first, second in combinations(group, 2):
                yield pair_of(first.pk, second.pk), Sign.NAME if first.name == second.name else Sign.SOUND
        for here, there in _near(list(sounds)):
            for first in sounds[here]:
                for second in sounds[there]:
                    yield pair_of(first.pk, second.pk), Sign.NEAR_NAME


def _near(letters: list[str]) -> Iterator[tuple[str, str]]:
    from rapidfuzz import fuzz, process  # here, since web workers never compare names

    for place, one in enumerate(letters):
        for other, _score, _at in process.extract_iter(one, letters[place + 1 :], scorer=fuzz.ratio, score_cutoff=NEAR):
            yield one, other
