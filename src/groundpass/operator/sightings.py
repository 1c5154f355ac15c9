"""What one run of decide sees of its terminals, as it goes: the ledger's rows, folded as fast as they come.

Terminals get numbers as they come; their rows lie in one table, which is put in the order of their keys when
the run is over.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.compiled.sightings import SIGHTING, fold
from groundpass.kernel.engine.track_table import Numbering, longer
from groundpass.operator.ledger import Seen

Keys = npt.NDArray[np.uint64]
Times = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

FIRST_ROOM: Final = 1024  # terminals


class Sightings:
    """Folds batches; `seen` gives the rows of the ledger."""

    def __init__(self) -> None:
        self._numbers = Numbering()
        self._seen = np.zeros(FIRST_ROOM, SIGHTING)
        self._batch = np.zeros(FIRST_ROOM, SIGHTING)

    def note(self, key: Keys, time_ns: Times, verdict: Bytes, reason: Bytes) -> None:
        """Take a batch in."""
        number = self._numbers.number(key)
        room = len(self._numbers.keys)
        if room > len(self._seen):
            self._seen, self._batch = longer(self._seen, room), longer(self._batch, room)
        later = time_ns[1:] >= time_ns[:-1]
        order = np.arange(len(key)) if later.all() else np.argsort(time_ns, kind="stable")
        touched = np.empty(len(key), np.uint32)
        fold(order, number, time_ns, verdict, reason, self._seen, self._batch, touched)

    def seen(self) -> Seen:
        """One row for each terminal that was seen, by key."""
        rows = self._seen[: self._numbers.known]
        keys = self._numbers.keys[: self._numbers.known]
        order = np.argsort(keys)
        order = order[rows["reports"][order] > 0]
        names = ("first_ns", "last_ns", "verdict", "reason", "run_ns", "denied_ns", "allowed_ns", "reports")
        return Seen(keys[order], *(np.ascontiguousarray(rows[name][order]) for name in names))
