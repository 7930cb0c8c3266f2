"""How a value stands before its reader: present where its document promises it, in the language chosen."""

from typing import Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import get_language

Kind = TypeVar("Kind")
StrOrPromise = str | Promise  # a sentence, or one that is put into words when it is read


def known(value: Kind | None) -> Kind:
    """Return a value whose presence the document's state promises; its absence is a bug, never a refusal."""
    if value is None:
        raise LookupError("a value is absent where the state of its document promises it")
    return value


def in_english() -> bool:
    """Return whether the reader chose English."""
    return (get_language() or "").startswith("en")


class Named(Protocol):
    """Whatever has a name in both languages."""

    @property
    def name(self) -> str:
        """Return the Chinese name."""

    @property
    def name_en(self) -> str:
        """Return the English name."""


def name_of(entry: Named) -> str:
    """Return the name of goods, a grade or a category in the reader's language."""
    return entry.name_en if in_english() else entry.name


class Labelled(Protocol):
    """Whatever is called one thing in Chinese and another in English."""

    name_zh: str
    name_en: str


def label_of(entry: Labelled) -> str:
    """Return the name of a buyer channel or a category in the reader's language."""
    return entry.name_en if in_english() else entry.name_zh
