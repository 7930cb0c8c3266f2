"""Price files: good rows become reference prices, faulty ones are named by line and reason, twice is once."""

import datetime as dt
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kernel import clock
from kernel.errors import BadValue
from produce.models import Produce, ReferencePrice
from produce.selectors.prices import reference_price
from produce.services import price_files
from produce.services.dictionary import load
from produce.services.price_files import UnknownFormat, import_prices
from tests.conftest import standing
from tests.trials import trial
from tests.workbooks import a_workbook

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "shared/data/04_prices"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real prices (shared/data/04_prices) are not here")
XINFADI = "date,group,product,spec,unit,low,avg,high,quality\n"


@pytest.fixture(scope="module", autouse=True)
def county_dictionary(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, load):
        yield


def read(text, **how):
    return import_prices(text.encode(), **how)


def test_a_day_at_the_wholesale_market():
    report = read(XINFADI + "2026-11-01,veg,甘蓝洋白菜,普通,斤,0.6,0.75,0.9,\n2026-11-01,fruit,榴莲,普通,斤,9,10,11,\n")

    assert (report.rows, report.new, report.updated, report.faults) == (2, 1, 0, [])
    assert report.unknown == {"榴莲": 1}
    price = ReferencePrice.objects.get()
    assert (price.produce.code, price.day, price.source) == ("cabbage", dt.date(2026, 11, 1), "北京新发地")
    assert (price.low_fen, price.avg_fen, price.high_fen) == (60, 75, 90)


@pytest.mark.parametrize("day", ["1999-12-31", "{next_year}-11-01"])
def test_a_day_that_no_market_has_had_is_named(day):
    next_year = clock.county_day(clock.now()).year + 1

    report = read(XINFADI + f"{day.format(next_year=next_year)},veg,甘蓝洋白菜,普通,斤,0.6,0.75,0.9,\n")

    assert (report.new, [fault.cell for fault in report.faults]) == (0, ["A2"])


@pytest.mark.parametrize(("heading", "new"), [("元/公斤", 0), ("元/筐", 0), ("元/斤", 1), ("元", 1)])
def test_the_headings_of_the_prices_name_the_unit_of_the_row_or_none(heading, new):
    report = read(f"日期,品种,规格,单位,最低价,均价（{heading}）,最高价,来源\n2025-11-01,包菜,,斤,,1.60,,石城\n")

    assert (report.new, [fault.cell for fault in report.faults]) == (new, [] if new else ["F2"])


def test_a_supermarket_pays_by_the_kilogram():
    read("date,item_code,item,category,wholesale_yuan_per_kg\n2026-11-01,1029,净藕(1),水生根茎类,9.25\n")

    price = ReferencePrice.objects.get()
    assert (price.produce.code, price.avg_fen) == ("lotus_root", 463)  # 4.625 yuan for 500 g, half a fen goes up


