"""The file of a delivery, or of a fund over some days: every document behind the money, in few questions."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Role, Somebody
from accounts.selectors import standing
from canteens.models import Fund
from canteens.selectors.plan_papers import PlanPapers, papers_of
from catalog.models import Paper, PaperStatus
from catalog.selectors.papers import CONFORMITY, QUARANTINE
from ledger.selectors import posted_sums
from orders.models import (
    Allocation,
    Delivery,
    DeliveryLine,
    GoodsReceipt,
    GoodsReturn,
    HandOver,
    Invoice,
    InvoiceStatement,
    LineKind,
    OrderLine,
    PurchaseOrder,
    ReadLink,
    ReceiptLine,
    ReceiptStatus,
    SettlementStatement,
    StatementLine,
)
from orders.selectors.invoices import LIVE_INVOICES
from orders.selectors.resharing import Reshared, reshared
from orders.selectors.scale import roles_of
from orders.selectors.statements import CARTED, MONEY_ROLES
from records.models import Attachment, Participation

MOST_LINKS = 20  # shown of a fund
MOST_AT_ONCE = 20  # deliveries in a file made while somebody waits
LISTING = "receipt_line__allocation__listing"
SELLERS = ("listing__produce", "listing__village", "listing__household", "listing__cooperative")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The documents of some trips, each kind the oldest first; of one fund, or of all that paid for them."""

    orders: list[PurchaseOrder]
    lines: list[OrderLine]
    hands: list[Participation]
    lots: list[Allocation]
    papers: dict[int, list[Paper]]  # those that count, by their lot
    hand_overs: list[HandOver]
    trips: list[Delivery]
    loads: list[DeliveryLine]
    receipts: list[GoodsReceipt]
    weighed: list[ReceiptLine]
    photos: list[Attachment]
    sheet_photos: list[Attachment]  # of the signed lists of plans: they show who signed
    papers_of_plans: PlanPapers
    returns: list[GoodsReturn]
    statements: list[SettlementStatement]
    stated: list[StatementLine]
    reshared: list[Reshared]
    posted: dict[str, int]  # what the ledger says of each transfer that a statement names


@dataclass(frozen=True, slots=True)
class Agreement:
    """One sum as the papers say it and as the ledger, or the scale, says it."""

    what: str
    papers: int
    books: int

    @property
    def agrees(self) -> bool:
        return self.papers == self.books


def reads_dossiers(user: Somebody, buyer_id: int) -> bool:
    """Return whether this person reads a buyer's files: whoever has to do with its money, and the auditor."""
    place = standing(user)
    return place.has(Role.AUDITOR) or buyer_id in place.organisations(*MONEY_ROLES)


def funds_of_files(user: Somebody) -> QuerySet[Fund]:
    """Return the funds of the buyers this person works for with money, the newest first."""
    own = Fund.objects.filter(organisation_id__in=standing(user).organisations(*MONEY_ROLES))
    return own.select_related("organisation").order_by("-fiscal_year", "pk")


def links_of(fund: Fund) -> QuerySet[ReadLink]:
    """Return the links to a fund's file, the newest first."""
    return ReadLink.objects.filter(fund=fund).select_related("by__person").order_by("-pk")[:MOST_LINKS]


def trips_of_period(fund: Fund, first: dt.date, last: dt.date) -> QuerySet[Delivery]:
    """Return the trips with goods paid from a fund that were signed for on these days."""
    receipts = GoodsReceipt.objects.filter(status=ReceiptStatus.SIGNED, signed_on__range=(first, last))
    carried = DeliveryLine.objects.filter(allocation__order__fund=fund, delivery__receipts__in=receipts)
    return Delivery.objects.filter(pk__in=carried.values("delivery")).order_by("pk")


def invoices_of(statements: Iterable[SettlementStatement]) -> dict[int, list[Invoice]]:
    """Return the invoices of each of these statements by its key, but for those sent back."""
    kept: dict[int, list[Invoice]] = {statement.pk: [] for statement in statements}
    links = InvoiceStatement.objects.filter(statement__in=kept, invoice__status__in=LIVE_INVOICES)
    for link in links.select_related("invoice").order_by("pk"):
        kept[link.statement_id].append(link.invoice)
    return kept


