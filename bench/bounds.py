"""What the machine itself allows: the bounds that no engine can beat on these rows.

gather: one number from a random place of a table as large as ours, for each row. Nothing is computed, so that
as many loads are under way at once as the processor can have.
stream: every column read once and one word a row written, in order.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SLOT = 4  # uint64 of an entry


@njit(cache=True, nogil=True)
def gather(index: np.ndarray, table: np.ndarray, out: np.ndarray) -> None:
    """Read `table[index]` into `out`."""
    for row in range(len(index)):
        out[row] = table[index[row], np.uint64(0)]


@njit(cache=True, nogil=True)
def stream(key: np.ndarray, time_ns: np.ndarray, lat: np.ndarray, lon: np.ndarray, out: np.ndarray) -> None:
    """Read the columns of reports into `out`."""
    for row in range(len(key)):
        out[row] = np.uint64(time_ns[row]) ^ key[row] ^ np.uint64(lat[row] + lon[row] > 0)


def table_of(size: int) -> np.ndarray:
    """A table of that many bytes, uint64[n, 4]; written, so that its pages are memory of their own."""
    return np.arange(size // 8 // SLOT * SLOT, dtype=np.uint64).reshape(-1, SLOT)


def places_in(table: np.ndarray, rows: int) -> np.ndarray:
    """A random place of the table for each row, uint64[rows]."""
    return np.random.default_rng(5).integers(0, len(table), rows).astype(np.uint64)
