"""The middle of the market: what a pencil says and each night writes, twice without a trace, and how it is shown."""

import datetime as dt
import gzip
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Listing
from catalog.price_chart import Line, chart, top_of
from catalog.services import kilos, listings
from catalog.services import medians as asked
from kernel import clock
from orders.selectors.prices import paid_prices
from orders.services import medians as sold
from produce.models import Grade, PriceMedian, Produce, ReferencePrice
from produce.selectors.prices import reference_price
from produce.services import medians
from produce.services.dictionary import load
from produce.services.price_files import import_prices
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, a_fund, a_household, a_listing, login
from tests.guards.rows import past_triggers
from tests.orders.steps import Story, wish

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "shared/data/04_prices"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real prices (shared/data/04_prices) are not here")
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
MON, TUE, WED = (clock.county_day(at) for at in (MONDAY, TUESDAY, WEDNESDAY))


def quote(produce, fen, day=MON, **more):
    ReferencePrice.objects.create(produce=produce, day=day, avg_fen=fen, **{"source": "县城市场", **more})


def rows(source, **where):
    found = PriceMedian.objects.filter(source=source, **where).order_by("day", "grade__code")
    return [
        (row.day, row.grade and row.grade.code, row.low_fen, row.median_fen, row.high_fen, row.prices) for row in found
    ]


# --- From price files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prices", "median"),
    [
        ([75], 75),
        ([90, 70, 75], 75),
        ([75, 80], 78),  # 77.5: half a fen goes up
        ([70, 75], 73),  # 72.5
        ([1, 2, 3, 10_000], 3),  # 2.5
        ([60, 61, 62, 63, 64], 62),
    ],
)
def test_the_median_of_price_files_is_what_a_pencil_says(cabbage, prices, median):
    for number, fen in enumerate(prices):
        quote(cabbage, fen, spec=str(number))

    medians.write_reference(MON, MON)

    assert rows("reference") == [(MON, None, min(prices), median, max(prices), len(prices))]
    assert reference_price(cabbage, MON) == median


def test_days_and_goods_stand_apart(cabbage, duck):
    quote(cabbage, 80)
    quote(cabbage, 90, TUE)
    quote(duck, 1500)
    quote(cabbage, 10, MON - DAY)

    assert medians.write_reference(MON, TUE) == 3

    assert [(row[0], row[3]) for row in rows("reference", produce=cabbage)] == [(MON, 80), (TUE, 90)]


def test_written_again_nothing_changes_and_what_is_gone_goes(cabbage, duck):
    quote(cabbage, 80)
    quote(duck, 1500)
    medians.write_reference(MON, MON)
    before = list(PriceMedian.objects.order_by("pk").values())

    medians.write_reference(MON, MON)
    assert list(PriceMedian.objects.order_by("pk").values()) == before

    with past_triggers():
        ReferencePrice.objects.filter(produce=duck).delete()
    quote(cabbage, 90, spec="b")
    medians.write_reference(MON, MON)
    assert rows("reference") == [(MON, None, 80, 85, 90, 2)]


def test_each_source_is_one_statement(cabbage):
    quote(cabbage, 80)

    with CaptureQueriesContext(connection) as asked:
        medians.write_reference(MON - 300 * DAY, MON)

    assert len([query for query in asked if "INSERT" in query["sql"]]) == 1 and len(asked) <= 5


def test_a_price_file_brings_its_medians():
    load()
    head = "date,produce,spec,unit,low,avg,high,source\n"
    text = head + "2026-11-01,包菜,一级,公斤,,1.60,,甲\n2026-11-01,包菜,二级,斤,,0.75,,甲\n"

    import_prices(text.encode())

    # 1.60 yuan a kilogram are 80 fen for 500 g; between 75 and 80 lie 77.5, half a fen goes up.
    assert rows("reference") == [(dt.date(2026, 11, 1), None, 75, 78, 80, 2)]


