"""Which territories terminals have come under: with tracks, by the `settle`-th report in a row inside.

1. A report counts that has a place and moves its track on: neither a duplicate nor out of order. One without
   a place leaves the count as it is, one outside sets it to nought: a terminal leaves at once.
2. Inside is told by the position, whether the territory is in effect or not: a territory that begins governs
   at once who has been in it.
3. Counts go by the territory's id, and live on from release to release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.compiled.settling import MOST, count_inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundpass.kernel.core.state import Territory
    from groundpass.kernel.engine.fixes import Fixes

AT_ONCE: Final = 1  # `settle` of a territory in which nobody needs to settle

Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.uint16]


def settlers(territories: Sequence[Territory]) -> list[int]:
    """The places in a release of the territories in which terminals settle first."""
    return [index for index, territory in enumerate(territories) if territory.settle > AT_ONCE]


@dataclass(slots=True)
class Settling:
    """Counts of terminals (by their number in the tracks) in territories (by id): uint16[terminals]."""

    counts: dict[str, Counts]

    def count(
        self,
        fixes: Fixes,
        last_ns: npt.NDArray[np.int64],
        territories: Sequence[Territory],
        located: Bools,
        inside: Bools,
    ) -> Bools:
        """Count a batch's fixes; whether each has come under each territory, bool[fixes, territories].

        Args:
            fixes: in the order of their times; `row` is a row of `located` and `inside`.
            last_ns: int64[terminals], the time of each one's last report before the batch.
            territories: those in which terminals settle first, s of them.
            located: bool[n].
            inside: bool[n, s].
        """
        names = [territory.id for territory in territories]
        counts = np.column_stack([self._column(name, len(last_ns)) for name in names])
        need = np.array([min(territory.settle, MOST) for territory in territories], np.uint16)
        out = np.zeros((len(fixes), len(names)), np.bool_)
        columns = (located[fixes.row], np.ascontiguousarray(inside[fixes.row]))
        count_inside(fixes.number, fixes.ns, *columns, need, last_ns.copy(), counts, out)
        self.counts.update(zip(names, np.ascontiguousarray(counts.T), strict=True))
        return out

    def take_over(self, number: npt.NDArray[np.int64], other: Settling, rows: npt.NDArray[np.int64]) -> None:
        """Let the terminals of these numbers have the counts of another's rows, and no others."""
        most = int(number.max(initial=-1)) + 1
        for name in {*self.counts, *other.counts}:
            column, theirs = self._column(name, most), other._column(name, int(rows.max(initial=-1)) + 1)
            column[number] = theirs[rows]
            self.counts[name] = column

    def _column(self, name: str, known: int) -> Counts:
        """The counts of a territory, with room for every terminal."""
        column = self.counts.get(name, np.zeros(0, np.uint16))
        return np.concatenate([column, np.zeros(max(known - len(column), 0), np.uint16)])
