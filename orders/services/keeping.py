"""Keep the lots of a chosen plan for its buyer for some minutes; let them go, or order them.

Only kilos are kept, never money. Locks: the buyer (its plans are weighed together), the plan, then lots by id.
"""

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.selectors import standing
from canteens.models import Fund
from catalog.models import Movement
from catalog.services import kilos
from catalog.services.smallest import require_enough
from kernel import clock, weight
from kernel.errors import DomainError
from kernel.workflow import IllegalMove, change, lock
from orders.models import KeptLot, KeptPlan, KeptStatus, PurchaseOrder
from orders.selectors import plans as planning
from orders.selectors.keeping import is_running, kept_g, kept_now
from orders.selectors.plans import Plan, Want
from orders.selectors.reasons import written
from orders.services import asking, placing
from orders.services.placing import Take, Wish
from records.selectors.policy import policy


class PlanChanged(DomainError):
    """The lots moved between looking and ordering."""

    code = "plan_changed"
    message = _("Some of these lots have just changed. Here is the plan as it is now; look at it again.")


class KeptOver(DomainError):
    code = "kept_over"
    message = _("The time for which these goods were kept is over. Here is the plan as it is now; look at it again.")


class KeptTwice(DomainError):
    code = "kept_twice"
    message = _("The time was made longer once already. Order now, or let the goods go.")


class KeptTooMuch(DomainError):
    code = "kept_too_much"

    def __init__(self, most_g: int) -> None:
        super().__init__(
            _("At most %(most)s are kept for one buyer at a time. Order at once without keeping, or choose less.")
            % {"most": weight.both(most_g)}
        )


@transaction.atomic
def keep(
    buyer: Organisation, want: Want, kind: str, *, shown: str | None = None, by: User, at: dt.datetime
) -> KeptPlan:
    """Keep the lots of this plan; what was kept for the same person and buyer before is let go in the same stroke.

    `shown` is the print of the plan that the buyer saw: another one is not kept. Goods of one produce are kept on end
    for twice `plan_kept_minutes` at most, however often another plan is chosen.
    """
    return _keep(buyer, want, kind, shown=shown, capped=True, by=by, at=at)


def _keep(
    buyer: Organisation, want: Want, kind: str, *, shown: str | None, capped: bool, by: User, at: dt.datetime
) -> KeptPlan:
    today = clock.county_day(at)
    lock_buyer(buyer)
    old = _locked_now(by, buyer)
    plan = planning.plan_of(kind, want, buyer=buyer, at=at, own=old)
    if plan is None or not plan.split.picks or (shown is not None and plan.print != shown):
        raise PlanChanged
    most_g = policy("plan_kept_most_g", today)
    if capped and kept_g(buyer, old) + plan.weight_g > most_g:
        raise KeptTooMuch(most_g)
    freed = list(old.lots.all()) if old else []
    taken = {pick.lot.listing_id for pick in plan.split.picks}
    listings = kilos.lock_listings(taken | {lot.listing_id for lot in freed})
    who, own = standing(by), {lot.listing_id: lot.quantity for lot in freed}
    wish = _wish(plan)
    for take in wish.takes:
        placing.require_as_shown(wish, take, listings.get(take.listing_id), want.deliver_on, who)
        require_enough(listings[take.listing_id], take.quantity, own.get(take.listing_id, 0))
    minutes = dt.timedelta(minutes=policy("plan_kept_minutes", today))
    since_at = old.since_at if old and old.produce_id == want.produce.pk and at < old.until_at else at
    if old:
        end(old, by=by, at=at)
    kept = KeptPlan(
        buyer=buyer,
        by=by,
        produce=want.produce,
        asked=want.asked,
        deliver_on=want.deliver_on,
        ceiling_fen_per_kg=want.ceiling_fen_per_kg,
        listing_id=want.listing_id,
        parcel_g=want.parcel_g,
        plan=plan.kind,
        seed=plan.split.seed,
        at=at,
        since_at=since_at,
        until_at=min(at + minutes, since_at + 2 * minutes),
    ).begin(by=by, at=at)
    lots = KeptLot.objects.bulk_create(
        KeptLot(
            kept=kept,
            listing_id=take.listing_id,
            quantity=take.quantity,
            price_fen=take.price_fen,
            price_unit_g=take.price_unit_g,
            why=take.why[:200],
        )
        for take in wish.takes
    )
    side = Movement.Side
    moves = [
        kilos.KiloMove(lot.listing_id, side.FREE, side.RESERVED, lot.quantity, f"{lot.reference}:hold") for lot in lots
    ]
    kilos.move_kilos([*placing.given_back(freed), *moves], by=by, at=at, listings=listings, fresh=True)
    for listing_id in taken:  # kilos that stay reserved are asked by nobody else
        kilos.require_on_sale(listings[listing_id], today)
    return kept


@transaction.atomic
def extend(kept: KeptPlan, *, by: User, at: dt.datetime) -> KeptPlan:
    """Keep the lots of a plan for as long again, once."""
    kept = lock(kept)
    require_running(kept, by, at)
    minutes = dt.timedelta(minutes=policy("plan_kept_minutes", clock.county_day(at)))
    until_at = min(kept.until_at + minutes, kept.since_at + 2 * minutes)
    if kept.extended or until_at <= kept.until_at:
        raise KeptTwice
    return change(kept, {"until_at": until_at, "extended": True})


