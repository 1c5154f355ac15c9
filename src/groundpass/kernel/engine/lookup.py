"""Finding keys in a sorted column, a whole batch at a time.

Keys are the output of a cipher, so their leading bits spread evenly: a table of where each run of leading
bits starts leaves one or two candidates a key. Keys that do not spread cost a binary search instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from groundpass.kernel.core.state import Entries

MAX_BITS: Final = 24  # of the table: 64 MB
MAX_RUN: Final = 16  # keys with the same leading bits, above which a binary search is quicker

Keys = npt.NDArray[np.uint64]
Index = npt.NDArray[np.int64]


Terms = tuple[Index, Index, Index]


class Listing(Protocol):
    """The listed terminals of a release, however they are kept."""

    def find(self, wanted: Keys) -> Index:
        """A number for each key, int64[n], by which `terms` knows it; -1 where it is not listed."""

    def terms(self, rows: Index) -> Terms:
        """Of listed ones, by their numbers: profile, valid_from and valid_until (UTC s), int64 each."""


class KeyIndex:
    """Finds keys in a column.

    Args:
        keys: uint64[n], sorted, distinct.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        bits = min(MAX_BITS, max(1, len(keys).bit_length() + 1))
        self._shift = np.uint64(64 - bits)
        firsts = np.arange(1 << bits, dtype=np.uint64) << self._shift
        starts = np.searchsorted(keys, firsts)
        self._run = int(np.diff(starts, append=len(keys)).max())
        self._starts = starts.astype(np.int64)
        # Beyond the last key, so that a candidate may always be read; it is never found, being in no order.
        self._padded = np.concatenate([keys, np.zeros(self._run + 1, np.uint64)])

    def find(self, wanted: Keys) -> Index:
        """The rows of keys, int64[n]; -1 where a key is not there, or is 0, which is no key."""
        if not len(self._keys):
            return np.full(len(wanted), -1, np.int64)
        if self._run > MAX_RUN:
            found = np.searchsorted(self._keys, wanted)
        else:
            found = self._starts[wanted >> self._shift]
            lower = np.flatnonzero(self._padded[found] < wanted)
            for _ in range(self._run):
                found[lower] += 1
                lower = lower[self._padded[found[lower]] < wanted[lower]]
        missed = (self._padded[found] != wanted) | (wanted == 0)
        found[missed] = -1
        return found


class SortedListing:
    """The listed terminals as the columns of a state."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._index = KeyIndex(entries.key)

    def find(self, wanted: Keys) -> Index:
        """The rows of keys, int64[n]; -1 where a key is not listed."""
        return self._index.find(wanted)

    def terms(self, rows: Index) -> Terms:
        """Of some rows: profile, valid_from and valid_until (UTC s), int64 each."""
        entries = self._entries
        return entries.profile[rows].astype(np.int64), entries.valid_from[rows], entries.valid_until[rows]
