"""Supply: those who sell, their lots and kilos, the papers that travel with them."""

from catalog.models.lots import (
    LISTING_MOVES,
    PAPER_MOVES,
    Listing,
    ListingStatus,
    Movement,
    Paper,
    PaperStatus,
    PriceChange,
    Storage,
)
from catalog.models.sellers import MOST_G, PlotSeason, Recognition, SellerPause, Track

__all__ = [
    "LISTING_MOVES",
    "MOST_G",
    "PAPER_MOVES",
    "Listing",
    "ListingStatus",
    "Movement",
    "Paper",
    "PaperStatus",
    "PlotSeason",
    "PriceChange",
    "Recognition",
    "SellerPause",
    "Storage",
    "Track",
]
