"""What a seller hands over of a lot at least: said by its owner, kept with its moment, read by every plan."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import standing
from catalog.models import Listing, ListingStatus
from catalog.services.kilos import NotOnSale, lock_listings
from catalog.services.telling import tell
from kernel.errors import BadValue, DomainError
from records.services import events


class TooLittleToHandOver(DomainError):
    code = "too_little_to_hand_over"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _("The seller hands over at least %(least)s of lot %(number)s. Order that much, or choose another lot.")
            % {"least": listing.in_words(listing.smallest), "number": listing.number}
        )


class MoreThanThereIs(BadValue):
    code = "smallest_too_great"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _("%(all)s was put on sale. The least that you hand over cannot be more than that.")
            % {"all": listing.in_words(listing.listed)}
        )


@transaction.atomic
def say_smallest(listing: Listing, *, quantity: int, by: User, at: dt.datetime) -> Listing:
    """Say what is handed over of a lot at least from now on, in its stock unit; 0 is any quantity.

    What is ordered or kept already stays; a rest that is smaller goes whole.
    """
    listing = lock_listings([listing.pk])[listing.pk]
    if listing.status != ListingStatus.ON_SALE:
        raise NotOnSale
    require_possible(listing, quantity)
    if quantity == listing.smallest:
        return listing
    events.record("lot_smallest", listing.reference, by=by, at=at, before=listing.smallest, smallest=quantity)
    listing.smallest = quantity
    listing.save(update_fields=["smallest"])
    if listing.household_id is not None and listing.household_id not in standing(by).households:
        least = listing.in_words(quantity) if quantity else _("any quantity")
        tell(listing, "smallest_for_you", _SAID_FOR_YOU, at=at, least=least)
    return listing


def require_possible(listing: Listing, quantity: int) -> None:
    """Refuse a smallest quantity below nothing, or above what was put on sale."""
    if not 0 <= quantity <= listing.listed:
        raise MoreThanThereIs(listing)


def require_enough(listing: Listing, quantity: int, own: int = 0) -> None:
    """Refuse less than the seller hands over, unless it is all that is left; `own` is kept for this very buyer."""
    if quantity < min(listing.smallest, listing.free() + own):
        raise TooLittleToHandOver(listing)


# What the household reads; said in Chinese whoever acts.
_SAID_FOR_YOU = _(
    "Of your %(produce)s, number %(number)s, buyers now take %(least)s at least. If you did not want this, open it and "
    "press “I did not do this”."
)
