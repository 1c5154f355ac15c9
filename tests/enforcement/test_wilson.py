"""The interval of a share: against published values, and at its edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundpass.authority.enforcement.domain.wilson import interval


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score, no correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_the_interval_is_the_published_one(numerator, denominator, low, high):
    assert interval(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_between_nothing_and_all(pair):
    numerator, denominator = pair
    low, high = interval(numerator, denominator)
    assert 0 <= low <= numerator / denominator <= high <= 1
    other_low, other_high = interval(denominator - numerator, denominator)
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low), abs=1e-9)


@pytest.mark.parametrize("pair", [(0, 0), (1, 0), (2, 1), (-1, 3)])
def test_what_is_no_share_has_no_interval(pair):
    with pytest.raises(ValueError, match="is no share"):
        interval(*pair)
