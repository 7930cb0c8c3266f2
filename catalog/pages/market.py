"""The market and one of its lots as everybody sees them: no household is named here, whoever looks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.models import Listing, ListingStatus, PriceChange
from catalog.pages.facets import NOT_ASKED, asked_again
from catalog.pages.lots import (
    compared,
    day_of,
    distance_words,
    grade_of,
    harvest_of,
    jin_with_comma,
    joined,
    keeps,
    left_of,
    paper_word,
    place_of,
    price_tags,
    seller_of,
    steps_of,
    urgent,
)
from catalog.selectors.buyers import Buyer
from catalog.selectors.market import Usual
from catalog.selectors.papers import missing_papers, valid_papers
from catalog.selectors.search import Meant
from kernel import money
from kernel.dates import day_words
from kernel.keyset import Page
from kernel.places import Places
from kernel.present import name_of
from kernel.shown import Fact, Link, Moment, PageLinks, Tag
from records.models import StoredFile
from records.services.photos import photo_url


@dataclass(frozen=True, slots=True)
class Ends(PageLinks):
    """Where the pages beside this one lie, and what is known of the whole list."""

    text: str
    further: bool  # nothing among the lots looked at so far, but there are more


@dataclass(frozen=True, slots=True)
class Goods:
    """One lot at the head of its page; prices for one kilogram, `price_jin` for one jin."""

    name: str
    grade: str
    grade_measure: str  # how the grade is told apart, and at what price lower ones are taken
    picture: str
    photos: list[str]
    price: str
    price_jin: str
    urgent: bool
    keeps: str
    price_tags: list[Tag]
    about_url: str
    reference: str
    reference_note: str
    reference_high: bool


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A paper of a lot, and where a buyer checks it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a lot, and in words those that this buyer asks for and it has not."""

    rows: list[PaperLink]
    missing: str


@dataclass(frozen=True, slots=True)
class Overseeing:
    """Where whoever looks after goods may stop their sale, or let it go on, and recall them."""

    url: str
    stop: bool
    idem: str
    recall_url: str


def address(query: QueryDict, **more: str) -> str:
    """Return the board's address with what is asked, at another place of the list."""
    return f"{reverse('market')}?{asked_again(query, **more)}"


def page_ends(query: QueryDict, page: Page) -> Ends:
    """Return where the pages beside one page of the board lie."""
    return Ends(
        previous_url=address(query, cursor=page.previous) if page.previous else "",
        next_url=address(query, cursor=page.next) if page.next else "",
        text=_("Soonest to spoil first") if page.rows else "",
        further=page.next is not None and not page.rows,
    )


def within(query: QueryDict, lots: Iterable[Listing]) -> Link | None:
    """Return the village to which the map has narrowed the board, leading to the whole board again."""
    code = query.get("village", "")
    if not code:
        return None
    name = next((lot.village.short_name for lot in lots if lot.village_id == code), "")
    url = f"{reverse('market')}?{asked_again(query, but=NOT_ASKED | {'village'})}"
    return Link(url, name or _("This village"))


def tons(grams: int) -> str:
    """Print grams as tons with one decimal, rounded half up."""
    tenths = (grams + 50_000) // 100_000
    return f"{tenths // 10:,}.{tenths % 10}"


def goods(lot: Listing, usual: Usual, photos: Iterable[StoredFile], today: dt.date) -> Goods:
    """Return the head of a lot's page."""
    price = compared(lot, usual)
    return Goods(
        name=name_of(lot.produce),
        grade=grade_of(lot.grade),
        grade_measure=joined([lot.grade.measure if lot.grade is not None else "", steps_of(lot)]),
        picture=lot.produce.picture,
        photos=[photo_url(file, 720) for file in photos],
        price=money.price_per_kg(lot.price_fen, lot.price_unit_g),
        price_jin=money.price_per_jin(lot.price_fen, lot.price_unit_g),
        urgent=urgent(lot, today),
        keeps=keeps(lot, today),
        price_tags=price_tags(lot, price),
        about_url=reverse("produce-page", args=[lot.produce.code]),
        reference=price.reference,
        reference_note=price.note,
        reference_high=price.high,
    )


