"""What was paid for goods: the prices behind the medians."""

import datetime as dt
from typing import Any

from django.db.models import DateField, F, QuerySet
from django.db.models.functions import TruncDate

from kernel.clock import COUNTY_ZONE, day_start
from orders.models import StatementLine


def paid_prices(first: dt.date, last: dt.date) -> QuerySet[Any, Any]:
    """Return each settled line of these days with its goods: so many fen for so many grams.

    Goods taken in a lower grade than their lot was listed in say nothing of either grade.
    """
    lines = StatementLine.objects.filter(
        statement__at__gte=day_start(first), statement__at__lt=day_start(last + dt.timedelta(days=1)), amount_fen__gte=1
    ).exclude(receipt_line__grade__gt="")
    lot = "receipt_line__allocation__listing"
    return lines.annotate(
        produce_id=F(f"{lot}__produce_id"),
        grade_id=F(f"{lot}__grade_id"),
        day=TruncDate("statement__at", tzinfo=COUNTY_ZONE, output_field=DateField()),
        fen=F("amount_fen"),
        grams=F("weight_g"),
    ).values("produce_id", "grade_id", "day", "fen", "grams")
