"""Demand: the canteen side of an organisation, the funds it buys from, and who must approve what amount.

A fund is organisation × kind × fiscal year × name. Its money is a guarded ledger account: what is held for orders plus
what was spent can never pass the budget, because the database refuses it.
"""

from canteens.models.deputies import ApprovalDeputy
from canteens.models.kitchens import Kitchen, KitchenShare
from canteens.models.menus import MOST_GRAMS, MOST_HEADS, Menu, MenuDay, MenuDish, MenuPart
from canteens.models.plan_drafts import PlanDraft
from canteens.models.plan_goods import PlanGoods
from canteens.models.plan_quotes import PlanQuote
from canteens.models.plan_requirements import MOST_NOTICE_DAYS, MOST_QUOTES, PlanRequirement
from canteens.models.purchase_plans import (
    LAPSED,
    LONGEST_DECISION_HOURS,
    MOST_GOODS,
    NOT_APPROVED,
    PURCHASE_PLAN_MOVES,
    UNDECIDED,
    PurchasePlan,
    PurchasePlanKind,
    PurchasePlanStatus,
)
from canteens.models.purses import (
    APPROVERS,
    BUDGET_MOVES,
    LONGEST_NAME,
    LONGEST_STEP_HOURS,
    MOST_APPROVERS,
    NO_LAST_HOUR,
    ApprovalTier,
    BudgetChange,
    BudgetStatus,
    Canteen,
    CanteenSize,
    Fund,
    FundKind,
    purse_label,
)
from canteens.models.shares import (
    ShareCause,
    ShareDeclaration,
    ShareException,
    ShareReason,
    ShareReminder,
    ShareUnit,
)
from canteens.models.signed_lists import (
    LISTED_KINDS,
    SheetAnswer,
    SignedLine,
    SignedList,
    SignedListStatus,
    SignedSheet,
)
from canteens.models.union_allowances import LiftedPart, UnionAllowance
from canteens.models.union_members import (
    MOST_MEMBERS,
    UNION_LIST_MOVES,
    UnionList,
    UnionListStatus,
    UnionMember,
)
from canteens.models.union_rules import WHOLE_BP, UnionRule

__all__ = [
    "APPROVERS",
    "BUDGET_MOVES",
    "LAPSED",
    "LISTED_KINDS",
    "LONGEST_DECISION_HOURS",
    "LONGEST_NAME",
    "LONGEST_STEP_HOURS",
    "MOST_APPROVERS",
    "MOST_GOODS",
    "MOST_GRAMS",
    "MOST_HEADS",
    "MOST_MEMBERS",
    "MOST_NOTICE_DAYS",
    "MOST_QUOTES",
    "NOT_APPROVED",
    "NO_LAST_HOUR",
    "PURCHASE_PLAN_MOVES",
    "UNDECIDED",
    "UNION_LIST_MOVES",
    "WHOLE_BP",
    "ApprovalDeputy",
    "ApprovalTier",
    "BudgetChange",
    "BudgetStatus",
    "Canteen",
    "CanteenSize",
    "Fund",
    "FundKind",
    "Kitchen",
    "KitchenShare",
    "LiftedPart",
    "Menu",
    "MenuDay",
    "MenuDish",
    "MenuPart",
    "PlanDraft",
    "PlanGoods",
    "PlanQuote",
    "PlanRequirement",
    "PurchasePlan",
    "PurchasePlanKind",
    "PurchasePlanStatus",
    "ShareCause",
    "ShareDeclaration",
    "ShareException",
    "ShareReason",
    "ShareReminder",
    "ShareUnit",
    "SheetAnswer",
    "SignedLine",
    "SignedList",
    "SignedListStatus",
    "SignedSheet",
    "UnionAllowance",
    "UnionList",
    "UnionListStatus",
    "UnionMember",
    "UnionRule",
    "purse_label",
]
