"""How far two points of the earth lie apart; points are whole millionths of a degree (WGS-84).

Phones sold in China may say where they are by the shifted grid of Chinese maps (GCJ-02), 100 to 700 m beside, without
saying so. What is judged by a distance is given the nearer of the two readings.
"""

from math import asin, cos, pi, radians, sin, sqrt

EARTH_M = 6_371_000
# Of the ellipsoid on which the shift is worked out (Krasovsky 1940): its long half axis in metres, its eccentricity².
_AXIS_M, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943
# Outside of it the maps are not shifted: south, north, west, east in degrees.
_SHIFTED = (0.8293, 55.8271, 72.004, 137.8347)


def metres(first: tuple[int, int], second: tuple[int, int]) -> int:
    """Return the metres between two points (latitude, longitude) as the crow flies: within 0.5 % of the truth."""
    lat_a, lon_a, lat_b, lon_b = (radians(value / 1_000_000) for value in (*first, *second))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return round(2 * EARTH_M * asin(sqrt(half)))


def metres_at_least(said: tuple[int, int], point: tuple[int, int]) -> int:
    """Return the metres between where a phone says it is and a point, by whichever grid it is nearer."""
    return min(metres(said, point), metres(unshifted(said), point))


def unshifted(said: tuple[int, int]) -> tuple[int, int]:
    """Return the point (WGS-84) that Chinese maps (GCJ-02) show as this one, to a metre or two."""
    latitude, longitude = said
    north, east = _shift(latitude, longitude)
    north, east = _shift(latitude - north, longitude - east)  # the shift of the true point, not of the shown one
    return latitude - north, longitude - east


def _shift(latitude: int, longitude: int) -> tuple[int, int]:
    """Return how far Chinese maps put a point north and east of itself, in millionths of a degree.

    The formula is not published by the office that set it; open map programs found this one to hold, as that of
    googollee/eviltransform, whose table of points the test asks.
    """
    lat, lon = latitude / 1_000_000, longitude / 1_000_000
    south, north, west, east = _SHIFTED
    if not (south <= lat <= north and west <= lon <= east):
        return 0, 0
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    up = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    up += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    up += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y / 30.0 * pi)) * 2.0 / 3.0
    right = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    right += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    right += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    flat = 1 - _ECCENTRICITY * sin(radians(lat)) ** 2
    up = up * 180.0 / (_AXIS_M * (1 - _ECCENTRICITY) / (flat * sqrt(flat)) * pi)
    right = right * 180.0 / (_AXIS_M / sqrt(flat) * cos(radians(lat)) * pi)
    return round(up * 1_000_000), round(right * 1_000_000)
