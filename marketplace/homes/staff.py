"""The first page of whoever holds a post: one sentence, the first case, the others by name, what waits for others."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role, User
from accounts.pages.cases import register_files
from accounts.pages.grievances import to_answer
from accounts.selectors import Standing
from accounts.selectors.grievances import OFFICERS, heads_bureau
from canteens.models import APPROVERS
from canteens.pages.cases import budgets, plan_objections, plans_of_others, purchase_plans, signed_lists, union_lists
from canteens.pages.funds import budget_bar
from canteens.selectors import figures, funds_seen_by
from canteens.selectors.deputies import seats_of
from kernel import money
from kernel.clock import county_day
from kernel.shown import BarPart, Case, Pile
from ledger.pages import cases as ledger_cases
from ledger.pages.arriving import money_to_ask
from losses.pages import cases as relief_cases
from losses.pages.late_relief import late as late_relief
from losses.selectors.turns import Turns, turns_of
from marketplace.homes.overseeing import overview
from marketplace.homes.places import places_of
from orders.pages import cases as order_cases
from orders.selectors.complaints import COMPLAINERS
from orders.selectors.orders import BUYER_ROLES
from orders.selectors.returns import DECIDERS
from registers.pages.changes import cases as register_changes
from registers.services.rules import register_roles

PURSES = 2
PAYS = (Role.UNION_TREASURER, Role.CASHIER)
CONFIRMS = (Role.UNION_CHAIR, Role.PAYMENT_CHECKER)
FINANCE = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)


@dataclass(frozen=True, slots=True)
class Purse:
    """A purse beside the work: what it is, whole, how it divides, where each entry stands."""

    title: str
    year: str
    total: str
    bar: list[BarPart]
    url: str


@dataclass(frozen=True, slots=True)
class Work:
    """What this person may do now, and what waits for others."""

    own: list[Pile]
    waiting: list[Pile]

    def of(self, *, own: bool) -> list[Pile]:
        """Return what is this person's turn, or what waits for others."""
        return self.own if own else self.waiting

    def cases(self) -> list[Case]:
        """Return the cases that are named, the one due first at the top."""
        return sorted((case for pile in self.own for case in pile.cases), key=lambda case: case.due_on)


def staff_home(who: Standing, *, at: dt.datetime) -> dict[str, Any]:
    """Return the context of the first page of whoever holds a post."""
    user = cast(User, who.user)
    relief = turns_of(who, user, at)
    work = _work(who, user, relief, at)
    cases = work.cases()
    count = sum(pile.count for pile in work.own)
    waiting = [case for pile in work.waiting for case in pile.cases]
    tasks = places_of(who, relief, at)
    return {
        "title": _title(count, any(task.waits for task in tasks)),
        "sentence": _sentence(work),
        "day": date_format(county_day(at), "MONTH_DAY_FORMAT") + _(", ") + date_format(county_day(at), "l"),
        "first": cases[0] if cases else None,
        "others": cases[1:],
        "more": [(pile.url, pile.count - len(pile.cases)) for pile in work.own if pile.count > len(pile.cases)],
        "waiting": waiting,
        "waiting_sum": _counted(work.waiting),
        "purses": _purses(who, user, at),
        "tasks": tasks,
        "overview": overview(who, at),
    }


