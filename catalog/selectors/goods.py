"""One's own lots: the list, the steps of one lot, what was sold last, what a household usually has."""

import datetime as dt

from django.db.models import F, QuerySet

from accounts.models import Household
from catalog.models import Listing, ListingStatus, Movement, PriceChange
from produce.models import Produce
from produce.selectors import dictionary
from records.models import Attachment, Event, Move, StoredFile

CHANGED = "lot_smallest"  # what is handed over at least, from then on
MOST_STEPS = 60
CHIPS = 8
FAR_ABOVE = 3


def steps_of(listing: Listing) -> list[Move | Movement | PriceChange | Event]:
    """Return what happened to a lot, the latest first: its moves, its kilos, its prices, its smallest quantities."""
    moves = Move.objects.filter(document=listing.reference).select_related("by").order_by("-pk")[:MOST_STEPS]
    kilos = listing.movements.select_related("by").order_by("-pk")[:MOST_STEPS]
    # The first price belongs to putting it on sale and is no step of its own.
    prices = listing.prices.filter(at__gt=listing.listed_at).select_related("by").order_by("-pk")[:MOST_STEPS]
    said = Event.objects.filter(document=listing.reference, kind=CHANGED).select_related("by").order_by("-pk")
    steps: list = [*moves, *kilos, *prices, *said[:MOST_STEPS]]
    return sorted(steps, key=lambda step: (step.at, isinstance(step, Movement), step.pk), reverse=True)[:MOST_STEPS]


def photos_of(listing: Listing) -> list[StoredFile]:
    """Return a lot's photos in the order they came."""
    shown = Attachment.objects.filter(document=listing.reference, role="listing").select_related("file")
    return [attachment.file for attachment in shown.order_by("pk")]


def latest_of(household: Household) -> Listing | None:
    """Return what this household listed last: the same again is one tap."""
    lots = Listing.objects.filter(household=household).select_related("produce", "cover")
    return lots.order_by("-listed_at", "-pk").first()


def likely_produce(household: Household | None, day: dt.date) -> list[dictionary.Word]:
    """Return eight pictures to choose from: the household's last crops, then what is in season, soonest first."""
    words = {word.id: word for word in dictionary.words() if not word.forbidden}
    last: list[int] = []
    if household is not None:
        recent = Listing.objects.filter(household=household).order_by("-listed_at").values_list("produce_id", flat=True)
        last = list(dict.fromkeys(recent[:40]))
    in_season = sorted(
        (word for word in words.values() if day.month in word.season), key=lambda word: (len(word.season), word.id)
    )
    rest = [word.id for word in [*in_season, *words.values()]]
    return [words[pk] for pk in dict.fromkeys([*last, *rest]) if pk in words][:CHIPS]


def usual_quantity(household: Household, produce: Produce) -> int | None:
    """Return the most this household listed of this produce at once, in stock units, or None at the first time."""
    lots = Listing.objects.filter(household=household, produce=produce).order_by("-listed_at")
    return max(lots.values_list("listed", flat=True)[:10], default=None)


def soon_spoiled(lots: QuerySet[Listing], until: dt.date) -> QuerySet[Listing]:
    """Return those of these lots on sale that have something left and keep until this day, the shortest first."""
    left = F("listed") - F("reserved") - F("sold") - F("claimed") - F("written_off") - F("withdrawn")
    on_sale = lots.filter(status=ListingStatus.ON_SALE, sell_by__lte=until)
    return on_sale.annotate(left=left).filter(left__gt=0).order_by("sell_by", "pk")
