"""Lots in words: what cards, rows and steps say, in the reader's language; no query is made here."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from catalog.models import Listing, ListingStatus, Paper, Track
from catalog.selectors.market import Usual
from kernel import dates, money, weight
from kernel.clock import county_day
from kernel.present import in_english, known, name_of
from kernel.shown import Fact, Tag
from produce.models import Grade, StockUnit
from records.services.photos import photo_url

URGENT_DAYS = 3  # from so many on a lot wears its colour; nothing else follows
TakeUrl = Callable[[str, int], str]  # of a produce's code and a lot's number: where a buyer orders it


@dataclass(frozen=True, slots=True)
class Compared:
    """How a price stands beside the county's reference, all empty where there is none."""

    reference: str = ""
    note: str = ""
    high: bool = False
    low: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What the market shows of one lot; prices are for a kilogram, `markup` is the card as drawn."""

    url: str
    take_url: str
    name: str
    grade: str
    picture: str
    photo_url: str
    price: str
    place: str
    distance: str
    seller: str
    seller_kind: str
    left: str
    keeps: str
    urgent: bool
    tags: list[Tag]
    reference: str
    reference_note: str
    reference_high: bool
    markup: str = ""


def grade_of(grade: Grade | None) -> str:
    """Name a grade, empty without one."""
    return "" if grade is None else name_of(grade)


def left_of(listing: Listing) -> str:
    """Return how much is free, in kilograms with a thousands comma, or in pieces."""
    if listing.stock_unit == StockUnit.PIECE:
        return listing.in_words(listing.free())
    return in_kg(listing.free())


def in_kg(grams: int) -> str:
    """Return a weight in kilograms with a thousands comma."""
    return _("%(kg)s kg") % {"kg": thousands(grams)}


def thousands(grams: int) -> str:
    """Print grams as kilograms with commas: 1,240 or 40.5."""
    return weight.with_commas(weight.kg(grams))


def keeps(listing: Listing, today: dt.date) -> str:
    """Return how long it still keeps."""
    days = (listing.sell_by - today).days
    if days < 0:
        return _("past its keeping time")
    if days == 0:
        return _("keeps until tonight")
    return ngettext("keeps %(days)s more day", "keeps %(days)s more days", days) % {"days": days}


def urgent(listing: Listing, today: dt.date) -> bool:
    """Return whether it spoils within days."""
    return (listing.sell_by - today).days <= URGENT_DAYS


def seller_of(listing: Listing) -> str:
    """Return who sells without naming a household: the village's farmer, or the co-operative."""
    return listing.cooperative.name if listing.cooperative is not None else _("a farming household")


def place_of(listing: Listing) -> str:
    """Return where the goods lie: 屏山镇长溪村."""
    return (
        f"{listing.township.name}{listing.village.short_name}"
        if not in_english()
        else (f"{listing.village.short_name}, {listing.township.name}")
    )


