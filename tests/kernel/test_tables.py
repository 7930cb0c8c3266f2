"""A table is read whole or refused in words: no row is lost unseen, no damaged or greedy file is a fault of ours."""

import io
import re
import zipfile

import openpyxl
import pytest
from django.utils import translation
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kernel.errors import BadValue
from kernel.tables import read_table

HEAD = ["户主姓名", "品种", "数量", "单价"]
COLUMNS = dict(zip(HEAD, ("name", "produce", "amount", "price"), strict=True))
GOOD = ["黄秀英", "包菜", "200", "0.80"]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def a_book(*rows, change=lambda book: None, head=HEAD) -> bytes:
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(name: str, edit, raw: bytes | None = None) -> bytes:
    """Return a book one part of which is edited, or left out where nothing is left of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw or a_book(GOOD))) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.namelist():
            data = edit(old.read(part)) if part == name else old.read(part)
            if data:
                new.writestr(part, data)
    return out.getvalue()


def flagged(mark: bytes, place: int, value: int) -> bytes:
    """Return a book in whose directory of parts one byte of each entry is another."""
    raw, at = bytearray(a_book(GOOD)), 0
    while (at := raw.find(mark, at)) >= 0:
        raw[at + place] = value
        at += 4
    return bytes(raw)


def names(raw: bytes) -> list[tuple[int, str]]:
    return [(row.number, row.cells["name"]) for row in read_table(raw, COLUMNS)[0]]


@pytest.mark.parametrize(
    "raw",
    [
        with_part(SHEET, lambda part: part[: len(part) // 2]),
        with_part(SHEET, lambda part: b""),
        with_part("xl/styles.xml", lambda part: part[:60]),
        with_part("xl/workbook.xml", lambda part: b""),
        with_part(SHEET, lambda part: part.replace(b'r="A2"', b'r="ZZZZZ2"')),
        with_part(SHEET, lambda part: part.replace(b'<row r="2"', b'<row r="x"')),
        with_part(SHEET, lambda part: part.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY x "y">]><worksheet', 1)),
        flagged(b"PK\x01\x02", 8, 1),
        flagged(b"PK\x01\x02", 10, 99),
    ],
    ids=["half", "no sheet", "styles", "no book", "cell", "row", "entity", "encrypted", "packing"],
)
def test_a_damaged_spreadsheet_is_refused_in_words(raw):
    with pytest.raises(BadValue, match="cannot be opened"):
        read_table(raw, COLUMNS)


def test_whatever_size_a_sheet_says_it_has_every_row_is_read():
    raw = with_part(SHEET, lambda part: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', part))

    assert names(raw) == [(2, "黄秀英")]


def test_empty_rows_by_the_thousand_below_the_table_are_passed_over():
    raw = with_part(SHEET, lambda part: part.replace(b"</sheetData>", b'<row s="1"/>' * 60_000 + b"</sheetData>"))

    assert names(raw) == [(2, "黄秀英")]


@pytest.mark.parametrize(
    ("tail", "sentence"), [(b"<row/>" * 210_000, "200000 rows"), (b" " * 40_000_000, "far more than it should")]
)
def test_what_goes_on_for_ever_is_cut_off_in_words(tail, sentence):
    raw = with_part(SHEET, lambda part: part.replace(b"</sheetData>", tail + b"</sheetData>"))

    with pytest.raises(BadValue, match=sentence):
        read_table(raw, COLUMNS)


def test_a_hidden_column_is_named():
    def hide(book):
        book.active.column_dimensions["C"].hidden = True

    with pytest.raises(BadValue, match="Column C is hidden"):
        read_table(a_book(GOOD, change=hide), COLUMNS)


def test_far_columns_joined_cells_and_dates_of_old_macs_are_read_as_they_look():
    def change(book):
        book.epoch = CALENDAR_MAC_1904
        book.active["D2"] = openpyxl.utils.datetime.from_excel(45_000, CALENDAR_MAC_1904)
        book.active.cell(2, 16_384, "far away")
        book.active.merge_cells("A2:A3")

    rows, ignored = read_table(a_book(GOOD, GOOD, change=change), COLUMNS)

    assert [(row.number, row.cells["name"]) for row in rows] == [(2, "黄秀英"), (3, "")]
    assert (rows[0].cells["price"], ignored) == ("2027-03-16", [])


@pytest.mark.parametrize(
    "text",
    [
        "户主姓名,品种,数量,单价\r黄秀英,包菜,200,0.8\r",
        "挂货表\n户主姓名;品种;数量;单价\n黄秀英;包菜;200;0.8\n",
        'sep=;\n"户主姓名";"品种";"数量";"单价"\n黄秀英;包菜;200;0,8\n',
        " 户主 姓名 ,品种,数量,单价\n黄秀英,包菜,200,0.8\n",
    ],
)
def test_headings_are_found_whatever_parts_them_and_stands_above(text):
    assert [name for _number, name in names(text.encode())] == ["黄秀英"]
