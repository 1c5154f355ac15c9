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

from groundpass.kernel.compiled.terminals import NONE
from groundpass.kernel.compiled.tracks import NOWHERE, VAGUE
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine.track import cell_place
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE
from groundpass.kernel.territory.shapes import MAX_RADIUS

if TYPE_CHECKING:
    from groundpass.kernel.engine.reports import Reports

DEGREE: Final = 10_000_000  # units of place a degree
DECIMETRES: Final = 10  # a metre
LAST_NS: Final = 2**32 * NS  # the compiled state counts seconds in 32 bits
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


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

    def pick(self, rows: Ints | Bools) -> Fixes:
        """Some of them, in the order asked for."""
        return Fixes(*(getattr(self, name)[rows] for name in self.__slots__))


def fixes_of(
    reports: Reports, number: npt.NDArray[np.uint32], law: npt.NDArray[np.uint16], coarse: float
) -> Fixes:
    """The fixes of a batch, in an order that the tracks can take.

    Args:
        reports: n rows.
        number: uint32[n], the terminals' numbers, or NONE.
        law: uint16[n], the numbers of the caps.
        coarse: m, above which an uncertainty is no evidence.
    """
    lat, lon, radius = _places(reports)
    vague = radius > coarse
    decimetres = np.ceil(np.where(vague, 0.0, radius) * DECIMETRES)
    whole = Fixes(
        np.arange(len(number)),
        number,
        reports.time_ns,
        np.where(np.isnan(lat), NOWHERE, np.round(np.nan_to_num(lat) * DEGREE)).astype(np.int32),
        np.round(np.nan_to_num(lon) * DEGREE).astype(np.int32),
        np.where(vague, VAGUE, decimetres).astype(np.uint16),
        reports.speed_mps.astype(np.float32),
        law,
    )
    kept = (number != NONE) & (reports.time_ns >= 0) & (reports.time_ns < LAST_NS)
    return _in_order(whole if kept.all() else whole.pick(kept))


def _places(reports: Reports) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude, uncertainty; NaN where there is no place."""
    there = (np.abs(reports.lat) <= POLE) & (np.abs(reports.lon) <= HALF_TURN)
    there &= ~((reports.uncertainty_m < 0) | (reports.uncertainty_m > MAX_RADIUS))
    lat, lon = reports.lat, reports.lon
    radius = np.nan_to_num(reports.uncertainty_m)
    rest = np.flatnonzero(~there)
    if len(rest):
        cells, which = np.unique(reports.cell[rest], return_inverse=True)
        found = np.array([cell_place(cell) for cell in cells.tolist()])[which]
        lat, lon, radius = lat.copy(), lon.copy(), radius.copy()
        lat[rest], lon[rest], radius[rest] = found.T
    return lat, lon, radius


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
