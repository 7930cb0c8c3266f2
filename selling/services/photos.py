"""The photo of goods that are being typed, one lot at a time or a whole sheet of them."""

import datetime as dt
from typing import TypeVar

from accounts.models import User
from catalog.services.kilos import lock_listings
from kernel.workflow import lock
from records.models import StoredFile
from records.services.files import attach
from selling.models import EntryRow, ListingDraft

Typed = TypeVar("Typed", ListingDraft, EntryRow)


def give_photo(typed: Typed, photo: StoredFile, *, by: User, at: dt.datetime) -> Typed:
    """Remember the photo, another one in its place; a lot that is on sale already and has none yet gets it."""
    typed = lock(typed)
    typed.photo = photo
    typed.save(update_fields=["photo"])
    if typed.listing_id is not None:
        lot = lock_listings([typed.listing_id])[typed.listing_id]
        attach(lot.reference, photo, "listing", by=by, at=at)
        if lot.cover_id is None:
            lot.cover = photo
            lot.save(update_fields=["cover"])
    return typed
