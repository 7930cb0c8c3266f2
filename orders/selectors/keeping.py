"""What is kept for a buyer who looks once more before ordering: one plan, or those of a basket under one clock."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import BigIntegerField, F, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from accounts.models import Organisation, User
from kernel import clock
from orders.allocation import PlanKind
from orders.models import KeptLot, KeptPlan, KeptStatus, OrderLine
from orders.selectors.plans import Plan, Want, plan_kept, plans_for
from records.selectors.policy import policy

OF_KEPT = ("produce", "grade", "order_line")


def plans_kept(by: User) -> QuerySet[KeptPlan]:
    """Return what is kept for a person, whoever they buy for, with its goods and buyer."""
    rows = KeptPlan.objects.filter(by=by, status=KeptStatus.KEPT).select_related(*OF_KEPT, "buyer")
    return rows.prefetch_related("lots").order_by("pk")


def kept_now(by: User, buyer: Organisation) -> list[KeptPlan]:
    """Return what is kept for a person and buyer, its time over or not."""
    rows = KeptPlan.objects.filter(by=by, buyer=buyer, status=KeptStatus.KEPT)
    return list(rows.select_related(*OF_KEPT).order_by("pk"))


def plan_alone(kept: Sequence[KeptPlan], want: Want, kind: str, at: dt.datetime) -> KeptPlan | None:
    """Return the plan of this kind and want that is still kept by itself, outside a basket."""
    return next((row for row in kept if not row.of_basket and _fits(row, want, kind, at)), None)


def planned(
    wants: Sequence[Want], kept: Sequence[KeptPlan], *, buyer: Organisation, at: dt.datetime
) -> list[tuple[Plan, KeptPlan | None]]:
    """Return the plan of each line of a basket, and who keeps it: those kept as they are, of the others the fair one.

    What is kept for other wants is free for these.
    """
    rest, found = list(kept), []
    for want in wants:
        row = next((row for row in rest if row.of_basket and _fits(row, want, PlanKind.FAIR, at)), None)
        if row is not None:
            rest.remove(row)
        found.append((want, row))
    return [
        (plans_for(want, buyer=buyer, at=at, own=rest)[0] if row is None else plan_kept(row, at=at), row)
        for want, row in found
    ]


def last_parcel_g(by: User) -> int:
    """Return what a person fetched at least from one household the last time they ordered; 0 where they said none."""
    lines = OrderLine.objects.filter(order__requester=by, instead_of=None).order_by("-order_id", "position")
    return lines.values_list("parcel_g", flat=True).first() or 0


def is_running(kept: KeptPlan, at: dt.datetime) -> bool:
    """Return whether a plan is kept and its time not over."""
    return kept.status == KeptStatus.KEPT and at < kept.until_at


def kept_g(buyer: Organisation, but: Collection[KeptPlan]) -> int:
    """Return what is kept for a buyer, but for some plans, in grams."""
    lots = KeptLot.objects.filter(kept__buyer=buyer, kept__status=KeptStatus.KEPT).exclude(kept__in=but)
    weight = Cast("quantity", BigIntegerField()) * Coalesce(F("listing__piece_g"), 1)
    return int(lots.aggregate(g=Sum(weight))["g"] or 0)


def may_extend(kept: KeptPlan, at: dt.datetime) -> bool:
    """Return whether the time of a plan may be put off: once, and not where other plans were kept before it."""
    minutes = dt.timedelta(minutes=policy("plan_kept_minutes", clock.county_day(at)))
    return is_running(kept, at) and not kept.extended and kept.until_at < kept.since_at + 2 * minutes


def _fits(kept: KeptPlan, want: Want, kind: str, at: dt.datetime) -> bool:
    """Return whether a plan is still kept, of this kind, and for this very want."""
    if not is_running(kept, at):
        return False
    asked = (
        want.produce.pk, want.asked, want.deliver_on, want.grade.pk if want.grade else None, want.ceiling_fen_per_kg,
        want.listing_id, want.parcel_g, kind,
    )  # fmt: skip
    return asked == (
        kept.produce_id, kept.asked, kept.deliver_on, kept.grade_id, kept.ceiling_fen_per_kg, kept.listing_id,
        kept.parcel_g, kept.plan,
    )  # fmt: skip
