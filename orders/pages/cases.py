"""What waits for somebody in the order chain, each case by its name: an approval, a payment, goods sent back."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import User
from kernel.clock import COUNTY_ZONE, county_day
from kernel.dates import day_words, deadline_words, due_words, spoken_day
from kernel.piles import NAMED, pile_of
from kernel.present import StrOrPromise, known
from kernel.shown import Case, Pile, Tag
from kernel.weight import kg
from orders.models import Complaint, EndHow, GoodsReturn, PurchaseOrder, RecoveryEnd, ReturnReason, SettlementStatement
from orders.pages.complaints import complaint_row
from orders.pages.orders import goods_title
from orders.pages.returns import title
from orders.pages.waiting import wait_words
from orders.selectors import complaints, returns
from orders.selectors.approvers import orders_to_approve, orders_waiting_for_others
from orders.selectors.orders import seller_name
from orders.selectors.rests import ends_to_confirm
from orders.selectors.statements import (
    LateBuyer,
    live_payment,
    orders_behind,
    statements_of_others,
    statements_to_confirm,
    statements_to_pay,
    to_pay_fen,
)
from orders.selectors.waiting import waits_of
from orders.services.hands import CONFIRM, DECIDE, PAY
from records.selectors.participation import documents_barred

HAD_A_HAND = gettext_lazy("You had a hand in this order or stand on its other side; a colleague does it")
SOON = dt.timedelta(days=2)


class Tone(TextChoices):
    """How pressing a deadline is."""

    LATE = "danger"
    SOON = "warn"
    LATER = "plain"


def approvals(user: User, at: dt.datetime) -> Pile:
    """Return the orders that wait for this person's approval."""
    return pile_of(
        orders_to_approve(user).prefetch_related("lines__produce").select_related("requester__person"),
        lambda order: _approval(order, at),
        amount="held_fen",
        url=reverse("order-list") + "?status=awaiting",
    )


def approvals_of_others(user: User, at: dt.datetime) -> Pile:
    """Return the orders of one's buyers that wait for somebody else's approval: whose, and since when."""

    def case(order: PurchaseOrder) -> Case:
        waits = wait_words(asked.get(order.pk)) or _("Waits for the approver")
        return Case(
            title=goods_title(order),
            facts=[order.number],
            url=reverse("order-detail", args=[order.pk]),
            amount_fen=order.held_fen,
            due=_deadline(known(order.approve_by_at), at),
            due_on=county_day(known(order.approve_by_at)),
            waits=waits,
        )

    rows = orders_waiting_for_others(user).prefetch_related("lines__produce")
    first = list(rows[: NAMED + 1])
    asked = waits_of(first, county_day(at))
    return pile_of(rows, case, amount="held_fen", url=reverse("order-list") + "?status=awaiting", first=first)


def payments(user: User, at: dt.datetime) -> tuple[Pile, Pile]:
    """Return the statements this person is to pay, and those of them that only a colleague may pay."""
    today = county_day(at)
    own, barred = _by_hand(statements_to_pay(user), PAY, user)
    url = reverse("statement-list") + "?view=due"
    return (
        pile_of(own, lambda statement: _payment(statement, today), amount="left_fen", url=url),
        pile_of(barred, lambda statement: _waiting(statement, HAD_A_HAND, today), amount="left_fen", url=url),
    )


def confirmations(user: User, at: dt.datetime) -> tuple[Pile, Pile]:
    """Return the recorded payments this person compares with the bank, and those that only a colleague may."""
    today = county_day(at)
    own, barred = _by_hand(statements_to_confirm(user), CONFIRM, user)
    url = reverse("statement-list") + "?view=to_confirm"
    return (
        pile_of(own, lambda statement: _confirmation(statement, at), amount="left_fen", url=url),
        pile_of(barred, lambda statement: _waiting(statement, HAD_A_HAND, today), amount="left_fen", url=url),
    )


def ends_of_claims(user: User, at: dt.datetime) -> Pile:
    """Return how claims from sellers are to end, of which this person is the second to say so."""

    def case(end: RecoveryEnd) -> Case:
        statement = end.recovery.statement
        return Case(
            title=_("Confirm: what %(payee)s owes is %(how)s")
            % {"payee": seller_name(statement), "how": EndHow(end.how).label},
            facts=[statement.number, statement.buyer.name, end.voucher_number or end.why],
            url=reverse("recovery-detail", args=[end.recovery_id]),
            act=pgettext("case", "Compare and confirm"),
            amount_fen=end.recovery.amount_fen,
            due_on=county_day(end.proposed_at),
        )

    rows = ends_to_confirm(user).exclude(proposed_by=user)
    return pile_of(rows, case, amount="recovery__amount_fen", url=reverse("recovery-list"))


