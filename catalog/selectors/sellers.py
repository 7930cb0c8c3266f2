"""What is known of sellers on a day: what the township recognised them for."""

import datetime as dt

from django.db.models import Case, F, Q, When

from accounts.models import Household, Organisation
from catalog.models import Recognition, Track
from produce.models import Produce


def recognition_of(
    produce: Produce, on: dt.date, *, household: Household | None = None, cooperative: Organisation | None = None
) -> Recognition | None:
    """Return the recognition a seller's lot of this produce stands on that day: a certificate before self-grown."""
    holder = Q(household=household) if household is not None else Q(cooperative=cooperative)
    in_force = Q(from_on__lte=on) & (Q(to_on=None) | Q(to_on__gte=on))
    named = Q(produce=produce) | Q(produce=None)
    recognitions = Recognition.objects.filter(holder, in_force, named)
    return recognitions.order_by(
        Case(When(track=Track.CERTIFIED, then=0), default=1), F("produce").asc(nulls_last=True), "-pk"
    ).first()
