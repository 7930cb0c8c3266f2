"""Notices of loss: which are open on these goods, which somebody sees, and when one is late."""

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from accounts.selectors import mandates_of, standing
from catalog.models import Listing
from catalog.selectors.seasons import lineage
from kernel import clock
from losses.models import EarlyStatus, Goods, LossNotice
from records.models import Attachment
from records.selectors.policy import policy

NOTICE_ROLE = "notice"
VILLAGE = "household__village_id"
SEES = (Role.CADRE, Role.TOWNSHIP_OFFICER, Role.BUREAU_APPROVER, Role.AUDITOR)


def is_late(seen_on: dt.date, at: dt.datetime) -> bool:
    """Return whether this is later than a loss is to be said, counted from the end of the day on which it was seen."""
    hours = dt.timedelta(hours=policy("loss_notice_hours", clock.county_day(at)))
    return at > clock.day_end(seen_on) + hours


def open_notices_of(goods: Goods) -> QuerySet[LossNotice]:
    """Return the open notice of a lot, or of a crop however often its season was corrected."""
    standing_ones = LossNotice.objects.filter(status=EarlyStatus.OPEN)
    if isinstance(goods, Listing):
        return standing_ones.filter(listing=goods)
    return standing_ones.filter(plot_season__in=lineage(goods))


def notices_seen_by(user: User) -> QuerySet[LossNotice]:
    """Return the notices of the own household, of those one sells for, and of the places looked after."""
    who = standing(user)
    mine = Q(household_id__in=who.households) if who.household_id else Q(pk__in=[])
    if who.has(Role.COOP_MANAGER):
        mine |= Q(household__in=mandates_of(who, clock.county_day(clock.now())).values("household"), by=user)
    rows = LossNotice.objects.filter(mine | who.within(VILLAGE, *SEES))
    return rows.select_related("household__village", "listing__produce", "plot_season__produce", "claim", "by__person")


def new_notices(user: User) -> QuerySet[LossNotice]:
    """Return the open notices of the villages whose cadre this person is."""
    return LossNotice.objects.filter(standing(user).within(VILLAGE, Role.CADRE), status=EarlyStatus.OPEN)


def photos_of_notice(notice: LossNotice) -> list[Attachment]:
    """Return the photos that came with a notice, oldest first."""
    return list(Attachment.objects.filter(document=notice.reference).select_related("file").order_by("pk"))
