"""Goods sent back as pages show them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.selectors import spoken_time
from kernel import money
from kernel.dates import message_deadline
from kernel.present import known
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


def return_row(row: GoodsReturn) -> ReturnRow:
    """Return one row of the list: what, to whom, and until when something is to be done."""
    lot = row.receipt_line.allocation
    return ReturnRow(
        url=reverse("return-detail", args=[row.pk]),
        number=row.number,
        goods=f"{lot.listing.produce.name} {lot.listing.in_words(row.asked)}",
        buyer=lot.order.buyer.name,
        until=until(row),
        status=return_tag(row),
    )


def return_tag(row: GoodsReturn) -> Tag:
    """Return where goods sent back stand."""
    status = ReturnStatus(row.status)
    return Tag(TONES[status], str(status.label))


def until(row: GoodsReturn) -> str:
    """Return by when the seller answers or the county decides; nothing once it is over."""
    if row.status == ReturnStatus.ASKED:
        return message_deadline(row.answer_by_at)
    return message_deadline(known(row.decide_by_at)) if row.status == ReturnStatus.CONTESTED else ""


def return_facts(row: GoodsReturn) -> list[Fact]:
    """Return all that was asked, answered and decided, with the money that went back."""
    lot = row.receipt_line.allocation
    facts = [
        Fact(_("Who buys"), lot.order.buyer.name, lot.order.number),
        Fact(_("Seller"), seller_name(lot.listing)),
        Fact(_("Is to go back"), lot.listing.in_words(row.asked), spoken_time(row.asked_at)),
        Fact(_("Why does it go back?"), str(ReturnReason(row.reason).label), row.words),
    ]
    if until(row):
        facts.append(Fact(_("To be decided by"), until(row)))
    if row.answer:
        facts.append(Fact(_("The seller says"), row.answer))
    if row.decision:
        facts.append(Fact(_("The county says"), row.decision))
    if row.status == ReturnStatus.AGREED:
        facts.append(Fact(_("Goes back"), lot.listing.in_words(row.agreed), str(Fate(row.fate).label)))
        facts.append(Fact(_("Money that goes back"), money.yuan(row.refund_fen)))
    return facts
