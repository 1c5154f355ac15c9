"""Which cells of a grid the edges of a polygon touch, and on which side of it the other cells lie.

1. A cell counts as touched when an edge comes within MARGIN of it: rounding may mark a cell too many, never
   one too few. So a cell that is not marked is wholly inside or wholly outside, and one test tells which.
2. Cells are counted from 0 in both axes; everything outside the grid is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

MARGIN: Final = 1e-6  # of a cell; rounding errs by less than 1e-7 of one

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grid:
    """`columns` by `rows` cells of `width` by `height` degrees, from the corner at `west`, `south`."""

    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int

    def finer(self, times: int) -> Grid:
        """The same area in cells `times` smaller in both axes."""
        return Grid(
            self.west,
            self.south,
            self.width / times,
            self.height / times,
            self.columns * times,
            self.rows * times,
        )

    def centres(self, column: Ints, row: Ints) -> tuple[Floats, Floats]:
        """Longitudes and latitudes of the middles of cells."""
        lon, lat = self.west + (column + 0.5) * self.width, self.south + (row + 0.5) * self.height
        return lon.astype(np.float64, copy=False), lat.astype(np.float64, copy=False)


def touched(geometry: shapely.Geometry, grid: Grid) -> tuple[Ints, Ints]:
    """Columns and rows of the cells that the edges of a polygon touch; cells may repeat."""
    start, end = _edges(geometry)
    origin, size = np.array([grid.west, grid.south]), np.array([grid.width, grid.height])
    one: Floats = (start - origin) / size
    two: Floats = (end - origin) / size
    forward = (one[:, 0] <= two[:, 0])[:, None]
    left: Floats = np.where(forward, one, two)
    right: Floats = np.where(forward, two, one)
    column, low, high = _columns(left, right)
    first = np.floor(low - MARGIN).astype(np.int64).clip(0, grid.rows)
    last = np.floor(high + MARGIN).astype(np.int64).clip(-1, grid.rows - 1)
    keep = (column >= 0) & (column < grid.columns) & (last >= first)
    which, row = _ranges(first[keep], last[keep])
    return column[keep][which], row


def _edges(geometry: shapely.Geometry) -> tuple[Floats, Floats]:
    """Both ends of every edge of every ring."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return points[:-1][same], points[1:][same]


def _columns(left: Floats, right: Floats) -> tuple[Ints, Floats, Floats]:
    """Each edge in each column it comes to: the column, the lowest and highest it is there; all in cells."""
    first = np.floor(left[:, 0] - MARGIN).astype(np.int64)
    last = np.floor(right[:, 0] + MARGIN).astype(np.int64)
    edge, column = _ranges(first, last)
    a, b = left[edge], right[edge]
    run = b[:, 0] - a[:, 0]
    # An edge that is narrower than a cell has no slope to rely on: it counts at its whole height.
    steep = run < 1.0
    slope = (b[:, 1] - a[:, 1]) / np.where(steep, 1.0, run)
    enter = np.clip(column - MARGIN, a[:, 0], b[:, 0])
    leave = np.clip(column + 1 + MARGIN, a[:, 0], b[:, 0])
    one = np.where(steep, a[:, 1], a[:, 1] + (enter - a[:, 0]) * slope)
    two = np.where(steep, b[:, 1], a[:, 1] + (leave - a[:, 0]) * slope)
    return column, np.minimum(one, two), np.maximum(one, two)


def _ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Every whole number from `first` to `last` of each range, and the range it belongs to."""
    count = last - first + 1
    which = np.repeat(np.arange(len(first)), count)
    begin = np.cumsum(count) - count
    return which, np.arange(len(which)) - begin[which] + first[which]


def inside(geometry: shapely.Geometry, grid: Grid, column: Ints, row: Ints) -> Bools:
    """Which untouched cells lie inside; cells that follow each other in a row are told by one test.

    Args:
        geometry: the polygon.
        grid: the cells' grid.
        column: int64[n], `row` int64[n]: every untouched cell in question, sorted by row, then column.
        row: see `column`.
    """
    if not len(column):
        return np.zeros(0, np.bool_)
    starts = np.ones(len(column), np.bool_)
    starts[1:] = (np.diff(row) != 0) | (np.diff(column) != 1)
    lon, lat = grid.centres(column[starts], row[starts])
    found: Bools = np.asarray(shapely.intersects_xy(geometry, lon, lat), np.bool_)
    told: Bools = found[np.cumsum(starts) - 1]
    return told
