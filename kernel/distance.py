"""How far two points of the earth lie apart; points are whole millionths of a degree (WGS-84)."""

from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_000


def metres(first: tuple[int, int], second: tuple[int, int]) -> int:
    """Return the metres between two points (latitude, longitude) as the crow flies: within 0.5 % of the truth."""
    lat_a, lon_a, lat_b, lon_b = (radians(value / 1_000_000) for value in (*first, *second))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return round(2 * EARTH_M * asin(sqrt(half)))
