"""The money ledger against a pure model: debits equal credits and no purse is overdrawn, in whatever order."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kernel.journal import ReferenceReused
from ledger.models import Account, Transfer
from ledger.services import transfers
from ledger.services.transfers import Hold, NotEnoughMoney, Resolution
from tests.factories import MONDAY

SIDES = ("debits_pending_fen", "debits_posted_fen", "credits_pending_fen", "credits_posted_fen")
serial = itertools.count(1)  # names, over all examples: they share one transaction
amounts = st.integers(1, 300)


class MoneyLedger(RuleBasedStateMachine):
    """Fills two guarded purses, holds, posts and voids towards two payees, beside a model of plain dictionaries."""

    @initialize()
    def accounts(self):
        name = next(serial)

        def opened(what, kind, guarded):
            return transfers.open_account(f"test:{name}:{what}", kind, guarded=guarded).pk

        self.source = opened("source", "source", False)
        self.purses = [opened(f"purse{n}", "fund", True) for n in (1, 2)]
        self.payees = [opened(f"payee{n}", "payable", False) for n in (1, 2)]
        self.ours = [self.source, *self.purses, *self.payees]
        self.model = {pk: dict.fromkeys(SIDES, 0) for pk in self.ours}
        self.open_holds: dict[str, Hold] = {}
        self.done: list[tuple] = []

    def left(self, purse):
        of = self.model[purse]
        return of["credits_posted_fen"] - of["debits_posted_fen"] - of["debits_pending_fen"]

    def apply(self, debit, credit, side, amount):
        self.model[debit][f"debits_{side}_fen"] += amount
        self.model[credit][f"credits_{side}_fen"] += amount

    @rule(purse=st.integers(0, 1), amount=amounts)
    def fill(self, purse, amount):
        values = {
            "reference": f"fill:{next(serial)}",
            "debit_id": self.source,
            "credit_id": self.purses[purse],
            "amount_fen": amount,
        }
        transfers.transfer(**values, at=MONDAY)
        self.apply(self.source, self.purses[purse], "posted", amount)
        self.done.append(("transfer", values))

    @rule(purse=st.integers(0, 1), payee=st.integers(0, 1), amount=amounts)
    def spend(self, purse, payee, amount):
        debit, credit = self.purses[purse], self.payees[payee]
        values = {"reference": f"spend:{next(serial)}", "debit_id": debit, "credit_id": credit, "amount_fen": amount}
        if self.left(debit) < amount:
            with pytest.raises(NotEnoughMoney) as refusal:
                transfers.transfer(**values, at=MONDAY)
            assert refusal.value.left_fen == self.left(debit)
            return
        transfers.transfer(**values, at=MONDAY)
        self.apply(debit, credit, "posted", amount)
        self.done.append(("transfer", values))

    @rule(wanted=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), amounts), min_size=1, max_size=4))
    def hold_all_or_none(self, wanted):
        holds = [Hold(f"hold:{next(serial)}", self.purses[p], self.payees[q], amount) for p, q, amount in wanted]
        needed = {p: sum(h.amount_fen for h in holds if h.debit_id == p) for p in self.purses}
        if any(needed[p] > self.left(p) for p in self.purses):
            with pytest.raises(NotEnoughMoney):
                transfers.hold(holds, at=MONDAY)
            return
        transfers.hold(holds, at=MONDAY)
        for one in holds:
            self.apply(one.debit_id, one.credit_id, "pending", one.amount_fen)
            self.open_holds[one.reference] = one
        self.done.append(("hold", holds))

    @precondition(lambda self: self.open_holds)
    @rule(data=st.data())
    def resolve(self, data):
        name = data.draw(st.sampled_from(sorted(self.open_holds)))
        held = self.open_holds.pop(name)
        posted = data.draw(st.integers(0, held.amount_fen))
        one = Resolution(f"{name}:resolved", name, posted)
        transfers.resolve([one], at=MONDAY)
        self.apply(held.debit_id, held.credit_id, "pending", -held.amount_fen)
        self.apply(held.debit_id, held.credit_id, "posted", posted)
        self.done.append(("resolve", [one]))

    @precondition(lambda self: self.open_holds)
    @rule(data=st.data())
    def more_than_was_held_is_a_bug(self, data):
        held = self.open_holds[data.draw(st.sampled_from(sorted(self.open_holds)))]
        with pytest.raises(ValueError, match="of a hold of"):
            transfers.resolve([Resolution("never", held.reference, held.amount_fen + 1)], at=MONDAY)

    @precondition(lambda self: any(kind == "resolve" for kind, _what in self.done))
    @rule(data=st.data())
    def a_hold_is_resolved_once(self, data):
        [one] = data.draw(st.sampled_from([what for kind, what in self.done if kind == "resolve"]))
        with pytest.raises(IntegrityError), transaction.atomic():
            transfers.resolve([Resolution(f"again:{next(serial)}", one.pending_reference, 0)], at=MONDAY)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def the_same_again_is_nothing(self, data):
        kind, what = data.draw(st.sampled_from(self.done))
        if kind == "transfer":
            transfers.transfer(**what, at=MONDAY)
        else:
            getattr(transfers, kind)(what, at=MONDAY)

    @precondition(lambda self: any(kind == "transfer" for kind, _what in self.done))
    @rule(data=st.data())
    def one_reference_with_other_figures_is_a_bug(self, data):
        values = data.draw(st.sampled_from([what for kind, what in self.done if kind == "transfer"]))
        with pytest.raises(ReferenceReused):
            transfers.transfer(**values | {"amount_fen": values["amount_fen"] + 1}, at=MONDAY)

    @invariant()
    def the_books_say_what_the_model_says(self):
        if not hasattr(self, "model"):
            return
        rows = {row["pk"]: row for row in Account.objects.filter(pk__in=self.ours).values("pk", *SIDES)}
        assert {pk: {side: rows[pk][side] for side in SIDES} for pk in self.ours} == self.model

    @invariant()
    def debits_equal_credits(self):
        if not hasattr(self, "model"):
            return
        sums = Account.objects.filter(pk__in=self.ours).aggregate(*[Sum(side) for side in SIDES])
        assert sums["debits_pending_fen__sum"] == sums["credits_pending_fen__sum"]
        assert sums["debits_posted_fen__sum"] == sums["credits_posted_fen__sum"]

    @invariant()
    def no_purse_is_overdrawn(self):
        for purse in getattr(self, "purses", []):
            assert self.left(purse) >= 0
            assert Account.objects.get(pk=purse).available_fen() == self.left(purse)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "steps"), [(15, 25), pytest.param(60, 40, marks=pytest.mark.gates)])
def test_the_money_ledger_does_what_the_model_does(days, steps):
    run_state_machine_as_test(
        MoneyLedger,
        settings=settings(
            max_examples=days, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"amount_fen": 1}, {"kind": "void"}])
def test_a_transfer_is_never_edited(change):
    from django.db import DatabaseError

    source = transfers.open_account("test:s", "source", guarded=False)
    purse = transfers.open_account("test:p", "fund", guarded=True)
    transfers.transfer(reference="t", debit_id=source.pk, credit_id=purse.pk, amount_fen=5, at=MONDAY)

    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.all().delete()

    assert Transfer.objects.get().amount_fen == 5


@pytest.mark.django_db
def test_control_without_the_services_check_the_database_still_refuses_to_overdraw():
    purse = transfers.open_account("test:p", "fund", guarded=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=purse.pk).update(debits_pending_fen=1)
