"""How a payment leaves: one narrow interface; the county's bank batch, a recorded transfer, and what tests put in.

A gateway is told what to pay under a reference that never changes. It answers paid, failed or not yet known, and may
be asked again: unknown is not failed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Outcome(StrEnum):
    PAID = "paid"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Instruction:
    """One amount to one card under one reference; the same reference is paid at most once."""

    reference: str
    amount_fen: int
    payee_name: str
    card: str
    bank: str


@dataclass(frozen=True)
class Reply:
    outcome: Outcome
    voucher_number: str = ""
    reason: str = ""


class Gateway(Protocol):
    """What a payment channel must be able to do."""

    def pay(self, instruction: Instruction) -> Reply: ...

    def look_up(self, reference: str) -> Reply: ...


def gateway() -> Gateway:
    """Return the county's gateway, as the settings name it."""
    return import_string(settings.PAYMENT_GATEWAY)()


class NoGateway:
    """The county pays by bank file and recorded transfers only."""

    def pay(self, instruction: Instruction) -> Reply:
        return Reply(Outcome.UNKNOWN, reason="no gateway")

    def look_up(self, reference: str) -> Reply:
        return Reply(Outcome.UNKNOWN, reason="no gateway")
