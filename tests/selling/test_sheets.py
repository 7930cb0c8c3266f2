"""A batch for many households: pasted, checked, listed once each, printed for their signatures."""

import datetime as dt
import uuid

import pytest

from accounts.models import Consent, Message
from catalog.models import Listing
from catalog.services import pauses
from catalog.services.kilos import ForbiddenProduce
from catalog.services.listings import BadHarvestDay, ConsentNeeded, PastKeeping
from kernel.errors import BadValue
from kernel.pasted import TooMuchPasted, read_lines
from produce.services.pricing import PriceReasonNeeded
from selling.models import EntryRow, EntrySheet
from selling.selectors.name_matching import Names
from selling.services import sheets
from selling.services.pasting import paste
from tests.factories import MONDAY, a_household, a_listing

pytestmark = pytest.mark.django_db
TODAY, DAY = dt.date(2026, 11, 2), dt.timedelta(days=1)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"


@pytest.fixture
def thirty(changxi):
    return [a_household(changxi, name=f"{surname}大山", card=False) for surname in SURNAMES]


@pytest.fixture
def sheet(changxi, cabbage, cadre_liu):
    return a_sheet(changxi, cabbage, cadre_liu)


def a_sheet(village, produce, by, **more):
    pasted = {"harvested_on": TODAY, "price_fen": 80, "consent": "phone", "by": by, "at": MONDAY} | more
    return sheets.begin_sheet(uuid.uuid4(), village=village, produce=produce, **pasted)


def pasted(sheet, text, *households):
    return paste(sheet, text, names=Names(households), at=MONDAY)


def typed(sheet) -> dict:
    return {
        row.household.head_name: row.typed for row in EntryRow.objects.filter(sheet=sheet).select_related("household")
    }


def phone_of(household) -> str:
    return household.phone[-4:]


# --- The heading ------------------------------------------------------------------------------------


def test_a_sheet_begun_twice_under_one_key_is_one(changxi, cabbage, cadre_liu, sheet):
    again = sheets.begin_sheet(
        sheet.pk, village=changxi, produce=cabbage, harvested_on=TODAY, price_fen=99, consent="visit",
        by=cadre_liu, at=MONDAY,
    )  # fmt: skip

    assert (again.price_fen, again.consent) == (80, "phone")
    assert EntrySheet.objects.count() == 1


@pytest.mark.parametrize(
    ("pasted", "refusal"),
    [
        ({"harvested_on": TODAY + DAY}, BadHarvestDay),
        ({"harvested_on": TODAY - 300 * DAY}, PastKeeping),
        ({"consent": ""}, ConsentNeeded),
        ({"consent": "dream"}, ConsentNeeded),
        ({"price_fen": 0}, BadValue),
    ],
)
def test_a_heading_no_lot_could_have_is_refused(changxi, cabbage, cadre_liu, pasted, refusal):
    with pytest.raises(refusal):
        a_sheet(changxi, cabbage, cadre_liu, **pasted)

    assert not EntrySheet.objects.exists()


def test_what_may_not_be_sold_gets_no_sheet(changxi, cabbage, cadre_liu):
    cabbage.forbidden, cabbage.forbidden_reason = True, "专卖"

    with pytest.raises(ForbiddenProduce):
        a_sheet(changxi, cabbage, cadre_liu)


def test_a_high_price_needs_its_reason_once_for_all(changxi, cabbage, cadre_liu, xiuying_household, monkeypatch):
    monkeypatch.setattr("produce.services.pricing.reference_price", lambda produce, on: 80)
    with pytest.raises(PriceReasonNeeded):
        a_sheet(changxi, cabbage, cadre_liu, price_fen=300)

    sheet = a_sheet(changxi, cabbage, cadre_liu, price_fen=300, price_reason="有机")
    sheets.save_rows(sheet, {xiuying_household: "100"}, at=MONDAY)

    assert sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY).new == 1
    assert Listing.objects.get().price_reason == "有机"


