"""The life of one lot: put on sale, priced anew, confirmed, stopped, taken down, and 「不是我」.

Kilos move only through `kilos.move_kilos`; here a lot begins, and its owner or the county says what becomes of it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Mandate, Organisation, Place, Role, User
from accounts.selectors import standing
from accounts.services import messages
from accounts.services.acts import note_act
from accounts.services.households import require_stands
from accounts.services.people import record_consent
from catalog.models import Listing, ListingStatus, PriceChange, Storage
from catalog.selectors.sellers import agents_mandate, recognition_of
from catalog.selectors.watch import LOOKED_AT
from catalog.services.kilos import (
    ForbiddenProduce,
    KiloMove,
    LotRecalled,
    NotOnSale,
    Side,
    lock_listings,
    move_kilos,
)
from catalog.services.plots import require_room_again, take_room
from catalog.services.sanctions import require_may_sell
from catalog.services.smallest import require_possible
from catalog.services.telling import tell
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.weight import Quantity
from ledger.services.payables import payee_account
from produce.models import Grade, Produce, StockUnit
from produce.selectors.dictionary import steps_below
from produce.services.dictionary import note_listed
from produce.services.pricing import check_price
from produce.services.stock import CountThem, WeighThem, in_stock_unit
from records.models import StoredFile
from records.services import events
from records.services.files import attach

MOST_AHEAD = dt.timedelta(days=366)  # how far ahead a harvest may be announced; beyond is a slip of the pen
# Why an owner takes goods back.
SOLD_ELSEWHERE, EATEN, GIVEN_AWAY, MISTAKE, NOT_BY_US = "sold_elsewhere", "eaten", "given_away", "mistake", "not_by_us"
WITHDRAW_REASONS = {
    SOLD_ELSEWHERE: _("Sold elsewhere"),
    EATEN: _("Eaten at home"),
    GIVEN_AWAY: _("Given away"),
    MISTAKE: _("Written down wrongly"),
}


class WrongGrade(BadValue):
    code = "wrong_grade"
    message = _("This grade belongs to other goods. Choose one of the grades shown.")


class BadHarvestDay(BadValue):
    code = "bad_harvest_day"
    message = _("Write the day of harvest: today or earlier.")


class BadExpectation(BadValue):
    code = "bad_expectation"
    message = _("Write the first and the last day of the coming harvest, from today on and within a year.")


class BadStorage(BadValue):
    code = "bad_storage"
    message = _("Say where it is kept: at room temperature or in a cold store.")


class AlreadyHarvested(DomainError):
    code = "already_harvested"
    message = _("The day of harvest of this lot is already written down.")


class PastKeeping(BadValue):
    code = "past_keeping"
    message = _("Harvested on that day, it no longer keeps. Look again at the day, or report it as spoiled.")


class VillageNeeded(BadValue):
    code = "village_needed"
    message = _("Choose the village where the goods are picked up.")


class ConsentNeeded(BadValue):
    code = "consent_needed"
    message = _("You list for another household. Say how it agreed: by telephone, in person or on signed paper.")


class NoMandate(DomainError):
    code = "no_mandate"
    message = _("This household has not let your co-operative put goods on sale, or has ended it. Ask it first.")


class NothingFree(DomainError):
    code = "nothing_free"
    message = _(
        "Nothing of this lot is free: all of it is sold, promised or reported. What is promised stays promised."
    )


class ReasonNeeded(BadValue):
    code = "reason_needed"
    message = _("Say what became of the goods.")


class NotListedByOthers(DomainError):
    code = "not_by_proxy"
    message = _("You put this on sale yourself. If it is wrong, take it down.")


@transaction.atomic
def put_on_sale(
    *,
    household: Household | None = None,
    cooperative: Organisation | None = None,
    produce: Produce,
    grade: Grade | None = None,
    quantity: Quantity,
    price_fen: int,
    price_unit_g: int = 500,
    harvested_on: dt.date | None = None,
    expected: tuple[dt.date, dt.date] | None = None,
    storage: str = Storage.ROOM,
    village: Place | None = None,
    photo: StoredFile | None = None,
    more_photos: Sequence[StoredFile] = (),
    price_reason: str = "",
    sure: bool = False,
    consent: str = "",
    entry_key: str = "",
    smallest: int = 0,
    by: User,
    at: dt.datetime,
) -> Listing:
    """Put one lot on sale, whole or not at all; a household that somebody else lists for is told at once.

    Either `harvested_on` or `expected`, the first and last day of a coming harvest: then it is a forecast. `consent`
    says how that household agreed (phone, visit or paper); its co-operative lists by its mandate. A price far above the
    reference needs `price_reason`; one far below is asked about once and `sure` answers. `entry_key` names the row of a
    sheet or file: one row, one lot. `smallest` is what is handed over at least, in the stock unit.
    """
    owner = _one_owner(household, cooperative)
    if household is not None:
        require_stands(household)
    day = clock.county_day(at)
    mandate = agents_mandate(household, by, day) if household is not None else None
    by_proxy = _by_proxy(household, consent, mandate, by)
    _require_sellable(produce, grade)
    require_may_sell(produce, day, household=household, cooperative=cooperative)
    check_price(produce, price_fen, price_unit_g, reason=price_reason, sure=sure, on=day)
    listing = Listing(
        household=household,
        cooperative=cooperative,
        agent=mandate.cooperative if mandate is not None else None,
        produce=produce,
        grade=grade,
        grade_steps=[asdict(step) for step in steps_below(grade)],
        price_fen=price_fen,
        price_unit_g=price_unit_g,
        price_reason=price_reason.strip()[:200],
        harvested_on=harvested_on,
        storage=storage,
        entry_key=entry_key,
        made_by=by,
        by_proxy=by_proxy,
        listed_at=at,
        confirmed_at=at,
        cover=photo,
    )
    _set_stock(listing, quantity)
    require_possible(listing, smallest)
    listing.smallest = smallest
    _set_keeping(listing, expected, day)
    _set_origin(listing, village or (owner.village if isinstance(owner, Household) else owner.place), day)
    take_room(listing)
    _begin(listing, [photo, *more_photos] if photo is not None else more_photos, by=by, at=at)
    if by_proxy and household is not None:
        if consent:
            record_consent(household, listing.reference, consent, by=by, at=at)
        else:
            note_act(household, listing.reference, "mandate", by=by, at=at)
        tell(listing, "listed_for_you", _LISTED_FOR_YOU, at=at, total=lambda: listing.in_words(listing.listed))
    return listing


@transaction.atomic
def change_price(
    listing: Listing,
    *,
    price_fen: int,
    price_unit_g: int | None = None,
    price_reason: str = "",
    sure: bool = False,
    by: User,
    at: dt.datetime,
) -> Listing:
    """Ask another price from now on; what is already ordered keeps the price it was ordered at."""
    listing = _locked(listing)
    if listing.status != ListingStatus.ON_SALE:
        raise NotOnSale
    unit_g = price_unit_g or listing.price_unit_g
    if (price_fen, unit_g) == (listing.price_fen, listing.price_unit_g):
        return listing
    check_price(listing.produce, price_fen, unit_g, reason=price_reason, sure=sure, on=clock.county_day(at))
    listing.price_fen, listing.price_unit_g = price_fen, unit_g
    listing.price_reason = price_reason.strip()[:200]
    listing.confirmed_at, listing.asked_at = at, None
    listing.save(update_fields=["price_fen", "price_unit_g", "price_reason", "confirmed_at", "asked_at"])
    PriceChange.objects.create(listing=listing, price_fen=price_fen, price_unit_g=unit_g, by=by, at=at)
    if _by_others(listing, by):
        tell(listing, "price_changed_for_you", _PRICE_CHANGED, at=at)
    return listing


@transaction.atomic
def confirm_still_there(listing: Listing, *, by: User, at: dt.datetime) -> Listing:
    """Say that the goods are still there; a lot that had left the market for lack of an answer comes back."""
    listing = _locked(listing)
    if listing.recalled_at is not None:
        raise LotRecalled(listing)
    if listing.sell_by < clock.county_day(at):
        raise PastKeeping(_("This lot is past its keeping time. Report it as spoiled, or list fresh goods."))
    _require_sellable(listing.produce, None)
    if not listing.free():
        raise NothingFree
    if listing.status == ListingStatus.EXPIRED:
        require_room_again(listing)
        listing.move_to(ListingStatus.ON_SALE, by=by, at=at)
    elif listing.status != ListingStatus.ON_SALE:
        raise NotOnSale
    _confirmed(listing, at)
    return listing


@transaction.atomic
def harvest(listing: Listing, *, on: dt.date, by: User, at: dt.datetime) -> Listing:
    """Write down that a forecast lot is harvested: from then on it keeps as long as its kind does."""
    listing = _locked(listing)
    if listing.recalled_at is not None:
        raise LotRecalled(listing)
    if listing.harvested_on is not None:
        raise AlreadyHarvested
    if listing.status not in (ListingStatus.ON_SALE, ListingStatus.EXPIRED):
        raise NotOnSale
    events.record("lot_harvested", listing.reference, by=by, at=at, sell_by=listing.sell_by.isoformat())
    listing.sell_by = _sell_by(listing.produce, listing.storage, on, None, clock.county_day(at))
    listing.harvested_on = on
    listing.save(update_fields=["harvested_on", "sell_by"])
    _confirmed(listing, at)
    return listing


@transaction.atomic
def withdraw(listing: Listing, *, reason: str, quantity: int | None = None, by: User, at: dt.datetime) -> Listing:
    """Take free goods back, all of them unless a quantity (in the stock unit) is named; all of them ends the sale.

    What is reserved, sold or claimed is not touched. What a buyer gives back later may be taken back the same way.
    """
    if reason not in WITHDRAW_REASONS:
        raise ReasonNeeded
    if quantity is not None and quantity < 1:
        raise BadValue(_("Write a quantity greater than zero."))
    listing = _locked(listing)
    if not listing.free():
        raise NothingFree
    _take_back(listing, listing.free() if quantity is None else quantity, reason, by=by, at=at)
    return listing


@transaction.atomic
def stop_sale(listing: Listing, *, reason: str, by: User, at: dt.datetime) -> Listing:
    """Let nobody take more of this lot until it is cleared; orders that hold it are looked at one by one."""
    if not reason.strip():
        raise ReasonNeeded(_("Write why the sale is stopped."))
    listing = _locked(listing)
    listing.move_to(ListingStatus.STOPPED, by=by, at=at, note=reason.strip())
    tell(listing, "sale_stopped", _STOPPED, at=at, reason=reason.strip())
    return listing


@transaction.atomic
def resume_sale(listing: Listing, *, by: User, at: dt.datetime) -> Listing:
    """Let a stopped lot be sold again; one that was recalled never is."""
    listing = _locked(listing)
    if listing.recalled_at is not None:
        raise LotRecalled(listing)
    if listing.status != ListingStatus.STOPPED:
        raise NotOnSale(_("This lot is not stopped."))
    _require_sellable(listing.produce, None)
    listing.move_to(ListingStatus.ON_SALE, by=by, at=at)
    _confirmed(listing, at)
    tell(listing, "sale_resumed", _RESUMED, at=at)
    return listing


@transaction.atomic
def look_at(listing: Listing, *, by: User, at: dt.datetime) -> None:
    """Write down that somebody who may stop the sale looked at a lot that stands out, and left it on sale."""
    events.record(LOOKED_AT, listing.reference, by=by, at=at)


@transaction.atomic
def dispute(listing: Listing, *, by: User, at: dt.datetime) -> Listing:
    """Answer a listing somebody made in the household's name with 「不是我」: nothing more of it is sold, and the
    bureau looks into it."""
    listing = _locked(listing)
    if not listing.by_proxy:
        raise NotListedByOthers
    if listing.free():
        _take_back(listing, listing.free(), NOT_BY_US, by=by, at=at)
    events.record("listing_disputed", listing.reference, by=by, at=at)
    bureau = Organisation.objects.filter(kind=Organisation.Kind.BUREAU).order_by("pk").first()
    messages.tell(
        _DISPUTED,
        {"number": listing.number, "village": listing.village.short_name},
        phone=bureau.phone if bureau is not None else "",
        kind="listing_disputed",
        document=listing.reference,
        at=at,
    )
    return listing


# What the household reads; said in Chinese whoever acts.
_LISTED_FOR_YOU = _(
    "%(total)s of %(produce)s was put on sale for you at %(price)s yuan a jin, number %(number)s. If you did not want "
    "this, open it and press “I did not do this”, or call the village."
)
_PRICE_CHANGED = _(
    "The price of your %(produce)s, number %(number)s, is now %(price)s yuan a jin. If you did not want this, open it "
    "and press “I did not do this”."
)
_STOPPED = _("The sale of your %(produce)s, number %(number)s, is stopped for now: %(reason)s. Questions? Call us.")
_RESUMED = _("Your %(produce)s, number %(number)s, may be sold again.")
_DISPUTED = _("“I did not do this”: lot %(number)s in %(village)s was listed by somebody else. Look into it.")


def _one_owner(household: Household | None, cooperative: Organisation | None) -> Household | Organisation:
    owner = household or cooperative
    if owner is None or (household is not None and cooperative is not None):
        raise ValueError("a lot has one owner: a household or a co-operative")
    return owner


def _by_proxy(household: Household | None, consent: str, mandate: Mandate | None, by: User) -> bool:
    """Return whether another person lists for this household, which must have agreed to it, once or by a mandate."""
    who = standing(by)
    if household is None or who.household_id == household.pk:
        return False
    managed = who.organisations(Role.COOP_MANAGER)
    if mandate is not None and mandate.may_list and mandate.cooperative_id in managed:
        return True
    if managed and not who.covers(household.village_id, Role.CADRE):
        raise NoMandate
    if not consent:
        raise ConsentNeeded
    return True


def _require_sellable(produce: Produce, grade: Grade | None) -> None:
    if produce.forbidden:
        raise ForbiddenProduce(produce)
    if grade is not None and grade.produce_id != produce.pk:
        raise WrongGrade


def _set_stock(listing: Listing, quantity: Quantity) -> None:
    """Write down how much there is, in the unit of the goods, and how it was typed."""
    produce = listing.produce
    listing.stock_unit, listing.piece_g = produce.stock_unit, produce.piece_g
    listing.listed = _stock(produce, quantity)
    listing.typed_quantity, listing.typed_unit, listing.pack_g = quantity.typed, quantity.unit, quantity.pack_g


def _set_keeping(listing: Listing, expected: tuple[dt.date, dt.date] | None, today: dt.date) -> None:
    """Write down until when the lot keeps, and the days of a harvest still to come."""
    listing.sell_by = _sell_by(listing.produce, listing.storage, listing.harvested_on, expected, today)
    listing.expected_from, listing.expected_to = expected or (None, None)


def _set_origin(listing: Listing, village: Place, day: dt.date) -> None:
    """Write down where the goods lie, as whose they are recognised and where their money goes."""
    if village.level != Place.Level.VILLAGE:
        raise VillageNeeded
    household, cooperative = listing.household, listing.cooperative
    recognised = recognition_of(listing.produce, day, household=household, cooperative=cooperative)
    listing.village, listing.township = village, village.township
    listing.track, listing.recognition = recognised.track if recognised else "", recognised
    listing.payee_account = payee_account(household=household, cooperative=cooperative)


def _begin(listing: Listing, photos: Sequence[StoredFile], *, by: User, at: dt.datetime) -> None:
    """Give the lot its number and write it, with its first price and its photos."""
    note_listed(listing.produce, listing.grade, at=at)
    listing.number = begun(Kind.LOT, clock.county_day(at))
    listing.begin(by=by, at=at)
    PriceChange.objects.create(
        listing=listing, price_fen=listing.price_fen, price_unit_g=listing.price_unit_g, by=by, at=at
    )
    for photo in photos:
        attach(listing.reference, photo, "listing", by=by, at=at)


def _stock(produce: Produce, quantity: Quantity) -> int:
    """Return how much is put on sale; something."""
    stock = in_stock_unit(produce.stock_unit, grams=quantity.grams, pieces=quantity.pieces)
    if stock < 1:
        raise CountThem if produce.stock_unit == StockUnit.PIECE else WeighThem
    return stock


def _locked(listing: Listing) -> Listing:
    return lock_listings([listing.pk])[listing.pk]


def _by_others(listing: Listing, by: User) -> bool:
    return listing.household_id is not None and listing.household_id not in standing(by).households


def _confirmed(listing: Listing, at: dt.datetime) -> None:
    listing.confirmed_at, listing.asked_at = at, None
    listing.save(update_fields=["confirmed_at", "asked_at"])


def _take_back(listing: Listing, quantity: int, reason: str, *, by: User, at: dt.datetime) -> None:
    """Move free kilos to withdrawn; nothing free left on a lot still open ends its sale."""
    all_of_it = quantity == listing.free()
    earlier = listing.movements.filter(target=Side.WITHDRAWN).count()
    move = KiloMove(
        listing_id=listing.pk,
        source=Side.FREE,
        target=Side.WITHDRAWN,
        quantity=quantity,
        reference=f"{listing.reference}:withdraw:{earlier + 1}",
        reason=reason,
    )
    move_kilos([move], by=by, at=at, listings={listing.pk: listing})
    if all_of_it and listing.status != ListingStatus.WITHDRAWN:
        listing.move_to(ListingStatus.WITHDRAWN, by=by, at=at, note=reason)


def _sell_by(
    produce: Produce,
    storage: str,
    harvested_on: dt.date | None,
    expected: tuple[dt.date, dt.date] | None,
    today: dt.date,
) -> dt.date:
    if storage not in Storage.values:
        raise BadStorage
    keeps = dt.timedelta(days=produce.shelf_days_cold if storage == Storage.COLD else produce.shelf_days)
    if harvested_on is None:
        if expected is None:
            raise BadHarvestDay
        first, last = expected
        if not today <= first <= last <= today + MOST_AHEAD:
            raise BadExpectation
        return last + keeps
    if harvested_on > today:
        raise BadHarvestDay
    if harvested_on + keeps < today:
        raise PastKeeping
    return harvested_on + keeps
