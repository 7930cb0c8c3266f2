"""Statements and their payment as pages show them."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from kernel import clock, masking, money, weight
from kernel.dates import day_words
from kernel.present import known, name_of
from kernel.shown import Fact, Tag
from ledger.pages.arriving import answer_words
from ledger.pages.mending import problems_of
from ledger.selectors import taken_off_by
from ledger.services.showing import WholeCard
from orders.models import InvoiceStatus, LineKind, Recovery, SettlementStatement, StatementLine
from orders.pages.words import step_words
from orders.selectors.ageing import interest_fen
from orders.selectors.statements import CARTED, brought_by, live_payment, numbers_on, payee_shown, to_pay_fen
from records.selectors.policy import policy


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement as the list shows it."""

    url: str
    number: str
    payee: str
    buyer: str
    amount: str
    kg: str
    due_on: str
    late: str
    status: Tag


@dataclass(frozen=True, slots=True)
class WeighedLine:
    """One line of a statement: the goods, the weight that counted, the price, the money."""

    produce: str
    number: str
    weight: str
    price: str
    amount: str


def statement_row(statement: SettlementStatement, today: dt.date, user: User) -> StatementRow:
    """Return one statement of the list, and how many days it is late."""
    payment, due_on = live_payment(statement), statement.payable.due_on if statement.payable is not None else None
    unpaid = due_on is not None and (payment is None or payment.status != "paid")
    late = (today - due_on).days if due_on is not None and unpaid else 0
    return StatementRow(
        url=reverse("statement-detail", args=[statement.pk]),
        number=statement.number,
        payee=payee_shown(statement, user),
        buyer=statement.buyer.name,
        amount=money.yuan(statement.total_fen),
        kg=weight.signed_kg(statement.weight_g),
        due_on=day_words(due_on) if due_on is not None else "",
        late=_("%(n)s days late") % {"n": late} if late > 0 else "",
        status=payment_tag(statement),
    )


def statement_facts(statement: SettlementStatement, user: User) -> list[Fact]:
    """Return who is paid by whom on which card, by when, and the voucher of a payment under way."""
    payable, payment = statement.payable, live_payment(statement)
    facts = [
        Fact(pgettext("cart", "Carted by") if statement.carrier_id else _("Seller"), payee_shown(statement, user)),
        Fact(_("Who buys"), statement.buyer.name),
        Fact(_("Delivery"), statement.delivery.number, numbers_on(statement)),
    ]
    if payable is not None:
        facts += [
            Fact(_("Card"), masking.mask_card(payable.card), payable.bank),
            Fact(_("To be paid by"), date_format(payable.due_on)),
        ]
        facts += _taken_off(statement) + _interest(statement) + problems_of(payable, user)
    if statement.total_fen < 0:
        facts += _made_up_for(statement)
    facts += invoice_facts_of(statement)
    if payment is not None:
        maker = payment.maker.person.name if payment.maker.person is not None else ""
        facts.append(Fact(_("Bank voucher"), payment.voucher_number, f"{maker} {spoken_time(payment.prepared_at)}"))
        if payment.status == "paid":
            facts.append(Fact(_("The money"), answer_words(payment)))
    return facts


def invoice_facts_of(statement: SettlementStatement) -> list[Fact]:
    """Return the invoices for a statement, each with how it stands."""
    return [
        Fact(
            pgettext("statement", "Invoice"),
            link.invoice.number,
            str(InvoiceStatus(link.invoice.status).label),
            url=reverse("invoice-detail", args=[link.invoice_id]),
        )
        for link in statement.invoiced.select_related("invoice").order_by("pk")
    ]


def _taken_off(statement: SettlementStatement) -> list[Fact]:
    """Return what a statement is not paid of, by which statements below nothing, and what is left to pay."""
    offsets, left = list(known(statement.payable).offsets.all()), to_pay_fen(statement)
    if not offsets:
        return [Fact(_("In capital numerals"), money.uppercase_amount(left))]
    keys = [row.document.partition(":")[2] for row in offsets]
    names = dict(SettlementStatement.objects.filter(pk__in=keys).values_list("pk", "number"))
    rows = [
        Fact(_("Taken off for goods sent back or corrected"), money.yuan(row.amount_fen), names[int(key)])
        for row, key in zip(offsets, keys, strict=True)
    ]
    return [*rows, Fact(_("Still to be paid"), money.yuan(left), money.uppercase_amount(left))]


