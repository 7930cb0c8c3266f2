"""One's own goods: a row of the list, where every kilo of a lot went, and what its owner may do with it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.filters import OPEN
from catalog.models import Listing, ListingStatus, PriceChange, Track
from catalog.pages.lots import (
    amount_both,
    day_of,
    harvest_words,
    in_kg,
    jin_with_comma,
    joined,
    keeps,
    price_line,
    status_tag,
    thousands,
    title_of,
)
from kernel import dates, money
from kernel.places import Places
from kernel.present import name_of
from kernel.shown import Action, Fact, Tag
from produce.models import StockUnit
from records.forms import new_key
from records.services.photos import photo_url

CHEAPER_FEN = 10  # one tap takes this much off the price of a jin


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One lot in the list, with what one tap does to it."""

    url: str
    title: str
    kg: str
    facts: list[str]
    picture: str
    photo_url: str
    status: Tag
    quick: list[Action]


@dataclass(frozen=True, slots=True)
class Head:
    """How a lot is headed on each of its pages."""

    title: str
    name: str
    number: str
    picture: str
    photo_url: str
    meta: list[str]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a part of a lot: its place in the bar in thousandths, its words, its weight."""

    key: str
    start: int
    share: int
    label: str
    note: str
    jin: str
    kg: str


@dataclass(frozen=True, slots=True)
class Away:
    """Until when a seller is away, empty while at home, and the key of being back."""

    away: str
    idem: str


def row(listing: Listing, today: dt.date) -> GoodsRow:
    """Return what "my goods" shows of one lot."""
    facts = [price_line(listing)]
    if listing.free() and listing.status == ListingStatus.ON_SALE:
        facts += [
            _("%(amount)s left") % {"amount": amount_both(listing, listing.free())},
            _how_long(listing, today),
        ]
    return GoodsRow(
        url=reverse("my-listing", args=[listing.pk]),
        title=title_of(listing),
        kg="" if listing.stock_unit == StockUnit.PIECE else in_kg(listing.listed),
        facts=facts,
        picture=listing.produce.picture,
        photo_url=photo_url(listing.cover, 160),
        status=status_tag(listing, today),
        quick=_quick(listing, today),
    )


def head(lot: Listing) -> Head:
    """Return how a lot is headed: goods and amount, when it was listed, what it costs."""
    certified = [lot.get_track_display()] if lot.track == Track.CERTIFIED else []
    kilograms = in_kg(lot.grams(lot.listed))
    return Head(
        title=title_of(lot),
        name=name_of(lot.produce),
        number=lot.number,
        picture=lot.produce.picture,
        photo_url=photo_url(lot.cover),
        meta=[
            *certified,
            kilograms,
            _("listed on %(day)s") % {"day": day_of(lot.listed_at)},
            price_line(lot),
            *([_("at least %(least)s a buyer") % {"least": lot.in_words(lot.smallest)}] if lot.smallest else []),
        ],
    )


def away(until: dt.date | None) -> Away:
    """Return until when one is away."""
    return Away(dates.day_words(until) if until else "", new_key())


def fates(listing: Listing, today: dt.date) -> list[Fate]:
    """Return where every kilo of a lot went, for the bar and its lines.

    Sold goods count as paid only while nothing at all is owed to the payee: which lot a payment was for is not
    written here, so in doubt it is still to come.
    """
    account = listing.payee_account
    all_paid = account.credits_posted_fen <= account.debits_posted_fen and not account.debits_pending_fen
    parts = [
        ("paid", listing.sold if all_paid else 0, _("Sold, money in the card"), ""),
        ("owed", 0 if all_paid else listing.sold, _("Sold, money still to come"), ""),
        ("booked", listing.reserved, _("Ordered, not signed for yet"), ""),
        ("loss", listing.claimed + listing.written_off, _("Spoiled, reported"), ""),
        ("own", listing.withdrawn, _("Taken back"), ""),
        ("sale", listing.free(), _sale_word(listing), joined([price_line(listing), _how_long(listing, today)])),
    ]
    parts = [part for part in parts if part[1]]
    shares = money.split_fen(1000, [quantity for _key, quantity, _label, _note in parts])
    counted = listing.stock_unit == StockUnit.PIECE
    return [
        Fate(
            key=key,
            start=sum(shares[:place]),
            share=shares[place],
            label=label,
            note="，".join(filter(None, [listing.in_words(quantity), note])) if counted else note,
            jin=jin_with_comma(listing.grams(quantity)),
            kg=thousands(listing.grams(quantity)),
        )
        for place, (key, quantity, label, note) in enumerate(parts)
    ]


def _how_long(listing: Listing, today: dt.date) -> str:
    """Return how long it keeps, or when it will be harvested."""
    return keeps(listing, today) if listing.harvested_on else harvest_words(listing)


def _sale_word(listing: Listing) -> str:
    """Return what free kilos are: still on sale, or lying at home."""
    return _("Still on sale") if listing.status == ListingStatus.ON_SALE else _("Still with you, off the market")


def actions(lot: Listing, today: dt.date, places: Places) -> list[Action]:
    """Return what the owner may do with a lot, what is most wanted first."""
    pk, free = lot.pk, lot.free()
    on_sale = lot.status == ListingStatus.ON_SALE and free
    offered = []
    if free and lot.harvested_on is None and lot.status in OPEN:
        offered.append(_harvested(lot, today))
    elif free and lot.status in OPEN:
        to_confirm = lot.status == ListingStatus.EXPIRED or lot.asked_at is not None
        offered.append(_one_tap("listing-confirm", lot, _("Still there"), main=to_confirm))
    if on_sale:
        offered += _cheaper(lot)
    if free and lot.household_id and lot.harvested_on is not None:
        offered.append(Action(places.claim_lot(pk), _("Something has spoiled")))
    if lot.claimed or lot.written_off:
        offered.append(Action(places.claim_of_lot(pk), _("Where the report stands")))
    if free:
        offered.append(Action(reverse("listing-withdraw", args=[pk]), _("Take goods back")))
    if on_sale:
        offered.append(Action(reverse("listing-price", args=[pk]), _("Another price")))
        offered.append(Action(reverse("listing-smallest", args=[pk]), _("The least to hand over")))
    if lot.harvested_on is not None:
        offered.append(Action(reverse("lot-papers", args=[pk]), _("Papers")))
    return [*offered, Action(places.sell_again(pk), _("The same again"), main=not free)]


def _quick(lot: Listing, today: dt.date) -> list[Action]:
    """Return what one tap in the list does to a lot on sale: still there or harvested today, ten cents less."""
    if lot.status != ListingStatus.ON_SALE or not lot.free():
        return []
    if lot.harvested_on is None:
        first = _harvested(lot, today)
    else:
        first = _one_tap("listing-confirm", lot, _("Still there"), main=lot.asked_at is not None)
    return [first, *_cheaper(lot)]


def _harvested(lot: Listing, today: dt.date) -> Action:
    return _one_tap("listing-harvest", lot, _("Harvested"), on=today.isoformat())


def _cheaper(lot: Listing) -> list[Action]:
    """Return the button that takes ten cents off, where more than ten cents are asked in whole fen a jin."""
    if lot.price_unit_g != 500 or lot.price_fen <= CHEAPER_FEN:
        return []
    lower = money.yuan_plain(lot.price_fen - CHEAPER_FEN)
    words = _("10 cents less: %(price)s") % {"price": lower}
    return [_one_tap("listing-price", lot, words, price=lower, price_reason=lot.price_reason)]


def _one_tap(name: str, lot: Listing, label: str, *, main: bool = True, **fields: str) -> Action:
    return Action(reverse(name, args=[lot.pk]), label, main, post=True, fields={"idem": new_key(), **fields})


def prices(changes: Sequence[PriceChange]) -> list[Fact]:
    """Return what a lot asked from which day on, the latest first; one price all along is no history."""
    if len(changes) < 2:
        return []
    return [
        Fact(
            _("from %(day)s on") % {"day": day_of(change.at)},
            _("%(price)s yuan a jin") % {"price": money.price_per_jin(change.price_fen, change.price_unit_g)},
        )
        for change in changes
    ]


def panel(lot: Listing, today: dt.date) -> Tag | None:
    """Return what needs the owner now."""
    if lot.recalled_at is not None:
        return Tag("danger", _("This lot is recalled: nobody may eat or sell it. Call us if you do not know why."))
    if lot.status == ListingStatus.STOPPED:
        return Tag("danger", _("The sale of this lot is stopped for now. Call us if you do not know why."))
    if not lot.free():
        return None
    if lot.harvested_on is None:
        words = _("Announced: %(when)s. When it is harvested, press “Harvested”.")
        return Tag("info", words % {"when": harvest_words(lot)})
    if lot.sell_by < today:
        return Tag("warn", _("It is past its keeping time. If it has spoiled, report it."))
    if lot.status == ListingStatus.EXPIRED:
        return Tag("warn", _("It is off the market because nobody answered. Press “Still there”."))
    if lot.asked_at is not None:
        return Tag("warn", _("Is it still there? Press “Still there”, or take it back."))
    if (lot.sell_by - today).days <= 3:
        return Tag("warn", keeps(lot, today))
    return None
