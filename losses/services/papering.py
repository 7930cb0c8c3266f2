"""Bring a paper that the rules ask for to a claim; without its papers no claim goes on beyond the township."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import BadValue, DomainError
from kernel.workflow import lock
from losses.models import PAPERS_OPEN, BroughtBy, ClaimPaper, LossClaim, PaperForm, PaperKind, SchemePaper, Stage
from losses.selectors.claims import paper_role
from losses.selectors.interest import FILER, HOUSEHOLD
from losses.selectors.papers import missing_papers
from losses.services.claiming import is_member
from records.models import StoredFile
from records.services import events
from records.services.files import attach
from records.services.participation import take_part

SHORTEST, LONGEST = 2, 60


class PapersMissing(DomainError):
    code = "papers_missing"

    def __init__(self, papers: list[SchemePaper]) -> None:
        names = "、".join(str(PaperKind(paper.kind).label) for paper in papers)
        super().__init__(
            _("These papers are still missing: %(papers)s. Have them added to the report, or send it back.")
            % {"papers": names}
        )


class PapersClosed(DomainError):
    code = "papers_closed"
    message = _("The township has looked already; no more papers are added. Ask the bureau.")


class NotAsked(DomainError):
    code = "paper_not_asked"
    message = _("The rules of this scheme do not ask for this paper.")


@transaction.atomic
def bring_paper(
    claim: LossClaim,
    paper: SchemePaper,
    *,
    number: str = "",
    photo: StoredFile | None = None,
    by: User,
    at: dt.datetime,
) -> ClaimPaper:
    """Add a paper to a claim that still waits for the township, as a hand of whoever brings it."""
    claim = lock(claim)
    if claim.status not in PAPERS_OPEN:
        raise PapersClosed
    if paper.scheme_id != claim.scheme_id:
        raise NotAsked
    number = number.strip()
    shown = paper.form == PaperForm.PHOTO
    if shown and photo is None:
        raise BadValue(_("Take a photo of the paper, so that all of it can be read."))
    if not shown and not SHORTEST <= len(number) <= LONGEST:
        raise BadValue(_("Write the number that stands on the paper, at most 60 characters."))
    _take_part(claim, paper, by=by, at=at)
    if shown and photo is not None:
        attach(claim.reference, photo, paper_role(paper.pk), by=by, at=at)
    brought = ClaimPaper.objects.create(
        claim=claim, paper=paper, number="" if shown else number, photo=photo if shown else None, by=by, at=at
    )
    events.record("claim.paper", claim.reference, by=by, at=at, paper=paper.kind)
    return brought


def _take_part(claim: LossClaim, paper: SchemePaper, *, by: User, at: dt.datetime) -> None:
    """Put the hand down: of the household, of whoever brings it for the household, or of the village."""
    if is_member(claim.household, by):
        take_part(claim.reference, HOUSEHOLD, by=by, at=at)
    elif paper.brought_by == BroughtBy.VILLAGE:
        take_part(claim.reference, Stage.VILLAGE.value, by=by, at=at)
    else:
        take_part(claim.reference, FILER, by=by, at=at)


def require_papers(claim: LossClaim) -> None:
    """Refuse to go on beyond the township while a paper is missing."""
    missing = missing_papers(claim)
    if missing:
        raise PapersMissing(missing)
