"""One order as its buyer sees it: the row of the list, its facts, its lots, what may be done now."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from canteens.pages.plan_requirements import rests_on
from kernel import money, weight
from kernel.dates import day_words, deadline_words
from kernel.present import name_of
from kernel.shown import Fact, Link, Tag
from orders.models import (
    MOVING,
    OPEN,
    Allocation,
    AllocationStatus,
    Delivery,
    OrderLine,
    OrderStatus,
    PurchaseOrder,
    ReceiptStatus,
)
from orders.pages.statements import payment_tag
from orders.pages.transport import order_cart
from orders.pages.waiting import wait_words
from orders.pages.words import counted, kitchen_address, lot_tag, order_tag, reason_for_buyer
from orders.selectors.amending import has_left
from orders.selectors.grades import kept_by_grade, kept_fen
from orders.selectors.holds import LIVING
from orders.selectors.orders import LotSums, seller_shown, sold_by, trips_of
from orders.selectors.recalls import is_recalled
from orders.selectors.statements import statements_seen_by, unstated_lines
from orders.selectors.waiting import Waits
from orders.services.counting import unit_of
from orders.services.hand_registers import pair_words
from records.selectors.participation import exceptions_used


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as lists show it."""

    url: str
    number: str
    title: str
    buyer: str
    sellers: str
    day: str
    amount: str
    status: Tag
    waits: str = ""  # for whom, since when


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot of an order: who brings it, what was held, what became of it."""

    produce: str
    seller: str
    place: str
    quantity: str
    price: str
    amount: str
    accepted: str
    why: str
    status: Tag
    recalled: bool


@dataclass(frozen=True, slots=True)
class LotSum:
    """What stands below the lots: all of them together, on whatever page they are."""

    lots: str
    weight: str
    amount: str
    accepted: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement of an order, as a task to look at."""

    url: str
    label: str
    hint: str
    status: Tag


@dataclass(frozen=True, slots=True)
class OrderAction:
    """A step that may be taken now; `kind` is post, link, line (a lesser link), or why (asks the reason)."""

    kind: str
    url: str
    label: str


def order_row(order: PurchaseOrder, waits: Waits | None = None) -> OrderRow:
    """Return an order as lists show it, and for whom it waits; its lines and lots are prefetched."""
    living = [lot for lot in order.allocations.all() if lot.status != AllocationStatus.RELEASED]
    return OrderRow(
        url=reverse("order-detail", args=[order.pk]),
        number=order.number,
        title=goods_title(order),
        buyer=order.buyer.name,
        sellers=ngettext("%(n)s lot", "%(n)s lots", len(living)) % {"n": len(living)},
        day=day_words(order.deliver_on),
        amount=money.yuan(order.held_fen),
        status=order_tag(order.status),
        waits=wait_words(waits),
    )


