"""Supply meets demand: an order, the lots that fill it, and the weight of each lot at every stage.

    order line (asked) → allocation (held) → delivery line (shipped) → receipt line (accepted) → statement line (owed)

Each stage has its own rows and never overwrites the one before. A pending transfer holds the money of an allocation;
each signed receipt posts what was accepted of it and holds what is still to come anew.
"""

from orders.models.approving import ApprovalStep, Reach
from orders.models.basket import Basket, LineTerms, Otherwise
from orders.models.complaining import COMPLAINT_MOVES, About, Complaint, ComplaintStatus, Side
from orders.models.counting import OrderUnit
from orders.models.filing import FundFile
from orders.models.handing import HandOver, HandOverAnswer, HandOverEnd
from orders.models.invoicing import (
    INVOICE_MOVES,
    Differs,
    Invoice,
    InvoiceDifference,
    InvoiceLine,
    InvoiceStatement,
    InvoiceStatus,
)
from orders.models.keeping import KEPT_LOT, KEPT_MOVES, EditReason, KeptLot, KeptPlan, KeptStatus
from orders.models.linking import ReadLink
from orders.models.moving import (
    RECEIPT_MOVES,
    Arrival,
    Delivery,
    DeliveryLine,
    GoodsReceipt,
    ReceiptLine,
    ReceiptStatus,
    RefusalReason,
    Surplus,
    TripPrice,
)
from orders.models.ordering import (
    ALLOCATION_MOVES,
    BY_SELLERS,
    MOVING,
    OPEN,
    ORDER_MOVES,
    Allocation,
    AllocationStatus,
    Amendment,
    OrderLine,
    OrderStatus,
    PurchaseOrder,
    TransportPayer,
)
from orders.models.rating import Rating
from orders.models.returning import RETURN_MOVES, Fate, GoodsReturn, ReturnReason, ReturnStatus
from orders.models.settling import (
    FETCHED,
    TO_COOP,
    EndHow,
    EndStatus,
    LimitReminder,
    LineKind,
    PaymentReminder,
    Recovery,
    RecoveryEnd,
    SettlementStatement,
    StatementLine,
)
from orders.models.texting import TextAnswer

__all__ = [
    "ALLOCATION_MOVES",
    "BY_SELLERS",
    "COMPLAINT_MOVES",
    "FETCHED",
    "INVOICE_MOVES",
    "KEPT_LOT",
    "KEPT_MOVES",
    "MOVING",
    "OPEN",
    "ORDER_MOVES",
    "RECEIPT_MOVES",
    "RETURN_MOVES",
    "TO_COOP",
    "About",
    "Allocation",
    "AllocationStatus",
    "Amendment",
    "ApprovalStep",
    "Arrival",
    "Basket",
    "Complaint",
    "ComplaintStatus",
    "Delivery",
    "DeliveryLine",
    "Differs",
    "EditReason",
    "EndHow",
    "EndStatus",
    "Fate",
    "FundFile",
    "GoodsReceipt",
    "GoodsReturn",
    "HandOver",
    "HandOverAnswer",
    "HandOverEnd",
    "Invoice",
    "InvoiceDifference",
    "InvoiceLine",
    "InvoiceStatement",
    "InvoiceStatus",
    "KeptLot",
    "KeptPlan",
    "KeptStatus",
    "LimitReminder",
    "LineKind",
    "LineTerms",
    "OrderLine",
    "OrderStatus",
    "OrderUnit",
    "Otherwise",
    "PaymentReminder",
    "PurchaseOrder",
    "Rating",
    "Reach",
    "ReadLink",
    "ReceiptLine",
    "ReceiptStatus",
    "Recovery",
    "RecoveryEnd",
    "RefusalReason",
    "ReturnReason",
    "ReturnStatus",
    "SettlementStatement",
    "Side",
    "StatementLine",
    "Surplus",
    "TextAnswer",
    "TransportPayer",
    "TripPrice",
]
