"""The reader of pasted orders, held to two hundred texts by somebody who had not seen it."""

import random
import re
import time

import pytest

from kernel.weight import jin
from orders.pasted.book import Book, Good
from orders.pasted.doubts import Doubt
from orders.pasted.lexicon import OTHER_GOODS, SAID_FOR
from orders.pasted.reading import read
from orders.selectors.pasted import book
from produce.dictionary import ENTRIES
from produce.services.dictionary import load
from tests.orders import pasted_held_out, pasted_phrases

pytestmark = pytest.mark.django_db

AT_LEAST = 95  # in a hundred
MOST_SILENT = 2  # of two hundred


@pytest.fixture
def the_book():
    load()
    the_one = book()
    texts = [phrase.text for phrase in (*pasted_phrases.PHRASES, *pasted_held_out.PHRASES)]
    the_one.hear({one for one in "".join(texts) if "\u3400" <= one <= "\u9fff"})  # all at once: tests are not to wait
    return the_one


def test_no_name_of_the_dictionary_stands_for_other_goods():
    named = {name for entry in ENTRIES for name in (entry.name, *entry.aliases)}

    assert named & (OTHER_GOODS | SAID_FOR.keys()) == set()


def lines(reading):
    return sorted(((x.good.name if x.good else "", x.grams, x.pieces, x.ask) for x in reading.lines), key=str)


def examined(phrases, the_book):
    """Return how many texts were read right, and those in which something was wrong and nobody was asked."""
    right, silent = 0, []
    for phrase in phrases:
        got = lines(read(phrase.text, the_book))
        meant = sorted(((x.produce, x.grams, x.pieces, x.ask) for x in phrase.lines), key=str)
        right += got == meant
        asked_for = [line[:3] for line in meant if not line[3]]
        sure = [line[:3] for line in got if not line[3]]
        silent += [phrase.text] * any(
            line not in asked_for or sure.count(line) > asked_for.count(line) for line in sure
        )
    return right, silent


def test_nineteen_of_twenty_texts_are_read_right_and_none_wrong_in_silence(the_book, record_property):
    right, silent = examined(pasted_phrases.PHRASES, the_book)
    record_property("right", right)
    print(f"{right} of {len(pasted_phrases.PHRASES)} right, {len(silent)} silently wrong")

    assert len(pasted_phrases.PHRASES) == 200
    assert 100 * right >= AT_LEAST * len(pasted_phrases.PHRASES)
    assert len(silent) <= MOST_SILENT, silent


def test_the_sixty_held_out_texts_are_read_right(the_book):
    right, silent = examined(pasted_held_out.PHRASES, the_book)

    assert 100 * right >= AT_LEAST * len(pasted_held_out.PHRASES)
    assert not silent


def test_a_text_says_where_each_line_stood_and_why_it_is_asked_about(the_book):
    reading = read("星期一加点：20斤四季豆、还有两筐香菇，洋葱3斤", the_book)

    assert [reading.text[x.start : x.end] for x in reading.lines] == ["20斤四季豆", "两筐香菇", "洋葱3斤"]
    assert [x.doubts for x in reading.lines] == [[], [Doubt.PACK], [Doubt.UNKNOWN]]
    assert [x.amount.packs for x in reading.lines] == [None, 2, None]


def test_several_goods_that_may_be_meant_are_offered(the_book):
    (line,) = read("笋10斤", the_book).lines

    assert line.good is None
    assert {"冬笋", "春笋", "莴笋"} <= {good.name for good in line.meant.candidates}


def test_a_grade_written_beside_the_name_is_read(the_book):
    assert [x.grade for x in read("一级脐橙50斤，莲芯统货1斤，黄瓜2斤", the_book).lines] == ["一级", "统货", ""]


def test_forty_lines_are_read_in_fifty_milliseconds(the_book):
    weighed = [good for good in the_book.goods if not good.counted and not good.forbidden][:40]
    text = "\n".join(f"{good.name}{n}斤" for n, good in enumerate(weighed, 1))
    read(text, the_book)

    took = min(timed(lambda: read(text, the_book)) for _round in range(5))

    assert len(read(text, the_book).lines) == 40
    assert took < 0.05


def timed(act):
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def test_every_name_of_the_dictionary_is_read_with_every_amount(the_book):
    for good in the_book.goods:
        for name in good.names:
            for grams in (50, 500, 10_250, 600_000):
                text = f"{name}{jin(grams)}斤" if not good.counted else f"{name}{grams // 50}只"
                (line,) = read(text, the_book).lines
                assert line.good is good, text
                assert (line.grams or line.pieces) == (grams // 50 if good.counted else grams), text


def test_whatever_is_pasted_is_read_without_falling(the_book):
    draw = random.Random(8)
    signs = "0123456789.,，。、;:()（）[]-~/+@#¥ \n一二两三十百千万半点零是的lo\u200b﷽𠮷İ🥔"
    words = re.findall(
        r"\S+",
        "斤 公斤 kg 两 箱 只 每箱 各 不要了 取消 改成 不对 再加 少 或者 如果 共 合计 元 块 月 号 土豆 鸡 九菜 tudou",
    )
    bits = [*signs, *words]
    for _round in range(2_000):
        text = "".join(draw.choice(bits) for _n in range(draw.randrange(30)))
        for line in read(text, the_book).lines:
            assert line.ask or (line.good and (line.grams or line.pieces)), text


def test_a_dictionary_with_two_goods_of_one_name_asks_which():
    two = Book([Good(1, "a", "甲豆", ("甲豆", "豆瓣")), Good(2, "b", "乙豆", ("乙豆", "豆瓣"))], lambda _characters: {})

    (line,) = read("豆瓣3斤", two).lines

    assert (line.good, [good.name for good in line.meant.candidates]) == (None, ["甲豆", "乙豆"])
