"""A bank that tests can make say anything: payments and replies come from factory_boy, no network and no money."""

import itertools
from collections import Counter

import factory

from ledger.gateways import Instruction, Outcome, Reply
from ledger.services import payments
from tests.factories import FRIDAY

_vouchers = itertools.count(1)


class ReplyFactory(factory.Factory):
    """What the bank says: paid, unless a trait says otherwise."""

    class Meta:
        model = Reply

    outcome = Outcome.PAID
    voucher_number = factory.LazyFunction(lambda: f"MOCK{next(_vouchers):06d}")

    class Params:
        failed = factory.Trait(outcome=Outcome.FAILED, voucher_number="", reason="卡已注销")
        unknown = factory.Trait(outcome=Outcome.UNKNOWN, voucher_number="")


class MockGateway:
    """Remembers what was paid under which reference; a reference pays once, however often it is sent.

    `behaviour` says what happens to the next payments: paid, failed, unknown (nothing was done), lost (it was paid,
    and the reply never came), down (the line broke before it was heard).
    """

    book: dict[str, Reply] = {}
    money_moved: Counter = Counter()
    behaviour: list[str] = []

    @classmethod
    def reset(cls, *behaviour: str):
        cls.book, cls.money_moved, cls.behaviour = {}, Counter(), list(behaviour)

    def pay(self, instruction: Instruction) -> Reply:
        now = self.behaviour.pop(0) if self.behaviour else "paid"
        if now == "down":
            raise ConnectionError("no line to the bank")
        known = self.book.get(instruction.reference)
        if known is not None:
            return known
        if now == "unknown":
            return ReplyFactory(unknown=True)
        reply = self.book[instruction.reference] = ReplyFactory(failed=now == "failed")
        if reply.outcome == Outcome.PAID:
            self.money_moved[instruction.card] += instruction.amount_fen
        return ReplyFactory(unknown=True) if now == "lost" else reply

    def look_up(self, reference: str) -> Reply:
        return self.book.get(reference) or ReplyFactory(unknown=True)


class PaymentFactory(factory.Factory):
    """A payment of `payable`, sent through the mock gateway by the services; `behaviour` is what the bank does."""

    class Meta:
        model = dict

    behaviour = "paid"
    at = FRIDAY

    @classmethod
    def _create(cls, model_class, *, payable, by, behaviour, at):
        MockGateway.behaviour.insert(0, behaviour)
        return payments.pay_through_gateway(payable, by=by, at=at)
