"""Where the reports of a batch are: which territories contain, touch and cover each position.

1. What a position is, is told in the order of `reports.py`: point, circle, cell, country, nothing.
2. A row points to one of few *sets*: rows of three tables, `inside` (contains it, by `when_uncertain` where
   it straddles), `touch` and `cover`. For a point the three are the same. By a country code alone a position
   is inside and touched, and not covered, which makes it uncertain, as it is.
3. A circle or cell whose box lies in cells of the locator that agree needs no shape of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from groundpass.kernel.core.verdicts import WhenUncertain
from groundpass.kernel.engine.reports import country_code
from groundpass.kernel.territory import area, cell_shape, is_cell
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE
from groundpass.kernel.territory.shapes import MAX_RADIUS, MIN_RADIUS, circles

if TYPE_CHECKING:
    from groundpass.kernel.core.state import Territory
    from groundpass.kernel.engine.reports import Reports
    from groundpass.kernel.territory import Locator

NOWHERE: Final = 0  # the set of what lies in no territory: the locator's first kind
DEGREE: Final = 110_000.0  # m: shorter than any degree of latitude, so that boxes are rather too large
STEEP: Final = 85.0  # degrees of latitude, beyond which boxes of circles are not worth their care
STEP: Final = 4096  # shapes at a time

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Sets:
    """Distinct relations of positions to territories: tables bool[k, t].

    `under`: territories under which a terminal there has come, where it settles first; None: all of `inside`.
    """

    inside: Bools
    touch: Bools
    cover: Bools
    under: Bools | None = None

    def __len__(self) -> int:
        return len(self.inside)

    def pick(self, rows: Ints | slice) -> Sets:
        """Some of them."""
        under = None if self.under is None else self.under[rows]
        return Sets(self.inside[rows], self.touch[rows], self.cover[rows], under)


@dataclass(slots=True)
class Places:
    """Where each row is.

    index: int64[n], the row of `sets` · located: bool[n], False where nothing says where it is.
    """

    index: Ints
    located: Bools
    sets: Sets = field(repr=False)

    def settling(self, unsettled: Bools) -> Places:
        """The same, where terminals have not come under some territories yet: bool[n, t]."""
        rows = np.flatnonzero((unsettled & self.sets.inside[self.index]).any(axis=1))
        if not len(rows):
            return self
        pairs, which = np.unique(
            np.column_stack([self.index[rows], np.packbits(unsettled[rows], axis=1)]),
            axis=0,
            return_inverse=True,
        )
        more = self.sets.pick(pairs[:, 0])
        held = np.unpackbits(pairs[:, 1:].astype(np.uint8), axis=1, count=unsettled.shape[1]).astype(np.bool_)
        more.under = more.inside & ~held
        index = self.index.copy()
        index[rows] = len(self.sets) + which.ravel()
        return Places(index, self.located, _joined([self.sets, more]))


class Placer:
    """Places the reports of batches among the territories of one release."""

    def __init__(self, territories: tuple[Territory, ...], locator: Locator) -> None:
        self._locator = locator
        modes = np.array([int(territory.when_uncertain) for territory in territories], np.int64)
        self._modes = modes
        self._countries = np.array([country_code(place.country) for place in territories], np.uint16)

    def place(self, reports: Reports) -> Places:
        """Place every row."""
        on_earth = (np.abs(reports.lat) <= POLE) & (np.abs(reports.lon) <= HALF_TURN)
        radius = reports.uncertainty_m
        wide = radius >= MIN_RADIUS
        held = on_earth & ~((radius < 0) | (radius > MAX_RADIUS))
        points = held & ~wide
        if points.all():
            placed = self._locator.locate(reports.lon, reports.lat)
            return Places(placed.index.astype(np.int64), points, _sharp(placed.sets))
        return self._place_mixed(reports, points, held & wide)

    def _place_mixed(self, reports: Reports, points: Bools, round_: Bools) -> Places:
        """Place rows of every kind."""
        rows = np.flatnonzero(points)
        placed = self._locator.locate(reports.lon[rows], reports.lat[rows])
        parts = [_sharp(placed.sets)]
        index = np.full(len(reports), NOWHERE, np.int64)
        located = points.copy()
        index[rows] = placed.index
        rest = np.flatnonzero(~points & ~round_)
        cells, cell_rows = _valid_cells(reports.cell[rest])
        lands = rest[~cell_rows]
        lands = lands[reports.country[lands] != 0]
        for rows, (found, sets) in (
            (np.flatnonzero(round_), self._place_circles(reports, np.flatnonzero(round_))),
            (rest[cell_rows], self._place_cells(cells)),
            (lands, self._place_countries(reports.country[lands])),
        ):
            index[rows] = np.where(found < 0, -1 - found, found + sum(map(len, parts)))
            located[rows] = True
            parts.append(sets)
        return Places(index, located, _joined(parts))

    def _place_circles(self, reports: Reports, rows: Ints) -> tuple[Ints, Sets]:
        """Places of uncertain points; below zero: -1 - the set that the locator already knows."""
        lon, lat, radius = reports.lon[rows], reports.lat[rows], reports.uncertainty_m[rows]
        known = self._uniform_circles(lon, lat, radius)
        hard = np.flatnonzero(known < 0)
        tables = [
            self._relate(circles(lon[part], lat[part], radius[part]))
            for part in np.array_split(hard, max(1, len(hard) // STEP))
        ]
        sets, inverse = _distinct(_joined(tables))
        index = -1 - known
        index[hard] = inverse
        return index, sets

    def _uniform_circles(self, lon: Floats, lat: Floats, radius: Floats) -> Ints:
        """The locator's set for circles whose box lies in one; -1 for the others."""
        up = radius / DEGREE
        low, high = np.abs(lat), np.abs(lat) + up
        across = up / np.cos(np.radians(np.minimum(high, STEEP))) * 1.01
        fits = (high < STEEP) & (np.abs(lon) + across < HALF_TURN) & (low >= 0)
        known = np.full(len(lon), -1, np.int64)
        rows = np.flatnonzero(fits)
        west, east = lon[rows] - across[rows], lon[rows] + across[rows]
        known[rows] = self._locator.uniform(west, lat[rows] - up[rows], east, lat[rows] + up[rows])
        return known

    def _place_cells(self, cells: npt.NDArray[np.uint64]) -> tuple[Ints, Sets]:
        """Places of H3 cells, each distinct one once."""
        distinct, which = np.unique(cells, return_inverse=True)
        shapes = np.array([cell_shape(int(cell)) for cell in distinct], np.object_)
        sets, inverse = _distinct(self._relate(shapes))
        return inverse[which].astype(np.int64), sets

    def _place_countries(self, codes: npt.NDArray[np.uint16]) -> tuple[Ints, Sets]:
        """Places of country codes, each distinct one once."""
        distinct, which = np.unique(codes, return_inverse=True)
        inside = distinct[:, None] == self._countries[None, :]
        return which.astype(np.int64), Sets(inside, inside, np.zeros_like(inside))

    def _relate(self, shapes: npt.NDArray[np.object_]) -> Sets:
        """What each shape is to each territory, by exact predicates."""
        size = (len(shapes), len(self._modes))
        inside, touch, cover = (np.zeros(size, np.bool_) for _ in range(3))
        for index, polygon in enumerate(self._locator.polygons):
            touch[:, index] = shapely.intersects(polygon, shapes)
            near = np.flatnonzero(touch[:, index])
            cover[near, index] = shapely.covers(polygon, shapes[near])
            inside[:, index] = cover[:, index]
            part = near[~cover[near, index]]
            if self._modes[index] == WhenUncertain.INSIDE:
                inside[part, index] = True
            elif self._modes[index] == WhenUncertain.MAJORITY and len(part):
                shared = area(shapely.intersection(polygon, shapes[part]))
                inside[part, index] = 2 * shared > area(shapes[part])
        return Sets(inside, touch, cover)