def facts_of(lot: Listing, buyer: Buyer | None, today: dt.date) -> list[Fact]:
    """Return what everybody may know of a lot, and a buyer how far away it lies."""
    left_jin = _("%(jin)s jin") % {"jin": jin_with_comma(lot.grams(lot.free()))}
    facts = [
        Fact(_("Left"), left_of(lot), left_jin),
        Fact(_("Keeps"), keeps(lot, today), _("until %(day)s") % {"day": day_words(lot.sell_by)}),
        harvest_of(lot),
        Fact(_("Where it lies"), place_of(lot)),
    ]
    if buyer is not None:
        far = distance_words(buyer.metres_to(lot.village))
        note = _("as the crow flies, to the village") if far else ""
        facts.append(Fact(_("How far"), far or pgettext("distance", "not known"), note))
    facts.append(Fact(_("Who sells"), seller_of(lot)))
    facts += _recognised(lot)
    if getattr(lot, "poor", False):
        facts.append(Fact(_("Counts for the reserved share"), pgettext("market", "Lifted household")))
    facts.append(Fact(_("Number"), lot.number))
    if lot.smallest:
        facts.append(Fact(_("Handed over at least"), lot.in_words(lot.smallest), _("or all that is left")))
    if lot.price_reason:
        facts.append(Fact(_("Why it is worth more"), lot.price_reason))
    return facts


def _recognised(lot: Listing) -> list[Fact]:
    """Return for what the township recognised the seller, and by which document."""
    if lot.recognition is None:
        return []
    by = _("%(township)s, document %(document)s") % {
        "township": lot.township.name,
        "document": lot.recognition.document,
    }
    return [Fact(pgettext("goods", "Recognised as"), lot.get_track_display(), by)]


def price_history(changes: Iterable[PriceChange]) -> list[Moment]:
    """Return how the price of a lot changed; one price all along is no history."""
    history = [
        Moment(
            when=day_of(change.at),
            who="",
            what=_("%(price)s yuan/kg") % {"price": money.price_per_kg(change.price_fen, change.price_unit_g)},
            tone="plain",
        )
        for change in changes
    ]
    return history if len(history) > 1 else []


def papers_of(lot: Listing, buyer: Buyer | None, today: dt.date) -> Papers:
    """Return the papers of a lot, and to a buyer which of those it asks for are missing.

    A paper's page shows the seller's masked name: only buyers are led there from the market.
    """
    papers = valid_papers(lot, today)
    lacking = missing_papers(lot, papers, today).of(buyer.channel) if buyer is not None else ()
    return Papers(
        rows=[
            PaperLink(paper_word(paper.kind), reverse("paper-check", args=[paper.code]) if buyer is not None else "")
            for paper in papers
        ],
        missing=pgettext("list", ", ").join(paper_word(kind) for kind in lacking),
    )


def overseeing(lot: Listing, places: Places, *, key: str) -> Overseeing:
    """Return where the sale of a lot is stopped or goes on, and where it is recalled."""
    on_sale = lot.status == ListingStatus.ON_SALE
    stopped = lot.status == ListingStatus.STOPPED and lot.recalled_at is None
    return Overseeing(
        url=reverse("listing-stop" if on_sale else "listing-resume", args=[lot.pk]) if on_sale or stopped else "",
        stop=on_sale,
        idem=key,
        recall_url=places.recall_lot(lot.pk),
    )


def unserved_sentence(produce: str, why: str) -> str:
    """Return why a buyer may not order a produce."""
    return _("%(produce)s may not be served at your place: %(why)s") % {"produce": produce, "why": why}


def unserved_words(text: str, meant: Meant, hidden: Mapping[int, tuple[str, str]]) -> str:
    """Return why what a buyer looked for is not shown; nothing where it is not hidden."""
    looked_for = {word.id for word in (*(meant.produce or ()), *meant.others)}
    for key, (name, why) in hidden.items():
        if key in looked_for or name == text.strip():
            return unserved_sentence(name, why)
    return ""
