"""The dictionary as the reader of pasted orders needs it, made once while it stays the same."""

from functools import lru_cache

from orders.pasted.book import Book, Good
from produce.selectors.dictionary import words
from produce.spelling import sounds


def book() -> Book:
    """Return the names of the whole dictionary, forbidden goods too; no query."""
    return _book(
        tuple(
            Good(
                id=word.id,
                code=word.code,
                name=word.name,
                names=word.names,
                pinyin=word.pinyin,
                counted=word.counted,
                forbidden=word.forbidden,
                grades=tuple((pk, name) for pk, _code, name, _en in word.grades),
            )
            for word in words()
        )
    )


@lru_cache(maxsize=2)
def _book(goods: tuple[Good, ...]) -> Book:
    return Book(goods, sounds)
