"""What the tables of funds and approvals refuse, whoever writes."""

import datetime as dt

import pytest
from django.db.models import F

from canteens.models import (
    MOST_MEMBERS,
    ApprovalTier,
    BudgetChange,
    Canteen,
    Fund,
    Menu,
    MenuDay,
    MenuDish,
    MenuPart,
    PurchasePlan,
    ShareDeclaration,
    ShareException,
    ShareReason,
    ShareReminder,
    ShareUnit,
    UnionList,
    UnionMember,
    UnionRule,
)
from records.models import MOST_FEN
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words

DAY = dt.timedelta(days=1)

CHECKS = [
    bounds("canteen_hour_of_a_day", Canteen, "last_hour", 1, 24),
    check(
        "fund_unplanned_of_union", Fund,
        {"unplanned_fen": -1}, {"unplanned_fen": 1, "kind": "canteen"}, kind="union",
    ),
    check("union_rule_in_order", UnionRule, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    bounds("union_rule_year_bounded", UnionRule, "year_fen", 1, MOST_FEN),
    bounds("union_rule_festival_bounded", UnionRule, "festival_fen", 1, MOST_FEN),
    bounds("union_rule_apart_bounded", UnionRule, "apart_fen", 1, MOST_FEN),
    check("union_rule_says_something", UnionRule, {"year_fen": None, "festival_fen": None}),
    words("union_list_status_legal", UnionList, status="entered"),
    check("union_list_two_hands", UnionList, {"decided_by": F("by")}, status="entered"),
    check(
        "union_list_decided_by_somebody", UnionList,
        {"decided_by": None}, {"decided_at": None}, {"status": "withdrawn"}, status="entered",
    ),
    check("union_list_kept_while_it_waits", UnionList, {"content_sealed": "k:AA"}, status="entered"),
    bounds("union_list_size_bounded", UnionList, "size", 1, MOST_MEMBERS),
    check("union_member_in_order", UnionMember, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    bounds("fund_year_bounded", Fund, "fiscal_year", 2020, 2100),
    check(
        "budget_change_bounded", BudgetChange,
        {"amount_fen": 0}, {"amount_fen": MOST_FEN + 1}, {"amount_fen": -MOST_FEN - 1},
    ),
    words("budget_status_legal", BudgetChange),
    check("approval_tier_in_order", ApprovalTier, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    bounds("approval_tier_bounded", ApprovalTier, "from_fen", 0, MOST_FEN),
    bounds("approval_tier_persons", ApprovalTier, "persons", 1, 5),
    bounds("approval_tier_hours", ApprovalTier, "hours", 1, 168),
    check("approval_tier_posts", ApprovalTier, {"posts": []}, {"posts": ["union_chair", "cadre"]}),
    check("budget_two_hands", BudgetChange, {"decided_by": F("by")}),
    check(
        "budget_decided_by_somebody", BudgetChange,
        {"decided_by": None}, {"decided_at": None}, {"status": "proposed"},
    ),
    check("share_unit_in_order", ShareUnit, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    check("share_reported_by_another", ShareUnit, {"reported_by": F("organisation")}),
    bounds("share_year_bounded", ShareDeclaration, "year", 2020, 2100),
    check(
        "share_total_bounded", ShareDeclaration,
        {"total_fen": -1}, {"total_fen": MOST_FEN + 1}, {"union_fen": -1}, {"union_fen": MOST_FEN + 1},
    ),
    bounds("share_ratio_bounded", ShareDeclaration, "ratio_permille", 1, 1000),
    check("share_two_hands", ShareDeclaration, {"by": F("confirmed_by")}),
    check("share_exception_bounded", ShareException, {"ratio_permille": 1001}),
    check("share_exception_two_hands", ShareException, {"by": F("confirmed_by")}),
    words("purchase_plan_status_legal", PurchasePlan),
    check("purchase_plan_kind_legal", PurchasePlan, {"kind": "whim"}),
    bounds("purchase_plan_bounded", PurchasePlan, "total_fen", 1, MOST_FEN),
    check("purchase_plan_in_order", PurchasePlan, {"to_on": F("from_on") - DAY}),
    check("purchase_plan_two_hands", PurchasePlan, {"decided_by": F("by")}),
    check(
        "purchase_plan_decided_by_somebody", PurchasePlan,
        {"decided_by": None}, {"decided_at": None}, {"status": "sent"}, {"status": "withdrawn"},
    ),
    check("menu_begins_on_monday", Menu, {"monday": F("monday") + DAY}),
    bounds("menu_heads_bounded", MenuDay, "heads", 1, 100_000),
    bounds("menu_grams_bounded", MenuPart, "grams", 1, 2_000),
    check(
        "plan_drawn_within_total", PurchasePlan,
        {"held_fen": -1}, {"accepted_fen": -1}, {"held_fen": F("total_fen"), "accepted_fen": 1},
    ),
    check("plan_within_cap_of_members", PurchasePlan, {"members": 1}, members__isnull=False),
    check("plan_members_counted", PurchasePlan, {"members": None}, {"per_head_fen": None}, members__isnull=False),
    check("plan_holds_while_approved", PurchasePlan, {"status": "closed"}, {"status": "sent"}, held_fen__gt=0),
    check("share_cause_legal", ShareReason, {"cause": "weather"}),
]  # fmt: skip

UNIQUES = [
    unique("organisation", Canteen),
    unique("fund_once", Fund),
    unique("account", Fund),
    unique("source_account", Fund),
    unique("bank_account", Fund),
    unique("approval_tier_from_once", ApprovalTier, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_approval_tier_stands", ApprovalTier, to_on=None),
    unique("committee_record_of_one_plan", PurchasePlan),
    unique("menu_published_once", Menu),
    unique("menu_day_once", MenuDay),
    unique("menu_dish_once", MenuDish),
    unique("menu_part_once", MenuPart),
    unique("share_unit_from_once", ShareUnit, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_share_unit_stands", ShareUnit, changes={"from_on": dt.date(2026, 2, 1)}, to_on=None),
    unique("union_rule_from_once", UnionRule, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_union_rule_stands", UnionRule, changes={"from_on": dt.date(2026, 2, 1)}, to_on=None),
    unique("one_union_list_waits", UnionList, status="proposed"),
    unique("union_member_once", UnionMember, changes={"from_on": dt.date(2026, 2, 1)}, to_on=None),
    unique("union_member_from_once", UnionMember, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("share_declared_once", ShareDeclaration),
    unique("share_exception_once", ShareException),
    unique("share_told_once_a_month", ShareReminder),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)
