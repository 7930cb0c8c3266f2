"""Who may look at a lot and who may change it: its household, who lists for it, the co-operative, the county."""

import datetime as dt
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Household, Organisation, Place, Role, Somebody, User
from accounts.selectors import mandates_of, standing
from catalog.models import Listing, ListingStatus
from catalog.selectors.sellers import of_members
from kernel import clock

PROXIES = (Role.CADRE, Role.COOP_MANAGER)
# Who checks the goods of an area, and may stop a sale.
CHECKERS = (Role.TOWNSHIP_OFFICER, Role.VERIFIER, Role.BUREAU_APPROVER)
# Who looks after the goods of an area without being able to change them.
OVERSEERS = (Role.TOWNSHIP_OFFICER, Role.VERIFIER, Role.BUREAU_APPROVER, Role.OFFICIAL, Role.AUDITOR)


def managed_by(user: Somebody) -> QuerySet[Listing]:
    """Return the lots this person may change: own, of the village served, of the co-operative managed and its members.

    A co-operative changes what it sells by a mandate to list that holds today, wherever the household lives.
    """
    who = standing(user)
    mine = Q(household_id__in=who.households) if who.household_id else Q(pk__in=[])
    if who.has(Role.CADRE):
        mine |= who.within("household__village_id", Role.CADRE)
    if who.has(Role.COOP_MANAGER):
        mine |= Q(cooperative_id__in=who.organisations(Role.COOP_MANAGER)) | of_members(who, _today(), may_list=True)
    return Listing.objects.filter(mine)


def own_goods(user: Somebody) -> QuerySet[Listing]:
    """Return the lots this person lives on or has listed: the list called "my goods"."""
    who = standing(user)
    mine = Q(household_id__in=who.households) if who.household_id else Q(pk__in=[])
    if who.has(*PROXIES):
        mine |= who.within("household__village_id", Role.CADRE) & Q(made_by=user)
        managed = who.organisations(Role.COOP_MANAGER)
        mine |= Q(cooperative_id__in=managed) | Q(agent_id__in=managed, made_by=user)
    return Listing.objects.filter(mine)


def seen_by(user: Somebody) -> QuerySet[Listing]:
    """Return the lots anybody may look at, and those off the market to whoever has to do with them."""
    everybody = Q(status=ListingStatus.ON_SALE)
    if not user.is_authenticated:
        return Listing.objects.filter(everybody)
    seen = everybody | standing(user).within("village_id", *OVERSEERS)
    return Listing.objects.filter(seen | Q(pk__in=managed_by(user).values("pk")))


def access_goods(user: Somebody) -> None:
    """Let in whoever has goods or lists them for others."""
    who = standing(user)
    if not who.household_id and not who.has(*PROXIES):
        raise PermissionDenied


def access_own(user: Somebody, listing_id: int) -> Listing:
    """Return a lot this person may change; anybody else's does not exist."""
    lots = managed_by(user).select_related("produce", "grade", "village", "township", "cover", "payee_account")
    return get_object_or_404(lots, pk=listing_id)


def access_sell(user: Somebody) -> Household:
    """Return the household for which this person sells: the own one."""
    household = standing(user).household
    if household is None:
        raise PermissionDenied
    return household


def access_sell_for(user: Somebody) -> None:
    """Let in village cadres and co-operative managers, who list for others."""
    if not standing(user).has(*PROXIES):
        raise PermissionDenied


def households_served(user: Somebody) -> QuerySet[Household]:
    """Return the households this person may list for: of the village served, or by a mandate that holds today."""
    who = standing(user)
    served = who.within("village_id", Role.CADRE)
    if who.has(Role.COOP_MANAGER):
        served |= Q(pk__in=mandates_of(who, _today(), may_list=True).values("household"))
    return Household.objects.filter(served, merged_into=None).select_related("village")


def access_household_served(user: Somebody, household_id: UUID) -> Household:
    """Return a household this person may list for; any other does not exist."""
    access_sell_for(user)
    return get_object_or_404(households_served(user), pk=household_id)


def cooperatives_served(user: Somebody) -> QuerySet[Organisation]:
    """Return the co-operatives this person may list for."""
    return Organisation.objects.filter(pk__in=standing(user).organisations(Role.COOP_MANAGER)).select_related("place")


def can_stop_sale(user: Somebody, listing: Listing) -> bool:
    """Return whether this person may stop the sale of a lot: who checks goods in its area."""
    return standing(user).covers(listing.village_id, *CHECKERS)


def access_watch(user: Somebody) -> Q:
    """Let in who checks goods; return which lots lie in the area."""
    who = standing(user)
    if not who.has(*CHECKERS):
        raise PermissionDenied
    return who.within("village_id", *CHECKERS)


def can_dispute(user: Somebody, listing: Listing) -> bool:
    """Return whether this person may answer 「不是我」: of the household, to a lot somebody else listed."""
    return listing.by_proxy and listing.household_id is not None and listing.household_id in standing(user).households


def villages_served(user: Somebody) -> list[Place]:
    """Return the villages whose goods this person may list: those served, and those of members with a mandate."""
    who = standing(user)
    inside = who.within("code", Role.CADRE)
    if who.has(Role.COOP_MANAGER):
        inside |= Q(pk__in=mandates_of(who, _today(), may_list=True).values("household__village"))
    return list(Place.objects.filter(inside, level=Place.Level.VILLAGE).select_related("parent").order_by("code"))


def sells_for(user: User, listing: Listing) -> bool:
    """Return whether this person's co-operative sells a lot for its household, by a mandate that holds today."""
    who = standing(user)
    if listing.agent_id not in who.organisations(Role.COOP_MANAGER):
        return False
    given = mandates_of(who, _today())
    return given.filter(household=listing.household_id, cooperative=listing.agent_id).exists()


def _today() -> dt.date:
    return clock.county_day(clock.now())


def access_pause(user: Somebody) -> dict:
    """Return for which seller this person says it is away: the own household, else the co-operative managed."""
    who = standing(user)
    if who.household is not None:
        return {"household": who.household}
    cooperative = cooperatives_served(user).order_by("pk").first()
    if cooperative is None:
        raise PermissionDenied
    return {"cooperative": cooperative}
