"""The file of deliveries as it is read and printed: its tables, what is missing, whether its sums agree."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Organisation, Somebody
from accounts.selectors import members_now, spoken_time
from canteens.models import Fund
from canteens.permissions import reads_signed_lists
from catalog.models import Paper
from kernel import clock
from orders.models import Delivery, LineKind, ReadLink, ReceiptStatus
from orders.pages.dossier_plans import PLAN_SECTIONS, missing_of_plans, photos, photos_read
from orders.pages.dossier_tables import SECTIONS, Eyes, Fen, Grams, Section, words_in, written_day
from orders.selectors.dossier import MOST_AT_ONCE, Agreement, Gathered, agreements, invoices_of, lacking_papers
from orders.selectors.scale import scale_role
from orders.services.hands import APPROVE, REQUEST
from records.models import Attachment

PAID = "paid"


@dataclass(frozen=True, slots=True)
class Check:
    """One sum of the papers beside the same sum of the books."""

    what: str
    papers: str
    books: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """The whole file."""

    title: str
    buyer: str
    about: str
    made: str
    sections: list[Section]
    missing: list[str]
    checks: list[Check]
    photos: list[Attachment]  # in the order of their names

    @property
    def agrees(self) -> bool:
        return all(check.agrees for check in self.checks)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link to a fund's file: its address, its days, until when, how often it was opened, how it is taken back."""

    address: str
    about: str
    until: str
    looks: str
    state: str
    revoke_url: str


def link_row(absolute: Callable[[str], str], link: ReadLink) -> LinkRow:
    """Return one link as those who give it see it."""
    over = link.until_on < clock.county_day(clock.now())
    state = pgettext("link", "taken back") if link.revoked_at is not None else pgettext("link", "over")
    opens = link.revoked_at is None and not over
    return LinkRow(
        address=absolute(reverse("read-link", args=[link.code])) if opens else "",
        about=pgettext("file", "%(first)s to %(last)s")
        % {"first": written_day(link.first_on), "last": written_day(link.last_on)},
        until=written_day(link.until_on),
        looks=ngettext("opened %(n)s time", "opened %(n)s times", link.looks) % {"n": link.looks},
        state=pgettext("link", "opens") if opens else state,
        revoke_url=reverse("read-link-revoke", args=[link.pk]) if opens else "",
    )


def of_trip(trip: Delivery, found: Gathered, *, user: Somebody | None, at: dt.datetime) -> Dossier:
    """Return the file of one trip."""
    title = _("File of delivery %(number)s") % {"number": trip.number}
    return dossier(
        found,
        title=title,
        buyer=trip.buyer,
        about=written_day(clock.county_day(trip.shipped_at)),
        user=user,
        at=at,
    )


def of_fund(
    fund: Fund, found: Gathered, *, days: tuple[dt.date, dt.date], user: Somebody | None, at: dt.datetime
) -> Dossier:
    """Return the file of a fund over some days."""
    title = _("File of %(fund)s") % {"fund": fund_words(fund)}
    about = pgettext("file", "%(first)s to %(last)s") % {"first": written_day(days[0]), "last": written_day(days[1])}
    return dossier(found, title=title, buyer=fund.organisation, about=about, user=user, at=at)


def fund_words(fund: Fund) -> str:
    """Return a fund as its people call it."""
    return f"{fund.label} {fund.fiscal_year}"


def too_many() -> str:
    """Say that the days asked for have more deliveries than are shown at once."""
    return _(
        "These days have more than %(n)s deliveries. Their file takes some minutes: have it made, or choose fewer days."
    ) % {"n": MOST_AT_ONCE}


def dossier(
    found: Gathered, *, title: str, buyer: Organisation, about: str, user: Somebody | None, at: dt.datetime
) -> Dossier:
    """Return the file of these documents as this reader, or the public, may read it."""
    households = {lot.household_id for lot in found.lots if lot.household_id is not None}
    keys = set(members_now().filter(household__in=households).values_list("person__key", flat=True))
    eyes = Eyes(user, buyer.pk, keys, reads_lists=user is not None and reads_signed_lists(user, buyer.pk))
    return Dossier(
        title=title,
        buyer=buyer.name,
        about=about,
        made=spoken_time(at),
        sections=[make(found, eyes) for make in (*PLAN_SECTIONS, *SECTIONS, photos)],
        missing=_missing(found, eyes),
        checks=[_check(row) for row in agreements(found)],
        photos=photos_read(found, eyes),
    )