def test_our_own_format_takes_either_unit_and_needs_no_bounds():
    read(
        "date,produce,spec,unit,low,avg,high,source\n"
        "2026-11-01,通心白莲,一级,公斤,,76.00,,石城白莲市场\n"
        "2026-11-01,脐橙,,斤,2.4,2.5,2.6,石城县城\n"
    )

    prices = ReferencePrice.objects.order_by("avg_fen").values_list("produce__code", "avg_fen", "low_fen", "source")
    assert list(prices) == [("navel_orange", 250, 240, "石城县城"), ("lotus_dried", 3800, None, "石城白莲市场")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-02-30,veg,包菜,普通,斤,1,1,1,", price_files.NO_DAY),
        ("26/2/3,veg,包菜,普通,斤,1,1,1,", price_files.NO_DAY),
        ("45000,veg,包菜,普通,斤,1,1,1,", price_files.NO_DAY),
        ("2026-11-01,veg,包菜,普通,筐,1,1,1,", price_files.NO_UNIT),
        ("2026-11-01,veg,椰青/个,普通,斤,1,1,1,", price_files.BY_PIECE),
        ("2026-11-01,veg,菜心(份),普通,斤,1,1,1,", price_files.BY_PIECE),
        ("2026-11-01,veg,包菜,普通,斤,1,NaN,1,", price_files.NO_NUMBER),
        ("2026-11-01,veg,包菜,普通,斤,1,1e5,1,", price_files.NO_NUMBER),
        ("2026-11-01,veg,包菜,普通,斤,1,-1,1,", price_files.NO_NUMBER),
        ("2026-11-01,veg,包菜,普通,斤,1,,1,", price_files.NO_NUMBER),
        ("2026-11-01,veg,包菜,普通,斤,0,1,2,", price_files.ZERO),
        ("2026-11-01,veg,包菜,普通,斤,1,1,99999999,", price_files.TOO_HIGH),
        ("2026-11-01,veg,包菜,普通,斤,3,2,1,", price_files.UPSIDE_DOWN),
        ("2026-11-01,veg,包菜,普通,斤,1,3,2,", price_files.OUTSIDE),
        ("2026-11-01,veg,榴莲,普通,斤,3,2,1,", price_files.UPSIDE_DOWN),
        ("2026-11-01,veg,包菜", price_files.TOO_SHORT),
    ],
)
def test_a_faulty_row_is_named_by_line_and_reason(row, reason):
    good = "2026-11-01,veg,白萝卜,普通,斤,0.5,0.5,0.5,\n"

    report = read(XINFADI + good + row + "\n")

    assert [(fault.line, fault.reason) for fault in report.faults] == [(3, str(reason))]
    assert report.new == ReferencePrice.objects.count() == 1


def test_the_same_line_twice_counts_once_and_the_file_twice_changes_nothing():
    text = XINFADI + "2026-11-01,veg,包菜,普通,斤,1,1,1,\n2026-11-01,veg,包菜,普通,斤,2,2,2,\n"

    first, second = read(text), read(text)

    assert [(fault.line, fault.reason) for fault in first.faults] == [(3, str(price_files.TWICE))]
    assert (first.new, second.new, second.updated) == (1, 0, 1)
    assert ReferencePrice.objects.get().avg_fen == 100


def test_a_later_file_corrects_a_price():
    read(XINFADI + "2026-11-01,veg,包菜,普通,斤,1,1,1,\n")
    report = read(XINFADI + "2026-11-01,veg,包菜,普通,斤,2,2,2,\n")

    assert (report.new, report.updated, ReferencePrice.objects.get().avg_fen) == (0, 1, 200)


def test_a_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(UnknownFormat):
        read("a,b,c\n1,2,3\n")
    with pytest.raises(UnknownFormat):
        read(XINFADI, kind="supermarket")
    with pytest.raises(BadValue):
        read("")
    file = tmp_path / "x.csv"
    file.write_bytes("date,produce\n包菜".encode("gbk"))
    with pytest.raises(CommandError):
        call_command("import_prices", str(file))


def test_the_command_names_each_fault(tmp_path, capsys):
    file = tmp_path / "prices.csv"
    file.write_text(XINFADI + "x,veg,包菜,普通,斤,1,1,1,\n", encoding="utf-8")

    call_command("import_prices", str(file))

    assert "line 2, cell A2 「x」:" in capsys.readouterr().out


def test_the_reference_is_the_median_of_the_latest_day_within_a_fortnight():
    cabbage = Produce.objects.get(code="cabbage")
    day = dt.date(2026, 11, 1)
    for number, fen in enumerate([90, 70, 75]):
        ReferencePrice.objects.create(produce=cabbage, day=day, source="a", spec=str(number), avg_fen=fen)
    ReferencePrice.objects.create(produce=cabbage, day=day - dt.timedelta(days=1), source="a", avg_fen=10)

    assert reference_price(cabbage, day) == 75
    assert reference_price(cabbage, day + dt.timedelta(days=14)) == 75
    assert reference_price(cabbage, day + dt.timedelta(days=15)) is None
    assert reference_price(cabbage, day - dt.timedelta(days=1)) == 10
    ReferencePrice.objects.create(produce=cabbage, day=day, source="b", avg_fen=80)
    assert reference_price(cabbage, day) == 78  # 75 and 80: the middle, half a fen goes up


OWN = ["date", "produce", "spec", "unit", "low", "avg", "high", "source"]


