"""The scale line by line, and the receipt that comes of it, as pages show them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from catalog.models import Paper
from catalog.selectors.papers import Carried
from kernel import money, weight
from kernel.present import name_of
from kernel.shown import Fact, Link, Tag
from orders.models import (
    Allocation,
    Delivery,
    DeliveryLine,
    GoodsReceipt,
    ReceiptLine,
    ReceiptStatus,
    RefusalReason,
    ReturnStatus,
)
from orders.pages.transit import loss_words
from orders.pages.transport import trip_cart
from orders.pages.words import counted, step_words
from orders.selectors.grades import moves
from orders.selectors.holds import Held
from orders.selectors.orders import kitchens_of, seller_name, seller_shown
from orders.selectors.recalls import is_recalled, recall_reason
from orders.selectors.scale import faults_of_lot, photos_of_scale, with_before
from orders.selectors.transit import losses_of_trips
from orders.services.weighing import AtScale, Weighed

TONES = {ReceiptStatus.WEIGHED: "warn", ReceiptStatus.SIGNED: "ok", ReceiptStatus.VOID: "plain"}
MOST_VILLAGES = 3


@dataclass(frozen=True, slots=True)
class Exactly:
    """The button for a lot that weighs just what was ordered."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class OpenLine:
    """The lot that is on the scale now."""

    id: int
    produce: str
    seller: str
    ordered: str
    exact: Exactly | None
    tare_label: str
    net: str
    difference: Tag | None
    counted: bool
    recalled: bool
    recalled_why: str
    sent_g: int
    sent_kg: str
    sent_pieces: int | None
    least_g: int  # so much net needs no reason
    cost: str  # JSON: price, what was kept of each grade, what a grade fetches, most of it; static/js/scale/cost.js


