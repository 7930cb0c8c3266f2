"""The sales report: one query, the same numbers on page, form, spreadsheet and API, and rows behind each number."""

import datetime as dt
import io

import openpyxl
import pytest
from django.test import Client

from accounts.models import Channel, Place
from accounts.services import people
from accounts.services.households import merge
from orders.models import Fate, GoodsReturn, StatementLine
from orders.services import returning
from orders.services.weighing import Weighed
from reports.pages.sales import change_words, months_chart, sentence
from reports.pages.words import basis
from reports.selectors.sales import Figure, Limits, Sales, sales
from tests import factories
from tests.factories import FRIDAY, login
from tests.guards.rows import force
from tests.orders.steps import KG, Story, a_stored_photo, wish

pytestmark = pytest.mark.django_db

NOVEMBER = Limits("2026-11", "2026-11")


@pytest.fixture
def sold(school, chef_chen, haulier, receiver_wang, receiver_sun, treasurer_zhou, xiuying, xiuying_household, guiying,
         guiying_household, cabbage):  # fmt: skip
    """40 kg of Xiuying's cabbage at 1.60 and 30 kg of Guiying's at 1.50 accepted by the school; 4 kg were refused."""
    fund = factories.a_fund(school, by=treasurer_zhou)
    story = Story(
        school, fund, {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    )
    hers = factories.a_listing(xiuying_household, cabbage, kg=100, price_fen=80, by=xiuying)
    next_door = factories.a_listing(guiying_household, cabbage, kg=80, price_fen=75, by=guiying)
    weights = [Weighed(44_000, 0, 4_000, "rotten"), Weighed(30_000)]
    return story.signed(wish((hers, 44), (next_door, 30)), weights=weights)


def test_the_sum_counts_what_was_accepted_and_each_household_once(sold):
    found = sales(NOVEMBER, cut_off=FRIDAY)

    total = found.at()
    assert (total.weight_g, total.amount_fen) == (70_000, 64_00 + 45_00)
    assert (total.households, total.poor_households, total.poor_fen) == (2, 1, 64_00)


def test_every_breakdown_adds_up_to_the_sum(sold):
    found = sales(NOVEMBER, cut_off=FRIDAY)

    for name in ("month", "channel", "township", "produce"):
        assert sum(figure.amount_fen for figure in found.by(name).values()) == 109_00
    assert found.by("channel", month="2026-11")["school"].weight_g == 70_000
    ((group, figure),) = found.details()
    assert group == ("2026-11", "school", "360735102000", "cabbage") and figure.amount_fen == 109_00


def test_a_sale_counts_by_the_tier_of_its_day(sold, xiuying_household):
    xiuying_household.tiers.update(to_on=dt.date(2026, 11, 5))
    xiuying_household.tiers.create(tier="ordinary", from_on=dt.date(2026, 11, 5))

    assert sales(NOVEMBER, cut_off=FRIDAY).at().poor_fen == 0


def test_what_was_signed_after_the_cut_off_does_not_count(sold):
    assert sales(NOVEMBER, cut_off=sold.signed_at - dt.timedelta(seconds=1)).at().amount_fen == 0


@pytest.mark.parametrize(
    ("limit", "amount"),
    [
        ({"channel": "school"}, 109_00),
        ({"channel": "hospital"}, 0),
        ({"township": "360735102000"}, 109_00),
        ({"township": "360735104000"}, 0),
        ({"produce": "cabbage"}, 109_00),
        ({"first": "2026-10", "last": "2026-10"}, 0),
        ({"first": "2026-01", "last": "2026-12"}, 109_00),
    ],
)
def test_limits_limit(sold, limit, amount):
    asked = Limits(**({"first": "2026-11", "last": "2026-11"} | limit))

    assert sales(asked, cut_off=FRIDAY).at().amount_fen == amount


def test_page_form_spreadsheet_and_api_say_the_same(sold, official):
    Channel.objects.update(name_zh="学校")
    client = login(Client(), official)
    asked = "?first=2026-11&last=2026-11"

    page = client.get(f"/reports/sales/{asked}").content.decode()
    form = client.get(f"/reports/sales/form/{asked}").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/reports/sales/export.xlsx{asked}").content))
    api = client.get(f"/api/v1/reports/sales/{asked}").json()

    assert "109.00" in page and "<b>0.07</b>" in page
    assert "0.07" in form
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][0] == "2026 年 11 月销售月报" and book.worksheets[0].freeze_panes == "B3"
    assert rows[1][7:] == ("其中上一年经费（元）", "户数", "脱贫户和监测户（户）")
    assert rows[2][4:] == (70, 109, 64, 0, 2, 1)
    assert rows[3][:4] == ("2026-11", "学校", "屏山镇", "包菜") and rows[3][4:7] == (70, 109, 64)
    limits = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert limits["导出人"].endswith("曾县长") and limits["行数"] == "1"
    sums = {"kg": "70", "yuan": "109.00", "poor_yuan": "64.00", "earlier_year_yuan": "0.00"}
    assert api["total"] == sums | {"households": 2, "poor_households": 1}
    assert api["rows"][0]["yuan"] == "109.00"


