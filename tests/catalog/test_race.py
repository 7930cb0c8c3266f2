"""Two hundred buyers at one lot that holds fifty: fifty get theirs. The control shows what a lot without guard does."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from catalog.models import Listing, Movement
from catalog.services import kilos
from catalog.services.kilos import KiloMove, NotEnoughProduce
from tests.factories import MONDAY, a_listing

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
BUYERS, HOLDS, AT_ONCE = 200, 50, 8


@pytest.fixture
def lot(xiuying_household, xiuying, cabbage):
    return a_listing(xiuying_household, cabbage, kg=HOLDS, by=xiuying)


def rush(reserve, lot) -> list[bool]:
    """Let all buyers ask for one kilogram, eight at a time from one starting line; return who got it."""
    start = threading.Barrier(AT_ONCE)

    def buyer(number: int) -> bool:
        try:
            start.wait(timeout=30)
            return reserve(number, lot)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return list(crowd.map(buyer, range(BUYERS)))


def guarded(number: int, lot) -> bool:
    move = KiloMove(lot.pk, "free", "reserved", 1_000, f"allocation:{number}:hold")
    try:
        with transaction.atomic():
            kilos.move_kilos([move], by=lot.made_by, at=MONDAY)
    except NotEnoughProduce:
        return False
    return True


def unguarded(number: int, lot) -> bool:
    """Do the same without the lock and with a total computed beforehand, as a careless shop does."""
    with transaction.atomic():
        row = Listing.objects.get(pk=lot.pk)
        if row.free() < 1_000:
            return False
        Movement.objects.create(
            listing=row,
            reference=f"allocation:{number}:hold",
            source="free",
            target="reserved",
            quantity=1_000,
            by=row.made_by,
            at=MONDAY,
        )
        Listing.objects.filter(pk=row.pk).update(reserved=row.reserved + 1_000)
    return True


def test_of_two_hundred_buyers_exactly_fifty_get_a_kilogram(lot):
    won = rush(guarded, lot)

    lot.refresh_from_db()
    assert (sum(won), lot.reserved, lot.free()) == (HOLDS, HOLDS * 1_000, 0)
    assert Movement.objects.count() == HOLDS


def test_control_without_the_lock_more_is_promised_than_there_is(lot):
    won = rush(unguarded, lot)

    assert sum(won) > HOLDS, "the rush makes no race: the test above proves nothing"
