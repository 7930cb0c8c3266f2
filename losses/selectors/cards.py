"""For which claims a sheet with number and date, written by hand, is asked to lie in the photos of the visit."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Min

from kernel import clock
from losses.models import ClaimStatus, LossClaim, Visit
from records.models import Finding
from records.selectors.policy import policy

# What is seen on the photos of a household; a sheet in new ones answers the doubt.
ASKING = ("same_photo", "photo_again", "photo_twice", "photo_made", "photo_place", "photo_far")


BEFORE_VISIT = (
    ClaimStatus.FILED,
    ClaimStatus.VILLAGE_CHECKED,
    ClaimStatus.TOWNSHIP_CHECKED,
    ClaimStatus.VILLAGE_NOTICE,
    ClaimStatus.TO_VISIT,
)


def asked_since(documents: Sequence[str]) -> dict[str, dt.datetime]:
    """Return since when something about their photos is to be looked at, of the documents of which there is."""
    raised = Finding.objects.filter(document__in=documents, rule__in=ASKING).exclude(colour=Finding.Colour.GREEN)
    return dict(raised.values_list("document").annotate(since=Min("at")))


def asked_of_household(claim: LossClaim, on: dt.date) -> bool:
    """Return whether the household is asked to have the sheet ready: until its visit was written."""
    if claim.sale_id is not None or claim.status not in BEFORE_VISIT:
        return False
    return bool(policy("card_always", on)) or bool(asked_since([claim.reference]))


def cards_asked(visits: Sequence[Visit]) -> set[int]:
    """Return the keys of visits at which a sheet is asked for: always, or after a doubt older than what is written."""
    since = asked_since([visit.claim.reference for visit in visits])
    always = {day: bool(policy("card_always", day)) for day in {clock.county_day(visit.drawn_at) for visit in visits}}
    return {visit.pk for visit in visits if always[clock.county_day(visit.drawn_at)] or _before(visit, since)}


def _before(visit: Visit, since: dict[str, dt.datetime]) -> bool:
    raised = since.get(visit.claim.reference)
    return raised is not None and (visit.first_signed_at is None or raised < visit.first_signed_at)