def test_every_number_opens_its_rows_without_a_name(sold, official):
    page = login(Client(), official).get("/reports/sales/rows/?first=2026-11&last=2026-11").content.decode()

    assert "64.00" in page and "45.00" in page and "长溪村" in page
    assert "黄秀英" not in page and "温桂英" not in page


def test_a_township_officer_reads_the_own_township_whatever_is_asked(sold, township_officer, other_village):
    client = login(Client(), township_officer)

    asked = client.get("/api/v1/reports/sales/?first=2026-11&last=2026-11&township=360735104000").json()

    assert asked["total"]["yuan"] == "109.00"
    assert {row["township"] for row in asked["rows"]} == {"屏山镇"}


@pytest.mark.parametrize(
    ("asked", "amounts"),
    [
        ("first=2026-11&last=2026-11", 2),
        ("first=2026-10&last=2026-10", 0),
        ("first=2026-12&last=2026-12", 0),
        ("first=2026-01&last=2026-12", 2),
        ("channel=school", 2),
        ("channel=hospital", 0),
        ("township=360735102000", 2),
        ("township=360735104000", 0),
        ("produce=cabbage", 2),
        ("produce=duck", 0),
        ("statement=1&cut_off=2000", 2),  # no filters of a report, so they narrow nothing
    ],
)
def test_the_rows_are_limited_as_their_figure_is(sold, official, other_village, duck, hospital, asked, amounts):
    client = login(Client(), official)
    months = "first=2026-11&last=2026-11&"

    page = client.get(f"/reports/sales/rows/?{months}{asked}").content.decode()
    figure = client.get(f"/api/v1/reports/sales/?{months}{asked}").json()["total"]

    assert page.count("长溪村") == amounts
    assert figure["households"] == amounts


def test_a_township_officer_opens_the_rows_of_the_own_township_only(sold, township_officer, other_village):
    sold_in = sold.lines.first().allocation.listing
    client = login(Client(), township_officer)
    address = "/reports/sales/rows/?first=2026-11&last=2026-11&township=360735104000"
    assert client.get(address).content.decode().count("长溪村") == 2

    force(sold_in, township=other_village.parent)

    assert client.get(address).content.decode().count("长溪村") == 1


@pytest.fixture
def elsewhere(sold, other_village):
    """Two more townships: Guiying's lot lies in the first, none in the second."""
    force(sold.lines.order_by("pk").last().allocation.listing, township=other_village.parent)
    factories.a_place("360735105000", "township", "大由乡", other_village.parent.parent)
    return other_village.parent


def lent_to(officer, township):
    """Give an officer the same post in another township as well."""
    office = factories.an_organisation("township", f"{township.name}人民政府", township)
    people.appoint(officer.person, office, "township_officer", area=township, from_on=factories.LONG_AGO)


def test_an_officer_of_two_townships_reads_both_and_no_third(sold, elsewhere, township_officer):
    lent_to(township_officer, elsewhere)
    client = login(Client(), township_officer)
    asked = "first=2026-11&last=2026-11"

    def yuan(more=""):
        return client.get(f"/api/v1/reports/sales/?{asked}{more}").json()["total"]["yuan"]

    assert (yuan(), yuan("&township=360735102000"), yuan("&township=360735104000")) == ("109.00", "64.00", "45.00")
    page = client.get(f"/reports/sales/?{asked}").content.decode()
    assert "屏山镇、高田镇" in page and "109.00" in page and "大由乡" not in page
    assert client.get(f"/reports/sales/rows/?{asked}").content.decode().count("长溪村") == 2
    assert client.get(f"/reports/sales/rows/?{asked}&township=360735104000").content.decode().count("长溪村") == 1
    for door in ("/reports/sales/", "/reports/sales/export.xlsx", "/api/v1/reports/sales/"):
        assert client.get(f"{door}?{asked}&township=360735105000").status_code == 400


