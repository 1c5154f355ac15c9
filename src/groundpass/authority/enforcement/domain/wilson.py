"""The 95 % interval of a share, after Wilson.

Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the
American Statistical Association 22 (1927), 209-212.

It stays between 0 and 1 and says something sensible of 0 out of n, where the usual p ± z·√(p(1-p)/n) says
"exactly 0". It is about chance alone: it knows nothing of what an operator does not tell.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95
Z: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


def interval(numerator: int, denominator: int) -> tuple[float, float]:
    """Lower and upper bound of the share `numerator / denominator`. Raises ValueError where it is none."""
    if not 0 <= numerator <= denominator or denominator == 0:
        raise ValueError(f"{numerator} of {denominator} is no share")
    share, square = numerator / denominator, Z * Z
    middle = share + square / (2 * denominator)
    half = Z * math.sqrt(share * (1 - share) / denominator + square / (4 * denominator**2))
    scale = 1 + square / denominator
    low = 0.0 if numerator == 0 else (middle - half) / scale
    high = 1.0 if numerator == denominator else (middle + half) / scale
    return low, high
