"""What is forbidden to whom, on a day."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Household, Organisation, Role, Somebody
from accounts.selectors import counted_with, standing
from catalog.models import Sanction, SanctionCode
from produce.models import Produce

READERS = (Role.BUREAU_APPROVER, Role.AUDITOR)


def in_force(day: dt.date) -> Q:
    """Return the filter "this forbids something on that day"."""
    return Q(from_on__lte=day, to_on__gte=day) & (Q(lifted_on=None) | Q(lifted_on__gt=day))


def bars_selling(
    day: dt.date, produce: Produce, *, household: Household | None, cooperative: Organisation | None
) -> Sanction | None:
    """Return what forbids this seller to put this produce on sale on that day, the longest of them."""
    party = Q(organisation=cooperative) if household is None else Q(household__in=counted_with(household))
    rows = Sanction.objects.filter(in_force(day), party, code=SanctionCode.NO_SELLING)
    return rows.filter(Q(produce=None) | Q(produce=produce)).order_by("-to_on").first()


def barred_until(day: dt.date) -> Any:
    """Return until when a lot is forbidden to be sold, as a column of the lot; nothing where it is not."""
    lot = Q(organisation=OuterRef("cooperative")) | Q(household=OuterRef("household"))
    goods = Q(produce=None) | Q(produce=OuterRef("produce"))
    rows = Sanction.objects.filter(in_force(day), lot, goods, code=SanctionCode.NO_SELLING).order_by("-to_on")
    return Subquery(rows.values("to_on")[:1])


def bars_ordering(buyer: Organisation, day: dt.date) -> QuerySet[Sanction]:
    """Return what forbids this buyer to place orders on that day, the longest first."""
    return Sanction.objects.filter(in_force(day), organisation=buyer, code=SanctionCode.NO_ORDERING).order_by("-to_on")


def sanctions_seen_by(user: Somebody) -> QuerySet[Sanction]:
    """Return what is in force or was against the own household and organisations, or against anybody for the county."""
    who = standing(user)
    rows = Sanction.objects.select_related("household", "organisation", "produce").order_by("-to_on", "-pk")
    if who.has(*READERS):
        return rows
    works_for = {post.organisation_id for post in who.posts}
    return rows.filter(Q(household__in=who.households) | Q(organisation__in=works_for))
