"""The desks of the registers of canteens, of funds and of approval tiers."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import Organisation, Role
from accounts.selectors import Standing
from canteens import filters, forms
from canteens.models import APPROVERS, ApprovalTier, Canteen, CanteenSize, Fund
from canteens.pages.short_tiers import short_overview
from canteens.selectors.short_tiers import short_tiers
from canteens.services.registers import FundRules
from kernel import clock, money
from registers.pages.desks import Column, Desk


def _sizes(row: Canteen) -> list[CanteenSize]:
    """Return how many it was from which day on, the newest first."""
    return sorted(row.sizes.all(), key=lambda size: (size.from_on, size.pk), reverse=True)


def _since(row: Canteen) -> str:
    newest = next(iter(_sizes(row)), None)
    return newest.from_on.isoformat() if newest else ""


def _earlier(row: Canteen) -> str:
    """Return how many it was before, each with its day and document."""
    said = pgettext("canteen", "%(day)s: %(heads)s people, %(members)s members (%(document)s)")
    return pgettext("list", "; ").join(
        said
        % {
            "day": size.from_on.isoformat(),
            "heads": size.heads,
            "members": size.union_members,
            "document": size.document,
        }
        for size in _sizes(row)[1:]
    )


def _buyers_without_canteen(_today: dt.date) -> list[Mapping[str, str]]:
    """Return the buyers of which nobody has written how they eat, each with the commonest answers."""
    buyers = Organisation.objects.filter(kind=Organisation.Kind.BUYER, channel__runs_canteen=True, canteen=None)
    begun = {"mode": str(Canteen.Mode.choices[0][1]), "is_budget_unit": str(_("yes"))}
    return [begun | {"organisation": name} for name in buyers.order_by("name").values_list("name", flat=True)]


CANTEENS = Desk(
    key="canteens",
    name=_("Canteens"),
    about=_("How each buyer eats, for how many people, and where goods are brought."),
    add=_("Propose a canteen"),
    form=forms.CanteenForm,
    change_form=forms.CanteenChangeForm,
    rows=lambda who: Canteen.objects.select_related("organisation").prefetch_related("sizes"),
    order=("organisation__name", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("mode", _("How people eat"), lambda row: row.get_mode_display()),
        Column("heads", _("People who eat"), lambda row: row.heads),
        Column("union_members", _("Union members"), lambda row: row.union_members),
        Column("from_on", _("So many people and members since"), _since),
        Column("earlier", _("How many before"), _earlier),
        Column("address", _("Where goods are brought"), lambda row: row.address),
        Column("is_budget_unit", _("Is it a budget unit?"), lambda row: _("yes") if row.is_budget_unit else _("no")),
        Column("last_hour", _("Goods of the next day are ordered until (o'clock)"), lambda row: row.last_hour),
    ),
    narrowed=filters.CanteenFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    content_of=lambda row: {
        "canteen": row.pk,
        "mode": row.mode,
        "heads": row.heads,
        "union_members": row.union_members,
        "address": row.address,
        "is_budget_unit": row.is_budget_unit,
        "last_hour": row.last_hour,
    },
    by_file=True,
    file_rows=_buyers_without_canteen,
    example={
        "organisation": "示范县第一中学",
        "mode": "自办食堂",
        "heads": "800",
        "union_members": "96",
        "address": "示范镇人民路1号",
        "is_budget_unit": "是",
        "last_hour": "16",
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
    change_form=forms.FundChangeForm,
    rows=_funds_seen_by,
    order=("-fiscal_year", "organisation_id", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("kind", _("Kind of fund"), lambda row: row.get_kind_display()),
        Column("name", forms.NAME_OF_PURSE, lambda row: row.name),
        Column("fiscal_year", _("Fiscal year"), lambda row: row.fiscal_year),
        Column("on_credit", _("Is it a credit limit?"), lambda row: _("yes") if row.on_credit else _("no")),
        Column("donor_document", _("Paper of the donor"), lambda row: row.donor_document),
        Column("left", _("Left (yuan)"), lambda row: money.yuan(row.account.available_fen())),
    ),
    narrowed=filters.FundFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    own_units=FundRules.roles,
    by_file=True,
    content_of=lambda row: {"fund": row.pk, "name": row.name},
    example={"organisation": "示范县第一中学", "kind": "食堂伙食费", "fiscal_year": "2030", "name": "一食堂"},
)

CARRY_OVER = Desk(
    key="carry-over",
    name=_("Carry-over"),
    about=_("What is left of purses of years that are over. It goes into the purse of the year after on a document."),
    add=_("Carry over"),
    form=forms.CarryOverForm,
    rows=lambda who: _funds_seen_by(who).filter(fiscal_year__lt=clock.county_day(clock.now()).year),
    order=("-fiscal_year", "organisation_id", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("kind", _("Kind of fund"), lambda row: row.get_kind_display()),
        Column("name", forms.NAME_OF_PURSE, lambda row: row.name),
        Column("fiscal_year", _("Fiscal year"), lambda row: row.fiscal_year),
        Column("held", _("Held by orders (yuan)"), lambda row: money.yuan(row.account.debits_pending_fen)),
        Column("left", _("Left (yuan)"), lambda row: money.yuan(row.account.available_fen())),
    ),
    narrowed=filters.FundFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    own_units=FundRules.roles,
    by_file=True,
    words={"left_before": _("Left of the year that is over (yuan)"), "left_after": _("Left of the year after (yuan)")},
    example={"organisation": "示范县第一中学", "kind": "工会经费", "fiscal_year": "2030", "amount": "1200.00"},
)


def _may_approve(post: Role) -> Column:
    """Return the column that says whether holders of a post approve by a tier."""
    return Column(post.value, forms.MAY_APPROVE[post], lambda row: _("yes") if post.value in row.posts else _("no"))


TIERS = Desk(
    key="approval-tiers",
    name=_("Approval tiers"),
    about=_(
        "From which amount on an order waits for a second person. Orders keep the rule of the day they were placed."
    ),
    add=_("Propose a tier"),
    form=forms.TierForm,
    change_form=forms.TierEndForm,
    rows=lambda who: ApprovalTier.objects.all(),
    order=("fund_kind", "from_fen", "-from_on", "pk"),
    columns=(
        Column("fund_kind", _("Kind of fund"), lambda row: row.get_fund_kind_display()),
        Column("amount", _("From how many yuan on"), lambda row: money.yuan(row.from_fen)),
        Column("rule", _("Rule"), lambda row: row.rule),
        Column("persons", _("How many people must approve"), lambda row: row.persons),
        *(_may_approve(post) for post in APPROVERS),
        Column("hours", _("Hours to answer"), lambda row: row.hours),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
    ),
    narrowed=filters.TierFilter,
    content_of=lambda row: {"tier": row.pk, "to_on": row.to_on},
    overview=lambda today: short_overview(short_tiers(today)),
)

DESKS = (CANTEENS, FUNDS, CARRY_OVER, TIERS)
