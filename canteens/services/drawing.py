"""Draw on a purchase plan: what its orders hold and take of its fund counts against what two people agreed to.

Whoever draws has locked the fund's account in this transaction: a plan's row never waits for another order.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from canteens.models import Fund, PlanGoods, PurchasePlan, PurchasePlanStatus
from canteens.selectors.plan_goods import goods_name, goods_of
from kernel import weight
from kernel.dates import period_words
from kernel.errors import DomainError
from kernel.money import price_per_jin, yuan
from kernel.present import known, name_of
from produce.models import Produce

# What is ordered counts on the goods of its own name, or on its class where the plan does not name it; what was placed
# before counts where it was counted then. Nothing of it is counted while the plan's money is not.
_DRAW = """
WITH drawn AS (
    UPDATE canteens_purchaseplan
    SET held_fen = held_fen + %(held)s::bigint, accepted_fen = accepted_fen + %(accepted)s::bigint
    WHERE id = %(plan)s AND (%(held)s <= 0 OR status = 'approved') AND (
        %(held)s + %(accepted)s <= 0 OR held_fen + accepted_fen + %(held)s + %(accepted)s
            <= least(total_fen, CASE WHEN per_head_fen IS NULL THEN total_fen ELSE per_head_fen * members END)
    )
    RETURNING id
), wanted AS (
    SELECT * FROM unnest(
        %(goods)s::bigint[], %(produce)s::bigint[], %(held_g)s::bigint[], %(accepted_g)s::bigint[],
        %(price)s::bigint[], %(unit)s::bigint[]
    ) WITH ORDINALITY AS w (goods_id, produce_id, held_g, accepted_g, price_fen, price_unit_g, line)
), fits AS (
    SELECT DISTINCT ON (w.line) w.line, w.held_g, w.accepted_g, g.id,
        g.ceiling_fen IS NULL OR w.price_fen * 500 <= g.ceiling_fen * w.price_unit_g AS within_ceiling
    FROM wanted AS w
    LEFT JOIN produce_produce AS p ON p.id = w.produce_id
    JOIN canteens_plangoods AS g ON g.plan_id = %(plan)s
        AND (g.id = w.goods_id OR g.produce_id = p.id OR g.category_id = p.category_id)
    ORDER BY w.line, g.produce_id NULLS LAST
), sums AS (
    SELECT id, sum(held_g) AS held_g, sum(accepted_g) AS accepted_g FROM fits GROUP BY id
), written AS (
    UPDATE canteens_plangoods AS g
    SET held_g = g.held_g + s.held_g, accepted_g = g.accepted_g + s.accepted_g
    FROM sums AS s, drawn
    WHERE g.id = s.id AND (
        s.held_g + s.accepted_g <= 0 OR g.quantity_g IS NULL
        OR g.held_g + g.accepted_g + s.held_g + s.accepted_g <= g.quantity_g
    )
    RETURNING g.id
)
SELECT EXISTS (SELECT FROM drawn), w.line - 1, f.id, f.within_ceiling, f.id IN (SELECT id FROM written)
FROM (SELECT) AS one LEFT JOIN wanted AS w ON true LEFT JOIN fits AS f ON f.line = w.line ORDER BY w.line
"""


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


class NotOfThePlan(PlanRefuses):
    code = "not_of_the_plan"

    def __init__(self, plan: PurchasePlan, produce: Produce) -> None:
        named = pgettext("list", ", ").join(goods_name(row) for row in goods_of(plan))
        super().__init__(
            _(
                "The purchase plan %(occasion)s (record %(record)s) does not name %(produce)s; it names %(goods)s. "
                "Order it outside the plan, or have a plan made for it."
            )
            % {
                "occasion": plan.occasion,
                "record": plan.committee_record,
                "produce": name_of(produce),
                "goods": named,
            }
        )


class AboveThePlansPrice(PlanRefuses):
    code = "above_the_plans_price"

    def __init__(self, plan: PurchasePlan, goods: PlanGoods, produce: Produce, price: str) -> None:
        super().__init__(
            _(
                "By the purchase plan %(occasion)s (record %(record)s) %(goods)s costs at most %(most)s yuan a jin; "
                "%(produce)s is offered at %(price)s. Choose cheaper lots, order it outside the plan, or have a plan "
                "made for it."
            )
            % {
                "occasion": plan.occasion,
                "record": plan.committee_record,
                "goods": goods_name(goods),
                "most": price_per_jin(known(goods.ceiling_fen), 500),
                "produce": name_of(produce),
                "price": price,
            }
        )


class GoodsUsedUp(PlanRefuses):
    code = "plan_goods_used_up"

    def __init__(self, plan: PurchasePlan, goods: PlanGoods, needed_g: int) -> None:
        super().__init__(
            _(
                "Of %(goods)s the purchase plan %(occasion)s (record %(record)s) has %(left)s of %(quantity)s left; "
                "%(needed)s are needed. Take less, order it outside the plan, or have a plan made for it."
            )
            % {
                "goods": goods_name(goods),
                "occasion": plan.occasion,
                "record": plan.committee_record,
                "left": weight.both(max(0, known(goods.left_g()))),
                "quantity": weight.both(known(goods.quantity_g)),
                "needed": weight.both(needed_g),
            }
        )


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


@dataclass(frozen=True, slots=True)
class Drawn:
    """How much more, or less, of one of a plan's goods is held and taken, in grams.

    What is ordered anew says its produce and its dearest price, and finds its goods; what was placed before names them.
    """

    held_g: int = 0
    accepted_g: int = 0
    goods_id: int | None = None
    produce_id: int | None = None
    price_fen: int = 0
    price_unit_g: int = 1


def draw_order(
    plan: PurchasePlan, held_fen: int, drawn: Sequence[Drawn], *, fund: Fund, deliver_on: dt.date
) -> list[int]:
    """Count what a new order holds against the plan it names, or refuse it in words; return the goods of each line.

    The fund's account is locked.
    """
    require_fits(plan, fund, deliver_on)
    return draw(plan.pk, drawn, held_fen=held_fen)


def require_fits(plan: PurchasePlan, fund: Fund, deliver_on: dt.date) -> None:
    """Refuse a plan of another fund or of other days."""
    if plan.fund_id != fund.pk or plan.organisation_id != fund.organisation_id:
        raise PlanOfOtherFund(plan)
    if not plan.from_on <= deliver_on <= plan.to_on:
        raise PlanOfOtherDays(plan)


def require_named(plan: PurchasePlan, produce: Produce) -> PlanGoods:
    """Return the goods of a plan on which a produce counts, its own before its class; refuse what it does not name."""
    for row in sorted(goods_of(plan), key=lambda row: row.produce_id is None):
        if row.produce_id == produce.pk or row.category_id == produce.category_id:
            return row
    raise NotOfThePlan(plan, produce)


def require_within_price(plan: PurchasePlan, goods: PlanGoods, produce: Produce, price_fen: int, unit_g: int) -> None:
    """Refuse a price above what a plan says of these goods."""
    if goods.ceiling_fen is not None and price_fen * 500 > goods.ceiling_fen * unit_g:
        raise AboveThePlansPrice(plan, goods, produce, price_per_jin(price_fen, unit_g))


def draw(plan_id: int, drawn: Sequence[Drawn], *, held_fen: int = 0, accepted_fen: int = 0) -> list[int]:
    """Count that so much more, or less, is held and taken by a plan's orders, in money and goods; return the goods.

    What is above the plan is refused in words. One statement; what is new is drawn of an approved plan alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _DRAW,
            {
                "plan": plan_id,
                "held": held_fen,
                "accepted": accepted_fen,
                "goods": [one.goods_id for one in drawn],
                "produce": [one.produce_id for one in drawn],
                "held_g": [one.held_g for one in drawn],
                "accepted_g": [one.accepted_g for one in drawn],
                "price": [one.price_fen for one in drawn],
                "unit": [one.price_unit_g for one in drawn],
            },
        )
        rows = cursor.fetchall()
    if not rows[0][0]:
        _refuse_plan(plan_id, held_fen, held_fen + accepted_fen)
    if not drawn:
        return []
    for _money, line, goods_id, within_ceiling, written in rows:
        if not (goods_id and within_ceiling and written):
            _refuse_goods(plan_id, drawn, line, goods_id, [row[2] for row in rows])
    return [row[2] for row in rows]


def _refuse_plan(plan_id: int, held_fen: int, more_fen: int) -> None:
    plan = PurchasePlan.objects.get(pk=plan_id)
    if held_fen > 0 and plan.status != PurchasePlanStatus.APPROVED:
        raise PlanNotApproved(plan)
    raise PlanUsedUp(plan, more_fen)


def _refuse_goods(
    plan_id: int, drawn: Sequence[Drawn], line: int, goods_id: int | None, by_line: Sequence[int | None]
) -> None:
    """Say what of a plan's goods the line of an order does not fit: its name, its price, how much is left."""
    plan, one = PurchasePlan.objects.get(pk=plan_id), drawn[line]
    if goods_id is None:
        raise NotOfThePlan(plan, Produce.objects.get(pk=known(one.produce_id)))
    goods = next(row for row in goods_of(plan) if row.pk == goods_id)
    if one.produce_id is not None:
        produce = Produce.objects.get(pk=one.produce_id)
        require_within_price(plan, goods, produce, one.price_fen, one.price_unit_g)
    same = [other for other, row in zip(drawn, by_line, strict=True) if row == goods_id]
    raise GoodsUsedUp(plan, goods, sum(other.held_g + other.accepted_g for other in same))
