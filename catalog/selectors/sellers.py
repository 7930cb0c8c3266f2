"""What is known of sellers on a day: what the township recognised them for, who may sell for them."""

import datetime as dt

from django.db.models import Case, Exists, F, OuterRef, Q, When

from accounts.models import Household, Mandate, Organisation, Role, User
from accounts.selectors import Standing, in_force_on, mandates_of, standing
from catalog.models import Listing, Recognition, Track
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


def agents_mandate(household: Household, by: User, day: dt.date) -> Mandate | None:
    """Return the mandate under which a lot of a household is put on sale, the earliest of those that fit.

    Whoever manages a co-operative lists by its mandate to list; what others list, the household itself among them, is
    answered for by a co-operative that may answer.
    """
    given = list(Mandate.objects.filter(in_force_on(day), household=household).order_by("from_on", "pk"))
    managed = set() if _is_own(household, by) else standing(by).organisations(Role.COOP_MANAGER)
    lists = [mandate for mandate in given if mandate.may_list and mandate.cooperative_id in managed]
    answers = [mandate for mandate in given if mandate.may_confirm]
    return next(iter(lists or answers), None)


def lists_by_mandate(household: Household, by: User, day: dt.date) -> bool:
    """Return whether this person may list for a household as its co-operative, on this day."""
    given = mandates_of(standing(by), day, may_list=True).filter(household=household)
    return not _is_own(household, by) and given.exists()


def answers_by_mandate(listing: Listing, by: User, day: dt.date) -> bool:
    """Return whether this person may answer buyers about a lot as its agent, on this day."""
    if listing.agent_id not in standing(by).organisations(Role.COOP_MANAGER):
        return False
    given = mandates_of(standing(by), day, may_confirm=True)
    return given.filter(household=listing.household_id, cooperative=listing.agent_id).exists()


def of_members(who: Standing, day: dt.date, **allowed: bool) -> Q:
    """Say of a lot that this person's co-operative sells it for a member whose mandate holds on this day."""
    managed = who.organisations(Role.COOP_MANAGER)
    if not managed:
        return Q(pk__in=[])
    given = Mandate.objects.filter(
        in_force_on(day), household=OuterRef("household"), cooperative=OuterRef("agent"), **allowed
    )
    return Q(Exists(given), agent_id__in=managed)


def _is_own(household: Household, by: User) -> bool:
    return standing(by).household_id == household.pk
