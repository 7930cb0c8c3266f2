"""A batch for many households: one heading, one row each, saved as it is typed, checked, then listed row by row.

Listing is safe to repeat: a row that is on sale keeps its lot, whatever is pressed, pasted or typed again.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Organisation, Place, User
from catalog.models import Listing
from catalog.services.kilos import ForbiddenProduce
from catalog.services.listings import BadHarvestDay, ConsentNeeded, VillageNeeded, WrongGrade
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.typed import strip_invisible
from kernel.weight import MOST_G, Quantity
from kernel.workflow import lock
from produce.models import Grade, Produce, StockUnit
from produce.services.pricing import check_price
from records.models import StoredFile
from selling.models import EntryRow, EntrySheet
from selling.selectors.sheets import sheet_rows
from selling.services.entering import MOST_LETTERS, Lot, known_of, list_lot, questions, read_or_reason, require_keeps
from selling.services.photos import give_photo

CONSENTS = ("phone", "visit", "paper")


class SheetIsOnSale(DomainError):
    code = "sheet_is_on_sale"
    message = _("Some of this batch is on sale: what its lots share stays as it is. Begin another batch.")


class BadSmallest(BadValue):
    code = "bad_smallest"
    message = _("Write how much is handed over at least, or leave it empty for any quantity.")


@dataclass(frozen=True)
class _Heading:
    """What all rows of a sheet share."""

    village: Place
    produce: Produce
    grade: Grade | None
    harvested_on: dt.date
    price_fen: int
    price_reason: str
    sure: bool
    consent: str
    smallest: int


@dataclass
class RowState:
    """How one row stands: what it says, what is wrong with it, what has to be asked, which lot it became."""

    row: EntryRow
    quantity: Quantity | None
    unreadable: str = ""
    asked: list[str] = field(default_factory=list)
    stock: int = 0

    @property
    def listing(self) -> Listing | None:
        """Return the lot it became."""
        return self.row.listing

    @property
    def good(self) -> bool:
        """Return whether it may be listed now."""
        return self.listing is None and not self.unreadable and (self.row.sure or not self.asked)

    @property
    def problem(self) -> bool:
        """Return whether somebody has to answer first."""
        return self.listing is None and not self.good


@dataclass
class Listed:
    """What pressing the button led to."""

    new: int = 0
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def begin_sheet(
    sheet_id: uuid.UUID,
    *,
    village: Place,
    produce: Produce,
    grade: Grade | None = None,
    harvested_on: dt.date,
    price_fen: int,
    price_reason: str = "",
    sure: bool = False,
    consent: str,
    smallest: int = 0,
    cooperative: Organisation | None = None,
    by: User,
    at: dt.datetime,
) -> EntrySheet:
    """Return the sheet of this key, begun at first sight; its heading is checked as a lot's would be.

    `smallest` is what each household hands over at least, in the stock unit; who has less hands over all of it.
    """
    begun = EntrySheet.objects.filter(pk=sheet_id).first()
    if begun is not None:
        if begun.by_id != by.pk:
            raise PermissionError("a sheet belongs to whoever began it")
        return begun
    heading = _Heading(village, produce, grade, harvested_on, price_fen, price_reason, sure, consent, smallest)
    _require_sound(heading, clock.county_day(at), by_mandate=cooperative is not None)
    return EntrySheet.objects.create(
        id=sheet_id,
        by=by,
        cooperative=cooperative,
        village=village,
        produce=produce,
        grade=grade,
        harvested_on=harvested_on,
        price_fen=price_fen,
        price_unit_g=500,
        price_reason=price_reason.strip()[:200],
        smallest=smallest,
        consent=consent,
        made_at=at,
    )


@transaction.atomic
def change_heading(
    sheet: EntrySheet,
    *,
    village: Place,
    produce: Produce,
    grade: Grade | None = None,
    harvested_on: dt.date,
    price_fen: int,
    price_reason: str = "",
    sure: bool = False,
    consent: str,
    smallest: int = 0,
    at: dt.datetime,
) -> EntrySheet:
    """Change what all rows share, as long as none of them is on sale; amounts stay as they were typed.

    Answers to what was asked about a row are taken back: they were given about other goods.
    """
    sheet = lock(sheet)
    if sheet.rows.exclude(listing=None).exists():
        raise SheetIsOnSale
    heading = _Heading(village, produce, grade, harvested_on, price_fen, price_reason, sure, consent, smallest)
    _require_sound(heading, clock.county_day(at), by_mandate=sheet.cooperative_id is not None)
    sheet.village, sheet.produce, sheet.grade = village, produce, grade
    sheet.harvested_on, sheet.price_fen, sheet.price_unit_g = harvested_on, price_fen, 500
    sheet.price_reason, sheet.consent, sheet.smallest = price_reason.strip()[:200], consent, smallest
    sheet.save()
    EntryRow.objects.filter(sheet=sheet).update(sure=False, unit=_unit(produce))
    return sheet


@transaction.atomic
def row_of(sheet: EntrySheet, household: Household, *, at: dt.datetime) -> EntryRow:
    """Return a household's row, begun empty at first sight."""
    sheet = lock(sheet)
    begun = {"typed": "", "unit": _unit(sheet.produce), "at": at}
    return EntryRow.objects.get_or_create(sheet=sheet, household=household, defaults=begun)[0]


