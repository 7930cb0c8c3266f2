"""Doors of the purses, of purchase plans and of deputies: 404 when not theirs to see, 403 when not theirs to fill."""

import datetime as dt
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Organisation, Person, Role, Somebody, User
from accounts.selectors import standing
from canteens.models import (
    APPROVERS,
    ApprovalDeputy,
    BudgetChange,
    Canteen,
    Fund,
    FundKind,
    PlanDraft,
    PurchasePlan,
    SignedList,
    UnionList,
)
from canteens.selectors import PURSE_ROLES, funds_seen_by
from canteens.selectors.deputies import buyers_deputised, deputies_of, may_deputise
from canteens.selectors.plan_deciders import seat_for
from canteens.selectors.plan_drafts import drafts_of
from canteens.selectors.plan_requirements import objections_to
from canteens.selectors.purchase_plans import plans_seen_by
from canteens.selectors.signed_lists import has_list, signed_lists_seen_by
from canteens.selectors.union_members import UNION_ROLES, lists_seen_by
from kernel import clock
from records.models import Objection
from registers.permissions import may_see
from registers.services.rules import rules_of


def can_add_budget(user: Somebody, fund: Fund) -> bool:
    """Return whether this person puts money into purses of this kind: the union's treasurer, else the cashier."""
    role = Role.UNION_TREASURER if fund.kind == FundKind.UNION else Role.CASHIER
    return fund.organisation_id in standing(user).organisations(role)


def can_decide_budget(user: Somebody, fund: Fund) -> bool:
    """Return whether this person confirms what was put into purses of this kind: the chair, else the checker."""
    role = Role.UNION_CHAIR if fund.kind == FundKind.UNION else Role.PAYMENT_CHECKER
    return fund.organisation_id in standing(user).organisations(role)


def purse_to_open(user: Somebody) -> tuple[int, FundKind] | None:
    """Return for which buyer, and of which kind, this person proposes a purse: the treasurer, else the cashier."""
    for role, kind in ((Role.UNION_TREASURER, FundKind.UNION), (Role.CASHIER, FundKind.CANTEEN)):
        for organisation_id in sorted(standing(user).organisations(role)):
            return organisation_id, kind
    return None


def access_fund(user: Somebody, fund_id: int) -> Fund:
    """Return a purse this person may look into."""
    return get_object_or_404(funds_seen_by(user), pk=fund_id)


def access_fund_to_fill(user: Somebody, fund_id: int) -> Fund:
    """Return a purse this person may put money into."""
    fund = access_fund(user, fund_id)
    if not can_add_budget(user, fund):
        raise PermissionDenied
    return fund


def access_budget_to_decide(user: Somebody, change_id: int) -> BudgetChange:
    """Return a proposed budget this person may confirm or refuse."""
    changes = BudgetChange.objects.filter(fund__in=funds_seen_by(user).order_by())
    change = get_object_or_404(changes.select_related("fund__organisation"), pk=change_id)
    if not can_decide_budget(user, change.fund):
        raise PermissionDenied
    return change


def planning_roles(kind: str) -> tuple[Role, ...]:
    """Return who sends, takes back and closes plans of this kind of money."""
    return (Role.BUYER, Role.UNION_TREASURER) if kind == FundKind.UNION else (Role.BUYER,)


def can_send_plan(user: Somebody, fund: Fund) -> bool:
    """Return whether this person sends plans of this purse."""
    return fund.organisation_id in standing(user).organisations(*planning_roles(fund.kind))


def can_decide_plan(user: Somebody, plan: PurchasePlan) -> bool:
    """Return whether this person approves or refuses this plan: the union's chair, else the buyer's approver.

    The deputy of either may too, and after its first hours every approver of the buyer.
    """
    return seat_for(plan, user, clock.county_day(clock.now())) is not None


def names_deputies(user: Somebody) -> bool:
    """Return whether this person approves orders of some buyer, and so may name who answers for it."""
    return standing(user).has(*APPROVERS)


def access_deputies(user: Somebody, day: dt.date) -> list[tuple[Organisation, Person]]:
    """Return whom this person may name at which buyer; refuse whoever has no work with a buyer's orders."""
    if not standing(user).has(*PURSE_ROLES, Role.RECEIVER):
        raise PermissionDenied
    person = user.person_id if user.is_authenticated else None
    units = Organisation.objects.filter(pk__in=standing(user).organisations(*APPROVERS)).order_by("pk")
    people = [(unit, one) for unit in units for one in may_deputise(unit.pk, day) if one.pk != person]
    return sorted(people, key=lambda row: (row[0].pk, row[1].name))


