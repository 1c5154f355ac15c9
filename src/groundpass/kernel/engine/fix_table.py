"""An Arrow table of fixes as reports: for whoever has positions, and neither a release nor a store.

1. `terminal` is any text; the same text is the same terminal. Its key is 64 bits of BLAKE2b over its UTF-8.
2. `time` is a timestamp of any unit (without a zone it is UTC), int64 nanoseconds, or ISO 8601 text.
3. A table with a wrong column is refused whole, and the column named. A null terminal, time or place in a row
   takes that row out, and no other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NEVER, NO_TIME, NS
from groundpass.kernel.engine.reports import Reports

KEY_BYTES: Final = 8
UNITS: Final = {"s": NS, "ms": NS // 10**3, "us": NS // 10**6, "ns": 1}  # ns in one
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FixTable:
    """Reports, and whose they are: `code` int64[n] is an index into `keys` and `names`, -1 none."""

    reports: Reports
    code: Ints
    keys: npt.NDArray[np.uint64]
    names: pa.Array


def read_fixes(table: pa.Table) -> FixTable:
    """Read a table with the columns terminal, time, lat, lon and, if it is there, uncertainty_m.

    Raises BadInput for anything that is no table, or a column that lacks, doubles or has no fitting type.
    """
    if not isinstance(table, pa.Table | pa.RecordBatch):
        raise BadInput(f"{type(table).__name__} is not a table", todo="Give a pyarrow.Table")
    code, names = _terminals(_column(table, "terminal"))
    keys = np.array([_key(name) for name in names.to_pylist()], np.uint64)
    columns: dict[str, npt.NDArray[Any]] = {
        "key": np.where(code < 0, np.uint64(0), keys[code]) if len(keys) else np.zeros(len(code), np.uint64),
        "time_ns": _times(_column(table, "time")),
        "lat": _numbers(_column(table, "lat"), "lat"),
        "lon": _numbers(_column(table, "lon"), "lon"),
    }
    if "uncertainty_m" in table.schema.names:
        columns["uncertainty_m"] = _numbers(_column(table, "uncertainty_m"), "uncertainty_m")
    return FixTable(Reports.of(len(code), **columns), code, keys, names)


def _column(table: pa.Table | pa.RecordBatch, name: str) -> pa.ChunkedArray:
    """A column that is there once."""
    count = table.schema.names.count(name)
    if count != 1:
        there = "is there more than once" if count else "is not there"
        raise BadInput(f"The column {name!r} {there}", why=f"the columns are {', '.join(table.schema.names)}")
    column = table.column(name)
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _terminals(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Each row's index among the distinct texts, and these."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise BadInput(
            "The column 'terminal' is not text", why=f"it is {column.type}", todo="Cast it to string"
        )
    whole = column.cast(kind).cast(pa.large_string()).combine_chunks().dictionary_encode()
    return pc.fill_null(whole.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False), whole.dictionary


def _key(name: str) -> int:
    """A terminal's key; never 0, which is none."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=KEY_BYTES).digest(), "big") or 1


def _times(column: pa.ChunkedArray) -> Ints:
    """UTC ns, NO_TIME where there is none or it does not fit."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = _stamps(column)
    if pa.types.is_timestamp(column.type):
        factor = UNITS[column.type.unit]
    elif column.type == pa.int64():
        factor = 1
    else:
        raise BadInput(
            "The column 'time' holds no times",
            why=f"it is {column.type}",
            todo="Give timestamps, int64 nanoseconds since 1970 in UTC, or ISO 8601 text",
        )
    missing = column.is_null().to_numpy()
    count = pc.fill_null(column.cast(pa.int64()), 0).to_numpy()
    most = NEVER // factor
    fits = (count >= -most) & (count <= most) & ~missing
    return np.where(fits, np.where(fits, count, 0) * factor, NO_TIME)


def _stamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """ISO 8601 text as timestamps, all with an offset or all without one."""
    for kind in (pa.timestamp("ns", "UTC"), pa.timestamp("ns")):
        try:
            return column.cast(kind)
        except pa.ArrowInvalid as error:
            why = str(error)
    raise BadInput("The column 'time' does not read", why=why, todo="Write times as 2026-02-05T03:00:00Z")


def _numbers(column: pa.ChunkedArray, name: str) -> Floats:
    """float64, NaN where nothing is there."""
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise BadInput(
            f"The column {name!r} holds no numbers", why=f"it is {column.type}", todo="Cast it to float64"
        )
    numbers: Floats = pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy()
    return numbers