@transaction.atomic
def keep_photo(row: EntryRow, photo: StoredFile, *, by: User, at: dt.datetime) -> EntryRow:
    """Remember the photo of a household's goods, another one in its place; a lot that has none yet gets it."""
    lock(row.sheet)
    return give_photo(row, photo, by=by, at=at)


@transaction.atomic
def save_rows(sheet: EntrySheet, typed: Mapping[Household, str], *, at: dt.datetime) -> int:
    """Keep what was typed for these households; return how many rows are other than before.

    Another amount takes back the answer to an earlier question. A row that is on sale stays as it is.
    """
    sheet = lock(sheet)
    ids = {household.pk for household in typed}
    rows = {row.household_id: row for row in EntryRow.objects.filter(sheet=sheet, household_id__in=ids)}
    changed = []
    for household, text in typed.items():
        text = strip_invisible(text).strip()[:MOST_LETTERS]
        row = rows.get(household.pk) or EntryRow(sheet=sheet, household=household, typed="")
        if row.listing_id is not None or row.typed == text:
            continue
        row.typed, row.unit, row.sure, row.at = text, _unit(sheet.produce), False, at
        changed.append(row)
    EntryRow.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["sheet", "household"],
        update_fields=["typed", "unit", "sure", "at"],
    )
    return len(changed)


@transaction.atomic
def say_sure(sheet: EntrySheet, household_id: uuid.UUID) -> None:
    """Answer what was asked about a row: it is meant so."""
    sheet = lock(sheet)
    EntryRow.objects.filter(sheet=sheet, household_id=household_id, listing=None).update(sure=True)


def states_of(sheet: EntrySheet, *, at: dt.datetime) -> list[RowState]:
    """Return how every row with something in it stands. Four queries, however many rows."""
    day = clock.county_day(at)
    rows = sheet_rows(sheet)
    states = []
    for row in rows:
        quantity, unreadable = read_or_reason(row.typed, sheet.produce)
        states.append(RowState(row, quantity, unreadable))
    open_rows = [state for state in states if state.listing is None and state.quantity is not None]
    known = known_of([state.row.household_id for state in open_rows], [sheet.produce], day, but_key=_front(sheet))
    lots = {state.row.household_id: _lot(sheet, state) for state in open_rows}
    for state in open_rows:
        lot = lots[state.row.household_id]
        others = [other.stock for key, other in lots.items() if key != state.row.household_id]
        state.asked = questions(lot, known, others)
    for state in states:
        state.stock = _lot(sheet, state).stock if state.quantity is not None else 0
        if state.listing is not None:
            state.stock = state.listing.listed
    return states


@transaction.atomic
def list_sheet(sheet: EntrySheet, *, by: User, at: dt.datetime) -> Listed:
    """Put every good row on sale, each for itself: one that is refused keeps its reason and stops no other.

    Pressed again, or by two hands at once, every row still becomes one lot.
    """
    sheet = lock(sheet)
    done = Listed()
    # By household, as everybody does it: two sheets over the same households wait for each other in one order.
    for state in sorted(states_of(sheet, at=at), key=lambda state: state.row.household_id):
        if not state.good:
            continue
        try:
            listing, new = list_lot(_lot(sheet, state), by=by, at=at)
        except DomainError as refusal:
            done.refused.append(str(refusal))
            continue
        done.new += new
        EntryRow.objects.filter(pk=state.row.pk).update(listing=listing)
    if done.new:
        EntrySheet.objects.filter(pk=sheet.pk).update(listed_at=at)
    return done


def _require_sound(heading: _Heading, today: dt.date, *, by_mandate: bool) -> None:
    """Refuse a heading that no lot could have."""
    if heading.produce.forbidden:
        raise ForbiddenProduce(heading.produce)
    if heading.grade is not None and heading.grade.produce_id != heading.produce.pk:
        raise WrongGrade
    if heading.harvested_on > today:
        raise BadHarvestDay
    if heading.consent not in CONSENTS and not by_mandate:
        raise ConsentNeeded
    if not 0 <= heading.smallest <= MOST_G:
        raise BadSmallest
    if heading.village.level != Place.Level.VILLAGE:
        raise VillageNeeded
    require_keeps(heading.produce, heading.harvested_on, today)
    check_price(heading.produce, heading.price_fen, 500, reason=heading.price_reason, sure=heading.sure, on=today)


def _lot(sheet: EntrySheet, state: RowState) -> Lot:
    return Lot(
        key=f"{_front(sheet)}{state.row.household_id}",
        household=state.row.household,
        produce=sheet.produce,
        grade=sheet.grade,
        quantity=state.quantity or Quantity(None, None, "", ""),
        price_fen=sheet.price_fen,
        price_reason=sheet.price_reason,
        smallest=sheet.smallest,
        harvested_on=sheet.harvested_on,
        village=sheet.village,
        consent=sheet.consent,
        sure=state.row.sure,
        photo=state.row.photo,
    )


def _front(sheet: EntrySheet) -> str:
    """Return how the keys of this sheet's lots begin."""
    return f"sheet:{sheet.pk}:"


def _unit(produce: Produce) -> str:
    return "piece" if produce.stock_unit == StockUnit.PIECE else "jin"