def _work(who: Standing, user: User, relief: Turns, at: dt.datetime) -> Work:
    work = Work([], [])
    if who.has(*BUYER_ROLES):  # a deputy may hold any of these posts
        work.own.append(order_cases.approvals(user, at))
    if who.has(*APPROVERS) or (who.has(*BUYER_ROLES) and seats_of(user, county_day(at))):
        work.own.extend([plan_objections(user, at), purchase_plans(user, at), signed_lists(user, at)])
    if who.has(*APPROVERS):
        work.own.append(union_lists(user, at))
    if who.has(*APPROVERS, Role.BUYER):
        work.waiting.extend([order_cases.approvals_of_others(user, at), plans_of_others(user, at)])
    if who.has(*PAYS):
        own, barred = order_cases.payments(user, at)
        work.own.append(own)
        work.waiting.append(barred)
    if who.has(*CONFIRMS):
        own, barred = order_cases.confirmations(user, at)
        work.own.extend([own, budgets(user, at), order_cases.ends_of_claims(user, at)])
        work.waiting.append(barred)
    if who.has(*PAYS, *CONFIRMS):
        work.waiting.append(order_cases.payments_of_others(user, at))
        if not who.has(*FINANCE, Role.AUDITOR):  # to whom it is shown below
            _add(work, ledger_cases.problems(user, at))
            work.own.append(ledger_cases.contradictions(user))
    if who.has(*FINANCE, Role.AUDITOR):
        _add_finance(work, who, user, at)
    if who.has(*FINANCE, Role.BUREAU_APPROVER, Role.AUDITOR):
        work.of(own=who.has(Role.BUREAU_APPROVER)).extend(relief_cases.stopped(who, at))
        work.of(own=who.has(*FINANCE)).append(late_relief(who, at))
    if who.has(Role.BUREAU_APPROVER):
        _add(work, relief_cases.desk(who, user, relief, at))
    if who.has(Role.BUREAU_APPROVER) or heads_bureau(who):
        work.own.append(relief_cases.objections(user, at))
    if who.has(Role.VERIFIER):
        _add(work, relief_cases.visits(user, at))
    if who.has(Role.COOP_MANAGER):
        work.own.extend([order_cases.returns_to_answer(user, at), money_to_ask(user)])
    if who.has(*OFFICERS) or heads_bureau(who):
        work.own.append(to_answer(user, at))
    if who.has(Role.COOP_MANAGER, *COMPLAINERS):
        work.own.append(order_cases.complaints_to_answer(user, at))
    if who.has(*DECIDERS):
        for piles in order_cases.to_decide(user, at):
            _add(work, piles)
    if who.has(*register_roles()):
        _add(work, register_changes(user, at))
    if who.has(Role.RELIEF_CLERK):
        _add(work, register_files(user, at))
    return work


def _add(work: Work, piles: tuple[Pile, Pile]) -> None:
    own, theirs = piles
    work.own.append(own)
    work.waiting.append(theirs)


def _add_finance(work: Work, who: Standing, user: User, at: dt.datetime) -> None:
    makes, checks = who.has(Role.FINANCE_MAKER), who.has(Role.FINANCE_CHECKER)
    for piles in (ledger_cases.problems(user, at), ledger_cases.batches(user, at, checks=checks)):
        _add(work, piles)
    work.of(own=makes or checks).append(ledger_cases.contradictions(user))
    work.of(own=makes).append(ledger_cases.awards_to_batch(user, own=makes))


def _title(count: int, more: bool) -> str:
    """Return how many cases wait by name; where none does, whether something stands in the places below."""
    if not count:
        return pgettext("home", "See below what is to be done") if more else _("Nothing is waiting for you")
    return ngettext("%(n)s thing waits for you", "%(n)s things wait for you", count) % {"n": count}


def _sentence(work: Work) -> str:
    """Return the second most important number: the sum in one's hands, and how much waits for others."""
    parts = []
    total_fen = sum(pile.total_fen for pile in work.own)
    if total_fen:
        parts.append(_("%(yuan)s yuan in your hands") % {"yuan": money.yuan(total_fen)})
    waiting = sum(pile.count for pile in work.waiting)
    if waiting:
        parts.append(ngettext("%(n)s waits for others", "%(n)s wait for others", waiting) % {"n": waiting})
    return _("; ").join(parts)


def _counted(piles: list[Pile]) -> str:
    count, total_fen = sum(pile.count for pile in piles), sum(pile.total_fen for pile in piles)
    if not total_fen:
        return ngettext("%(n)s thing", "%(n)s things", count) % {"n": count}
    words = ngettext("%(n)s thing, %(yuan)s yuan", "%(n)s things, %(yuan)s yuan", count)
    return words % {"n": count, "yuan": money.yuan(total_fen)}


def _purses(who: Standing, user: User, at: dt.datetime) -> list[Purse]:
    """Return this year's purses of whoever approves, pays or confirms from them."""
    if not who.has(*APPROVERS, *PAYS, *CONFIRMS):
        return []
    rows = funds_seen_by(user).filter(fiscal_year=county_day(at).year)
    return [
        Purse(
            title=fund.label,
            year=str(fund.fiscal_year),
            total=money.yuan(stand.budget_fen),
            bar=budget_bar(stand),
            url=reverse("fund-detail", args=[fund.pk]),
        )
        for fund in rows[:PURSES]
        for stand in [figures(fund)]
    ]
