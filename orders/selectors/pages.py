"""What the pages of an order show, made ready: cells of bars, rows of lots, the timeline, the steps open now."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.selectors import spoken_time
from canteens.selectors import figures
from catalog.models import Listing
from kernel import dates, masking, money, weight
from kernel.present import name_of
from orders.allocation import PlanKind
from orders.models import AllocationStatus, OrderStatus, PurchaseOrder
from orders.selectors.orders import TONES, allocations_of, moves_of, receipt_of, seller_name
from orders.selectors.plans import Plan, Want
from orders.selectors.reasons import reason_for
from orders.selectors.recalls import is_recalled
from orders.selectors.statements import live_payment
from produce.models import StockUnit

LOT_TONES = {
    AllocationStatus.HELD: "warn",
    AllocationStatus.CONFIRMED: "info",
    AllocationStatus.RELEASED: "plain",
    AllocationStatus.CLOSED: "ok",
}


def plan_words(kind: str) -> tuple[str, str]:
    """Name a plan, and say in a few words what it is good for."""
    return {
        PlanKind.FAIR: (_("Helps most households"), _("A little from each, everybody alike")),
        PlanKind.CHEAPEST: (_("Cheapest"), _("Lowest total")),
        PlanKind.FEWEST: (_("Fewest sellers"), _("One trip, easy to weigh in")),
        PlanKind.CHOSEN: (_("Only this lot"), _("The lot you chose")),
    }[PlanKind(kind)]


def counted(quantity: int, *, piece_g: int | None, grams: int) -> str:
    """Say a quantity as buyers do: kilograms, or heads with their usual weight."""
    kilograms = _("%(kg)s kg") % {"kg": weight.with_commas(weight.kg(grams))}
    if piece_g is None:
        return kilograms
    return _("%(n)s heads (about %(kg)s)") % {"n": quantity, "kg": kilograms}


def day_words(day) -> str:
    """Say a day without its year: 11 月 5 日."""
    return dates.day_words(day)


def want_title(want: Want) -> str:
    """Say what is wanted: 包菜 500 公斤."""
    return f"{name_of(want.produce)} {asked_words(want)}"


def asked_words(want: Want) -> str:
    """Say how much is wanted: 500 公斤, or so many heads."""
    return counted(want.asked, piece_g=want.produce.piece_g, grams=want.asked_g)


def cells(parts: list[tuple[str, int]]) -> list[dict]:
    """Turn keyed amounts into cells of one bar, in thousandths that add up to 1000."""
    if not any(part for _key, part in parts):
        return []
    start, items = 0, []
    for (key, _part), share in zip(parts, money.split_fen(1000, [part for _key, part in parts]), strict=True):
        items.append({"key": key, "start": start, "share": share})
        start += share
    return items


def budget_items(fund, this_fen: int) -> list[dict]:
    """Return how a purse divides with this order in it."""
    stand = figures(fund)
    left = max(0, stand.left_fen - this_fen)
    parts = [("used", stand.spent_fen), ("held", stand.held_fen), ("this", this_fen), ("left", left)]
    labels = {
        "used": pgettext("budget", "Used"),
        "held": _("Held by other orders"),
        "this": _("This order"),
        "left": _("Left after this order"),
    }
    drawn = cells(parts) or [{"key": key, "start": 0, "share": 0} for key, _part in parts]
    return [
        cell | {"label": labels[key], "amount": money.yuan(part)}
        for cell, (key, part) in zip(drawn, parts, strict=True)
        if part or key != "this"
    ]


def plan_card(plan: Plan, *, with_rows: bool = False) -> dict:
    """Return one plan as its card shows it; the rows of its lots only for the check page."""
    name, hint = plan_words(plan.kind)
    by_owner: dict[str, list] = {}
    for pick in plan.split.picks:
        by_owner.setdefault(pick.lot.owner, []).append(pick)
    poor_first = sorted(by_owner.values(), key=lambda picks: not picks[0].lot.poor)
    parts = [
        ("household" if picks[0].lot.poor else "other", sum(plan.grams(pick) for pick in picks)) for picks in poor_first
    ]
    card = {
        "kind": plan.kind.value,
        "name": name,
        "hint": hint,
        "total": money.yuan(plan.total_fen),
        "total_fen": plan.total_fen,
        "per_kg": money.yuan(money.amount_fen(1000, plan.total_fen, plan.weight_g)) if plan.weight_g else "",
        "bar": cells(parts),
        "owners": ngettext("%(n)s seller", "%(n)s sellers", plan.split.owners) % {"n": plan.split.owners},
        "poor_owners": plan.poor_owners,
        "poor_kg": weight.kg(plan.poor_g),
        "poor_percent": 100 * plan.poor_g // plan.weight_g if plan.weight_g else 0,
        "weight": weight.with_commas(weight.kg(plan.weight_g)),
        "short": "",
    }
    if plan.split.short:
        lacking = plan.split.short
        said = counted(lacking, piece_g=plan.want.produce.piece_g, grams=lacking * (plan.want.produce.piece_g or 1))
        card["short"] = _("%(quantity)s of it nobody has now. You can order what there is.") % {"quantity": said}
    if with_rows:
        card["rows"] = _plan_rows(plan)
    return card


def _plan_rows(plan: Plan) -> list[dict]:
    listings = Listing.objects.select_related("village", "household", "cooperative").in_bulk(
        [pick.lot.listing_id for pick in plan.split.picks]
    )
    rows = []
    for pick in plan.split.picks:
        listing = listings[pick.lot.listing_id]
        name = seller_name(listing)
        rows.append(
            {
                "seller": masking.mask_name(name) if listing.household_id else name,
                "place": listing.village.short_name,
                "quantity": counted(pick.quantity, piece_g=listing.piece_g, grams=plan.grams(pick)),
                "price": money.price_per_kg(pick.lot.price_fen, pick.lot.price_unit_g),
                "amount": money.yuan(plan.amount_fen(pick)),
                "poor": pick.lot.poor,
            }
        )
    return rows


def order_row(order: PurchaseOrder) -> dict:
    """Return an order as lists show it; its lines and lots are prefetched."""
    living = [lot for lot in order.allocations.all() if lot.status != AllocationStatus.RELEASED]
    return {
        "url": reverse("order-detail", args=[order.pk]),
        "number": order.number,
        "title": goods_title(order),
        "buyer": order.buyer.name,
        "sellers": ngettext("%(n)s lot", "%(n)s lots", len(living)) % {"n": len(living)},
        "day": day_words(order.deliver_on),
        "amount": money.yuan(order.held_fen),
        "status": {"tone": TONES[OrderStatus(order.status)], "text": str(OrderStatus(order.status).label)},
    }


def goods_title(order: PurchaseOrder) -> str:
    """Say what is ordered: the first goods, and how many more; the lines are prefetched."""
    lines = sorted(order.lines.all(), key=lambda line: line.position)
    first = lines[0]
    said = counted(first.asked_g // (first.produce.piece_g or 1), piece_g=first.produce.piece_g, grams=first.asked_g)
    title = f"{name_of(first.produce)} {said}"
    return title if len(lines) == 1 else _("%(first)s and %(n)s more") % {"first": title, "n": len(lines) - 1}


def order_facts(order: PurchaseOrder) -> dict:
    """Return everything the page of one order shows."""
    lots = allocations_of(order)
    delivery = getattr(order, "delivery", None)
    receipt = receipt_of(delivery) if delivery is not None else None
    statements = list(order.statements.select_related("household", "cooperative").prefetch_related("payable__payments"))
    facts = [
        {"label": _("Paid from"), "value": f"{order.fund.get_kind_display()} {order.fund.fiscal_year}"},
        {"label": _("To be brought on"), "value": day_words(order.deliver_on)},
        {"label": _("Held at placing"), "value": _("%(yuan)s yuan") % {"yuan": money.yuan(order.held_fen)}},
    ]
    if order.approval_rule:
        facts.append({"label": pgettext("order", "Approval"), "value": order.approval_rule})
    if delivery is not None:
        url = reverse("receipt-detail", args=[receipt.pk]) if receipt else ""
        facts.append({"label": _("Delivery"), "value": delivery.number, "url": url})
    return {
        "order": order,
        "title": goods_title(order),
        "facts": facts,
        "status": {"tone": TONES[OrderStatus(order.status)], "text": str(OrderStatus(order.status).label)},
        "lots": [lot_row(lot) for lot in lots],
        "statements": [
            {
                "url": reverse("statement-detail", args=[statement.pk]),
                "label": seller_name(statement),
                "hint": _("%(number)s, %(yuan)s yuan")
                % {"number": statement.number, "yuan": money.yuan(statement.total_fen)},
                "status": payment_tag(statement),
            }
            for statement in statements
        ],
        "timeline": timeline(order.reference, OrderStatus),
    }


def lot_row(lot) -> dict:
    """Return one lot of an order: who brings it, what was held, what became of it."""
    line = next((row for row in lot.receipt_lines.all() if row.receipt.status == "signed"), None)
    accepted = ""
    if line is not None:
        amount = money.amount_fen(line.accepted_g, lot.price_fen, lot.price_unit_g)
        accepted = _("took %(kg)s kg, %(yuan)s yuan") % {"kg": weight.kg(line.accepted_g), "yuan": money.yuan(amount)}
    return {
        "produce": name_of(lot.listing.produce),
        "seller": seller_name(lot.listing),
        "place": lot.listing.village.short_name,
        "quantity": counted(lot.quantity, piece_g=lot.listing.piece_g, grams=lot.weight_g),
        "price": money.price_per_kg(lot.price_fen, lot.price_unit_g),
        "amount": money.yuan(lot.amount_fen),
        "accepted": accepted,
        "why": reason_for(lot),
        "status": {"tone": LOT_TONES[AllocationStatus(lot.status)], "text": str(AllocationStatus(lot.status).label)},
        "recalled": is_recalled(lot),
    }


def timeline(document: str, statuses) -> list[dict]:
    """Return the moves of a document for the timeline, newest first."""
    return [
        {
            "when": spoken_time(move.at),
            "who": move.by.person.name if move.by_id and move.by.person_id else _("by the clock"),
            "what": (_("Ordered") if move.after == "placed" else str(statuses(move.after).label))
            + (f"：{move.note}" if move.note and move.by_id else ""),
            "tone": "plain" if move.after in ("cancelled", "void") else "ok",
        }
        for move in moves_of(document)
    ]


def order_actions(order: PurchaseOrder, allowed: set[str]) -> list[dict]:
    """Return the steps that this person may do and that can be done now; the first is the main one."""
    status, steps = order.status, []
    amount = money.yuan(order.held_fen)
    if status == OrderStatus.PLACED and "approve" in allowed:
        label = _("Approve %(yuan)s yuan") % {"yuan": amount}
        steps.append({"kind": "post", "url": reverse("order-approve", args=[order.pk]), "label": label})
    if status == OrderStatus.SHIPPED and "weigh" in allowed:
        steps.append({"kind": "link", "url": reverse("delivery-accept", args=[order.pk]), "label": _("Weigh in")})
    if status == OrderStatus.ACCEPTED and "settle" in allowed:
        label = _("Write the missing statements")
        steps.append({"kind": "post", "url": reverse("order-settle", args=[order.pk]), "label": label})
    if status in (OrderStatus.PLACED, OrderStatus.APPROVED, OrderStatus.CONFIRMED) and "cancel" in allowed:
        url = reverse("order-cancel", args=[order.pk])
        steps.append({"kind": "why", "url": url, "label": _("Call the order off")})
    return steps


def payment_tag(statement) -> dict:
    """Say whether a statement is paid; its payments are prefetched."""
    payment = live_payment(statement)
    if payment is None:
        return {"tone": "warn", "text": _("Not paid yet")}
    if payment.status == "paid":
        return {"tone": "ok", "text": pgettext("statement", "Paid")}
    if payment.status == "sent":
        return {"tone": "warn", "text": _("Sent, no answer yet")}
    return {"tone": "info", "text": _("Recorded, to be confirmed")}


def is_counted(listing) -> bool:
    """Say whether a lot is sold by the head."""
    return listing.stock_unit == StockUnit.PIECE
