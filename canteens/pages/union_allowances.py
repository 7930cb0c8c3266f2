"""The desk of the register of allowances of union money, and the door to it from where a rule refused."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Organisation, Role
from accounts.selectors import Standing
from canteens import filters, forms
from canteens.models import LiftedPart, UnionAllowance
from canteens.services.ceilings import ApartAboveRule, FestivalAboveRule, PlanNeeded, ShareBelowRule, YearAboveRule
from canteens.services.union_allowances import UnionAllowanceRules
from kernel import clock, money
from kernel.shown import Link
from registers.pages.desks import Column, Desk
from registers.services.rules import Content

_KEY = UnionAllowanceRules.key
# What was refused → the part of the rule with which the door's form begins.
_PARTS = {
    FestivalAboveRule.code: LiftedPart.FESTIVAL,
    YearAboveRule.code: LiftedPart.YEAR,
    ApartAboveRule.code: LiftedPart.APART,
    ShareBelowRule.code: LiftedPart.LEAST,
    PlanNeeded.code: LiftedPart.UNPLANNED,
}


def door_of_refusal(code: str, who: Standing) -> Link | None:
    """Return where whoever was refused by a rule of union money asks to go beyond it, or sees what is asked."""
    part = _PARTS.get(code)
    if part is None or not who.has(*UnionAllowanceRules.roles):
        return None
    if who.has(*UnionAllowanceRules.proposers):
        return Link(f"{reverse('register-new', args=[_KEY])}?{urlencode({'lifts': part})}", _("Ask for an allowance"))
    return Link(register_url(), _("Allowances of union money"))


def register_url() -> str:
    """Return the address of the register."""
    return reverse("register", args=[_KEY])


def _seen_by(who: Standing) -> QuerySet[UnionAllowance]:
    """Return the allowances of the own union; all for the auditor."""
    rows = UnionAllowance.objects.select_related("fund__organisation", "rule")
    if who.has(Role.AUDITOR):
        return rows
    return rows.filter(fund__organisation_id__in=who.organisations(*UnionAllowanceRules.roles))


def _begins(who: Standing, asked: Mapping[str, str]) -> Content:
    """Return the purse of this year, and the part that refused."""
    begun = {"fiscal_year": clock.county_day(clock.now()).year}
    part = asked.get("lifts", "")
    return begun | ({"lifts": part} if part in LiftedPart.values else {})


UNION_ALLOWANCES = Desk(
    key=_KEY,
    name=gettext_lazy("Allowances of union money"),
    about=gettext_lazy(
        "What a union may do beyond a rule of its money, until a day: its treasurer asks with a document and a reason, "
        "its chair allows it or refuses it. With 0 an allowance is taken back."
    ),
    add=gettext_lazy("Ask for an allowance"),
    form=forms.UnionAllowanceForm,
    rows=_seen_by,
    order=("-fund__fiscal_year", "fund__organisation_id", "rule_id", "lifts", "-turn", "pk"),
    columns=(
        Column("organisation", gettext_lazy("Buyer"), lambda row: row.fund.organisation.name),
        Column("fiscal_year", gettext_lazy("Fiscal year"), lambda row: row.fund.fiscal_year),
        Column("rule", gettext_lazy("Rule of union money"), lambda row: row.rule.document),
        Column("lifts", forms.LIFTED_PART, lambda row: row.get_lifts_display()),
        Column("more", forms.LIFTED_BY, lambda row: money.yuan(row.more_fen)),
        Column("until_on", forms.LIFTED_UNTIL, lambda row: row.until_on.isoformat()),
        Column("why", gettext_lazy("Why"), lambda row: row.why),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=filters.UnionAllowanceFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    own_units=UnionAllowanceRules.proposers,
    begins=_begins,
    words={"rule": gettext_lazy("Rule of union money")},
)
