"""What is lost and what can have happened to it, in the words that people have for goods, crops and animals."""

from typing import TypeAlias

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Listing, PlotSeason
from kernel.present import StrOrPromise
from produce.models import StockUnit

Goods: TypeAlias = Listing | PlotSeason  # what is lost


class Cause(models.TextChoices):
    UNSOLD = "unsold", _("Could not be sold")
    ROAD = "road", _("Could not be fetched")
    SPOILED = "spoiled", _("Went bad in store")
    FIELD = "field", _("Went bad in the field")
    CHEAP = "cheap", _("Sold at a loss")


# What is said of animals, which are counted: they do not go bad in a store.
CAUSES_IN_WORDS_OF_ANIMALS = {
    Cause.SPOILED: pgettext_lazy("animals", "Died"),
    Cause.FIELD: pgettext_lazy("animals", "Died"),
}

# What can happen to goods that were listed, to a crop that was never harvested, and to goods that were sold.
CAUSES_OF_LOTS = [Cause.UNSOLD, Cause.ROAD, Cause.SPOILED]
CAUSES_OF_CROPS = [Cause.UNSOLD, Cause.ROAD, Cause.FIELD]
CAUSES_OF_SALES = [Cause.CHEAP]


def are_animals(goods: Goods) -> bool:
    """Return whether goods are animals: they alone are sold by the head, and have no harvest."""
    return goods.produce.stock_unit == StockUnit.PIECE


def cause_words(cause: str, goods: Goods) -> StrOrPromise:
    """Return what happened as people say it of these goods."""
    words = CAUSES_IN_WORDS_OF_ANIMALS.get(Cause(cause)) if are_animals(goods) else None
    return words or Cause(cause).label
