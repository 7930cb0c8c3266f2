"""A seller is away for some days: its lots wait, unseen and unasked about, and come back with one tap or by themselves.

What is promised stays promised: only free kilos are not offered meanwhile.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Organisation
from catalog.models import Listing, ListingStatus, SellerPause
from catalog.selectors.pauses import pause_of
from catalog.services.kilos import lock_listings
from kernel import clock
from kernel.errors import BadValue

LONGEST_DAYS = 60


class BadPause(BadValue):
    code = "bad_pause"

    def __init__(self):
        super().__init__(
            _("Choose until which day you are away: from today to %(days)s days ahead.") % {"days": LONGEST_DAYS}
        )


@transaction.atomic
def go_away(
    *, household: Household | None = None, cooperative: Organisation | None = None, until: dt.date, by, at: dt.datetime
) -> SellerPause:
    """Offer nothing of this seller up to and with that day; said again, the later word holds."""
    today = clock.county_day(at)
    if not today <= until <= today + dt.timedelta(days=LONGEST_DAYS):
        raise BadPause
    pause = SellerPause.objects.create(household=household, cooperative=cooperative, until_on=until, by=by, at=at)
    lots = lock_listings(_open_lots(household, cooperative))
    Listing.objects.filter(pk__in=lots).update(paused_until=until)
    return pause


@transaction.atomic
def come_back(
    *, household: Household | None = None, cooperative: Organisation | None = None, by, at: dt.datetime
) -> SellerPause | None:
    """Offer this seller's goods again; coming back says that they are still there. Not away, nothing changes."""
    if pause_of(clock.county_day(at), household=household, cooperative=cooperative) is None:
        return None
    back = SellerPause.objects.create(household=household, cooperative=cooperative, until_on=None, by=by, at=at)
    lots = lock_listings(_open_lots(household, cooperative).filter(paused_until__isnull=False))
    Listing.objects.filter(pk__in=lots).update(paused_until=None, confirmed_at=at, asked_at=None)
    return back


def _open_lots(household, cooperative):
    """Return the numbers of this seller's lots that are, or may come back, on the market."""
    lots = Listing.objects.exclude(status=ListingStatus.WITHDRAWN).values_list("pk", flat=True)
    return lots.filter(household=household) if household is not None else lots.filter(cooperative=cooperative)
