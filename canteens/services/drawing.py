"""Draw on a purchase plan: what its orders hold and take of its fund counts against what two people agreed to.

Whoever draws has locked the fund's account in this transaction: a plan's row never waits for another order.
"""

import datetime as dt

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from canteens.models import Fund, PurchasePlan, PurchasePlanStatus
from kernel.dates import period_words
from kernel.errors import DomainError
from kernel.money import yuan


class PlanRefuses(DomainError):
    """A purchase plan that an order cannot draw on."""

    code = "plan_refuses"


class PlanUsedUp(PlanRefuses):
    code = "plan_used_up"

    def __init__(self, plan: PurchasePlan, needed_fen: int) -> None:
        super().__init__(
            _(
                "The purchase plan %(occasion)s (record %(record)s) has %(left)s yuan left; %(needed)s yuan is needed. "
                "Take less, order without the plan, or have a new plan approved."
            )
            % {
                "occasion": plan.occasion,
                "record": plan.committee_record,
                "left": yuan(max(0, plan.left_fen())),
                "needed": yuan(needed_fen),
            }
        )
        self.left_fen, self.needed_fen = plan.left_fen(), needed_fen


class PlanNotApproved(PlanRefuses):
    code = "plan_not_approved"

    def __init__(self, plan: PurchasePlan) -> None:
        super().__init__(
            _("The purchase plan %(occasion)s is not open for orders: %(status)s. Choose another plan, or none.")
            % {"occasion": plan.occasion, "status": PurchasePlanStatus(plan.status).label}
        )


class PlanOfOtherDays(PlanRefuses):
    code = "plan_of_other_days"

    def __init__(self, plan: PurchasePlan) -> None:
        super().__init__(
            _("The purchase plan %(occasion)s covers %(days)s. Choose a delivery day of these, another plan, or none.")
            % {"occasion": plan.occasion, "days": period_words(plan.from_on, plan.to_on)}
        )


class PlanOfOtherFund(PlanRefuses):
    code = "plan_of_other_fund"

    def __init__(self, plan: PurchasePlan) -> None:
        super().__init__(
            _("The purchase plan %(occasion)s is of another fund. Choose that fund, another plan, or none.")
            % {"occasion": plan.occasion}
        )


def draw_order(plan: PurchasePlan, held_fen: int, *, fund: Fund, deliver_on: dt.date) -> None:
    """Count what a new order holds against the plan it names, or refuse it in words; the fund's account is locked."""
    require_fits(plan, fund, deliver_on)
    draw(plan.pk, held_fen=held_fen)


def require_fits(plan: PurchasePlan, fund: Fund, deliver_on: dt.date) -> None:
    """Refuse a plan of another fund or of other days."""
    if plan.fund_id != fund.pk or plan.organisation_id != fund.organisation_id:
        raise PlanOfOtherFund(plan)
    if not plan.from_on <= deliver_on <= plan.to_on:
        raise PlanOfOtherDays(plan)


def draw(plan_id: int, *, held_fen: int = 0, accepted_fen: int = 0) -> None:
    """Count that so much more, or less, is held and taken by a plan's orders; refuse what is above it, in words.

    One statement; what is new is drawn of an approved plan alone.
    """
    more_fen = held_fen + accepted_fen
    plans = PurchasePlan.objects.filter(pk=plan_id)
    if held_fen > 0:
        plans = plans.filter(status=PurchasePlanStatus.APPROVED)
    if more_fen > 0:
        drawn = F("held_fen") + F("accepted_fen") + more_fen
        capped = Q(per_head_fen=None) | Q(members__isnull=False, drawn__lte=F("per_head_fen") * F("members"))
        plans = plans.alias(drawn=drawn).filter(capped, drawn__lte=F("total_fen"))
    written = plans.update(held_fen=F("held_fen") + held_fen, accepted_fen=F("accepted_fen") + accepted_fen)
    if written:
        return
    plan = PurchasePlan.objects.get(pk=plan_id)
    if held_fen > 0 and plan.status != PurchasePlanStatus.APPROVED:
        raise PlanNotApproved(plan)
    raise PlanUsedUp(plan, more_fen)