# --- Pasted lines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "tail", "amount"),
    [
        ("王秀英 200", "王秀英", "", "200"),
        ("王秀英\t200斤", "王秀英", "", "200斤"),
        ("王秀英，２００", "王秀英", "", "200"),
        ("王秀英200斤", "王秀英", "", "200斤"),
        ("王秀英两百斤", "王秀英", "", "两百斤"),
        ("王秀英 两百斤", "王秀英", "", "两百斤"),
        ("王秀英 8821 200", "王秀英", "8821", "200"),
        ("王秀英 13800138821 200", "王秀英", "8821", "200"),
        ("3. 王秀英 200", "王秀英", "", "200"),
        ("12、王秀英 100公斤", "王秀英", "", "100公斤"),
        ("200 王秀英", "王秀英", "", "200"),
        ("  王 秀英　200  ", "王 秀英", "", "200"),
        ("王\u200b秀英 200", "王秀英", "", "200"),
        ("阿依古丽·买买提 40.5", "阿依古丽·买买提", "", "40.5"),
        ("𠮷大山 200", "𠮷大山", "", "200"),
        ("黄秀英\t200\t斤", "黄秀英", "", "200斤"),
        ("邓细妹 150 斤", "邓细妹", "", "150斤"),
        ("邓细妹 8821 150 公斤", "邓细妹", "8821", "150公斤"),
        ("150 ＫＧ 邓细妹", "邓细妹", "", "150KG"),
        ("鸭户\u2009两百\u00a0斤", "鸭户", "", "两百斤"),
    ],
)
def test_a_line_is_read_as_people_write_it(changxi, text, name, tail, amount):
    (line,) = read_lines(text, begins=Names([a_household(changxi, name="王秀英", card=False)]).begins)

    assert (line.name, line.tail, line.amount, line.fault) == (name, tail, amount, "")


@pytest.mark.parametrize(
    "text",
    ["王秀英", "200", "王秀英 约200", "王秀英 200-300", "王秀英 1,200", "王秀英 -5", "王秀英 12 34 56 200", "<b> 1e5"],
)
def test_a_line_that_can_mean_two_things_is_shown_back_and_fills_nothing(sheet, xiuying_household, changxi, text):
    done = pasted(sheet, text, a_household(changxi, name="王秀英", card=False))

    assert done.filled == 0 and not EntryRow.objects.exists()
    assert [line.line.text for line in done.open] == [text]
    assert done.open[0].reason


def test_headings_and_totals_are_left_out(sheet, xiuying_household):
    done = pasted(sheet, "#接龙 包菜\n姓名 斤数\n黄秀英 200\n合计 200\n", xiuying_household)

    assert (done.filled, done.skipped, done.open) == (1, ["#接龙 包菜", "姓名 斤数", "合计 200"], [])


def test_a_name_of_the_same_sound_is_understood_and_said(sheet, xiuying_household, guiying_household):
    done = pasted(sheet, "黄秀瑛 200\nwengui ying 50", xiuying_household, guiying_household)

    assert typed(sheet) == {"黄秀英": "200", "温桂英": "50"}
    assert done.by_sound == [("黄秀瑛", xiuying_household), ("wengui ying", guiying_household)]


def test_the_characters_come_before_the_sound(sheet, changxi, xiuying_household):
    a_namesake = a_household(changxi, name="黄秀瑛", card=False)

    pasted(sheet, "黄秀瑛 200", xiuying_household, a_namesake)

    assert typed(sheet) == {"黄秀瑛": "200"}


def test_of_two_of_one_name_the_telephone_decides(sheet, changxi, xiuying_household):
    other = a_household(changxi, name="黄秀英", card=False)

    done = pasted(sheet, "黄秀英 200", xiuying_household, other)
    assert done.filled == 0 and set(done.open[0].candidates) == {xiuying_household, other}

    done = pasted(sheet, f"黄秀英 {phone_of(other)} 200", xiuying_household, other)
    assert done.filled == 1
    assert EntryRow.objects.get().household == other


def test_a_telephone_that_fits_another_name_decides_nothing(sheet, xiuying_household, guiying_household):
    done = pasted(
        sheet, f"黄秀英 {phone_of(guiying_household)} 200\n李四 {phone_of(guiying_household)} 100",
        xiuying_household, guiying_household,
    )  # fmt: skip

    assert done.filled == 0
    assert [line.candidates for line in done.open] == [[xiuying_household], [guiying_household]]


def test_a_household_in_two_lines_is_asked_about(sheet, xiuying_household):
    done = pasted(sheet, "黄秀英 200\n黄秀英 300", xiuying_household)

    assert typed(sheet) == {"黄秀英": "200"}
    assert [line.line.number for line in done.open] == [2]


def test_more_lines_than_a_county_has_are_refused(sheet, xiuying_household):
    with pytest.raises(TooMuchPasted):
        pasted(sheet, "黄秀英 1\n" * 501, xiuying_household)
    with pytest.raises(TooMuchPasted):
        pasted(sheet, "黄" * 1_000_000, xiuying_household)


# --- Checked and listed -----------------------------------------------------------------------------


def test_thirty_pasted_households_are_listed_and_again_doubles_nothing(sheet, thirty, cadre_liu):
    text = "\n".join(f"{household.head_name} {100 + 10 * i}" for i, household in enumerate(thirty))
    assert pasted(sheet, text, *thirty).filled == 30

    assert sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY).new == 30

    assert Listing.objects.count() == Consent.objects.count() == 30
    assert sum(Listing.objects.values_list("listed", flat=True)) == sum(100 + 10 * i for i in range(30)) * 500
    told = Message.objects.filter(kind="listed_for_you")
    assert {message.household_id for message in told} == {household.pk for household in thirty}
    again = pasted(sheet, text, *thirty)
    assert (again.filled, again.listed, again.open) == (0, 30, [])
    assert sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY).new == 0
    assert Listing.objects.count() == 30