def goods_title(order: PurchaseOrder) -> str:
    """Return what is ordered: the first goods, and how many more; the lines are prefetched."""
    lines = sorted(_wishes(order.lines.all()), key=lambda line: line.position)
    first = lines[0]
    piece_g = first.produce.piece_g
    asked = counted(first.asked_g // (piece_g or 1), word=first.produce.count_word, grams=first.asked_g)
    title = f"{name_of(first.produce)} {asked}"
    return title if len(lines) == 1 else _("%(first)s and %(n)s more") % {"first": title, "n": len(lines) - 1}


def order_facts(order: PurchaseOrder, at: dt.datetime) -> list[Fact]:
    """Return what was agreed: the money, the day, what is held, who approved, which delivery."""
    facts = [
        Fact(_("Paid from"), f"{order.fund.label} {order.fund.fiscal_year}"),
        Fact(_("To be brought on"), day_words(order.deliver_on)),
    ]
    if order.kitchen is not None:
        run_by = order.kitchen.run_by
        cooks = _("run by %(name)s") % {"name": run_by} if run_by else ""
        facts.append(Fact(_("For the canteen"), kitchen_address(order.kitchen, order.buyer_id), cooks))
    facts.append(Fact(_("Held at placing"), _("%(yuan)s yuan") % {"yuan": money.yuan(order.held_fen)}))
    if order.purchase_plan is not None:
        plan = order.purchase_plan
        address = reverse("purchase-plan-detail", args=[plan.pk])
        facts.append(Fact(_("Purchase plan"), plan.occasion, url=address))
        facts.append(Fact(_("What the plan rests on"), rests_on(plan), url=f"{address}#size"))
    if order.replaces is not None:
        facts.append(_other_order(pgettext("order", "Placed anew instead of"), order.replaces))
    if order.status == OrderStatus.CANCELLED and hasattr(order, "replaced_by"):
        facts.append(_other_order(pgettext("order", "Goes on as"), order.replaced_by))
    facts += order_cart(order)
    counts_for = unit_of(order)
    if counts_for != order.buyer:
        facts.append(Fact(pgettext("order", "Counts for"), counts_for.name, _("fund, hold and payer stay")))
    parcel_g = max(line.parcel_g for line in order.lines.all())
    if parcel_g:
        facts.append(Fact(_("At least from one household"), weight.both(parcel_g)))
    if order.approval_rule:
        facts.append(Fact(pgettext("order", "Approval"), order.approval_rule))
    if order.judged_fen > order.held_fen:
        with_others = _("%(yuan)s yuan, with other orders of the same kind of goods that nobody approved")
        facts.append(Fact(pgettext("order", "Judged by"), with_others % {"yuan": money.yuan(order.judged_fen)}))
    if order.status == OrderStatus.AWAITING and order.approve_by_at is not None:
        facts.append(Fact(pgettext("order", "Ends unless approved"), deadline_words(order.approve_by_at, at)))
    facts += [
        Fact(
            _("Exception"),
            _("One person may %(pair)s") % {"pair": pair_words(granted.stage, granted.other)},
            _("%(document)s, until %(day)s") % {"document": granted.document, "day": day_words(granted.to_on)},
        )
        for granted in exceptions_used(order.reference)
    ]
    for trip in trips_of(order):
        receipt = next(iter(trip.receipts.all()), None)
        url = reverse("receipt-detail", args=[receipt.pk]) if receipt else ""
        facts.append(Fact(_("Delivery"), trip.number, trip_words(trip), url=url))
    return facts


def _other_order(label: str, order: PurchaseOrder) -> Fact:
    return Fact(label, order.number, url=reverse("order-detail", args=[order.pk]))


def trip_words(trip: Delivery) -> str:
    """Return how far a trip is: on the way, at the door, weighed, signed; its receipts are prefetched."""
    receipt = next(iter(trip.receipts.all()), None)
    if receipt is not None:
        return str(ReceiptStatus(receipt.status).label)
    return _("at the door") if getattr(trip, "arrival", None) is not None else _("on the way")


def _wishes(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Return the lines as they were ordered, without those that others were asked for in their place."""
    return [line for line in lines if line.instead_of_id is None]


def again_link(order: PurchaseOrder) -> Link | None:
    """Return where the same is ordered once more, with what was asked filled in; None for several kinds of goods."""
    lines = _wishes(order.lines.select_related("produce"))
    if len(lines) != 1:
        return None
    line = lines[0]
    piece_g = line.produce.piece_g
    amount = str(line.asked_g // piece_g) if piece_g else weight.kg(line.asked_g).replace(",", "")
    asked = {
        "produce": line.produce.code,
        "quantity_0": amount,
        "quantity_1": "piece" if piece_g else "kg",
        "on": f"{order.deliver_on:%Y-%m-%d}",
        "fund": order.fund_id,
        "purchase": order.purchase_plan_id or "",
        "parcel": weight.kg(line.parcel_g).replace(",", "") if line.parcel_g else "",
    }
    return Link(f"{reverse('order-new')}?{urlencode(asked)}", _("Change it and order anew"))


def order_statements(order: PurchaseOrder, lots: Iterable[Allocation], user: User) -> list[StatementLine]:
    """Return the statements of these lots' sellers that this person may see, each with how far its payment is."""
    theirs = sold_by(lot.listing for lot in lots)
    statements = (
        statements_seen_by(user)
        .filter(theirs, delivery__lines__allocation__order=order)
        .distinct()
        .prefetch_related("payable__payments")
    )
    return [
        StatementLine(
            url=reverse("statement-detail", args=[statement.pk]),
            label=seller_shown(statement, user, order.buyer_id),
            hint=_("%(number)s, %(yuan)s yuan") % {"number": statement.number, "yuan": money.yuan(statement.total_fen)},
            status=payment_tag(statement),
        )
        for statement in statements
    ]


def lot_row(lot: Allocation, user: User) -> LotRow:
    """Return one lot of an order: who brings it, what was held, what became of it."""
    signed = [row for row in lot.receipt_lines.all() if row.receipt.status == ReceiptStatus.SIGNED]
    accepted = ""
    if signed:
        accepted_g = sum(kept_by_grade(signed).values())
        amount = money.yuan(kept_fen(lot, signed))
        accepted = _("took %(kg)s kg, %(yuan)s yuan") % {"kg": weight.kg(accepted_g), "yuan": amount}
    return LotRow(
        produce=name_of(lot.listing.produce),
        seller=seller_shown(lot.listing, user, lot.order.buyer_id),
        place=lot.listing.village.short_name,
        quantity=counted(lot.quantity, word=lot.listing.count_word, grams=lot.weight_g),
        price=money.price_per_kg(lot.price_fen, lot.price_unit_g),
        amount=money.yuan(lot.amount_fen) if lot.status != AllocationStatus.RELEASED else "",
        accepted=accepted,
        why=reason_for_buyer(lot),
        status=lot_tag(lot.status, lot.order.status),
        recalled=is_recalled(lot),
    )


def lot_sum(sums: LotSums) -> LotSum:
    """Return the sums over all lots of an order as they stand below a page of them."""
    taken = _("took %(kg)s kg") % {"kg": weight.kg(sums.kept_g)} if sums.kept_g else ""
    return LotSum(
        lots=ngettext("%(n)s lot", "%(n)s lots", sums.lots) % {"n": sums.lots},
        weight=_("%(kg)s kg") % {"kg": weight.with_commas(weight.kg(sums.weight_g))},
        amount=money.yuan(sums.amount_fen),
        accepted=taken,
    )


def order_actions(order: PurchaseOrder, allowed: Collection[str]) -> list[OrderAction]:
    """Return the steps that this person may take and that can be taken now; the first is the main one."""
    status, steps = order.status, []
    if status == OrderStatus.AWAITING and "approve" in allowed:
        label = _("Approve %(yuan)s yuan") % {"yuan": money.yuan(order.held_fen)}
        steps.append(OrderAction("post", reverse("order-approve", args=[order.pk]), label))
    if "weigh" in allowed:
        steps += [
            OrderAction(
                "link",
                reverse("delivery-accept", args=[trip.pk]),
                _("Weigh in delivery %(number)s") % {"number": trip.number},
            )
            for trip in trips_of(order)
            if not trip.receipts.all()
        ]
    if status == OrderStatus.UNDER_WAY and "settle" in allowed and unstated_lines(order).exists():
        steps.append(OrderAction("post", reverse("order-settle", args=[order.pk]), _("Write the missing statements")))
    if status in MOVING and "cancel" in allowed and order.allocations.filter(~has_left(), status__in=LIVING).exists():
        steps.append(OrderAction("line", reverse("order-amend", args=[order.pk]), _("Want less of it")))
    if status in OPEN and "anew" in allowed:
        steps.append(OrderAction("line", reverse("order-fund", args=[order.pk]), _("Pay from another fund")))
    if status in OPEN and "cancel" in allowed:
        steps.append(OrderAction("why", reverse("order-cancel", args=[order.pk]), _("Call the order off")))
    return steps
