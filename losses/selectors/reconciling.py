"""One payout batch from report to card: six stages by township, and the payments to follow.

The claims counted are those of the county notices whose awards the batch pays, so that a line stopped by an objection
stands under "on notice" and not under "approved".
"""

from dataclasses import dataclass, field
from typing import Any

from kernel import money
from ledger.selectors import fate_of, lines_of
from losses.models import Award, ClaimFigure, LossClaim, Stage
from losses.selectors.claims import declared, figure_of, present_computation, with_story

STAGES = ("declared", "verified", "noticed", "awarded", "sent", "arrived")


@dataclass(slots=True)
class Sums:
    """Households and money at each stage of one township, or of all; the sum of all has no name."""

    name: str
    households: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    fen: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*STAGES, "returned", "unknown"), 0))

    def add(self, stage: str, amount_fen: int) -> None:
        """Count one household with its money at a stage."""
        if stage in self.households:
            self.households[stage] += 1
        self.fen[stage] += amount_fen

    @property
    def difference(self) -> int:
        """Return what was sent and is neither arrived, come back nor unknown: always nothing."""
        return self.fen["sent"] - self.fen["arrived"] - self.fen["returned"] - self.fen["unknown"]


@dataclass(frozen=True, slots=True)
class Followed:
    """A payment whose money has not arrived, with the claim it is for, if it is for one."""

    payment: Any
    claim: LossClaim | None
    unknown: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where the money of one batch is: in all, by township with the most money first, and whom to follow."""

    total: Sums
    towns: list[Sums]
    follow: list[Followed]


def reconciliation(batch: Any) -> Reconciliation:
    """Return where the money of one batch is."""
    payments = {payment.payable.document: payment for payment in lines_of(batch)}
    claims = _claims(payments)
    total = Sums("")
    towns: dict[str, Sums] = {}
    for claim in claims:
        town = claim.household.village.township
        sums = towns.setdefault(town.code, Sums(town.name))
        for stage, amount in _amounts(claim, payments.get(claim.reference)):
            total.add(stage, amount)
            sums.add(stage, amount)
    by_reference = {claim.reference: claim for claim in claims}
    return Reconciliation(
        total=total,
        towns=sorted(towns.values(), key=lambda sums: (-sums.fen["sent"], sums.name)),
        follow=[
            Followed(payment, by_reference.get(payment.payable.document), fate_of(payment) == "unknown")
            for payment in payments.values()
            if fate_of(payment) != "arrived"
        ],
    )


def _claims(payments: Any) -> list[LossClaim]:
    paid = Award.objects.filter(payable__in=[payment.payable_id for payment in payments.values()])
    notices = LossClaim.objects.filter(pk__in=paid.values("claim")).values("county_notice")
    claims = LossClaim.objects.filter(county_notice__in=notices)
    return list(with_story(claims).select_related("household__village__parent", "award").order_by("pk"))


def _amounts(claim: LossClaim, payment: Any) -> Any:
    """Yield each stage a claim has reached with its money; quantities are priced at the claim's own rate."""
    yield "declared", _priced(claim, declared(claim))
    if figure := figure_of(claim, Stage.COUNTY):
        yield "verified", _priced(claim, figure)
    if computation := present_computation(claim):
        yield "noticed", computation.amount_fen
    if hasattr(claim, "award"):
        yield "awarded", claim.award.amount_fen
    if payment is None:
        return
    yield "sent", payment.amount_fen
    yield fate_of(payment), payment.amount_fen


def _priced(claim: LossClaim, figure: ClaimFigure) -> int:
    return money.amount_fen(figure.quantity_g, claim.rate.rate_fen, claim.rate.rate_unit_g)
