"""A growing table from entry keys to dense numbers, for what is kept of each terminal that was ever seen.

`slots`: uint32, open addressing with linear probing, 0 is free, else number + 1 · `keys`: uint64[terminals].
Keys are outputs of a cipher: a multiplication spreads them enough.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]

MIX: Final = np.uint64(0x9E3779B97F4A7C15)
ONE: Final = np.uint64(1)
HALF: Final = np.uint64(32)
NONE: Final = 2**32 - 1  # the number of no terminal


@njit(cache=True, nogil=True)
def number_keys(wanted: Keys, slots: Numbers, keys: Keys, known: int, out: Numbers) -> int:
    """Write numbers of keys to `out`; new ones are taken in; key 0 gets NONE. Returns how many are known.

    The caller leaves room: `keys` for every new one, `slots` a power of two, at least twice `keys`.
    """
    wrap = np.uint64(len(slots) - 1)
    for row in range(len(wanted)):
        key = wanted[row]
        if key == 0:
            out[row] = NONE
            continue
        place = ((key * MIX) >> HALF) & wrap
        while True:
            number = slots[place]
            if number == 0:
                keys[known] = key
                known += 1
                slots[place] = known
                out[row] = known - 1
                break
            if keys[np.uint64(number - ONE)] == key:
                out[row] = number - ONE
                break
            place = (place + ONE) & wrap
    return known


@njit(cache=True)
def fill_slots(keys: Keys, slots: Numbers) -> None:
    """Write a new, larger table of the same keys."""
    wrap = np.uint64(len(slots) - 1)
    for number in range(len(keys)):
        place = ((keys[number] * MIX) >> HALF) & wrap
        while slots[place] != 0:
            place = (place + ONE) & wrap
        slots[place] = number + 1