def payments_of_others(user: User, at: dt.datetime) -> Pile:
    """Return what the other of the two hands is to pay or to confirm, each with what it waits for."""

    def case(statement: SettlementStatement) -> Case:
        payment = live_payment(statement)
        waits = _("Waits for whoever pays")
        if payment is not None:
            waits = _("%(recorded)s; a second person confirms it") % {"recorded": _recorded(payment, at)}
        return _waiting(statement, waits, county_day(at))

    return pile_of(statements_of_others(user), case, amount="left_fen", url=reverse("statement-list"))


def returns_to_answer(user: User, at: dt.datetime) -> Pile:
    """Return the goods that buyers want to send back and this person answers about for the seller."""

    def case(row: GoodsReturn) -> Case:
        return _return(row, row.answer_by_at, at, act=pgettext("case", "Look and answer"))

    return pile_of(returns.returns_to_answer(user), case, url=reverse("return-list"))


def to_decide(user: User, at: dt.datetime) -> tuple[tuple[Pile, Pile], tuple[Pile, Pile]]:
    """Return what this person decides for the county and what only a colleague may: goods sent back, and complaints."""
    theirs = _barred_orders(user)
    return _returns_to_decide(user, at, theirs), _complaints_to_decide(user, at, theirs)


def _returns_to_decide(user: User, at: dt.datetime, theirs: Q) -> tuple[Pile, Pile]:
    rows = returns.returns_to_decide()

    def case(row: GoodsReturn) -> Case:
        return _return(row, known(row.decide_by_at), at, act=pgettext("case", "Read and decide"))

    def waiting(row: GoodsReturn) -> Case:
        return _return(row, known(row.decide_by_at), at, waits=str(HAD_A_HAND))

    url = reverse("return-list")
    return pile_of(rows.exclude(theirs), case, url=url), pile_of(rows.filter(theirs), waiting, url=url)


def complaints_to_answer(user: User, at: dt.datetime) -> Pile:
    """Return the complaints in which it is this person's side that speaks next."""

    def case(row: Complaint) -> Case:
        return _complaint(row, user, at, act=pgettext("case", "Look and answer"))

    return pile_of(complaints.complaints_to_answer(user), case, url=reverse("complaint-list"))


def _complaints_to_decide(user: User, at: dt.datetime, theirs: Q) -> tuple[Pile, Pile]:
    rows = complaints.complaints_to_decide()

    def case(row: Complaint) -> Case:
        return _complaint(row, user, at, act=pgettext("case", "Read and decide"))

    def waiting(row: Complaint) -> Case:
        return _complaint(row, user, at, waits=str(HAD_A_HAND))

    url = reverse("complaint-list") + "?status=county"
    return pile_of(rows.exclude(theirs), case, url=url), pile_of(rows.filter(theirs), waiting, url=url)


def _barred_orders(user: User) -> Q:
    """Say of what stands on a receipt line that this person may not decide about its order."""
    order = "receipt_line__allocation__order"
    waiting = [rows.order_by().values_list(order, flat=True)
               for rows in (returns.returns_to_decide(), complaints.complaints_to_decide())]  # fmt: skip
    orders = {f"order:{key}" for key in waiting[0].union(waiting[1])}
    barred = documents_barred(orders, DECIDE, by=user) if orders else set()
    return Q(receipt_line__allocation__order__in=[int(name.partition(":")[2]) for name in barred])


def _complaint(row: Complaint, user: User, at: dt.datetime, *, act: str = "", waits: str = "") -> Case:
    shown = complaint_row(row, user, at)
    return Case(
        title=_("Complaint: %(what)s") % {"what": shown.title},
        facts=[row.number, shown.sides, row.words],
        url=shown.url,
        act=act,
        waits=waits,
        due=_deadline(row.until_at, at),
        due_on=county_day(row.until_at),
    )


def late_buyer(buyer: LateBuyer, at: dt.datetime) -> Case:
    """Return who owes sellers money past its day."""
    facts = [
        ngettext("%(n)s statement", "%(n)s statements", buyer.statements) % {"n": buyer.statements},
        due_words(buyer.oldest_on, county_day(at)),
    ]
    return Case(title=buyer.name, facts=facts, url="", amount_fen=buyer.owed_fen)


