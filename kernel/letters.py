"""How large the letters are on this phone: a cookie says it, for people signed in and for everybody else."""

from collections.abc import Mapping
from enum import IntEnum

COOKIE = "elder"


class Letters(IntEnum):
    """Say which of the three steps this is; what the cookie holds is the number."""

    NORMAL = 0
    LARGE = 1
    LARGEST = 2

    @property
    def after(self) -> "Letters":
        """Return the step that the one control of every page leads to: the largest leads back to the normal one."""
        return Letters((self + 1) % len(Letters))


def letters_of(said: Mapping[str, str]) -> Letters:
    """Read the step out of cookies or a sent form; anything else is the normal step."""
    return next((step for step in Letters if str(step.value) == said.get(COOKIE)), Letters.NORMAL)