def test_an_officer_of_two_townships_reads_no_sale_of_a_third(sold, elsewhere, township_officer):
    lent_to(township_officer, Place.objects.get(code="360735105000"))
    client = login(Client(), township_officer)
    asked = "first=2026-11&last=2026-11"

    assert client.get(f"/api/v1/reports/sales/?{asked}").json()["total"]["yuan"] == "64.00"
    assert client.get(f"/reports/sales/rows/?{asked}").content.decode().count("长溪村") == 1


@pytest.mark.parametrize("door", ["sales", "relief"])
def test_a_post_over_a_village_opens_no_figures_of_its_township(sold, changxi, door):
    office = factories.an_organisation("township", "屏山镇人民政府", changxi.parent)
    client = login(Client(), factories.a_user("村里人", "township_officer", office, changxi))

    for address in (f"/reports/{door}/", f"/api/v1/reports/{door}/"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("who", ["xiuying", "chef_chen", "cadre_liu", "inspector_he", "olga"])
def test_others_read_no_report(request, who, county):
    client = login(Client(), request.getfixturevalue(who))

    for path in ("/reports/sales/", "/reports/sales/export.xlsx", "/api/v1/reports/sales/", "/reports/relief/"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    "asked",
    ["first=2026-13", "first=2026-11&last=2026-10", "first=1990-01", "first=%EF%BC%92026-11", "channel=nobody",
     "first=2021-01&last=2026-11"],
)  # fmt: skip
def test_bad_limits_are_told_and_kept(official, asked, county):
    client = login(Client(), official)

    page = client.get(f"/reports/sales/?{asked}")

    assert page.status_code == 400
    assert client.get(f"/api/v1/reports/sales/?{asked}").status_code == 400


def test_the_page_asks_little_of_the_database(sold, official, django_assert_max_num_queries):
    client = login(Client(), official)
    client.get("/reports/sales/")

    with django_assert_max_num_queries(10):
        client.get("/reports/sales/?first=2026-11&last=2026-11")


def test_a_limited_report_says_so_where_nothing_was_sold_and_each_limit_can_be_taken_away(sold, official, hospital):
    Channel.objects.filter(code="hospital").update(name_zh="医院")
    page = login(Client(), official).get("/reports/sales/?first=2026-11&last=2026-11&channel=hospital")
    words = page.content.decode()

    assert "2026 年 11 月，医院：这个范围里没有结算的销售" in words
    assert 'href="/reports/sales/?first=2026-11&amp;last=2026-11"' in words


def test_a_year_before_stands_beside_the_month_before(sold, official):
    page = login(Client(), official).get("/reports/sales/?first=2027-11&last=2027-11").content.decode()

    assert "去年同月 0.07" in page


def test_the_rows_end_in_the_sum_of_all_of_them(sold, official):
    page = login(Client(), official).get("/reports/sales/rows/?first=2026-11&last=2026-11").content.decode()

    assert "合计 2 笔" in page and "109.00" in page


def test_english_pages_show_no_chinese_names(sold, official):
    Channel.objects.update(name_zh="学校", name_en="School")
    client = login(Client(), official)
    client.cookies["django_language"] = "en"

    page = client.get("/reports/sales/?first=2026-11&last=2026-11&channel=school").content.decode()

    assert "School" in page and "学校" not in page and "包菜" not in page


def test_a_merged_household_counts_by_its_survivor_from_the_merge_on(sold, xiuying_household, guiying_household):
    merge(guiying_household, xiuying_household, at=FRIDAY + dt.timedelta(days=1))

    before, after = (sales(NOVEMBER, cut_off=FRIDAY + dt.timedelta(days=days)).at() for days in (0, 2))
    assert (before.households, after.households) == (2, 1)
    assert before.amount_fen == after.amount_fen and before.poor_fen == after.poor_fen


class TestSentBack:
    """What is sent back counts less in the month in which that was agreed, and never in the one of the sale."""

    @pytest.fixture
    def back(self, sold, receiver_wang, xiuying):
        """10 of Xiuying's 40 kg go back early on the county's first of December, still November elsewhere."""
        asked, agreed = FRIDAY, dt.datetime(2026, 11, 30, 17, tzinfo=dt.UTC)
        line = sold.lines.select_related("receipt__delivery", "allocation__listing__produce").order_by("pk")[0]
        row = returning.ask_return(
            line, grams=10 * KG, reason="rotten", words="坏了", photos=[a_stored_photo(receiver_wang, asked)],
            by=receiver_wang, at=asked,
        )  # fmt: skip
        force(row, answer_by_at=agreed + dt.timedelta(days=1))
        return returning.agree_to_return(GoodsReturn.objects.get(), fate=Fate.FREE, by=xiuying, at=agreed)

    def test_it_counts_less_in_its_own_month(self, back):
        cut_off = back.ended_at
        november, december = (sales(Limits(month, month), cut_off=cut_off).at() for month in ("2026-11", "2026-12"))
        both = sales(Limits("2026-11", "2026-12"), cut_off=cut_off)

        assert (november.weight_g, november.amount_fen, november.households) == (70 * KG, 109_00, 2)
        assert (december.weight_g, december.amount_fen, december.poor_fen) == (-10 * KG, -16_00, -16_00)
        assert (december.households, december.poor_permille()) == (0, 0)
        assert both.at().amount_fen == sum(StatementLine.objects.values_list("amount_fen", flat=True)) == 93_00
        before = sales(Limits("2026-12", "2026-12"), cut_off=cut_off - dt.timedelta(seconds=1))
        assert before.at().amount_fen == 0

    @pytest.mark.parametrize(("month", "yuan"), [("2026-11", "109.00"), ("2026-12", "-16.00")])
    def test_its_rows_are_those_of_its_figure(self, back, official, now, month, yuan):
        now.at = back.ended_at + dt.timedelta(days=40)
        client = login(Client(), official)
        rows = client.get("/reports/sales/rows/", {"first": month, "last": month}).content.decode()
        assert yuan in rows
        assert client.get("/reports/sales/", {"first": month, "last": month}).status_code == 200


def test_a_fall_and_a_rise_are_shares_rounded_the_same_way():
    before = Figure(amount_fen=100_000)

    assert "97.5%" in change_words(Figure(amount_fen=2_420), before)
    assert "97.5%" in change_words(Figure(amount_fen=197_580), before)


def sales_of(months, *, cut_off):
    """Return figures of one township, so much in each of these months, as they stood at the cut-off."""
    figures = {(month, None, town, None): Figure(1000, fen) for month, fen in months.items() for town in (None, "104")}
    return Sales(Limits(min(months), max(months)), cut_off, figures)


FALLING = {"2026-09": 300_00, "2026-10": 200_00, "2026-11": 100_00}


def test_a_month_that_is_over_is_compared_and_one_that_goes_on_is_not(county):
    towns = {"township": {"104": "屏山镇"}}
    over, going_on = (
        sentence(sales_of(FALLING, cut_off=at), NOVEMBER, towns) for at in (FRIDAY + dt.timedelta(days=30), FRIDAY)
    )

    assert "50.0%" in over and "屏山镇" in over
    assert "50.0%" not in going_on and "屏山镇" not in going_on and "本月未结束" in going_on


def test_the_basis_of_a_month_counts_what_that_month_was_paid_of_the_year_before(county):
    figures = {
        (month, None, None, None): Figure(1000, 200_00, earlier_fen=fen)
        for month, fen in {"2026-01": 50_00, "2026-02": 30_00, "2026-03": 0}.items()
    }
    wide = Sales(Limits("2026-01", "2026-03"), FRIDAY, figures)  # as the chart of months asks for them

    assert "上一年" not in basis(wide, Limits("2026-03", "2026-03"))
    assert "30.00" in basis(wide, Limits("2026-02", "2026-03")) and "80.00" in basis(wide, wide.limits)


def test_a_grouping_of_relief_that_is_none_is_refused(official, county):
    client = login(Client(), official)

    assert client.get("/reports/relief/", {"by": "colour"}).status_code == 404
    assert client.get("/api/v1/reports/relief/", {"by": "colour"}).status_code == 400
    assert client.get("/reports/relief/", {"by": "month"}).status_code == 200


def test_the_note_of_the_months_names_the_months_that_are_drawn():
    months = {f"{year}-{month:02}": 100 for year in (2025, 2026) for month in range(1, 13)}
    chart = months_chart(sales_of(months, cut_off=FRIDAY), Limits("2025-01", "2026-12"))

    assert len(chart.items) == 12 and "2026-01" in chart.note and "2025-01" not in chart.note
    assert len(chart.rows) == 24