def _missing(found: Gathered, eyes: Eyes) -> list[str]:
    """Return what should be in the file and is not, one sentence each."""
    said = [*missing_of_plans(found), _("Contract: this system keeps none. Add yours.")]
    said += [*_unapproved(found), *_unpapered(found, eyes), *_unhanded(found), *_unsigned(found)]
    return [*said, *_unstated(found), *_unpaid(found)]


def _unapproved(found: Gathered) -> Iterable[str]:
    held = {(row.document, row.stage) for row in found.hands}
    for row in found.orders:
        if (row.reference, REQUEST) not in held:
            yield _("Order %(number)s: who placed it is not on record.") % {"number": row.number}
        if row.needs_approval and (row.reference, APPROVE) not in held:
            yield _("Order %(number)s: nobody's approval is on record.") % {"number": row.number}


def _unpapered(found: Gathered, eyes: Eyes) -> Iterable[str]:
    for lot in found.lots:
        for kind in lacking_papers(lot, found.papers.get(lot.listing_id, [])):
            yield _("Lot %(number)s of %(seller)s: %(paper)s is missing.") % {
                "number": lot.listing.number,
                "seller": eyes.seller(lot.listing),
                "paper": Paper.Kind(kind).label,
            }


def _unhanded(found: Gathered) -> Iterable[str]:
    handed = {row.allocation_id for row in found.hand_overs}
    for lot in found.lots:
        if lot.pk not in handed:
            yield _("Lot %(number)s: its hand-over at the pick-up is not on record.") % {"number": lot.listing.number}


def _unsigned(found: Gathered) -> Iterable[str]:
    receipts = {row.delivery_id: row for row in found.receipts}
    scales = {scale_role(lot.pk) for lot in found.lots}
    shown = {row.document for row in found.photos if row.role in scales}
    for trip in found.trips:
        receipt = receipts.get(trip.pk)
        if receipt is None:
            yield _("Delivery %(number)s: it was not weighed.") % {"number": trip.number}
            continue
        if receipt.status != ReceiptStatus.SIGNED:
            yield _("Receipt %(number)s: the second signature is missing.") % {"number": receipt.number}
        if receipt.reference not in shown:
            yield _("Receipt %(number)s: no photo of the scale.") % {"number": receipt.number}


def _unstated(found: Gathered) -> Iterable[str]:
    stated = {line.receipt_line_id for line in found.stated if line.kind == LineKind.GOODS}
    signed = {row.pk for row in found.receipts if row.status == ReceiptStatus.SIGNED}
    for line in found.weighed:
        if line.receipt_id in signed and line.accepted_g and line.pk not in stated:
            yield _("Lot %(number)s: accepted, and on no statement yet.") % {"number": line.allocation.listing.number}


def _unpaid(found: Gathered) -> Iterable[str]:
    invoices = invoices_of(found.statements)
    for row in found.statements:
        if row.total_fen > 0 and row.carrier_id is None and not invoices.get(row.pk):
            yield _("Statement %(number)s: its invoice is missing.") % {"number": row.number}
    for row in found.statements:
        if row.payable is None or sum(off.amount_fen for off in row.payable.offsets.all()) == row.total_fen:
            continue
        if not any(payment.status == PAID for payment in row.payable.payments.all()):
            yield _("Statement %(number)s: not paid yet.") % {"number": row.number}


def _check(row: Agreement) -> Check:
    names = {
        "weight": _("Weight on the statements, and accepted at the scale (kg)"),
        "goods": _("Goods on the statements, and moved in the books (yuan)"),
        "moved": _("Other lines of the statements, and moved in the books (yuan)"),
        "statements": _("Totals of the statements, and the sum of their lines (yuan)"),
        "payables": _("Owed by the statements, and owed in the books (yuan)"),
    }
    cell = Grams if row.what == "weight" else Fen
    return Check(names[row.what], words_in(cell(row.papers)), words_in(cell(row.books)), row.agrees)
