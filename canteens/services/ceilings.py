"""Keep a union's plans and orders within the rule of its place: so much for each member, in a year and on a festival.

Whoever asks has locked the fund's account in this transaction: no other plan or order of the purse counts meanwhile.
"""

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from canteens.models import WHOLE_BP, Fund, FundKind, LiftedPart, PurchasePlan, UnionRule
from canteens.selectors.unions import UnionYear, festival_fen, has_ceiling_of_occasion, union_year, with_room_for
from kernel.errors import BadValue, DomainError
from kernel.money import yuan
from kernel.present import StrOrPromise


class RuleRefuses(DomainError):
    """A rule of union money that a plan or an order would break, and who may allow it."""

    code = "union_rule_refuses"

    def __init__(self, sentence: StrOrPromise) -> None:
        super().__init__(
            _("%(sentence)s The union's chair may allow more, if its treasurer asks under Allowances of union money.")
            % {"sentence": sentence}
        )


class FestivalAboveRule(RuleRefuses):
    code = "festival_above_rule"

    def __init__(self, document: str, most_fen: int, asked_fen: int, others_fen: int) -> None:
        sentence = _(
            "By %(document)s one festival or other occasion comes to at most %(most)s yuan for each member; this plan "
            "says %(asked)s yuan. Plan at most %(left)s yuan for each member."
        )
        if others_fen:
            sentence = _(
                "By %(document)s one festival or other occasion comes to at most %(most)s yuan for each member; other "
                "plans of it say %(others)s yuan and this one %(asked)s yuan. Plan at most %(left)s yuan for each "
                "member."
            )
        left_fen = max(0, most_fen - others_fen)
        values = {"document": document, "most": yuan(most_fen), "asked": yuan(asked_fen)}
        super().__init__(sentence % {**values, "others": yuan(others_fen), "left": yuan(left_fen)})


class YearAboveRule(RuleRefuses):
    code = "year_above_rule"

    def __init__(self, year: UnionYear, needed_fen: int, *, apart: bool, plan: bool) -> None:
        most_fen = known_fen(year.most_fen(apart=apart))
        used_fen = year.used_fen(apart=apart)
        where = _(
            "By %(document)s a union spends at most %(each)s yuan for each member in a year: %(most)s yuan with "
            "%(members)s members. %(used)s yuan is planned or ordered, %(needed)s yuan more is asked."
        )
        if apart:
            where = _(
                "By %(document)s a union spends at most %(each)s yuan for each member in a year outside the ordinary "
                "ceiling: %(most)s yuan with %(members)s members. %(used)s yuan is planned, %(needed)s yuan more is "
                "asked."
            )
        mends = _("Order for at most %(left)s yuan, or on a plan that is approved.")
        if plan:
            mends = _("Plan for at most %(left)s yuan, or close a plan of this year that needs its money no more.")
        values = {
            "document": documents(year, LiftedPart.APART if apart else LiftedPart.YEAR),
            "each": yuan(known_fen(year.each_fen(apart=apart))),
            "most": yuan(most_fen),
            "members": year.members,
            "used": yuan(used_fen),
            "needed": yuan(needed_fen),
            "left": yuan(max(0, most_fen - used_fen)),
        }
        super().__init__(_("%(where)s %(mends)s") % {"where": where % values, "mends": mends % values})


class ApartAboveRule(YearAboveRule):
    """A year above the rule outside the ordinary ceiling."""

    code = "apart_above_rule"


class ShareBelowRule(RuleRefuses):
    code = "share_below_rule"

    def __init__(self, rule: UnionRule, declared_fen: int, others_fen: int, more_fen: int, allowed_fen: int) -> None:
        sentence = _(
            "By %(document)s at least %(least)s%% of what a union buys in a year is of poor households. Choose their "
            "goods, or have the cashier declare first what the union means to buy this year."
        )
        if declared_fen or allowed_fen:
            sentence = _(
                "By %(document)s at least %(least)s%% of what a union buys in a year is of poor households: of "
                "%(declared)s yuan declared, goods of others come to %(most)s yuan at most. %(others)s yuan of them is "
                "ordered, %(more)s yuan more is asked. Take goods of others for at most %(left)s yuan, and the rest of "
                "poor households."
            )
        most_fen = others_at_most_fen(declared_fen, known_fen(rule.least_bp)) + allowed_fen
        values = {
            "document": rule.document,
            "least": f"{known_fen(rule.least_bp) / 100:g}",
            "declared": yuan(declared_fen),
            "most": yuan(most_fen),
            "others": yuan(others_fen),
            "more": yuan(more_fen),
            "left": yuan(max(0, most_fen - others_fen)),
        }
        super().__init__(sentence % values)


