"""Lots in words: what cards, rows and steps say, in the reader's language; no query is made here."""

import datetime as dt
from collections.abc import Iterable

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from catalog.models import Listing, ListingStatus, Paper, Track
from catalog.selectors.market import Usual
from kernel import dates, money, weight
from kernel.clock import county_day
from kernel.present import in_english, known, name_of
from produce.models import Grade, StockUnit
from records.services.photos import photo_url

URGENT_DAYS = 3


def grade_of(grade: Grade | None) -> str:
    """Name a grade, empty without one."""
    return "" if grade is None else name_of(grade)


def left_of(listing: Listing) -> str:
    """Say how much is free, in kilograms with a thousands comma, or in pieces."""
    if listing.stock_unit == StockUnit.PIECE:
        return listing.in_words(listing.free())
    return in_kg(listing.free())


def in_kg(grams: int) -> str:
    """Say a weight in kilograms with a thousands comma."""
    return _("%(kg)s kg") % {"kg": thousands(grams)}


def thousands(grams: int) -> str:
    """Print grams as kilograms with commas: 1,240 or 40.5."""
    return weight.with_commas(weight.kg(grams))


def keeps(listing: Listing, today: dt.date) -> str:
    """Say how long it still keeps."""
    days = (listing.sell_by - today).days
    if days < 0:
        return _("past its keeping time")
    if days == 0:
        return _("keeps until tonight")
    return ngettext("keeps %(days)s more day", "keeps %(days)s more days", days) % {"days": days}


def urgent(listing: Listing, today: dt.date) -> bool:
    """Say whether it spoils within days."""
    return (listing.sell_by - today).days <= URGENT_DAYS


def seller_of(listing: Listing) -> str:
    """Say who sells without naming a household: the village's farmer, or the co-operative."""
    return listing.cooperative.name if listing.cooperative is not None else _("a farming household")


def place_of(listing: Listing) -> str:
    """Say where the goods lie: 屏山镇长溪村."""
    return (
        f"{listing.township.name}{listing.village.short_name}"
        if not in_english()
        else (f"{listing.village.short_name}, {listing.township.name}")
    )


def distance_words(metres: int | None) -> str:
    """Say how far away goods lie, rounded to a kilometre; nothing where that is not known."""
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
    listing: Listing, *, today: dt.date, usual: Usual, buyer: bool, papers: tuple[str, ...] = (), distance: str = ""
) -> dict:
    """Return what the market shows of one lot."""
    tags = []
    if listing.track == Track.CERTIFIED:
        tags.append({"tone": "ok", "text": Track.CERTIFIED.label})
    price = compared(listing, usual)
    tags += [{"tone": "ok", "text": paper_word(kind)} for kind in papers]
    tags += price_tags(listing, price)
    poor = getattr(listing, "poor", False)
    return {
        "url": reverse("listing-detail", args=[listing.pk]),
        "take_url": take_url(listing) if buyer else "",
        "name": name_of(listing.produce),
        "grade": grade_of(listing.grade),
        "picture": listing.produce.picture,
        "photo_url": photo_url(listing.cover, 160),
        "price": money.price_per_kg(listing.price_fen, listing.price_unit_g),
        "place": place_of(listing),
        "distance": distance,
        "seller": seller_of(listing),
        "seller_kind": pgettext("market", "Lifted household") if poor else "",
        "left": left_of(listing),
        "left_number": left_number(listing),
        "keeps": keeps(listing, today),
        "urgent": urgent(listing, today),
        "tags": tags,
        **price,
    }


def left_number(listing: Listing) -> str:
    """Return the number under the column "left": kilograms, or pieces with their word."""
    return left_of(listing) if listing.stock_unit == StockUnit.PIECE else thousands(listing.free())


def compared(listing: Listing, usual: Usual) -> dict:
    """Say how the price stands beside the county's reference, rounded to whole per cent, and whether it stands out."""
    reference_fen = usual.fen.get(listing.produce_id)
    if reference_fen is None:
        return {"reference": "", "reference_note": "", "reference_high": False, "reference_low": False}
    ours, theirs = listing.price_fen * 500, reference_fen * listing.price_unit_g
    percent = (200 * abs(ours - theirs) + theirs) // (2 * theirs)
    if not percent:
        note = pgettext("price", "the same")
    elif ours > theirs:
        note = pgettext("price", "%(percent)s%% above") % {"percent": percent}
    else:
        note = pgettext("price", "%(percent)s%% below") % {"percent": percent}
    return {
        "reference": money.price_per_kg(reference_fen, 500),
        "reference_note": note,
        "reference_high": usual.is_high(listing),
        "reference_low": usual.is_low(listing),
    }


def price_tags(listing: Listing, price: dict) -> list[dict]:
    """Return what a buyer should know of a price that stands out: explained, high, or far below."""
    if price["reference_high"] or listing.price_reason:
        explained = pgettext("market", "High price, explained")
        return [{"tone": "warn", "text": explained if listing.price_reason else pgettext("market", "High price")}]
    if price["reference_low"]:
        return [{"tone": "warn", "text": pgettext("market", "Far below the usual price")}]
    return []


def take_url(listing: Listing) -> str:
    """Return where a buyer orders this lot, empty while there is no such place."""
    try:
        return f"{reverse('order-new')}?produce={listing.produce.code}&listing={listing.pk}"
    except NoReverseMatch:
        return ""


