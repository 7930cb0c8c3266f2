"""Supply: the produce dictionary, those who sell, their lots and kilos, and lots being written down."""

from catalog.models.dictionary import (
    CHANGE_MOVES,
    MOST_PRICE_FEN,
    ChangeStatus,
    Grade,
    PriceMedian,
    Produce,
    ProduceCategory,
    ProduceChange,
    ReferencePrice,
    StockUnit,
)
from catalog.models.entry import EntryRow, EntrySheet, ListingDraft
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
    "CHANGE_MOVES",
    "LISTING_MOVES",
    "MOST_G",
    "MOST_PRICE_FEN",
    "PAPER_MOVES",
    "ChangeStatus",
    "EntryRow",
    "EntrySheet",
    "Grade",
    "Listing",
    "ListingDraft",
    "ListingStatus",
    "Movement",
    "Paper",
    "PaperStatus",
    "PlotSeason",
    "PriceChange",
    "PriceMedian",
    "Produce",
    "ProduceCategory",
    "ProduceChange",
    "Recognition",
    "ReferencePrice",
    "SellerPause",
    "StockUnit",
    "Storage",
    "Track",
]
