"""The room of canteens: how buyers eat and what they buy from."""

from django.apps import AppConfig


class CanteensConfig(AppConfig):
    """Give the room's registers to the house when it opens, and say what buyers lack."""

    name = "canteens"

    def ready(self) -> None:
        """Give rules and desks of canteens, funds and approval tiers, and the findings of this room."""
        from canteens.pages import missing  # here, since rooms open one by one
        from canteens.pages.kitchens import DESKS as KITCHENS  # here, since rooms open one by one
        from canteens.pages.plan_requirements import PLAN_REQUIREMENTS  # here, since rooms open one by one
        from canteens.pages.registers import DESKS  # here, since rooms open one by one
        from canteens.pages.shares import DESKS as SHARES  # here, since rooms open one by one
        from canteens.pages.union_allowances import UNION_ALLOWANCES  # here, since rooms open one by one
        from canteens.pages.union_rules import UNION_RULES  # here, since rooms open one by one
        from canteens.services.kitchens import KitchenRules, KitchenShareRules  # here, since rooms open one by one
        from canteens.services.plan_requirements import PlanRequirementRules  # here, since rooms open one by one
        from canteens.services.registers import (  # here, since rooms open one by one
            CanteenRules,
            CarryOverRules,
            FundRules,
        )
        from canteens.services.shares import (  # here, since rooms open one by one
            ShareExceptionRules,
            ShareRules,
            ShareUnitRules,
        )
        from canteens.services.tiers import TierRules  # here, since rooms open one by one
        from canteens.services.union_allowances import UnionAllowanceRules  # here, since rooms open one by one
        from canteens.services.union_rules import UnionRuleRules  # here, since rooms open one by one
        from registers.pages.desks import put_up  # here, since rooms open one by one
        from registers.pages.missing import add  # here, since rooms open one by one
        from registers.services import rules  # here, since rooms open one by one

        kitchens, shares = (KitchenRules, KitchenShareRules), (ShareUnitRules, ShareRules, ShareExceptionRules)
        funds = (FundRules, CarryOverRules, TierRules, UnionRuleRules, UnionAllowanceRules, PlanRequirementRules)
        for kind in (CanteenRules, *kitchens, *funds, *shares):
            rules.add(kind())
        for desk in (*DESKS, *KITCHENS, UNION_RULES, UNION_ALLOWANCES, PLAN_REQUIREMENTS, *SHARES):
            put_up(desk)
        for finder in (
            missing.missing_canteens,
            missing.missing_funds,
            missing.missing_people,
            missing.missing_approvers,
        ):
            add(finder)
