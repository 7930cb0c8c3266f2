"""What the tables of funds and approvals refuse, whoever writes."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.db.models import F

from canteens.models import (
    MOST_GOODS,
    MOST_MEMBERS,
    MOST_NOTICE_DAYS,
    MOST_QUOTES,
    ApprovalTier,
    BudgetChange,
    Canteen,
    Fund,
    Kitchen,
    KitchenShare,
    Menu,
    MenuDay,
    MenuDish,
    MenuPart,
    PlanGoods,
    PlanQuote,
    PlanRequirement,
    PurchasePlan,
    ShareDeclaration,
    ShareException,
    ShareReason,
    ShareReminder,
    ShareUnit,
    SignedLine,
    SignedList,
    SignedSheet,
    UnionAllowance,
    UnionList,
    UnionMember,
    UnionRule,
)
from kernel.weight import MOST_G
from produce.models import MOST_PRICE_FEN
from records.models import MOST_FEN
from tests.factories import MONDAY, a_user
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, as_owner, force, refused_by, twin

DAY = dt.timedelta(days=1)

CHECKS = [
    bounds("canteen_hour_of_a_day", Canteen, "last_hour", 1, 24),
    check("fund_name_in_one_writing", Fund, {"name": "一 食堂"}, {"name": "一\u3000食堂"}, {"name": "\uff21食堂"}),
    check("fund_of_donation_names_its_paper", Fund, {"kind": "donation"}, {"donor_document": "1号"}, kind="canteen"),
    check("fund_on_credit_is_own_money", Fund, {"kind": "canteen"}, credit_account__isnull=False),
    check("budget_gives_back_something", BudgetChange, {"gives_back": True, "amount_fen": -1}),
    check("fund_of_union_without_name", Fund, {"name": "一食堂"}, kind="union"),
    check(
        "fund_unplanned_of_union", Fund,
        {"unplanned_fen": -1}, {"unplanned_fen": 1, "kind": "canteen"}, kind="union",
    ),
    check("union_rule_in_order", UnionRule, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    bounds("union_rule_year_bounded", UnionRule, "year_fen", 1, MOST_FEN),
    bounds("union_rule_festival_bounded", UnionRule, "festival_fen", 1, MOST_FEN),
    bounds("union_rule_apart_bounded", UnionRule, "apart_fen", 1, MOST_FEN),
    check("plan_requirement_in_order", PlanRequirement, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    check("plan_requirement_kind_legal", PlanRequirement, {"fund_kind": "cash"}),
    bounds("plan_requirement_bounded", PlanRequirement, "from_fen", 0, MOST_FEN),
    check(
        "plan_requirement_possible", PlanRequirement,
        {"notice_days": MOST_NOTICE_DAYS + 1}, {"quotes": MOST_QUOTES + 1},
    ),
    bounds("plan_quote_bounded", PlanQuote, "amount_fen", 1, MOST_FEN),
    bounds("plan_names_goods", PurchasePlan, "goods_count", 1, MOST_GOODS),
    bounds("plan_goods_position_bounded", PlanGoods, "position", 1, MOST_GOODS),
    bounds("plan_goods_bounded", PlanGoods, "quantity_g", 1, MOST_G, held_g=0),
    bounds("plan_goods_ceiling_bounded", PlanGoods, "ceiling_fen", 1, MOST_PRICE_FEN),
    check(
        "plan_goods_produce_or_class", PlanGoods,
        {"produce": None}, {"category": "vegetable"}, {"quantity_g": None}, category=None,
    ),
    check(
        "plan_goods_within_quantity", PlanGoods,
        {"held_g": -1}, {"accepted_g": -1}, {"quantity_g": F("held_g") + F("accepted_g") - 1},
        {"held_g": F("quantity_g") - F("accepted_g") + 1}, accepted_g__gt=0, category=None,
    ),
    bounds("union_rule_least_bounded", UnionRule, "least_bp", 1, 10_000),
    bounds("union_allowance_bounded", UnionAllowance, "more_fen", 0, MOST_FEN),
    check("union_allowance_part_legal", UnionAllowance, {"lifts": "cash"}),
    check("union_allowance_two_hands", UnionAllowance, {"by": F("confirmed_by")}),
    bounds("union_rule_plan_bounded", UnionRule, "plan_from_fen", 1, MOST_FEN),
    check(
        "union_rule_says_something", UnionRule,
        {"year_fen": None, "festival_fen": None, "least_bp": None, "plan_from_fen": None},
    ),
    words("union_list_status_legal", UnionList, status="entered"),
    check("union_list_two_hands", UnionList, {"decided_by": F("by")}, status="entered"),
    check(
        "union_list_decided_by_somebody", UnionList,
        {"decided_by": None}, {"decided_at": None}, {"status": "withdrawn"}, status="entered",
    ),
    check("union_list_kept_while_it_waits", UnionList, {"content_sealed": "k:AA"}, status="entered"),
    bounds("union_list_size_bounded", UnionList, "size", 1, MOST_MEMBERS),
    words("signed_list_status_legal", SignedList, status="closed"),
    check("signed_list_two_hands", SignedList, {"decided_by": F("by")}, status="closed"),
    check(
        "signed_list_decided_by_somebody", SignedList,
        {"decided_by": None}, {"decided_at": None}, {"status": "open"}, status="closed",
    ),
    check(
        "signed_sheet_says_what", SignedSheet,
        {"photo": None}, {"worth_fen": None}, {"worth_fen": 0}, {"reason": "病"}, {"answer": "refused"}, answer="got",
    ),
    check("signed_sheet_of_some_lines", SignedSheet, {"lines": []}),
    check("signed_line_names_somebody", SignedLine, {"member": None}, {"name_sealed": "k:AA"}, member__isnull=False),
    bounds("signed_line_numbered", SignedLine, "number", 1, MOST_MEMBERS),
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
    check("kitchen_in_order", Kitchen, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    check("kitchen_name_in_one_writing", Kitchen, {"name": ""}, {"name": "一 食堂"}, {"name": "\uff21食堂"}),
    check("kitchen_share_in_order", KitchenShare, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
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
    check("plan_within_cap_of_members", PurchasePlan, {"members": 1}, accepted_fen__gt=0, members__isnull=False),
    check("plan_members_counted", PurchasePlan, {"members": None}, {"per_head_fen": None}, members__isnull=False),
    check("plan_holds_while_approved", PurchasePlan, {"status": "closed"}, {"status": "sent"}, held_fen__gt=0),
    check("plan_deputy_decided", PurchasePlan, {"decided_for": uuid.UUID(int=1)}, decided_by=None),
    bounds("plan_decision_hours", PurchasePlan, "hours", 1, 336),
    check("plan_decision_has_an_end", PurchasePlan, {"due_at": F("at")}, {"shown_at": F("due_at")}),
    check(
        "plan_ends_at_its_time", PurchasePlan,
        {"status": "ended", "decided_at": F("due_at")},
        {"status": "ended", "shown_at": F("at"), "decided_at": F("due_at") - dt.timedelta(seconds=1)},
        {"status": "ended", "shown_at": F("at")},
        status="sent",
    ),
    check("share_cause_legal", ShareReason, {"cause": "weather"}),
]  # fmt: skip

UNIQUES = [
    unique("organisation", Canteen),
    unique("fund_once", Fund),
    unique("account", Fund),
    unique("source_account", Fund),
    unique("bank_account", Fund),
    unique("credit_account", Fund, credit_account__isnull=False),
    unique("approval_tier_from_once", ApprovalTier, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_approval_tier_stands", ApprovalTier, to_on=None),
    unique("committee_record_of_one_plan", PurchasePlan),
    unique("plan_goods_position", PlanGoods),
    unique("plan_goods_produce_once", PlanGoods, changes={"position": 19}, category=None),
    unique("plan_goods_class_once", PlanGoods, changes={"position": 19}, produce=None),
    unique("menu_published_once", Menu),
    unique("menu_day_once", MenuDay),
    unique("menu_dish_once", MenuDish),
    unique("menu_part_once", MenuPart),
    unique("one_kitchen_of_a_name_stands", Kitchen, to_on=None),
    unique("one_kitchen_share_stands", KitchenShare, to_on=None),
    unique("share_unit_from_once", ShareUnit, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_share_unit_stands", ShareUnit, changes={"from_on": dt.date(2026, 2, 1)}, to_on=None),
    unique("union_allowance_once", UnionAllowance),
    unique("union_rule_from_once", UnionRule, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_union_rule_stands", UnionRule, changes={"from_on": dt.date(2026, 2, 1)}, to_on=None),
    unique("plan_requirement_from_once", PlanRequirement, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_plan_requirement_stands", PlanRequirement, changes={"from_on": dt.date(2026, 2, 1)}, to_on=None),
    unique("plan", SignedList),
    unique("signed_line_once", SignedLine),
    unique("signed_member_once", SignedLine, changes={"number": 9_999}),
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


@pytest.mark.guard("trigger canteens_signedlist.signed_list_of_union_plan")
def test_a_signed_list_is_of_an_approved_plan_for_an_occasion_with_a_sum_a_head():
    plan = a_row(PurchasePlan, committee_record="15号")
    anew = {"status": "open", "decided_by": None, "decided_at": None, "plan": plan.pk}
    with transaction.atomic():
        twin(a_row(SignedList), **anew).save(force_insert=True)
        transaction.set_rollback(True)

    others = ({"status": "refused", "members": None}, {"kind": "season"}, {"per_head_fen": None, "members": None})
    for changes in others:
        with refused_by("canteens_signedlist.signed_list_of_union_plan"):
            force(plan, **changes)
            twin(a_row(SignedList), **anew).save(force_insert=True)


@pytest.mark.guard("trigger canteens_fund.fund_of_a_canteen")
def test_who_has_no_canteen_has_no_purse_for_its_food():
    fund, eats = a_row(Fund, kind="union"), a_row(Canteen)
    accounts = {"account": 0, "source_account": 0, "bank_account": 0, "unplanned_fen": 0, "credit_account": None}
    anew = {"kind": "canteen", "organisation": eats.organisation_id, "fiscal_year": 2099, **accounts}
    with transaction.atomic():
        twin(fund, **anew).save(force_insert=True)
        transaction.set_rollback(True)

    with refused_by("canteens_fund.fund_of_a_canteen"):
        force(eats, mode="none")
        twin(fund, **anew).save(force_insert=True)


def signed_off(row: SignedList, **said) -> None:
    with as_owner():
        SignedList.objects.filter(pk=row.pk).update(
            status="closed", decided_by=a_user("评委"), decided_at=MONDAY, **said
        )


@pytest.mark.guard("trigger canteens_signedlist.signed_list_complete")
def test_a_signed_list_is_signed_off_once_it_is_answered_and_its_differences_explained():
    row = a_row(SignedList, status="closed")
    force(row, status="open", decided_by=None, decided_at=None)
    with transaction.atomic():
        signed_off(row)
        transaction.set_rollback(True)
    plan, line = row.plan, row.lines.last()
    for changed, changes in ((plan, {"members": 81}), (plan, {"accepted_fen": 1}), (line, {"sheet": None})):
        with refused_by("canteens_signedlist.signed_list_complete"):
            force(changed, **changes)
            signed_off(row)
    with transaction.atomic():
        force(plan, accepted_fen=1)
        signed_off(row, explained="一分尾差")
        transaction.set_rollback(True)
    with refused_by("canteens_signedlist.signed_list_complete"):
        force(line, sheet=None)
        signed_off(row, explained="都好")


def test_a_signed_list_of_nobody_is_not_signed_off():
    plan = a_row(PurchasePlan, committee_record="15号")
    anew = {"status": "open", "decided_by": None, "decided_at": None, "plan": plan.pk}
    row = twin(a_row(SignedList), **anew)
    row.save(force_insert=True)

    with refused_by("canteens_signedlist.signed_list_complete"):
        signed_off(row, explained="都好")


@pytest.mark.guard("trigger canteens_signedsheet.sheet_of_its_list")
def test_a_sheet_is_of_an_open_list_within_its_sum_with_a_photo_of_its_own():
    row, closed = a_row(SignedSheet, answer="got"), a_row(SignedList, status="closed")
    with transaction.atomic():
        twin(row).save(force_insert=True)
        transaction.set_rollback(True)
    stranger = twin(row.photo, document="signed-list:0")
    stranger.save(force_insert=True)

    for changes in ({"list": closed.pk}, {"worth_fen": row.worth_fen + 1}, {"photo": stranger.pk}):
        with refused_by("canteens_signedsheet.sheet_of_its_list"):
            twin(row, **changes).save(force_insert=True)


@pytest.mark.guard("trigger canteens_signedline.line_of_its_list")
def test_a_line_is_of_an_open_list_and_answered_by_a_sheet_of_that_list():
    row = a_row(SignedLine, list__status="open", member=None)
    closed = a_row(SignedLine, list__status="closed")
    sheets = row.list.sheets.all()
    with transaction.atomic():
        SignedLine.objects.filter(pk=row.pk).update(sheet=sheets.first())
        transaction.set_rollback(True)

    with refused_by("canteens_signedline.line_of_its_list"):
        SignedLine.objects.filter(pk=row.pk).update(sheet=closed.sheet)
    with refused_by("canteens_signedline.line_of_its_list"):
        SignedLine.objects.filter(pk=closed.pk).update(sheet=None)
    with refused_by("canteens_signedline.line_of_its_list"):
        twin(row, list=closed.list_id, number=9_999).save(force_insert=True)


@pytest.mark.guard("trigger canteens_purchaseplan.closed_by_its_list")
def test_a_plan_of_a_union_is_closed_by_its_signed_list():
    listed, bare = a_row(PurchasePlan, committee_record="13号"), a_row(PurchasePlan, committee_record="15号")
    force(listed, held_fen=0)
    close = {"status": "closed"}
    with transaction.atomic():
        PurchasePlan.objects.filter(pk=bare.pk).update(**close)
        transaction.set_rollback(True)
    with refused_by("canteens_purchaseplan.closed_by_its_list"):
        PurchasePlan.objects.filter(pk=listed.pk).update(**close)
    with refused_by("canteens_purchaseplan.closed_by_its_list"):
        force(bare, accepted_fen=1)
        PurchasePlan.objects.filter(pk=bare.pk).update(**close)

    signed = {"status": "closed", "decided_by": a_user("评委"), "decided_at": MONDAY}
    force(listed.signed_list, **signed)
    assert PurchasePlan.objects.filter(pk=listed.pk).update(**close) == 1