def status_tag(listing: Listing, today: dt.date) -> dict:
    """Say how a lot stands, as an owner says it."""
    if listing.recalled_at is not None:
        return {"tone": "danger", "text": pgettext("goods", "Recalled")}
    if listing.status == ListingStatus.ON_SALE:
        if not listing.free():
            return {"tone": "info", "text": pgettext("my goods", "All promised or sold")}
        if listing.away_on(today):
            back = dates.day_words(known(listing.paused_until))
            return {"tone": "info", "text": pgettext("my goods", "Waits until %(day)s") % {"day": back}}
        if listing.asked_at is not None:
            return {"tone": "warn", "text": pgettext("my goods", "Still there? Please answer")}
        if listing.harvested_on is None:
            return {"tone": "info", "text": pgettext("my goods", "Announced")}
        return {"tone": "ok", "text": pgettext("my goods", "On sale")}
    if listing.status == ListingStatus.EXPIRED:
        return {"tone": "warn", "text": pgettext("my goods", "Off the market: nobody answered")}
    if listing.status == ListingStatus.STOPPED:
        return {"tone": "danger", "text": pgettext("my goods", "Sale stopped")}
    return {"tone": "plain", "text": pgettext("my goods", "Taken down")}


def title_of(listing: Listing) -> str:
    """Say goods and amount as typed: 包菜 1,200 斤."""
    return f"{name_of(listing.produce)} {amount(listing, listing.listed)}"


def amount(listing: Listing, quantity: int) -> str:
    """Say a quantity of a lot in a farmer's unit: jin, or pieces."""
    if listing.stock_unit == StockUnit.PIECE:
        return listing.in_words(quantity)
    return _("%(jin)s jin") % {"jin": jin_with_comma(quantity)}


def amount_both(listing: Listing, quantity: int) -> str:
    """Say a quantity of a lot in jin and in kilograms, or in pieces."""
    if listing.stock_unit == StockUnit.PIECE:
        return listing.in_words(quantity)
    return _("%(jin)s jin (%(kg)s kg)") % {"jin": jin_with_comma(quantity), "kg": thousands(quantity)}


def jin_with_comma(grams: int) -> str:
    """Print grams as jin with commas: 1,200."""
    return weight.with_commas(weight.jin(grams))


def price_line(listing: Listing) -> str:
    """Say the price of one jin."""
    return _("%(price)s yuan a jin") % {"price": money.price_per_jin(listing.price_fen, listing.price_unit_g)}


def my_row(listing: Listing, today: dt.date) -> dict:
    """Return what "my goods" shows of one lot."""
    facts = [price_line(listing)]
    if listing.free() and listing.status == ListingStatus.ON_SALE:
        how_long = keeps(listing, today) if listing.harvested_on else harvest_of(listing)["value"]
        facts += [_("%(amount)s left") % {"amount": amount_both(listing, listing.free())}, how_long]
    return {
        "url": reverse("my-listing", args=[listing.pk]),
        "title": title_of(listing),
        "kg": "" if listing.stock_unit == StockUnit.PIECE else in_kg(listing.listed),
        "facts": facts,
        "picture": listing.produce.picture,
        "photo_url": photo_url(listing.cover, 160),
        "status": status_tag(listing, today),
    }


def fates(listing: Listing, today: dt.date) -> list[dict]:
    """Return where every kilo of a lot went, for the bar and its lines.

    Sold goods count as paid only while nothing at all is owed to the payee: which lot a payment was for is not
    written here, so in doubt it is still to come.
    """
    account = listing.payee_account
    all_paid = account.credits_posted_fen == account.debits_posted_fen and not account.debits_pending_fen
    rows = [
        ("paid", listing.sold if all_paid else 0, _("Sold, money in the card"), ""),
        ("owed", 0 if all_paid else listing.sold, _("Sold, money still to come"), ""),
        ("booked", listing.reserved, _("Ordered, not fetched yet"), ""),
        ("loss", listing.claimed + listing.written_off, _("Spoiled, reported"), ""),
        ("own", listing.withdrawn, _("Taken back"), ""),
        ("sale", listing.free(), sale_word(listing), sale_note(listing, today)),
    ]
    rows = [row for row in rows if row[1]]
    shares = money.split_fen(1000, [row[1] for row in rows])
    start, found = 0, []
    for (key, quantity, label, note), share in zip(rows, shares, strict=True):
        grams = listing.grams(quantity)
        if listing.stock_unit == StockUnit.PIECE:
            note = "，".join(filter(None, [listing.in_words(quantity), note]))
        found.append(
            {
                "key": key,
                "start": start,
                "share": share,
                "label": label,
                "note": note,
                "jin": jin_with_comma(grams),
                "kg": thousands(grams),
            }
        )
        start += share
    return found


def sale_word(listing: Listing) -> str:
    """Say what free kilos are: still on sale, or lying at home."""
    return _("Still on sale") if listing.status == ListingStatus.ON_SALE else _("Still with you, off the market")


def sale_note(listing: Listing, today: dt.date) -> str:
    """Say price and keeping time of what is free."""
    parts = [price_line(listing), keeps(listing, today) if listing.harvested_on else harvest_of(listing)["value"]]
    return "，".join(parts) if not in_english() else ", ".join(parts)


def day_of(at: dt.datetime) -> str:
    """Write a day as people say it: 11 月 2 日."""
    return dates.day_words(county_day(at))


def joined(words: Iterable[str]) -> str:
    """Put short facts into one line."""
    return (", " if in_english() else "，").join(word for word in words if word)


def harvest_of(lot: Listing) -> dict[str, str]:
    """Return the line that says when a lot was harvested, or when it is expected to be."""
    if lot.harvested_on is not None:
        return {"label": pgettext("goods", "Harvested"), "value": dates.day_words(lot.harvested_on)}
    first, last = dates.day_words(known(lot.expected_from)), dates.day_words(known(lot.expected_to))
    both = pgettext("harvest", "%(first)s to %(last)s") % {"first": first, "last": last}
    return {"label": pgettext("goods", "Expected harvest"), "value": first if first == last else both}
