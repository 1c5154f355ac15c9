"""From a batch of any file to the columns that the engine decides, and a count of what did not read.

Rules:
1. Columns go by the names of `kernel.wire.reports`; a mapping gives a file's own names for them. What is not
   named is ignored; a column that is missing refuses the batch whole.
2. A cell that does not read is missing, so that its row gets its verdict by step 2 of the decision. An
   uncertainty that does not read takes its position with it: a point more certain than its sender knew would
   be worse than none. A speed that does not read is only not there.
3. An id that does not read under the release's scheme is that of no listed terminal; no id has key 0.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.ids import parse_column
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.engine.reports import Reports
from groundpass.kernel.trust.keying import entry_keys
from groundpass.kernel.wire import reports as wire
from groundpass.operator import cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

MAP: Final = "Name your own column, as in --map {0}=YOUR_COLUMN"


def choose(available: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Give for each of our columns that there is the name that the file has for it.

    Raises:
        BadInput: a column that is needed is not there, or is there twice; the mapping names what is not
            there, or a column that is none of ours.
    """
    there = f"the columns are: {', '.join(available) or 'none'}"
    for ours, theirs in mapping.items():
        if ours not in wire.COLUMNS:
            raise BadInput(f"{ours!r} is no column of reports", todo=f"Map one of {', '.join(wire.COLUMNS)}")
        if theirs not in available:
            raise BadInput(
                f"The reports have no column {theirs!r} for {ours!r}", why=there, todo=MAP.format(ours)
            )
    taken = set(mapping.values())
    names = {ours: ours for ours in wire.COLUMNS if ours in available and ours not in taken} | dict(mapping)
    doubled = [theirs for theirs in names.values() if list(available).count(theirs) > 1]
    if doubled:
        raise BadInput(f"The reports have two columns {doubled[0]!r}", why=there, todo="Rename one of them")
    try:
        wire.check_columns(names)
    except BadInput as error:
        lacking = next((name for name in ("terminal", "time", "lat", "lon") if name not in names), "lat")
        raise BadInput(error.what, why=there, todo=MAP.format(lacking)) from error
    return names


@dataclass
class Reading:
    """Turns batches into `Reports`, and counts.

    scheme, keying: of the release · comma: whether numbers may have a decimal comma
    unrecognised: rows whose id does not read · bad: what did not read or was not there, by kind.
    """

    scheme: str
    keying: bytes
    comma: bool = False
    unrecognised: int = 0
    bad: Counter[str] = field(default_factory=Counter)

    def read(self, batch: pa.RecordBatch) -> Reports:
        """Read a batch whose columns have our names. Raises BadInput for a column of a wrong type."""
        names = batch.schema.names
        found = {name: batch.column(name) for name in names}
        lat, lon = self._position(found)
        return Reports.of(
            len(batch),
            key=self._keys(found["terminal"]),
            time_ns=self._times(found["time"]),
            lat=lat,
            lon=lon,
            **self._others(found),
        )

    def _keys(self, column: pa.Array) -> npt.NDArray[np.uint64]:
        blocks, recognised = parse_column(column, self.scheme)
        key = entry_keys(blocks, self.keying)
        if not recognised.all():
            self.unrecognised += int((~recognised).sum())
            empty = np.asarray(pc.fill_null(pc.equal(pc.binary_length(_words(column)), 0), fill_value=True))
            self._count("terminal missing", empty)
            key[empty] = 0
        return key

    def _times(self, column: pa.Array) -> npt.NDArray[np.int64]:
        time, wrong = cells.times(column, "time")
        self._count("time unreadable", wrong)
        self._count("time missing", (time == NO_TIME) & ~wrong)
        return time

    def _position(self, found: Mapping[str, pa.Array]) -> tuple[cells.Floats, cells.Floats]:
        count = len(found["terminal"])
        if "lat" not in found:
            return np.full(count, np.nan), np.full(count, np.nan)
        lat, lon = self._number(found, "lat"), self._number(found, "lon")
        self._count("position missing", np.isnan(lat) | np.isnan(lon))
        return lat, lon

    def _number(self, found: Mapping[str, pa.Array], name: str) -> cells.Floats:
        values, wrong = cells.numbers(found[name], name, comma=self.comma)
        self._count(f"{name} unreadable", wrong)
        return values

    def _others(self, found: Mapping[str, pa.Array]) -> dict[str, npt.NDArray[np.generic]]:
        """The optional columns that there are."""
        others: dict[str, npt.NDArray[np.generic]] = {}
        if "uncertainty_m" in found:
            # -1 is no radius: the engine then does not take the position for a point.
            values, wrong = cells.numbers(found["uncertainty_m"], "uncertainty_m", comma=self.comma)
            self._count("uncertainty_m unreadable", wrong)
            others["uncertainty_m"] = np.where(wrong, -1.0, values)
        if "speed_mps" in found:
            others["speed_mps"] = self._number(found, "speed_mps")
        if "h3" in found:
            others["cell"], wrong = cells.h3_cells(found["h3"], "h3")
            self._count("h3 unreadable", wrong)
        if "country" in found:
            others["country"], wrong = cells.countries(found["country"], "country")
            self._count("country unreadable", wrong)
        return others

    def _count(self, kind: str, which: npt.NDArray[np.bool_]) -> None:
        count = int(np.count_nonzero(which))
        if count:
            self.bad[kind] += count


def _words(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
