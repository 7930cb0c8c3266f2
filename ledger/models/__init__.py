"""The tables of money: accounts and transfers, payables and how they are paid, what came back."""

from ledger.models.arriving import PayeeAnswer
from ledger.models.heirs import HEIR_MOVES, Heir, HeirStatus
from ledger.models.mending import (
    CASE_MOVES,
    CONTRADICTION_MOVES,
    UNMENDED,
    CaseStatus,
    Contradiction,
    ContradictionStatus,
    PayeeSnapshot,
    ReturnCase,
)
from ledger.models.money import (
    BATCH_MOVES,
    LIVE_PAYMENTS,
    PAYMENT_MOVES,
    Account,
    AppliedReturn,
    BankReturn,
    BankReturnLine,
    BatchStatus,
    Payable,
    Payment,
    PaymentStatus,
    PayoutBatch,
    Transfer,
)
from ledger.models.offsets import PayableOffset
from ledger.models.restoring import (
    FROZEN_MOVES,
    RESTORE_MOVES,
    FrozenBatch,
    FrozenStatus,
    Restore,
    RestoreStatus,
)
from ledger.models.showing import CardShown
from ledger.models.statements import BankStatement, StatementEntry

__all__ = [
    "BATCH_MOVES",
    "CASE_MOVES",
    "CONTRADICTION_MOVES",
    "FROZEN_MOVES",
    "HEIR_MOVES",
    "LIVE_PAYMENTS",
    "PAYMENT_MOVES",
    "RESTORE_MOVES",
    "UNMENDED",
    "Account",
    "AppliedReturn",
    "BankReturn",
    "BankReturnLine",
    "BankStatement",
    "BatchStatus",
    "CardShown",
    "CaseStatus",
    "Contradiction",
    "ContradictionStatus",
    "FrozenBatch",
    "FrozenStatus",
    "Heir",
    "HeirStatus",
    "Payable",
    "PayableOffset",
    "PayeeAnswer",
    "PayeeSnapshot",
    "Payment",
    "PaymentStatus",
    "PayoutBatch",
    "Restore",
    "RestoreStatus",
    "ReturnCase",
    "StatementEntry",
    "Transfer",
]
