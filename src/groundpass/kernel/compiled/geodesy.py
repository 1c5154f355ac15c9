"""Distances of places in whole numbers of 1e-7 degree, on WGS84.

By the ellipsoid's own radii at the middle latitude, and by Lambert's formula from 100 km or from 2 degrees of
longitude on: within 0.01 % of the geodesic, and 0.5 % over the last degree before the antipode.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

RADIAN: Final = 1e-7 * math.pi / 180.0
TURN: Final = 3_600_000_000
AXIS: Final = 6378137.0  # m, WGS84
FLAT: Final = 0.0066943799901413165  # WGS84, first eccentricity squared
FLATTENING: Final = 1 / 298.257223563  # WGS84
LONG: Final = 100_000.0  # m
WIDE: Final = 20_000_000  # 2 degrees of longitude: near a pole they are short and far from straight
OPPOSITE: Final = 3.12  # rad: beyond it Lambert's formula has no meaning


@njit(cache=True)
def _far(lat_1: np.int64, lat_2: np.int64, east: float) -> float:
    """Lambert's formula for long lines (Andoyer-Lambert, with reduced latitudes), in m."""
    one = math.atan((1.0 - FLATTENING) * math.tan(lat_1 * RADIAN))
    two = math.atan((1.0 - FLATTENING) * math.tan(lat_2 * RADIAN))
    half = math.sin((two - one) / 2) ** 2 + math.cos(one) * math.cos(two) * math.sin(east / 2) ** 2
    angle = 2.0 * math.asin(min(1.0, math.sqrt(half)))
    if angle == 0.0 or angle > OPPOSITE:
        return AXIS * angle
    middle = (one + two) / 2
    apart = (two - one) / 2
    less = (angle - math.sin(angle)) * (math.sin(middle) * math.cos(apart)) ** 2 / math.cos(angle / 2) ** 2
    more = (angle + math.sin(angle)) * (math.cos(middle) * math.sin(apart)) ** 2 / math.sin(angle / 2) ** 2
    return AXIS * (angle - FLATTENING / 2 * (less + more))


@njit(cache=True, inline="always")
def metres(lat_1: np.int64, lon_1: np.int64, lat_2: np.int64, lon_2: np.int64) -> tuple[float, float, float]:
    """Distance, eastward and northward part, in m."""
    across = lon_2 - lon_1
    if across > TURN // 2:
        across -= TURN
    elif across < -TURN // 2:
        across += TURN
    up = (lat_2 - lat_1) * RADIAN
    east = across * RADIAN
    sine = math.sin((lat_1 + lat_2) * (0.5 * RADIAN))
    w = 1.0 - FLAT * sine * sine
    normal = AXIS / math.sqrt(w)
    x = normal * math.sqrt(1.0 - sine * sine) * east
    y = normal * (1.0 - FLAT) / w * up
    distance = math.sqrt(x * x + y * y)
    if distance >= LONG or abs(across) > WIDE:
        distance = _far(lat_1, lat_2, east)
    return distance, x, y


@njit(cache=True)
def distances(lat_1: Ints, lon_1: Ints, lat_2: Ints, lon_2: Ints) -> Floats:
    """Distances of columns of places, in m."""
    out = np.empty(len(lat_1), np.float64)
    for row in range(len(lat_1)):
        out[row], _, _ = metres(lat_1[row], lon_1[row], lat_2[row], lon_2[row])
    return out
