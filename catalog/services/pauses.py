"""A seller is away for some days: its lots wait, unseen and unasked about, and come back with one tap or by themselves.

What is promised stays promised: only free kilos are not offered meanwhile.
"""

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Organisation, User
from accounts.selectors import counted_with, standing
from accounts.services.messages import tell
from accounts.services.people import record_consent
from catalog.models import Listing, ListingStatus, SellerPause
from catalog.selectors.pauses import pause_of
from catalog.selectors.sanctions import barred_until
from catalog.services.kilos import lock_listings
from catalog.services.listings import ConsentNeeded
from kernel import clock
from kernel.dates import day_words
from kernel.errors import BadValue
from kernel.present import StrOrPromise
from records.selectors.policy import policy

CONSENTS = ("phone", "visit", "paper")
_PAUSED_FOR_YOU = _(
    "%(name)s wrote down for you that you are away until %(day)s: nobody is offered your goods meanwhile. If that is "
    "not right, call the village."
)
_BACK_FOR_YOU = _(
    "%(name)s wrote down for you that you are back: your goods are on the market again. If that is not right, call the "
    "village."
)


class BadPause(BadValue):
    code = "bad_pause"

    def __init__(self, days: int) -> None:
        super().__init__(_("Choose until which day you are away: from today to %(days)s days ahead.") % {"days": days})


@transaction.atomic
def go_away(
    *,
    household: Household | None = None,
    cooperative: Organisation | None = None,
    until: dt.date,
    consent: str = "",
    by: User,
    at: dt.datetime,
) -> SellerPause:
    """Offer nothing of this seller up to and with that day; said again, the later word holds.

    Whoever says so for another household must say how it agreed (`consent`), and the household is told at once.
    """
    today = clock.county_day(at)
    days = policy("away_days", today)
    if not today <= until <= today + dt.timedelta(days=days):
        raise BadPause(days)
    pause = SellerPause.objects.create(household=household, cooperative=cooperative, until_on=until, by=by, at=at)
    _for_household(pause, _PAUSED_FOR_YOU, consent, by=by, at=at)
    lots = lock_listings(_open_lots(household, cooperative))
    Listing.objects.filter(pk__in=lots).update(paused_until=Greatest(until, barred_until(today)))
    return pause


@transaction.atomic
def come_back(
    *,
    household: Household | None = None,
    cooperative: Organisation | None = None,
    consent: str = "",
    by: User,
    at: dt.datetime,
) -> SellerPause | None:
    """Offer this seller's goods again; coming back says that they are still there. Not away, nothing changes.

    Whoever says so for another household must say how it agreed (`consent`), and the household is told at once.
    """
    if pause_of(clock.county_day(at), household=household, cooperative=cooperative) is None:
        return None
    back = SellerPause.objects.create(household=household, cooperative=cooperative, until_on=None, by=by, at=at)
    _for_household(back, _BACK_FOR_YOU, consent, by=by, at=at)
    lots = lock_listings(_open_lots(household, cooperative).filter(paused_until__isnull=False))
    back_on_sale = Listing.objects.filter(pk__in=lots)
    back_on_sale.update(paused_until=barred_until(clock.county_day(at)), confirmed_at=at, asked_at=None)
    return back


def _for_household(pause: SellerPause, sentence: StrOrPromise, consent: str, *, by: User, at: dt.datetime) -> None:
    """Record how a household agreed to what another person says for it, and tell it."""
    household, who = pause.household, standing(by)
    if household is None or who.household_id == household.pk:
        return
    if consent not in CONSENTS:
        raise ConsentNeeded
    document = f"pause:{pause.pk}"
    record_consent(household, document, consent, by=by, at=at)
    values: dict[str, object] = {"name": who.name}
    if pause.until_on is not None:
        values["day"] = partial(day_words, pause.until_on)
    tell(sentence, values, household=household, kind="paused_for_you", document=document, at=at)


def _open_lots(household: Household | None, cooperative: Organisation | None) -> QuerySet[Listing, int]:
    """Return the numbers of this seller's lots that are, or may come back, on the market."""
    lots = Listing.objects.exclude(status=ListingStatus.WITHDRAWN).values_list("pk", flat=True)
    if household is None:
        return lots.filter(cooperative=cooperative)
    return lots.filter(household__in=counted_with(household))
