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
from tests.trials import trial
from tests.workbooks import a_workbook

HEAD = ["户主姓名", "品种", "数量", "单价"]
COLUMNS = dict(zip(HEAD, ("name", "produce", "amount", "price"), strict=True))
GOOD = ["黄秀英", "包菜", "200", "0.80"]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def a_book(*rows, change=None, head=HEAD) -> bytes:
    return a_workbook([head, *rows], change=change)


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
    return [(row.number, row.cells["name"]) for row in read_table(raw, COLUMNS).rows]


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

    table = read_table(a_book(GOOD, GOOD, change=change), COLUMNS)

    assert [(row.number, row.cells["name"]) for row in table.rows] == [(2, "黄秀英"), (3, "黄秀英")]
    assert (table.rows[0].cells["price"], table.ignored) == ("2027-03-16", [])


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


# --- As people see it -------------------------------------------------------------------------------


def cells(raw: bytes, column: str, **how) -> list[str]:
    return [row.cells[column] for row in read_table(raw, COLUMNS, **how).rows]


def with_cell(place: str, value, number_format: str = "General", **how) -> bytes:
    def change(book):
        book.active[place] = value
        book.active[place].number_format = number_format

    return a_book(GOOD, change=change, **how)


def two_sheets(change=lambda book: None) -> bytes:
    def add(book):
        book.active.title = "琴江镇"
        second = book.create_sheet("小松镇")
        second.append(HEAD)
        second.append(["温桂英", "白菜", "1", "1"])
        change(book)

    return a_book(GOOD, change=add)


def test_every_visible_sheet_with_the_headings_is_read_and_its_cells_are_named():
    rows = read_table(two_sheets(), COLUMNS).rows

    assert [(row.sheet, row.cells["name"], row.cell("amount")) for row in rows] == [
        ("琴江镇", "黄秀英", "琴江镇!C2"),
        ("小松镇", "温桂英", "小松镇!C2"),
    ]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_named_and_left_out(state):
    def hide(book):
        book["小松镇"].sheet_state = state

    table = read_table(two_sheets(hide), COLUMNS)

    assert [row.cells["name"] for row in table.rows] == ["黄秀英"]
    assert table.left_out() == ["Hidden sheets were left out: 小松镇."]


def test_a_sheet_without_the_headings_is_named_and_left_out():
    def rename(book):
        book["小松镇"]["A1"], book["小松镇"]["B1"] = "甲", "乙"
        book.create_sheet("空")

    assert read_table(two_sheets(rename), COLUMNS).left_out() == [
        "Sheets without the column names were left out: 小松镇."
    ]


