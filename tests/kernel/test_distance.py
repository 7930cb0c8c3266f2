"""How far two points lie apart, and what of it may be the shifted grid of Chinese maps."""

import pytest

from kernel.distance import metres, metres_at_least, unshifted

# Points on the earth and where Chinese maps show them: the published table of googollee/eviltransform.
SHOWN = [
    ((31_177_428, 121_527_211), (31_175_304, 121_531_542)),
    ((22_543_847, 113_912_316), (22_540_796, 113_917_176)),
    ((39_911_954, 116_377_817), (39_913_345, 116_384_047)),
]


@pytest.mark.parametrize(("true", "shown"), SHOWN)
def test_a_point_of_a_shifted_map_is_found_again(true, shown):
    assert metres(unshifted(shown), true) <= 1
    assert metres(shown, true) > 400


@pytest.mark.parametrize(("true", "shown"), SHOWN)
def test_by_whichever_grid_a_phone_speaks_it_stands_where_it_stands(true, shown):
    assert metres_at_least(true, true) == 0
    assert metres_at_least(shown, true) <= 1


def test_elsewhere_maps_are_not_shifted():
    for point in ((48_137_000, 11_575_000), (0, 0), (-90_000_000, 180_000_000)):
        assert unshifted(point) == point
