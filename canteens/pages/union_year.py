"""The year of a union's purse on one page: what each member gets on which occasion, and what the rule still leaves."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Somebody
from canteens.models import NOT_APPROVED, Fund, FundKind, PurchasePlan
from canteens.pages.purchase_plans import tag
from canteens.pages.union_rules import allowed_facts
from canteens.permissions import reads_signed_lists
from canteens.selectors.purchase_plans import PlanOfYear, plans_of_year
from canteens.selectors.unions import UnionYear, union_year
from kernel import money
from kernel.dates import period_words
from kernel.masking import mask_name
from kernel.shown import BarPart, Fact, Tag, bar

MOST_PLANS = 50
MOST_PICTURES = 3
MOST_MISSING = 6


@dataclass(frozen=True, slots=True)
class Goods:
    """One produce that a plan's orders take: its name and the file of its picture."""

    name: str
    picture: str


GoodsOfPlans = Callable[[Collection[int]], Mapping[int, Sequence[Goods]]]
_GOODS_BY: list[GoodsOfPlans] = []


def show_goods_by(goods: GoodsOfPlans) -> None:
    """Let a room above say which goods the orders on these plans take, by plan."""
    _GOODS_BY.append(goods)


@dataclass(frozen=True, slots=True)
class YearRow:
    """One plan of the year: when, for how much a head and in all, what of it was ordered, and who has signed; yuan."""

    url: str
    occasion: str
    days: str
    pictures: list[Goods]
    goods: str  # in words, as the signed list says it, else the names of what was ordered
    each: str
    most: str
    drawn: str
    left: str
    signed: str
    missing_url: str  # to the names of who has not signed yet, on this page
    status: Tag


@dataclass(frozen=True, slots=True)
class Missing:
    """Who has not signed yet for the goods of one plan: masked names, how many more there are, and the list."""

    key: str
    title: str
    names: list[str]
    more: str
    url: str


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
    missing: list[Missing]


def year_of(fund: Fund, on: dt.date, *, by: Somebody) -> YearPart | None:
    """Return the year of a union's purse as it stands on a day; other purses have none.

    Who has not signed yet is named, masked, to those who read the signed lists of this union alone.
    """
    if fund.kind != FundKind.UNION:
        return None
    reads = reads_signed_lists(by, fund.organisation_id)
    year, plans = union_year(fund, on), plans_of_year(fund, MOST_PLANS, names=MOST_MISSING if reads else 0)
    goods = goods_of_year([row.plan.pk for row in plans])
    missing = _missing([row for row in plans if row.missing])
    keys = {part.key for part in missing}
    given = [row.plan for row in plans if row.plan.status not in NOT_APPROVED]
    return YearPart(
        title=_title(year, given),
        rows=[_row(row, goods.get(row.plan.pk, []), keys) for row in plans],
        each=money.yuan(sum(plan.per_head_fen or 0 for plan in given)),
        most=money.yuan(sum(plan.most_fen() for plan in given)),
        drawn=money.yuan(sum(plan.drawn_fen() for plan in given)),
        left=money.yuan(sum(plan.left_fen() for plan in given)),
        ceiling=_ceiling(year),
        rules=_rules(year),
        missing=missing,
    )


def goods_of_year(plans: Collection[int]) -> dict[int, list[Goods]]:
    """Return the goods of the orders on these plans, each once, asking each room once."""
    found: dict[int, list[Goods]] = {}
    for goods in _GOODS_BY:
        for plan, rows in goods(plans).items() if plans else ():
            found.setdefault(plan, []).extend(rows)
    return found


def _missing(plans: Sequence[PlanOfYear]) -> list[Missing]:
    """Return who has not signed yet, plan by plan: the first of each list."""
    parts = []
    for row in plans:
        names = [mask_name(line.name) for line in row.missing]
        more = row.open - len(names)
        title = ngettext("%(occasion)s: %(n)s member to sign", "%(occasion)s: %(n)s members to sign", row.open)
        parts.append(
            Missing(
                key=f"missing-{row.plan.pk}",
                title=title % {"occasion": row.plan.occasion, "n": row.open},
                names=names,
                more=ngettext("%(n)s more member", "%(n)s more members", more) % {"n": more} if more else "",
                url=reverse("signed-list", args=[row.plan.pk]),
            )
        )
    return parts


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


def _row(row: PlanOfYear, goods: Sequence[Goods], named: Collection[str]) -> YearRow:
    plan, key = row.plan, f"missing-{row.plan.pk}"
    approved = plan.status not in NOT_APPROVED
    return YearRow(
        url=reverse("purchase-plan-detail", args=[plan.pk]),
        occasion=plan.occasion,
        days=period_words(plan.from_on, plan.to_on),
        pictures=list(goods[:MOST_PICTURES]),
        goods=row.goods or pgettext("list", ", ").join(one.name for one in goods),
        each="" if plan.per_head_fen is None else money.yuan(plan.per_head_fen),
        most=money.yuan(plan.most_fen()),
        drawn=money.yuan(plan.drawn_fen()) if approved else "",
        left=money.yuan(plan.left_fen()) if approved else "",
        signed="" if row.signed is None else _signed(row.signed, row.open),
        missing_url=f"#{key}" if key in named else "",
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
    rows += allowed_facts(year)
    festival_fen = year.festival_fen()
    if festival_fen is not None:
        said = _("%(yuan)s yuan") % {"yuan": money.yuan(festival_fen)}
        rows.append(Fact(_("One festival for each member, at most"), said))
    return rows
