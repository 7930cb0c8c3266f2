"""What the bank's answers come to, line by line of a batch: each stands under one verdict, and strays beside them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import pgettext_lazy

from ledger.models import (
    BankReturn,
    BankReturnLine,
    Contradiction,
    ContradictionStatus,
    PaymentStatus,
    PayoutBatch,
)


class Verdict(TextChoices):
    """How a line of a batch stands after the bank's last word about it; a stray is the bank's line alone."""

    SETTLED = "settled", pgettext_lazy("verdict", "Arrived")
    UNPAID = "unpaid", pgettext_lazy("verdict", "Not paid")
    MISMATCH = "mismatch", pgettext_lazy("verdict", "The answer differs")
    DUPLICATE = "duplicate", pgettext_lazy("verdict", "Answered twice")
    STRAY = "stray", pgettext_lazy("verdict", "Not sent by us")


@dataclass(frozen=True, slots=True)
class VerdictSum:
    """How many lines stand under a verdict, with how much; of strays what the bank wrote."""

    verdict: Verdict
    lines: int
    fen: int


def judged(batch: PayoutBatch) -> QuerySet[Any]:
    """Return the payments of a batch, each with its `verdict`, and what the bank said last: `said`, `said_fen`."""
    answers = BankReturnLine.objects.filter(payment=OuterRef("pk")).order_by("-pk")
    asked = Contradiction.objects.filter(payment=OuterRef("pk")).exclude(status=ContradictionStatus.SETTLED)
    verdict = Case(
        When(Exists(asked), then=Value(Verdict.DUPLICATE.value)),
        When(~Q(finding=""), then=F("finding")),
        When(status=PaymentStatus.PAID, then=Value(Verdict.SETTLED.value)),
        default=Value(Verdict.UNPAID.value),
        output_field=CharField(),
    )
    rows = batch.payments.annotate(
        finding=Subquery(answers.values("finding")[:1]),
        said=Subquery(answers.values("reason")[:1]),
        said_fen=Subquery(answers.values("amount_fen")[:1]),
    )
    return rows.annotate(verdict=verdict).select_related("payable__household__village", "snapshot")


def to_follow(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of judged payments that have not arrived, or of which the bank says more than that."""
    return rows.exclude(verdict=Verdict.SETTLED)


def strays_of(batches: Any) -> QuerySet[BankReturnLine]:
    """Return the bank's lines about these batches that name no line of theirs; of a file brought again its last."""
    again = BankReturn.objects.filter(sha256=OuterRef("bank_return__sha256"), pk__gt=OuterRef("bank_return"))
    rows = BankReturnLine.objects.filter(~Exists(again), bank_return__batch__in=batches)
    return rows.filter(finding=BankReturnLine.Finding.STRAY)


def verdict_sums(batch: PayoutBatch) -> list[VerdictSum]:
    """Return every verdict with its count and sum: the first four are together what was sent."""
    counted = judged(batch).order_by().values("verdict").annotate(n=Count("pk"), fen=Sum("amount_fen"))
    sums = {row["verdict"]: (row["n"], row["fen"]) for row in counted}
    stray = strays_of([batch.pk]).aggregate(n=Count("pk"), fen=Sum("amount_fen"))
    sums[Verdict.STRAY.value] = (stray["n"], stray["fen"] or 0)
    return [VerdictSum(verdict, *sums.get(verdict.value, (0, 0))) for verdict in Verdict]
