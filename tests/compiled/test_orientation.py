"""On which side of an edge a point lies is never a matter of rounding."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from groundpass.kernel.compiled.orientation import is_left, orientation

degrees = st.floats(-180, 180, allow_nan=False, width=64)
points = st.tuples(degrees, degrees)
# Nobody draws a border to a hundred places behind the point; a report may have any float in it.
drawn = degrees.map(lambda value: value if abs(value) >= 1e-100 else 0.0)
corners = st.tuples(drawn, drawn)


def exactly(a: tuple[float, float], b: tuple[float, float], p: tuple[float, float]) -> int:
    ax, ay, bx, by, px, py = (Fraction(value) for point in (a, b, p) for value in point)
    determinant = (ax - px) * (by - py) - (ay - py) * (bx - px)
    return (determinant > 0) - (determinant < 0)


@given(corners, corners, points)
def test_it_is_exact_anywhere(a, b, p):
    assert orientation(*a, *b, *p) == exactly(a, b, p)


@given(corners, corners, st.floats(0, 1), st.integers(-2, 2), st.integers(-2, 2))
def test_it_is_exact_a_last_digit_beside_the_edge(a, b, share, right, up):
    p = [a[axis] + (b[axis] - a[axis]) * share for axis in (0, 1)]
    for axis, steps in ((0, right), (1, up)):
        for _ in range(abs(steps)):
            p[axis] = float(np.nextafter(p[axis], np.inf if steps > 0 else -np.inf))
    assert orientation(*a, *b, *p) == exactly(a, b, tuple(p))


@given(corners, corners, st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_a_point_on_the_edge_takes_one_side_and_the_reversed_edge_the_other(a, b, share):
    p = tuple(a[axis] + (b[axis] - a[axis]) * share for axis in (0, 1))
    if a != b:
        assert is_left(*a, *b, *p) != is_left(*b, *a, *p)
