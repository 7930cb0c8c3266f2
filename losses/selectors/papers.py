"""Papers of a claim: which its scheme asks for at what was found, and which of them were brought."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel import money
from losses.models import ClaimPaper, LossClaim, SchemePaper
from losses.selectors.claims import latest_figure


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper that a claim needs, with the newest that was brought of it."""

    paper: SchemePaper
    brought: ClaimPaper | None


def papers_of(claim: LossClaim) -> list[Asked]:
    """Return the papers a claim needs as it stands, in the order of their kinds, each with what was brought."""
    quantity_g = latest_figure(claim).quantity_g
    asked = [
        paper
        for paper in SchemePaper.objects.filter(scheme=claim.scheme_id).order_by("pk")
        if paper.from_fen * claim.per_g <= claim.per_fen * quantity_g
    ]
    if not asked:
        return []
    rows = ClaimPaper.objects.filter(claim=claim).select_related("photo").order_by("pk")
    brought = {row.paper_id: row for row in rows}
    return [Asked(paper, brought.get(paper.pk)) for paper in asked]


def missing_papers(claim: LossClaim) -> list[SchemePaper]:
    """Return the papers that a claim needs as it stands and nobody brought."""
    return [one.paper for one in papers_of(claim) if one.brought is None]


def from_words(from_fen: int) -> str:
    """Return from which relief on a paper is asked for, in words."""
    return _("from %(amount)s yuan of relief on") % {"amount": money.yuan(from_fen)} if from_fen else _("always")