def access_short_tiers(user: Somebody) -> set[int] | None:
    """Return of which buyers this person reads what tiers lack: its own, or all (None) by the register of tiers."""
    who = standing(user)
    if may_see(who, rules_of("approval-tiers")):
        return None
    if not who.has(*PURSE_ROLES):
        raise PermissionDenied
    return own_buyers(user)


def own_buyers(user: Somebody) -> set[int]:
    """Return the buyers in whose orders or purses this person has a hand."""
    return standing(user).organisations(*PURSE_ROLES)


def access_deputy_new(user: Somebody) -> None:
    """Refuse whoever approves nothing, and so has nobody to name."""
    if not names_deputies(user):
        raise PermissionDenied


def access_deputy_to_end(user: Somebody, deputy_id: int) -> ApprovalDeputy:
    """Return a deputy that this person named."""
    row = get_object_or_404(deputies_of(user), pk=deputy_id)
    if not user.is_authenticated or row.person_id != user.person_id:
        raise PermissionDenied
    return row


def access_plans(user: Somebody) -> None:
    """Refuse whoever has no work with a buyer's purses, and answers for nobody who has."""
    if not looks_into_purses(user) and not _deputised(user).exists():
        raise PermissionDenied


def looks_into_purses(user: Somebody) -> bool:
    """Return whether this person has work with a buyer's purses; somebody's deputy may have none."""
    return standing(user).has(Role.AUDITOR, *PURSE_ROLES)


def _deputised(user: Somebody, *roles: Role) -> QuerySet[ApprovalDeputy, int]:
    return buyers_deputised(user, clock.county_day(clock.now()), *roles)


def sends_plans(user: Somebody) -> bool:
    """Return whether this person sends plans of any purse."""
    return standing(user).has(Role.BUYER, Role.UNION_TREASURER)


def access_plan_new(user: Somebody) -> list[Fund]:
    """Return the purses of which this person may send a plan, those of this year first."""
    if not sends_plans(user):
        raise PermissionDenied
    this_year = clock.county_day(clock.now()).year
    funds = [fund for fund in funds_seen_by(user) if can_send_plan(user, fund)]
    return sorted(funds, key=lambda fund: fund.fiscal_year != this_year)


def access_plan_draft(user: User, draft_id: int) -> PlanDraft:
    """Return a draft of this person's own."""
    if not sends_plans(user):
        raise PermissionDenied
    return get_object_or_404(drafts_of(user), pk=draft_id)


def access_fund_to_plan(user: Somebody, fund_id: int) -> Fund:
    """Return a purse of which this person may send a plan."""
    fund = access_fund(user, fund_id)
    if not can_send_plan(user, fund):
        raise PermissionDenied
    return fund


def access_plan(user: Somebody, plan_id: int) -> PurchasePlan:
    """Return a plan this person may read."""
    return get_object_or_404(plans_seen_by(user).select_related("signed_list"), pk=plan_id)


def access_plan_to_decide(user: Somebody, plan_id: int) -> PurchasePlan:
    """Return a plan this person may approve or refuse."""
    plan = access_plan(user, plan_id)
    if not can_decide_plan(user, plan):
        raise PermissionDenied
    return plan


def access_plan_to_end(user: Somebody, plan_id: int) -> PurchasePlan:
    """Return a plan this person may take back or close."""
    plan = access_plan(user, plan_id)
    if not can_send_plan(user, plan.fund):
        raise PermissionDenied
    return plan


def access_plan_to_prepare(user: Somebody, plan_id: int) -> PurchasePlan:
    """Return a plan whose notice and quotes this person brings: one that it may send."""
    return access_plan_to_end(user, plan_id)


def access_plan_objection(user: Somebody, plan_id: int, objection_id: UUID) -> Objection:
    """Return an objection to a plan that this person decides."""
    plan = access_plan_to_decide(user, plan_id)
    return get_object_or_404(objections_to(plan).select_related("line__notice__by"), pk=objection_id)


def can_close_plan(user: Somebody, plan: PurchasePlan) -> bool:
    """Return whether this person closes this plan: the chair or a deputy where it has a signed list, else who sends."""
    if has_list(plan):
        return can_decide_plan(user, plan)
    return can_send_plan(user, plan.fund)


def access_plan_to_close(user: Somebody, plan_id: int) -> PurchasePlan:
    """Return a plan this person may close."""
    plan = access_plan(user, plan_id)
    if not can_close_plan(user, plan):
        raise PermissionDenied
    return plan