def _approval(order: PurchaseOrder, at: dt.datetime) -> Case:
    requester = order.requester.person
    asked_on = spoken_day(county_day(order.placed_at), county_day(at))
    return Case(
        title=_("Approve %(goods)s for %(buyer)s") % {"goods": goods_title(order), "buyer": order.buyer.name},
        facts=[
            order.number,
            _("ordered by %(name)s %(day)s") % {"name": requester.name if requester else "", "day": asked_on},
            _("to be brought on %(day)s") % {"day": day_words(order.deliver_on)},
        ],
        url=reverse("order-detail", args=[order.pk]),
        act=pgettext("case", "Look and approve"),
        amount_fen=order.held_fen,
        due=_deadline(known(order.approve_by_at), at),
        due_on=county_day(known(order.approve_by_at)),
    )


def _payment(statement: SettlementStatement, today: dt.date) -> Case:
    return Case(
        title=_("Pay %(payee)s for the goods") % {"payee": seller_name(statement)},
        facts=[statement.number, _("%(kg)s kg") % {"kg": kg(statement.weight_g)}, statement.buyer.name],
        url=reverse("payment-record", args=[statement.pk]),
        act=pgettext("case", "Pay"),
        amount_fen=to_pay_fen(statement),
        due=_due(known(statement.payable).due_on, today),
        due_on=known(statement.payable).due_on,
    )


def _confirmation(statement: SettlementStatement, at: dt.datetime) -> Case:
    payment = known(live_payment(statement))
    return Case(
        title=_("Confirm the payment to %(payee)s") % {"payee": seller_name(statement)},
        facts=[statement.number, _recorded(payment, at)],
        url=reverse("payment-confirm", args=[statement.pk]),
        act=pgettext("case", "Compare and confirm"),
        amount_fen=to_pay_fen(statement),
        due=_due(known(statement.payable).due_on, county_day(at)),
        due_on=known(statement.payable).due_on,
    )


def _waiting(statement: SettlementStatement, waits: StrOrPromise, today: dt.date) -> Case:
    return Case(
        title=_("Money of %(payee)s") % {"payee": seller_name(statement)},
        facts=[statement.number],
        url=reverse("statement-detail", args=[statement.pk]),
        amount_fen=to_pay_fen(statement),
        due=_due(known(statement.payable).due_on, today),
        due_on=known(statement.payable).due_on,
        waits=str(waits),
    )


def _by_hand(
    statements: QuerySet[SettlementStatement], stage: str, user: User
) -> tuple[QuerySet[SettlementStatement], QuerySet[SettlementStatement]]:
    """Return the statements of which this person may take this step, and those of which only others may."""
    orders_of: dict[int, set[str]] = {}
    for statement, order in orders_behind(statements):
        orders_of.setdefault(statement, set()).add(f"order:{order}")
    barred = documents_barred({name for names in orders_of.values() for name in names}, stage, by=user)
    left = [statement for statement, names in orders_of.items() if names & barred]
    if not left:
        return statements, statements.none()
    return statements.exclude(pk__in=left), statements.filter(pk__in=left)


def _return(row: GoodsReturn, until: dt.datetime, at: dt.datetime, *, act: str = "", waits: str = "") -> Case:
    lot = row.receipt_line.allocation
    sentence = _("%(buyer)s corrects %(goods)s") if row.is_correction else _("%(buyer)s sends %(goods)s back")
    return Case(
        title=sentence % {"buyer": lot.order.buyer.name, "goods": title(row)},
        facts=[row.number, seller_name(lot.listing), str(ReturnReason(row.reason).label)],
        url=reverse("return-detail", args=[row.pk]),
        act=act,
        waits=waits,
        due=_deadline(until, at),
        due_on=county_day(until),
    )


def _recorded(payment: Any, at: dt.datetime) -> str:
    person = payment.maker.person
    day = spoken_day(payment.prepared_at.astimezone(COUNTY_ZONE).date(), county_day(at))
    return _("recorded by %(name)s %(day)s") % {"name": person.name if person else "", "day": day}


def _deadline(by: dt.datetime, at: dt.datetime) -> Tag:
    left = by - at
    tone = Tone.LATE if left < dt.timedelta(hours=12) else Tone.SOON if left < SOON else Tone.LATER
    return Tag(tone, deadline_words(by, at))


def _due(day: dt.date, today: dt.date) -> Tag:
    tone = Tone.LATE if day <= today else Tone.SOON if day - today <= SOON else Tone.LATER
    return Tag(tone, due_words(day, today))
