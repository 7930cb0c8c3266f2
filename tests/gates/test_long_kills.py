"""Fifty payouts of relief, each step of each killed and done again: every award is paid once."""

import random
import time

import pytest

from tests.gates.conftest import RESULTS
from tests.ledger.killed import payout_holds

ROUNDS = 50


@pytest.mark.django_db(transaction=True)
def test_fifty_payouts_survive_their_process(finance_bureau, finance_maker, finance_checker, changxi):
    dice, began = random.Random(13), time.monotonic()

    kills = sum(
        payout_holds(finance_bureau, finance_maker, finance_checker, changxi, dice, serial) for serial in range(ROUNDS)
    )

    RESULTS["Payouts of relief killed"] = (
        f"{ROUNDS} payouts in {time.monotonic() - began:.0f} s, {kills} steps killed: each award paid once."
    )
    assert kills >= ROUNDS
