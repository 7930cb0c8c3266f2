"""The kilo ledger against a pure model: whatever is asked in whatever order, no kilo is ever counted twice."""

import itertools

import pytest
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

from catalog.models import Listing, Movement
from catalog.services import kilos, listings
from catalog.services.kilos import KiloMove, NotEnoughProduce, NotOnSale
from kernel.journal import ReferenceReused
from produce.models import Produce, ProduceCategory
from tests import factories
from tests.factories import MONDAY

SIDES = ("reserved", "sold", "claimed", "written_off", "withdrawn")
LISTED = 100
serial = itertools.count(1)  # names of movements, over all examples: they share one transaction
amounts = st.integers(1, LISTED + 20)

# What documents do to kilos: from which total to which.
EDGES = [
    ("free", "reserved"),
    ("reserved", "free"),
    ("reserved", "sold"),
    ("free", "claimed"),
    ("claimed", "free"),
    ("claimed", "written_off"),
    ("free", "written_off"),
    ("free", "withdrawn"),
]


class KiloLedger(RuleBasedStateMachine):
    """Lists two lots and moves their grams about, beside a model that is two dictionaries."""

    @initialize()
    def two_lots(self):
        township = factories.a_place("360735102000", "township", "屏山镇")
        village = factories.a_place("360735102208", "village", "长溪村委会", township)
        category, _new = ProduceCategory.objects.get_or_create(
            code="vegetable", defaults={"name_zh": "蔬菜", "name_en": "Vegetables", "position": 1}
        )
        produce, _new = Produce.objects.get_or_create(
            code="cabbage",
            defaults={
                "name": "包菜",
                "name_en": "Cabbage",
                "category": category,
                "pinyin": "baocai",
                "initials": "bc",
                "shelf_days": 10,
                "shelf_days_cold": 60,
            },
        )
        household = factories.a_household(village)
        self.lots = [factories.a_listing(household, produce, kg="0.1") for _lot in range(2)]
        self.by = self.lots[0].made_by
        self.model = {lot.pk: dict.fromkeys(SIDES, 0) for lot in self.lots}
        self.on_sale = {lot.pk: True for lot in self.lots}
        self.moved: list[KiloMove] = []

    def free(self, pk):
        return LISTED - sum(self.model[pk].values())

    def holds(self, pk, side):
        return self.free(pk) if side == "free" else self.model[pk][side]

    def apply(self, move):
        if move.source != "free":
            self.model[move.listing_id][move.source] -= move.quantity
        if move.target != "free":
            self.model[move.listing_id][move.target] += move.quantity

    def possible(self, move):
        opens = (move.source, move.target) == ("free", "reserved")
        return self.holds(move.listing_id, move.source) >= move.quantity and (
            not opens or self.on_sale[move.listing_id]
        )

    @rule(lot=st.integers(0, 1), edge=st.sampled_from(EDGES), quantity=amounts)
    def move(self, lot, edge, quantity):
        move = KiloMove(self.lots[lot].pk, *edge, quantity, f"test:{next(serial)}")
        if self.possible(move):
            kilos.move_kilos([move], by=self.by, at=MONDAY)
            self.apply(move)
            self.moved.append(move)
        else:
            with pytest.raises((NotEnoughProduce, NotOnSale)):
                kilos.move_kilos([move], by=self.by, at=MONDAY)

    @rule(first=amounts, second=amounts)
    def reserve_of_both_or_of_none(self, first, second):
        number = next(serial)
        moves = [
            KiloMove(lot.pk, "free", "reserved", quantity, f"both:{number}:{lot.pk}")
            for lot, quantity in zip(self.lots, (first, second), strict=True)
        ]
        if all(self.possible(move) for move in moves):
            kilos.move_kilos(moves, by=self.by, at=MONDAY)
            for move in moves:
                self.apply(move)
            self.moved += moves
        else:
            with pytest.raises((NotEnoughProduce, NotOnSale)):
                kilos.move_kilos(moves, by=self.by, at=MONDAY)

    @precondition(lambda self: self.moved)
    @rule(data=st.data())
    def the_same_again_is_nothing(self, data):
        kilos.move_kilos([data.draw(st.sampled_from(self.moved))], by=self.by, at=MONDAY)

    @precondition(lambda self: self.moved)
    @rule(data=st.data())
    def the_same_name_for_other_kilos_is_a_bug(self, data):
        move = data.draw(st.sampled_from(self.moved))
        other = KiloMove(move.listing_id, move.source, move.target, move.quantity + 1, move.reference)
        with pytest.raises(ReferenceReused):
            kilos.move_kilos([other], by=self.by, at=MONDAY)

    @rule(lot=st.integers(0, 1), quantity=st.none() | amounts)
    def withdraw(self, lot, quantity):
        pk = self.lots[lot].pk
        taken = self.free(pk) if quantity is None else quantity
        if 0 < taken <= self.free(pk):
            listings.withdraw(self.lots[lot], reason="eaten", quantity=quantity, by=self.by, at=MONDAY)
            self.on_sale[pk] = self.on_sale[pk] and taken < self.free(pk)
            self.model[pk]["withdrawn"] += taken
        else:
            with pytest.raises((NotEnoughProduce, listings.NothingFree)):
                listings.withdraw(self.lots[lot], reason="eaten", quantity=quantity, by=self.by, at=MONDAY)

    @invariant()
    def totals_are_the_model_and_the_movements_replay_to_them(self):
        for lot in getattr(self, "lots", []):
            row = Listing.objects.get(pk=lot.pk)
            totals = {side: getattr(row, side) for side in SIDES}
            assert totals == self.model[lot.pk]
            assert row.free() >= 0 and all(total >= 0 for total in totals.values())
            assert (row.status == "on_sale") == self.on_sale[lot.pk]
            replayed = dict.fromkeys(("free", *SIDES), 0)
            for source, target, quantity in Movement.objects.filter(listing=lot).values_list(
                "source", "target", "quantity"
            ):
                replayed[source] -= quantity
                replayed[target] += quantity
            assert replayed.pop("free") == row.free() - row.listed
            assert replayed == totals


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "steps"), [(10, 25), pytest.param(40, 40, marks=pytest.mark.gates)])
def test_no_kilo_is_counted_twice(days, steps):
    run_state_machine_as_test(
        KiloLedger,
        settings=settings(
            max_examples=days, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
