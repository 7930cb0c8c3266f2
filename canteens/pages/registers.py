"""The desks of the registers of canteens and of funds."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.selectors import Standing
from canteens import filters, forms
from canteens.models import Canteen, Fund
from canteens.services.registers import FundRules
from kernel import money
from registers.pages.desks import Column, Desk

CANTEENS = Desk(
    key="canteens",
    name=_("Canteens"),
    about=_("How each buyer eats, for how many people, and where goods are brought."),
    add=_("Propose a canteen"),
    form=forms.CanteenForm,
    change_form=forms.CanteenChangeForm,
    rows=lambda who: Canteen.objects.select_related("organisation"),
    order=("organisation__name", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("mode", _("How people eat"), lambda row: row.get_mode_display()),
        Column("heads", _("People who eat"), lambda row: row.heads),
        Column("union_members", _("Union members"), lambda row: row.union_members),
        Column("address", _("Where goods are brought"), lambda row: row.address),
        Column("is_budget_unit", _("Is it a budget unit?"), lambda row: _("yes") if row.is_budget_unit else _("no")),
    ),
    narrowed=filters.CanteenFilter,
    content_of=lambda row: {
        "canteen": row.pk,
        "mode": row.mode,
        "heads": row.heads,
        "union_members": row.union_members,
        "address": row.address,
        "is_budget_unit": row.is_budget_unit,
    },
    by_file=True,
    example={
        "organisation": "石城县第二中学",
        "mode": "自办食堂",
        "heads": "800",
        "union_members": "96",
        "address": "琴江镇西华路1号",
        "is_budget_unit": "是",
    },
)


def _funds_seen_by(who: Standing) -> QuerySet[Fund]:
    """Return the purses whose opening this person takes part in; all for the auditor."""
    funds = Fund.objects.select_related("organisation", "account")
    if who.has(Role.AUDITOR):
        return funds
    return funds.filter(organisation_id__in=who.organisations(*FundRules.roles))


FUNDS = Desk(
    key="funds",
    name=_("Funds"),
    about=_("One purse of a buyer, of a kind, for a year. Nobody can order for a year whose purse is not opened."),
    add=_("Open a fund"),
    form=forms.FundForm,
    rows=_funds_seen_by,
    order=("-fiscal_year", "organisation_id", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("kind", _("Kind of fund"), lambda row: row.get_kind_display()),
        Column("fiscal_year", _("Fiscal year"), lambda row: row.fiscal_year),
        Column("left", _("Left (yuan)"), lambda row: money.yuan(row.account.available_fen())),
    ),
    narrowed=filters.FundFilter,
    by_file=True,
    example={"organisation": "石城县第二中学", "kind": "工会经费", "fiscal_year": "2030"},
)

DESKS = (CANTEENS, FUNDS)
