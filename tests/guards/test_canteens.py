"""What the tables of funds and approvals refuse, whoever writes."""

import datetime as dt

import pytest
from django.db.models import F

from canteens.models import ApprovalTier, BudgetChange, Canteen, Fund
from records.models import MOST_FEN
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words

DAY = dt.timedelta(days=1)

CHECKS = [
    bounds("canteen_hour_of_a_day", Canteen, "last_hour", 1, 24),
    bounds("fund_year_bounded", Fund, "fiscal_year", 2020, 2100),
    check(
        "budget_change_bounded", BudgetChange,
        {"amount_fen": 0}, {"amount_fen": MOST_FEN + 1}, {"amount_fen": -MOST_FEN - 1},
    ),
    words("budget_status_legal", BudgetChange),
    check("approval_tier_in_order", ApprovalTier, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    bounds("approval_tier_bounded", ApprovalTier, "from_fen", 0, MOST_FEN),
    check("budget_two_hands", BudgetChange, {"decided_by": F("by")}),
    check(
        "budget_decided_by_somebody", BudgetChange,
        {"decided_by": None}, {"decided_at": None}, {"status": "proposed"},
    ),
]  # fmt: skip

UNIQUES = [
    unique("organisation", Canteen),
    unique("fund_once", Fund),
    unique("account", Fund),
    unique("source_account", Fund),
    unique("bank_account", Fund),
    unique("approval_tier_from_once", ApprovalTier, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_approval_tier_stands", ApprovalTier, to_on=None),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)
