"""Invoices: who sees them, what each should say by order, receipt and statement, and where it does not."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role, Somebody, User
from accounts.selectors import standing
from canteens.models import Fund, FundKind
from kernel import clock
from orders.models import Differs, Invoice, InvoiceStatement, LineKind, SettlementStatement, StatementLine
from orders.selectors.orders import seller_name
from orders.selectors.statements import statements_seen_by
from produce.models import Produce
from records.selectors.policy import policy

LIVE_INVOICES = ("waiting", "matched", "accepted")
DONE_INVOICES = ("matched", "accepted")
# Between a household and its co-operative, or the haulier: these are not the goods that the buyer buys.
NOT_INVOICED = (LineKind.FEE, LineKind.MANDATE, LineKind.TRANSPORT)
PAYERS = (Role.CASHIER, Role.PAYMENT_CHECKER)
UNION_PAYERS = (Role.UNION_TREASURER, Role.UNION_CHAIR)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line as it is printed on an invoice."""

    produce: Produce
    weight_g: int
    price_kg_fen: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed on an invoice; its lines may stay out."""

    number: str
    code: str
    issued_on: dt.date
    seller_name: str
    buyer_name: str
    total_fen: int
    lines: Sequence[PrintedLine] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing an invoice says otherwise: in grams or fen, or in words."""

    code: Differs
    produce: Produce | None = None
    expected: int | None = None
    printed: int | None = None
    said: str = ""


@dataclass
class Owed:
    """What statements owe for one produce: ordered, accepted, its prices a kilogram in thousandths of a fen, money."""

    produce: Produce
    ordered_g: int = 0
    accepted_g: int = 0
    amount_fen: int = 0
    prices: set[int] = field(default_factory=set)


