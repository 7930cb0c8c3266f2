"""Papers that travel with a lot: the seller's commitment, test slips, quarantine certificates; issued, cancelled."""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Listing, Paper, PaperStatus
from catalog.services.kilos import lock_listings
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.workflow import lock
from records.models import StoredFile
from records.services.files import attach

# Which words a commitment uses. Until 2026-01-31 the trial form of 2019; from then on those of 农业农村部令2025年第4号,
# one text for who grew the goods and one for who collected them from others.
TRIAL, PRODUCER, COLLECTOR = "trial", "producer", "collector"
NEW_WORDS_FROM = dt.date(2026, 2, 1)
# What a commitment stands on.
CONTROL, OWN_TEST, ORDERED_TEST = "control", "own_test", "ordered_test"
BASES = {
    CONTROL: _("Kept to the rules of quality and safety"),
    OWN_TEST: _("Tested by ourselves, passed"),
    ORDERED_TEST: _("Tested by a laboratory, passed"),
}
MOST_TEXT = 80


class BadBasis(BadValue):
    code = "bad_basis"
    message = _("Say what the commitment stands on: the rules kept, an own test or a laboratory's test.")


class TooMuchPaper(BadValue):
    code = "too_much_paper"
    message = _("The certificate cannot be for more than the lot holds.")


class NotHarvestedYet(DomainError):
    code = "not_harvested_yet"
    message = _("A certificate is made out when the goods are harvested. First write down the day of harvest.")


class LotIsStopped(DomainError):
    code = "lot_is_stopped"
    message = _("The sale of this lot is stopped. No certificate can be made out for it now.")


class BadSlip(BadValue):
    code = "bad_slip"
    message = _("Write who issued the paper, its number and its day, and add a photo of it.")


class FailedTest(BadValue):
    code = "failed_test"
    message = _(
        "A slip that says “not passed” is no paper for selling. Stop the sale of this lot and call the township."
    )


@transaction.atomic
def issue_commitment(
    listing: Listing, *, basis: str, collected: bool = False, quantity: int | None = None, by: User, at: dt.datetime
) -> Paper:
    """Make out the seller's commitment for a batch: the whole lot, or so much of it (in its stock unit).

    `collected` says that a co-operative gathered the goods from others: then the collector's words are used.
    """
    if basis not in BASES:
        raise BadBasis
    listing = _with_goods(listing)
    if quantity is not None and not 1 <= quantity <= listing.listed:
        raise TooMuchPaper
    day = clock.county_day(at)
    words = COLLECTOR if collected and listing.household_id is None else PRODUCER
    return _issue(
        listing,
        Paper.Kind.CONFORMITY,
        wording=words if day >= NEW_WORDS_FROM else TRIAL,
        quantity=quantity or listing.listed,
        facts={"basis": basis},
        issued_on=day,
        by=by,
        at=at,
    )


@transaction.atomic
def add_slip(
    listing: Listing, kind: str, *, office: str, number: str, issued_on: dt.date, photo: StoredFile,
    passed: bool = True, item: str = "", value: str = "", by: User, at: dt.datetime,
) -> Paper:  # fmt: skip
    """Hang a test slip or a quarantine certificate, photographed, on a lot; one that failed is refused."""
    if kind not in (Paper.Kind.TEST, Paper.Kind.QUARANTINE):
        raise BadSlip
    office, number = office.strip()[:MOST_TEXT], number.strip()[:MOST_TEXT]
    if not office or not number or photo is None or issued_on > clock.county_day(at):
        raise BadSlip
    if not passed:
        raise FailedTest
    listing = _with_goods(listing)
    facts = {"office": office, "number": number}
    if kind == Paper.Kind.TEST:
        facts |= {"item": item.strip()[:MOST_TEXT], "value": value.strip()[:MOST_TEXT]}
    paper = _issue(listing, kind, facts=facts, file=photo, issued_on=issued_on, by=by, at=at)
    attach(paper.reference, photo, "paper", by=by, at=at)
    return paper


@transaction.atomic
def cancel_paper(paper: Paper, *, by: User, at: dt.datetime) -> Paper:
    """Declare a paper void: whoever reads its code is told so from now on."""
    paper = lock(paper)
    paper.move_to(PaperStatus.CANCELLED, by=by, at=at)
    return paper


def _with_goods(listing: Listing) -> Listing:
    listing = lock_listings([listing.pk])[listing.pk]
    if listing.harvested_on is None:
        raise NotHarvestedYet
    if listing.status == "stopped" or listing.recalled_at is not None:
        raise LotIsStopped
    return listing


def _issue(listing: Listing, kind: str, *, by: User, at: dt.datetime, **columns: Any) -> Paper:
    paper = Paper(
        number=begun(Kind.PAPER, clock.county_day(at)),
        code=secrets.token_hex(8),
        listing=listing,
        kind=kind,
        by=by,
        at=at,
        **columns,
    )
    paper.begin(by=by, at=at)
    return paper