def _made_up_for(statement: SettlementStatement) -> list[Fact]:
    """Return what became of what a seller owes by a statement: taken off, carried on, claimed, or open."""
    offsets = list(taken_off_by(statement.reference))
    rows = [
        Fact(_("Taken off what is still to be paid"), money.yuan(row.amount_fen), row.payable.statement.number)
        for row in offsets
    ]
    left = -statement.total_fen - sum(row.amount_fen for row in offsets)
    if not left:
        return rows
    line = StatementLine.objects.filter(carries=statement).select_related("statement").first()
    if line is not None:
        return [*rows, Fact(_("Carried by the next statement"), money.yuan(left), line.statement.number)]
    claimed = Recovery.objects.filter(statement=statement).first()
    if claimed is not None:
        url = reverse("recovery-detail", args=[claimed.pk])
        return [*rows, Fact(_("Claimed from the seller"), money.yuan(left), spoken_time(claimed.at), url=url)]
    until = known(statement.rest_at) + dt.timedelta(days=policy("rest_days", clock.county_day(clock.now())))
    return [*rows, Fact(_("Comes off the next sale"), money.yuan(left), day_words(clock.county_day(until)))]


def _interest(statement: SettlementStatement) -> list[Fact]:
    """Return how late a statement is and which interest that makes: it is shown, nobody is charged by it."""
    payment, due_on = live_payment(statement), known(statement.payable).due_on
    today = clock.county_day(clock.now())
    if today <= due_on or (payment is not None and payment.status in ("sent", "paid")):
        return []
    days, rate_bp = (today - due_on).days, policy("late_interest_bp", today)
    fen = interest_fen(to_pay_fen(statement), days, rate_bp)
    told = _("%(days)s days late, at %(rate)s %% a year") % {"days": days, "rate": f"{rate_bp / 100:g}"}
    return [Fact(_("Interest for late payment, not booked"), money.yuan(fen), told)]


def whole_card(card: WholeCard) -> list[Fact]:
    """Return what is typed at the bank: whose card it is, its whole number and its bank."""
    in_fours = " ".join(card.number[place : place + 4] for place in range(0, len(card.number), 4))
    return [Fact(_("Name on the card"), card.holder), Fact(_("Card number"), in_fours), Fact(_("Bank"), card.bank)]


def weighed_lines(statement: SettlementStatement) -> list[WeighedLine]:
    """Return the lines of a statement: goods in the order they were weighed, then what is left to a co-operative, or by
    which member."""
    lines = statement.lines.select_related(
        "receipt_line__allocation__listing__produce", "mandate__cooperative", "mandate__household", "statement",
        "goods_return", "carries", *CARTED,
    )  # fmt: skip
    return [_line(line) for line in lines.order_by("pk")]


def _line(line: StatementLine) -> WeighedLine:
    amount = money.yuan(line.amount_fen)
    if line.carries is not None:
        return WeighedLine(str(LineKind.CARRIED.label), line.carries.number, "", "", amount)
    if line.kind == LineKind.TRANSPORT:
        goods = known(brought_by(line)).allocation
        return WeighedLine(
            f"{LineKind.TRANSPORT.label} {name_of(goods.line.produce)}", goods.listing.number, "", "", amount
        )
    if line.receipt_line is None:
        mandate = known(line.mandate)
        of_household = line.statement.household_id is not None
        other = mandate.cooperative.name if of_household else mandate.household.head_name
        return WeighedLine(str(LineKind(line.kind).label), other, "", "", amount)
    lot = line.receipt_line.allocation
    price = money.price_per_jin(lot.price_fen, lot.price_unit_g)
    name, grams = name_of(lot.listing.produce), weight.both(abs(line.weight_g))
    if line.kind == LineKind.GRADE:
        grade = step_words(lot.listing, line.receipt_line.grade)
        return WeighedLine(f"{LineKind.GRADE.label} {name}", grade, "", "", amount)
    if line.goods_return is not None:
        sign = "−" if line.weight_g < 0 else "+"
        return WeighedLine(f"{LineKind(line.kind).label} {name}", line.goods_return.number, sign + grams, price, amount)
    return WeighedLine(name, lot.listing.number, grams, price, amount)


def payment_tag(statement: SettlementStatement) -> Tag:
    """Return whether a statement is paid; its payments are prefetched."""
    if statement.payable is None:
        return Tag("plain", pgettext("statement", "Nothing to pay"))
    payment = live_payment(statement)
    if payment is None and not to_pay_fen(statement):
        return Tag("plain", pgettext("statement", "Nothing to pay"))
    if payment is None:
        return Tag("warn", _("Not paid yet"))
    if payment.status == "paid":
        return Tag("ok", pgettext("statement", "Paid"))
    if payment.status == "sent":
        return Tag("warn", _("Sent, no answer yet"))
    return Tag("info", _("Recorded, to be confirmed"))
