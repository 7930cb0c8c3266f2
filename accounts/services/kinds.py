"""What rooms above say of the documents that this room only knows by their text references."""

from collections.abc import Iterable
from typing import Generic, TypeVar


class Named:
    """One kind of document, by the first word of its reference. Each room derives its own."""

    prefix = ""

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return what each of these documents is called."""
        raise NotImplementedError


One = TypeVar("One", bound=Named)


class Kinds(Generic[One]):
    """The kinds that rooms have given, by their first word."""

    def __init__(self, otherwise: One) -> None:
        self._by_prefix: dict[str, One] = {}
        self._otherwise = otherwise  # for documents of no kind: those are called nothing

    def add(self, kind: One) -> None:
        """Take in a room's kind."""
        self._by_prefix[kind.prefix] = kind

    def of(self, document: str) -> One:
        """Return the kind of a document."""
        return self._by_prefix.get(document.partition(":")[0], self._otherwise)

    def named(self, documents: Iterable[str]) -> dict[str, str]:
        """Return what these documents are called, one question a kind."""
        by_kind: dict[str, list[str]] = {}
        for document in documents:
            by_kind.setdefault(document.partition(":")[0], []).append(document)
        words: dict[str, str] = {}
        for prefix in by_kind.keys() & self._by_prefix.keys():
            words |= self._by_prefix[prefix].named(by_kind[prefix])
        return words
