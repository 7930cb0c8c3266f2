"""Lots nobody speaks for: asked about after some days, off the market after some more; their kilos stay untouched."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, ListingStatus
from catalog.selectors.pauses import here_on
from catalog.services.telling import tell
from kernel import clock
from records.selectors.policy import policy

_ASKED = _("Are %(left)s of %(produce)s, number %(number)s, still there? Open it and press “Still there”.")
_EXPIRED = _(
    "Your %(produce)s, number %(number)s, has left the market: nobody said it is still there. Press “Still there” and "
    "it comes back. If it has spoiled, report it."
)
_PAST_KEEPING = _(
    "Your %(produce)s, number %(number)s, has left the market: it is past the days it keeps. If it has spoiled, report "
    "it; if you ate or sold it, take it back on the site."
)


@transaction.atomic
def ask_stale(*, at: dt.datetime, most: int = 200) -> int:
    """Ask the households of lots not confirmed for ⟨stale_days⟩, each once; return how many were asked."""
    day = clock.county_day(at)
    silent_since = at - dt.timedelta(days=policy("stale_days", day))
    lots = _open(confirmed_at__lte=silent_since, asked_at=None, sell_by__gte=day).filter(
        _some_free(), _about_to_be_there(day), here_on(day)
    )
    stale = list(_locked(lots, most))
    for lot in stale:
        tell(lot, "still_there", _ASKED, at=at, left=lambda lot=lot: lot.in_words(lot.free()))
    Listing.objects.filter(pk__in=[lot.pk for lot in stale]).update(asked_at=at)
    return len(stale)


@transaction.atomic
def expire_stale(*, at: dt.datetime, most: int = 200) -> int:
    """Take lots off the market that nobody confirmed for ⟨expiry_days⟩ or that no longer keep; return how many."""
    day = clock.county_day(at)
    silent_since = at - dt.timedelta(days=policy("expiry_days", day))
    # Whoever was away could not answer: the silence counts from the day after.
    silent = Q(confirmed_at__lte=silent_since) & _about_to_be_there(day) & here_on(clock.county_day(silent_since))
    lots = list(_locked(_open().filter(silent | Q(sell_by__lt=day)), most))
    if lots:
        Listing.move_all(lots, ListingStatus.EXPIRED, by=None, at=at)
    for lot in lots:
        if lot.free():
            tell(lot, "expired", _PAST_KEEPING if lot.sell_by < day else _EXPIRED, at=at)
    return len(lots)


def _open(**limits: Any) -> QuerySet[Listing]:
    return Listing.objects.filter(status=ListingStatus.ON_SALE, **limits)


def _about_to_be_there(day: dt.date) -> Q:
    """Return which lots can be confirmed: those harvested, and forecasts whose harvest has begun."""
    return Q(harvested_on__isnull=False) | Q(expected_from__lte=day)


def _some_free() -> Q:
    taken = F("reserved") + F("sold") + F("claimed") + F("written_off") + F("withdrawn")
    return Q(listed__gt=taken)


def _locked(lots: QuerySet[Listing], most: int) -> QuerySet[Listing]:
    """Lock by id, past those in somebody's hands: the next sweep finds them."""
    return (
        lots.select_related("produce", "household")
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)[:most]
    )
