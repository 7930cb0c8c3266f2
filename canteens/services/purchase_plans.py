"""Send what a buyer means to buy for an occasion, decide it as the second person, take it back, close it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.two_hands import decide, words_for_the_first
from canteens.models import LAPSED, Fund, FundKind, PurchasePlan, PurchasePlanKind, PurchasePlanStatus
from canteens.selectors.plan_requirements import others_fen, requirement_of
from canteens.selectors.unions import members_on
from canteens.services.ceilings import require_within_rule
from canteens.services.deciding import DECIDES, SENDS, WAITS, require_deciders, take_turn, tell_of_plan
from canteens.services.plan_goods import Goods, require_goods, write_goods
from canteens.services.plan_requirements import hold_plans_of, require_project, require_ready
from canteens.services.publicity import take_down
from canteens.services.signed_lists import sign_off
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.money import yuan
from kernel.typed import fold_typed
from kernel.workflow import lock
from ledger.services import transfers
from records.selectors.policy import policy
from records.services.participation import take_part

LONGEST_OCCASION = 60
LONGEST_RECORD = 80


class RecordUsed(DomainError):
    code = "record_used"

    def __init__(self, plan: PurchasePlan) -> None:
        super().__init__(
            _("The committee's record %(record)s is that of the plan %(occasion)s. Name the record of this plan.")
            % {"record": plan.committee_record, "occasion": plan.occasion}
        )


class PlanStillHolds(DomainError):
    code = "plan_still_holds"

    def __init__(self, plan: PurchasePlan) -> None:
        super().__init__(
            _(
                "Orders of the plan %(occasion)s still hold %(held)s yuan. Close it once their goods are weighed in, "
                "or call them off first."
            )
            % {"occasion": plan.occasion, "held": yuan(plan.held_fen)}
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """What a purchase plan says: on what occasion, up to which sum, which goods, on which days, by which record."""

    kind: str
    occasion: str
    total_fen: int
    from_on: dt.date
    to_on: dt.date
    committee_record: str
    per_head_fen: int | None = None  # of a union's money: at most so much for each member
    apart: bool = False  # of a union's money: outside the ordinary ceiling of the year
    project_number: str = ""  # where its size asks for a project
    goods: tuple[Goods, ...] = ()


@transaction.atomic
def send_plan(fund: Fund, planned: Planned, *, by: User, at: dt.datetime) -> PurchasePlan:
    """Send a plan to the second person of the buyer, who is told; it holds no money of the fund, its orders will."""
    occasion, record = fold_typed(planned.occasion)[:LONGEST_OCCASION], fold_typed(planned.committee_record)
    record = record[:LONGEST_RECORD]
    _require_sense(fund, planned, occasion, record, at)
    hours = policy("plan_decision_hours", clock.county_day(at))
    hold_plans_of(fund)
    together_fen = planned.total_fen + others_fen(fund, occasion, planned.from_on, planned.to_on)
    plan = PurchasePlan(
        organisation=fund.organisation,
        fund=fund,
        kind=PurchasePlanKind(planned.kind),
        occasion=occasion,
        total_fen=planned.total_fen,
        goods_count=len(planned.goods),
        per_head_fen=planned.per_head_fen,
        apart=planned.apart,
        from_on=planned.from_on,
        to_on=planned.to_on,
        committee_record=record,
        project_number=fold_typed(planned.project_number)[:LONGEST_RECORD],
        requirement=requirement_of(fund, together_fen, clock.county_day(at)),
        hours=hours,
        due_at=at + dt.timedelta(hours=hours),
        by=by,
        at=at,
    )
    deciders = require_deciders(plan, at=at)
    require_within_rule(plan, clock.county_day(at))
    require_project(plan)
    try:
        with transaction.atomic():
            plan.begin(by=by, at=at)
    except IntegrityError as twice:
        used = PurchasePlan.objects.filter(organisation=fund.organisation_id, committee_record=record)
        other = used.exclude(status__in=LAPSED).first()
        if other is None:
            raise
        raise RecordUsed(other) from twice
    write_goods(plan, planned.goods)
    take_part(plan.reference, SENDS, by=by, at=at)
    tell_of_plan(plan, WAITS, deciders, "waits", at=at)
    return plan


@transaction.atomic
def approve_plan(plan: PurchasePlan, *, by: User, at: dt.datetime) -> PurchasePlan:
    """Approve a plan as a person who did not send it; the union's members of this day are counted for a sum a head.

    Who is on leave is answered for by its deputy, if neither of the two sent the plan.

    Locked are the plan, the person, then the fund, as orders do: two plans of one year are judged one after the other.
    """
    today = clock.county_day(at)
    members = _members(plan, today) if plan.per_head_fen is not None else None
    plan = lock(plan)
    holder = _turn(plan, by=by, at=at)
    if plan.status == PurchasePlanStatus.SENT:
        transfers.lock_accounts([plan.fund.account_id])
        require_within_rule(plan, today)
        require_ready(plan, at)
    return decide(plan, PurchasePlanStatus.APPROVED, DECIDES, by=by, at=at, members=members, decided_for_id=holder)


@transaction.atomic
def refuse_plan(plan: PurchasePlan, *, why: str, by: User, at: dt.datetime) -> PurchasePlan:
    """Refuse a plan as a person who did not send it, saying what does not match."""
    why = words_for_the_first(why)[:200]
    plan = lock(plan)
    holder = _turn(plan, by=by, at=at)
    plan = decide(plan, PurchasePlanStatus.REFUSED, DECIDES, by=by, at=at, note=why, decided_for_id=holder)
    take_down(plan, _("The buyer did not approve the plan."), by=by, at=at)
    return plan


@transaction.atomic
def withdraw_plan(plan: PurchasePlan, *, by: User, at: dt.datetime) -> PurchasePlan:
    """Take a plan back that nobody has decided yet; its committee's record may name another plan."""
    plan = lock(plan).move_to(PurchasePlanStatus.WITHDRAWN, by=by, at=at)
    take_down(plan, _("The buyer took the plan back."), by=by, at=at)
    return plan


