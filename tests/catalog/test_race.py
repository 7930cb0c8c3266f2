"""Two hundred buyers at one lot that holds fifty: fifty get theirs. The control shows what a lot without guard does."""

import pytest
from django.db import transaction

from catalog.models import Listing, Movement
from catalog.services import kilos
from catalog.services.kilos import KiloMove
from tests.factories import MONDAY, a_listing
from tests.races.crowd import Meeting, rush, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
BUYERS, HOLDS = 200, 50


@pytest.fixture
def lot(xiuying_household, xiuying, cabbage):
    return a_listing(xiuying_household, cabbage, kg=HOLDS, by=xiuying)


def guarded(number: int, lot) -> None:
    move = KiloMove(lot.pk, "free", "reserved", 1_000, f"allocation:{number}:hold")
    with transaction.atomic():
        kilos.move_kilos([move], by=lot.made_by, at=MONDAY)


def unguarded(number: int, lot, both_have_read: Meeting) -> None:
    """Do the same without the lock and with a total computed beforehand, as a careless shop does."""
    with transaction.atomic():
        row = Listing.objects.get(pk=lot.pk)
        both_have_read.first_time()
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


def test_of_two_hundred_buyers_exactly_fifty_get_a_kilogram(lot):
    met = rush(lambda number: guarded(number, lot), range(BUYERS))

    lot.refresh_from_db()
    assert met == {"done": HOLDS, "refused in words": BUYERS - HOLDS}
    assert (lot.reserved, lot.free()) == (HOLDS * 1_000, 0)
    assert Movement.objects.count() == HOLDS


def test_control_without_the_lock_two_are_promised_what_is_counted_once(lot):
    both_have_read = Meeting()

    met = side_by_side(*[lambda number=number: unguarded(number, lot, both_have_read) for number in range(2)])

    lot.refresh_from_db()
    assert met == {"done": 2}
    assert (lot.reserved, Movement.objects.count()) == (1_000, 2)
