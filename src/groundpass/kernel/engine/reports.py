"""Position reports: one as a value, a batch as columns.

1. A position is a point (lat, lon), a point with a radius of uncertainty, an H3 cell, or a country code
   alone; of several that hold, the first of these is used. What is out of range is not there.
2. A missing number is NaN, a missing time NO_TIME, a missing key, cell or country 0.
3. Columns have one length and their exact types; nothing is cast on the way in, nothing wraps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NO_TIME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COUNTRY_LETTERS: Final = 2  # ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True)
class Report:
    """One report: where a terminal was, and when.

    key: entry key, 0 none · time_ns: UTC ns, NO_TIME none · lat, lon: degrees WGS84 · uncertainty_m: radius,
    NaN or 0 is a point · cell: H3 index, 0 none · country: ISO 3166 alpha-2, "" none · speed_mps: m/s.
    """

    key: int = 0
    time_ns: int = NO_TIME
    lat: float = math.nan
    lon: float = math.nan
    uncertainty_m: float = math.nan
    cell: int = 0
    country: str = ""
    speed_mps: float = math.nan


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """A batch of reports as columns of one length n.

    key: uint64[n], 0 none · time_ns: int64[n], NO_TIME none · lat, lon: float64[n], degrees, NaN none
    uncertainty_m: float64[n], NaN or 0 is a point · cell: uint64[n], 0 none · country: uint16[n],
    `country_code`, 0 none · speed_mps: float64[n], NaN none.
    """

    key: npt.NDArray[np.uint64]
    time_ns: npt.NDArray[np.int64]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    uncertainty_m: npt.NDArray[np.float64]
    cell: npt.NDArray[np.uint64]
    country: npt.NDArray[np.uint16]
    speed_mps: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        for name, (dtype, _) in COLUMNS.items():
            column = getattr(self, name)
            if not isinstance(column, np.ndarray) or column.dtype != dtype or column.ndim != 1:
                raise BadInput(f"The column {name} of a batch of reports is not {np.dtype(dtype)}")
            if len(column) != len(self.key):
                raise BadInput(f"The column {name} has {len(column)} rows, and key has {len(self.key)}")

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def of(cls, length: int, **columns: npt.NDArray[Any]) -> Reports:
        """A batch from the columns that there are; the others are missing in every row.

        Raises BadInput for a column that is unknown, of another type or of another length.
        """
        if unknown := set(columns) - set(COLUMNS):
            raise BadInput(f"A batch of reports has no columns {sorted(unknown)}")
        filled = {
            name: columns[name] if name in columns else np.full(length, missing, dtype)
            for name, (dtype, missing) in COLUMNS.items()
        }
        if len(filled["key"]) != length:
            raise BadInput(f"The column key has {len(filled['key'])} rows instead of {length}")
        return cls(**filled)

    @classmethod
    def from_rows(cls, rows: list[Report]) -> Reports:
        """A batch from single reports."""
        columns = {}
        for item in fields(Report):
            values = [getattr(row, item.name) for row in rows]
            if item.name == "country":
                values = [country_code(value) for value in values]
            columns[item.name] = np.array(values, COLUMNS[item.name][0])
        return cls(**columns)

    @classmethod
    def joined(cls, parts: Sequence[Reports]) -> Reports:
        """Batches behind each other, at least one."""
        if len(parts) == 1:
            return parts[0]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS})

    def row(self, index: int) -> Report:
        """One row as a value."""
        return Report(
            key=int(self.key[index]),
            time_ns=int(self.time_ns[index]),
            lat=float(self.lat[index]),
            lon=float(self.lon[index]),
            uncertainty_m=float(self.uncertainty_m[index]),
            cell=int(self.cell[index]),
            country=country_text(int(self.country[index])),
            speed_mps=float(self.speed_mps[index]),
        )

    def pick(self, rows: npt.NDArray[np.int64]) -> Reports:
        """Some rows, in the order asked for."""
        return Reports(**{name: getattr(self, name)[rows] for name in COLUMNS})

    def part(self, rows: slice) -> Reports:
        """A run of rows, without a copy."""
        return Reports(**{name: getattr(self, name)[rows] for name in COLUMNS})


# Each column's type, and the value that says "missing".
COLUMNS: Final[Mapping[str, tuple[type[np.generic], int | float]]] = {
    "key": (np.uint64, 0),
    "time_ns": (np.int64, NO_TIME),
    "lat": (np.float64, math.nan),
    "lon": (np.float64, math.nan),
    "uncertainty_m": (np.float64, math.nan),
    "cell": (np.uint64, 0),
    "country": (np.uint16, 0),
    "speed_mps": (np.float64, math.nan),
}


def country_code(text: str) -> int:
    """Two ASCII letters as one number, the first in the high byte; 0 for anything else."""
    letters = text.strip().upper()
    if len(letters) != COUNTRY_LETTERS or not letters.isascii() or not letters.isalpha():
        return 0
    return ord(letters[0]) << 8 | ord(letters[1])


def country_text(code: int) -> str:
    """The two letters of a number from `country_code`; "" for none."""
    return chr(code >> 8) + chr(code & 0xFF) if code else ""
