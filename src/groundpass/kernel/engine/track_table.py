"""The tracks' memory: for each terminal that was ever seen a number, its hot state, and what a doubt needs.

1. A terminal keeps its number for ever; numbers are dense, in the order in which terminals first came.
2. The state of a terminal is 40 bytes. What only a doubted or suspected one has lies apart, in pages that
   cost nothing until somebody writes them.
3. A copy of some states is taken before a batch, and put back for those terminals whose batch is run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import numpy.typing as npt

from groundpass.kernel.compiled.terminals import fill_slots, number_keys
from groundpass.kernel.compiled.tracks import DOUBT, DOUBTED, PENDING, SEEN, STATE, SUSPECT

if TYPE_CHECKING:
    from groundpass.kernel.engine.sharing import Marks

FIRST_ROOM: Final = 1024  # terminals
DENSE: Final = 64  # where one in so many is touched, a bitmap finds them quicker than a sort
AREA: Final = 15_000.0  # m around the cell into which many jumped
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.void]
Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Copy:
    """States as they were: of `terminal`, sorted; doubts of those that had any."""

    terminal: Ints
    state: Keys
    doubted: Ints
    doubt: Keys


class Numbering:
    """Numbers of keys; `keys` has room for more than the `known` ones."""

    def __init__(self) -> None:
        self.known = 0
        self.keys: Keys = np.zeros(FIRST_ROOM, np.uint64)
        self._slots = np.zeros(2 * FIRST_ROOM, np.uint32)

    def number(self, keys: Keys) -> Numbers:
        """The numbers of keys, NONE for 0; new ones get theirs."""
        need = self.known + len(keys)
        if need > len(self.keys):
            room = _power(need)
            self.keys = longer(self.keys, room)
            self._slots = np.zeros(2 * room, np.uint32)
            fill_slots(self.keys[: self.known], self._slots)
        number = np.empty(len(keys), np.uint32)
        self.known = number_keys(keys, self._slots, self.keys, self.known, number)
        return number


class TrackTable(Numbering):
    """States by terminal."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Rows = np.zeros(FIRST_ROOM, STATE)
        self.doubt: Rows = np.zeros(FIRST_ROOM, DOUBT)

    def number(self, keys: Keys) -> Numbers:
        """The numbers of keys, NONE for 0; new terminals get theirs, and room."""
        number = super().number(keys)
        if self.known > len(self.state):
            self.state = longer(self.state, _power(self.known))
            self.doubt = longer(self.doubt, _power(self.known))
        return number

    def copy(self, number: Numbers) -> Copy:
        """Copies of the states of some terminals, each once."""
        if self.known <= DENSE * len(number):
            seen = np.zeros(self.known, np.bool_)
            seen[number] = True
            terminal = np.flatnonzero(seen)
        else:
            terminal = np.unique(number).astype(np.int64)
        doubted = terminal[self.in_doubt(terminal)]
        state, doubt = _words(self.state), _words(self.doubt)
        return Copy(terminal, np.take(state, terminal, axis=0), doubted, np.take(doubt, doubted, axis=0))

    def in_doubt(self, terminal: Ints) -> npt.NDArray[np.bool_]:
        """Which of some terminals have a doubt, a suspicion, or a start whose vector is still to come."""
        marked: npt.NDArray[np.bool_] = (self.state["flags"][terminal] & (SUSPECT | DOUBTED | PENDING)) != 0
        return marked

    def put_back(self, copy: Copy, terminal: Ints) -> None:
        """Some terminals' states as they were; who is not in the copy was not touched."""
        for rows, known, kept in (
            (self.state, copy.terminal, copy.state),
            (self.doubt, copy.doubted, copy.doubt),
        ):
            place = np.searchsorted(known, terminal)
            found = np.flatnonzero(place < len(known))
            found = found[known[place[found]] == terminal[found]]
            _words(rows)[terminal[found]] = kept[place[found]]

    def suspect(self, marks: Marks) -> None:
        """Put terminals under suspicion, one mark each; who was never seen stays as it is."""
        seen = (self.state["flags"][marks.terminal] & SEEN) != 0
        at = marks.terminal[seen]
        self.state["flags"][at] = self.state["flags"][at] & np.uint8(255 - DOUBTED - PENDING) | np.uint8(
            SUSPECT
        )
        lat, lon = marks.place.T
        for name, values in (("end_ns", marks.end_ns), ("area_lat", lat), ("area_lon", lon)):
            self.doubt[name][at] = values[seen]
        self.doubt["back"][at] = 0
        self.doubt["radius"][at] = AREA


def _words(rows: Rows) -> Keys:
    """Rows as columns of 64-bit words: these are gathered much quicker than rows of fields."""
    return rows.view(np.uint64).reshape(len(rows), -1)


def _power(need: int) -> int:
    """The power of two that has room."""
    return 1 << (need - 1).bit_length()


def longer(rows: npt.NDArray[Kind], size: int) -> npt.NDArray[Kind]:
    """The same rows with room for more; what is not written costs no memory."""
    longer = np.zeros(size, rows.dtype)
    longer[: len(rows)] = rows
    return longer
