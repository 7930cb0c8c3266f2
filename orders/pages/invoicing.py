"""A statement on paper, what its seller needs to write the invoice, and the statements of a month together."""

import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Somebody
from catalog.models import Listing, Track
from kernel import clock, money, weight
from kernel.dates import day_words
from kernel.present import known, name_of
from kernel.shown import Fact
from orders.models import LineKind, SettlementStatement, StatementLine
from orders.pages.dossier import fund_words
from orders.pages.statements import payment_tag
from orders.selectors.invoicing import MonthSum, Pack, pack_of, recognised_on
from orders.selectors.statements import payee_shown


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line as it is typed into an invoice: kilograms, yuan a kilogram, yuan."""

    goods: str
    grade: str
    kg: str
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class Growing:
    """What is known of the growing of one lot, sentence by sentence, and what is not on record."""

    title: str
    facts: list[str]
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Papers:
    """All that a seller copies into an invoice, and into the certificate of own growing."""

    facts: list[Fact]
    lines: list[InvoiceLine]
    total: str
    capital: str
    others: str
    statement: str
    growing: list[Growing]
    missing: list[str]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One seller's month with one fund."""

    url: str
    seller: str
    buyer: str
    fund: str
    statements: str
    kg: str
    amount: str
    paid: str


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One statement of a month."""

    url: str
    number: str
    day: str
    kg: str
    amount: str
    status: str


def in_capitals(fen: int) -> str:
    """Return an amount in the numerals of vouchers; one below nothing is what goes back."""
    if fen >= 0:
        return money.uppercase_amount(fen)
    return _("to be given back %(amount)s") % {"amount": money.uppercase_amount(-fen)}


def papers_of(statement: SettlementStatement, user: Somebody) -> Papers:
    """Return what the seller of a statement writes on its invoice, and what of it is not on record."""
    pack = pack_of(statement)
    buyer, missing = statement.buyer, []
    if not buyer.uscc:
        missing.append(_("The buyer's tax number is not in the register of organisations. Ask the buyer."))
    return Papers(
        facts=[
            Fact(pgettext("invoice", "Buyer"), buyer.name),
            Fact(pgettext("invoice", "Tax number of the buyer"), buyer.uscc or pgettext("invoice", "not on record")),
            Fact(pgettext("invoice", "Seller"), payee_shown(statement, user)),
            Fact(pgettext("invoice", "Statement"), statement.number, statement.delivery.number),
        ],
        lines=[_line(line) for line in pack.lines],
        total=money.yuan(pack.total_fen),
        capital=in_capitals(pack.total_fen),
        others=money.yuan(pack.others_fen) if pack.others_fen else "",
        statement=money.yuan(statement.total_fen),
        growing=_growing(pack, statement, user),
        missing=missing,
    )


def month_row(row: MonthSum, month: str, user: Somebody) -> MonthRow:
    """Return one seller's month as the list shows it."""
    first = row.first
    payees = {"household": first.household_id, "cooperative": first.cooperative_id, "carrier": first.carrier_id}
    payee = {side: str(key) for side, key in payees.items() if key is not None}
    kept = {"month": month, "fund": str(first.fund_id)} | payee
    asked = urlencode(kept)
    return MonthRow(
        url=f"{reverse('statement-month')}?{asked}",
        seller=payee_shown(first, user),
        buyer=first.buyer.name,
        fund=fund_words(first.fund),
        statements=str(len(row.statements)),
        kg=signed_kg(row.weight_g),
        amount=money.yuan(row.total_fen),
        paid=money.yuan(row.paid_fen),
    )


def month_lines(row: MonthSum) -> list[MonthLine]:
    """Return the statements of one seller's month."""
    return [
        MonthLine(
            url=reverse("statement-detail", args=[one.pk]),
            number=one.number,
            day=day_words(clock.county_day(one.at)),
            kg=signed_kg(one.weight_g),
            amount=money.yuan(one.total_fen),
            status=payment_tag(one).text,
        )
        for one in row.statements
    ]


