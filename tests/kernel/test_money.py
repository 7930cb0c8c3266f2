"""Money is whole fen: rounded once, split to the last fen, read strictly and printed as it is read."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import money
from kernel.errors import BadValue
from tests.kernel.test_typed import NOT_NUMBERS, NOT_TEXT

FEN = st.integers(0, money.MOST_FEN)


def test_forty_kilograms_at_two_yuan_ten_cost_eighty_four_yuan():
    assert money.amount_fen(40_000, 2_10, 1000) == 84_00


def test_half_a_fen_goes_up():
    assert money.amount_fen(33_335, 2_67, 1000) == 89_00  # 8900.445
    assert money.amount_fen(500, 1, 1000) == 1
    assert money.amount_fen(499, 1, 1000) == 0
    assert money.amount_fen(1500, 3, 1000) == 5  # 4.5: neither Python's even nor down


@given(st.integers(0, 10**9), st.integers(0, 10**7), st.sampled_from([50, 500, 1000, 50_000, 1_000_000, 7_350]))
def test_an_amount_is_rounded_as_decimals_round_half_up(weight_g, price_fen, price_unit_g):
    exact = Decimal(weight_g) * price_fen / price_unit_g

    assert money.amount_fen(weight_g, price_fen, price_unit_g) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize("arguments", [(1.5, 1, 1), (1, 1.0, 1), (1, Decimal(1), 1), (True, 1, 1)])
def test_no_float_enters_an_amount(arguments):
    with pytest.raises(TypeError):
        money.amount_fen(*arguments)


@pytest.mark.parametrize("arguments", [(-1, 1, 1), (1, -1, 1), (1, 1, 0)])
def test_no_negative_enters_an_amount(arguments):
    with pytest.raises(ValueError, match="never negative"):
        money.amount_fen(*arguments)


@given(FEN, st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any))
def test_a_split_adds_up_and_each_share_is_within_one_fen(total, weights):
    shares = money.split_fen(total, weights)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)
        assert weight or not share


def test_one_fen_over_seven_equal_households_goes_to_the_first():
    assert money.split_fen(1, [5] * 7) == [1, 0, 0, 0, 0, 0, 0]


def test_the_largest_remainder_gets_the_fen():
    assert money.split_fen(100, [1, 1, 4]) == [17, 17, 66]  # 16.67, 16.67, 66.67: the earlier ones come first
    assert money.split_fen(10, [1, 2, 4]) == [1, 3, 6]  # 1.43, 2.86, 5.71


@pytest.mark.parametrize("weights", [[], [0], [0, 0, 0], [3, -1], [-1]])
def test_refuses_to_split_by_nothing(weights):
    with pytest.raises(BadValue, match="nothing to share by"):
        money.split_fen(100, weights)


@pytest.mark.parametrize(
    ("total", "weights"), [(100.0, [1, 1]), (Decimal(100), [1, 1]), (True, [1, 1]), (100, [1.0, 1]), (100, [1, True])]
)
def test_no_float_enters_a_split(total, weights):
    with pytest.raises(TypeError, match="whole numbers"):
        money.split_fen(total, weights)


@given(FEN)
def test_a_printed_amount_reads_back(fen):
    assert money.parse_yuan(money.yuan_plain(fen), zero_ok=True) == fen
    assert money.yuan(fen).replace(",", "") == money.yuan_plain(fen)


@pytest.mark.parametrize(
    "text", [*NOT_NUMBERS, *NOT_TEXT, "0", "0.00", "0.001", "12.345", "十二", "99999999999"], ids=ascii
)
def test_refuses_what_is_not_one_amount(text):
    with pytest.raises(BadValue):
        money.parse_yuan(text)


def test_reads_yuan():
    assert money.parse_yuan("2.1") == 2_10
    assert money.parse_yuan("１２．５０") == 12_50
    assert money.parse_yuan("12.500") == 12_50
    assert money.parse_yuan("0", zero_ok=True) == 0


def test_says_the_most_that_can_be_written():
    assert money.parse_yuan("1234.50", most_fen=1_234_50) == 1_234_50

    with pytest.raises(BadValue) as refusal:
        money.parse_yuan("1234.51", most_fen=1_234_50)

    assert str(refusal.value) == "The most that can be written here is 1,234.50 yuan."


def test_prints_yuan():
    assert money.yuan(1_234_50) == "1,234.50"
    assert money.yuan(-1_234_05) == "-1,234.05"
    assert money.yuan(0) == "0.00"
    assert money.yuan_plain(1_234_50) == "1234.50"


def test_prints_ten_thousands_of_yuan():
    assert money.wan_yuan(385_200_00) == "38.52"
    assert money.wan_yuan(50_00) == "0.01"
    assert money.wan_yuan(49_99) == "0.00"
    assert money.wan_yuan(-50_00) == "-0.01"
    assert money.wan_yuan(123_456_789_00) == "12,345.68"


def test_shows_one_price_by_jin_and_by_kilogram():
    assert money.price_per_jin(4_20, 1000) == "2.10"
    assert money.price_per_jin(3_33, 1000) == "1.665"
    assert money.price_per_kg(2_10, 500) == "4.20"
    assert money.price_per_kg(4_200_00, 1_000_000) == "4.20"


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "人民币零元整"),
        (1_200_00, "人民币壹仟贰佰元整"),
        (1_234_50, "人民币壹仟贰佰叁拾肆元伍角整"),
        (1_234_56, "人民币壹仟贰佰叁拾肆元伍角陆分"),
        (1_234_05, "人民币壹仟贰佰叁拾肆元零伍分"),
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (10_00, "人民币壹拾元整"),
        (100_000_07, "人民币壹拾万元零柒分"),
        (1_010_000_00, "人民币壹佰零壹万元整"),
        (100_200_50, "人民币壹拾万零贰佰元伍角整"),
    ],
)
def test_writes_amounts_as_vouchers_do(fen, written):
    assert money.uppercase_amount(fen) == written


def test_a_voucher_has_no_amount_below_nothing():
    with pytest.raises(ValueError, match="no negative amount"):
        money.uppercase_amount(-1)


@given(FEN)
def test_every_amount_can_be_written_out(fen):
    written = money.uppercase_amount(fen)

    assert written.endswith(("整", "分"))
    assert ("元" in written) == (fen >= 100 or fen == 0)
