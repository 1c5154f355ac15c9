"""Position reports as they come in: names and types of the columns.

| column | type | meaning |
|---|---|---|
| `terminal` | text | identifier under the release's scheme, as the operator writes it |
| `time` | timestamp of any unit, ISO 8601 text, or int64 nanoseconds; UTC | when the position was taken |
| `lat`, `lon` | float64, degrees WGS84 | a point |
| `uncertainty_m` | float64, optional | its radius in metres; missing or 0 is a point |
| `h3` | uint64 or hexadecimal text, optional | a cell; never a float, which loses its last digits |
| `speed_mps` | float64, optional | speed as the terminal reports it |
| `country` | text, optional | ISO 3166 alpha-2 of the operator's own location |

Rules:
1. A file must have `terminal` and `time`, and at least one of `lat` with `lon`, `h3`, `country`.
2. A file with the wrong columns is refused whole, with the column named; a bad cell never refuses one: its
   row gets a verdict and is counted.
3. Other columns are ignored. A file may name its columns otherwise; the caller gives the mapping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

REPORTS: Final = pa.schema(
    [
        ("terminal", pa.string()),
        ("time", pa.timestamp("ns", "UTC")),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("uncertainty_m", pa.float64()),
        ("h3", pa.uint64()),
        ("speed_mps", pa.float64()),
        ("country", pa.string()),
    ]
)
COLUMNS: Final = tuple(REPORTS.names)
REQUIRED: Final = ("terminal", "time")


def check_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Give the columns of ours that are there, in our order. Raises BadInput naming what lacks or doubles."""
    given = list(names)
    doubled = sorted({name for name in given if name in COLUMNS and given.count(name) > 1})
    if doubled:
        raise BadInput(f"The column {doubled[0]!r} is there more than once")
    for name in REQUIRED:
        if name not in given:
            raise BadInput(
                f"The reports have no column {name!r}",
                why=f"their columns are {', '.join(given) or 'none'}",
                todo=f"Rename it, or map it with {name}=<your column>",
            )
    if ("lat" in given) != ("lon" in given):
        lacking = "lon" if "lat" in given else "lat"
        raise BadInput(f"The reports have no column {lacking!r} beside the other half of the position")
    if not {"lat", "h3", "country"} & set(given):
        raise BadInput("The reports have no position", todo="Give lat and lon, or h3, or country")
    return tuple(name for name in COLUMNS if name in given)