@needs_data
def test_a_day_of_the_real_file_is_what_was_counted_by_hand():
    load()
    with open(DATA / "xinfadi_2014H2.csv", encoding="utf-8", newline="") as lines:
        head = next(lines)
        day = [line for line in lines if line.startswith("2014-07-01,")]

    import_prices((head + "".join(day)).encode())

    radish = Produce.objects.get(code="radish")
    # 2014-07-01, 白萝卜, 0.48 yuan for one 斤 on average: read in the file by eye.
    assert reference_price(radish, dt.date(2014, 7, 1)) == 48
    assert PriceMedian.objects.get(produce=radish, day=dt.date(2014, 7, 1)).median_fen == 48


# --- What lots asked ------------------------------------------------------------------------------


def test_lots_on_sale_at_the_end_of_a_day_count_each_once(changxi, cabbage, xiuying_household, guiying_household):
    first = Grade.objects.create(produce=cabbage, code="first", name="一级", name_en="First", position=1)
    a_listing(xiuying_household, cabbage, price_fen=80, grade=first)
    a_listing(guiying_household, cabbage, price_fen=91, grade=first)
    a_listing(a_household(changxi), cabbage, price_fen=60)

    asked.write_listed(MON, MON)

    # 60, 80, 91: the middle is 80. Of the first grade 80 and 91: 85.5, half a fen goes up.
    assert sorted(rows("listed"), key=str) == sorted(
        [(MON, "first", 80, 86, 91, 2), (MON, None, 60, 80, 91, 3)], key=str
    )


def test_a_price_counts_from_the_day_it_was_asked(xiuying, xiuying_household, cabbage):
    lot = a_listing(xiuying_household, cabbage, price_fen=80)
    listings.change_price(lot, price_fen=60, price_unit_g=500, by=xiuying, at=TUESDAY)

    asked.write_listed(MON - DAY, WED)

    assert [(row[0], row[3]) for row in rows("listed")] == [(MON, 80), (TUE, 60), (WED, 60)]


def test_what_left_the_market_that_day_no_longer_counts(xiuying, xiuying_household, cabbage):
    gone, sold_out, kept = (a_listing(xiuying_household, cabbage, price_fen=fen, kg=100) for fen in (50, 60, 70))
    listings.withdraw(gone, reason="eaten", by=xiuying, at=TUESDAY)
    kilos.move_kilos([kilos.KiloMove(sold_out.pk, "free", "reserved", 100_000, "a:1")], by=xiuying, at=TUESDAY)

    asked.write_listed(MON, WED)

    assert [(row[0], row[3], row[5]) for row in rows("listed")] == [(MON, 60, 3), (TUE, 70, 1), (WED, 70, 1)]
    assert kept.sell_by > WED


def test_a_spoiled_lot_no_longer_counts(xiuying_household, cabbage):
    lot = a_listing(xiuying_household, cabbage)
    Listing.objects.filter(pk=lot.pk).update(sell_by=MON)

    asked.write_listed(MON, WED)

    assert [row[0] for row in rows("listed")] == [MON]


def test_a_price_for_a_kilogram_is_compared_for_500_grams(xiuying, xiuying_household, cabbage):
    lot = a_listing(xiuying_household, cabbage, price_fen=80)
    listings.change_price(lot, price_fen=161, price_unit_g=1000, by=xiuying, at=MONDAY + HOUR)

    asked.write_listed(MON, MON)

    assert rows("listed")[0][3] == 81  # 80.5 fen: half a fen goes up


# --- What was paid --------------------------------------------------------------------------------