@transaction.atomic
def let_go(kept: KeptPlan, *, by: User, at: dt.datetime) -> KeptPlan:
    """Free what is kept before its time: the buyer wants something else."""
    kept = lock(kept)
    if kept.by_id != by.pk or kept.status != KeptStatus.KEPT:
        raise IllegalMove
    lots = list(kept.lots.all())
    end(kept, by=by, at=at)
    kilos.move_kilos(placing.given_back(lots), by=by, at=at, fresh=True)
    return kept


@transaction.atomic
def end_over(kept: KeptPlan, *, at: dt.datetime) -> bool:
    """Free what is kept once its time is over; return whether there was something to free."""
    kept = lock(kept)
    if kept.status != KeptStatus.KEPT or at < kept.until_at:
        return False
    lots = list(kept.lots.all())
    end(kept, by=None, at=at)
    kilos.move_kilos(placing.given_back(lots), by=None, at=at, fresh=True)
    return True


@transaction.atomic
def order_kept(kept: KeptPlan, fund: Fund, *, shown: str | None = None, by: User, at: dt.datetime) -> PurchaseOrder:
    """Order what is kept, and ask its sellers; it ends in the same transaction.

    With `shown`, the print of what the buyer saw, goods are ordered at the prices of now; without it at the prices at
    which they were kept. Either is refused where a price has changed since.
    """
    kept = lock(kept)
    require_running(kept, by, at)
    plan = planning.plan_kept(kept, at=at)
    if shown is not None and plan.print != shown:
        raise PlanChanged
    line = _wish(plan) if shown is not None else _wish_as_kept(kept, plan.want)
    line = replace(line, asked_g=_asked_g(kept, plan.want))
    order = placing.place(
        buyer=kept.buyer, fund=fund, deliver_on=kept.deliver_on, lines=[line], by=by, at=at, kept=kept
    )
    if not order.needs_approval:
        asking.ask_sellers(order, at=at)
    return order


@transaction.atomic
def order_now(
    buyer: Organisation, fund: Fund, want: Want, kind: str, *, shown: str, by: User, at: dt.datetime
) -> PurchaseOrder:
    """Order a plan that is not kept, as it was shown, and ask its sellers.

    What the same person keeps of these goods is free for it, and let go for it.
    """
    old = kept_now(by, buyer)
    if old and old.produce_id == want.produce.pk:
        kept = _keep(buyer, want, kind, shown=shown, capped=False, by=by, at=at)
        return order_kept(kept, fund, shown=shown, by=by, at=at)
    plan = planning.plan_of(kind, want, buyer=buyer, at=at)
    if plan is None or plan.print != shown:
        raise PlanChanged
    order = placing.place(buyer=buyer, fund=fund, deliver_on=want.deliver_on, lines=[_wish(plan)], by=by, at=at)
    if not order.needs_approval:
        asking.ask_sellers(order, at=at)
    return order


def lock_buyer(buyer: Organisation) -> None:
    """Let nobody else keep anything for this buyer until this transaction ends: what it keeps is weighed together."""
    Organisation.objects.select_for_update(no_key=True).get(pk=buyer.pk)


def _locked_now(by: User, buyer: Organisation) -> KeptPlan | None:
    rows = KeptPlan.objects.filter(by=by, buyer=buyer, status=KeptStatus.KEPT)
    return rows.select_for_update(of=("self",)).select_related("produce").first()


def require_running(kept: KeptPlan, by: User, at: dt.datetime) -> None:
    """Refuse a plan that is another person's, or kept no longer."""
    if kept.by_id != by.pk:
        raise IllegalMove
    if not is_running(kept, at):
        raise KeptOver


def end(kept: KeptPlan, *, by: User | None, at: dt.datetime) -> None:
    """Write down that a locked plan is kept no longer; its kilos are freed by whoever asks this."""
    kept.ended_at = at
    status = KeptStatus.LET_GO if by and at < kept.until_at else KeptStatus.OVER
    kept.move_to(status, by=by, at=at, along=("ended_at",))


def _wish(plan: Plan) -> Wish:
    want = plan.want
    takes = (
        Take(pick.lot.listing_id, pick.quantity, pick.lot.price_fen, pick.lot.price_unit_g, written(pick.why))
        for pick in plan.split.picks
    )
    return Wish(
        produce_id=want.produce.pk,
        takes=tuple(takes),
        asked_g=want.asked_g,
        ceiling_fen_per_kg=want.ceiling_fen_per_kg,
        plan=plan.kind,
        seed=plan.split.seed,
        parcel_g=want.parcel_g,
    )


def _wish_as_kept(kept: KeptPlan, want: Want) -> Wish:
    takes = (Take(lot.listing_id, lot.quantity, lot.price_fen, lot.price_unit_g, lot.why) for lot in kept.lots.all())
    return Wish(
        produce_id=kept.produce_id,
        takes=tuple(takes),
        asked_g=want.asked_g,
        ceiling_fen_per_kg=kept.ceiling_fen_per_kg,
        plan=kept.plan,
        seed=kept.seed,
        parcel_g=kept.parcel_g,
    )


def _asked_g(kept: KeptPlan, want: Want) -> int:
    """Return what is asked for: of shares that were changed as much as they are together."""
    return 0 if kept.made_from_id else want.asked_g
