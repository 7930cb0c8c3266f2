"""The amount: verified weight × rate, never above what the cap and the money leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losses.pages.words import arithmetic
from losses.relief import relief


def some_relief(**changes):
    facts = {
        "verified_g": 50_000,
        "rate_fen": 160,
        "rate_unit_g": 1000,
        "cap_fen": 200_000,
        "had_fen": 0,
        "money_left_fen": 10_000_000,
    }
    return relief(**(facts | changes))


def test_fifty_kilos_at_one_yuan_sixty_are_eighty_yuan():
    assert some_relief().amount_fen == 80_00


def test_half_a_fen_is_rounded_up_once():
    assert some_relief(verified_g=10_003, rate_fen=150).amount_fen == 15_00  # 1,500.45 fen
    assert some_relief(verified_g=10_010, rate_fen=150).amount_fen == 15_02  # 1,501.50 fen


def test_a_household_gets_no_more_than_its_cap_leaves():
    found = some_relief(cap_fen=200_000, had_fen=195_000)

    assert (found.lines_fen, found.cap_left_fen, found.amount_fen) == (80_00, 50_00, 50_00)


def test_nobody_gets_more_than_the_scheme_has_left():
    assert some_relief(money_left_fen=79_99).amount_fen == 79_99


def test_a_cap_that_is_used_up_leaves_nothing():
    assert some_relief(had_fen=300_000).amount_fen == 0


def test_the_arithmetic_is_said_line_by_line():
    assert arithmetic(some_relief()) == ["100 斤 × 0.80 元/斤 = 80.00 元"]
    assert arithmetic(some_relief(had_fen=195_000)) == [
        "100 斤 × 0.80 元/斤 = 80.00 元",
        "这户还能领 50.00 元",
        "取最少的：50.00 元",
    ]
    assert arithmetic(some_relief(money_left_fen=79_99)) == [
        "100 斤 × 0.80 元/斤 = 80.00 元",
        "救助资金还剩 79.99 元",
        "取最少的：79.99 元",
    ]
    assert arithmetic(some_relief(had_fen=195_000, money_left_fen=49_99)) == [
        "100 斤 × 0.80 元/斤 = 80.00 元",
        "这户还能领 50.00 元",
        "救助资金还剩 49.99 元",
        "取最少的：49.99 元",
    ]


def test_what_is_exactly_enough_is_not_said_to_be_short():
    assert arithmetic(some_relief(had_fen=192_000, money_left_fen=80_00)) == ["100 斤 × 0.80 元/斤 = 80.00 元"]


@pytest.mark.parametrize("rate", [1, 7, 160, 999_999])
@given(grams=st.integers(0, 10**9), cap=st.integers(0, 10**9), had=st.integers(0, 10**9), left=st.integers(0, 10**9))
def test_the_amount_is_always_the_least_of_the_three(rate, grams, cap, had, left):
    found = some_relief(verified_g=grams, rate_fen=rate, cap_fen=cap, had_fen=had, money_left_fen=left)

    assert found.amount_fen == min(found.lines_fen, max(0, cap - had), left) >= 0