def test_what_was_settled_counts_line_by_line(
    school,
    treasurer_zhou,
    chef_chen,
    haulier,
    receiver_wang,
    receiver_sun,
    xiuying_household,
    guiying_household,
    cabbage,
):
    fund = a_fund(school, yuan=10_000, by=treasurer_zhou)
    people = {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    lots = [a_listing(home, cabbage, price_fen=fen) for home, fen in ((xiuying_household, 80), (guiying_household, 91))]
    Story(school, fund, people).signed(wish((lots[0], 60), (lots[1], 40)))
    day = clock.county_day(THURSDAY)

    # 60 kg for 96.00 and 40 kg for 72.80 yuan: 80 and 91 fen for 500 g, 85.5 between them, half a fen goes up.
    assert sold.write_sold(MON, day) == 1
    assert rows("sold") == [(day, None, 80, 86, 91, 2)]
    assert sold.write_sold(MON, day) == 1 and PriceMedian.objects.count() == 1
    assert not paid_prices(day + DAY, day + 9 * DAY).exists() and not paid_prices(MON, day - DAY).exists()


# --- Nights and commands --------------------------------------------------------------------------


def test_a_night_makes_up_for_those_missed(cabbage):
    for back in range(10):
        quote(cabbage, 80 + back, MON - back * DAY)
    medians.write_reference(MON - 9 * DAY, MON - 8 * DAY)

    assert medians.days_to_write("reference", TUE) == (MON - 8 * DAY, MON)
    medians.write_missing(TUESDAY)
    asked.write_missing(TUESDAY)

    assert PriceMedian.objects.filter(source="reference").count() == 10
    assert medians.days_to_write("reference", TUE) == (MON - 2 * DAY, MON)
    assert medians.days_to_write("listed", TUE) == (MON - medians.MOST_DAYS * DAY, MON)


def test_a_command_writes_any_days(cabbage, xiuying_household, capsys):
    quote(cabbage, 80, MON - 90 * DAY)
    a_listing(xiuying_household, cabbage, price_fen=70)

    call_command("compute_medians", "--from", str(MON - 100 * DAY), "--to", str(MON))

    assert capsys.readouterr().out == "2 medians written.\n"
    with pytest.raises(CommandError):
        call_command("compute_medians", "--from", "2026-11-02", "--to", "2026-11-01")
    with pytest.raises(CommandError):
        call_command("compute_medians", "--to", "2026-11-01")


# --- Both ways of a price that stands out ---------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "tags"), [(131, ["价格偏高"]), (130, []), (100, []), (50, []), (49, ["远低于行情"])]
)  # fmt: skip
def test_buyers_see_a_price_that_stands_out(client, xiuying_household, cabbage, fen, tags):
    lot = a_listing(xiuying_household, cabbage, price_fen=fen, at=clock.now())
    quote(cabbage, 100, clock.county_day(clock.now()))

    card = client.get(reverse("market")).context["rows"][0]
    detail = client.get(reverse("listing-detail", args=[lot.pk]))

    assert [tag.text for tag in card.tags] == tags
    assert [tag.text for tag in detail.context["goods"].price_tags] == tags
    assert reverse("produce-page", args=["cabbage"]) in detail.content.decode()


# --- The page of a year ---------------------------------------------------------------------------


@pytest.fixture
def a_year(cabbage):
    today = clock.county_day(clock.now())
    for back in range(0, 330, 3):
        day = today - back * DAY
        quote(cabbage, 70 + back % 31, day)
    medians.write_reference(today - 340 * DAY, today)
    PriceMedian.objects.bulk_create(
        PriceMedian(
            produce=cabbage,
            day=today - back * DAY,
            source=source,
            median_fen=fen,
            low_fen=fen - 10,
            high_fen=fen + 15,
            prices=9,
        )
        for back in range(0, 330, 5)
        for source, fen in (("listed", 80 + back % 17), ("sold", 78 + back % 13))
    )  # fmt: skip
    return cabbage


def test_a_year_of_prices_is_drawn_small_and_told_in_numbers(client, a_year):
    answer = client.get(reverse("produce-page", args=["cabbage"]))

    text = answer.content.decode()
    drawn = text[text.index('<svg class="price-lines"') : text.index("</figure>")]
    assert answer.status_code == 200
    assert len(gzip.compress(drawn.encode())) <= 8 * 1024
    assert [line.key for line in answer.context["chart"].lines] == ["sold", "listed", "reference"]
    for words in ("包菜各月价格", "单位：元/公斤", "来源：", "同样的数", "成交价", "挂牌价", "行情价"):
        assert words in text
    assert 10 <= len(answer.context["table"]) <= 12
    assert all(len(row.cells) == 3 for row in answer.context["table"])