@dataclass(frozen=True, slots=True)
class DoorPapers:
    """The papers of the lot on the scale: those that are there, and the names of those missing."""

    there: list[Link]
    missing: str


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """One lot in the list of the delivery; `state` is open, done or todo."""

    state: str
    produce: str
    seller: str
    ordered: str
    net: str
    status: Tag
    recalled: bool
    url: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One line of a receipt: what the scale said and what was kept."""

    produce: str
    seller: str
    sent: str
    gross: str
    tare: str
    net: str
    accepted: str
    pieces: str  # heads by their word, empty where it is weighed
    refused: str
    reason: str
    note: str
    grade: str  # the lower one in which it was taken, and at what price
    difference: Tag | None
    amount: str
    returned: str  # what went back after it was signed for, with its money


@dataclass(frozen=True, slots=True)
class ScalePhoto:
    """A photo of the scale, small and whole, with the lot it shows."""

    url: str
    full_url: str
    caption: str


@dataclass(frozen=True, slots=True)
class Total:
    """All that was kept, and its money."""

    kg: str
    amount: str


def delivery_meta(delivery: Delivery, lines: Sequence[DeliveryLine]) -> list[str]:
    """Return where the goods come from, how many lots they are, who drives and when they left."""
    villages = {line.allocation.listing.village.short_name for line in lines}
    meta = [*sorted(villages)[:MOST_VILLAGES], ngettext("%(n)s lot", "%(n)s lots", len(lines)) % {"n": len(lines)}]
    meta += [row.label_for(delivery.buyer_id) for row in kitchens_of(line.allocation.order for line in lines)]
    if delivery.driver:
        meta.append(_("driver %(name)s") % {"name": delivery.driver})
    meta += [f"{fact.label} {fact.value}" for fact in trip_cart(delivery)]
    return [*meta, _("left %(when)s") % {"when": spoken_time(delivery.shipped_at)}]


def open_line(line: DeliveryLine, weighed: Weighed | None, rules: AtScale) -> OpenLine:
    """Return the lot that is on the scale, with what was typed of it before."""
    lot = line.allocation
    recalled = is_recalled(lot)
    exact = None if recalled else Exactly(_("Exactly %(kg)s") % {"kg": weight.kg(line.shipped_g)}, lot.pk)
    return OpenLine(
        id=lot.pk,
        produce=name_of(lot.listing.produce),
        seller=seller_name(lot.listing),
        ordered=_sent(line),
        exact=exact,
        tare_label=_("Tare (crates)"),
        net=weight.kg(weighed.net_g) if weighed is not None else "",
        difference=_difference(line.shipped_g, weighed),
        counted=lot.listing.piece_g is not None,
        recalled=recalled,
        recalled_why=recall_reason(lot.listing),
        sent_g=line.shipped_g,
        sent_kg=weight.kg(line.shipped_g),
        sent_pieces=line.pieces,
        least_g=0 if recalled else rules.least_g(line),
        cost=_cost(line, rules),
    )


def _cost(line: DeliveryLine, rules: AtScale) -> str:
    lot = line.allocation
    ordered, most = rules.bounds(line)
    return json.dumps({
        "fen": lot.price_fen,
        "unit": lot.price_unit_g,
        "kept": rules.held[lot.pk].by_grade,
        "percent": {code: step.percent for code, step in lot.listing.steps().items()},
        "ordered": ordered,
        "most": most,
    })  # fmt: skip


def door_papers(papers: Carried | None) -> DoorPapers | None:
    """Return which papers of a lot are there and which are missing; None where the rule asks for none."""
    if papers is None:
        return None
    there = [Link(reverse("paper-check", args=[paper.code]), str(paper.get_kind_display())) for paper in papers.there]
    return DoorPapers(there, "、".join(str(Paper.Kind(kind).label) for kind in papers.missing))


def scale_lines(
    delivery: Delivery, lines: Sequence[DeliveryLine], weights: Mapping[int, Weighed], on_scale: DeliveryLine
) -> list[ScaleLine]:
    """Return every lot of the trip: the one on the scale, those done, those to do."""
    page = reverse("delivery-accept", args=[delivery.pk])
    return [_line(line, weights.get(line.allocation_id), line == on_scale, page) for line in lines]


def running_total(
    lines: Sequence[DeliveryLine], decided: Mapping[int, Weighed], held: Mapping[int, Held]
) -> dict[str, str]:
    """Return how many lots are weighed, what of them is accepted so far, and its money."""
    values = {"done": len(decided), "left": len(lines) - len(decided)}
    fen = 0
    for line in lines:
        weighed, lot = decided.get(line.allocation_id), line.allocation
        if weighed is not None:
            goods, step = moves(lot, weighed.grade, held[lot.pk].kept_in(weighed.grade), weighed.accepted_g)
            fen += goods - step
    return {
        "text": _("%(done)s weighed, %(left)s to go") % values,
        "kg": weight.kg(sum(weighed.accepted_g for weighed in decided.values())),
        "amount": money.yuan(fen),
    }


def next_step(lines: Sequence[DeliveryLine], weights: Mapping[int, Weighed], on_scale: DeliveryLine) -> str:
    """Return the word on the button: whose goods come next, or that all of it is weighed."""
    to_do = [line for line in lines if line.allocation_id not in weights and line != on_scale]
    if not to_do:
        return _("Weighed, all of it")
    return _("Next: %(seller)s") % {"seller": seller_name(to_do[0].allocation.listing)}


def _line(line: DeliveryLine, weighed: Weighed | None, is_open: bool, page: str) -> ScaleLine:
    lot = line.allocation
    status = Tag("plain", _("not weighed yet"))
    if weighed is not None:
        status = _difference(line.shipped_g, weighed) or Tag("ok", _("just right"))
    return ScaleLine(
        state="open" if is_open else "done" if weighed else "todo",
        produce=name_of(lot.listing.produce),
        seller=seller_name(lot.listing),
        ordered=_sent(line),
        net=weight.kg(weighed.net_g) if weighed is not None else "",
        status=status,
        recalled=is_recalled(lot),
        url=f"{page}?line={lot.pk}",
    )


def receipt_rows(lines: Sequence[ReceiptLine], user: User, buyer_id: int) -> list[ReceiptRow]:
    """Return these lines of a receipt as they are read before and after it is signed."""
    lots = [line.allocation for line in lines]
    return [
        _receipt_row(line, lot, seller_shown(lot.listing, user, buyer_id))
        for line, lot in zip(lines, lots, strict=True)
    ]


def _receipt_row(line: ReceiptLine, lot: Allocation, seller: str) -> ReceiptRow:
    return ReceiptRow(
        produce=name_of(lot.listing.produce),
        seller=seller,
        sent=weight.kg(line.delivery_line.shipped_g),
        gross=weight.kg(line.gross_g),
        tare=weight.kg(line.tare_g),
        net=weight.kg(line.net_g),
        accepted=weight.kg(line.accepted_g),
        pieces=lot.listing.in_words(line.accepted_pieces) if line.accepted_pieces is not None else "",
        refused=weight.kg(line.refused_g) if line.refused_g else "",
        reason=str(RefusalReason(line.reason).label) if line.reason else "",
        note=line.note,
        grade=step_words(lot.listing, line.grade),
        difference=_difference(line.delivery_line.shipped_g, line),
        amount=money.yuan(amount_of(line)),
        returned=_returned(line),
    )


def _returned(line: ReceiptLine) -> str:
    """Return what went back of a line after it was signed for, and the money that went with it."""
    rows = [row for row in line.returns.all() if row.status == ReturnStatus.AGREED]
    said = []
    if back := [row for row in rows if not row.is_correction]:
        quantity = line.allocation.listing.in_words(sum(row.agreed for row in back))
        words = _("Afterwards %(quantity)s went back, −%(amount)s yuan")
        said.append(words % {"quantity": quantity, "amount": money.yuan(sum(row.refund_fen for row in back))})
    for row in rows:
        if row.is_correction:
            kg = ("−" if row.agreed_g > 0 else "+") + weight.both(abs(row.agreed_g))
            words = _("Corrected by %(number)s: %(kg)s, %(amount)s yuan")
            said.append(words % {"number": row.number, "kg": kg, "amount": money.yuan(-row.refund_fen)})
    return "；".join(said)


def wanted_links(lines: Sequence[ReceiptLine]) -> list[Link]:
    """Return where a buyer orders the surplus that went back, from the same lot and as much."""
    links = []
    for line in lines:
        lot, kg = line.allocation.listing, weight.kg(line.surplus_g)
        if line.surplus_wanted:
            query = urlencode({"listing": lot.pk, "quantity_0": kg})
            words = _("Order %(kg)s kg of %(produce)s, %(seller)s, that came beyond the order")
            text = words % {"kg": kg, "produce": name_of(lot.produce), "seller": seller_name(lot)}
            links.append(Link(f"{reverse('order-new')}?{query}", text))
    return links


def losses_on_the_way(receipt: GoodsReceipt, lines: Sequence[ReceiptLine], user: User) -> list[Fact]:
    """Return what got lost of these lines between pick-up and scale, and who bears it."""
    trip = receipt.delivery
    losses = losses_of_trips([trip])
    said = [(line.allocation.listing, loss_words(losses.get(line.delivery_line_id))) for line in lines]
    return [
        Fact(f"{name_of(lot.produce)}，{seller_shown(lot, user, trip.buyer_id)}", words) for lot, words in said if words
    ]


def receipt_total(lines: Sequence[ReceiptLine]) -> Total:
    """Return what these lines kept together, and its money."""
    back = [row for line in lines for row in line.returns.all() if row.status == ReturnStatus.AGREED]
    kept_g = sum(line.accepted_g for line in lines) - sum(row.agreed_g for row in back)
    kept_fen = sum(amount_of(line) for line in lines) - sum(row.refund_fen for row in back)
    return Total(weight.kg(kept_g), money.yuan(kept_fen))


def amount_of(line: ReceiptLine) -> int:
    """Return what the accepted part of a line costs beside what signed trips brought before of its lot and grade.

    In fen, a lower grade taken off. Read before the signature it says what that will move; `lines_to_show` annotates
    `accepted_before_g`.
    """
    before: int = line.accepted_before_g  # type: ignore[attr-defined]
    goods, step = moves(line.allocation, line.grade, before, line.accepted_g)
    return goods - step


def scale_photos(receipt: GoodsReceipt, lines: Sequence[ReceiptLine], user: User, buyer_id: int) -> list[ScalePhoto]:
    """Return the photos of a receipt that belong to these lines, each with its goods and seller and what it shows."""
    goods = {line.allocation_id: line.allocation.listing for line in lines}
    photos = []
    for photo in photos_of_scale(receipt, lines):
        shows, _colon, lot_id = photo.role.partition(":")
        url, lot = reverse("receipt-photo", args=[receipt.pk, photo.file_id]), goods[int(lot_id)]
        caption = f"{name_of(lot.produce)} {seller_shown(lot, user, buyer_id)}"
        photos.append(ScalePhoto(f"{url}?px=240", url, f"{_shown(shows)}：{caption}"))
    return photos


def fault_photos(lot: Allocation) -> list[ScalePhoto]:
    """Return what went back of a lot or was of a lower grade as its seller sees it: how much, why, and the photo."""
    photos = []
    for line, photo in faults_of_lot(lot):
        url = reverse("receipt-photo", args=[line.receipt_id, photo.file_id])
        values = {"kg": weight.kg(line.refused_g), "reason": RefusalReason(line.reason).label}
        back = _("%(kg)s kg sent back: %(reason)s") % values if line.refused_g else ""
        says = [words for words in (back, step_words(lot.listing, line.grade)) if words]
        photos.append(ScalePhoto(f"{url}?px=240", url, pgettext("list", ", ").join(says)))
    return photos


def _shown(shows: str) -> str:
    return {
        "scale": pgettext("photo", "The scale"),
        "refused": pgettext("photo", "Goes back"),
        "slip": pgettext("photo", "A paper that came along"),
    }[shows]


def signers(receipt: GoodsReceipt) -> list[Fact]:
    """Return who weighed and who signed, and when."""
    signed_at = spoken_time(receipt.signed_at) if receipt.signed_at else ""
    signer = _name(receipt.signed_by) if receipt.signed_by is not None else _nobody(receipt)
    return [
        Fact(_("Weighed by"), _name(receipt.weighed_by), spoken_time(receipt.weighed_at)),
        Fact(_("Signed by"), signer, signed_at),
        *trip_cart(receipt.delivery),
    ]


def receipt_tag(receipt: GoodsReceipt) -> Tag:
    """Return how a receipt stands."""
    return Tag(TONES[ReceiptStatus(receipt.status)], str(ReceiptStatus(receipt.status).label))


def lines_to_show(lines: QuerySet[ReceiptLine]) -> list[ReceiptLine]:
    """Return these lines with the goods and sellers that a page names, in the order they were weighed."""
    goods = "allocation__listing__produce", "allocation__listing__household", "allocation__listing__cooperative"
    rows = with_before(lines).select_related(*goods, "delivery_line").prefetch_related("returns")
    return list(rows.order_by("pk"))


def _nobody(receipt: GoodsReceipt) -> str:
    return _("nobody: silence past the deadline") if receipt.status == ReceiptStatus.SIGNED else _("not signed yet")


def _name(user: User | None) -> str:
    return user.person.name if user is not None and user.person is not None else ""


def _sent(line: DeliveryLine) -> str:
    quantity = counted(line.shipped, word=line.allocation.listing.count_word, grams=line.shipped_g)
    return _("sent %(quantity)s") % {"quantity": quantity}


def _difference(sent_g: int, kept: Weighed | ReceiptLine | None) -> Tag | None:
    """Return how far what is kept is from what was sent, None where it is the same or not weighed yet."""
    if kept is None or kept.accepted_g == sent_g:
        return None
    less = sent_g - kept.accepted_g
    values = {"kg": weight.kg(abs(less)), "percent": f"{1000 * abs(less) // sent_g / 10:g}"}
    if less > 0:
        return Tag("warn", _("%(kg)s kg less, %(percent)s%% too little") % values)
    return Tag("info", _("%(kg)s kg more, %(percent)s%% above") % values)
