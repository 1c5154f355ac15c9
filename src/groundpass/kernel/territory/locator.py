"""Which territories contain a point: exact, and fast where no edge is near.

1. Territories are closed: a point on an edge or vertex is inside. Points on ±180° and at the poles are the
   places that they are (`shapes.place_of`).
2. A grid covers all territories. A cell that no edge touches knows its territories. One that is touched has
   FINE by FINE fine cells; a fine cell that is touched too knows which territories are sure, which unsure,
   and there GEOS decides with its robust predicates. No grid decides alone where rounding could matter.
3. What a cell knows is its *kind*: a row of `sure` and of `unsure`. Kinds are few, cells many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE
from groundpass.kernel.territory.raster import Bools, Floats, Grid, Ints, inside, touched
from groundpass.kernel.territory.shapes import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE: Final = 16  # fine cells along each side of a touched cell
CELL: Final = (0.03, 0.02)  # degrees lon, lat: about 2 km in the middle latitudes
LEAST: Final = 32  # cells along each side of the grid
MOST: Final = 1024  # cells along each side of the grid
BORDER: Final = 2  # empty cells around it, for every point beyond
ROWS: Final = 1 << 16  # points a step: the columns stay in the cache

OUT, IN, UNSURE = 0, 1, 2

Kinds = npt.NDArray[np.int32]
States = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where points are: row i lies in the territories `sets[index[i]]`.

    index: int32[n] · sets: bool[k, t], a row for each combination of territories; rows may repeat. The first
    rows are the locator's kinds, the same in every placement that it gives.
    """

    index: Kinds
    sets: Bools


