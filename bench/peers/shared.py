"""What the peers share: the rows that the benches hand them as Arrow files, and polygons cut into pieces.

Peers run in `.venv-bench` and know nothing of the program. They are asked for less than it does: the
governing territory, verdict and reason of plain points by entries that have not ended. No flags, no
valid-until, no grace, no uncertain positions. Ratios against them are therefore lower bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

# The numbers of verdicts, reasons and actions, as the program has them; a change of them shows as mismatches.
UNGOVERNED, ALLOW, DENY = 0, 1, 2
OUTSIDE, UNLISTED, NOT_YET_VALID, EXPIRED, PROFILE_DENIED, OUT_OF_AREA, LISTED = 3, 4, 5, 6, 7, 8, 10
ACTION_DENY = 2
ANSWER = ("territory", "verdict", "reason")
# Movement: s, m/s, and the mean radius of the earth in m.
THIN, GAP, SUSTAINED, CAP_MPS, RADIUS = 10, 300, 120, 75 / 3.6, 6_371_008.8


class Absent(Exception):
    """A peer that this machine does not have; its text says what is missing."""


class Peer(Protocol):
    """One engine, with the rows of a folder loaded."""

    versions: dict[str, str]

    def run(self) -> float | dict[str, float] | None:
        """Answer all rows. Gives its own figures where the worker's clock does not do."""
        ...

    def answer(self) -> Mapping[str, np.ndarray]:
        """The answers of the last run in the order of the rows."""
        ...

    def close(self) -> None:
        """Stop what it started."""
        ...


@dataclass(frozen=True)
class Rows:
    """The tables of a folder; of reports and fixes as many rows as asked for."""

    folder: Path
    count: int

    def table(self, name: str) -> pa.Table:
        """One table; of reports and fixes the first `count` rows."""
        whole = pa.ipc.open_file(pa.memory_map(str(self.folder / f"{name}.arrow"))).read_all()
        return whole.slice(0, self.count) if name in {"reports", "fixes"} else whole

    def areas(self) -> list[tuple[int, int, shapely.Geometry]]:
        """Number, precedence and shape of each territory."""
        table = self.table("territories")
        shapes = shapely.from_wkb(table["wkb"].to_pylist())
        return list(zip(table["number"].to_pylist(), table["precedence"].to_pylist(), shapes, strict=True))

    def pieces(self, most: int) -> list[tuple[int, int, shapely.Geometry]]:
        """The territories cut into pieces of at most that many corners."""
        return [
            (number, precedence, piece)
            for number, precedence, shape in self.areas()
            for part in shapely.get_parts(shape)
            for piece in _cut(part, most)
        ]


def _cut(shape: shapely.Geometry, most: int) -> Iterator[shapely.Geometry]:
    """Halves of halves, across the longer side, until they are small."""
    if shapely.get_num_coordinates(shape) <= most:
        yield shape
        return
    west, south, east, north = shape.bounds
    if east - west > north - south:
        middle = (west + east) / 2
        halves = shapely.box([west, middle], south, [middle, east], north)
    else:
        middle = (south + north) / 2
        halves = shapely.box(west, [south, middle], east, [middle, north])
    for part in shapely.get_parts(shapely.intersection(shape, halves)):
        if part.geom_type == "Polygon":
            yield from _cut(part, most)
