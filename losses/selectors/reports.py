"""Reports of loss with their lines: as far as whoever asks may see the claims that the lines are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from kernel import money
from losses.models import ClaimReport, ClaimStatus, LossClaim, Visit
from losses.selectors.claims import latest_figure, paid_at, present_computation, with_story

OVER = (ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of a report: its claim, what it comes to and whether that was computed, and what of it is paid."""

    claim: LossClaim
    fen: int
    computed: bool
    paid_fen: int


@dataclass(frozen=True, slots=True)
class SeenReport:
    """A report with the lines that somebody may see, how many it has in all, and the sums of those seen."""

    report: ClaimReport
    lines: list[SeenLine]
    of: int
    fen: int
    paid_fen: int


def reports_of(claims: QuerySet[LossClaim]) -> QuerySet[ClaimReport]:
    """Return the reports of which one of these claims is a line."""
    return ClaimReport.objects.filter(pk__in=claims.values("report")).select_related("household__village")


def count_lines(claims: Iterable[LossClaim]) -> None:
    """Tell claims that were fetched without their story how many lines their reports have, in one statement."""
    rows = list(claims)
    beside = LossClaim.objects.filter(report__in={claim.report.pk for claim in rows}).values("report")
    found = dict(beside.annotate(n=Count("pk")).values_list("report", "n"))
    for claim in rows:
        claim.of_lines = found[claim.report.pk]  # type: ignore[attr-defined]


def drawn_together(visit: Visit) -> list[str]:
    """Return the numbers of the other lines of a report that the same seed gave to the same two."""
    drawn = Visit.objects.filter(claim__report=visit.claim.report, seed=visit.seed, redrawn_at=None)
    return list(drawn.exclude(pk=visit.pk).order_by("claim").values_list("claim__number", flat=True))


def to_be_drawn_with(claim: LossClaim) -> list[str]:
    """Return the numbers of the other lines of a report that wait for their draw."""
    drawn = Visit.objects.filter(claim=OuterRef("pk"), round=OuterRef("round"), redrawn_at=None)
    waiting = LossClaim.objects.filter(~Exists(drawn), report=claim.report, status=ClaimStatus.TO_VISIT)
    return list(waiting.exclude(pk=claim.pk).order_by("pk").values_list("number", flat=True))


def seen_report(report_id: int, claims: QuerySet[LossClaim]) -> SeenReport | None:
    """Return one report with those of its lines that are among these claims; nothing where none is."""
    seen = seen_reports(list(reports_of(claims).filter(pk=report_id)), claims)
    return seen[0] if seen else None


def seen_reports(reports: list[ClaimReport], claims: QuerySet[LossClaim]) -> list[SeenReport]:
    """Return reports with those of their lines that are among these claims, in a fixed number of statements."""
    shown: dict[int, list[LossClaim]] = {}
    for claim in with_story(claims.filter(report__in=[report.pk for report in reports])).order_by("line"):
        shown.setdefault(claim.report.pk, []).append(claim)
    return [_seen(report, shown[report.pk]) for report in reports if report.pk in shown]


def _seen(report: ClaimReport, claims: list[LossClaim]) -> SeenReport:
    lines = [_line(claim) for claim in claims]
    live = [line for line in lines if line.claim.status not in OVER]
    return SeenReport(
        report=report,
        lines=lines,
        of=claims[0].of_lines,  # type: ignore[attr-defined]  # asked with its story
        fen=sum(line.fen for line in live),
        paid_fen=sum(line.paid_fen for line in live),
    )


def _line(claim: LossClaim) -> SeenLine:
    """Return a line as it stands: as computed, before that what was found last at its rate."""
    computed = present_computation(claim)
    at_rate = money.amount_fen(latest_figure(claim).quantity_g, claim.per_fen, claim.per_g)
    fen = computed.amount_fen if computed is not None else at_rate
    return SeenLine(claim, fen, computed is not None, fen if paid_at(claim) is not None else 0)