class Locator:
    """Finds the territories of points.

    Args:
        polygons: Polygons or MultiPolygons in degrees lon/lat, cut at the antimeridian, valid.
    """

    def __init__(self, polygons: Sequence[shapely.Geometry]) -> None:
        self.polygons: npt.NDArray[np.object_] = np.array(list(polygons), dtype=np.object_)
        for polygon in self.polygons:
            shapely.prepare(polygon)
        self.sure: Bools = np.zeros((1, len(self.polygons)), np.bool_)
        self.unsure: Bools = self.sure.copy()
        self._grid = _grid_of(self.polygons)
        coarse = [_coarse(polygon, self._grid) for polygon in self.polygons]
        number = np.full((self._grid.rows, self._grid.columns), -1, np.int64)
        for window, states in coarse:
            number[window][states == UNSURE] = 0
        blocks = np.flatnonzero(number == 0)
        number.ravel()[blocks] = np.arange(len(blocks))
        kinds = np.zeros(number.shape, np.int32)
        fine = np.zeros((len(blocks), FINE, FINE), np.int32)
        for index, (window, states) in enumerate(coarse):
            near = number[window][number[window] >= 0]
            finer = _fine(self.polygons[index], self._grid, states[number[window] >= 0], blocks[near])
            table = self._learn(index, [(kinds[window], states), (fine[near], finer)])
            kinds[window] = table[kinds[window] * 3 + states]
            fine[near] = table[fine[near] * 3 + finer]
        kinds.ravel()[blocks] = -1 - np.arange(len(blocks), dtype=np.int32)
        self._kinds = kinds.ravel()
        self._fine = fine.ravel()
        self._pure: Bools = ~np.any(self.unsure, axis=1)
        self._changes = _changes(kinds)

    def _learn(self, index: int, layers: list[tuple[Kinds, States]]) -> Kinds:
        """Split the kinds of cells by what a further territory is to them: kind * 3 + state → kind."""
        count = len(self.sure)
        table = np.zeros(3 * count, np.int32)
        table[0::3] = np.arange(count)
        known = np.zeros(3 * count, np.bool_)
        for kinds, states in layers:
            known |= np.bincount((kinds * 3 + states).ravel(), minlength=3 * count).astype(np.bool_)
        for state in (IN, UNSURE):
            old = np.flatnonzero(known[state::3])
            table[state::3][old] = len(self.sure) + np.arange(len(old))
            sure, unsure = self.sure[old], self.unsure[old]
            sure[:, index], unsure[:, index] = state == IN, state == UNSURE
            self.sure = np.concatenate([self.sure, sure])
            self.unsure = np.concatenate([self.unsure, unsure])
        return table

    def locate(self, lon: Floats, lat: Floats) -> Placement:
        """Find the territories of points.

        Args:
            lon: float64[n], degrees within ±180.
            lat: float64[n], degrees within ±90. Neither may be NaN.
        """
        index = np.empty(len(lon), np.int32)
        for start in range(0, len(lon), ROWS):
            part = slice(start, start + ROWS)
            index[part] = self._kinds_of(lon[part], lat[part])
        odd = np.flatnonzero((np.abs(lon) >= HALF_TURN) | (np.abs(lat) >= POLE))
        hard = np.flatnonzero(~self._pure[index])
        if not len(odd) and not len(hard):
            return Placement(index, self.sure)
        sets = [self.sure]
        steps = ((np.setdiff1d(hard, odd), self._decide), (odd, self._decide_odd))
        for rows, decide in steps:
            for start in range(0, len(rows), ROWS):
                some = rows[start : start + ROWS]
                found, inverse = _distinct(decide(lon[some], lat[some], index[some]))
                index[some] = inverse + sum(len(known) for known in sets)
                sets.append(found)
        return Placement(index, np.concatenate(sets))

    def covers(self, lon: Floats, lat: Floats) -> Bools:
        """For each territory the points that lie in it: bool[t, n]."""
        placed = self.locate(lon, lat)
        return np.ascontiguousarray(placed.sets.T)[:, placed.index]

    def uniform(self, west: Floats, south: Floats, east: Floats, north: Floats) -> Kinds:
        """For boxes in degrees: the row of `sets` that holds for all of one, or -1 where that is not sure."""
        u, v, left, low = self._cells(west, south)
        x, y, right, high = self._cells(east, north)
        changes = self._changes
        count = (
            _within(changes[0], left, low, right, high)
            + _within(changes[1], left, low, right - 1, high)
            + _within(changes[2], left, low, right, high - 1)
        )
        cell = low * self._grid.columns + left
        kinds: Kinds = np.where(count == 0, self._kinds[cell], np.int32(-1))
        single = np.flatnonzero((count > 0) & (left == right) & (low == high))
        block = -1 - self._kinds[cell[single]].astype(np.intp)
        first = _fine_index(u[single], v[single])
        kind = self._fine[block * (FINE * FINE) + first]
        sure = (first == _fine_index(x[single], y[single])) & self._pure[kind]
        kinds[single] = np.where(sure, kind, np.int32(-1))
        return kinds

    def _cells(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats, Ints, Ints]:
        """Positions counted in cells, and the columns and rows they fall into; beyond the grid its border."""
        grid = self._grid
        u = np.clip((lon - grid.west) * (1 / grid.width), 0.0, grid.columns - 1e-3)
        v = np.clip((lat - grid.south) * (1 / grid.height), 0.0, grid.rows - 1e-3)
        return u, v, u.astype(np.int64), v.astype(np.int64)

    def _kinds_of(self, lon: Floats, lat: Floats) -> Kinds:
        """The kinds of the cells that hold points."""
        u, v, column, row = self._cells(lon, lat)
        kinds: Kinds = self._kinds[row * self._grid.columns + column]
        deep = np.flatnonzero(kinds < 0)
        block = -1 - kinds[deep].astype(np.intp)
        kinds[deep] = self._fine[block * (FINE * FINE) + _fine_index(u[deep], v[deep])]
        return kinds

    def _decide(self, lon: Floats, lat: Floats, kinds: Kinds) -> Bools:
        """The territories of points near edges: bool[n, t]."""
        found = self.sure[kinds]
        unsure = self.unsure[kinds]
        for index in np.flatnonzero(np.any(unsure, axis=0)):
            rows = np.flatnonzero(unsure[:, index])
            found[rows, index] = shapely.intersects_xy(self.polygons[index], lon[rows], lat[rows])
        return found

    def _decide_odd(self, lon: Floats, lat: Floats, _: Kinds) -> Bools:
        """The territories of points on ±180° and at the poles: bool[n, t]."""
        places = np.array([place_of(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])
        columns = [shapely.intersects(polygon, places) for polygon in self.polygons]
        return np.stack(columns, axis=1) if columns else np.zeros((len(lon), 0), np.bool_)


def _grid_of(polygons: npt.NDArray[np.object_]) -> Grid:
    """A grid over all polygons, with an empty border."""
    if not len(polygons):
        return Grid(-1.0, -1.0, 1.0, 1.0, 2, 2)
    west, south, east, north = shapely.total_bounds(polygons)
    # Few edges do not need many cells: they are as sharp in few, and the grid is quicker made.
    most = np.clip(4 * np.sqrt(shapely.get_num_coordinates(polygons).sum()), 2 * LEAST, MOST)
    columns = int(np.clip((east - west) / CELL[0], LEAST, most))
    rows = int(np.clip((north - south) / CELL[1], LEAST, most))
    width, height = (east - west) / columns, (north - south) / rows
    return Grid(
        west - BORDER * width,
        south - BORDER * height,
        width,
        height,
        columns + 2 * BORDER,
        rows + 2 * BORDER,
    )


def _coarse(polygon: shapely.Geometry, grid: Grid) -> tuple[tuple[slice, slice], States]:
    """What a polygon is to the cells around it: the rows and columns they take, int8[rows, columns]."""
    column, row = touched(polygon, grid)
    low, left = int(row.min()), int(column.min())
    states = np.zeros((int(row.max()) - low + 1, int(column.max()) - left + 1), np.int8)
    states[row - low, column - left] = UNSURE
    rows, columns = np.nonzero(states == OUT)
    states[rows, columns] = inside(polygon, grid, columns + left, rows + low)
    return (slice(low, low + states.shape[0]), slice(left, left + states.shape[1])), states


def _fine(polygon: shapely.Geometry, grid: Grid, states: States, cells: Ints) -> States:
    """What a polygon is to the fine cells of touched cells.

    Args:
        polygon: the polygon.
        grid: the grid of the cells.
        states: int8[b], what the polygon is to each of the cells.
        cells: int64[b], their places in the grid, row by row.

    Returns:
        int8[b, FINE, FINE].
    """
    fine = np.repeat(states, FINE * FINE).reshape(-1, FINE, FINE)
    own = np.flatnonzero(states == UNSURE)
    if not len(own):
        return fine
    smaller = grid.finer(FINE)
    column, row = touched(polygon, smaller)
    cell = (row // FINE) * grid.columns + column // FINE
    place = np.searchsorted(cells, cell).clip(0, len(cells) - 1)
    # By its margin the finer raster may touch a cell that the coarse one did not: it was told as a whole.
    keep = (cells[place] == cell) & (states[place] == UNSURE)
    fine[own] = OUT
    fine[place[keep], row[keep] % FINE, column[keep] % FINE] = UNSURE
    which, down, across = np.nonzero(fine[own] == OUT)
    columns = cells[own[which]] % grid.columns * FINE + across
    rows = cells[own[which]] // grid.columns * FINE + down
    fine[own[which], down, across] = inside(polygon, smaller, columns, rows)
    return fine


def _fine_index(u: Floats, v: Floats) -> Ints:
    """The fine cell, within its cell, of positions counted in cells."""
    column, row = ((u - np.floor(u)) * FINE).astype(np.int64), ((v - np.floor(v)) * FINE).astype(np.int64)
    return row * FINE + column


def _changes(kinds: Kinds) -> list[Ints]:
    """Summed tables of: touched cells, cells unlike the one to the right, cells unlike the one above."""
    right = np.zeros(kinds.shape, np.bool_)
    right[:, :-1] = kinds[:, 1:] != kinds[:, :-1]
    above = np.zeros(kinds.shape, np.bool_)
    above[:-1] = kinds[1:] != kinds[:-1]
    return [
        np.pad(np.cumsum(np.cumsum(mark, axis=0, dtype=np.int64), axis=1), ((1, 0), (1, 0)))
        for mark in (kinds < 0, right, above)
    ]


def _within(table: Ints, left: Ints, low: Ints, right: Ints, high: Ints) -> Ints:
    """Sum of a summed table from (left, low) to (right, high), both inclusive; an empty range gives 0."""
    right, high = np.maximum(right, left - 1) + 1, np.maximum(high, low - 1) + 1
    return table[high, right] - table[low, right] - table[high, left] + table[low, left]


def _distinct(rows: Bools) -> tuple[Bools, npt.NDArray[np.intp]]:
    """Distinct rows, and for each row which one it is."""
    packed = np.packbits(rows, axis=1)
    if not packed.shape[1]:
        return rows[:1], np.zeros(len(rows), np.intp)
    words = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").ravel()
    _, first, inverse = np.unique(words, return_index=True, return_inverse=True)
    return rows[first], inverse
