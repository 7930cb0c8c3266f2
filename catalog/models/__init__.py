"""Supply: those who sell, their lots and kilos, the papers that travel with them."""

from catalog.models.lots import (
    LISTING_MOVES,
    PAPER_MOVES,
    STILL_HANDED_OVER,
    Listing,
    ListingStatus,
    Movement,
    Paper,
    PaperStatus,
    PriceChange,
    Storage,
)
from catalog.models.plots import MOST_CMU, CapacityReason, PlotSeason
from catalog.models.sanctions import Sanction, SanctionCode
from catalog.models.sellers import MOST_G, Recognition, SellerPause, Track
from catalog.models.serving import NotServed

__all__ = [
    "LISTING_MOVES",
    "MOST_CMU",
    "MOST_G",
    "PAPER_MOVES",
    "STILL_HANDED_OVER",
    "CapacityReason",
    "Listing",
    "ListingStatus",
    "Movement",
    "NotServed",
    "Paper",
    "PaperStatus",
    "PlotSeason",
    "PriceChange",
    "Recognition",
    "Sanction",
    "SanctionCode",
    "SellerPause",
    "Storage",
    "Track",
]
