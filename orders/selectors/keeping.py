"""What is kept for a buyer who looks once more before ordering."""

import datetime as dt

from django.db.models import BigIntegerField, F, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from accounts.models import Organisation, User
from kernel import clock
from orders.models import KeptLot, KeptPlan, KeptStatus, OrderLine
from orders.selectors.plans import Want
from records.selectors.policy import policy


def plans_kept(by: User) -> QuerySet[KeptPlan]:
    """Return what is kept for a person, whoever they buy for, with its goods and buyer."""
    rows = KeptPlan.objects.filter(by=by, status=KeptStatus.KEPT).select_related("produce", "buyer")
    return rows.prefetch_related("lots").order_by("pk")


def kept_now(by: User, buyer: Organisation) -> KeptPlan | None:
    """Return what is kept for a person and buyer, its time over or not."""
    return KeptPlan.objects.filter(by=by, buyer=buyer, status=KeptStatus.KEPT).select_related("produce").first()


def is_kept(kept: KeptPlan | None, want: Want, kind: str, at: dt.datetime) -> bool:
    """Return whether this very plan is still kept."""
    if kept is None or not is_running(kept, at):
        return False
    asked = (
        want.produce.pk, want.asked, want.deliver_on, want.ceiling_fen_per_kg, want.listing_id, want.parcel_g, kind
    )  # fmt: skip
    return asked == (
        kept.produce_id, kept.asked, kept.deliver_on, kept.ceiling_fen_per_kg, kept.listing_id, kept.parcel_g,
        kept.plan,
    )  # fmt: skip


def last_parcel_g(by: User) -> int:
    """Return what a person fetched at least from one household the last time they ordered; 0 where they said none."""
    lines = OrderLine.objects.filter(order__requester=by, instead_of=None).order_by("-order_id", "position")
    return lines.values_list("parcel_g", flat=True).first() or 0


def is_running(kept: KeptPlan, at: dt.datetime) -> bool:
    """Return whether a plan is kept and its time not over."""
    return kept.status == KeptStatus.KEPT and at < kept.until_at


def kept_g(buyer: Organisation, but: KeptPlan | None) -> int:
    """Return what is kept for a buyer, but for one plan, in grams."""
    lots = KeptLot.objects.filter(kept__buyer=buyer, kept__status=KeptStatus.KEPT)
    if but is not None:
        lots = lots.exclude(kept=but)
    weight = Cast("quantity", BigIntegerField()) * Coalesce(F("listing__piece_g"), 1)
    return int(lots.aggregate(g=Sum(weight))["g"] or 0)


def may_extend(kept: KeptPlan, at: dt.datetime) -> bool:
    """Return whether the time of a plan may be put off: once, and not where other plans were kept before it."""
    minutes = dt.timedelta(minutes=policy("plan_kept_minutes", clock.county_day(at)))
    return is_running(kept, at) and not kept.extended and kept.until_at < kept.since_at + 2 * minutes