def can_read_signed_list(user: Somebody, plan: PurchasePlan) -> bool:
    """Return whether this person reads who got what of this plan: keeps or chairs the union, deputises, or audits."""
    return reads_signed_lists(user, plan.organisation_id)


def reads_signed_lists(user: Somebody, organisation_id: int) -> bool:
    """Return whether this person reads the signed lists of a buyer's union; its chair's deputy does."""
    place = standing(user)
    if place.has(Role.AUDITOR) or organisation_id in place.organisations(*UNION_ROLES):
        return True
    return _deputised(user, Role.UNION_CHAIR).filter(organisation=organisation_id).exists()


def can_prepare_list(user: Somebody, plan: PurchasePlan) -> bool:
    """Return whether this person prepares the signed list of this plan, and reads its names: the union's treasurer."""
    return plan.organisation_id in standing(user).organisations(Role.UNION_TREASURER)


def access_plan_of_list(user: Somebody, plan_id: int) -> PurchasePlan:
    """Return a plan of which this person reads the signed list."""
    plan = access_plan(user, plan_id)
    if not can_read_signed_list(user, plan):
        raise PermissionDenied
    return plan


def access_plan_to_list(user: Somebody, plan_id: int) -> PurchasePlan:
    """Return a plan of which this person opens the signed list."""
    plan = access_plan(user, plan_id)
    if not can_prepare_list(user, plan):
        raise PermissionDenied
    return plan


def access_signed_list(user: Somebody, plan_id: int) -> SignedList:
    """Return the signed list of a plan, as this person reads it."""
    plan = access_plan_of_list(user, plan_id)
    return get_object_or_404(signed_lists_seen_by(user), plan=plan)


def access_signed_list_to_prepare(user: Somebody, plan_id: int) -> SignedList:
    """Return the signed list of a plan that this person prepares."""
    plan = access_plan_to_list(user, plan_id)
    return get_object_or_404(signed_lists_seen_by(user), plan=plan)


def _kitchens(user: Somebody) -> QuerySet[Organisation]:
    """Return the buyers with a canteen for which this person orders, the first registered first."""
    own = Organisation.objects.filter(pk__in=standing(user).organisations(Role.BUYER), canteen__isnull=False)
    return own.exclude(canteen__mode=Canteen.Mode.NONE).select_related("canteen").order_by("pk")


def publishes_menus(user: Somebody) -> bool:
    """Return whether this person publishes the menu of some kitchen."""
    return standing(user).has(Role.BUYER) and _kitchens(user).exists()


def access_kitchen(user: Somebody, organisation_id: int | None = None) -> Organisation:
    """Return the kitchen whose menu this person publishes: the one named, or the first."""
    own = _kitchens(user) if organisation_id is None else _kitchens(user).filter(pk=organisation_id)
    kitchen = own.first()
    if kitchen is None:
        raise PermissionDenied
    return kitchen


def access_members(user: Somebody) -> None:
    """Let in whoever keeps or chairs a union, and the auditor."""
    if not standing(user).has(Role.AUDITOR, *UNION_ROLES):
        raise PermissionDenied


def brings_members(user: Somebody) -> bool:
    """Return whether this person brings the list of a union's members."""
    return standing(user).has(Role.UNION_TREASURER)


def access_union_to_list(user: Somebody) -> Organisation:
    """Return the buyer for whose union this person brings the list of members; of several the first registered."""
    own = Organisation.objects.filter(pk__in=standing(user).organisations(Role.UNION_TREASURER)).order_by("pk").first()
    if own is None:
        raise PermissionDenied
    return own


def access_list(user: Somebody, list_id: UUID) -> UnionList:
    """Return a list of members this person may look at."""
    return get_object_or_404(lists_seen_by(user), pk=list_id)


def can_decide_list(user: Somebody, row: UnionList) -> bool:
    """Return whether this person enters or refuses a list: the chair of the union."""
    return row.organisation_id in standing(user).organisations(Role.UNION_CHAIR)


def can_end_list(user: Somebody, row: UnionList) -> bool:
    """Return whether this person takes a list back: the treasurer of the union."""
    return row.organisation_id in standing(user).organisations(Role.UNION_TREASURER)


def access_list_to_decide(user: Somebody, list_id: UUID) -> UnionList:
    """Return a list this person may enter or refuse."""
    row = access_list(user, list_id)
    if not can_decide_list(user, row):
        raise PermissionDenied
    return row


def access_list_to_end(user: Somebody, list_id: UUID) -> UnionList:
    """Return a list this person may take back."""
    row = access_list(user, list_id)
    if not can_end_list(user, row):
        raise PermissionDenied
    return row
