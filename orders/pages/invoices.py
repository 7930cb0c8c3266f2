"""Invoices in words: how each stands, what it should say, and each difference as a sentence."""

from dataclasses import dataclass
from typing import assert_never

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from kernel import masking, money, weight
from kernel.dates import day_words
from kernel.present import known, name_of
from kernel.shown import Fact, Tag
from orders.models import Differs, Invoice, InvoiceDifference, InvoiceStatus, SettlementStatement
from orders.selectors.invoices import Owed
from orders.selectors.orders import seller_name, seller_shown


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as the list shows it."""

    url: str
    number: str
    seller: str
    buyer: str
    issued_on: str
    amount: str
    status: Tag


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One produce: what was ordered, what was accepted, what the invoice says."""

    produce: str
    ordered: str
    accepted: str
    owed: str
    printed: str
    printed_amount: str


def invoice_row(invoice: Invoice, user: User) -> InvoiceRow:
    """Return one invoice of the list, its seller masked for whoever is on neither side."""
    return InvoiceRow(
        url=reverse("invoice-detail", args=[invoice.pk]),
        number=invoice.number,
        seller=seller_shown(invoice, user, invoice.buyer_id),
        buyer=invoice.buyer.name,
        issued_on=day_words(invoice.issued_on),
        amount=money.yuan(invoice.total_fen),
        status=invoice_tag(invoice),
    )


def invoice_tag(invoice: Invoice) -> Tag:
    """Return how an invoice stands."""
    if invoice.status == "waiting" and invoice.differences:
        return Tag("danger", _("%(n)s differences") % {"n": invoice.differences})
    tone = {"waiting": "warn", "matched": "ok", "accepted": "ok", "returned": "plain"}[invoice.status]
    return Tag(tone, str(InvoiceStatus(invoice.status).label))


def invoice_facts(invoice: Invoice, user: User) -> list[Fact]:
    """Return what is printed on an invoice, who brought it, who judged it with which words."""
    facts = [
        Fact(_("Number of the invoice"), invoice.number, invoice.code),
        Fact(_("Date of the invoice"), date_format(invoice.issued_on)),
        Fact(_("Seller, as printed"), _printed_seller(invoice, user)),
        Fact(_("Buyer, as printed"), invoice.buyer_name),
        Fact(_("In capital numerals"), money.uppercase_amount(invoice.total_fen)),
        Fact(pgettext("invoice", "Brought by"), known(invoice.by.person).name, spoken_time(invoice.at)),
    ]
    if invoice.decided_by is not None:
        facts.append(
            Fact(
                pgettext("invoice", "Judged by"),
                known(invoice.decided_by.person).name,
                f"{spoken_time(known(invoice.decided_at))} {invoice.words}".strip(),
            )
        )
    return facts


def _printed_seller(invoice: Invoice, user: User) -> str:
    """Return the name printed on the invoice as far as this person may read the seller's."""
    whole = seller_shown(invoice, user, invoice.buyer_id) == seller_name(invoice)
    return invoice.seller_name if whole else masking.mask_name(invoice.seller_name)


def compared(owed: list[Owed], invoice: Invoice) -> list[ComparedRow]:
    """Return order, receipt and invoice beside each other, produce by produce."""
    lines = list(invoice.lines.select_related("produce").order_by("pk"))
    rows = []
    for goods in owed:
        there = [line for line in lines if line.produce_id == goods.produce.pk]
        rows.append(
            ComparedRow(
                produce=name_of(goods.produce),
                ordered=weight.both(goods.ordered_g),
                accepted=weight.both(goods.accepted_g),
                owed=money.yuan(goods.amount_fen),
                printed=weight.both(sum(line.weight_g for line in there)) if there else "",
                printed_amount=money.yuan(sum(line.amount_fen for line in there)) if there else "",
            )
        )
    return rows


def sentence(one: InvoiceDifference) -> str:
    """Return a difference as a plain sentence with its figures."""
    code, goods = Differs(one.code), name_of(one.produce) if one.produce is not None else ""
    expected, printed = one.expected or 0, one.printed or 0
    match code:
        case Differs.QUANTITY:
            return _("%(goods)s: accepted were %(there)s, the invoice says %(here)s.") % {
                "goods": goods, "there": weight.both(expected), "here": weight.both(printed),
            }  # fmt: skip
        case Differs.PRICE:
            return _("%(goods)s: ordered at %(there)s yuan a kilogram, the invoice says %(here)s.") % {
                "goods": goods, "there": money.yuan(expected), "here": money.yuan(printed),
            }  # fmt: skip
        case Differs.AMOUNT:
            return _("%(goods)s: the statements say %(there)s yuan, the invoice says %(here)s.") % {
                "goods": goods or pgettext("invoice", "In all"), "there": money.yuan(expected),
                "here": money.yuan(printed),
            }  # fmt: skip
        case Differs.PRODUCE:
            return _("%(goods)s stands on none of these statements.") % {"goods": goods}
        case Differs.SELLER:
            return _("The seller printed on the invoice is not who is paid.")
        case Differs.BUYER:
            return _("The buyer printed on the invoice is “%(name)s”.") % {"name": one.said}
        case Differs.NUMBER:
            return _("An invoice numbered %(number)s was brought before.") % {"number": one.said}
        case Differs.DATE:
            day = date_format(known(parse_date(one.said)))
            return _("The invoice is dated before %(day)s, when the goods left.") % {"day": day}
        case Differs.MATCHED:
            return _("An invoice for statement %(number)s is here already.") % {"number": one.said}
        case _:
            assert_never(code)


def statement_link(statement: SettlementStatement, *, seen: bool) -> Fact:
    """Return a statement that an invoice is for; a link for whoever may open it."""
    url = reverse("statement-detail", args=[statement.pk]) if seen else ""
    return Fact(statement.number, money.yuan(statement.total_fen), url=url)


def owed_fact(owed: Owed) -> Fact:
    """Return what statements owe for one produce, to be held beside the paper."""
    return Fact(name_of(owed.produce), weight.both(owed.accepted_g), money.yuan(owed.amount_fen))