def test_each_grade_says_what_it_fetched_in_the_last_month(client, cabbage):
    today = clock.county_day(clock.now())
    good, plain = (
        Grade.objects.create(produce=cabbage, code=code, name=name, name_en=code, measure="", position=number)
        for number, (code, name) in enumerate((("first", "一级"), ("mixed", "统货")))
    )
    paid = (("sold", 1, 80), ("sold", 2, 90), ("sold", 3, 83), ("sold", 31, 10))
    PriceMedian.objects.bulk_create(
        PriceMedian(
            produce=cabbage, grade=good, day=today - back * DAY, source=source, median_fen=fen, low_fen=fen,
            high_fen=fen, prices=3,
        )
        for source, back, fen in (*paid, ("listed", 1, 95))
    )  # fmt: skip

    notes = {grade.label: grade.note for grade in client.get("/produce/cabbage/").context["goods"].grades}

    assert notes[good.name] == "近 30 天（元/公斤）：成交价 1.66、挂牌价 1.90"
    assert notes[plain.name] == ""


def test_the_page_of_a_year_is_public_cheap_and_unchanged_until_it_changes(client, a_year, xiuying_household):
    address = reverse("produce-page", args=["cabbage"])
    first = client.get(address)
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert len(asked) <= 5
    PriceMedian.objects.update(high_fen=999)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert "秀英" not in first.content.decode() and xiuying_household.phone not in first.content.decode()


def test_whoever_is_signed_in_never_gets_an_old_page(client, a_year, olga):
    first = login(client, olga).get(reverse("produce-page", args=["cabbage"]))

    assert "ETag" not in first.headers


def test_goods_without_prices_or_that_may_not_be_sold_have_a_page_too(client, db):
    load()

    tobacco = client.get(reverse("produce-page", args=["tobacco"]))
    assert tobacco.status_code == 200 and "专卖" in tobacco.content.decode() and tobacco.context["chart"] is None
    assert client.get("/produce/nothing/").status_code == 404
    assert client.get("/produce/%00/").status_code in (400, 404)


def test_programs_read_the_days(client, a_year):
    first = client.get("/api/v1/produce/cabbage/prices/", {"source": "sold"})

    body = first.json()
    assert (body["produce"], len(body["results"])) == ("cabbage", 66)
    assert body["results"][-1]["yuan_per_kg"] == "1.56" and body["results"][-1]["grade"] == ""
    assert client.get(
        "/api/v1/produce/cabbage/prices/", {"source": "sold"}, headers={"If-None-Match": first.headers["ETag"]}
    ).status_code == 304  # fmt: skip
    for wrong in (
        {"source": "x"},
        {"first": "2020-01-01", "last": "2026-01-01"},
        {"first": "x"},
        {"last": "0001-01-01", "first": "2026-01-01"},
        {"last": "0001-01-01"},
    ):
        assert client.get("/api/v1/produce/cabbage/prices/", wrong).status_code == 400
    assert client.get("/api/v1/produce/nothing/prices/").status_code == 404


@pytest.mark.parametrize(
    ("most", "top"), [(1, 20), (20, 20), (21, 40), (80, 80), (101, 120), (900, 1000), (40_001, 60_000)]
)
def test_the_scale_begins_at_zero_and_ends_round(most, top):
    assert top_of(most)[0] == top and top % top_of(most)[1] == 0


def test_a_gap_is_a_gap():
    [line] = chart([Line("sold", "x", [10, None, 30, 40])], [None] * 4).lines

    assert [run.count(",") for run in line.runs] == [2]
    assert len(line.dots) == 3
    assert chart([Line("sold", "x", [None])], [None]) is None