def a_book(*rows, change=None, head=OWN):
    return a_workbook([head, *rows], change=change)


def a_price(**changes):
    row = dict(zip(OWN, ["2026-11-01", "包菜", "", "斤", "0.70", "0.80", "0.90", "石城批发"], strict=True))
    return list((row | changes).values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_in_the_encoding_it_was_written_in(encoding):
    text = ",".join(OWN) + "\r\n" + ",".join(a_price()) + "\r\n"

    assert import_prices(text.encode(encoding)).new == 1


@pytest.mark.parametrize("day", ["2026/11/1", "2026.11.01", "2026年11月1日", dt.datetime(2026, 11, 1), "20261101"])
def test_a_day_is_read_as_pages_read_it(day):
    assert import_prices(a_book(a_price(date=day))).new == 1
    assert ReferencePrice.objects.get().day == dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("unit", "fen"), [("元/斤", 80), ("Kg", 40), ("㎏", 40), ("元/公斤", 40), ("市斤", 80), ("千克", 40), (" 斤 ", 80)]
)
def test_known_spellings_of_a_unit_are_read(unit, fen):
    import_prices(a_book(a_price(unit=unit)))

    assert ReferencePrice.objects.get().avg_fen == fen


def test_prices_are_read_from_every_sheet_as_it_shows_them():
    def add(book):
        sheet = book.create_sheet("第二周")
        sheet.append(["*日期", "品名", "规格", "单位", "最低价", "均价", "最高价", "来源"])
        sheet.append(["2026-11-08", "綠豆", "", "斤", None, 0.7999999999999999, None, "石城批发"])

    report = import_prices(a_book(a_price(), change=add))

    assert (report.rows, report.new) == (2, 2)
    assert [price.avg_fen for price in ReferencePrice.objects.all()] == [80, 80]


def test_hidden_rows_wait_for_an_answer(tmp_path):
    def hide(book):
        book.active.row_dimensions[3].hidden = True

    raw = a_book(a_price(), a_price(date="2026-11-02"), change=hide)
    file = tmp_path / "prices.xlsx"
    file.write_bytes(raw)

    with pytest.raises(CommandError, match="--with-hidden-rows"):
        call_command("import_prices", str(file))
    assert not ReferencePrice.objects.exists()
    assert import_prices(raw, with_hidden=False).new == 1
    assert import_prices(raw, with_hidden=True).new == 1


@pytest.mark.parametrize(
    ("column", "value"), [("avg", "=1+1"), ("avg", 1e15), ("low", "#N/A"), ("unit", "筐"), ("date", "11/1/26")]
)
def test_a_fault_says_its_cell_and_what_stands_there(column, value):
    (fault,) = import_prices(a_book(a_price(**{column: value}))).faults

    assert (fault.cell, fault.line) == (f"{'ABCDEFGH'[OWN.index(column)]}2", 2)
    assert fault.value and fault.reason


def test_the_file_of_the_trials_is_read_but_for_nothing():
    report = import_prices(trial("p1_prices_gbk.csv"))

    assert (report.rows, report.new, report.faults) == (4, 4, [])
    assert ReferencePrice.objects.get(produce__code="radish").avg_fen == 80


@needs_data
@pytest.mark.gates
def test_the_real_files_go_in_within_a_minute():
    started, reports = time.monotonic(), {}
    for file in sorted(DATA.glob("*.csv")):
        if "daily_sales" in file.name:
            continue
        reports[file.stem] = import_prices(file.read_bytes())
    seconds = time.monotonic() - started

    market = [report for name, report in reports.items() if name.startswith("xinfadi")]
    assert sum(report.rows for report in market) == 134_671
    reasons = sum((report.reasons for report in market), start=market[0].reasons.__class__())
    assert reasons[str(price_files.ZERO)] > 600 and reasons[str(price_files.UPSIDE_DOWN)] >= 10
    assert seconds < 60
    # 白萝卜, 2014-07-01 in xinfadi_2014H2.csv, read by hand.
    radish = ReferencePrice.objects.filter(produce__code="radish", day=dt.date(2014, 7, 1), source="北京新发地")
    assert [price.avg_fen for price in radish] == [48]