@pytest.mark.parametrize("looks", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"'])
def test_hidden_rows_are_named_and_left_out_until_somebody_says_yes(looks):
    raw = a_book(GOOD, ["温桂英", "白菜", "1", "1"])
    raw = with_part(SHEET, lambda part: part.replace(b'<row r="3"', f'<row r="3" {looks}'.encode()), raw)
    table = read_table(raw, COLUMNS)

    assert [row.number for row in table.rows] == [2]
    assert table.left_out() == ["1 hidden rows were left out: 3."]
    assert cells(raw, "name", with_hidden=True) == ["黄秀英", "温桂英"]


@pytest.mark.parametrize(
    "text", ["包菜_x000D_", "包菜_x000D_\n", "_x0009_包菜", "包\u200b菜", "\u3000包菜\u00a0"], ids=ascii
)
def test_what_cannot_be_seen_in_a_cell_is_no_part_of_it(text):
    raw = with_part(SHEET, lambda part: part.replace("黄秀英".encode(), text.encode()), inline())

    assert names(raw) == [(2, "包菜")]


def inline() -> bytes:
    """Return a book whose texts stand in the cells themselves."""
    cell = '<c r="{}{}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>'
    rows = "".join(
        f'<row r="{number}">' + "".join(cell.format("ABCD"[at], number, text) for at, text in enumerate(row)) + "</row>"
        for number, row in enumerate((HEAD, GOOD), 1)
    )
    return with_part(
        SHEET, lambda part: re.sub(rb"(?s)<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>".encode(), part)
    )


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("28.799999999999997", "28.8"), ("0.79999999999999993", "0.8"), ("200", "200"), ("1234567.25", "1234567.25"),
        ("9.9999999999999995E-8", "0.0000001"), ("1E3", "1000"), ("2.0000000000000004", "2"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_the_sheet_shows_it(number, shown):
    assert cells(with_number(number), "amount") == [shown]


def with_number(number: str) -> bytes:
    """Return a book that keeps a number as programs write it, to the last bit."""
    return with_part(
        SHEET, lambda part: part.replace(b"<v>12345</v>", f"<v>{number}</v>".encode()), with_cell("C2", 12345)
    )


@pytest.mark.parametrize("number", [362137197001010000, 6217990000000000097, 1e15])
@pytest.mark.parametrize("column", ["A", "C", "D"])
def test_a_number_of_more_digits_than_a_sheet_keeps_is_damaged_whatever_the_column(number, column):
    (row,) = read_table(with_cell(f"{column}2", number), COLUMNS).rows

    found, reason = row.trouble(named=["name"])
    assert row.cell(found) == f"{column}2" and "15 digits" in reason


def test_fifteen_digits_are_whole():
    (row,) = read_table(with_cell("C2", 999_999_999_999_999), COLUMNS).rows

    assert (row.trouble(named=["name"]), row.cells["amount"]) == (None, "999999999999999")


def test_a_text_file_shows_a_damaged_number_as_powers_of_ten():
    (row,) = read_table("户主姓名,品种,数量\n黄秀英,包菜,3.60735E+17\n".encode(), COLUMNS).rows

    assert row.trouble(named=["name"])[0] == "amount"


@pytest.mark.parametrize(
    "shape",
    [
        "yyyy-mm-dd", "yyyy/m/d;@", 'yyyy"年"m"月"d"日"', '[$-804]yyyy"年"m"月"d"日";@', 'yyyy"."m"."d', 'm"月"d"日"',
        '[DBNum1][$-804]yyyy"年"m"月"d"日"', "m/d/yy", "yyyy-mm-dd h:mm:ss",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    ],
)  # fmt: skip
def test_a_day_is_a_day_in_every_shape_a_sheet_gives_it(shape):
    assert cells(with_cell("C2", 45_600, shape), "amount") == ["2024-11-04"]


@pytest.mark.parametrize("number", [14, 22, 27, 28, 30, 31, 36, 50, 55, 57, 58])
def test_a_day_in_a_shape_that_chinese_programs_only_number_is_a_day(number):
    raw = with_cell("C2", 45_600, 'yyyy"年"m"月"d"日"')
    raw = with_part("xl/styles.xml", lambda part: re.sub(rb'numFmtId="16[0-9]"', b'numFmtId="%d"' % number, part), raw)

    assert cells(raw, "amount") == ["2024-11-04"]


def test_headings_in_two_rows_under_a_joined_one_are_read():
    def change(book):
        sheet = book.active
        sheet.insert_rows(2)
        sheet["C1"], sheet["D1"], sheet["C2"], sheet["D2"] = "货", None, "数量", "单价"
        sheet.merge_cells("C1:D1")
        sheet.merge_cells("A1:A2")

    (row,) = read_table(a_book(GOOD, change=change), COLUMNS).rows

    assert (row.number, row.cells["amount"], row.cells["price"]) == (3, "200", "0.80")


def test_two_rows_of_headings_below_a_title_are_read_and_the_rest_is_named():
    def change(book):
        sheet = book.active
        sheet.insert_rows(1)
        sheet["A1"] = "某县农产品登记表"
        sheet.merge_cells("A1:E1")
        sheet.insert_rows(3)
        sheet["C2"], sheet["D2"], sheet["C3"], sheet["D3"], sheet["E2"] = "货", None, "数量", "单价", "备注"
        sheet.merge_cells("C2:D2")

    table = read_table(a_book([*GOOD, "户主"], change=change), COLUMNS)

    assert [(row.number, row.cells["amount"], row.cells["price"]) for row in table.rows] == [(4, "200", "0.80")]
    assert table.ignored == ["备注"]


def test_a_row_of_goods_that_says_a_heading_s_word_is_no_heading():
    table = read_table(a_book([*GOOD, "单价"], GOOD, head=["户主姓名", "品种", "数量", "元", "备注"]), COLUMNS)

    assert [row.number for row in table.rows] == [2, 3]


@pytest.mark.parametrize(
    "head",
    [
        ["*户主姓名", "＊品种", "★数量", "单 价"],
        ["户主姓名*", "品种（必填）", "数量：", "单价\n"],
        ["\ufeff户主姓名", "品\u3000种", "数量(斤)", "单价（元/公斤）"],
    ],
)
def test_stars_blanks_and_units_are_decoration_of_a_heading(head):
    assert names(a_book(GOOD, head=head)) == [(2, "黄秀英")]


def test_what_a_heading_says_in_brackets_counts_for_its_own_sheet():
    def add(book):
        other = book.create_sheet("二")
        other.append(HEAD)
        other.append(GOOD)

    rows = read_table(a_book(GOOD, head=["户主姓名", "品种", "数量", "单价（元/公斤）"], change=add), COLUMNS).rows

    assert [row.notes for row in rows] == [{"price": "元/公斤"}, {}]


def test_headings_printed_again_on_each_page_are_no_rows():
    assert names(a_book(GOOD, HEAD, GOOD)) == [(2, "黄秀英"), (4, "黄秀英")]


def test_a_joined_cell_counts_for_each_of_its_rows_but_not_for_an_amount():
    def join(book):
        book.active.merge_cells("A2:A3")
        book.active.merge_cells("C2:C3")

    first, second = read_table(a_book(GOOD, GOOD, change=join), COLUMNS).rows

    assert (second.cells["name"], second.cells["amount"]) == ("黄秀英", "200")
    assert [row.trouble(named=["name"], alone=["amount"])[0] for row in (first, second)] == ["amount", "amount"]


@pytest.mark.parametrize(
    ("value", "sentence"), [("=1+1", "formula"), ("#N/A", "error"), ("#REF!", "error"), ("=SUM(C1)", "formula")]
)
def test_what_only_the_program_knows_is_named(value, sentence):
    (row,) = read_table(with_cell("C2", value), COLUMNS).rows

    column, reason = row.trouble(named=["name"])
    assert (column, sentence in reason) == ("amount", True)


@pytest.mark.parametrize("text", ["合计", "总计：", "小计", "共计 3 户"])
def test_a_row_of_totals_is_named(text):
    (row,) = read_table(a_book([text, "", "200", ""]), COLUMNS).rows

    assert "totals" in row.trouble(named=["name"])[1]


@pytest.mark.parametrize("text", ["'0797", '="0797"', "`0797", "0797\t", "’0797", "\u00a00797"], ids=ascii)
def test_the_marks_by_which_programs_keep_digits_as_text_are_no_digits(text):
    quoted = text.replace('"', '""')
    raw = f'户主姓名,品种,数量\n黄秀英,包菜,"{quoted}"\n'.encode()

    assert cells(raw, "amount") == ["0797"]


def test_something_far_beyond_the_table_is_said_before_it_is_unfolded():
    def far(book):
        book.active.cell(40_000, 16_384, "x")

    with pytest.raises(BadValue, match="far beyond the table"):
        read_table(a_book(GOOD, change=far), COLUMNS)


def an_archive(*names_: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names_:
            archive.writestr(zipfile.ZipInfo(name), "<a/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (an_archive("content.xml"), ".ods"),
        (an_archive("xl/workbook.bin"), ".xlsb"),
        (an_archive("word/document.xml"), "text document"),
        (an_archive("Index/Document.iwa"), "Numbers"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"%PDF-1.7", "PDF"),
        (b"<html><table></table></html>", "neither"),
    ],
    ids=[".ods", ".xlsb", "text document", "Numbers", ".xls", "password", "PDF", "page of the web"],
)
def test_another_kind_of_file_is_called_by_its_name(raw, sentence):
    with pytest.raises(BadValue, match=re.escape(sentence)):
        read_table(raw, COLUMNS)


def test_the_strict_kind_of_workbook_is_called_by_its_name():
    raw = with_part(
        "xl/workbook.xml",
        lambda part: part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
    )

    with pytest.raises(BadValue, match="Strict Open XML"):
        read_table(raw, COLUMNS)
    with pytest.raises(BadValue, match="Strict Open XML"):
        read_table(trial("l9_strict_ooxml.xlsx"), COLUMNS)


def test_the_title_row_and_stars_of_the_trials_are_read():
    assert names(trial("l10_title_row.xlsx")) == [(3, "黄秀英")]
