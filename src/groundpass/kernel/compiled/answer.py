"""The answers of point reports: the compiled twin of `engine/vectorised.py`.

It answers rows whose position is a plain point, whose time can be used, and whose entry, where there is
one, has not ended. Every other row it leaves to the columns in numpy, and says so in `left`: they are few,
and their rules stand once. Tables are those of `engine/view.py`: for the segments of time that the batch
meets, one after the other, answers by (segment, set of territories, profile).

Locating, looking up and answering are three passes over rows that stay in the cache: in each, what a row
asks of memory does not wait for the row before.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from groundpass.kernel.compiled.entry_table import ONE, ZERO

SECOND: Final = 1_000_000_000
NEVER: Final = 2**63 - 1
LAST: Final = NEVER // SECOND  # s
TWO: Final = np.uint64(2)
THREE: Final = np.uint64(3)
LISTED: Final = 10
UNLISTED: Final = 4
NOT_YET_VALID: Final = 5
HALF_TURN: Final = 180.0
POLE: Final = 90.0


@njit(cache=True, nogil=True)
def answer_points(
    time_ns: np.ndarray,
    lat: np.ndarray,
    lon: np.ndarray,
    radius: np.ndarray,
    least_radius: float,
    latest_ns: int,
    place: np.ndarray,
    slot: np.ndarray,
    slots: np.ndarray,
    edges: np.ndarray,
    sets: int,
    profiles: int,
    answers: np.ndarray,
    everywhere: int,
    verdict: np.ndarray,
    reason: np.ndarray,
    flags: np.ndarray,
    territory: np.ndarray,
    valid_until_ns: np.ndarray,
    rule: np.ndarray,
    left: np.ndarray,
) -> None:
    """Answer what it can; `left` uint8[n] is 1 where it did not.

    place: int32[n], the set of each row or UNKNOWN (`grid.py`) · slot: int64[n] or MISS, and `slots`
    (`entry_table.py`)
    edges: int64[e], UTC s, between the segments met · answers: int64[(e+1)·sets·profiles, 4] = verdict |
    reason << 8
    | flags << 16 | territory << 32, next edge in s, rule, spare · everywhere: flags that every row bears
    rule: int32[n], index of the rule, -1 none.
    """
    for row in range(len(time_ns)):
        moment = time_ns[row] // SECOND
        at_slot = np.uint64(max(slot[row], 0))
        hit = slot[row] >= 0
        start = np.int64(slots[at_slot, ONE])
        end = np.int64(slots[at_slot, TWO]) if hit else NEVER
        own = np.int64(slots[at_slot, THREE]) if hit else 0
        wide = (radius[row] >= least_radius) | (radius[row] < 0.0)
        plain = (abs(lat[row]) < POLE) & (abs(lon[row]) < HALF_TURN) & (not wide)
        usable = (time_ns[row] > -NEVER) & (time_ns[row] <= latest_ns)
        if (not plain) | (not usable) | (moment >= end) | (place[row] < 0):
            left[row] = 1
            continue
        left[row] = 0
        segment = 0
        for edge in edges:
            segment += moment >= edge
        early = hit & (moment < start)
        chosen = 0 if early else own
        at = (segment * sets + np.int64(place[row])) * profiles
        answer = answers[np.uint64(at + chosen), ZERO]
        until = answers[np.uint64(at + chosen), ONE]
        if early:
            until = min(until, answers[np.uint64(at + own), ONE])
        where = np.uint16(answer >> 32)
        if (where > 0) & hit:
            until = min(until, start if early else end)
        why = np.uint8((answer >> 8) & 255)
        basis = NOT_YET_VALID if early else (LISTED if hit else UNLISTED)
        verdict[row] = np.uint8(answer & 255)
        reason[row] = np.uint8(basis) if why == 0 else why
        flags[row] = np.uint8((answer >> 16) & 255) | everywhere
        territory[row] = where
        rule[row] = np.int32(answers[np.uint64(at + chosen), TWO])
        valid_until_ns[row] = NEVER if until > LAST else until * SECOND
