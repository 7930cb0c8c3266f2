"""One row of a sheet or a file becomes one lot: asked about when unusual, listed once however often it comes.

A row's own savepoint keeps the rows beside it; a lock on household and produce makes two writers see each other.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median_low
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Household, Place, User
from catalog.models import Listing
from catalog.selectors.goods import FAR_ABOVE
from catalog.services.listings import PastKeeping, put_on_sale
from kernel import clock, weight
from kernel.dates import day_words
from kernel.errors import BadValue, DomainError
from kernel.pasted import MOST_IN_AMOUNT
from kernel.typed import fold_width, strip_invisible
from kernel.weight import Quantity
from produce.models import Grade, Produce, StockUnit
from records.models import StoredFile
from selling.selectors.sheets import Last, away, last_amounts, listed_on

MOST_LETTERS = MOST_IN_AMOUNT  # what a row keeps as it was typed
# A first lot of a household this many times the middle one of its sheet is asked about.
FAR_ABOVE_OTHERS, ENOUGH_OTHERS = 5, 5
_KILOGRAMS = ("公斤", "千克", "kg")


class AskFirst(DomainError):
    """Something is unusual; whoever types says whether it is meant."""

    code = "sure_needed"


@dataclass(frozen=True)
class Lot:
    """A row that can be read: what of which household goes on sale, for how much, under which key."""

    key: str
    household: Household
    produce: Produce
    quantity: Quantity
    price_fen: int
    harvested_on: dt.date
    village: Place
    consent: str
    grade: Grade | None = None
    price_reason: str = ""
    smallest: int = 0  # what is handed over at least, in the stock unit; of a lot that has less it is all of it
    sure: bool = False
    photo: StoredFile | None = None

    @property
    def stock(self) -> int:
        """Return the amount in the produce's stock unit."""
        counted = self.produce.stock_unit == StockUnit.PIECE
        return (self.quantity.pieces if counted else self.quantity.grams) or 0


@dataclass
class Known:
    """What was listed before, read at once for many rows."""

    day: dt.date
    last: dict[tuple[UUID, int], Last] = field(default_factory=dict)
    today: dict[tuple[UUID, int], Listing] = field(default_factory=dict)
    away: dict[UUID, dt.date] = field(default_factory=dict)


def read_amount(text: str, produce: Produce) -> Quantity:
    """Read what stands in a row: jin unless kilograms are written behind it, or how many of what is counted."""
    typed = strip_invisible(fold_width(text)).strip().lower()
    if produce.stock_unit == StockUnit.PIECE:
        return weight.parse_quantity(typed, "piece", grams_per_unit=produce.piece_g)
    return weight.parse_quantity(typed, "kg" if typed.endswith(_KILOGRAMS) else "jin")


def known_of(households: Iterable[UUID], produce: Iterable[Produce], day: dt.date, *, but_key: str = "") -> Known:
    """Read what is known of these households and goods: two queries, and one for each produce."""
    ids, goods = list(households), list(produce)
    known = Known(day, today=listed_on(day, [entry.pk for entry in goods], ids, but_key=but_key), away=away(ids, day))
    for entry in goods:
        last_by_household = last_amounts(entry, ids, but_key=but_key)
        known.last |= {(household, entry.pk): last for household, last in last_by_household.items()}
    return known


def questions(lot: Lot, known: Known, others: Iterable[int] = ()) -> list[str]:
    """Return what has to be asked about a row before it is listed; nothing unusual, no question.

    `others` are the amounts that other rows of the same sheet or file say of the same produce.
    """
    open_questions = []
    place = (lot.household.pk, lot.produce.pk)
    if (earlier := known.today.get(place)) is not None:
        open_questions.append(
            _("%(amount)s of it is listed today already, number %(number)s.")
            % {"amount": _words(lot.produce, earlier.listed), "number": earlier.number}
        )
    last, others = known.last.get(place), list(others)
    if last is not None and lot.stock > FAR_ABOVE * last.quantity:
        open_questions.append(
            _("Is it really %(now)s? The last time it was %(last)s.")
            % {"now": _words(lot.produce, lot.stock), "last": _words(lot.produce, last.quantity)}
        )
    elif last is None and len(others) >= ENOUGH_OTHERS and lot.stock > FAR_ABOVE_OTHERS * median_low(others):
        open_questions.append(
            _("Is it really %(now)s? Most others have about %(usual)s.")
            % {"now": _words(lot.produce, lot.stock), "usual": _words(lot.produce, median_low(others))}
        )
    if (until := known.away.get(lot.household.pk)) is not None:
        open_questions.append(_("This household is away until %(day)s.") % {"day": day_words(until)})
    return open_questions


def list_lot(lot: Lot, *, by: User, at: dt.datetime) -> tuple[Listing, bool]:
    """Put one row's lot on sale and say whether it is new: under the same key the same lot comes back.

    Refuses to list the same produce of one household twice on one day unless the row says `sure`, also when another
    writer lists it at this very moment.
    """
    with transaction.atomic():
        _alone_with(lot)
        listed = Listing.objects.filter(entry_key=lot.key).first()
        if listed is not None:
            return listed, False
        if not lot.sure:
            _ask_if_listed_today(lot, clock.county_day(at))
        new = put_on_sale(
            household=lot.household,
            produce=lot.produce,
            grade=lot.grade,
            quantity=lot.quantity,
            price_fen=lot.price_fen,
            harvested_on=lot.harvested_on,
            village=lot.village,
            photo=lot.photo,
            price_reason=lot.price_reason,
            smallest=min(lot.smallest, lot.stock),
            sure=True,
            consent=lot.consent,
            entry_key=lot.key,
            by=by,
            at=at,
        )
        return new, True


def require_keeps(produce: Produce, harvested_on: dt.date, today: dt.date) -> None:
    """Refuse a day of harvest in the past of which the goods no longer keep."""
    if harvested_on + dt.timedelta(days=produce.shelf_days) < today:
        raise PastKeeping


def read_or_reason(text: str, produce: Produce) -> tuple[Quantity | None, str]:
    """Return the amount that a row says, or why it cannot be read."""
    try:
        return read_amount(text, produce), ""
    except BadValue as refusal:
        return None, str(refusal)


def _alone_with(lot: Lot) -> None:
    """Wait for whoever lists this produce of this household at this moment; callers go through rows by household."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"listing:{lot.household.pk}:{lot.produce.pk}"]
        )


def _ask_if_listed_today(lot: Lot, day: dt.date) -> None:
    today = listed_on(day, [lot.produce.pk], [lot.household.pk])
    open_questions = questions(lot, Known(day, today=today))
    if open_questions:
        raise AskFirst(open_questions[0])


def _words(produce: Produce, quantity: int) -> str:
    if produce.stock_unit == StockUnit.PIECE:
        return weight.heads(quantity, produce.count_word)
    return weight.both(quantity)
