"""Keep the lots of a chosen plan, or of all lines of a basket, for a buyer for some minutes; let them go, order them.

What is kept for one person and buyer has one clock, and ends together. Only kilos are kept, never money. Locks: the
buyer (what it keeps is weighed together, and moved on by one at a time), then lots by id.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from itertools import count

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.selectors import standing
from canteens.models import Fund, PurchasePlan
from catalog.models import Listing, Movement
from catalog.services import kilos
from catalog.services.smallest import require_enough
from kernel import clock, weight
from kernel.errors import DomainError
from kernel.workflow import IllegalMove
from orders.models import KeptLot, KeptPlan, KeptStatus, PurchaseOrder
from orders.selectors import plans as planning
from orders.selectors.keeping import is_running, kept_g, kept_now, planned
from orders.selectors.plans import Plan, Want, want_of
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


@transaction.atomic
def keep_lines(buyer: Organisation, wants: Sequence[Want], *, by: User, at: dt.datetime) -> list[KeptPlan]:
    """Keep the lots of the fair plan of each line, all of them under one clock.

    Lines for which there are none stay out. Lines that are kept already stay kept, and the others join their clock;
    what is no line any more is let go.
    """
    old = lock_kept(by, buyer)
    return hold(buyer, old, planned(wants, old, buyer=buyer, at=at), of_basket=True, by=by, at=at)


def _keep(
    buyer: Organisation, want: Want, kind: str, *, shown: str | None, capped: bool, by: User, at: dt.datetime
) -> KeptPlan:
    old = lock_kept(by, buyer)
    plan = planning.plan_of(kind, want, buyer=buyer, at=at, own=old)
    if plan is None or (shown is not None and plan.print != shown):
        raise PlanChanged
    return hold(buyer, old, [(plan, None)], of_basket=False, capped=capped, by=by, at=at)[0]


def hold(
    buyer: Organisation,
    old: Sequence[KeptPlan],
    plans: Sequence[tuple[Plan, KeptPlan | None]],
    *,
    of_basket: bool,
    capped: bool = True,
    by: User,
    at: dt.datetime,
) -> list[KeptPlan]:
    """Keep the lots of these plans under one clock; of `old`, all that is kept now, let go of what is none of them."""
    today = clock.county_day(at)
    stays = [kept for _plan, kept in plans if kept]
    fresh = [plan for plan, kept in plans if kept is None and plan.split.picks]
    if not stays and not fresh:
        raise PlanChanged
    ended = [kept for kept in old if kept not in stays]
    most_g = policy("plan_kept_most_g", today)
    if capped and kept_g(buyer, ended) + sum(plan.weight_g for plan in fresh) > most_g:
        raise KeptTooMuch(most_g)
    freed = list(KeptLot.objects.filter(kept__in=ended)) if ended else []
    wishes = [wish_of(plan) for plan in fresh]
    taken = {take.listing_id for wish in wishes for take in wish.takes}
    listings = kilos.lock_listings(taken | {lot.listing_id for lot in freed})
    _require_as_shown(wishes, fresh, listings, freed, by)
    since_at, until_at, extended = _clock_of(stays, ended, fresh, at)
    end(ended, by=by, at=at)
    numbers = (number for number in count(1) if number not in {kept.number for kept in stays})
    rows = [
        KeptPlan(
            buyer=buyer,
            by=by,
            of_basket=of_basket,
            number=next(numbers),
            produce=plan.want.produce,
            grade=plan.want.grade,
            asked=plan.want.asked,
            deliver_on=plan.want.deliver_on,
            ceiling_fen_per_kg=plan.want.ceiling_fen_per_kg,
            listing_id=plan.want.listing_id,
            parcel_g=plan.want.parcel_g,
            plan=plan.kind,
            seed=plan.split.seed,
            at=at,
            since_at=since_at,
            until_at=until_at,
            extended=extended,
        )
        for plan in fresh
    ]
    KeptPlan.begin_all(rows, by=by, at=at)
    lots = [lot for kept, wish in zip(rows, wishes, strict=True) for lot in _lots(kept, wish)]
    side = Movement.Side
    moves = [
        kilos.KiloMove(lot.listing_id, side.FREE, side.RESERVED, lot.quantity, f"{lot.reference}:hold")
        for lot in KeptLot.objects.bulk_create(lots)
    ]
    kilos.move_kilos([*placing.given_back(freed), *moves], by=by, at=at, listings=listings, fresh=True)
    for listing_id in taken:  # kilos that stay reserved are asked by nobody else
        kilos.require_on_sale(listings[listing_id], today)
    return [*stays, *rows]


@transaction.atomic
def extend(kept: KeptPlan, *, by: User, at: dt.datetime) -> KeptPlan:
    """Keep the lots of a plan, and of those kept with it, for as long again, once."""
    rows = _running_with(kept, by, at)
    minutes = dt.timedelta(minutes=policy("plan_kept_minutes", clock.county_day(at)))
    kept = rows[0]
    until_at = min(kept.until_at + minutes, kept.since_at + 2 * minutes)
    if kept.extended or until_at <= kept.until_at:
        raise KeptTwice
    for row in rows:
        row.until_at, row.extended = until_at, True
    KeptPlan.objects.bulk_update(rows, ["until_at", "extended"])
    return kept


@transaction.atomic
def let_go(kept: KeptPlan, *, by: User, at: dt.datetime) -> KeptPlan:
    """Free what is kept, with all that is kept with it, before its time: the buyer wants something else."""
    rows = lock_kept(kept.by, kept.buyer)
    if kept.by_id != by.pk or kept not in rows:
        raise IllegalMove
    _free(rows, by=by, at=at)
    return next(row for row in rows if row == kept)


@transaction.atomic
def end_over(kept: KeptPlan, *, at: dt.datetime) -> bool:
    """Free what is kept, with all that is kept with it, once its time is over; return whether there was anything."""
    over = [row for row in lock_kept(kept.by, kept.buyer) if at >= row.until_at]
    if over:
        _free(over, by=None, at=at)
    return bool(over)


@transaction.atomic
def order_kept(
    kept: KeptPlan,
    fund: Fund,
    *,
    shown: str | None = None,
    on_plan: PurchasePlan | None = None,
    kitchen: int | None = None,
    by: User,
    at: dt.datetime,
) -> PurchaseOrder:
    """Order what is kept, a basket with all its lines, and ask its sellers; it ends in the same transaction.

    With `shown`, the print of what the buyer saw of a plan alone, goods are ordered at the prices of now; without it at
    the prices at which they were kept. Either is refused where a price has changed since.
    """
    rows = _running_with(kept, by, at)
    if shown is not None:
        plan = planning.plan_kept(rows[0], at=at)
        if rows[0].of_basket or plan.print != shown:
            raise PlanChanged
        lines = [wish_of(plan, rows[0])]
    else:
        prefetch_related_objects(rows, "lots")
        lines = [_wish_as_kept(row) for row in sorted(rows, key=lambda row: row.number)]
    order = placing.place(
        buyer=kept.buyer,
        fund=fund,
        deliver_on=rows[0].deliver_on,
        lines=lines,
        plan=on_plan,
        kitchen=kitchen,
        by=by,
        at=at,
    )
    if not order.needs_approval:
        asking.ask_sellers(order, at=at)
    return order


@transaction.atomic
def order_now(
    buyer: Organisation,
    fund: Fund,
    want: Want,
    kind: str,
    *,
    shown: str,
    on_plan: PurchasePlan | None = None,
    kitchen: int | None = None,
    by: User,
    at: dt.datetime,
) -> PurchaseOrder:
    """Order a plan that is not kept, as it was shown, and ask its sellers.

    What the same person keeps of these goods is free for it, and let go for it with all that is kept with that.
    """
    if any(row.produce_id == want.produce.pk for row in kept_now(by, buyer)):
        kept = _keep(buyer, want, kind, shown=shown, capped=False, by=by, at=at)
        return order_kept(kept, fund, shown=shown, on_plan=on_plan, kitchen=kitchen, by=by, at=at)
    plan = planning.plan_of(kind, want, buyer=buyer, at=at)
    if plan is None or plan.print != shown:
        raise PlanChanged
    order = placing.place(
        buyer=buyer,
        fund=fund,
        deliver_on=want.deliver_on,
        lines=[wish_of(plan)],
        plan=on_plan,
        kitchen=kitchen,
        by=by,
        at=at,
    )
    if not order.needs_approval:
        asking.ask_sellers(order, at=at)
    return order


def lock_buyer(buyer: Organisation) -> None:
    """Let nobody else keep or order anything for this buyer, or move on what it keeps, until this transaction ends."""
    placing.turn_of(buyer.pk).get()


def lock_kept(by: User, buyer: Organisation) -> list[KeptPlan]:
    """Return what is kept for a person and buyer, its time over or not, and let nobody else move it on."""
    lock_buyer(buyer)
    return kept_now(by, buyer)


def require_running(kept: KeptPlan, by: User, at: dt.datetime) -> None:
    """Refuse a plan that is another person's, or kept no longer."""
    if kept.by_id != by.pk:
        raise IllegalMove
    if not is_running(kept, at):
        raise KeptOver


