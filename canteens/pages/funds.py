"""A purse in words: how it divides, what was put into it, what is left."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.selectors import spoken_time
from canteens.models import BudgetChange, Fund
from canteens.selectors import FundFigures
from kernel import money
from kernel.shown import BarPart, Moment, bar


@dataclass(frozen=True, slots=True)
class FundRow:
    """A purse as the list shows it."""

    url: str
    name: str
    year: int
    buyer: str
    budget: str
    left: str


def fund_row(fund: Fund) -> FundRow:
    """Return one purse of the list."""
    return FundRow(
        url=reverse("fund-detail", args=[fund.pk]),
        name=str(fund.get_kind_display()),
        year=fund.fiscal_year,
        buyer=fund.organisation.name,
        budget=money.yuan(fund.account.credits_posted_fen),
        left=money.yuan(fund.account.available_fen()),
    )


def change_row(change: BudgetChange) -> Moment:
    """Return one sum that was put into a purse, by whom and on which document."""
    return Moment(
        when=spoken_time(change.at),
        who=change.by.person.name if change.by.person is not None else "",
        what=_("%(yuan)s yuan, %(document)s")
        % {"yuan": money.yuan(change.amount_fen), "document": change.document_number},
    )


def budget_bar(stand: FundFigures) -> list[BarPart]:
    """Return how a purse divides into used, held and left."""
    parts = [
        ("used", pgettext("budget", "Used"), stand.spent_fen),
        ("held", _("Held by orders"), stand.held_fen),
        ("left", pgettext("budget", "Left"), stand.left_fen),
    ]
    cells = [BarPart(key, 0, 0, label, money.yuan(fen)) for key, label, fen in parts]
    return bar(cells, [fen for _key, _label, fen in parts])
