"""Complaints as pages show them: what is wrong, what both sides say, whose turn it is and until when."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from kernel.dates import deadline_words
from kernel.present import name_of
from kernel.shown import Fact, Link, Tag
from orders.models import About, Complaint, ComplaintStatus, ReceiptLine, Side
from orders.selectors.complaints import OPEN_COMPLAINTS
from orders.selectors.orders import deliveries_seen_by, seller_shown
from orders.services.complaining import figure, other_side
from records.models import Attachment

TONES = {
    ComplaintStatus.RAISED: "warn",
    ComplaintStatus.OFFERED: "warn",
    ComplaintStatus.COUNTY: "warn",
    ComplaintStatus.AGREED: "ok",
    ComplaintStatus.REFUSED: "plain",
    ComplaintStatus.WITHDRAWN: "plain",
}


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint as lists and the pages of its lot show it."""

    url: str
    number: str
    title: str
    sides: str
    turn: str
    until: str
    status: Tag


def complaint_row(row: Complaint, user: User, at: dt.datetime) -> ComplaintRow:
    """Return one row: what is wrong with which goods, between whom, whose turn it is and until when."""
    return ComplaintRow(
        url=reverse("complaint-detail", args=[row.pk]),
        number=row.number,
        title=title(row),
        sides=" · ".join(_name(row, side, user) for side in (Side(row.side), other_side(row.side))),
        turn=turn(row, user),
        until=until(row, at),
        status=complaint_tag(row),
    )


def title(row: Complaint) -> str:
    """Return the goods and what is said to be wrong: 包菜：分量."""
    goods = name_of(row.receipt_line.allocation.listing.produce)
    return _("%(produce)s: %(about)s") % {"produce": goods, "about": about_words(row)}


def about_words(row: Complaint) -> str:
    """Return what is said to be wrong; where the seller says late, it was the money."""
    if row.about == About.LATE and row.side == Side.SELLER:
        return pgettext("complaint", "The money came late")
    return str(About(row.about).label)


def complaint_tag(row: Complaint) -> Tag:
    """Return where a complaint stands."""
    status = ComplaintStatus(row.status)
    return Tag(TONES[status], str(status.label))


def turn(row: Complaint, user: User) -> str:
    """Return by name whose turn it is; nothing once it is over."""
    if row.status == ComplaintStatus.COUNTY:
        return pgettext("turn", "The county's bureau")
    if row.status not in OPEN_COMPLAINTS:
        return ""
    side = other_side(row.side) if row.status == ComplaintStatus.RAISED else Side(row.side)
    return _name(row, side, user)


def until(row: Complaint, at: dt.datetime) -> str:
    """Return by when whoever's turn it is has answered; nothing once it is over."""
    return deadline_words(row.until_at, at) if row.status in OPEN_COMPLAINTS else ""


def after_silence(row: Complaint) -> str:
    """Return what follows if whoever's turn it is says nothing."""
    if row.status == ComplaintStatus.RAISED:
        return _("Without an answer the county decides.")
    if row.status == ComplaintStatus.OFFERED:
        return _("Without an answer the offered part counts as enough.")
    if row.status == ComplaintStatus.COUNTY:
        return _("Without a decision it stays as the two sides left it.")
    return ""


def complaint_facts(row: Complaint, user: User) -> list[Fact]:
    """Return all that was asked, answered and decided, and the document that carries it out."""
    lot, receipt = row.receipt_line.allocation, row.receipt_line.receipt
    sees = deliveries_seen_by(user).filter(pk=receipt.delivery_id).exists()
    facts = [
        Fact(_("Who complains"), _name(row, Side(row.side), user), spoken_time(row.raised_at)),
        Fact(_("Of whom"), _name(row, other_side(row.side), user)),
        Fact(_("Order"), lot.order.number),
        Fact(_("Receipt"), receipt.number, url=reverse("receipt-detail", args=[receipt.pk]) if sees else ""),
        Fact(about_words(row), figure(row.asked_g, row.asked_fen), row.words),
    ]  # fmt: skip
    if row.answered_at is not None:
        offered = row.offered_g or row.offered_fen
        part = figure(row.offered_g, row.offered_fen) if offered else ""
        facts.append(
            Fact(_("The other side says"), row.answer or pgettext("answer to a complaint", "It is right"), part)
        )
    if row.decision:
        facts.append(Fact(_("The county says"), row.decision))
    if row.status == ComplaintStatus.AGREED:
        facts.append(Fact(_("Counts for"), figure(row.agreed_g, row.agreed_fen), _moves(row)))
    if moved := getattr(row, "goods_return", None):
        facts.append(Fact(_("Carried out by"), moved.number, url=reverse("return-detail", args=[moved.pk])))
    return facts


def photos_of(row: Complaint) -> list[str]:
    """Return where the photos of a complaint are shown, those of who complained first."""
    rows = Attachment.objects.filter(document=row.reference).order_by("pk")
    return [reverse("complaint-photo", args=[row.pk, photo.file_id]) for photo in rows]


def complainable(lines: Iterable[ReceiptLine], user: User) -> list[Link]:
    """Return where somebody complains of these lots, each by its goods and seller."""
    return [Link(reverse("complaint-new", args=[line.receipt_id, line.pk]), lot_words(line, user)) for line in lines]


def lot_words(line: ReceiptLine, user: User) -> str:
    """Return a delivered lot by its goods and seller; its buyer is read with it."""
    lot = line.allocation
    return f"{name_of(lot.line.produce)}，{seller_shown(lot.listing, user, lot.order.buyer_id)}"


def _moves(row: Complaint) -> str:
    return "" if row.agreed_g else _("No money moves by this; it stands in the scorecard.")


def _name(row: Complaint, side: Side, user: User) -> str:
    lot = row.receipt_line.allocation
    if side == Side.BUYER:
        return lot.order.buyer.name
    return seller_shown(lot.listing, user, lot.order.buyer_id)