@transaction.atomic
def close_plan(plan: PurchasePlan, *, explained: str = "", by: User, at: dt.datetime) -> PurchasePlan:
    """Close an approved plan for good, as one of those who may send one; a signed list is signed off by another person.

    `explained` says why the list differs from the plan.
    """
    plan = lock(plan)
    if plan.held_fen:
        raise PlanStillHolds(plan)
    if plan.status == PurchasePlanStatus.APPROVED:  # of any other the move says what is wrong
        sign_off(plan, explained, by=by, at=at)
    return plan.move_to(PurchasePlanStatus.CLOSED, by=by, at=at)


def _require_sense(fund: Fund, planned: Planned, occasion: str, record: str, at: dt.datetime) -> None:
    """Refuse in words what makes no plan of this fund."""
    if not occasion:
        raise BadValue(_("Write for what occasion you buy, for example a festival."))
    if not record:
        raise BadValue(_("Write the number of the record in which the committee decided on this plan."))
    if planned.total_fen < 1:
        raise BadValue(_("Write an amount greater than zero."))
    require_goods(planned.goods)
    if planned.per_head_fen is not None and (fund.kind != FundKind.UNION or planned.per_head_fen < 1):
        raise BadValue(_("Only a union fund has a sum for each member, and it is above zero. Mend it or leave it out."))
    if planned.apart and fund.kind != FundKind.UNION:
        raise BadValue(_("Only a union's money has an ordinary ceiling. Leave this out."))
    if planned.to_on < planned.from_on:
        raise BadValue(_("The last day lies before the first. Turn them round."))
    if planned.to_on < clock.county_day(at):
        raise BadValue(_("These days have passed. Choose a last day from today on."))
    if {planned.from_on.year, planned.to_on.year} != {fund.fiscal_year}:
        raise BadValue(
            _("This fund is of %(year)s. Choose days of that year, or another fund.") % {"year": fund.fiscal_year}
        )


def _turn(plan: PurchasePlan, *, by: User, at: dt.datetime) -> UUID | None:
    """Take the deciding hand in a locked plan that waits; of any other the move says what is wrong."""
    return take_turn(plan, by=by, at=at) if plan.status == PurchasePlanStatus.SENT else None


def _members(plan: PurchasePlan, on: dt.date) -> int:
    members = members_on(plan.organisation_id, on)
    if not members:
        raise BadValue(
            _("No union members of this buyer are on record. Have their number entered with its canteen first.")
        )
    return members