def test_one_bad_row_stops_no_other_and_is_named_with_its_reason(
    sheet, xiuying_household, guiying_household, cadre_liu
):
    sheets.save_rows(sheet, {xiuying_household: "约200", guiying_household: "100"}, at=MONDAY)

    done = sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY)

    assert (done.new, Listing.objects.get().household) == (1, guiying_household)
    (bad,) = (state for state in sheets.states_of(sheet, at=MONDAY) if state.problem)
    assert bad.row.typed == "约200" and bad.unreadable
    sheets.say_sure(sheet, xiuying_household.pk)
    assert sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY).new == 0, "no answer makes it readable"


def test_a_refusal_of_the_rules_at_one_row_leaves_the_others_listed(sheet, thirty, cadre_liu, monkeypatch):
    sheets.save_rows(sheet, dict.fromkeys(thirty[:3], "100"), at=MONDAY)
    real = sheets.list_lot

    def refuses_one(lot, **pasted):
        listing, new = real(lot, **pasted)
        if lot.household == thirty[1]:
            raise BadValue("不行")
        return listing, new

    monkeypatch.setattr(sheets, "list_lot", refuses_one)
    done = sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY)

    assert (done.new, done.refused) == (2, ["不行"])


def test_more_than_three_times_the_last_amount_is_asked_about_once(
    sheet, xiuying, xiuying_household, cabbage, cadre_liu
):
    a_listing(xiuying_household, cabbage, kg=50, by=xiuying, at=MONDAY - 3 * DAY)
    sheets.save_rows(sheet, {xiuying_household: "400"}, at=MONDAY)
    (state,) = sheets.states_of(sheet, at=MONDAY)
    assert len(state.asked) == 1 and state.problem

    sheets.say_sure(sheet, xiuying_household.pk)
    assert sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY).new == 1


def test_another_amount_takes_the_answer_back(sheet, xiuying, xiuying_household, cabbage):
    a_listing(xiuying_household, cabbage, kg=50, by=xiuying, at=MONDAY - 3 * DAY)
    sheets.save_rows(sheet, {xiuying_household: "400"}, at=MONDAY)
    sheets.say_sure(sheet, xiuying_household.pk)

    sheets.save_rows(sheet, {xiuying_household: "4000"}, at=MONDAY)

    assert sheets.states_of(sheet, at=MONDAY)[0].problem


def test_a_household_listed_today_by_another_hand_is_asked_about(
    sheet, changxi, cabbage, xiuying_household, cadre_liu, cadre_wu
):
    sheets.save_rows(sheet, {xiuying_household: "100"}, at=MONDAY)
    other = a_sheet(changxi, cabbage, cadre_wu)
    sheets.save_rows(other, {xiuying_household: "100"}, at=MONDAY)
    assert sheets.list_sheet(other, by=cadre_wu, at=MONDAY).new == 1

    assert sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY).new == 0

    number = Listing.objects.get().number
    assert number in sheets.states_of(sheet, at=MONDAY)[0].asked[0]
    assert sheets.list_sheet(other, by=cadre_wu, at=MONDAY).new == 0, "its own lot is no other"


def test_a_first_amount_far_above_all_others_and_a_household_away_are_asked_about(sheet, thirty, cadre_liu):
    sheets.save_rows(sheet, dict.fromkeys(thirty[:6], "100") | {thirty[6]: "1000"}, at=MONDAY)
    pauses.go_away(household=thirty[0], until=TODAY + DAY, consent="phone", by=cadre_liu, at=MONDAY)

    asked = {state.row.household: state.asked for state in sheets.states_of(sheet, at=MONDAY) if state.problem}

    assert set(asked) == {thirty[0], thirty[6]}


def test_a_lot_the_household_took_down_is_not_listed_again(sheet, xiuying, xiuying_household, cadre_liu):
    from catalog.services import listings

    sheets.save_rows(sheet, {xiuying_household: "100"}, at=MONDAY)
    sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY)
    listings.dispute(Listing.objects.get(), by=xiuying, at=MONDAY)

    assert pasted(sheet, "黄秀英 100", xiuying_household).listed == 1
    assert sheets.list_sheet(sheet, by=cadre_liu, at=MONDAY).new == 0
    assert Listing.objects.get().status == "withdrawn"


def test_reading_a_sheet_costs_the_same_for_three_rows_and_for_thirty(sheet, thirty, django_assert_num_queries):
    for households in (thirty[:3], thirty):
        sheets.save_rows(sheet, dict.fromkeys(households, "100"), at=MONDAY)
        with django_assert_num_queries(4):
            sheets.states_of(sheet, at=MONDAY)
