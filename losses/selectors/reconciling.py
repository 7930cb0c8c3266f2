"""One payout batch from report to card: six stages by township, and the payments to follow.

The claims counted are those of the county notices whose awards the batch pays, so that a line stopped by an objection
stands under "on notice" and not under "approved".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    DecimalField,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from ledger.selectors import FATES
from losses.models import Award, ClaimFigure, Computation, LossClaim, Stage

STAGES = ("declared", "verified", "noticed", "awarded", "sent", "arrived")


@dataclass(slots=True)
class Sums:
    """Households and money at each stage of one township, or of all; the sum of all has no name."""

    name: str
    households: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    fen: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*STAGES, "returned", "unknown"), 0))

    def add(self, stage: str, households: int, amount_fen: int) -> None:
        """Count households with their money at a stage."""
        if stage in self.households:
            self.households[stage] += households
        self.fen[stage] += amount_fen

    @property
    def difference(self) -> int:
        """Return what was sent and is neither arrived, come back nor unknown: always nothing."""
        return self.fen["sent"] - self.fen["arrived"] - self.fen["returned"] - self.fen["unknown"]


@dataclass(frozen=True, slots=True)
class Followed:
    """A judged payment with the claim it is for, if it is for one, or a stray line of the bank."""

    row: Any
    claim: LossClaim | None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where the money of one batch is: in all, and by township with the most money first."""

    total: Sums
    towns: list[Sums]


def reconciliation(batch: Any) -> Reconciliation:
    """Return where the money of one batch is, counted in the database."""
    town = "household__village__parent"
    total = Sums("")
    towns: dict[str, Sums] = {}
    stages = {stage: Sum(f"{stage}_fen") for stage in (*STAGES[:4], "sent")}
    households = {f"{stage}_n": Count(f"{stage}_fen") for stage in (*STAGES[:4], "sent")}
    rows = _priced(batch).values(f"{town}__code", f"{town}__name", "fate").annotate(**stages, **households)
    for row in rows:
        sums = towns.setdefault(row[f"{town}__code"], Sums(row[f"{town}__name"]))
        for stage, n, amount_fen in _stages(row):
            total.add(stage, n, amount_fen)
            sums.add(stage, n, amount_fen)
    return Reconciliation(total, sorted(towns.values(), key=lambda sums: (-sums.fen["sent"], sums.name)))


def _stages(row: Mapping[str, Any]) -> Iterable[tuple[str, int, int]]:
    """Yield each stage of one township's claims of one fate, with households and money."""
    for stage in (*STAGES[:4], "sent"):
        yield stage, row[f"{stage}_n"], row[stage] or 0
    if row["fate"] is not None:
        yield FATES[row["fate"]], row["sent_n"], row["sent"]


WIDE = DecimalField(max_digits=40, decimal_places=0)


def _priced(batch: Any) -> QuerySet[LossClaim]:
    """Return the claims of the notices whose awards a batch pays, each with its money at every stage it has reached.

    Quantities are priced at the claim's own rate, half a fen up as everywhere.
    """
    paid = Award.objects.filter(payable__payments__batch=batch)
    own = paid.filter(claim=OuterRef("pk"))
    figures = ClaimFigure.objects.filter(claim=OuterRef("pk"), round=OuterRef("round"))
    computed = Computation.objects.filter(claim=OuterRef("pk"), round=OuterRef("round"))
    notices = LossClaim.objects.filter(pk__in=paid.values("claim")).values("county_notice")

    def priced(stage: str) -> Any:
        grams = Subquery(figures.filter(stage=stage).values("quantity_g")[:1], output_field=BigIntegerField())
        # In numbers without bounds: a rate by the land is a long fraction.
        twice = Cast(grams, WIDE) * Value(2) * Cast("per_fen", WIDE) + Cast("per_g", WIDE)
        return Cast(Func(twice, Value(2) * Cast("per_g", WIDE), function="div", output_field=WIDE), BigIntegerField())

    return LossClaim.objects.filter(
        county_notice__in=notices
    ).annotate(
        declared_fen=priced(Stage.DECLARED),
        verified_fen=Coalesce(
            priced(Stage.COUNTY), priced(Stage.TOWNSHIP)
        ),  # nobody visits a sale, or what was not drawn
        noticed_fen=Subquery(computed.values("amount_fen")[:1]),
        awarded_fen=F("award__amount_fen"),
        sent_fen=Subquery(own.values("payable__payments__amount_fen")[:1]),
        fate=Subquery(own.values("payable__payments__status")[:1]),
    )


def followed(rows: Iterable[Any]) -> list[Followed]:
    """Return judged payments, each with its claim, and stray lines of the bank as they are."""
    listed = list(rows)
    keys = [row.payable_id for row in listed if hasattr(row, "payable_id")]  # a stray is for nothing of ours
    awards = Award.objects.filter(payable__in=keys).select_related("claim") if keys else []
    claims = {award.payable_id: award.claim for award in awards}
    return [Followed(row, claims.get(row.payable_id) if hasattr(row, "payable_id") else None) for row in listed]
