"""How sure a figure is: the interval of a share after Wilson, of a median by drawing again.

The share's interval is the one that the authority's effect page uses (there from a module of its own: the
authority and the operator share formats, never code paths).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

CONFIDENCE: Final = 0.95
DRAWS: Final = 2000
_Z: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_CELLS: Final = 4_000_000  # draws at a time


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """The 95 % interval of `part` of `whole`; None of nothing. Raises ValueError where it is no share."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    if not whole:
        return None
    share, square = part / whole, _Z * _Z
    middle = share + square / (2 * whole)
    half = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    low = 0.0 if part == 0 else (middle - half) / scale
    high = 1.0 if part == whole else (middle + half) / scale
    return low, high


def median_interval(values: npt.NDArray[np.float64], seed: int) -> tuple[float, float] | None:
    """The 95 % interval of a median, by drawing as many values again, with replacement; None of nothing."""
    if not len(values):
        return None
    rng = np.random.default_rng([seed, len(values)])
    at_once = max(1, _CELLS // len(values))
    medians: list[npt.NDArray[np.float64]] = []
    for done in range(0, DRAWS, at_once):
        drawn = rng.integers(0, len(values), (min(at_once, DRAWS - done), len(values)))
        medians.append(np.median(values[drawn], axis=1))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.concatenate(medians), [tail, 1 - tail])
    return float(low), float(high)
