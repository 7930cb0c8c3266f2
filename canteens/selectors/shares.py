"""Reserved shares: who reports for whom on a day, what was declared for a year, and until when."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation
from canteens.models import ShareDeclaration, ShareUnit
from records.selectors.policy import policy


def declared_until(year: int) -> dt.date:
    """Return the last day on which the shares of a year are declared."""
    first = dt.date(year, 1, 1)
    return first + dt.timedelta(days=policy("share_declared_until", first) - 1)


def shares_of(year: int) -> QuerySet[ShareDeclaration]:
    """Return what was declared for a year, of each buyer the latest turn."""
    later = ShareDeclaration.objects.filter(
        organisation=OuterRef("organisation"), year=OuterRef("year"), turn__gt=OuterRef("turn")
    )
    return ShareDeclaration.objects.filter(~Exists(later), year=year)


def share_units_on(day: dt.date) -> QuerySet[ShareUnit]:
    """Return how buyers are counted on a day, where it is written down."""
    return ShareUnit.objects.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


def share_unit_on(buyer: Organisation, day: dt.date) -> ShareUnit | None:
    """Return how one buyer is counted on a day; None where it stands for itself."""
    return share_units_on(day).filter(organisation=buyer).select_related("reported_by", "superior").first()
