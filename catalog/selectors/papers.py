"""Papers of a lot: which it has, which are missing, and which buyer asks for them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from accounts.selectors.channels import channels_asking_tests
from catalog.models import Listing, Paper, PaperStatus
from kernel import near
from records.selectors.policy import policy

CONFORMITY, TEST, QUARANTINE = Paper.Kind.CONFORMITY, Paper.Kind.TEST, Paper.Kind.QUARANTINE
# 承诺达标合格证: whoever buys to sell or to cook collects it or refuses the goods (农业农村部令2025年第4号). Poultry
# and meat need 检疫证明 whoever buys. Kitchens of channels such as schools and hospitals ask for a test slip as well.
SLIP_SECONDS = 600
TESTED = ("vegetable", "fruit", "mushroom")


@dataclass(frozen=True)
class Missing:
    """Papers a lot does not have, by who asks for them: every buyer, or only kitchens whose channel asks for tests."""

    everybody: tuple[str, ...] = ()
    tested_kitchens: tuple[str, ...] = ()

    def of(self, channel: str | None) -> tuple[str, ...]:
        """Return what a buyer of this channel would miss; without a channel, what every buyer would."""
        return self.everybody + (self.tested_kitchens if channel in channels_asking_tests() else ())


def papers_of(listing: Listing) -> list[Paper]:
    """Return the papers of a lot, the newest first."""
    return list(listing.papers.select_related("file").order_by("-pk"))


def valid_papers(listing: Listing, on: dt.date) -> list[Paper]:
    """Return the papers a lot may be sold on today, the latest of each kind; a recalled lot has none."""
    if listing.recalled_at is not None:
        return []
    rows = _valid(slips_since(on)).filter(listing=listing).order_by("kind", "-pk").distinct("kind")
    return list(rows.only("listing_id", "kind", "code", "status", "issued_on"))


def with_papers(lots: QuerySet[Listing], slips_from: dt.date) -> QuerySet[Listing]:
    """Mark each lot, as `has_papers`, which kinds of papers it may be sold on; in the same query.

    A test slip counts from this day on: `slips_since` of today.
    """
    kinds = _valid(slips_from).filter(listing=OuterRef("pk")).order_by("kind").distinct().values("kind")
    return lots.annotate(has_papers=ArraySubquery(kinds))


def _valid(slips_from: dt.date) -> QuerySet[Paper]:
    return Paper.objects.filter(~Q(kind=TEST) | Q(issued_on__gte=slips_from), status=PaperStatus.VALID)


def slips_since(on: dt.date) -> dt.date:
    """Return the day from which on a test slip still counts; what the county decided may be ten minutes old."""
    days = near.get_or_set(f"test-slip-days:{on}", lambda: policy("test_slip_days", on), SLIP_SECONDS)
    return on - dt.timedelta(days=cast(int, days))


@dataclass(frozen=True)
class Carried:
    """Papers a lot may be sold on, the latest of each kind, and the kinds that one buyer misses."""

    there: list[Paper]
    missing: tuple[str, ...]


def carried_papers(lots: Iterable[Listing], channel: str | None, on: dt.date, *, tests: bool) -> dict[int, Carried]:
    """Return the papers of these lots for a buyer of this channel, in two queries; with `tests` also the test slips
    that it asks for."""
    by_key = {lot.pk: lot for lot in lots}
    since = on - dt.timedelta(days=policy("test_slip_days", on))
    there: dict[int, list[Paper]] = {key: [] for key in by_key}
    for paper in (
        _valid(since).filter(listing__in=by_key).order_by("listing", "kind", "-pk").distinct("listing", "kind")
    ):
        there[paper.listing_id].append(paper)
    carried = {}
    for key, lot in by_key.items():
        lacking = _lacking(lot, {paper.kind for paper in there[key]})
        carried[key] = Carried(there[key], lacking.of(channel) if tests else lacking.everybody)
    return carried


def missing_papers(listing: Listing, papers: Iterable[Paper], on: dt.date) -> Missing:
    """Return which papers a lot lacks; `papers` are those it has. No query."""
    test_since = on - dt.timedelta(days=policy("test_slip_days", on))
    has = {
        paper.kind
        for paper in papers
        if paper.status == PaperStatus.VALID and (paper.kind != TEST or paper.issued_on >= test_since)
    }
    return _lacking(listing, has)


def _lacking(listing: Listing, has: set[str]) -> Missing:
    required = [kind for kind in (CONFORMITY, QUARANTINE) if kind in listing.produce.papers]
    tested = TEST in listing.produce.papers or listing.produce.category_id in TESTED
    return Missing(
        tuple(kind for kind in required if kind not in has),
        (TEST,) if tested and TEST not in has else (),
    )


def paper_of(code: str) -> Paper | None:
    """Return the paper a square code leads to, cancelled, recalled or not; None for a code nobody gave out."""
    seller = ("listing__household", "listing__cooperative")
    return (
        Paper.objects.select_related("listing__produce", "listing__village__parent", *seller).filter(code=code).first()
    )


def vouched(paper: Paper) -> int:
    """Return for how much of its lot, in the lot's unit, a paper still stands: not for what is claimed as spoiled."""
    lot = paper.listing
    return min(paper.quantity or lot.listed, max(0, lot.listed - lot.claimed - lot.written_off))
