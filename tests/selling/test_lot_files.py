"""A file of lots: shown first, every fault by its cell, then exactly what was shown, once."""

import csv
import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Consent
from catalog.models import Listing
from kernel.errors import BadValue
from produce.services.dictionary import load as load_dictionary
from selling.permissions import households_named
from selling.selectors.name_matching import Names
from selling.services import lot_files
from selling.services.lot_files import FileChanged, TooManyRows, list_file, look_through
from tests.factories import MONDAY, a_household, a_listing, a_mandate, login
from tests.kernel.test_tables import SHEET, with_part
from tests.trials import trial

pytestmark = pytest.mark.django_db
HEAD = ["户主姓名", "手机尾号", "品种", "数量", "单位", "单价（元/斤）", "采收日期", "等级"]
GOOD = {
    "户主姓名": "黄秀英", "手机尾号": "", "品种": "包菜", "数量": "200", "单位": "斤", "单价（元/斤）": "0.80",
    "采收日期": "2026-11-02", "等级": "",
}  # fmt: skip
TODAY = dt.date(2026, 11, 2)
LATE = MONDAY + dt.timedelta(days=26)  # the files of the trials speak of that week


@pytest.fixture
def names(xiuying_household, guiying_household):
    return Names([xiuying_household, guiying_household])


def a_row(**changes):
    return list((GOOD | changes).values())


