"""From position reports to who was seen in which territory, when last. The positions end here.

1. A row without an identifier or a time, or from the future beyond the skew, says nothing and is left out.
2. `territory` is the one that governs the position under the release that is public, "" where none does,
   "?" where there is no position. `within` are the shapes that hold it, of all territories that are known:
   also of those that no release governs yet.
3. What is kept of a terminal: its key, these two, the last second it was seen there. Nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine import SKEW, ReleaseView, Reports, decide
from groundpass.kernel.territory.locator import Locator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groundpass.kernel.core.state import State

HOUR: Final = 3600  # seconds
NO_POSITION: Final = "?"

SIGHTINGS: Final = pa.schema(
    [("key", pa.uint64()), ("territory", pa.string()), ("within", pa.string()), ("last_seen", pa.int64())]
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as columns: key uint64[n] · time_ns int64[n] · lat, lon float64[n], NaN for none."""

    key: npt.NDArray[np.uint64]
    time_ns: npt.NDArray[np.int64]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]


class Map:
    """What positions are tried against.

    Args:
        state: the release that is public, None before the first.
        shapes: WKB of every known territory by its short name.
    """

    def __init__(self, state: State | None, shapes: Mapping[str, bytes]) -> None:
        self._view = None if state is None else ReleaseView.of(state)
        self.shapes = tuple(shapes)
        self._locator = Locator(shapely.from_wkb(list(shapes.values()))) if shapes else None

    def governing(self, batch: Batch, *, now: int) -> pa.StringArray:
        """The governing territory of each row."""
        placed = _placed(batch)
        names, index = ["", NO_POSITION], np.where(placed, 0, 1)
        if self._view is not None:
            columns = {"key": batch.key, "time_ns": batch.time_ns, "lat": batch.lat, "lon": batch.lon}
            decisions = decide(self._view, Reports.of(len(batch.key), **columns), now_ns=now * NS)
            index = np.where(decisions.territory > 0, decisions.territory.astype(np.int64) + 1, index)
            names += decisions.territories
        return _words(index, names)

    def within(self, batch: Batch) -> pa.StringArray:
        """The shapes that hold each row, as their names with blanks between."""
        names, index = [""], np.zeros(len(batch.key), np.int64)
        if self._locator is not None:
            placed = _placed(batch)
            found = self._locator.locate(batch.lon[placed], batch.lat[placed])
            index[placed] = found.index.astype(np.int64) + 1
            names += [" ".join(sorted(compress(self.shapes, row))) for row in found.sets]
        return _words(index, names)


def sight(batch: Batch, where: Map, *, now: int) -> pa.Table:
    """SIGHTINGS of a batch, one row for each report."""
    columns = [batch.key, where.governing(batch, now=now), where.within(batch), batch.time_ns // NS]
    return pa.table(columns, schema=SIGHTINGS)


def usable(batch: Batch, *, now: int) -> npt.NDArray[np.bool_]:
    """Rows that say something (rule 1)."""
    in_time: npt.NDArray[np.bool_] = (batch.time_ns > 0) & (batch.time_ns <= (now + SKEW) * NS)
    return in_time


def last_seen(parts: Iterable[pa.Table]) -> pa.Table:
    """SIGHTINGS with one row for each key and place, sorted: its last second there."""
    joined = pa.concat_tables([SIGHTINGS.empty_table(), *parts])
    latest = joined.group_by(["key", "territory", "within"]).aggregate([("last_seen", "max")])
    return latest.rename_columns({"last_seen_max": "last_seen"}).select(SIGHTINGS.names).sort_by("key")


def hours_of(sightings: pa.Table) -> set[int]:
    """Hours since 1970 that these rows were seen in."""
    return set(pc.unique(pc.divide(sightings["last_seen"], HOUR)).to_pylist())


def _placed(batch: Batch) -> npt.NDArray[np.bool_]:
    """Rows whose position is one on this globe."""
    placed: npt.NDArray[np.bool_] = (np.abs(batch.lat) <= 90) & (np.abs(batch.lon) <= 180)  # noqa: PLR2004 - degrees
    return placed


def _words(index: npt.NDArray[np.int64], names: list[str]) -> pa.StringArray:
    words = pa.array(names, pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(index), words).cast(pa.string())
