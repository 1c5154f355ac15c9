"""On which side of an edge a point lies, exactly.

The float determinant is right whenever it exceeds its error bound (J. R. Shewchuk, "Adaptive precision
floating-point arithmetic and fast robust geometric predicates", 1997, section 4: ccwerrboundA); within the
bound the six products are expanded without rounding error and summed exactly (ibid., sections 2.2-2.5).
Coordinates are degrees, so nothing overflows; those of edges are zero or at least 1e-100, so nothing that
is lifted underflows, however near to zero the point.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

EPSILON: Final = 2.0**-53
BOUND: Final = (3.0 + 16.0 * EPSILON) * EPSILON
TINY: Final = 1e-290  # below it a product may have lost digits to underflow, which no relative bound sees
LIFT: Final = 2.0**400  # an exact factor that keeps every product of `_orientation_exactly` from underflow
SPLITTER: Final = 134217729.0  # 2^27 + 1 splits a float64 in two halves (Dekker 1971)


@njit(cache=True, inline="always")
def _two_product(a: float, b: float) -> tuple[float, float]:
    """Product and its rounding error, exactly."""
    product = a * b
    c = SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


@njit(cache=True)
def _add_exactly(terms: np.ndarray, count: int, term: float) -> int:
    """Add a term to an expansion, smallest parts first, without error; returns how many parts it has now."""
    total = term
    kept = 0
    for place in range(count):
        part = terms[place]
        new = total + part
        back = new - total
        error = (total - (new - back)) + (part - back)
        total = new
        if error != 0.0:
            terms[kept] = error
            kept += 1
    if total != 0.0 or kept == 0:
        terms[kept] = total
        kept += 1
    return kept


@njit(cache=True)
def _orientation_exactly(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Sign of `ax·by - ax·py - px·by - ay·bx + ay·px + py·bx`, which is the determinant multiplied out."""
    terms = np.zeros(16)
    count = 0
    for first, second in ((ax, by), (-ax, py), (-px, by), (-ay, bx), (ay, px), (py, bx)):
        high, low = _two_product(first * LIFT, second * LIFT)
        count = _add_exactly(terms, count, low)
        count = _add_exactly(terms, count, high)
    largest = terms[count - 1]
    return 1 if largest > 0.0 else (-1 if largest < 0.0 else 0)


@njit(cache=True, inline="always")
def orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Say where p lies of the line a → b: +1 left, -1 right, 0 on it. Exact for finite degrees."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    determinant = left - right
    if abs(determinant) > BOUND * (abs(left) + abs(right)) + TINY:
        return 1 if determinant > 0.0 else -1
    return _orientation_exactly(ax, ay, bx, by, px, py)


@njit(cache=True, inline="always")
def is_left(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> bool:
    """Whether p, moved by an infinitesimal (e1, e2) with e2 ≫ e1 > 0, lies left of a → b: never undecided.

    Every count of crossings uses this one perturbation, so that a path through a vertex or along an edge
    crosses as often as one infinitely near it.
    """
    sign = orientation(ax, ay, bx, by, px, py)
    if sign != 0:
        return sign > 0
    if bx != ax:
        return bx > ax
    return by < ay
