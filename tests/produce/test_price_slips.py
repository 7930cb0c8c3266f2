"""Was it the price of a jin or of a kilogram? Asked both ways, and only where it may be."""

import pytest

from kernel import clock
from produce.models import ReferencePrice
from produce.services.pricing import BadPrice, PriceReasonNeeded, UnusualPrice, check_price
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MON = clock.county_day(MONDAY)


@pytest.fixture
def at_a_yuan(cabbage):
    """Cabbage at 1.00 yuan for 500 g."""
    ReferencePrice.objects.create(produce=cabbage, day=MON, source="县城市场", avg_fen=100)
    return cabbage


def asked(produce, fen, unit_g=500, reason="", sure=False):
    """Return the refusal of this price, or an empty text."""
    try:
        check_price(produce, fen, unit_g, reason=reason, sure=sure, on=MON)
    except (PriceReasonNeeded, UnusualPrice) as refusal:
        return f"{refusal.code} {'kilogram' in str(refusal) or '公斤' in str(refusal)}"
    return ""


@pytest.mark.parametrize(
    ("fen", "answer"),
    [
        (200, "price_reason_needed True"),  # the kilogram's price under a jin
        (169, "price_reason_needed False"),
        (170, "price_reason_needed True"),
        (230, "price_reason_needed True"),
        (231, "price_reason_needed False"),
        (160, "price_reason_needed False"),  # dear, and not by a factor of two
        (300, "price_reason_needed False"),
        (131, "price_reason_needed False"),
        (130, ""),
        (100, ""),
        (60, ""),
        (59, ""),
        (58, "sure_needed True"),  # about half: the jin's price under a kilogram
        (50, "sure_needed True"),
        (44, "sure_needed True"),
        (30, "sure_needed True"),  # far below, whatever the unit
    ],
)
def test_a_slip_of_units_is_asked_about_both_ways(at_a_yuan, fen, answer):
    assert asked(at_a_yuan, fen) == answer


@pytest.mark.parametrize(("fen", "answer"), [(400, "price_reason_needed True"), (100, "sure_needed True"), (200, "")])
def test_a_price_for_a_kilogram_is_held_against_the_same_reference(at_a_yuan, fen, answer):
    assert asked(at_a_yuan, fen, unit_g=1000) == answer


def test_a_reason_or_a_yes_is_enough(at_a_yuan):
    assert asked(at_a_yuan, 200, reason="有机种植") == ""
    assert asked(at_a_yuan, 50, sure=True) == ""
    assert asked(at_a_yuan, 200, sure=True).startswith("price_reason_needed")


def test_without_a_reference_nothing_is_asked(cabbage):
    assert asked(cabbage, 9_999) == ""
    with pytest.raises(BadPrice):
        check_price(cabbage, 0, 500, reason="", sure=True, on=MON)
