"""What came to light of an award after it was made: goods sold all the same, a photo seen before, a household twice.

Each stops the payment until a person of the desk has looked; what comes after that look stops it again.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, Least

from accounts.models import Household, Role
from accounts.selectors import Standing, counted_with
from catalog.models import Movement
from ledger.selectors import FINANCE, has_left
from losses.models import OVERPAID, Award, AwardRelease, Reinspection
from losses.selectors.recovering import taken_back
from records.models import PhotoMatch
from registers.models import Duplicate, DuplicateStatus

Of: TypeAlias = Callable[[str], Any]  # a fact of the award by its path: of each row that is asked, or of one award


@dataclass(frozen=True, slots=True)
class Later:
    """What was seen of an award since it was made or last looked at, and when the last of it was."""

    sold: int  # in the stock unit of its goods
    lots: list[str]
    photos: list[str]  # the documents that showed them before
    twins: list[str]  # the numbers of the households that may be one
    reinspected: str  # what a re-inspection found too much of, if it did
    newest: dt.datetime


def stops_payment() -> Exists:
    """Say of a payable that its award is to be looked at again before it is paid."""
    return Exists(doubted().filter(payable=OuterRef("pk")))


def doubted() -> QuerySet[Any]:
    """Return the awards of which something came to light after `since`: they were made then, or last looked at."""
    looked = AwardRelease.objects.filter(award=OuterRef("pk")).order_by("-seen_until").values("seen_until")[:1]
    awards = Award.objects.annotate(since=Coalesce(Subquery(looked), F("at")))
    return awards.exclude(Exists(taken_back())).filter(
        Q(claim__sale=None) & Exists(_sales(OuterRef, _homes())) | Exists(_matches(OuterRef)) | _twice() | _overpaid()
    )


def doubted_awards(who: Standing) -> QuerySet[Any]:
    """Return the unpaid awards that wait for such a look, the longest stopped first, with when they were `stopped_at`.

    Finance sees those of its own payers, the bureau and the auditor those of their area.
    """
    own = Q(payable__payer__in=who.organisations(*FINANCE))
    seen = own | who.within("claim__household__village_id", Role.BUREAU_APPROVER, Role.AUDITOR)
    rows = stopped_unpaid().annotate(row_number=Value("", CharField()))  # as the awards that a row stops have one
    return rows.filter(seen).order_by("stopped_at", "pk")


def stopped_unpaid() -> QuerySet[Any]:
    """Return the unpaid awards that are stopped, with when they were first `stopped_at` since the last look."""
    sold = _sales(OuterRef, _homes()).order_by("at").values("at")[:1]
    matched = _matches(OuterRef).order_by("look__looked_at").values("look__looked_at")[:1]
    twins = _twins(OuterRef, "one").values("found_at")[:1], _twins(OuterRef, "other").values("found_at")[:1]
    looked = Subquery(_reinspected(OuterRef).values("ended_at")[:1])
    first = Least(*(Subquery(rows) for rows in (sold, matched, *twins)), looked, output_field=DateTimeField())
    rows = doubted().filter(~has_left()).select_related("claim__household", "payable__payer")
    return rows.annotate(stopped_at=first)


def later_of(award: Award) -> Later | None:
    """Return what stops the payment of an award, or nothing."""
    of_claim = ("claim_id", "claim__rate__produce", "claim__happened_on", "claim__filed_at", "claim__household")
    facts = doubted().filter(pk=award.pk).values("pk", "since", *of_claim).first()
    if facts is None:
        return None
    claim = award.claim
    sales = _sales(facts.__getitem__, counted_with(claim.household).values("pk"))
    sales = sales if claim.sale_id is None else sales.none()
    matches = _matches(facts.__getitem__)
    twins = _twins(facts.__getitem__, "one") | _twins(facts.__getitem__, "other")
    reinspected = _reinspected(facts.__getitem__)
    moments: list[Any] = [
        *sales.values_list("at", flat=True),
        *matches.values_list("look__looked_at", flat=True),
        *twins.values_list("found_at", flat=True),
        *reinspected.values_list("ended_at", flat=True),
    ]
    return Later(
        sold=sales.aggregate(sum=Sum("quantity"))["sum"] or 0,
        lots=sorted(set(sales.values_list("listing__number", flat=True))),
        photos=sorted(set(matches.values_list("other__document", flat=True))),
        twins=sorted({number for pair in twins.values_list("one__number", "other__number") for number in pair}),
        reinspected="；".join(reinspected.values_list("words", flat=True)),
        newest=max(moments),
    )


def _homes() -> QuerySet[Any]:
    """Return the households that count as one with that of an award, two queries up."""
    survivor = Coalesce(OuterRef(OuterRef("claim__household__merged_into")), OuterRef(OuterRef("claim__household")))
    return Household.objects.filter(Q(pk=survivor) | Q(merged_into=survivor)).values("pk")


def _sales(of: Of, homes: QuerySet[Any]) -> QuerySet[Movement]:
    """Return what was sold later of goods that were there at the loss: listed before the report, or harvested."""
    there = Q(listing__listed_at__lte=of("claim__filed_at")) | Q(listing__harvested_on__lte=of("claim__happened_on"))
    return Movement.objects.filter(
        there,
        listing__household__in=homes,
        listing__produce=of("claim__rate__produce"),
        target=Movement.Side.SOLD,
        at__gt=of("since"),
    )


def _matches(of: Of) -> QuerySet[PhotoMatch]:
    """Return the photos of its claim that the second look found on another document only later."""
    name = Concat(Value("claim:"), Cast(of("claim_id"), CharField()), output_field=CharField())
    later = PhotoMatch.objects.filter(look__attachment__document=name, look__looked_at__gt=of("since"))
    return later.exclude(other__document=name)


def _twins(of: Of, side: str) -> QuerySet[Duplicate]:
    """Return the pairs of households, found later and not decided yet, of which its household is one."""
    where = {side: of("claim__household")}
    return Duplicate.objects.filter(status=DuplicateStatus.OPEN, found_at__gt=of("since"), **where)


def _twice() -> Q:
    return Q(Exists(_twins(OuterRef, "one"))) | Q(Exists(_twins(OuterRef, "other")))


def _reinspected(of: Of) -> QuerySet[Reinspection]:
    """Return the re-inspection of an award that found too much in it."""
    return Reinspection.objects.filter(award=of("pk"), outcome__in=OVERPAID, ended_at__gt=of("since"))


def _overpaid() -> Q:
    return Q(Exists(_reinspected(OuterRef)))
