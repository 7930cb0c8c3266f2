"""The documents of a file as tables: one section a kind, each cell as this reader may read it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Person, Somebody, User
from accounts.selectors import standing
from catalog.models import Listing
from kernel import clock, money, weight
from kernel.masking import mask_card, mask_name
from kernel.present import name_of
from orders.models import Arrival, EditReason, InvoiceStatus, LineKind, RefusalReason, ReturnReason, SettlementStatement
from orders.pages.handing import hand_over_tag
from orders.pages.returns import return_tag
from orders.pages.words import order_tag, step_words
from orders.selectors.dossier import Gathered, invoices_of
from orders.selectors.orders import BUYER_ROLES, seller_name, seller_shown
from orders.selectors.statements import brought_by
from orders.services.hands import STAGES

PAYMENTS = {
    "prepared": gettext_lazy("Prepared"),
    "sent": gettext_lazy("Sent, no answer yet"),
    "paid": gettext_lazy("Arrived"),
    "failed": gettext_lazy("Refused by the bank"),
    "returned": gettext_lazy("Came back after success"),
    "cancelled": gettext_lazy("Cancelled before sending"),
}


class Fen(int):
    """A cell that holds money."""


class Grams(int):
    """A cell that holds a weight."""


Cell = str | Fen | Grams


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of documents as a table."""

    key: str
    title: str
    head: list[str]
    rows: list[list[Cell]]

    @property
    def shown(self) -> list[list[str]]:
        return [[words_in(cell) for cell in row] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who reads: names in full for the buyer's people, those of households masked for others, all for the public."""

    user: Somebody | None
    buyer_id: int
    sellers: set[str] = field(default_factory=set)  # keys of people of selling households
    reads_lists: bool = False  # who signed for the goods of a union's plan

    def seller(self, goods: Listing | SettlementStatement) -> str:
        """Return a seller's name."""
        if self.user is not None:
            return seller_shown(goods, self.user, self.buyer_id)
        return mask_name(seller_name(goods)) if goods.household is not None else seller_name(goods)

    def person(self, name: str, key: str = "") -> str:
        """Return the name of somebody who had a hand in it."""
        if self.user is None or (key in self.sellers and not self._buys()):
            return mask_name(name)
        return name

    def account(self, user: User | None) -> str:
        """Return the name of whoever acted, or that it was the clock."""
        if user is None or user.person is None:
            return _("by the clock")
        return self.person(user.person.name, user.person.key)

    def words(self, text: str) -> str:
        """Return what somebody typed; the public reads none of it."""
        return text if self.user is not None else ""

    def _buys(self) -> bool:
        return self.user is not None and self.buyer_id in standing(self.user).organisations(*BUYER_ROLES)


def words_in(cell: Cell) -> str:
    """Return a cell as it is read."""
    if isinstance(cell, Fen):
        return money.yuan(int(cell))
    if isinstance(cell, Grams):
        return weight.with_commas(weight.kg(int(cell)))
    return cell


def _orders(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = [
        [
            row.number,
            written_time(row.placed_at),
            written_day(row.deliver_on),
            eyes.account(row.requester),
            f"{row.fund.label} {row.fund.fiscal_year}",
            Fen(row.held_fen),
            row.approval_rule if row.needs_approval else pgettext("file", "needs no approval"),
            order_tag(row.status).text,
        ]
        for row in found.orders
    ]
    head = [
        pgettext("file", "Order"),
        pgettext("file", "Ordered at"),
        pgettext("file", "Delivery day"),
        pgettext("file", "Ordered by"),
        pgettext("file", "Paid from"),
        pgettext("file", "Held (yuan)"),
        pgettext("file", "Approval"),
        pgettext("file", "Where it stands"),
    ]
    return Section("orders", pgettext("file", "Orders"), head, rows)


def _hands(found: Gathered, eyes: Eyes) -> Section:
    numbers = {row.reference: row.number for row in found.orders}
    keys = {row.person_key for row in found.hands}
    names = {person.key: person.name for person in Person.objects.filter(key__in=keys)}
    rows: list[list[Cell]] = [
        [
            numbers[row.document],
            str(STAGES.get(row.stage, row.stage)),
            eyes.person(names.get(row.person_key, ""), row.person_key),
            written_time(row.at),
        ]
        for row in found.hands
    ]
    head = [pgettext("file", "Order"), pgettext("file", "Step"), pgettext("file", "Who"), pgettext("file", "When")]
    return Section("hands", pgettext("file", "Approvals and signatures"), head, rows)


def _lines(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = [
        [
            row.order.number,
            str(row.position),
            name_of(row.produce),
            row.grade.name if row.grade is not None else "",
            Grams(row.asked_g),
            Grams(row.parcel_g),
        ]
        for row in found.lines
    ]
    head = [
        pgettext("file", "Order"),
        pgettext("file", "Line"),
        pgettext("file", "Goods"),
        pgettext("file", "Grade"),
        pgettext("file", "Asked for (kg)"),
        pgettext("file", "At least from one household (kg)"),
    ]
    return Section("lines", pgettext("file", "Lines of the orders"), head, rows)


def _lots(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = []
    for lot in found.lots:
        papers = [f"{paper.get_kind_display()} {paper.number}" for paper in found.papers.get(lot.listing_id, [])]
        rows.append(
            [
                lot.order.number,
                lot.listing.number,
                name_of(lot.listing.produce),
                eyes.seller(lot.listing),
                lot.listing.village.short_name,
                Grams(lot.weight_g),
                money.price_per_kg(lot.price_fen, lot.price_unit_g),
                Fen(lot.amount_fen),
                "、".join(papers) or pgettext("file", "none"),
            ]
        )
    head = [
        pgettext("file", "Order"),
        pgettext("file", "Lot"),
        pgettext("file", "Goods"),
        pgettext("file", "Seller"),
        pgettext("file", "Village"),
        pgettext("file", "Agreed (kg)"),
        pgettext("file", "yuan/kg"),
        pgettext("file", "Amount (yuan)"),
        pgettext("file", "Papers"),
    ]
    return Section("lots", pgettext("file", "Lots and their papers"), head, rows)


def _hand_overs(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = [
        [
            row.allocation.listing.number,
            name_of(row.allocation.listing.produce),
            eyes.seller(row.allocation.listing),
            Grams(row.weight_g),
            row.carrier.name,
            eyes.account(row.taken_by),
            written_time(row.at),
            hand_over_tag(row).text,
        ]
        for row in found.hand_overs
    ]
    head = [
        pgettext("file", "Lot"),
        pgettext("file", "Goods"),
        pgettext("file", "Seller"),
        pgettext("file", "Handed over (kg)"),
        pgettext("file", "Haulier"),
        pgettext("file", "Taken by"),
        pgettext("file", "When"),
        pgettext("file", "Where it stands"),
    ]
    return Section("hand-overs", pgettext("file", "Handed over at the pick-up"), head, rows)


def _trips(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = []
    for trip in found.trips:
        arrival = getattr(trip, "arrival", None)
        rows.append(
            [
                trip.number,
                written_time(trip.shipped_at),
                eyes.person(trip.driver) if trip.driver else "",
                trip.carrier.name if trip.carrier is not None else "",
                Grams(sum(load.shipped_g for load in found.loads if load.delivery_id == trip.pk)),
                written_time(arrival.at) if arrival is not None else "",
                str(Arrival.How(arrival.how).label) if arrival is not None else "",
            ]
        )
    head = [
        pgettext("file", "Delivery"),
        pgettext("file", "Left"),
        pgettext("file", "Driver"),
        pgettext("file", "Haulier"),
        pgettext("file", "Sent off (kg)"),
        pgettext("file", "At the door"),
        pgettext("file", "How that is known"),
    ]
    return Section("trips", pgettext("file", "Trips"), head, rows)


def _weights(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = [
        [
            line.receipt.number,
            line.allocation.listing.number,
            name_of(line.allocation.listing.produce),
            eyes.seller(line.allocation.listing),
            Grams(line.gross_g),
            Grams(line.tare_g),
            Grams(line.net_g),
            Grams(line.accepted_g),
            Grams(line.refused_g),
            " ".join(
                filter(
                    None, [_reason(line.reason), step_words(line.allocation.listing, line.grade), eyes.words(line.note)]
                )
            ),
        ]
        for line in found.weighed
    ]
    head = [
        pgettext("file", "Receipt"),
        pgettext("file", "Lot"),
        pgettext("file", "Goods"),
        pgettext("file", "Seller"),
        pgettext("file", "Gross (kg)"),
        pgettext("file", "Tare (kg)"),
        pgettext("file", "Net (kg)"),
        pgettext("file", "Accepted (kg)"),
        pgettext("file", "Not accepted (kg)"),
        pgettext("file", "Reason"),
    ]
    return Section("weights", pgettext("file", "Weights"), head, rows)


def _signatures(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = []
    for row in found.receipts:
        signed = row.signed_at is not None
        signer = eyes.account(row.signed_by) if row.signed_by is not None else _("nobody: silence past the deadline")
        rows.append(
            [
                row.number,
                row.delivery.number,
                eyes.account(row.weighed_by),
                written_time(row.weighed_at),
                signer if signed else _("not signed yet"),
                written_time(row.signed_at) if row.signed_at is not None else "",
            ]
        )
    head = [
        pgettext("file", "Receipt"),
        pgettext("file", "Delivery"),
        pgettext("file", "Weighed by"),
        pgettext("file", "When"),
        pgettext("file", "Signed by"),
        pgettext("file", "When"),
    ]
    return Section("signatures", pgettext("file", "Signatures at the scale"), head, rows)


def _returns(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = [
        [
            row.number,
            row.receipt_line.allocation.listing.number,
            name_of(row.receipt_line.allocation.listing.produce),
            eyes.seller(row.receipt_line.allocation.listing),
            Grams(row.asked_g),
            " ".join(filter(None, [str(ReturnReason(row.reason).label), eyes.words(row.words)])),
            Grams(row.agreed_g),
            Fen(row.refund_fen),
            return_tag(row).text,
        ]
        for row in found.returns
    ]
    head = [
        pgettext("file", "Return"),
        pgettext("file", "Lot"),
        pgettext("file", "Goods"),
        pgettext("file", "Seller"),
        pgettext("file", "Asked (kg)"),
        pgettext("file", "Reason"),
        pgettext("file", "Sent back (kg)"),
        pgettext("file", "Money back (yuan)"),
        pgettext("file", "Where it stands"),
    ]
    return Section("returns", pgettext("file", "Goods sent back"), head, rows)


def _statements(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = []
    for line in found.stated:
        of = line.receipt_line or brought_by(line)
        lot = of.allocation if of is not None else None
        rows.append(
            [
                line.statement.number,
                str(LineKind(line.kind).label),
                name_of(lot.line.produce) if lot is not None else "",
                Grams(line.weight_g),
                Fen(line.amount_fen),
                line.transfer,
            ]
        )
    for row in found.statements:
        rows.append(
            [
                row.number,
                pgettext("file", "All together"),
                eyes.seller(row),
                Grams(row.weight_g),
                Fen(row.total_fen),
                "",
            ]
        )
    head = [
        pgettext("file", "Statement"),
        pgettext("file", "Kind"),
        pgettext("file", "Goods or seller"),
        pgettext("file", "Weight (kg)"),
        pgettext("file", "Amount (yuan)"),
        pgettext("file", "Movement in the books"),
    ]
    return Section("statements", pgettext("file", "Statements"), head, rows)


def _invoices(found: Gathered, eyes: Eyes) -> Section:
    kept = invoices_of(found.statements)
    rows: list[list[Cell]] = [
        [row.number, invoice.number, Fen(invoice.total_fen), str(InvoiceStatus(invoice.status).label)]
        for row in found.statements
        for invoice in kept.get(row.pk, [])
    ]
    head = [
        pgettext("file", "Statement"),
        pgettext("file", "Invoice"),
        pgettext("file", "Amount (yuan)"),
        pgettext("file", "Where it stands"),
    ]
    return Section("invoices", pgettext("file", "Invoices"), head, rows)


def _payments(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = []
    for row in found.statements:
        if row.payable is None:
            continue
        for payment in row.payable.payments.all():
            rows.append(
                [
                    row.number,
                    eyes.seller(row),
                    mask_card(row.payable.card) if eyes.user is not None else "",
                    Fen(payment.amount_fen),
                    payment.voucher_number if eyes.user is not None else "",
                    str(PAYMENTS[payment.status]),
                    written_time(payment.paid_at) if payment.paid_at is not None else "",
                ]
            )
    head = [
        pgettext("file", "Statement"),
        pgettext("file", "Seller"),
        pgettext("file", "Card"),
        pgettext("file", "Amount (yuan)"),
        pgettext("file", "Bank voucher"),
        pgettext("file", "Where it stands"),
        pgettext("file", "Arrived at"),
    ]
    return Section("payments", pgettext("file", "Payments"), head, rows)


def _reshared(found: Gathered, eyes: Eyes) -> Section:
    orders = {row.pk: row.number for row in found.orders}
    rows: list[list[Cell]] = [
        [
            orders[change.order_id],
            written_time(change.plan.at),
            eyes.account(change.plan.by),
            str(EditReason(change.plan.edit_reason).label),
            eyes.words(change.plan.edit_words),
            eyes.seller(lot),
            lot.number,
            Grams(lot.grams(before)),
            Grams(lot.grams(after)),
        ]
        for change in found.reshared
        for lot, before, after in change.lots
    ]
    head = [
        pgettext("file", "Order"), pgettext("file", "Changed at"), pgettext("file", "Changed by"),
        pgettext("file", "Reason"), pgettext("file", "In words"), pgettext("file", "Seller"), pgettext("file", "Lot"),
        pgettext("file", "Share before (kg)"), pgettext("file", "Share after (kg)"),
    ]  # fmt: skip
    return Section("reshared", _("Shares of plans changed by hand"), head, rows)


SECTIONS: tuple[Callable[[Gathered, Eyes], Section], ...] = (
    _orders,
    _hands,
    _lines,
    _reshared,
    _lots,
    _hand_overs,
    _trips,
    _weights,
    _signatures,
    _returns,
    _statements,
    _invoices,
    _payments,
)


def _reason(reason: str) -> str:
    return str(RefusalReason(reason).label) if reason else ""


def written_day(day: dt.date) -> str:
    return f"{day:%Y-%m-%d}"


def written_time(at: dt.datetime) -> str:
    return f"{at.astimezone(clock.COUNTY_ZONE):%Y-%m-%d %H:%M}"
