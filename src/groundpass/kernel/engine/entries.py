"""The entries of a release as a perfect hash (`compiled/entry_table.py`)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.compiled.entry_table import KEYS_A_BUCKET, LOAD, find_pilots, find_slots
from groundpass.kernel.core.errors import CannotRun

if TYPE_CHECKING:
    from groundpass.kernel.core.state import Entries
    from groundpass.kernel.engine.lookup import Terms

TRIES: Final = 20  # seeds; one in thousands needs a second
LEAST: Final = 64  # slots


@dataclass(frozen=True, slots=True, eq=False)
class EntryTable:
    """seed: uint64 · pilots: uint16[buckets] · slots: uint64[slots, 4] = key, from, until, profile."""

    seed: np.uint64
    pilots: npt.NDArray[np.uint16]
    slots: npt.NDArray[np.uint64]

    @classmethod
    def build(cls, entries: Entries) -> EntryTable:
        """Build the table. Raises CannotRun when no seed gives one, which random keys never cause."""
        count = max(LEAST, int(len(entries) / LOAD) + 1)
        for _ in range(TRIES):
            seed = np.uint64(secrets.randbits(64))
            pilots = np.zeros(max(1, len(entries) // KEYS_A_BUCKET), np.uint16)
            placed = np.empty(len(entries), np.int64)
            if find_pilots(entries.key, seed, pilots, count, placed):
                slots = np.zeros((count, 4), np.uint64)
                slots[placed, 0] = entries.key
                slots[placed, 1] = entries.valid_from.view(np.uint64)
                slots[placed, 2] = entries.valid_until.view(np.uint64)
                slots[placed, 3] = entries.profile
                return cls(seed, pilots, slots)
        raise CannotRun(f"No table of {len(entries)} entries was found in {TRIES} tries")

    def find(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Slot of each key, int64[n]; -1 where it is not listed."""
        found = np.empty(len(keys), np.int64)
        find_slots(keys, self.seed, self.pilots, self.slots, found)
        return found

    def terms(self, rows: npt.NDArray[np.int64]) -> Terms:
        """Of listed ones, by their slots: profile, valid_from and valid_until (UTC s), int64 each."""
        found = self.slots[rows].view(np.int64)
        return found[:, 3], found[:, 1], found[:, 2]

    @property
    def nbytes(self) -> int:
        """Bytes in memory, the record of each terminal included."""
        return self.pilots.nbytes + self.slots.nbytes
