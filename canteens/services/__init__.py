"""Verbs of the demand side: how a buyer eats, its purses and their budgets, and which amounts need a second person."""

from canteens.services.purses import (
    DECIDES,
    PROPOSES,
    BudgetNotFree,
    confirm_budget,
    open_fund,
    propose_budget,
    refuse_budget,
    register_canteen,
)
from canteens.services.tiers import load_default_tiers

__all__ = [
    "DECIDES",
    "PROPOSES",
    "BudgetNotFree",
    "confirm_budget",
    "load_default_tiers",
    "open_fund",
    "propose_budget",
    "refuse_budget",
    "register_canteen",
]
