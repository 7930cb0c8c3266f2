"""A purse in words: how it divides, what was put into it and taken out, what is left."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organisation, Role, User
from accounts.selectors import spoken_time, standing
from canteens.models import BudgetChange, BudgetStatus, Fund
from canteens.permissions import can_decide_budget, purse_to_open
from canteens.selectors import FundFigures, figures
from kernel import money
from kernel.present import known
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


def classes_url(fund: Fund, user: User, today: dt.date, name: str = "class-list") -> str:
    """Return where the buyer's own people read what was ordered of each class of goods; empty for years that are over.

    The limit is of the buyer: all its purses of the year count together there.
    """
    is_own = fund.organisation_id in standing(user).organisations(*Role)
    return reverse(name) if is_own and fund.fiscal_year == today.year else ""


def fund_row(fund: Fund) -> FundRow:
    """Return one purse of the list."""
    return FundRow(
        url=reverse("fund-detail", args=[fund.pk]),
        name=fund.label,
        year=fund.fiscal_year,
        buyer=fund.organisation.name,
        budget=money.yuan(figures(fund).budget_fen),
        left=money.yuan(fund.account.available_fen()),
    )


def address_to_open(user: User) -> str:
    """Return the page on which this person proposes a new purse of the own buyer; empty for everybody else."""
    opens = purse_to_open(user)
    if opens is None:
        return ""
    organisation_id, kind = opens
    asked = {"organisation": Organisation.objects.get(pk=organisation_id).name, "kind": kind.value}
    return f"{reverse('register-new', args=['funds'])}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class WaitingBudget:
    """A sum that waits for its second person; the two addresses are empty for whoever may not decide it."""

    what: str
    becomes: str
    who: str
    when: str
    confirm_url: str
    refuse_url: str
    key: str


def change_row(change: BudgetChange) -> Moment:
    """Return one sum that was put into a purse, taken out or refused, by which two people and on which document."""
    what = _("%(sum)s: refused") % {"sum": _sum(change)} if change.status == BudgetStatus.REFUSED else _sum(change)
    return Moment(
        when=spoken_time(known(change.decided_at)),
        who=pgettext("list", ", ").join(filter(None, (_name(change.by), _name(change.decided_by)))),
        what=what,
    )


def waiting_row(change: BudgetChange, stand: FundFigures, user: User, *, key: str) -> WaitingBudget:
    """Return one sum that waits, what the budget becomes by it, and where this person decides: never the own one."""
    decides = can_decide_budget(user, change.fund) and change.by.person_id != user.person_id
    before, by = (stand.spent_fen, -change.amount_fen) if change.gives_back else (stand.budget_fen, change.amount_fen)
    becomes = _("Used: %(before)s → %(after)s yuan") if change.gives_back else _("Budget: %(before)s → %(after)s yuan")
    return WaitingBudget(
        what=_sum(change),
        becomes=becomes % {"before": money.yuan(before), "after": money.yuan(before + by)},
        who=_name(change.by),
        when=spoken_time(change.at),
        confirm_url=reverse("budget-confirm", args=[change.pk]) if decides else "",
        refuse_url=reverse("budget-refuse", args=[change.pk]) if decides else "",
        key=key,
    )


def _sum(change: BudgetChange) -> str:
    """Return what is put in or taken out, and on which document."""
    words = _("%(yuan)s yuan paid, the credit comes back, %(document)s") if change.gives_back else _put(change)
    return words % {"yuan": money.yuan(abs(change.amount_fen)), "document": change.document_number}


def _put(change: BudgetChange) -> str:
    return _("%(yuan)s yuan, %(document)s") if change.amount_fen > 0 else _("%(yuan)s yuan less, %(document)s")


def _name(user: User | None) -> str:
    return user.person.name if user is not None and user.person is not None else ""


def budget_bar(stand: FundFigures) -> list[BarPart]:
    """Return how a purse divides into used, held and left."""
    parts = [
        ("used", pgettext("budget", "Used"), stand.spent_fen),
        ("held", _("Held by orders"), stand.held_fen),
        ("left", pgettext("budget", "Left"), stand.left_fen),
    ]
    cells = [BarPart(key, 0, 0, label, money.yuan(fen)) for key, label, fen in parts]
    return bar(cells, [fen for _key, _label, fen in parts])
