"""A payout of relief whose process is killed in any step pays each award once; 50 rounds of it are a gate."""

import random

import pytest

from tests.ledger.killed import payout_holds


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_each_step_killed_and_done_again_pays_once(finance_bureau, finance_maker, finance_checker, changxi):
    dice = random.Random(11)

    kills = [payout_holds(finance_bureau, finance_maker, finance_checker, changxi, dice, serial) for serial in range(3)]

    assert sum(kills) >= 6
