"""What a sheet shows: its households with what they listed last, its rows, and what was listed elsewhere today."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.models import User
from catalog.models import Listing, SellerPause
from kernel import clock
from kernel.present import known
from produce.models import Produce
from selling.models import EntryRow, EntrySheet


@dataclass(frozen=True, slots=True)
class Last:
    """What a household listed of this produce the last time, in its stock unit."""

    quantity: int
    day: dt.date


def sheet_rows(sheet: EntrySheet) -> list[EntryRow]:
    """Return the rows of a sheet in which something stands, with their households and lots. One query."""
    rows = EntryRow.objects.filter(sheet=sheet).exclude(typed="", listing=None)
    rows = rows.select_related("household__village", "listing", "photo")
    return list(rows.order_by("household__village_id", "household__number"))


def sheets_of(user: User) -> QuerySet[EntrySheet]:
    """Return somebody's own sheets, the newest first."""
    return EntrySheet.objects.filter(by=user).select_related("produce", "village").order_by("-made_at", "-pk")


def last_amounts(produce: Produce, household_ids: Iterable[UUID], *, but_key: str = "") -> dict[UUID, Last]:
    """Return what each of these households listed of this produce last, lots of one sheet aside. One query."""
    lots = Listing.objects.filter(household_id__in=list(household_ids), produce=produce)
    if but_key:
        lots = lots.exclude(entry_key__startswith=but_key)
    rows = lots.order_by("household_id", "-listed_at", "-pk").distinct("household_id")
    return {
        household: Last(listed, clock.county_day(at))
        for household, listed, at in rows.values_list("household_id", "listed", "listed_at")
    }


def listed_on(
    day: dt.date, produce_ids: Iterable[int], household_ids: Iterable[UUID], *, but_key: str = ""
) -> dict[tuple[UUID, int], Listing]:
    """Return the lot that each household has put on sale of each produce on this day, the latest one. One query.

    Lots taken back whole do not count; `but_key` is the beginning of keys whose lots do not either.
    """
    start = clock.day_start(day)
    lots = Listing.objects.filter(
        household_id__in=list(household_ids),
        produce_id__in=list(produce_ids),
        listed_at__gte=start,
        listed_at__lt=start + dt.timedelta(days=1),
        withdrawn__lt=F("listed"),
    )
    if but_key:
        lots = lots.exclude(entry_key__startswith=but_key)
    lots = lots.select_related("produce").order_by("pk")
    return {(known(lot.household_id), lot.produce_id): lot for lot in lots}


def away(household_ids: Iterable[UUID], day: dt.date) -> dict[UUID, dt.date]:
    """Return until when each household that is away today is away. One query."""
    latest = SellerPause.objects.filter(household_id__in=list(household_ids)).order_by("household_id", "-pk")
    rows = latest.distinct("household_id").values_list("household_id", "until_on")
    return {household: until for household, until in rows if until is not None and until >= day}