def gathered(trips: Iterable[int], fund: Fund | None = None) -> Gathered:
    """Return all documents of these trips, as many questions whatever their number."""
    keys = list(trips)
    paid = {} if fund is None else {"allocation__order__fund": fund}
    loads = list(
        DeliveryLine.objects.filter(delivery__in=keys, **paid)
        .select_related("delivery", "allocation__order", *(f"allocation__{name}" for name in SELLERS))
        .order_by("pk")
    )
    lots = list({load.allocation_id: load.allocation for load in loads}.values())
    orders = list(
        PurchaseOrder.objects.filter(pk__in={lot.order_id for lot in lots})
        .select_related("buyer__channel", "fund", "requester__person")
        .order_by("pk")
    )
    receipts = GoodsReceipt.objects.filter(delivery__in=keys).exclude(status=ReceiptStatus.VOID)
    receipts = receipts.select_related("delivery", "weighed_by__person", "signed_by__person").order_by("pk")
    weighed = list(
        ReceiptLine.objects.filter(receipt__in=receipts, allocation__in=lots)
        .select_related("receipt", "allocation__order", *(f"allocation__{name}" for name in SELLERS))
        .order_by("pk")
    )
    statements = _statements(keys, fund)
    stated = _stated(statements)
    returns = list(
        GoodsReturn.objects.filter(receipt_line__in=weighed)
        .select_related(*(f"receipt_line__allocation__{name}" for name in ("order", *SELLERS)))
        .order_by("pk")
    )
    hand_overs = list(
        HandOver.objects.filter(allocation__in=lots)
        .select_related("carrier", "taken_by__person", "answer", "end")
        .select_related(*(f"allocation__{name}" for name in ("order", *SELLERS)))
        .order_by("pk")
    )
    plans = papers_of(row.purchase_plan_id for row in orders if row.purchase_plan_id is not None)
    documents = [receipt.reference for receipt in receipts] + plans.references()
    documents += [row.reference for row in returns] + [row.reference for row in hand_overs]
    photos = _photos([*documents, *plans.list_references()], (lot.pk for lot in lots))
    sheets = set(plans.list_references())
    return Gathered(
        orders=orders,
        lines=list(
            OrderLine.objects.filter(order__in=orders).select_related("order", "produce", "grade").order_by("pk")
        ),
        hands=list(Participation.objects.filter(document__in=[row.reference for row in orders]).order_by("at", "pk")),
        lots=lots,
        papers=_papers(lots),
        hand_overs=hand_overs,
        trips=list(Delivery.objects.filter(pk__in=keys).select_related("buyer", "arrival", "carrier").order_by("pk")),
        loads=loads,
        receipts=list(receipts),
        weighed=weighed,
        photos=[row for row in photos if row.document not in sheets],
        sheet_photos=[row for row in photos if row.document in sheets],
        papers_of_plans=plans,
        returns=returns,
        statements=statements,
        stated=stated,
        reshared=reshared(orders),
        posted=posted_sums(_references(stated)),
    )


def lacking_papers(lot: Allocation, papers: Iterable[Paper]) -> list[str]:
    """Return which papers that travel with such goods a lot does not have."""
    has = {paper.kind for paper in papers}
    return [kind for kind in (CONFORMITY, QUARANTINE) if kind in lot.listing.produce.papers and kind not in has]


def agreements(found: Gathered) -> list[Agreement]:
    """Return what the papers say beside what the scale and the ledger say, sum by sum."""
    goods = [line for line in found.stated if line.kind == LineKind.GOODS]
    moved = [line for line in found.stated if line.kind not in (LineKind.GOODS, LineKind.CARRIED)]
    signed = {row.pk for row in found.receipts if row.status == ReceiptStatus.SIGNED}
    accepted_g = sum(line.accepted_g for line in found.weighed if line.receipt_id in signed)
    payables = [row.payable for row in found.statements if row.payable is not None]
    return [
        Agreement("weight", sum(line.weight_g for line in goods), accepted_g),
        Agreement(
            "goods",
            sum(line.amount_fen for line in goods),
            sum(found.posted.get(name, 0) for line in goods for name in _transfers(line)),
        ),
        Agreement(
            "moved",
            sum(abs(line.amount_fen) for line in moved),
            sum(found.posted.get(line.transfer, 0) for line in moved),
        ),
        Agreement(
            "statements",
            sum(row.total_fen for row in found.statements),
            sum(line.amount_fen for line in found.stated),
        ),
        Agreement(
            "payables",
            sum(max(row.total_fen, 0) for row in found.statements),
            sum(row.amount_fen for row in payables),
        ),
    ]


def _statements(trips: list[int], fund: Fund | None) -> list[SettlementStatement]:
    rows = SettlementStatement.objects.filter(delivery__in=trips)
    rows = rows if fund is None else rows.filter(fund=fund)
    rows = rows.select_related("buyer", "fund", "delivery", "household", "cooperative", "carrier", "payable")
    return list(rows.prefetch_related("payable__payments", "payable__offsets").order_by("pk"))


def _stated(statements: list[SettlementStatement]) -> list[StatementLine]:
    rows = StatementLine.objects.filter(statement__in=statements).select_related(
        "statement",
        f"{LISTING}__produce",
        "receipt_line__allocation__line__produce",
        "mandate__cooperative",
        "mandate__household",
        "goods_return",
        "carries",
        *CARTED,
    )
    return list(rows.order_by("statement", "pk"))


def _papers(lots: list[Allocation]) -> dict[int, list[Paper]]:
    by_lot: dict[int, list[Paper]] = defaultdict(list)
    rows = Paper.objects.filter(listing__in={lot.listing_id for lot in lots}, status=PaperStatus.VALID)
    for paper in rows.order_by("pk"):
        by_lot[paper.listing_id].append(paper)
    return by_lot


def _photos(documents: Iterable[str], lots: Iterable[int]) -> list[Attachment]:
    """Return the photos of these documents but for those that show a lot which is none of these."""
    rows = Attachment.objects.filter(document__in=list(documents)).select_related("file").order_by("pk")
    roles = set(roles_of(lots))
    return [row for row in rows if ":" not in row.role or row.role in roles]


def _references(stated: Iterable[StatementLine]) -> list[str]:
    return [name for line in stated for name in _transfers(line)]


def _transfers(line: StatementLine) -> list[str]:
    """Return the names under which the money of a line moved: goods above what was held moved a second time."""
    if line.kind == LineKind.GOODS:
        return [f"receipt-line:{line.receipt_line_id}:accepted", f"receipt-line:{line.receipt_line_id}:more"]
    return [line.transfer] if line.transfer else []
