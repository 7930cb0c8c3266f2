"""The statistical form as the bureau files it: the same numbers as the report, and the relations that must hold."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.selectors import county
from kernel.money import wan_yuan
from reports.pages.sales import Names
from reports.pages.words import period, tons
from reports.selectors.sales import NOTHING, Figure, Limits, Sales


@dataclass(frozen=True, slots=True)
class FormHead:
    """What stands above the table of the form."""

    title: str
    number: str
    issuer: str
    approval: str
    valid_until: str
    units: str
    filler: str
    period: str


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of the form, with its six cells."""

    name: str
    code: str
    cells: list[str]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Signs:
    """Who signs the form; filled in by hand."""

    head: str = ""
    statistician: str = ""
    maker: str = ""
    phone: str = ""
    filed_on: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between the columns, and whether it holds."""

    text: str
    ok: bool


def form_head(limits: Limits) -> FormHead:
    """Return what stands above the table of the form."""
    return FormHead(
        title=_("Produce sales of %(county)s through the six channels") % {"county": county().name},
        number=_("Liujin table 1"),
        issuer=county().bureau,
        approval=_("for the county's own use"),
        valid_until=_("until revised"),
        units=_("tons, 10,000 yuan, households"),
        filler=county().bureau,
        period=period(limits),
    )


def form_rows(sales: Sales, names: Names) -> list[FormRow]:
    """Return the sum as row 01, then every township, also those that sold nothing."""
    towns = sales.by("township")
    return [
        FormRow(pgettext("report", "In all"), "01", _cells(sales.at()), total=True),
        *[
            FormRow(name, f"{number:02d}", _cells(towns.get(code, NOTHING)))
            for number, (code, name) in enumerate(names["township"].items(), 2)
        ],
    ]


def relations(sales: Sales, names: Names) -> list[Relation]:
    """Return the relations that must hold between rows and columns, checked now."""
    total, sold = sales.at(), sales.by("township")
    listed = [sold.get(code, NOTHING) for code in names["township"]]
    sums_hold = (
        sum(figure.weight_g for figure in listed) == total.weight_g
        and sum(figure.amount_fen for figure in listed) == total.amount_fen
    )
    return [
        Relation(_("Row 01 equals the sum of the townships (columns 1 and 2)"), sums_hold),
        Relation(_("Column 3 is at most column 2"), total.poor_fen <= total.amount_fen),
        Relation(_("Column 6 is at most column 5"), total.poor_households <= total.households),
    ]


def _cells(figure: Figure) -> list[str]:
    poor = figure.poor_permille()
    return [
        tons(figure.weight_g),
        wan_yuan(figure.amount_fen),
        wan_yuan(figure.poor_fen),
        f"{poor // 10}.{poor % 10}%",
        f"{figure.households:,}",
        f"{figure.poor_households:,}",
    ]
