"""Plans whose shares their buyer changed: what each lot gives, before and after, by the rule and by hand."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Prefetch

from catalog.models import STILL_HANDED_OVER, Listing, ListingStatus
from kernel.present import known
from orders.models import KeptLot, KeptPlan, PurchaseOrder


@dataclass(frozen=True, slots=True)
class Part:
    """One lot of a kept plan, in its stock unit: by the rule, as it is kept now, and what it could give at most."""

    listing: Listing
    planned: int
    now: int
    most: int


@dataclass(frozen=True, slots=True)
class Reshared:
    """One change of shares on the way to an order: who and why stand on the plan, lot by lot before and after."""

    order_id: int
    plan: KeptPlan
    lots: list[tuple[Listing, int, int]]


def parts_of(kept: KeptPlan) -> list[Part]:
    """Return the lots of a kept plan as the rule chose them, those that give nothing any more among them."""
    now = dict(kept.lots.values_list("listing_id", "quantity"))
    lots = as_the_rule_made_it(kept).lots.select_related("listing__produce", "listing__village")
    rows = lots.select_related("listing__household", "listing__cooperative").order_by("pk")
    return [
        Part(row.listing, row.quantity, now.get(row.listing_id, 0), _most(row.listing, now.get(row.listing_id, 0)))
        for row in rows
    ]


def as_the_rule_made_it(kept: KeptPlan) -> KeptPlan:
    """Return the plan with which it began, before anybody changed its shares."""
    return kept.made_from or kept


def reshared(orders: Collection[PurchaseOrder]) -> list[Reshared]:
    """Return how the shares of these orders' plans were changed before ordering, the first change first."""
    ended = KeptPlan.objects.filter(order_line__order__in=orders, made_from__isnull=False)
    ends = {known(plan): order for plan, order in ended.values_list("made_from", "order_line__order")}
    if not ends:
        return []
    plans = KeptPlan.objects.filter(pk__in=ends) | KeptPlan.objects.filter(made_from__in=ends)
    before: dict[int, dict[Listing, int]] = {}
    found = []
    lots_of = KeptLot.objects.select_related("listing__produce", "listing__household", "listing__cooperative")
    plans = plans.select_related("by__person").prefetch_related(Prefetch("lots", lots_of.order_by("pk")))
    for plan in plans.order_by("pk"):
        after = {lot.listing: lot.quantity for lot in plan.lots.all()}
        if plan.made_from_id is not None:
            earlier = before[plan.made_from_id]
            lots = [(lot, earlier.get(lot, 0), after.get(lot, 0)) for lot in {**earlier, **after}]
            changed = [row for row in lots if row[1] != row[2]]
            found.append(Reshared(ends[plan.made_from_id], plan, changed))
        before[plan.made_from_id or plan.pk] = after
    return found


def _most(listing: Listing, now: int) -> int:
    if listing.status == ListingStatus.ON_SALE:
        return listing.free() + now
    return now if listing.status in STILL_HANDED_OVER else 0
