"""What a household got elsewhere for the same loss, and how much of it no computation has taken off yet."""

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Listing
from ledger.selectors import has_left
from losses.models import Award, ClaimStatus, Computation, LossClaim, OtherRelief
from records.models import Finding

RULE = "relieved_elsewhere"
# Claims whose computation counts: it is held, or was awarded.
_COUNTED = (ClaimStatus.COMPUTED, ClaimStatus.COUNTY_NOTICE, ClaimStatus.AWARDED)


def relieved_elsewhere(claim: LossClaim) -> QuerySet[OtherRelief]:
    """Return what the household of a claim got elsewhere for its produce and its day."""
    meant = Q(produce=None) | Q(produce=claim.listing.produce_id)
    rows = OtherRelief.objects.filter(meant, household=claim.household_id, struck_on=None)
    return rows.filter(from_on__lte=claim.happened_on, to_on__gte=claim.happened_on).order_by("from_on", "pk")


def elsewhere_left_fen(claim: LossClaim) -> int:
    """Return how much of that is still to be taken off; nothing where somebody saw that it was for another loss."""
    rows = list(relieved_elsewhere(claim))
    if not rows or _is_cleared(claim):
        return 0
    begins, ends = min(row.from_on for row in rows), max(row.to_on for row in rows)
    others = LossClaim.objects.filter(
        household=claim.household_id, happened_on__gte=begins, happened_on__lte=ends, status__in=_COUNTED
    ).exclude(pk=claim.pk)
    if all(row.produce_id is not None for row in rows):
        others = others.filter(listing__produce=claim.listing.produce_id)
    taken = Computation.objects.filter(claim__in=others).values_list("round", "claim__round", "elsewhere_fen")
    off = sum(fen for computed_in, present, fen in taken if computed_in == present)
    return max(0, sum(row.amount_fen for row in rows) - off)


def claims_touched(household_id: UUID, from_on: dt.date, to_on: dt.date, produce_id: int | None) -> int:
    """Return how many claims of a household fall into a time and are not ended."""
    over = (ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)
    claims = LossClaim.objects.filter(household=household_id, happened_on__gte=from_on, happened_on__lte=to_on)
    claims = claims.exclude(status__in=over)
    return claims.filter(listing__produce=produce_id).count() if produce_id is not None else claims.count()


def stops_payment() -> Exists:
    """Say of a payable that its household got money elsewhere for the loss, and that this came after the award."""
    lost = Listing.objects.filter(pk=OuterRef(OuterRef("claim__listing")))
    meant = Q(produce=None) | Q(produce__in=lost.values("produce"))
    rows = OtherRelief.objects.filter(
        meant,
        household=OuterRef("claim__household"),
        struck_on=None,
        from_on__lte=OuterRef("claim__happened_on"),
        to_on__gte=OuterRef("claim__happened_on"),
        at__gt=OuterRef("at"),
    )
    return Exists(Award.objects.filter(Exists(rows), payable=OuterRef("pk")))


def awards_unpaid(household_id: UUID, from_on: dt.date, to_on: dt.date, produce_id: int | None) -> int:
    """Return how many awards of a household for losses of a time have not left for the bank."""
    awards = Award.objects.filter(
        ~has_left(),
        claim__household=household_id,
        claim__happened_on__gte=from_on,
        claim__happened_on__lte=to_on,
    )
    lots = Listing.objects.filter(produce=produce_id)
    return awards.filter(claim__listing__in=lots).count() if produce_id is not None else awards.count()


def _is_cleared(claim: LossClaim) -> bool:
    latest = Finding.objects.filter(document=claim.reference, rule=RULE).order_by("at", "pk").last()
    return latest is not None and latest.cleared_at is not None
