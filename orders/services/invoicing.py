"""A seller's invoice: brought by one person, compared at once, judged by another who looks at the paper."""

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import users_in_post
from accounts.services.messages import Word, tell_all
from kernel import clock, money
from kernel.errors import BadValue, DomainError
from kernel.workflow import lock
from orders.models import (
    Invoice,
    InvoiceDifference,
    InvoiceLine,
    InvoiceStatement,
    InvoiceStatus,
    SettlementStatement,
)
from orders.selectors.invoices import Printed, differences, judging_roles, speaks_for
from orders.selectors.orders import seller_name
from orders.selectors.statements import orders_behind
from orders.services.delivering import lock_orders
from orders.services.telling import to_owner
from records.models import StoredFile
from records.services.participation import take_part

BRING, JUDGE = "bring", "judge"
MOST_STATEMENTS = 100


class InvoiceTwice(DomainError):
    code = "invoice_twice"
    message = _("An invoice with this number and code is here already. Look it up in the list.")


class OtherSeller(BadValue):
    code = "invoice_other_seller"
    message = _("One invoice is for statements of one seller and one fund. Take the others out.")


class WordsNeeded(BadValue):
    code = "invoice_words_needed"
    message = _("The invoice differs. Write why you accept it, or send it back.")


TO_JUDGE = _(
    "An invoice of %(seller)s over %(amount)s yuan has come (number %(number)s). Compare it with the paper: match it, "
    "or send it back."
)
CAME = _("Your invoice %(number)s over %(amount)s yuan was brought to %(buyer)s. You are told when it is matched.")
DECIDED = {
    InvoiceStatus.MATCHED: _("%(buyer)s matched invoice %(number)s over %(amount)s yuan."),
    InvoiceStatus.ACCEPTED: _(
        "%(buyer)s accepted invoice %(number)s over %(amount)s yuan although it differs: %(words)s"
    ),
    InvoiceStatus.RETURNED: _(
        "%(buyer)s sent invoice %(number)s over %(amount)s yuan back: %(words)s Mend it, and bring it again."
    ),
}


@transaction.atomic
def bring_invoice(
    statements: Collection[SettlementStatement], printed: Printed, scan: StoredFile, *, by: User, at: dt.datetime
) -> Invoice:
    """Take in an invoice for statements of one seller and fund, and write down where it differs from them.

    The orders behind them are locked: of two invoices for one statement the second is found to be the second.
    """
    rows = sorted(statements, key=lambda row: row.pk)
    if len({(row.fund_id, row.household_id, row.cooperative_id) for row in rows}) != 1:
        raise OtherSeller
    covered = SettlementStatement.objects.filter(pk__in=[row.pk for row in rows])
    lock_orders(order_id for _statement, order_id in orders_behind(covered))
    first, found = rows[0], differences(printed, rows)
    invoice = Invoice(
        number=printed.number,
        code=printed.code,
        issued_on=printed.issued_on,
        seller_name=printed.seller_name,
        buyer_name=printed.buyer_name,
        total_fen=printed.total_fen,
        buyer_id=first.buyer_id,
        fund_id=first.fund_id,
        household_id=first.household_id,
        cooperative_id=first.cooperative_id,
        scan=scan,
        differences=len(found),
        by=by,
        at=at,
    )
    try:
        with transaction.atomic():
            invoice.begin(by=by, at=at)
    except IntegrityError as refused:
        if "invoice_once" not in str(refused):
            raise
        raise InvoiceTwice from None
    InvoiceStatement.objects.bulk_create(InvoiceStatement(invoice=invoice, statement=row) for row in rows)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            produce=line.produce,
            weight_g=line.weight_g,
            price_kg_fen=line.price_kg_fen,
            amount_fen=line.amount_fen,
        )
        for line in printed.lines
    )
    InvoiceDifference.objects.bulk_create(
        InvoiceDifference(
            invoice=invoice,
            code=one.code,
            produce=one.produce,
            expected=one.expected,
            printed=one.printed,
            said=one.said,
        )
        for one in found
    )
    take_part(invoice.reference, BRING, by=by, at=at)
    _tell_came(invoice, first, by=by, at=at)
    return invoice


@transaction.atomic
def match_invoice(invoice: Invoice, *, why: str = "", by: User, at: dt.datetime) -> Invoice:
    """Say as another person that the paper is right; where it differs, with words that say why it is accepted."""
    invoice = lock(invoice)
    if invoice.differences and not why.strip():
        raise WordsNeeded
    status = InvoiceStatus.ACCEPTED if invoice.differences else InvoiceStatus.MATCHED
    return _decide(invoice, status, why, by=by, at=at)


@transaction.atomic
def return_invoice(invoice: Invoice, *, why: str, by: User, at: dt.datetime) -> Invoice:
    """Send an invoice back with words; a mended one may be brought under the same number."""
    return _decide(lock(invoice), InvoiceStatus.RETURNED, why, by=by, at=at)


def _decide(invoice: Invoice, status: InvoiceStatus, words: str, *, by: User, at: dt.datetime) -> Invoice:
    take_part(invoice.reference, JUDGE, by=by, at=at)
    invoice.decided_by, invoice.decided_at, invoice.words = by, at, words.strip()
    invoice.move_to(status, by=by, at=at, note=words.strip(), along=("decided_by", "decided_at", "words"))
    _tell_decided(invoice, at=at)
    return invoice


def _tell_came(invoice: Invoice, statement: SettlementStatement, *, by: User, at: dt.datetime) -> None:
    """Tell whoever judges it, and the seller where somebody else brought it."""
    facts, day = _facts(invoice, seller_name(statement)), clock.county_day(at)
    judges = users_in_post(statement.buyer, judging_roles(statement.fund), day)
    kind, document = "invoice.came", invoice.reference
    words = [
        Word(TO_JUDGE, facts, None, kind, document, user.phone) for user in judges if user.person_id != by.person_id
    ]
    if not speaks_for(by, invoice):
        words.append(to_owner(invoice, kind, CAME, facts, document=document))
    tell_all(words, at=at)


def _tell_decided(invoice: Invoice, *, at: dt.datetime) -> None:
    """Tell the seller, and whoever brought it for the seller, how it was judged."""
    sentence = DECIDED[InvoiceStatus(invoice.status)]
    facts, kind, document = _facts(invoice, invoice.seller_name), f"invoice.{invoice.status}", invoice.reference
    words = [to_owner(invoice, kind, sentence, facts, document=document)]
    if not speaks_for(invoice.by, invoice):
        words.append(Word(sentence, facts, None, kind, document, invoice.by.phone))
    tell_all(words, at=at)


def _facts(invoice: Invoice, seller: str) -> dict[str, object]:
    return {
        "number": invoice.number,
        "seller": seller,
        "buyer": invoice.buyer.name,
        "amount": money.yuan(invoice.total_fen),
        "words": invoice.words,
    }
