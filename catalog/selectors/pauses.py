"""Who is away: until when a seller offers nothing."""

import datetime as dt
from uuid import UUID

from django.db.models import Q

from accounts.models import Household, Organisation
from catalog.models import SellerPause


def here_on(day: dt.date) -> Q:
    """Return the filter "the seller of this lot is not away on this day"."""
    return Q(paused_until=None) | Q(paused_until__lt=day)


def pause_of(
    day: dt.date, *, household: Household | UUID | None = None, cooperative: Organisation | int | None = None
) -> dt.date | None:
    """Return the last day of a seller's absence, None while it is here; the latest word holds."""
    pause = SellerPause.objects.filter(household=household, cooperative=cooperative).order_by("-pk").first()
    return pause.until_on if pause is not None and pause.until_on is not None and pause.until_on >= day else None
