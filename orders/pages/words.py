"""Quantities, days and reasons of orders, in the reader's words."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.selectors import spoken_time
from canteens.models import Kitchen
from catalog.models import Listing
from kernel import weight
from kernel.masking import mask_name
from kernel.present import name_of
from kernel.shown import Moment, Tag
from orders.allocation import PlanKind, Why
from orders.models import Allocation, AllocationStatus, OrderStatus, ReceiptStatus
from orders.selectors.orders import moves_of
from orders.selectors.reasons import EDITED, read
from orders.selectors.recalls import RECALLED_NOTE
from produce.models import StockUnit
from records.models import Move

LOT_TONES = {
    AllocationStatus.HELD: "warn",
    AllocationStatus.CONFIRMED: "info",
    AllocationStatus.RELEASED: "plain",
    AllocationStatus.CLOSED: "ok",
}
ORDER_TONES = {
    OrderStatus.AWAITING: "warn",
    OrderStatus.ASKING: "info",
    OrderStatus.UNDER_WAY: "info",
    OrderStatus.CLOSED: "ok",
    OrderStatus.CANCELLED: "plain",
}


def counted(quantity: int, *, word: str, grams: int) -> str:
    """Return a quantity as buyers say it: kilograms, or heads by their `word` with their usual weight."""
    kilograms = _("%(kg)s kg") % {"kg": weight.with_commas(weight.kg(grams))}
    if not word:
        return kilograms
    return _("%(heads)s (about %(kg)s)") % {"heads": weight.heads(quantity, word), "kg": kilograms}


def kitchen_address(kitchen: Kitchen, buyer_id: int) -> str:
    """Return a canteen as its buyer calls it, and where its goods are brought."""
    return f"{kitchen.label_for(buyer_id)}，{kitchen.address}"


def is_counted(listing: Listing) -> bool:
    """Return whether a lot is sold by the head."""
    return listing.stock_unit == StockUnit.PIECE


def quantity_of(listing: Listing, quantity: int) -> str:
    """Return a quantity as sellers say it: both weights, or heads."""
    return listing.in_words(quantity)


def step_words(listing: Listing, grade: str) -> str:
    """Return in which lower grade goods were taken and what they fetch in it; empty where it was the one ordered."""
    if not grade:
        return ""
    step = listing.steps()[grade]
    return _("as %(grade)s, at %(percent)s%% of the price") % {"grade": name_of(step), "percent": step.percent}


def step_choices(listing: Listing) -> list[tuple[str, str]]:
    """Return in which grades a lot may be taken at the scale, the one ordered first; none where there is only that."""
    steps = [(code, step_words(listing, code)) for code in listing.steps()]
    return [("", _("as ordered")), *steps] if steps else []


def order_tag(status: str) -> Tag:
    """Return how an order stands."""
    return Tag(ORDER_TONES[OrderStatus(status)], str(OrderStatus(status).label))


def lot_tag(status: str, order_status: str = "") -> Tag:
    """Return how one lot of an order stands; before an order is approved its sellers are not asked."""
    if status == AllocationStatus.HELD and order_status == OrderStatus.AWAITING:
        return order_tag(order_status)
    return Tag(LOT_TONES[AllocationStatus(status)], str(AllocationStatus(status).label))


def recalled_tag() -> Tag:
    """Return the word that stands over every other state of a lot."""
    return Tag("danger", pgettext("goods", "Recalled"))


def reason_for(allocation: Allocation) -> str:
    """Return the sentence that tells the seller why it got this share, with figures anybody can check."""
    why = read(allocation.why)
    if why is None or why.kind == PlanKind.CHOSEN:
        return _("The buyer chose this lot.")
    if why.kind == EDITED:
        return _("The buyer changed the shares of this order by hand; the reason is on record for the county.")
    figures = {
        "had": quantity_of(allocation.listing, why.had),
        "level": quantity_of(allocation.listing, why.level),
        "owners": why.owners,
    }
    if why.kind == PlanKind.CHEAPEST:
        return _("The buyer took the lowest prices; %(owners)s sellers share this order.") % figures
    if why.kind == PlanKind.FEWEST:
        return _("The buyer wanted few stops; %(owners)s sellers share this order, those with most goods.") % figures
    return " ".join(filter(None, [_fair_share(why, figures), _who_waits(why)]))


def reason_for_buyer(allocation: Allocation) -> str:
    """Return why this seller is asked, as the buyer reads it: by which rule, without what anybody has at home."""
    why = read(allocation.why)
    if why is None or why.kind == PlanKind.CHOSEN:
        return _("Chosen by you.")
    if why.kind == EDITED:
        return _("Its share was changed by hand.")
    sentences = {
        PlanKind.CHEAPEST: _("Among the lowest prices; %(owners)s sellers share this order."),
        PlanKind.FEWEST: _("For few stops; %(owners)s sellers share this order."),
        PlanKind.FAIR: _("By the fair rule; %(owners)s sellers share this order."),
    }
    sentence = sentences[PlanKind(why.kind)] % {"owners": why.owners}
    if allocation.line.instead_of_id is not None:
        return _("Asked in place of what was not to be had.") + " " + sentence
    return sentence


def _fair_share(why: Why, figures: dict[str, Any]) -> str:
    may = why.had - why.beyond_cap
    if may > why.level:
        return _("Shared among %(owners)s sellers, everybody alike up to %(level)s; you had %(had)s.") % figures
    if why.beyond_cap:
        capped = _(
            "Shared among %(owners)s sellers, everybody alike: you had %(had)s, and all is taken that one household "
            "may still sell of it this season."
        )
        return capped % figures
    return _("Shared among %(owners)s sellers, everybody alike: you had %(had)s, and all of it is taken.") % figures


def _who_waits(why: Why) -> str:
    """Return who was left out of the same turn, and by what; empty where there was room for everybody."""
    if not why.waiting:
        return ""
    return ngettext(
        "%(waiting)s more was not asked: whoever sold least of it this season came first, then what spoils first. "
        "Before this you had sold %(served)s.",
        "%(waiting)s more were not asked: whoever sold least of it this season came first, then what spoils first. "
        "Before this you had sold %(served)s.",
        why.waiting,
    ) % {"waiting": why.waiting, "served": weight.both(why.served_g)}


def timeline(
    document: str, statuses: type[OrderStatus] | type[ReceiptStatus], *, masked: Collection[UUID] = ()
) -> list[Moment]:
    """Return the moves of a document for the timeline, newest first; of some people the name is `masked`."""
    return [
        Moment(
            when=spoken_time(move.at),
            who=_mover(move, masked),
            what=(_("Ordered") if move.after == "awaiting" else str(statuses(move.after).label))
            + (f"：{_note(move.note)}" if move.note and move.by_id else ""),
            tone="plain" if move.after in ("cancelled", "void") else "ok",
        )
        for move in moves_of(document)
    ]


def _note(note: str) -> str:
    return pgettext("goods", "Recalled") if note == RECALLED_NOTE else note


def _mover(move: Move, masked: Collection[UUID]) -> str:
    person = move.by.person if move.by is not None else None
    if person is None:
        return _("by the clock")
    return mask_name(person.name) if person.pk in masked else person.name


def photo_name(position: int, digest: str) -> str:
    """Return under which name a photo lies in a whole file."""
    return f"{position:03}-{digest[:12]}"