def as_csv(*rows, head=HEAD, encoding="utf-8-sig", delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([head, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(*rows, change=None, head=HEAD):
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def seen(raw, names):
    return look_through(raw, names=names, consent="paper", at=MONDAY)


def listed(raw, names, by, **more):
    return list_file(raw, names=names, consent="paper", by=by, at=MONDAY, **more)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", "\t"), ("utf-16", ",")],
)
def test_good_rows_of_any_spreadsheet_are_shown_and_change_nothing(cabbage, names, encoding, delimiter):
    report = seen(as_csv(a_row(), a_row(户主姓名="温桂英", 单位="公斤"), encoding=encoding, delimiter=delimiter), names)

    assert [(ready.row, ready.lot.household.head_name, ready.lot.stock) for ready in report.ready] == [
        (2, "黄秀英", 100_000), (3, "温桂英", 200_000),
    ]  # fmt: skip
    assert (report.faults, report.ignored, Listing.objects.count()) == ([], [], 0)


@pytest.mark.parametrize(
    ("changes", "cell"),
    [
        ({"户主姓名": ""}, "A2"),
        ({"户主姓名": "无此人"}, "A2"),
        ({"户主姓名": "黄秀瑛"}, "A2"),
        ({"户主姓名": "合计"}, "A2"),
        ({"手机尾号": "12"}, "B2"),
        ({"品种": "月亮"}, "C2"),
        ({"数量": "约200斤"}, "D2"),
        ({"数量": "200-300"}, "D2"),
        ({"数量": "1e5"}, "D2"),
        ({"数量": "-5"}, "D2"),
        ({"数量": "0"}, "D2"),
        ({"数量": "=A1*2"}, "D2"),
        ({"数量": "=cmd|' /C calc'!A0"}, "D2"),
        ({"单位": "筐"}, "E2"),
        ({"单位": "只"}, "E2"),
        ({"单价（元/斤）": "NaN"}, "F2"),
        ({"单价（元/斤）": "0"}, "F2"),
        ({"采收日期": "2026-02-30"}, "G2"),
        ({"采收日期": "26-1-2"}, "G2"),
        ({"采收日期": "11/2/2026"}, "G2"),
        ({"采收日期": "11月2日"}, "G2"),
        ({"采收日期": "45000"}, "G2"),
        ({"采收日期": "2026-11-03"}, "G2"),
        ({"采收日期": "2020-01-01"}, "G2"),
        ({"等级": "特特级"}, "H2"),
    ],
)
def test_each_faulty_cell_is_named_and_stops_no_other_row(cabbage, names, changes, cell):
    report = seen(as_csv(a_row(**changes), a_row(户主姓名="温桂英")), names)

    assert [(fault.row, fault.cell) for fault in report.faults] == [(2, cell)]
    assert report.faults[0].reason and report.faults[0].column
    assert [ready.row for ready in report.ready] == [3]


def test_the_spreadsheets_own_traps_are_named(cabbage, names, xiuying_household):
    def change(book):
        sheet = book.active
        sheet["B2"] = 13800138000
        sheet["G3"] = 45000
        sheet["D4"] = "=100*2"
        sheet.row_dimensions[5].hidden = True
        sheet["G6"] = dt.datetime(2026, 11, 1)

    rows = [a_row(数量=str(n)) for n in range(100, 105)]

    report = seen(as_xlsx(*rows, change=change), names)

    assert [(fault.row, fault.cell) for fault in report.faults] == [(2, "B2"), (3, "G3"), (4, "D4")]
    assert report.hidden_rows == ["5"]
    (ready,) = report.ready
    assert (ready.row, ready.lot.harvested_on) == (6, TODAY - dt.timedelta(days=1))


def test_numbers_in_number_cells_are_read_and_a_hidden_sheet_is_not(cabbage, names):
    def change(book):
        secret = book.create_sheet("旧", 0)
        secret.append(HEAD)
        secret.append(a_row(户主姓名="温桂英"))
        secret.sheet_state = "hidden"
        book.active = 1

    report = seen(as_xlsx([*a_row()[:3], 200.5, "斤", 0.8, "2026-11-02", ""], change=change), names)

    assert [(one.lot.household.head_name, one.lot.stock, one.lot.price_fen) for one in report.ready] == [
        ("黄秀英", 100_250, 80)
    ]


def test_columns_nobody_asked_for_are_named_and_set_nothing(cabbage, names, cadre_liu):
    raw = as_csv([*a_row(), "certified", "withdrawn", "999"], head=[*HEAD, "track", "状态", "sold"])

    assert seen(raw, names).ignored == ["track", "状态", "sold"]
    listed(raw, names, cadre_liu)
    lot = Listing.objects.get()
    assert (lot.track, lot.status, lot.sold) == ("", "on_sale", 0)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"%PDF-1.7", b"<html><table></table></html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "户主姓名,户主姓名,品种,数量\n黄秀英,黄秀英,包菜,1\n".encode(), '户主姓名,品种,数量\n"黄秀英,包菜,1\n'.encode(),
        b"a,b,c\n1,2,3\n", b"PK\x03\x04broken",
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(names, raw):
    with pytest.raises(BadValue):
        seen(raw, names)


def test_a_bomb_is_refused_before_it_is_unpacked(names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 210_000_000)

    with pytest.raises(BadValue):
        seen(out.getvalue(), names)


def test_more_rows_than_fit_on_a_page_are_refused(cabbage, names):
    with pytest.raises(TooManyRows):
        seen(as_csv(*[a_row(数量=str(n)) for n in range(1, 502)]), names)


def test_confirming_lists_the_rows_shown_with_consent_and_the_same_file_again_lists_none(cabbage, names, cadre_liu):
    raw = as_csv(a_row(), a_row(户主姓名="温桂英"), a_row(户主姓名="无此人"))

    done = listed(raw, names, cadre_liu, shown=seen(raw, names).shown)

    assert [number for number, _lot in done.listed] == [2, 3]
    assert set(Consent.objects.values_list("how", flat=True)) == {"paper"} and Consent.objects.count() == 2
    again = seen(raw, names)
    assert ([row for row, _lot in again.known], again.ready) == ([2, 3], [])
    assert listed(raw, names, cadre_liu).known == 2
    assert Listing.objects.count() == 2


def test_a_row_twice_in_a_file_is_a_fault_and_a_second_lot_of_one_household_a_question(cabbage, names, cadre_liu):
    raw = as_csv(a_row(), a_row(), a_row(数量="50"))

    report = seen(raw, names)
    assert [fault.row for fault in report.faults] == [3]
    assert [(ready.row, len(ready.asked)) for ready in report.ready] == [(2, 0), (4, 1)]

    done = listed(raw, names, cadre_liu, shown=report.shown)
    assert ([row for row, _lot in done.listed], done.unanswered) == ([2], [4])
    done = listed(raw, names, cadre_liu, sure=[4])
    assert [row for row, _lot in done.listed] == [4]


def test_what_is_unusual_is_asked_about(cabbage, names, xiuying, xiuying_household, cadre_liu):
    a_listing(xiuying_household, cabbage, kg=10, by=xiuying, at=MONDAY)

    (ready,) = seen(as_csv(a_row()), names).ready

    assert len(ready.asked) == 2, "listed today already, and ten times as much"


def test_when_the_county_changed_since_the_file_was_shown_nothing_is_listed(
    cabbage, names, xiuying, xiuying_household, cadre_liu
):
    raw = as_csv(a_row(), a_row(户主姓名="温桂英"))
    shown = seen(raw, names).shown
    a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=MONDAY)

    with pytest.raises(FileChanged):
        listed(raw, names, cadre_liu, shown=shown)

    assert Listing.objects.count() == 1


def test_of_two_of_one_name_the_telephone_decides(cabbage, changxi, xiuying_household):
    other = a_household(changxi, name="黄秀英", card=False)
    both = Names([xiuying_household, other])

    report = seen(as_csv(a_row(), a_row(手机尾号=other.phone[-4:]), a_row(手机尾号=other.phone)), both)

    assert [fault.row for fault in report.faults] == [2]
    assert {ready.lot.household for ready in report.ready} == {other}


def test_a_household_number_is_found_and_compared_with_the_name(cabbage, names, xiuying_household):
    head = ["户编号", *HEAD]
    rows = [
        [xiuying_household.number, *a_row()],
        [xiuying_household.number, *a_row(户主姓名="温桂英")],
        ["1", *a_row()],
    ]

    report = seen(as_csv(*rows, head=head), names)

    assert [ready.row for ready in report.ready] == [2]
    assert [(fault.row, fault.cell) for fault in report.faults] == [(3, "B3"), (4, "A4")]


def test_the_empty_file_is_a_file_that_is_understood(cabbage, names):
    book = openpyxl.load_workbook(io.BytesIO(lot_files.template(["包菜"])))
    assert [cell.value for cell in book.active[1]] == lot_files.TEMPLATE
    book.active.append(a_row())
    out = io.BytesIO()
    book.save(out)

    report = seen(out.getvalue(), names)

    assert (report.faults, report.ignored) == ([], [])


# --- As people see the file -------------------------------------------------------------------------

BARE = ["单价" if name.startswith("单价") else name for name in HEAD]


def lots(raw, names, **answers):
    report = look_through(raw, names=names, consent="paper", at=MONDAY, **answers)
    assert report.faults == []
    return [(ready.lot.stock, ready.lot.price_fen) for ready in report.ready]


@pytest.mark.parametrize(
    "day",
    ["2026-11-02", "2026/11/2", "2026.11.2", "2026年11月2日", "20261102", "２０２６－１１－０２", "2026-11-02 08:30"],
)
def test_a_day_is_read_as_pages_read_it(cabbage, names, day):
    (ready,) = seen(as_csv(a_row(采收日期=day)), names).ready

    assert ready.lot.harvested_on == TODAY


@pytest.mark.parametrize("unit", ["KG", "kg", "Kg", "ＫＧ", "㎏", "公斤", "千克", "公斤 ", "k g"])
def test_known_spellings_of_a_unit_are_read(cabbage, names, unit):
    assert lots(as_csv(a_row(单位=unit)), names) == [(200_000, 80)]


def instead(kept: bytes, other: bytes):
    return lambda part: part.replace(kept, other)


def test_numbers_are_read_as_the_sheet_shows_them(cabbage, names):
    raw = as_xlsx([*a_row()[:3], 28.5, "斤", 0.25, "2026-11-02", ""])
    for kept, noisy in (
        (b"<v>28.5</v>", b"<v>28.799999999999997</v>"),
        (b"<v>0.25</v>", b"<v>0.79999999999999993</v>"),
    ):
        raw = with_part(SHEET, instead(kept, noisy), raw)

    assert lots(raw, names) == [(14_400, 80)]


@pytest.mark.parametrize(
    ("heading", "unit", "price", "fen"),
    [
        ("单价（元/公斤）", "公斤", "1.60", 80), ("单价(元/kg)", "斤", "1.60", 80),
        ("单价（元/斤）", "公斤", "0.80", 80),
        ("*单价（元每公斤）", "公斤", "1.60", 80), ("单价", "斤", "0.80", 80), ("单价（元）", "斤", "0.80", 80),
        ("单价", "公斤", "1.6元/公斤", 80), ("单价", "吨", "￥0.8/斤", 80), ("单价（元/吨）", "吨", "1600", 80),
        ("单价（元/斤）", "斤", "0.8元", 80), ("单价", "公斤", "0.80 元/斤", 80),
    ],
    ids=ascii,
)  # fmt: skip
def test_what_a_price_is_for_is_read_where_the_file_says_it(cabbage, names, heading, unit, price, fen):
    head = [heading if name.startswith("单价") else name for name in HEAD]
    raw = as_csv(list((GOOD | {"单位": unit, "单价（元/斤）": price, "数量": "2"}).values()), head=head)

    assert [found for _stock, found in lots(raw, names)] == [fen]


@pytest.mark.parametrize(("unit", "price"), [("公斤", "1.60"), ("吨", "1600"), ("担", "80")])
def test_a_price_whose_unit_differs_from_the_amounts_is_asked_about(cabbage, names, cadre_liu, unit, price):
    raw = as_csv(a_row(单位=unit, 数量="1", **{"单价（元/斤）": price}), a_row(户主姓名="温桂英"), head=BARE)

    report = seen(raw, names)
    assert (report.unclear_prices, [ready.row for ready in report.ready]) == (["F2"], [3])
    assert [fen for _stock, fen in lots(raw, names, price_unit="row")] == [80, 80]


def test_the_answer_says_what_prices_are_for(cabbage, names):
    raw = as_csv(a_row(单位="公斤", 数量="10", **{"单价（元/斤）": "1.20"}), head=BARE)

    assert {unit: lots(raw, names, price_unit=unit) for unit in ("jin", "kg", "row")} == {
        "jin": [(10_000, 120)], "kg": [(10_000, 60)], "row": [(10_000, 60)],
    }  # fmt: skip


@pytest.mark.parametrize("price", ["1.25元/公斤", "0.8元/箱", "0.8元/只"])
def test_a_price_that_is_none_for_a_jin_is_named(cabbage, names, price):
    assert [fault.cell for fault in seen(as_csv(a_row(**{"单价（元/斤）": price}), head=BARE), names).faults] == ["F2"]


def test_the_heading_of_the_amounts_may_name_their_unit(cabbage, names):
    head = ["数量（公斤）" if name == "数量" else name for name in HEAD]

    assert lots(as_csv(a_row(单位=""), head=head), names) == [(200_000, 80)]
    assert [fault.cell for fault in seen(as_csv(a_row(单位="斤"), head=head), names).faults] == ["E2"]


@pytest.mark.parametrize("heading", ["数量（单位：公斤）", "数量(kg)", "数量（必填）", "数量（单位：斤）"])
def test_a_heading_is_understood_as_offices_write_it(cabbage, names, heading):
    head = [heading if name == "数量" else name for name in HEAD]
    grams = 200_000 if "公斤" in heading or "kg" in heading else 100_000

    assert lots(as_csv(a_row(单位=""), head=head), names) == [(grams, 80)]


@pytest.mark.parametrize(
    ("column", "heading", "cell"),
    [
        ("数量", "数量（筐）", "D2"),
        ("数量", "数量（万斤）", "D2"),
        ("单价（元/斤）", "单价（角/斤）", "F2"),
        ("单价（元/斤）", "单价（元/件）", "F2"),
        ("单价（元/斤）", "单价（元/50斤）", "F2"),
        ("起送数量", "起送数量（公斤）", "I2"),
        ("起送数量", "起送数量（筐）", "I2"),
    ],
)
def test_a_heading_that_names_another_unit_is_refused_rather_than_read_as_jin(cabbage, names, column, heading, cell):
    full = [*HEAD, "起送数量"]
    raw = as_csv([*a_row(单位=""), "10"], head=[heading if name == column else name for name in full])

    assert [fault.cell for fault in seen(raw, names).faults] == [cell]


@pytest.mark.parametrize(
    ("heading", "fen"), [("单价（单位：元/公斤）", 40), ("单价（单位：元）", 80), ("单价（¥/kg）", 40)]
)
def test_the_heading_of_the_prices_says_what_they_are_for(cabbage, names, heading, fen):
    head = [heading if name == "单价（元/斤）" else name for name in HEAD]

    assert [price for _stock, price in lots(as_csv(a_row(单位="斤"), head=head), names)] == [fen]


@pytest.mark.parametrize("name", ["包菜", "包 菜", "包菜_x000D_", "包\u200b菜"], ids=ascii)
@pytest.mark.parametrize("head_name", ["黄秀英", "黄 秀英", "黃秀英"])
def test_names_of_goods_and_people_are_folded(cabbage, names, name, head_name):
    assert lots(as_xlsx(a_row(品种=name, 户主姓名=head_name)), names) == [(100_000, 80)]


def test_a_joined_name_counts_for_each_row_and_a_joined_amount_for_none(cabbage, names):
    def join(book):
        book.active.merge_cells("A2:A3")
        book.active.merge_cells("D3:D4")

    rows = [a_row(), a_row(数量="50"), a_row(户主姓名="温桂英")]

    report = seen(as_xlsx(*rows, change=join), names)
    assert [ready.lot.household.head_name for ready in report.ready] == ["黄秀英"]
    assert [fault.cell for fault in report.faults] == ["D3", "D4"]


def test_a_long_number_in_any_column_is_refused(cabbage, names):
    report = seen(as_xlsx([*a_row()[:7], 6217990000000000097]), names)

    assert [(fault.cell, "15" in fault.reason) for fault in report.faults] == [("H2", True)]


def test_a_fault_says_what_stands_there(cabbage, names):
    report = seen(as_csv(a_row(品种="月亮"), a_row(户主姓名="无此人")), names)

    assert [(fault.cell, fault.value) for fault in report.faults] == [("C2", "月亮"), ("A3", "无*人")]


@pytest.fixture
def dictionary(db):
    load_dictionary()


@pytest.mark.parametrize(
    ("file", "read", "faulty", "unclear"),
    [
        ("l2_float_noise.xlsx", 3, [], []),
        ("l5_text_dates.xlsx", 3, ["G5"], []),  # read, but by then no longer fresh
        ("l6_price_unit.xlsx", 0, [], ["F2", "F3", "F4"]),
        ("l6b_price_unit_silent.xlsx", 0, [], ["F2"]),
        ("l8_x000D.xlsx", 2, [], []),
        ("l10_title_row.xlsx", 1, [], []),
    ],
)
def test_the_files_of_the_trials_are_read_as_their_list_says(
    dictionary, xiuying_household, file, read, faulty, unclear
):
    xiuying_household.phone = "13800000001"

    report = look_through(trial(file), names=Names([xiuying_household]), consent="paper", at=LATE)

    assert [fault.cell for fault in report.faults] == faulty
    assert (len(report.ready), report.unclear_prices) == (read, unclear)


def test_units_in_capital_letters_of_the_trials_are_read(dictionary, xiuying_household):
    xiuying_household.phone = "13800000001"

    report = look_through(trial("l7_misc.xlsx"), names=Names([xiuying_household]), consent="paper", at=LATE)

    assert {"E7", "E8"}.isdisjoint(fault.cell for fault in report.faults)
    assert [fault.cell for fault in report.faults] == ["D2"]


def test_the_command_asks_what_prices_are_for(tmp_path, now, cadre_liu, cabbage, names, capsys):
    file = tmp_path / "lots.csv"
    file.write_bytes(as_csv(a_row(单位="公斤", 数量="10", **{"单价（元/斤）": "1.20"}), head=BARE))

    with pytest.raises(CommandError):
        call_command("import_lots", file, by=cadre_liu.phone, apply=True)
    assert "F2" in capsys.readouterr().out and not Listing.objects.exists()
    call_command("import_lots", file, "--price-unit", "公斤", by=cadre_liu.phone, apply=True)
    assert Listing.objects.get().price_fen == 60


def test_the_command_asks_about_hidden_rows(tmp_path, now, cadre_liu, cabbage, names, capsys):
    file = tmp_path / "lots.xlsx"
    file.write_bytes(
        as_xlsx(
            a_row(),
            a_row(户主姓名="温桂英"),
            change=lambda book: setattr(book.active.row_dimensions[3], "hidden", True),
        )
    )

    with pytest.raises(CommandError):
        call_command("import_lots", file, by=cadre_liu.phone, apply=True)
    assert "--with-hidden-rows" in capsys.readouterr().out and not Listing.objects.exists()
    call_command("import_lots", file, "--without-hidden-rows", by=cadre_liu.phone, apply=True)
    assert Listing.objects.count() == 1


def test_the_page_asks_what_prices_are_for_and_lists_what_was_answered(client, now, cadre_liu, cabbage, names):
    login(client, cadre_liu)
    raw = as_csv(a_row(单位="公斤", 数量="10", **{"单价（元/斤）": "1.20"}), head=BARE)
    first = brought(client, raw)
    assert [field.name for field in first.context["questions"]] == ["price_unit"] and "F2" in first.content.decode()

    kept = {"kept": first.context["kept"], "consent": "visit"}
    page = client.post("/sheets/file/", kept | {"price_unit": "kg"}).content.decode()
    listing = page[page.index('name="act"') - 20 :]
    fields = ("act", "kept", "shown", "consent", "idem", "price_unit", "with_hidden")
    client.post("/sheets/file/", {name: hidden(listing, name) for name in fields})

    assert Listing.objects.get().price_fen == 60


# --- Page and command -------------------------------------------------------------------------------


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def brought(client, raw, name="货.xlsx"):
    file = io.BytesIO(raw)
    file.name = name
    return client.post("/sheets/file/", {"file": file, "consent": "visit"})


def test_a_cadre_brings_a_file_sees_it_and_confirms_it_once(client, now, cadre_liu, cabbage, names):
    login(client, cadre_liu)
    raw = as_xlsx(a_row(), a_row(户主姓名="温桂英", 数量="约200"))
    answer = brought(client, raw)
    page = answer.content.decode()
    assert answer.status_code == 200 and "D3" in page and "挂出 1 批" in page
    assert not Listing.objects.exists()

    form = {name: hidden(page, name) for name in ("act", "kept", "shown", "consent", "idem")}
    done = [client.post("/sheets/file/", form) for _again in range(2)]

    lot = Listing.objects.get()
    assert all(lot.number in answer.content.decode() for answer in done)
    assert Consent.objects.get().how == "visit"
    again = brought(client, raw).content.decode()
    assert "已有，不用再挂" in again and lot.number in again and 'name="kept"' not in again
    changed = client.post("/sheets/file/", form | {"idem": "x", "shown": "0" * 64})
    assert changed.status_code == 409 and Listing.objects.count() == 1
    broken = client.post("/sheets/file/", form | {"idem": "y", "kept": "!!"})
    assert broken.status_code == 409 and Listing.objects.count() == 1


def test_what_is_no_table_is_refused_beside_the_field_and_strangers_stay_out(client, now, cadre_liu, xiuying, names):
    assert brought(login(client, cadre_liu), b"%PDF-1.7", "a.pdf").status_code == 400
    assert brought(login(client, cadre_liu), b"x" * 600_000, "a.csv").status_code == 400
    assert client.get("/sheets/file/lots.xlsx").content[:2] == b"PK"
    assert brought(login(client, xiuying), as_csv(a_row())).status_code == 403
    assert client.get("/sheets/file/lots.xlsx").status_code == 403


def test_a_cadre_brings_no_goods_of_another_village(client, now, cadre_liu, cabbage, other_village):
    a_household(other_village, name="黄秀英")

    page = brought(login(client, cadre_liu), as_csv(a_row())).content.decode()

    assert "A2" in page and 'name="kept"' not in page


def test_the_command_looks_first_and_lists_when_told_to(tmp_path, now, cadre_liu, cabbage, names, capsys):
    file = tmp_path / "lots.csv"
    file.write_bytes(as_csv(a_row(), a_row(户主姓名="温桂英", 数量="?")))

    call_command("import_lots", file, by=cadre_liu.phone)
    printed = capsys.readouterr().out
    assert "row 3, cell D3" in printed and "Dry run" in printed and not Listing.objects.exists()

    call_command("import_lots", file, by=cadre_liu.phone, apply=True)
    call_command("import_lots", file, by=cadre_liu.phone, apply=True)
    assert "0 lots listed, 1 listed before" in capsys.readouterr().out
    assert Listing.objects.get().made_by == cadre_liu


def test_the_command_knows_nobody_who_lists_for_no_one(tmp_path, now, xiuying, names):
    file = tmp_path / "lots.csv"
    file.write_bytes(as_csv(a_row()))

    for phone in (xiuying.phone, "13999999999", "x"):
        with pytest.raises(CommandError):
            call_command("import_lots", file, by=phone, apply=True)
    assert not Listing.objects.exists()


def test_a_co_operative_lists_by_file_for_the_members_that_let_it_and_is_not_asked_how_they_agreed(
    client, coop, coop_manager, cabbage, xiuying_household, guiying_household, changxi, now
):
    a_household(changxi, name="谢春生")
    for household in (xiuying_household, guiying_household):
        a_mandate(household, coop)
    login(client, coop_manager)
    assert 'name="consent"' not in client.get(reverse("lot-file")).content.decode()
    served = Names(households_named(coop_manager))
    raw = as_csv(a_row(), a_row(户主姓名="温桂英"), a_row(户主姓名="谢春生"))
    report = look_through(raw, names=served, consent="", at=MONDAY)
    assert [ready.lot.household for ready in report.ready] == [xiuying_household, guiying_household]

    list_file(raw, names=served, consent="", all_sure=True, by=coop_manager, at=MONDAY)

    assert set(Listing.objects.values_list("household", "agent")) == {
        (xiuying_household.pk, coop.pk),
        (guiying_household.pk, coop.pk),
    }
