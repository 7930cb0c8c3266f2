"""The desks of the registers of reserved shares: who reports, what was declared, and who is excepted."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, Role
from accounts.selectors import Standing
from canteens import filters, forms
from canteens.models import ShareDeclaration, ShareException, ShareUnit
from canteens.services.shares import PERCENT, due_fen
from kernel import clock, money
from registers.pages.desks import Column, Desk
from registers.services.rules import Content

# Who sees what every buyer declared; the buyers' own people see theirs.
COUNTY = (Role.AUDITOR, Role.FINANCE_MAKER, Role.FINANCE_CHECKER)


def percent(permille: int) -> str:
    """Return thousandths in percent: 12.5%."""
    return f"{permille / PERCENT:g}%"


def _declared_seen_by(who: Standing) -> QuerySet[ShareDeclaration]:
    """Return the latest declaration of each year, of the own buyer or of all."""
    later = ShareDeclaration.objects.filter(
        organisation=OuterRef("organisation"), year=OuterRef("year"), turn__gt=OuterRef("turn")
    )
    rows = ShareDeclaration.objects.filter(~Exists(later)).select_related("organisation")
    return rows if who.has(*COUNTY) else rows.filter(organisation_id__in=_own(who))


def _excepted_seen_by(who: Standing) -> QuerySet[ShareException]:
    """Return the exceptions of the own buyer, or all."""
    rows = ShareException.objects.select_related("organisation")
    return rows if who.has(*COUNTY) else rows.filter(organisation_id__in=_own(who))


def _own(who: Standing) -> frozenset[int]:
    return frozenset(who.organisations(Role.CASHIER, Role.PAYMENT_CHECKER))


def _begins(who: Standing, asked: Mapping[str, str]) -> Content:
    """Return the year that is declared now."""
    return {"year": clock.county_day(clock.now()).year}


SHARE_UNITS = Desk(
    key="share-units",
    name=_("Who reports the reserved share"),
    about=_("To whom a buyer answers, who reports for it where several eat together, and who runs its canteen."),
    add=_("Write down who reports"),
    form=forms.ShareUnitForm,
    rows=lambda who: ShareUnit.objects.select_related("organisation", "superior", "reported_by"),
    order=("organisation__name", "-from_on", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("superior", _("Answers to"), lambda row: row.superior.name if row.superior else ""),
        Column("reported_by", _("Is reported by"), lambda row: row.reported_by.name if row.reported_by else ""),
        Column("run_by", _("Run by"), lambda row: row.run_by),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=filters.ShareUnitFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    by_file=True,
    example={
        "organisation": "示范县教师进修学校",
        "superior": "示范县教育体育局",
        "reported_by": "示范县第二中学",
        "run_by": "",
        "from_on": "2030-01-01",
    },
)

SHARES = Desk(
    key="shares",
    name=_("Reserved shares"),
    about=_("What each canteen spends on food in a year, and how much of it is kept for poor households' goods."),
    add=_("Declare the share"),
    form=forms.ShareForm,
    change_form=forms.ShareCorrectionForm,
    rows=_declared_seen_by,
    order=("-year", "organisation_id", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("year", _("Fiscal year"), lambda row: row.year),
        Column("total", _("Food of the canteen in the year (yuan)"), lambda row: money.yuan(row.total_fen)),
        Column("ratio", _("Kept for poor households' goods (%)"), lambda row: percent(row.ratio_permille)),
        Column("due", _("To be bought (yuan)"), lambda row: money.yuan(due_fen(row.total_fen, row.ratio_permille))),
        Column("union", _("What the union means to buy (yuan)"), lambda row: money.yuan(row.union_fen)),
        Column("turn", pgettext_lazy("share", "Turn"), lambda row: row.turn),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=filters.ShareFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    own_units=(Role.CASHIER,),
    begins=_begins,
    content_of=lambda row: {
        "share": row.pk,
        "total": money.yuan_plain(row.total_fen),
        "union": money.yuan_plain(row.union_fen),
        "ratio": row.ratio_permille * PERCENT,
    },
    by_file=True,
    example={
        "organisation": "示范县第一中学",
        "year": "2030",
        "total": "920000.00",
        "union": "30000.00",
        "ratio": "10",
    },
)

SHARE_EXCEPTIONS = Desk(
    key="share-exceptions",
    name=_("Exceptions from the reserved share"),
    about=_("Another ratio for one buyer and year. The county's finance grants it on a document."),
    add=_("Ask for an exception"),
    form=forms.ShareExceptionForm,
    rows=_excepted_seen_by,
    order=("-year", "organisation_id", "-turn", "pk"),
    columns=(
        Column("organisation", _("Buyer"), lambda row: row.organisation.name),
        Column("year", _("Fiscal year"), lambda row: row.year),
        Column("ratio", _("Ratio instead (%)"), lambda row: percent(row.ratio_permille)),
        Column("why", _("Why"), lambda row: row.why),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=filters.ShareExceptionFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    own_units=(Role.CASHIER,),
    begins=_begins,
)

DESKS = (SHARE_UNITS, SHARES, SHARE_EXCEPTIONS)
