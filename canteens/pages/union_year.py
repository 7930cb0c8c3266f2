"""The year of a union's purse on one page: what each member gets on which occasion, and what the rule still leaves."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from canteens.models import NOT_APPROVED, Fund, FundKind, PurchasePlan
from canteens.pages.purchase_plans import tag
from canteens.selectors.purchase_plans import PlanOfYear, plans_of_year
from canteens.selectors.unions import UnionYear, union_year
from kernel import money
from kernel.dates import period_words
from kernel.shown import BarPart, Fact, Tag, bar

MOST_PLANS = 50


@dataclass(frozen=True, slots=True)
class YearRow:
    """One plan of the year: when, for how much a head and in all, what of it was ordered, and who has signed; yuan."""

    url: str
    occasion: str
    days: str
    each: str
    most: str
    drawn: str
    left: str
    signed: str
    status: Tag


@dataclass(frozen=True, slots=True)
class YearPart:
    """The year of a union's purse as its page shows it."""

    title: str
    rows: list[YearRow]
    each: str
    most: str
    drawn: str
    left: str
    ceiling: list[BarPart]
    rules: list[Fact]


def year_of(fund: Fund, on: dt.date) -> YearPart | None:
    """Return the year of a union's purse as it stands on a day; other purses have none."""
    if fund.kind != FundKind.UNION:
        return None
    year, plans = union_year(fund, on), plans_of_year(fund, MOST_PLANS)
    given = [row.plan for row in plans if row.plan.status not in NOT_APPROVED]
    return YearPart(
        title=_title(year, given),
        rows=[_row(row) for row in plans],
        each=money.yuan(sum(plan.per_head_fen or 0 for plan in given)),
        most=money.yuan(sum(plan.most_fen() for plan in given)),
        drawn=money.yuan(sum(plan.drawn_fen() for plan in given)),
        left=money.yuan(sum(plan.left_fen() for plan in given)),
        ceiling=_ceiling(year),
        rules=_rules(year),
    )


def _title(year: UnionYear, plans: list[PurchasePlan]) -> str:
    """Return what a member understands of the year; nothing where no plan was approved or nobody is counted."""
    if not plans or not year.members:
        return ""
    each = sum(plan.per_head_fen or 0 for plan in plans) or (year.planned_fen + year.apart_fen) // year.members
    words = ngettext(
        "%(members)s members, at most %(yuan)s yuan each this year, in %(n)s plan",
        "%(members)s members, at most %(yuan)s yuan each this year, in %(n)s plans",
        len(plans),
    )
    return words % {"members": year.members, "yuan": money.yuan(each), "n": len(plans)}


def _row(row: PlanOfYear) -> YearRow:
    plan = row.plan
    approved = plan.status not in NOT_APPROVED
    return YearRow(
        url=reverse("purchase-plan-detail", args=[plan.pk]),
        occasion=plan.occasion,
        days=period_words(plan.from_on, plan.to_on),
        each="" if plan.per_head_fen is None else money.yuan(plan.per_head_fen),
        most=money.yuan(plan.most_fen()),
        drawn=money.yuan(plan.drawn_fen()) if approved else "",
        left=money.yuan(plan.left_fen()) if approved else "",
        signed="" if row.signed is None else _signed(row.signed, row.open),
        status=tag(plan),
    )


def _signed(signed: int, missing: int) -> str:
    """Return how many have signed for the goods of a plan, and how many are still asked."""
    said = ngettext("%(n)s member signed", "%(n)s members signed", signed) % {"n": signed}
    if not missing:
        return said
    return _("%(signed)s, %(n)s to come") % {"signed": said, "n": missing}


def _ceiling(year: UnionYear) -> list[BarPart]:
    """Return how the ordinary ceiling of the year divides; nothing where no rule says one."""
    most_fen = year.most_fen(apart=False)
    if not most_fen:
        return []
    used_fen = year.used_fen(apart=False)
    left_fen = max(0, most_fen - used_fen)
    parts = [
        ("used", pgettext("union year", "Planned or ordered"), used_fen),
        ("left", pgettext("union year", "Left under the rule"), left_fen),
    ]
    cells = [BarPart(key, 0, 0, label, money.yuan(fen)) for key, label, fen in parts]
    return bar(cells, [used_fen, left_fen])


def _rules(year: UnionYear) -> list[Fact]:
    rows = [Fact(pgettext("union year", "Members today"), str(year.members))]
    if year.rule is None:
        return rows
    rows.append(Fact(_("Rule of union money"), year.rule.document))
    names = {
        False: pgettext("union year", "Each member, inside the ordinary ceiling"),
        True: pgettext("union year", "Each member, outside it"),
    }
    for apart, name in names.items():
        each_fen = year.each_fen(apart=apart)
        if each_fen is not None and year.members:
            used_fen = -(-year.used_fen(apart=apart) // year.members)
            values = {
                "used": money.yuan(used_fen),
                "most": money.yuan(each_fen),
                "left": money.yuan(max(0, each_fen - used_fen)),
            }
            rows.append(Fact(name, _("%(used)s of %(most)s yuan, %(left)s yuan left") % values))
    if year.rule.festival_fen is not None:
        said = _("%(yuan)s yuan") % {"yuan": money.yuan(year.rule.festival_fen)}
        rows.append(Fact(_("One festival for each member, at most"), said))
    return rows