def end(rows: Sequence[KeptPlan], *, by: User | None, at: dt.datetime) -> None:
    """Write down that plans of one clock are kept no longer; their kilos are freed by whoever asks this."""
    if not rows:
        return
    for row in rows:
        row.ended_at = at
    status = KeptStatus.LET_GO if by and at < rows[0].until_at else KeptStatus.OVER
    KeptPlan.move_all(rows, status, by=by, at=at, along=("ended_at",))


def wish_of(plan: Plan, kept: KeptPlan | None = None) -> Wish:
    """Return a plan as a line to order, and who keeps it; of shares that were changed as much as they are together."""
    want = plan.want
    takes = (
        Take(pick.lot.listing_id, pick.quantity, pick.lot.price_fen, pick.lot.price_unit_g, written(pick.why))
        for pick in plan.split.picks
    )
    return Wish(
        produce_id=want.produce.pk,
        takes=tuple(takes),
        asked_g=0 if kept and kept.made_from_id else want.asked_g,
        grade_id=want.grade.pk if want.grade else None,
        ceiling_fen_per_kg=want.ceiling_fen_per_kg,
        plan=plan.kind,
        seed=plan.split.seed,
        parcel_g=want.parcel_g,
        kept=kept,
    )


def _wish_as_kept(kept: KeptPlan) -> Wish:
    takes = (Take(lot.listing_id, lot.quantity, lot.price_fen, lot.price_unit_g, lot.why) for lot in kept.lots.all())
    return Wish(
        produce_id=kept.produce_id,
        takes=tuple(takes),
        asked_g=0 if kept.made_from_id else want_of(kept).asked_g,
        grade_id=kept.grade_id,
        ceiling_fen_per_kg=kept.ceiling_fen_per_kg,
        plan=kept.plan,
        seed=kept.seed,
        parcel_g=kept.parcel_g,
        kept=kept,
    )