def statements_to_invoice(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return the statements for which this person may bring the seller's invoice: the seller, its co-operative, the
    cadre of its village, who pays for the buyer."""
    place = standing(user)
    own = Q(buyer_id__in=place.organisations(*PAYERS))
    own |= Q(buyer_id__in=place.organisations(*UNION_PAYERS), fund__kind=FundKind.UNION)
    own |= Q(cooperative_id__in=place.organisations(Role.COOP_MANAGER))
    if place.household_id is not None:
        own |= Q(household_id__in=place.households)
    own |= place.within("household__village", Role.CADRE)
    rows = SettlementStatement.objects.filter(own, Exists(_invoiced_lines()))
    return rows.select_related("buyer", "fund", "delivery", "household", "cooperative")


def statements_without(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return those of them that no invoice is for yet, or only one that was sent back."""
    return statements_to_invoice(user).exclude(has_invoice(LIVE_INVOICES))


def together_with(statement: SettlementStatement, user: Somebody) -> QuerySet[SettlementStatement]:
    """Return what one invoice may be for beside this statement: others of the same seller and fund without one."""
    rows = statements_without(user).filter(
        fund=statement.fund_id, household=statement.household_id, cooperative=statement.cooperative_id
    )
    return rows.exclude(pk=statement.pk).order_by("-pk")


def invoices_seen_by(user: Somebody) -> QuerySet[Invoice]:
    """Return the invoices for statements this person sees, or for which this person may bring one."""
    seen = statements_seen_by(user).order_by().values("pk")
    brings = statements_to_invoice(user).order_by().values("pk")
    links = InvoiceStatement.objects.filter(Q(statement__in=seen) | Q(statement__in=brings), invoice=OuterRef("pk"))
    related = ("buyer", "fund", "household", "cooperative", "scan", "by__person", "decided_by__person")
    return Invoice.objects.filter(Exists(links)).select_related(*related)


def has_invoice(statuses: Collection[str]) -> Exists:
    """Return the filter "an invoice that stands so is for this statement"."""
    return Exists(InvoiceStatement.objects.filter(statement=OuterRef("pk"), invoice__status__in=statuses))


def lacks_invoice() -> Q:
    """Return the filter "this statement is about goods, and no matched invoice is for it"."""
    return Q(Exists(_invoiced_lines())) & ~Q(has_invoice(DONE_INVOICES))


def statements_matched(keys: Collection[int]) -> set[int]:
    """Return those of these statements that have a matched invoice."""
    links = InvoiceStatement.objects.filter(statement__in=keys, invoice__status__in=DONE_INVOICES)
    return set(links.values_list("statement_id", flat=True))


def invoiced_lines(statements: Collection[SettlementStatement]) -> QuerySet[StatementLine]:
    """Return the lines of statements that an invoice is about, whatever their kind."""
    lines = StatementLine.objects.filter(statement__in=[row.pk for row in statements]).exclude(kind__in=NOT_INVOICED)
    return lines.select_related("receipt_line__allocation__listing").order_by("pk")


def owed_by(statements: Collection[SettlementStatement]) -> tuple[list[Owed], int]:
    """Return what statements owe produce by produce, and in all, in fen."""
    goods: dict[int, Owed] = {}
    total, ordered = 0, set()
    lines = list(invoiced_lines(statements))
    produce = Produce.objects.in_bulk(
        {line.receipt_line.allocation.listing.produce_id for line in lines if line.receipt_line is not None}
    )
    for line in lines:
        total += line.amount_fen
        if line.receipt_line is None:
            continue
        lot = line.receipt_line.allocation
        owed = goods.setdefault(lot.listing.produce_id, Owed(produce[lot.listing.produce_id]))
        owed.accepted_g += line.weight_g
        owed.amount_fen += line.amount_fen
        steps, grade = lot.listing.steps(), line.receipt_line.grade
        percent = steps[grade].percent if grade else 100
        owed.prices.add(lot.price_fen * percent * 10_000 // lot.price_unit_g)
        if lot.pk not in ordered:
            ordered.add(lot.pk)
            owed.ordered_g += lot.weight_g
    return list(goods.values()), total


def speaks_for(user: User, invoice: Invoice) -> bool:
    """Return whether this person is of the household an invoice is of, or manages its co-operative."""
    who = standing(user)
    if invoice.household_id is not None:
        return invoice.household_id in who.households
    return invoice.cooperative_id in who.organisations(Role.COOP_MANAGER)


def judging_roles(fund: Fund) -> tuple[str, ...]:
    """Return who of a buyer judges the invoices of a fund: whoever pays from it, or confirms that."""
    if fund.kind == FundKind.UNION:
        return Role.CASHIER, Role.PAYMENT_CHECKER, Role.UNION_TREASURER, Role.UNION_CHAIR
    return Role.CASHIER, Role.PAYMENT_CHECKER


def differences(printed: Printed, statements: Sequence[SettlementStatement]) -> list[Difference]:
    """Return where an invoice differs from its order, receipt and statement, within what the county tolerates."""
    owed, total = owed_by(statements)
    fen = policy("invoice_tolerance_fen", printed.issued_on)
    permille = policy("invoice_tolerance_permille", printed.issued_on)
    found = _about_paper(printed, statements)
    if printed.lines:
        found += _about_lines(printed.lines, owed, fen, permille)
        summed = sum(line.amount_fen for line in printed.lines)
        if summed != printed.total_fen:
            found.append(Difference(Differs.AMOUNT, None, summed, printed.total_fen))
    if abs(printed.total_fen - total) > fen:
        found.append(Difference(Differs.AMOUNT, None, total, printed.total_fen))
    return found


def _about_paper(printed: Printed, statements: Sequence[SettlementStatement]) -> list[Difference]:
    first, found = statements[0], []
    for code, name, there in (
        (Differs.SELLER, seller_name(first), printed.seller_name),
        (Differs.BUYER, first.buyer.name, printed.buyer_name),
    ):
        if "".join(name.split()) != "".join(there.split()):
            found.append(Difference(code, said=there))
    left_on = max(clock.county_day(statement.delivery.shipped_at) for statement in statements)
    if printed.issued_on < left_on:
        found.append(Difference(Differs.DATE, said=left_on.isoformat()))
    if Invoice.objects.filter(number=printed.number).exists():
        found.append(Difference(Differs.NUMBER, said=printed.number))
    taken = SettlementStatement.objects.filter(has_invoice(LIVE_INVOICES), pk__in=[row.pk for row in statements])
    found += [Difference(Differs.MATCHED, said=number) for number in taken.values_list("number", flat=True)]
    return found


def _about_lines(lines: Sequence[PrintedLine], owed: list[Owed], fen: int, permille: int) -> list[Difference]:
    by_produce: dict[int, list[PrintedLine]] = defaultdict(list)
    for line in lines:
        by_produce[line.produce.pk].append(line)
    found = []
    for goods in owed:
        there = by_produce.pop(goods.produce.pk, [])
        weight, amount = sum(line.weight_g for line in there), sum(line.amount_fen for line in there)
        if _apart(weight, goods.accepted_g, permille):
            found.append(Difference(Differs.QUANTITY, goods.produce, goods.accepted_g, weight))
        found += [
            Difference(Differs.PRICE, goods.produce, round(min(goods.prices) / 1000), line.price_kg_fen)
            for line in there
            if all(_apart(line.price_kg_fen * 1000, price, permille) for price in goods.prices)
        ]
        if abs(amount - goods.amount_fen) > fen:
            found.append(Difference(Differs.AMOUNT, goods.produce, goods.amount_fen, amount))
    for rest in by_produce.values():
        weight = sum(line.weight_g for line in rest)
        found.append(Difference(Differs.PRODUCE, rest[0].produce, 0, weight))
    return found


def _apart(printed: int, expected: int, permille: int) -> bool:
    return abs(printed - expected) * 1000 > expected * permille


def _invoiced_lines() -> QuerySet[StatementLine]:
    return StatementLine.objects.filter(statement=OuterRef("pk")).exclude(kind__in=NOT_INVOICED)


def tied_invoices(documents: Collection[str], stage: str, by: User) -> set[str]:
    """Return those of these invoices whose seller is this person's own household, kin or co-operative, for who judges
    them; bringing one's own invoice is nobody's conflict."""
    if stage != "judge":
        return set()
    who = standing(by)
    own = Q(cooperative_id__in={post.organisation_id for post in who.posts})
    if close := who.households | who.kin:
        own |= Q(household_id__in=close)
    keys = [int(name.partition(":")[2]) for name in documents]
    return {f"invoice:{key}" for key in Invoice.objects.filter(own, pk__in=keys).values_list("pk", flat=True)}
