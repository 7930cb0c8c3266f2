"""A purchase plan in words: what it says, how far it is, what happened to it, and who goes on."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from canteens.models import NOT_APPROVED, PurchasePlan, PurchasePlanStatus
from canteens.pages import plan_requirements, union_rules
from canteens.pages.waiting import deputy_words, plan_waits
from canteens.permissions import can_read_signed_list, can_send_plan, looks_into_purses
from canteens.selectors.plan_deciders import asked_for
from canteens.selectors.purchase_plans import moves_of
from canteens.selectors.signed_lists import has_list, is_listed
from kernel import money
from kernel.dates import period_words
from kernel.shown import BarPart, Fact, Link, Moment, Tag, bar


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A purchase plan as the list shows it."""

    url: str
    label: str
    hint: str
    status: Tag
    left: str = ""  # for whom it waits, since when


@dataclass(frozen=True, slots=True)
class OrdersOfPlan:
    """The latest orders of a plan, and where all of them are listed."""

    rows: list[PlanRow]
    url: str


_LISTED_BY: list[Callable[[PurchasePlan, User], OrdersOfPlan]] = []


def list_orders_by(listed: Callable[[PurchasePlan, User], OrdersOfPlan]) -> None:
    """Let the room above say which orders a plan has, as a person may see them."""
    _LISTED_BY.append(listed)


TONES = {
    PurchasePlanStatus.SENT: "warn",
    PurchasePlanStatus.APPROVED: "ok",
    PurchasePlanStatus.REFUSED: "danger",
    PurchasePlanStatus.WITHDRAWN: "plain",
    PurchasePlanStatus.CLOSED: "info",
    PurchasePlanStatus.ENDED: "warn",
}


def tag(plan: PurchasePlan) -> Tag:
    """Return how far a plan is."""
    return Tag(TONES[PurchasePlanStatus(plan.status)], str(PurchasePlanStatus(plan.status).label))


def plan_rows(plans: Sequence[PurchasePlan], day: dt.date) -> list[PlanRow]:
    """Return plans as their list shows them, and for whom those wait that nobody has decided."""
    asked = asked_for(plans, day)
    return [
        PlanRow(
            url=reverse("purchase-plan-detail", args=[plan.pk]),
            label=plan.occasion,
            hint=_hint(plan),
            status=tag(plan),
            left=plan_waits(plan, asked.get(plan.pk)),
        )
        for plan in plans
    ]


def _hint(plan: PurchasePlan) -> str:
    values = {
        "buyer": plan.organisation.name,
        "yuan": money.yuan(plan.total_fen),
        "days": period_words(plan.from_on, plan.to_on),
    }
    if plan.status in NOT_APPROVED:
        return _("%(buyer)s, at most %(yuan)s yuan, %(days)s") % values
    values["left"] = money.yuan(plan.left_fen())
    return _("%(buyer)s, at most %(yuan)s yuan, %(left)s yuan left, %(days)s") % values


def facts(plan: PurchasePlan, on: dt.date, user: User) -> list[Fact]:
    """Return what a plan says, line by line, and how it stands on a day; its purse is a link for who may look in."""
    fund = plan.fund
    return [
        Fact(_("Buyer"), plan.organisation.name),
        Fact(
            pgettext("purchase plan", "Fund"),
            f"{fund.label} {fund.fiscal_year}",
            url=reverse("fund-detail", args=[fund.pk]) if looks_into_purses(user) else "",
        ),
        Fact(_("Kind of plan"), plan.get_kind_display()),
        Fact(_("At most"), _("%(yuan)s yuan") % {"yuan": money.yuan(plan.total_fen)}),
        *_drawn(plan),
        *union_rules.facts(plan, on, user),
        Fact(pgettext("purchase plan", "Days"), period_words(plan.from_on, plan.to_on)),
        Fact(_("The committee's record"), plan.committee_record),
        *plan_requirements.facts(plan),
    ]


def _drawn(plan: PurchasePlan) -> list[Fact]:
    """Return the sum for each member, and once orders may name the plan what they drew of it."""
    rows = []
    if plan.per_head_fen is not None:
        said = _("%(yuan)s yuan") % {"yuan": money.yuan(plan.per_head_fen)}
        if plan.members is not None:
            said = _("%(yuan)s yuan, %(n)s members counted at approval: at most %(most)s yuan") % {
                "yuan": money.yuan(plan.per_head_fen),
                "n": plan.members,
                "most": money.yuan(plan.most_fen()),
            }
        rows.append(Fact(_("For each member"), said))
    if plan.status in NOT_APPROVED:
        return rows
    if plan.members and plan.drawn_fen():
        each = money.yuan(plan.drawn_fen() // plan.members)
        rows.append(Fact(_("Drawn for each member"), _("%(yuan)s yuan") % {"yuan": each}))
    return rows


def drawn_bar(plan: PurchasePlan) -> list[BarPart]:
    """Return how a plan divides into taken, on order and left; nothing while no order may name it."""
    if plan.status in NOT_APPROVED:
        return []
    parts = [
        ("used", pgettext("purchase plan", "Taken"), plan.accepted_fen),
        ("held", pgettext("purchase plan", "On order"), plan.held_fen),
        ("left", pgettext("purchase plan", "Left"), plan.left_fen()),
    ]
    cells = [BarPart(key, 0, 0, label, money.yuan(fen)) for key, label, fen in parts]
    return bar(cells, [fen for _key, _label, fen in parts])


def orders_of(plan: PurchasePlan, user: User) -> OrdersOfPlan | None:
    """Return the latest orders of a plan; nothing while none may name it."""
    if plan.status in NOT_APPROVED or not _LISTED_BY:
        return None
    return _LISTED_BY[-1](plan, user)


def signed_list_of(plan: PurchasePlan, user: User) -> Link | None:
    """Return where the signed list of a plan stands, for whoever may read it; of other plans there is none."""
    if not is_listed(plan) or not can_read_signed_list(user, plan):
        return None
    return Link(reverse("signed-list", args=[plan.pk]), _("Signed list"))


def story(plan: PurchasePlan) -> list[Moment]:
    """Return what happened to a plan, the newest first, with the words of whoever refused it."""
    sent = pgettext("purchase plan", "Sent to a second person")
    steps = []
    for move in moves_of(plan):
        status = PurchasePlanStatus(move.after)
        what = sent if status == PurchasePlanStatus.SENT else str(status.label)
        if move.note:
            what = _("%(what)s: %(why)s") % {"what": what, "why": move.note}
        name = move.by.person.name if move.by is not None and move.by.person is not None else ""
        if plan.decided_for is not None and move.at == plan.decided_at:
            name = deputy_words(name, plan.decided_for.name)
        steps.append(Moment(when=spoken_time(move.at), who=name, what=what, tone=TONES[status]))
    return steps


def doors_of(plan: PurchasePlan, user: User, *, decides: bool) -> dict[str, str]:
    """Return where this person goes on with a plan, by the act; `decides` says whether it waits for this one."""
    waits = plan.status == PurchasePlanStatus.SENT
    doors = ["approve", "refuse"] if waits and decides else []
    if can_send_plan(user, plan.fund):
        doors += ["withdraw"] if waits else []
        doors += ["close"] if plan.status == PurchasePlanStatus.APPROVED and not has_list(plan) else []
    return {act: reverse(f"purchase-plan-{act}", args=[plan.pk]) for act in doors}
