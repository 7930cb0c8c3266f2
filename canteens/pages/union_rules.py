"""The desk of the register of union money, and how a plan of it stands beside the rule of its place, in words."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Somebody
from accounts.selectors import standing
from canteens import filters, forms
from canteens.models import FundKind, PurchasePlan, UnionRule
from canteens.pages.union_allowances import register_url
from canteens.selectors.unions import UnionYear, has_ceiling_of_occasion, union_year
from canteens.services.union_allowances import UnionAllowanceRules
from kernel import money
from kernel.shown import Fact
from registers.pages.desks import Column, Desk


def _yuan(fen: int | None) -> str:
    return "" if fen is None else money.yuan(fen)


UNION_RULES = Desk(
    key="union-rules",
    name=gettext_lazy("Rules of union money"),
    about=gettext_lazy(
        "How much a union may spend on goods for each member. Where several places around a buyer have one, the "
        "nearest holds. Union money buys goods; nobody is handed cash."
    ),
    add=gettext_lazy("Propose a rule"),
    form=forms.UnionRuleForm,
    change_form=forms.UnionRuleEndForm,
    rows=lambda who: UnionRule.objects.select_related("place"),
    order=("place_id", "-from_on", "pk"),
    columns=(
        Column("place", pgettext_lazy("union rule", "Place"), lambda row: row.place.name),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
        Column("year", gettext_lazy("For each member in a year (yuan)"), lambda row: _yuan(row.year_fen)),
        Column("festival", gettext_lazy("For each member on one festival (yuan)"), lambda row: _yuan(row.festival_fen)),
        Column(
            "apart",
            gettext_lazy("For each member in a year outside the ordinary ceiling (yuan)"),
            lambda row: _yuan(row.apart_fen),
        ),
        Column(
            "least",
            gettext_lazy("Least of a year's declared buying that is of poor households (%)"),
            lambda row: "" if row.least_bp is None else f"{row.least_bp / 100:g}%",
        ),
        Column(
            "plan_from",
            gettext_lazy("From how many yuan on orders on no plan need one"),
            lambda row: _yuan(row.plan_from_fen),
        ),
        Column(
            "counts_unplanned",
            gettext_lazy("Do orders on no plan count in the year?"),
            lambda row: _("yes") if row.counts_unplanned else _("no"),
        ),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", gettext_lazy("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
    ),
    narrowed=filters.UnionRuleFilter,
    content_of=lambda row: {"rule": row.pk, "to_on": row.to_on},
)


def facts(plan: PurchasePlan, on: dt.date, by: Somebody) -> list[Fact]:
    """Return which rule a plan of union money stands under on a day, how its year stands beside it, and who may
    allow more: a link for those who ask or allow it.
    """
    if plan.fund.kind != FundKind.UNION:
        return []
    year = union_year(plan.fund, on)
    rows = [Fact(_("Ordinary ceiling of the year"), _("counts outside it"))] if plan.apart else []
    if year.rule is None:
        return rows
    url = register_url() if standing(by).has(*UnionAllowanceRules.roles) else ""
    rows.append(Fact(_("Rule of union money"), year.rule.document))
    rows.append(Fact(_("More than the rule says"), _("the union's chair may allow, if its treasurer asks"), url=url))
    rows += allowed_facts(year)
    festival_fen = year.festival_fen()
    if has_ceiling_of_occasion(plan) and festival_fen is not None:
        said = _("%(yuan)s yuan") % {"yuan": money.yuan(festival_fen)}
        rows.append(Fact(_("One festival for each member, at most"), said))
    most_fen = year.most_fen(apart=plan.apart)
    return rows if most_fen is None else [*rows, _of_the_year(year, most_fen, apart=plan.apart)]


def allowed_facts(year: UnionYear) -> list[Fact]:
    """Return what is allowed beyond the rule of a year, with its document and until when."""
    said = _("%(part)s: %(yuan)s yuan more until %(day)s (%(document)s)")
    return [
        Fact(
            _("Allowed beyond the rule"),
            said
            % {
                "part": row.part.label,
                "yuan": money.yuan(row.more_fen),
                "day": row.until_on.isoformat(),
                "document": row.document,
            },
        )
        for row in year.allowed.values()
    ]


def _of_the_year(year: UnionYear, most_fen: int, *, apart: bool) -> Fact:
    said = _("%(used)s yuan planned or ordered of %(most)s yuan, with %(n)s members") % {
        "used": money.yuan(year.used_fen(apart=apart)),
        "most": money.yuan(most_fen),
        "n": year.members,
    }
    return Fact(_("Of the year"), said)