class PlanNeeded(RuleRefuses):
    code = "plan_needed"

    def __init__(self, document: str, from_fen: int, ordered_fen: int, more_fen: int) -> None:
        sentence = _(
            "By %(document)s union money is ordered on a purchase plan from %(from)s yuan on. %(ordered)s yuan was "
            "ordered on no plan lately, %(more)s yuan more is asked. Have a plan approved and order on it, or order "
            "for less than %(left)s yuan."
        )
        values = {
            "document": document,
            "from": yuan(from_fen),
            "ordered": yuan(ordered_fen),
            "more": yuan(more_fen),
            "left": yuan(max(0, from_fen - ordered_fen)),
        }
        super().__init__(sentence % values)


def others_at_most_fen(declared_fen: int, least_bp: int) -> int:
    """Return how much of a declared year may be goods of others than poor households."""
    return declared_fen * (WHOLE_BP - least_bp) // WHOLE_BP


def require_within_rule(plan: PurchasePlan, on: dt.date) -> None:
    """Refuse a plan of union money that the rule of its place on this day does not allow, in words."""
    fund = plan.fund
    if fund.kind != FundKind.UNION:
        return
    year = union_year(fund, on)
    rule, apart = year.rule, plan.apart
    if apart and (rule is None or rule.apart_fen is None):
        raise BadValue(
            _("No rule of this place lets a union spend outside the ordinary ceiling. Plan inside it, or wait for one.")
        )
    if rule is None:
        return
    if not year.members:
        raise BadValue(
            _("No union members of this buyer are on record. Have their number entered with its canteen first.")
        )
    if has_ceiling_of_occasion(plan) and rule.festival_fen is not None:
        _require_within_festival(plan, year)
    most_fen, needed_fen = year.most_fen(apart=apart), _needed(plan, year.members)
    if most_fen is not None and year.used_fen(apart=apart) + needed_fen > most_fen:
        above = ApartAboveRule if apart else YearAboveRule
        raise above(year, needed_fen, apart=apart, plan=True)


def _require_within_festival(plan: PurchasePlan, year: UnionYear) -> None:
    document, most_fen = documents(year, LiftedPart.FESTIVAL), known_fen(year.festival_fen())
    if plan.per_head_fen is None:
        raise BadValue(
            _("By %(document)s one festival comes to at most %(most)s yuan for each member. Write how much this is.")
            % {"document": document, "most": yuan(most_fen)}
        )
    others_fen = festival_fen(plan)
    if plan.per_head_fen + others_fen > most_fen:
        raise FestivalAboveRule(document, most_fen, plan.per_head_fen, others_fen)


def count_unplanned(fund_id: int, more_fen: int, on: dt.date) -> None:
    """Count that orders on no plan hold and take so much more of a union's purse, or less; refuse it above the rule.

    One statement; of other purses nothing is counted.
    """
    funds = Fund.objects.filter(pk=fund_id, kind=FundKind.UNION)
    roomy = with_room_for(funds, more_fen, on) if more_fen > 0 else funds
    if roomy.update(unplanned_fen=F("unplanned_fen") + more_fen):
        return
    fund = funds.select_related("organisation").first()
    if fund is not None:
        raise YearAboveRule(union_year(fund, on), more_fen, apart=False, plan=False)


def documents(year: UnionYear, part: str) -> str:
    """Return the number of the rule of a year, and of what was allowed beyond this part of it."""
    rule, allowed = year.rule.document if year.rule else "", year.allowed.get(part)
    if allowed is None:
        return rule
    return _("%(rule)s and the allowance %(allowance)s") % {"rule": rule, "allowance": allowed.document}


def known_fen(fen: int | None) -> int:
    """Return a sum that a rule says."""
    return fen or 0


def _needed(plan: PurchasePlan, members: int) -> int:
    each = plan.per_head_fen
    return plan.total_fen if each is None else min(plan.total_fen, each * members)
