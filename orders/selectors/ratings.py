"""What was said of sales afterwards, and of which one may still say it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.models import Somebody
from accounts.selectors import standing
from kernel import clock
from orders.models import Rating, ReceiptLine, ReceiptStatus, Side, StatementLine
from orders.selectors.complaints import COMPLAINERS, LOT_WORDS, sold_by
from records.selectors.policy import policy

IN_FORCE = Q(replaced_by=None)


@dataclass(frozen=True, slots=True)
class Praise:
    """How many said something of one party, and how many of them that it was right."""

    said: int = 0
    timely: int = 0
    right_weight: int = 0
    as_described: int = 0


NOTHING_SAID = Praise()


def ratings_of(lines: Iterable[ReceiptLine], side: Side) -> dict[int, Rating]:
    """Return what one side says now of these lots, by the key of the line."""
    rows = Rating.objects.filter(IN_FORCE, receipt_line__in=list(lines), side=side)
    return {row.receipt_line_id: row for row in rows}


def paid_at(line: ReceiptLine) -> dt.datetime | None:
    """Return when the bank paid the statement on which the goods of this lot stand; None as long as it did not."""
    paid = StatementLine.objects.filter(_PAID, receipt_line=line.pk)
    return paid.aggregate(at=Max("statement__payable__payments__paid_at"))["at"]


def said_since(days: int, at: dt.datetime) -> dt.datetime:
    """Return since when it must have been for one to speak of it still: today is the last of so many days after it."""
    return clock.day_start(clock.county_day(at) - dt.timedelta(days=days))


def lines_to_rate(user: Somebody, lines: QuerySet[ReceiptLine], side: Side, at: dt.datetime) -> list[ReceiptLine]:
    """Return of these lots of signed trips those of which this person says how they went, for one side."""
    first = said_since(policy("rating_days", clock.county_day(at)), at)
    said = Rating.objects.filter(receipt_line=OuterRef("pk"), side=side)
    rows = lines.filter(~Exists(said), receipt__status=ReceiptStatus.SIGNED, accepted_g__gte=1)
    if side == Side.BUYER:
        rows = rows.filter(
            receipt__delivery__buyer__in=standing(user).organisations(*COMPLAINERS), receipt__signed_at__gte=first
        )
    else:
        of_late = Q(statement__payable__payments__paid_at__gte=first)
        paid = StatementLine.objects.filter(_PAID & of_late, receipt_line=OuterRef("pk"))
        rows = rows.filter(sold_by(user, "allocation__"), Exists(paid))
    return list(rows.select_related(*LOT_WORDS).order_by("pk"))


def praise(first: dt.date, last: dt.date, side: Side, *keys: str) -> dict[tuple[Any, ...], Praise]:
    """Return what this side said of each party, by these columns, of lots signed for in these days; one statement."""
    rows = Rating.objects.filter(IN_FORCE, side=side, receipt_line__receipt__signed_on__range=(first, last)).order_by()
    counted = rows.values(*keys).annotate(
        said=Count("pk"),
        in_time=Count("pk", filter=Q(timely=True)),
        weighed=Count("pk", filter=Q(right_weight=True)),
        described=Count("pk", filter=Q(as_described=True)),
    )
    return {
        tuple(row[key] for key in keys): Praise(row["said"], row["in_time"], row["weighed"], row["described"])
        for row in counted
    }


def said_of_buyers(at: dt.datetime) -> dict[str, Praise]:
    """Return what farmers said of each buyer of late, by its name, once enough of them have spoken."""
    today = clock.county_day(at)
    first = today - dt.timedelta(days=policy("pay_speed_days", today))
    told = praise(first, today, Side.SELLER, "receipt_line__receipt__delivery__buyer__name")
    return {str(name): row for (name,), row in told.items() if row.said >= policy("rating_shown_from", today)}


_PAID = Q(kind="goods", statement__payable__payments__status="paid")
