"""A batch of reports in the units of the compiled tracks.

1. Places are whole numbers of 1e-7 degree, uncertainties of a decimetre, rounded up: a lower bound of a leg
   stays one.
2. Of a point and a cell the point is used, as everywhere (`reports.py`); `track.Fix.of` is the same for one.
3. A row without a terminal, or whose time is missing or outside of 1970 to 2106, is no fix.
4. Fixes of one terminal come in the order of their times, equal ones in the order of their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.compiled.fixing import fix_reports
from groundpass.kernel.compiled.tracks import VAGUE
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine.track import cell_place
from groundpass.kernel.territory.shapes import MAX_RADIUS

if TYPE_CHECKING:
    from groundpass.kernel.engine.reports import Reports

DEGREE: Final = 10_000_000  # units of place a degree
DECIMETRES: Final = 10  # a metre
LAST_NS: Final = 2**32 * NS  # the compiled state counts seconds in 32 bits
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Fixes:
    """Columns of one length; see `compiled/tracks.py`. `row`: the row of the batch that each comes from."""

    row: Ints
    number: npt.NDArray[np.uint32]
    ns: Ints
    lat: npt.NDArray[np.int32]
    lon: npt.NDArray[np.int32]
    unsure: npt.NDArray[np.uint16]
    speed: npt.NDArray[np.float32]
    rule: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.ns)

    def is_whole(self, size: int) -> bool:
        """Whether every row of a batch is a fix, and they stand in its order."""
        return len(self) == size and bool(np.all(self.row[1:] > self.row[:-1]))

    def pick(self, rows: Ints | Bools | slice) -> Fixes:
        """Some of them, in the order asked for."""
        return Fixes(*(getattr(self, name)[rows] for name in self.__slots__))


def fixes_of(
    reports: Reports,
    number: npt.NDArray[np.uint32],
    law: npt.NDArray[np.uint16],
    laws: npt.NDArray[np.uint16],
    coarse: float,
) -> Fixes:
    """The fixes of a batch, in an order that the tracks can take.

    Args:
        reports: n rows.
        number: uint32[n], the terminals' numbers, or NONE.
        law: uint16[n], indexes into `laws`.
        laws: uint16[k], the numbers of caps.
        coarse: m, above which an uncertainty is no evidence.
    """
    size = len(number)
    room = Fixes(
        np.empty(size, np.int64),
        np.empty(size, np.uint32),
        np.empty(size, np.int64),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.uint16),
        np.empty(size, np.float32),
        np.empty(size, np.uint16),
    )
    odd = np.empty(size, np.int64)
    count, oddities, ordered = fix_reports(
        number,
        reports.time_ns,
        reports.lat,
        reports.lon,
        reports.uncertainty_m,
        reports.speed_mps,
        law,
        laws,
        LAST_NS,
        coarse,
        MAX_RADIUS,
        room.row,
        room.number,
        room.ns,
        room.lat,
        room.lon,
        room.unsure,
        room.speed,
        room.rule,
        odd,
    )
    fixes = room if count == size else room.pick(slice(0, count))
    _place_cells(fixes, reports, odd[:oddities], coarse)
    return fixes if ordered else _in_order(fixes)


def _place_cells(fixes: Fixes, reports: Reports, rows: Ints, coarse: float) -> None:
    """Give those fixes a place that have no point and a cell."""
    if not len(rows):
        return
    cells, which = np.unique(reports.cell[fixes.row[rows]], return_inverse=True)
    lat, lon, radius = np.array([cell_place(cell) for cell in cells.tolist()])[which].T
    there = ~np.isnan(lat)
    rows, lat, lon, radius = rows[there], lat[there], lon[there], radius[there]
    fixes.lat[rows] = np.round(lat * DEGREE).astype(np.int32)
    fixes.lon[rows] = np.round(lon * DEGREE).astype(np.int32)
    decimetres = np.ceil(np.where(radius > coarse, 0.0, radius) * DECIMETRES)
    fixes.unsure[rows] = np.where(radius > coarse, VAGUE, decimetres).astype(np.uint16)


def _in_order(fixes: Fixes) -> Fixes:
    """The same, by time, unless every terminal's fixes already are."""
    later = fixes.ns[1:] >= fixes.ns[:-1]
    if later.all():
        return fixes
    same = fixes.number[1:] == fixes.number[:-1]
    runs = len(fixes) - int(np.count_nonzero(same))
    if bool(np.all(later | ~same)) and runs == len(np.unique(fixes.number)):
        return fixes
    return fixes.pick(np.argsort(fixes.ns, kind="stable"))
