"""Sales below the county's reference: what a lot's kilos were sold at beside what they were worth on that day."""

import datetime as dt
from typing import Any

from django.db.models import (
    BigIntegerField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Least, TruncDate

from accounts.models import User
from accounts.selectors import standing
from catalog.models import Movement
from catalog.selectors.returning import returns_over_before
from kernel import clock
from losses.models import ClaimStatus, LossClaim
from losses.relief import REFERENCE_UNIT_G, gap_of
from losses.selectors.lots import of_others
from produce.selectors.prices import reference_of
from records.selectors.policy import policy

# What a sale fetched and what it was worth, both for 500 g times the weight of its price: whole numbers to compare.
FETCHED = ExpressionWrapper(
    Cast("price_fen", BigIntegerField()) * Value(REFERENCE_UNIT_G), output_field=BigIntegerField()
)
WORTH = ExpressionWrapper(Cast("worth", BigIntegerField()) * F("price_unit_g"), output_field=BigIntegerField())


def day_of(sale: Movement) -> dt.date:
    """Return the county day on which goods were weighed and taken."""
    return clock.county_day(sale.at)


def sold_below() -> QuerySet[Any]:
    """Return the sales of households' lots below the reference of their day, with that `worth`, day and kilos left.

    `left` is what of a sale is still sold and reported by nobody, in the stock unit of the lot.
    """
    return (
        Movement.objects.filter(target=Movement.Side.SOLD, price_fen__isnull=False, listing__household__isnull=False)
        .annotate(sold_on=TruncDate("at", tzinfo=clock.COUNTY_ZONE, output_field=DateField()))
        .annotate(
            worth=reference_of("listing__produce", "sold_on"),
            left=Least(F("quantity"), F("listing__sold") - F("listing__sold_low")),
        )
        .filter(worth__isnull=False)
        .alias(fetched=FETCHED, due=WORTH)
        .filter(fetched__lt=F("due"))
    )


def reported() -> Exists:
    """Say of a sale that a report of it stands."""
    gone = (ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)
    return Exists(LossClaim.objects.filter(sale=OuterRef("pk")).exclude(status__in=gone))


def sales_to_report(user: User, asked: str = "") -> QuerySet[Any]:
    """Return the sales below the reference whose loss this person may report, newest first by their key.

    A household's own; of those it may report for, the ones found by what was `asked`: the number of the household or of
    the lot, or the goods. What the buyer may still send back is not among them. `reported` says that a report stands.
    """
    now = clock.now()
    mine = Q(listing__household_id__in=standing(user).households)
    words = asked.strip()
    if words:
        by_words = Q(listing__household__number=words) | Q(listing__number=words)
        by_words |= Q(listing__produce__name__icontains=words)
        mine = (mine | of_others(user, "listing__")) & by_words
    since = now - dt.timedelta(days=policy("sale_report_days", clock.county_day(now)))
    return (
        sold_below()
        .filter(mine, at__gte=since, at__lt=returns_over_before(now), left__gt=0)
        .annotate(reported=reported())
        .select_related("listing__produce", "listing__household", "listing__village")
    )


def gap_of_claim(claim: LossClaim) -> tuple[int, int] | None:
    """Return how far the sale of a claim was below the reference, as fen for so many grams; nothing of other losses."""
    sale = claim.sale
    if sale is None or claim.reference_fen is None or sale.price_fen is None or sale.price_unit_g is None:
        return None
    return gap_of(claim.reference_fen, sale.price_fen, sale.price_unit_g)
