"""The papers of a claim: which are there, which are missing, and who brings them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from kernel.shown import Link, Tag
from losses import permissions
from losses.models import LossClaim, PaperForm
from losses.pages.words import Photo, day_time, photo_at
from losses.selectors.papers import Asked, from_words


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper that a claim needs, as its page shows it."""

    key: int
    name: str
    words: str
    state: Tag
    brought: str
    photo: Photo | None
    shown: bool  # a photo is asked for, else a number


def paper_rows(claim: LossClaim, asked: list[Asked], *, evidence: bool) -> list[PaperRow]:
    """Return the papers of a claim; number and photo only for those who may see its evidence."""
    return [_paper_row(claim, one, evidence) for one in asked]


def _paper_row(claim: LossClaim, one: Asked, evidence: bool) -> PaperRow:
    paper, brought = one.paper, one.brought
    name = str(paper.get_kind_display())
    there = _("There since %(day)s") % {"day": day_time(brought.at)} if brought is not None else ""
    if brought is not None and brought.number and evidence:
        there = _("Number %(number)s, there since %(day)s") % {"number": brought.number, "day": day_time(brought.at)}
    picture = None
    if brought is not None and brought.photo_id is not None and evidence:
        picture = photo_at(claim, brought.photo_id, day_time(brought.at), name)
    return PaperRow(
        key=paper.pk,
        name=name,
        words=_("%(when)s; brings it: %(who)s")
        % {"when": from_words(paper.from_fen), "who": paper.get_brought_by_display()},
        state=Tag("ok", pgettext("paper", "There")) if brought else Tag("warn", pgettext("paper", "Missing")),
        brought=there,
        photo=picture,
        shown=paper.form == PaperForm.PHOTO,
    )


def papers_link(claim: LossClaim, user: User) -> Link | None:
    """Return where this person adds papers to a claim, while that is possible."""
    if not permissions.can_bring_paper(user, claim):
        return None
    return Link(reverse("claim-papers", args=[claim.pk]), _("Add papers"))
