"""Animals on pages of orders are said as people count them: pigs by 头, ducks by 只, as the dictionary says."""

import pytest
from django.utils.translation import override

from catalog.models import Listing
from kernel import weight
from orders.models import Allocation
from orders.pages.words import counted, quantity_of
from orders.services.telling import quantity_handed, quantity_words
from produce.models import Produce


@pytest.mark.parametrize(
    ("code", "word", "english"),
    [("animal", "只", "head"), ("head", "头", "head"), ("bird", "羽", "birds"), ("fish", "尾", "fish"),
     ("egg", "枚", "eggs"), ("piece", "个", "pieces")],
)  # fmt: skip
def test_pages_and_messages_say_it_by_the_word_of_the_dictionary(code, word, english):
    lot = Listing(stock_unit="piece", piece_g=1_750, produce=Produce(stock_unit="piece", count_word=code))
    asked = Allocation(listing=lot, quantity=18, weight_g=18 * 1_750)

    said = [quantity_words(asked), quantity_of(lot, 18), quantity_handed(lot, 18 * 1_750, 18)]
    assert [text.partition("，")[0] for text in said] == [f"18 {word}"] * 3
    assert counted(18, word=code, grams=18 * 1_750) == f"18 {word}（约 31.5 公斤）"
    assert str(weight.COUNT_WORDS[code]) == word
    assert weight.parse_quantity(f"18 {word}", "piece").pieces == 18
    with override("en"):
        assert lot.in_words(1_018) == f"1,018 {english}"


def test_what_is_weighed_is_not_counted():
    lot = Listing(stock_unit="gram", piece_g=None)

    assert quantity_handed(lot, 5_000, None) == quantity_of(lot, 5_000) == "10 斤（5 公斤）"
    assert counted(5_000, word="", grams=5_000) == "5 公斤"
