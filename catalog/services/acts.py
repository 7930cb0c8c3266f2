"""What others do with the goods of a household, in words, and what is held when it says 「不是我」."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Consent, User
from accounts.services import acts
from catalog.models import Listing, PlotSeason
from catalog.services import listings
from kernel.present import StrOrPromise


class Lots(acts.Kind):
    """Goods put on sale."""

    prefix = "listing"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each lot by its number and its goods."""
        rows = Listing.objects.filter(pk__in=[key_of(document) for document in documents]).select_related("produce")
        return {
            lot.reference: _("%(produce)s put on sale, lot %(number)s")
            % {"produce": lot.produce.name, "number": lot.number}
            for lot in rows
        }

    def hold(self, consent: Consent, *, by: User, at: dt.datetime) -> StrOrPromise:
        """Take what nobody ordered yet off the market."""
        lot = Listing.objects.get(pk=key_of(consent.document))
        if not lot.free():
            return gettext_lazy("All of it was ordered already, so nothing could be taken off the market.")
        listings.dispute(lot, by=by, at=at)
        return gettext_lazy("What nobody ordered yet is off the market.")


class Seasons(acts.Kind):
    """What grows on the land of a household."""

    prefix = "season"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each season by its produce and its parcel."""
        keys = [key_of(document) for document in documents]
        rows = PlotSeason.objects.filter(pk__in=keys).select_related("produce")
        return {
            f"season:{row.pk}": _("%(produce)s written down on your land, %(parcel)s")
            % {"produce": row.produce.name, "parcel": row.parcel}
            for row in rows
        }


class Pauses(acts.Kind):
    """Sales paused, and gone on with."""

    prefix = "pause"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return the same words for each: the page says when, and who."""
        return {document: _("Your sales paused, or gone on with") for document in documents}


def say_not_me(lot: Listing, *, by: User, at: dt.datetime) -> None:
    """Answer 「不是我」 to a lot that somebody listed, wherever that was written down."""
    consent = Consent.objects.filter(document=lot.reference).order_by("at", "pk").first()
    if consent is None:
        listings.dispute(lot, by=by, at=at)
        return
    acts.dispute(consent, by=by, at=at)


def key_of(document: str) -> int:
    """Return the key of a numbered document."""
    return int(document.partition(":")[2])