def _require_as_shown(
    wishes: Sequence[Wish], plans: Sequence[Plan], listings: dict[int, Listing], freed: Sequence[KeptLot], by: User
) -> None:
    """Refuse lots that are no longer as they were shown, and less of them than their sellers hand over."""
    who, own = standing(by), Counter[int]()
    for lot in freed:
        own[lot.listing_id] += lot.quantity
    for wish, plan in zip(wishes, plans, strict=True):
        for take in wish.takes:
            placing.require_as_shown(wish, take, listings.get(take.listing_id), plan.want.deliver_on, who)
            require_enough(listings[take.listing_id], take.quantity, own[take.listing_id])


def _clock_of(
    stays: Sequence[KeptPlan], ended: Sequence[KeptPlan], fresh: Sequence[Plan], at: dt.datetime
) -> tuple[dt.datetime, dt.datetime, bool]:
    """Return since when and until when goods are kept, and whether that was put off: no produce longer than allowed."""
    if stays:
        return stays[0].since_at, stays[0].until_at, stays[0].extended
    minutes = dt.timedelta(minutes=policy("plan_kept_minutes", clock.county_day(at)))
    goods = {plan.want.produce.pk for plan in fresh}
    goes_on = [kept.since_at for kept in ended if kept.produce_id in goods and at < kept.until_at]
    since_at = min(goes_on, default=at)
    return since_at, min(at + minutes, since_at + 2 * minutes), False


def _lots(kept: KeptPlan, wish: Wish) -> list[KeptLot]:
    return [
        KeptLot(
            kept=kept,
            listing_id=take.listing_id,
            quantity=take.quantity,
            price_fen=take.price_fen,
            price_unit_g=take.price_unit_g,
            why=take.why[:200],
        )
        for take in wish.takes
    ]


def _running_with(kept: KeptPlan, by: User, at: dt.datetime) -> list[KeptPlan]:
    """Lock what is kept with a plan, itself first; refuse it where it is another person's, or kept no longer."""
    rows = lock_kept(kept.by, kept.buyer)
    mine = next((row for row in rows if row == kept), None)
    if mine is None:
        kept.refresh_from_db()
    require_running(mine or kept, by, at)
    return sorted(rows, key=lambda row: row != kept)


def _free(rows: Sequence[KeptPlan], *, by: User | None, at: dt.datetime) -> None:
    """End locked plans and free their kilos."""
    lots = list(KeptLot.objects.filter(kept__in=rows))
    end(rows, by=by, at=at)
    kilos.move_kilos(placing.given_back(lots), by=by, at=at, fresh=True)
