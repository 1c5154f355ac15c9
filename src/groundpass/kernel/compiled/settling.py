"""How many reports in a row each terminal has been inside each territory in which it settles first.

The compiled twin of `engine/following.py`, where the rule stands.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

MOST: Final = 65_535  # reports that are counted

Bools = npt.NDArray[np.bool_]


@njit(cache=True, nogil=True)
def count_inside(
    index: npt.NDArray[np.uint32],
    ns: npt.NDArray[np.int64],
    located: Bools,
    inside: Bools,
    need: npt.NDArray[np.uint16],
    last_ns: npt.NDArray[np.int64],
    counts: npt.NDArray[np.uint16],
    out: Bools,
) -> None:
    """Take the rows in the order of their times; writes `last_ns`, `counts` and `out`.

    index: uint32[n] into counts · ns: int64[n] · located: bool[n] · inside: bool[n, s] · need: uint16[s]
    last_ns: int64[k], of the last report, below every time where there was none · counts: uint16[k, s]
    out: bool[n, s], whether the terminal has come under the territory by the row.
    """
    for row in range(len(index)):
        i = index[row]
        counted = ns[row] > last_ns[i]
        if counted:
            last_ns[i] = ns[row]
        for place in range(len(need)):
            if counted and located[row]:
                counts[i, place] = min(counts[i, place] + 1, MOST) if inside[row, place] else 0
            out[row, place] = counts[i, place] >= need[place]
