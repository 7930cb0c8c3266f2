"""The papers of a lot: as its seller sees them, and what the square code of one tells anybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.models import Paper, PaperStatus
from catalog.pages.lots import amount_both, place_of
from catalog.selectors.papers import vouched
from kernel import dates, masking
from kernel.present import StrOrPromise, name_of
from kernel.shown import Fact
from records.forms import new_key


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper with what may be done with it; an address is empty where it may not."""

    title: str
    number: str
    meta: list[str]
    valid: bool
    status: StrOrPromise
    print_url: str
    check_url: str
    cancel_url: str
    idem: str


def row(paper: Paper) -> PaperRow:
    """Return one paper of a lot as its seller sees it."""
    lot, recalled = paper.listing, paper.listing.recalled_at is not None
    valid = paper.status == PaperStatus.VALID and not recalled
    commitment = paper.kind == Paper.Kind.CONFORMITY
    return PaperRow(
        title=paper.get_kind_display(),
        number=paper.number,
        meta=[
            dates.day_words(paper.issued_on),
            paper.facts.get("office") or amount_both(lot, paper.quantity or lot.listed),
        ],
        valid=valid,
        status=pgettext("paper", "Withdrawn from sale") if recalled else PaperStatus(paper.status).label,
        print_url=reverse("paper-print", args=[lot.pk, paper.pk]) if commitment and not recalled else "",
        check_url=reverse("paper-check", args=[paper.code]),
        cancel_url=reverse("paper-cancel", args=[lot.pk, paper.pk]) if valid else "",
        idem=new_key(),
    )


def words_of(kinds: Iterable[str]) -> list[StrOrPromise]:
    """Return the names of kinds of papers."""
    return [Paper.Kind(kind).label for kind in kinds]


def facts_of(paper: Paper) -> list[Fact]:
    """Return what anybody may know of a paper; the seller's name is masked."""
    lot = paper.listing
    subject = masking.mask_name(lot.household.head_name) if lot.household is not None else str(lot.cooperative)
    facts = [
        Fact(pgettext("paper", "Kind"), paper.get_kind_display()),
        Fact(_("Number"), paper.number),
        Fact(_("Goods"), name_of(lot.produce)),
        Fact(_("Where from"), place_of(lot)),
        Fact(_("Who answers for it"), subject),
        Fact(pgettext("paper", "Issued on"), dates.day_words(paper.issued_on)),
    ]
    if paper.quantity:
        facts.insert(3, Fact(_("How much"), amount_both(lot, paper.quantity)))
    if office := paper.facts.get("office"):
        facts.append(Fact(_("Issued by"), office))
    return facts


def vouched_words(paper: Paper) -> str:
    """Return for how much the paper still stands where a part of its lot is claimed as spoiled, else nothing."""
    lot, still = paper.listing, vouched(paper)
    if still == (paper.quantity or lot.listed):
        return ""
    if not still:
        return _(
            "All of this lot is reported as spoiled: this paper vouches for nothing any more. Do not use the goods."
        )
    return _("A part of this lot is reported as spoiled. This paper vouches for at most %(amount)s of it.") % {
        "amount": amount_both(lot, still)
    }
