"""Animals on pages of orders are said as people count them: pigs by 头, ducks by 只, by the dictionary's weight."""

import pytest

from catalog.models import Listing
from kernel import weight
from orders.models import Allocation
from orders.pages.words import counted, quantity_of
from orders.services.telling import quantity_handed, quantity_words

PIG, DUCK = 110_000, 1_750


@pytest.mark.parametrize(
    ("piece_g", "word"), [(DUCK, "只"), (weight.LARGE_G - 1, "只"), (weight.LARGE_G, "头"), (PIG, "头")]
)
def test_pages_and_messages_say_pigs_and_ducks_apart(piece_g, word):
    lot = Listing(stock_unit="piece", piece_g=piece_g)
    asked = Allocation(listing=lot, quantity=18, weight_g=18 * piece_g)

    said = [quantity_words(asked), quantity_of(lot, 18), quantity_handed(lot, 18 * piece_g, 18)]
    assert [text.partition("，")[0] for text in said] == [f"18 {word}"] * 3
    assert counted(18, piece_g=piece_g, grams=18 * piece_g).startswith(f"18 {word}（约 ")
    assert weight.head_word(piece_g) == word


def test_what_is_weighed_is_not_counted():
    lot = Listing(stock_unit="gram", piece_g=None)

    assert quantity_handed(lot, 5_000, None) == quantity_of(lot, 5_000) == "10 斤（5 公斤）"
    assert counted(5_000, piece_g=None, grams=5_000) == "5 公斤"
