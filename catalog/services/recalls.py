"""Calling a lot back: what was sold of it must not be eaten, and nothing more of it leaves."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Listing, ListingStatus
from catalog.services.kilos import lock_listings
from catalog.services.listings import ReasonNeeded
from kernel.errors import DomainError
from kernel.workflow import change as changed

MOST_REASON = 200


class AlreadyRecalled(DomainError):
    code = "already_recalled"
    message = _("This lot has been recalled already. Everybody who ordered it has been told.")


@transaction.atomic
def mark_recalled(listing: Listing, *, reason: str, by: User, at: dt.datetime) -> Listing:
    """Stop the sale of a lot for good and return it locked; whoever places an order at the same moment waits for it.

    Telling who ordered it is the caller's part: orders know who that is.
    """
    reason = reason.strip()[:MOST_REASON]
    if not reason:
        raise ReasonNeeded(_("Write why the lot is recalled."))
    listing = lock_listings([listing.pk])[listing.pk]
    if listing.recalled_at is not None:
        raise AlreadyRecalled
    if listing.status != ListingStatus.ON_SALE:
        return changed(listing, {"recalled_at": at})
    listing.recalled_at = at
    return listing.move_to(ListingStatus.STOPPED, by=by, at=at, note=reason, along=("recalled_at",))
