"""A batch of reports in the units of the tracks, in one pass over its columns.

Places are whole numbers of 1e-7 degree, uncertainties of a decimetre, rounded up. What only a cell can
place is left without a place, and said so in `odd`.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from groundpass.kernel.compiled.terminals import NONE
from groundpass.kernel.compiled.tracks import NOWHERE, VAGUE

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Shorts = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.uint32]

DEGREE: Final = 1e7  # units of place
DECIMETRES: Final = 10.0  # a metre
POLE: Final = 90.0
HALF_TURN: Final = 180.0


@njit(cache=True, nogil=True)
def fix_reports(
    number: Numbers,
    time_ns: Ints,
    lat: Floats,
    lon: Floats,
    radius: Floats,
    speed: Floats,
    law: Shorts,
    laws: Shorts,
    last_ns: int,
    coarse: float,
    widest: float,
    row: Ints,
    out_number: Numbers,
    out_ns: Ints,
    out_lat: npt.NDArray[np.int32],
    out_lon: npt.NDArray[np.int32],
    out_unsure: Shorts,
    out_speed: npt.NDArray[np.float32],
    out_law: Shorts,
    odd: Ints,
) -> tuple[int, int, bool]:
    """Write the rows that are fixes; how many, how many of them are `odd`, whether they are in order of time.

    law: uint16[n] into `laws`, which gives the numbers of caps · last_ns: times from it on are no fixes
    coarse, widest: m, above which an uncertainty is no evidence, and no place · odd: int64[n], room.
    """
    count = 0
    oddities = 0
    ordered = True
    before = np.int64(0)
    for k in range(len(number)):
        t = time_ns[k]
        if number[k] == NONE or t < 0 or t >= last_ns:
            continue
        ordered &= t >= before
        before = t
        r = 0.0 if math.isnan(radius[k]) else radius[k]
        there = (abs(lat[k]) <= POLE) & (abs(lon[k]) <= HALF_TURN) & (r >= 0.0) & (r <= widest)
        vague = r > coarse
        row[count] = k
        out_number[count] = number[k]
        out_ns[count] = t
        out_lat[count] = np.int32(np.rint(lat[k] * DEGREE)) if there else NOWHERE
        out_lon[count] = np.int32(np.rint(lon[k] * DEGREE)) if there else 0
        out_unsure[count] = VAGUE if vague else np.uint16(math.ceil(r * DECIMETRES) if there else 0.0)
        out_speed[count] = speed[k]
        out_law[count] = laws[law[k]]
        odd[oddities] = count
        oddities += 0 if there else 1
        count += 1
    return count, oddities, ordered
