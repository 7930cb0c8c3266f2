"""Columns that count from zero, where no check of ours says more: the database refuses a count below it."""

import pytest

from accounts.models import Channel, InboundMessage, Message, Place, RegisterFile, RegisterFileRow
from canteens.models import (
    Canteen,
    CanteenSize,
    Menu,
    MenuDish,
    MenuPart,
    ShareDeclaration,
    ShareException,
    ShareReason,
    ShareReminder,
    UnionAllowance,
)
from catalog.models import Listing, PriceChange
from ledger.models import BankReturn, BankReturnLine, PayeeSnapshot, Payment, PayoutBatch, Restore, StatementEntry
from losses.models import (
    CallDraw,
    ClaimFigure,
    ClaimRound,
    Computation,
    LossClaim,
    RecoveryInstalment,
    RehearsalCell,
    ReinspectionDraw,
    ReliefScheme,
    SampleDraw,
    Visit,
)
from orders.models import (
    Allocation,
    DeliveryLine,
    FundFile,
    HandOver,
    HandOverEnd,
    KeptPlan,
    LimitReminder,
    OrderLine,
    PaymentReminder,
    ReadLink,
    ReceiptLine,
)
from produce.models import Grade, Produce, ProduceCategory, ReferencePrice
from records.models import Job, NoticeLine, NumberLetter, PhotoLook, PhotoMatch, PublicNotice, StoredFile
from registers.models import RegisterChangeRow
from selling.models import EntrySheet
from tests.guards.cases import Check, owns, refuses_each_change

COUNTS = [
    (Place, "radius_m"),
    (Channel, "position"),
    (Message, "tries"),
    (InboundMessage, "tries"),
    (RegisterFile, "rows"),
    (RegisterFile, "registered"),
    (RegisterFileRow, "position"),
    (RegisterFileRow, "people"),
    (RegisterChangeRow, "position"),
    (Canteen, "heads"),
    (Canteen, "union_members"),
    (CanteenSize, "heads"),
    (CanteenSize, "union_members"),
    (ShareDeclaration, "turn"),
    (ShareException, "turn"),
    (ShareException, "year"),
    (UnionAllowance, "turn"),
    (ShareReason, "year"),
    (ShareReminder, "told"),
    (ProduceCategory, "position"),
    (Produce, "position"),
    (Produce, "shelf_days_cold"),
    (Produce, "yield_g_per_mu"),
    (Grade, "position"),
    (ReferencePrice, "low_fen"),
    (ReferencePrice, "high_fen"),
    (EntrySheet, "price_fen"),
    (EntrySheet, "price_unit_g"),
    (Listing, "pack_g"),
    (PriceChange, "price_fen"),
    (PriceChange, "price_unit_g"),
    (RehearsalCell, "rows"),
    (PayoutBatch, "lines"),
    (Payment, "line_no"),
    (Payment, "arrivals"),
    (PayeeSnapshot, "number"),
    (RecoveryInstalment, "number"),
    (Restore, "number"),
    (BankReturn, "lines"),
    (BankReturnLine, "line_no"),
    (StatementEntry, "entry_no"),
    (ReliefScheme, "min_loss_g"),
    (LossClaim, "round"),
    (SampleDraw, "round"),
    (CallDraw, "round"),
    (ReinspectionDraw, "awards"),
    (ClaimRound, "round"),
    (ClaimFigure, "round"),
    (Visit, "round"),
    (Computation, "round"),
    (Computation, "rate_fen"),
    (Computation, "rate_unit_g"),
    (OrderLine, "position"),
    (OrderLine, "ceiling_fen_per_kg"),
    (KeptPlan, "number"),
    (Allocation, "price_unit_g"),
    (DeliveryLine, "pieces"),
    (HandOver, "pieces"),
    (HandOverEnd, "back_pieces"),
    (ReceiptLine, "accepted_pieces"),
    (PaymentReminder, "told"),
    (Menu, "turn"),
    (MenuDish, "position"),
    (MenuPart, "position"),
    (LimitReminder, "told"),
    (FundFile, "deliveries"),
    (FundFile, "tries"),
    (ReadLink, "looks"),
    (StoredFile, "width"),
    (StoredFile, "height"),
    (PhotoLook, "compared"),
    (PhotoMatch, "points"),
    (PublicNotice, "working_days"),
    (NoticeLine, "line_no"),
    (NumberLetter, "number"),
    (NoticeLine, "quantity_g"),
    (NoticeLine, "amount_fen"),
    (Job, "done"),
    (Job, "total"),
]


def below_zero(model, column):
    name = f"{model._meta.db_table}({column})"
    return owns(f"check {name}", Check(name, model, ({column: -1},)))


@pytest.mark.parametrize("case", [below_zero(*counted) for counted in COUNTS])
def test_nothing_is_counted_below_zero(case):
    refuses_each_change(case)