def distance_words(metres: int | None) -> str:
    """Return how far away goods lie, rounded to a kilometre; nothing where that is not known."""
    if metres is None:
        return ""
    if metres < 1000:
        return _("less than 1 km")
    return _("about %(km)s km") % {"km": (metres + 500) // 1000}


def paper_word(kind: str) -> str:
    """Name a paper in as few letters as a tag has."""
    return {
        Paper.Kind.CONFORMITY: pgettext("paper tag", "Certificate"),
        Paper.Kind.TEST: pgettext("paper tag", "Test slip"),
        Paper.Kind.QUARANTINE: pgettext("paper tag", "Quarantine"),
    }[Paper.Kind(kind)]


def card(
    listing: Listing,
    *,
    today: dt.date,
    usual: Usual,
    take: TakeUrl | None = None,
    papers: tuple[str, ...] = (),
    distance: str = "",
) -> Card:
    """Return what the market shows of one lot; whoever buys is told by `take` where to order it."""
    price = compared(listing, usual)
    certified = [Tag("ok", str(Track.CERTIFIED.label))] if listing.track == Track.CERTIFIED else []
    carried = [Tag("ok", paper_word(kind)) for kind in papers]
    return Card(
        url=reverse("listing-detail", args=[listing.pk]),
        take_url=take(listing.produce.code, listing.pk) if take is not None else "",
        name=name_of(listing.produce),
        grade=grade_of(listing.grade),
        picture=listing.produce.picture,
        photo_url=photo_url(listing.cover, 160),
        price=money.price_per_kg(listing.price_fen, listing.price_unit_g),
        place=place_of(listing),
        distance=distance,
        seller=seller_of(listing),
        seller_kind=pgettext("market", "Lifted household") if getattr(listing, "poor", False) else "",
        left=left_of(listing),
        keeps=keeps(listing, today),
        urgent=urgent(listing, today),
        tags=[*certified, *carried, *price_tags(listing, price)],
        reference=price.reference,
        reference_note=price.note,
        reference_high=price.high,
    )


def compared(listing: Listing, usual: Usual) -> Compared:
    """Return how the price stands beside the county's reference, rounded to whole per cent."""
    reference_fen = usual.fen.get(listing.produce_id)
    if reference_fen is None:
        return Compared()
    ours, theirs = listing.price_fen * 500, reference_fen * listing.price_unit_g
    percent = (200 * abs(ours - theirs) + theirs) // (2 * theirs)
    if not percent:
        note = pgettext("price", "the same")
    elif ours > theirs:
        note = pgettext("price", "%(percent)s%% above") % {"percent": percent}
    else:
        note = pgettext("price", "%(percent)s%% below") % {"percent": percent}
    return Compared(
        reference=money.price_per_kg(reference_fen, 500),
        note=note,
        high=usual.is_high(listing),
        low=usual.is_low(listing),
    )


def price_tags(listing: Listing, price: Compared) -> list[Tag]:
    """Return what a buyer should know of a price that stands out: explained, high, or far below."""
    if price.high or listing.price_reason:
        explained = pgettext("market", "High price, explained")
        return [Tag("warn", explained if listing.price_reason else pgettext("market", "High price"))]
    if price.low:
        return [Tag("warn", pgettext("market", "Far below the usual price"))]
    return []


def status_tag(listing: Listing, today: dt.date) -> Tag:
    """Return how a lot stands, as an owner says it."""
    if listing.recalled_at is not None:
        return Tag("danger", pgettext("goods", "Recalled"))
    if listing.status == ListingStatus.ON_SALE:
        if not listing.free():
            return Tag("info", pgettext("my goods", "All promised or sold"))
        if listing.away_on(today):
            back = dates.day_words(known(listing.paused_until))
            return Tag("info", pgettext("my goods", "Waits until %(day)s") % {"day": back})
        if listing.asked_at is not None:
            return Tag("warn", pgettext("my goods", "Still there? Please answer"))
        if listing.harvested_on is None:
            return Tag("info", pgettext("my goods", "Announced"))
        return Tag("ok", pgettext("my goods", "On sale"))
    if listing.status == ListingStatus.EXPIRED:
        return Tag("warn", pgettext("my goods", "Off the market: nobody answered"))
    if listing.status == ListingStatus.STOPPED:
        return Tag("danger", pgettext("my goods", "Sale stopped"))
    return Tag("plain", pgettext("my goods", "Taken down"))


def title_of(listing: Listing) -> str:
    """Write goods and amount as typed: 包菜 1,200 斤."""
    return f"{name_of(listing.produce)} {amount(listing, listing.listed)}"


def amount(listing: Listing, quantity: int) -> str:
    """Write a quantity of a lot in a farmer's unit: jin, or pieces."""
    if listing.stock_unit == StockUnit.PIECE:
        return listing.in_words(quantity)
    return _("%(jin)s jin") % {"jin": jin_with_comma(quantity)}


def amount_both(listing: Listing, quantity: int) -> str:
    """Write a quantity of a lot in jin and in kilograms, or in pieces."""
    if listing.stock_unit == StockUnit.PIECE:
        return listing.in_words(quantity)
    return _("%(jin)s jin (%(kg)s kg)") % {"jin": jin_with_comma(quantity), "kg": thousands(quantity)}


def jin_with_comma(grams: int) -> str:
    """Print grams as jin with commas: 1,200."""
    return weight.with_commas(weight.jin(grams))


def price_line(listing: Listing) -> str:
    """Write the price of one jin."""
    return _("%(price)s yuan a jin") % {"price": money.price_per_jin(listing.price_fen, listing.price_unit_g)}


def day_of(at: dt.datetime) -> str:
    """Write a day as people say it: 11 月 2 日."""
    return dates.day_words(county_day(at))


def joined(words: Iterable[str]) -> str:
    """Put short facts into one line."""
    return (", " if in_english() else "，").join(word for word in words if word)


def steps_of(lot: Listing) -> str:
    """Return at what part of its price a lot may be taken in lower grades; empty where there is no such grade."""
    words = _("as %(grade)s at the scale: %(percent)s%% of the price")
    return joined(words % {"grade": name_of(step), "percent": step.percent} for step in lot.steps().values())


def harvest_of(lot: Listing) -> Fact:
    """Return the line that tells when a lot was harvested, or when it is expected to be."""
    label = pgettext("goods", "Harvested") if lot.harvested_on is not None else pgettext("goods", "Expected harvest")
    return Fact(label, harvest_words(lot))


def harvest_words(lot: Listing) -> str:
    """Return the day a lot was harvested, or the days on which it is expected to be."""
    if lot.harvested_on is not None:
        return dates.day_words(lot.harvested_on)
    first, last = dates.day_words(known(lot.expected_from)), dates.day_words(known(lot.expected_to))
    return first if first == last else pgettext("harvest", "%(first)s to %(last)s") % {"first": first, "last": last}
