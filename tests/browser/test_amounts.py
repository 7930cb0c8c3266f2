"""The browser's preview reads every amount as the server does: the table, and words put together by chance."""

import random

import pytest

from tests.amounts import AMOUNTS, EACH, read_by_server

pytestmark = pytest.mark.browser

READ = """async ([asked, each]) => {
  const { gramsIn, piecesIn, fenIn } = await import('/static/js/keypad/amounts.js')
  return asked.map(([text, unit]) => {
    if (unit === 'yuan') return fenIn(text)
    const grams = gramsIn(text, unit, { each: each[unit] })
    return unit === 'piece' ? grams && piecesIn(text) : grams
  })
}"""
ALPHABET = [
    *"0123456789" * 2, *"零〇一二两三四五六七八九" * 2, *"十百千万" * 6, *".。，,点点半两兩萬斤吨箱只 　０５．k-",
    "公斤", "千克", "kg", "斤半", "00",
]  # fmt: skip
UNITS = ["jin", "kg", "ton", "dan", "liang", "box", "bag", "piece", "yuan"]


def read_by_browser(page, asked: list[tuple[str, str]]) -> list[int | None]:
    """Return what the browser reads, None where it shows nothing."""
    return page.evaluate(READ, [asked, EACH])


def test_the_browser_reads_what_is_meant_or_shows_nothing(bare):
    read = read_by_browser(bare, [(text, unit) for text, unit, _meant in AMOUNTS])

    assert [(text, unit, number) for (text, unit, _meant), number in zip(AMOUNTS, read, strict=True)] == AMOUNTS


@pytest.mark.parametrize("seed", range(4))
def test_browser_and_server_agree_on_whatever_is_put_together(bare, seed):
    chance = random.Random(seed)
    asked = [("".join(chance.choices(ALPHABET, k=chance.randint(1, 6))), chance.choice(UNITS)) for _n in range(10_000)]

    by_browser = read_by_browser(bare, asked)

    by_server = [read_by_server(text, unit) for text, unit in asked]
    differing = [
        (*question, shown, read)
        for question, shown, read in zip(asked, by_browser, by_server, strict=True)
        if shown != read
    ]
    assert not differing
    assert len([read for read in by_server if read is not None]) > 500  # and not only by refusing all
