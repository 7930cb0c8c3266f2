"""Goods sent back as pages show them."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.selectors import spoken_time
from kernel import money, weight
from kernel.dates import deadline_words
from kernel.present import known, name_of
from kernel.shown import Fact, Tag
from orders.models import Fate, GoodsReturn, ReturnReason, ReturnStatus
from orders.selectors.orders import seller_name

TONES = {
    ReturnStatus.ASKED: "warn",
    ReturnStatus.CONTESTED: "warn",
    ReturnStatus.AGREED: "ok",
    ReturnStatus.REFUSED: "plain",
    ReturnStatus.WITHDRAWN: "plain",
}


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """Goods sent back as the list shows them."""

    url: str
    number: str
    goods: str
    buyer: str
    until: str
    status: Tag


def return_row(row: GoodsReturn, at: dt.datetime) -> ReturnRow:
    """Return one row of the list: what, to whom, and until when something is to be done."""
    lot = row.receipt_line.allocation
    return ReturnRow(
        url=reverse("return-detail", args=[row.pk]),
        number=row.number,
        goods=title(row),
        buyer=lot.order.buyer.name,
        until=until(row, at),
        status=return_tag(row),
    )


def title(row: GoodsReturn) -> str:
    """Return the goods and how much goes back, or by how much the scale is corrected."""
    listing = row.receipt_line.allocation.listing
    if not row.is_correction:
        return f"{name_of(listing.produce)} {listing.in_words(row.asked)}"
    return _("%(produce)s, scale %(by)s") % {
        "produce": name_of(listing.produce),
        "by": _by(row, row.asked_g, row.asked_pieces),
    }


def _by(row: GoodsReturn, grams: int, pieces: int | None) -> str:
    """Return by how much a correction changes what was accepted: −3 kg."""
    sign = "−" if grams > 0 else "+"
    heads = f"{row.receipt_line.allocation.listing.in_words(abs(pieces))}、" if pieces else ""
    return f"{sign}{heads}{weight.both(abs(grams))}"


def return_tag(row: GoodsReturn) -> Tag:
    """Return where goods sent back stand."""
    status = ReturnStatus(row.status)
    if status == ReturnStatus.ASKED and not row.seller_was_asked:
        return Tag("info", pgettext("correction", "Waits for the second signature"))
    if row.is_correction and status in (ReturnStatus.AGREED, ReturnStatus.REFUSED):
        corrected = pgettext("correction", "Corrected"), pgettext("correction", "Not corrected")
        return Tag(TONES[status], corrected[status == ReturnStatus.REFUSED])
    return Tag(TONES[status], str(status.label))


def until(row: GoodsReturn, at: dt.datetime) -> str:
    """Return by when the seller answers or the county decides; nothing once it is over."""
    if row.status == ReturnStatus.ASKED:
        return deadline_words(row.answer_by_at, at)
    return deadline_words(known(row.decide_by_at), at) if row.status == ReturnStatus.CONTESTED else ""


def return_facts(row: GoodsReturn, at: dt.datetime) -> list[Fact]:
    """Return all that was asked, answered and decided, with the money that went back."""
    lot = row.receipt_line.allocation
    facts = [
        Fact(_("Who buys"), lot.order.buyer.name, lot.order.number),
        Fact(_("Seller"), seller_name(lot.listing)),
        _asked(row),
        Fact(_("Why"), str(ReturnReason(row.reason).label), row.words),
    ]
    if row.complaint is not None:
        url = reverse("complaint-detail", args=[row.complaint_id])
        facts.append(Fact(_("Follows from complaint"), row.complaint.number, url=url))
    if by_when := until(row, at):
        facts.append(Fact(_("To be decided"), by_when))
    if row.answer:
        facts.append(Fact(_("The seller says"), row.answer))
    if row.decision:
        facts.append(Fact(_("The county says"), row.decision))
    if row.status == ReturnStatus.AGREED and row.is_correction:
        facts.append(Fact(_("Money that moves"), money.yuan(-row.refund_fen)))
    elif row.status == ReturnStatus.AGREED:
        facts.append(Fact(_("Goes back"), lot.listing.in_words(row.agreed), str(Fate(row.fate).label)))
        facts.append(Fact(_("Money that goes back"), money.yuan(row.refund_fen)))
    return facts


def _asked(row: GoodsReturn) -> Fact:
    if not row.is_correction:
        return Fact(
            _("Is to go back"), row.receipt_line.allocation.listing.in_words(row.asked), spoken_time(row.asked_at)
        )
    return Fact(_("Is to be corrected by"), _by(row, row.asked_g, row.asked_pieces), spoken_time(row.asked_at))
