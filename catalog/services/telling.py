"""Tell the household what happened to its lot; a co-operative looks for itself."""

import datetime as dt
from typing import Any

from accounts.services import messages
from catalog.models import Listing
from kernel import money
from kernel.present import StrOrPromise


def tell(listing: Listing, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any) -> None:
    """Put one sentence about a lot, with its number, produce and price, into its household's messages, in Chinese."""
    if listing.household is None:
        return
    price = money.price_per_jin(listing.price_fen, listing.price_unit_g)
    facts = {"number": listing.number, "produce": listing.produce.name, "price": price, **values}
    messages.tell(sentence, facts, household=listing.household, kind=kind, document=listing.reference, at=at)
