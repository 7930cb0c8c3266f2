"""What a household got elsewhere for the same loss, and how much of it no computation has taken off yet."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Household, Role
from accounts.selectors import Standing, counted_with
from ledger.selectors import FINANCE, has_left
from losses.models import Award, ClaimStatus, Computation, LossClaim, OtherRelief
from records.models import Finding

RULE = "relieved_elsewhere"
# What the household says of it itself: honest words add no visit, no points and no second inspection.
TOLD_RULE = "told_elsewhere"
# Claims whose computation counts: it is held, or was awarded.
_COUNTED = (ClaimStatus.COMPUTED, ClaimStatus.COUNTY_NOTICE, ClaimStatus.AWARDED)


def relieved_elsewhere(claim: LossClaim) -> QuerySet[OtherRelief]:
    """Return what the household of a claim got elsewhere for its produce and its day."""
    meant = Q(produce=None) | Q(produce=claim.rate.produce_id)
    homes = counted_with(claim.household)
    rows = OtherRelief.objects.filter(meant, household__in=homes, struck_on=None)
    return rows.filter(from_on__lte=claim.happened_on, to_on__gte=claim.happened_on).order_by("from_on", "pk")


def elsewhere_left_fen(claim: LossClaim) -> int:
    """Return how much of that is still to be taken off; nothing where somebody saw that it was for another loss."""
    rows = list(relieved_elsewhere(claim))
    if not rows or _is_cleared(claim):
        return 0
    begins, ends = min(row.from_on for row in rows), max(row.to_on for row in rows)
    others = LossClaim.objects.filter(
        household__in=counted_with(claim.household), happened_on__gte=begins, happened_on__lte=ends, status__in=_COUNTED
    ).exclude(pk=claim.pk)
    if all(row.produce_id is not None for row in rows):
        others = others.filter(rate__produce=claim.rate.produce_id)
    taken = Computation.objects.filter(claim__in=others).values_list("round", "claim__round", "elsewhere_fen")
    off = sum(fen for computed_in, present, fen in taken if computed_in == present)
    return max(0, sum(row.amount_fen for row in rows) - off)


def claims_touched(household: Household, from_on: dt.date, to_on: dt.date, produce_id: int | None) -> int:
    """Return how many claims of a household fall into a time and are not ended."""
    over = (ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)
    claims = LossClaim.objects.filter(
        household__in=counted_with(household), happened_on__gte=from_on, happened_on__lte=to_on
    )
    claims = claims.exclude(status__in=over)
    return claims.filter(rate__produce=produce_id).count() if produce_id is not None else claims.count()


def stops_payment() -> Exists:
    """Say of a payable that its household got money elsewhere for the loss, and that this came after the award."""
    return Exists(Award.objects.filter(Exists(_rows_after_award()), payable=OuterRef("pk")))


def stopped_awards(who: Standing) -> QuerySet[Any]:
    """Return the awards that are not paid because of a row, the longest stopped first, with the row's day and home.

    Finance sees those of its own payers, the bureau and the auditor those of their area.
    """
    own = Q(payable__payer__in=who.organisations(*FINANCE))
    seen = own | who.within("claim__household__village_id", Role.BUREAU_APPROVER, Role.AUDITOR)
    first = _rows_after_award().order_by("at", "pk")
    awards = Award.objects.filter(Exists(_rows_after_award()), ~has_left()).filter(seen)
    return (
        awards.select_related("claim__household", "payable__payer")
        .annotate(
            since=F("at"),
            stopped_at=Subquery(first.values("at")[:1]),
            row_number=Subquery(first.values("household__number")[:1]),
        )
        .order_by("stopped_at", "pk")
    )


def unpaid_awards(household: Household, from_on: dt.date, to_on: dt.date, produce_id: int | None) -> QuerySet[Award]:
    """Return the awards of a household for losses of a time that have not left for the bank."""
    awards = Award.objects.filter(
        ~has_left(),
        claim__household__in=counted_with(household),
        claim__happened_on__gte=from_on,
        claim__happened_on__lte=to_on,
    )
    return awards.filter(claim__rate__produce=produce_id) if produce_id is not None else awards


def not_stopped(awards: QuerySet[Award]) -> QuerySet[Award]:
    """Keep the awards that no row stops."""
    return awards.exclude(Exists(_rows_after_award()))


def _rows_after_award() -> QuerySet[OtherRelief]:
    """Return the rows about the loss of an award, as OuterRef, that were written after it; by whomever it counts."""
    survivor = Coalesce(OuterRef(OuterRef("claim__household__merged_into")), OuterRef(OuterRef("claim__household")))
    return OtherRelief.objects.filter(
        Q(produce=None) | Q(produce=OuterRef("claim__rate__produce")),
        household__in=Household.objects.filter(Q(pk=survivor) | Q(merged_into=survivor)).values("pk"),
        struck_on=None,
        from_on__lte=OuterRef("claim__happened_on"),
        to_on__gte=OuterRef("claim__happened_on"),
        at__gt=OuterRef("at"),
    )


def _is_cleared(claim: LossClaim) -> bool:
    latest = Finding.objects.filter(document=claim.reference, rule=RULE).order_by("at", "pk").last()
    return latest is not None and latest.cleared_at is not None