def _sharp(sets: Bools) -> Sets:
    """The sets of points: what contains a point touches and covers it."""
    return Sets(sets, sets, sets)


def _joined(parts: list[Sets]) -> Sets:
    """Tables below each other."""
    under = [part.inside if part.under is None else part.under for part in parts]
    return Sets(
        np.concatenate([part.inside for part in parts]),
        np.concatenate([part.touch for part in parts]),
        np.concatenate([part.cover for part in parts]),
        np.concatenate(under) if any(part.under is not None for part in parts) else None,
    )


def _distinct(sets: Sets) -> tuple[Sets, Ints]:
    """Distinct rows, and for each row which one it is."""
    whole = np.concatenate([sets.inside, sets.touch, sets.cover], axis=1)
    if not whole.size:
        return Sets(sets.inside[:1], sets.touch[:1], sets.cover[:1]), np.zeros(len(sets), np.int64)
    packed = np.ascontiguousarray(np.packbits(whole, axis=1))
    words = packed.view(f"V{packed.shape[1]}").ravel()
    _, first, inverse = np.unique(words, return_index=True, return_inverse=True)
    return Sets(sets.inside[first], sets.touch[first], sets.cover[first]), inverse.astype(np.int64)


def _valid_cells(cells: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint64], Bools]:
    """The cells among numbers, and which of the numbers are cells."""
    distinct, which = np.unique(cells, return_inverse=True)
    valid = np.array([is_cell(int(cell)) for cell in distinct], np.bool_)[which]
    return cells[valid], valid