def month_workbook(sums: list[MonthSum], month: str, user: Somebody) -> bytes:
    """Return the statements of a month as a spreadsheet, a row each, with their sum."""
    import xlsxwriter  # here, since most workers never write a spreadsheet

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    bold, yuan = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet(month)
    sheet.set_column(0, 6, 18)
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(_month_head()):
        sheet.write_string(0, column, name, bold)
    number = 0
    for number, one in enumerate((one for row in sums for one in row.statements), 1):
        day = f"{clock.county_day(one.at):%Y-%m-%d}"
        words = [one.number, day, one.buyer.name, fund_words(one.fund), payee_shown(one, user)]
        for column, text in enumerate(words):
            sheet.write_string(number, column, text)
        sheet.write_number(number, 5, Decimal(one.weight_g) / 1000)
        sheet.write_number(number, 6, Decimal(one.total_fen) / 100, yuan)
        sheet.write_string(number, 7, payment_tag(one).text)
    sheet.write_string(number + 1, 0, pgettext("month", "All together"), bold)
    sheet.write_number(number + 1, 5, Decimal(sum(row.weight_g for row in sums)) / 1000)
    sheet.write_number(number + 1, 6, Decimal(sum(row.total_fen for row in sums)) / 100, yuan)
    book.close()
    return out.getvalue()


def signed_kg(grams: int) -> str:
    """Return kilograms, below nothing where more went back than came."""
    return weight.signed_kg(grams)


def _month_head() -> list[str]:
    return [
        pgettext("month", "Statement"),
        pgettext("month", "Written on"),
        pgettext("month", "Buyer"),
        pgettext("month", "Fund"),
        pgettext("month", "Seller"),
        pgettext("month", "Kilograms"),
        pgettext("month", "Amount (yuan)"),
        pgettext("month", "Where it stands"),
    ]


def _line(line: StatementLine) -> InvoiceLine:
    lot = known(line.receipt_line).allocation
    name = name_of(lot.listing.produce)
    return InvoiceLine(
        goods=name if line.kind == LineKind.GOODS else f"{LineKind(line.kind).label} {name}",
        grade=lot.listing.grade.name if lot.listing.grade is not None else "",
        kg=signed_kg(line.weight_g),
        price=money.price_per_kg(lot.price_fen, lot.price_unit_g),
        amount=money.yuan(line.amount_fen),
    )


def _growing(pack: Pack, statement: SettlementStatement, user: Somebody) -> list[Growing]:
    day = clock.county_day(statement.delivery.shipped_at)
    return [_grown(lot, day, payee_shown(statement, user)) for lot in pack.lots]


def _grown(lot: Listing, day: dt.date, seller: str) -> Growing:
    """Say of one lot what the registers hold of its growing; what they do not hold is named, never made up."""
    facts, missing = [], []
    recognised = recognised_on(lot, day)
    if recognised is not None:
        facts.append(
            _("%(seller)s: recognised by the township (%(track)s), document %(document)s.")
            % {"seller": seller, "track": Track(recognised.track).label, "document": recognised.document}
        )
    else:
        missing.append(_("No recognition by the township that was in force on the day the goods left."))
    facts.append(_("Village: %(village)s.") % {"village": lot.village.short_name})
    if lot.plot_season is not None and lot.plot_season.superseded_at is None:
        facts.append(
            _("Parcel %(parcel)s, confirmed by the township, harvest from %(first)s to %(last)s.")
            % {
                "parcel": lot.plot_season.parcel,
                "first": f"{lot.plot_season.harvest_from:%Y-%m-%d}",
                "last": f"{lot.plot_season.harvest_to:%Y-%m-%d}",
            }
        )
    else:
        missing.append(_("No parcel of the register belongs to this lot."))
    if lot.harvested_on is not None:
        facts.append(_("Harvested on %(day)s, as the seller says.") % {"day": f"{lot.harvested_on:%Y-%m-%d}"})
    else:
        missing.append(_("The day of the harvest is not on record."))
    return Growing(f"{name_of(lot.produce)} {lot.number}", facts, missing)
