"""What the tables of funds and approvals refuse, whoever writes."""

import pytest

from canteens.models import ApprovalTier, BudgetChange, Canteen, Fund
from records.models import MOST_FEN
from tests.guards.cases import bounds, refuses_a_twin, refuses_each_change, unique

CHECKS = [
    bounds("fund_year_bounded", Fund, "fiscal_year", 2020, 2100),
    bounds("budget_change_bounded", BudgetChange, "amount_fen", 1, MOST_FEN),
]

UNIQUES = [
    unique("organisation", Canteen),
    unique("fund_once", Fund),
    unique("account", Fund),
    unique("source_account", Fund),
    unique("bank_account", Fund),
    unique("approval_tier_once", ApprovalTier),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)
