"""Which of many features governs a point: what other programs import as `groundpass.Locator`.

Rules:
1. A feature is one territory: all of its polygons together, holes taken out. Edges are straight in lon/lat,
   and a point on an edge or a vertex is inside (RFC 7946, and docs/explain/decision.md).
2. Of the features that contain a point the one of the highest `precedence` (a property, an integer, 0 where
   it is missing) governs; of equal ones the first.
3. ±180° is one meridian and a pole is one place, whatever its longitude: what contains either form contains
   both.
4. Features are taken 64 at a time into grids (`grid.py`), the highest first; a point that one grid has
   placed is not asked of the next. What a grid cannot tell, and what rule 3 is about, GEOS decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import shapely

from groundpass.kernel.core.errors import BadGeometry, BadInput
from groundpass.kernel.territory import read_geojson
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE
from groundpass.kernel.territory.grid import MAX_LAYERS, UNKNOWN, LayerGrid
from groundpass.kernel.territory.shapes import place_of

MOST: Final = 2**16 - 1  # features: their numbers are uint16, and 0 says none
ROWS: Final = 1 << 16  # points a step: what is between two grids stays in the cache

Source = Mapping[str, Any] | bytes | str | Path
Numbers = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Up to 64 features, the governing first: their numbers, polygons and grid, and the number by mask id."""

    numbers: Numbers
    polygons: npt.NDArray[np.object_]
    grid: LayerGrid
    by_mask: Numbers

    @classmethod
    def of(cls, numbers: Numbers, polygons: npt.NDArray[np.object_]) -> Self:
        """Make the grid."""
        grid = LayerGrid.build(polygons.tolist())
        members = grid.members(len(polygons))
        first = numbers[np.argmax(members, axis=1)]
        # The entry behind the last is that of UNKNOWN, which is -1.
        by_mask = np.append(np.where(members.any(axis=1), first, 0), 0).astype(np.uint16)
        return cls(numbers, polygons, grid, by_mask)

    def locate(self, lon: Floats, lat: Floats) -> Numbers:
        """The governing feature of each point, 0 for none."""
        mask = self.grid.locate(lon, lat)
        found: Numbers = self.by_mask[mask]
        doubtful = np.flatnonzero(mask == UNKNOWN)
        if len(doubtful):
            found[doubtful] = self.ask(shapely.points(lon[doubtful], lat[doubtful]))
        return found

    def ask(self, places: npt.NDArray[np.object_]) -> Numbers:
        """The same of geometries, by GEOS."""
        found = np.zeros(len(places), np.uint16)
        for number, polygon in zip(self.numbers, self.polygons, strict=True):
            open_ = np.flatnonzero(found == 0)
            found[open_[shapely.intersects(polygon, places[open_])]] = number
        return found


class Locator:
    """Finds the governing feature of points.

    ```
    locator = Locator.from_geojson("territories.geojson")
    numbers = locator.locate(lon, lat)
    ```

    Args:
        polygons: of each feature one polygon or multipolygon, degrees lon/lat, split at the antimeridian.
        precedence: an integer for each.

    Raises BadInput for no feature, more than 65,535, or a precedence that is missing or too many.
    """

    def __init__(self, polygons: Sequence[shapely.Geometry], precedence: Sequence[int]) -> None:
        if not 0 < len(polygons) <= MOST:
            raise BadInput(f"There are {len(polygons)} features", why=f"a locator takes 1 to {MOST}")
        if len(precedence) != len(polygons):
            raise BadInput(f"{len(polygons)} features have {len(precedence)} precedences")
        order = np.argsort(-np.array(precedence, np.int64), kind="stable")
        shapes = np.array(polygons, np.object_)
        shapely.prepare(shapes)
        numbers = (order + 1).astype(np.uint16)
        starts = range(0, len(order), MAX_LAYERS)
        self._groups = [
            _Group.of(numbers[start : start + MAX_LAYERS], shapes[order[start : start + MAX_LAYERS]])
            for start in starts
        ]
        self._count = len(order)

    @classmethod
    def from_geojson(cls, features: Source | Sequence[Mapping[str, Any]]) -> Self:
        """Read features.

        Args:
            features: a FeatureCollection, or one Feature or geometry, as an object, its text or bytes, or the
                path of its file; or a sequence of Features or geometries. Polygons, multipolygons and
                collections of them, at any nesting.

        Raises BadGeometry naming the feature (counted from one) and the place of a fault, BadInput for a
        precedence that is no integer.
        """
        found = _features(features)
        polygons, precedence = [], []
        for number, feature in enumerate(found, 1):
            given = _precedence(feature)
            if isinstance(given, bool) or not isinstance(given, int) or abs(given) >= 2**63:
                raise BadInput(f"The precedence of feature {number} is {given!r}", todo="Give an integer")
            try:
                polygons.append(read_geojson(feature))
            except BadGeometry as error:
                raise BadGeometry(
                    f"Feature {number}: {error.what}", why=error.why, todo=error.todo, place=error.place
                ) from error
            precedence.append(given)
        return cls(polygons, precedence)

    def __len__(self) -> int:
        return self._count

    def locate(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Numbers:
        """Find the governing feature of points.

        Args:
            lon: float64[n], degrees WGS84; a single number is one point.
            lat: float64[n], degrees WGS84.

        Returns:
            uint16[n]: the place of the governing feature in the sequence, counted from one; 0 where there is
            none, and for NaN, infinity, or degrees beyond ±180 and ±90.

        Raises BadInput for columns of different lengths, of more than one dimension, or of no numbers.
        """
        x, y = _column(lon, "lon"), _column(lat, "lat")
        if len(x) != len(y):
            raise BadInput(f"lon has {len(x)} rows, and lat has {len(y)}")
        found = np.zeros(len(x), np.uint16)
        for start in range(0, len(x), ROWS):
            part = slice(start, start + ROWS)
            found[part] = self._locate(x[part], y[part])
        return found

    def _locate(self, lon: Floats, lat: Floats) -> Numbers:
        """The same for some rows."""
        found = self._groups[0].locate(lon, lat)
        for group in self._groups[1:]:
            rows = np.flatnonzero(found == 0)
            if not len(rows):
                break
            found[rows] = group.locate(lon[rows], lat[rows])
        # A grid counts what lies on its rim like any other place: what is no place on earth is put right
        # here.
        edge = (np.abs(lon) >= HALF_TURN) | (np.abs(lat) >= POLE)
        if edge.any():
            self._place_odd(lon, lat, np.flatnonzero(edge), found)
        return found

    def _place_odd(self, lon: Floats, lat: Floats, rows: npt.NDArray[np.intp], found: Numbers) -> None:
        """Points on ±180° and at the poles, and those beyond, which are nowhere."""
        found[rows] = 0
        rows = rows[(np.abs(lon[rows]) <= HALF_TURN) & (np.abs(lat[rows]) <= POLE)]
        spots = zip(lon[rows].tolist(), lat[rows].tolist(), strict=True)
        places = np.array([place_of(x, y) for x, y in spots], np.object_)
        for group in self._groups:
            open_ = np.flatnonzero(found[rows] == 0)
            found[rows[open_]] = group.ask(places[open_])


def _features(source: Source | Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The features of a source, in their order."""
    if isinstance(source, Sequence) and not isinstance(source, str | bytes):
        return list(source)
    data = source if isinstance(source, Mapping) else _object(source)
    if data.get("type") != "FeatureCollection":
        return [data]
    found = data.get("features")
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise BadGeometry("The collection has no list of features", todo="Export it again")
    # What the collection says of its coordinates is true of each of its features.
    crs = {"crs": data["crs"]} if "crs" in data else {}
    return [{**crs, **feature} if isinstance(feature, Mapping) else feature for feature in found]


def _precedence(feature: object) -> object:
    """The property of a feature; what is no feature is refused elsewhere."""
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    return properties.get("precedence", 0) if isinstance(properties, Mapping) else 0


def _object(source: bytes | str | Path) -> Mapping[str, Any]:
    """The object of a text, or of the file that a path or a text without braces names."""
    try:
        if isinstance(source, Path) or (isinstance(source, str) and not source.lstrip().startswith("{")):
            source = Path(source).read_bytes()
        data = json.loads(source)
    except OSError as error:
        raise BadGeometry(f"{source!s} cannot be read", why=str(error.strerror)) from error
    except (ValueError, RecursionError) as error:
        raise BadGeometry("This is not GeoJSON", why=str(error), todo="Export it again") from error
    if not isinstance(data, dict):
        raise BadGeometry("This is not GeoJSON", why="it is not an object", todo="Export it again")
    return data


def _column(values: npt.ArrayLike, name: str) -> Floats:
    """A column of numbers."""
    try:
        column = np.atleast_1d(np.asarray(values))
    except ValueError as error:
        raise BadInput(f"{name} is no column", why=str(error), todo="Give float64, in degrees") from error
    if column.dtype.kind not in "iuf":
        raise BadInput(
            f"{name} holds no numbers", why=f"it is {column.dtype}", todo="Give float64, in degrees"
        )
    if column.ndim != 1:
        raise BadInput(f"{name} has {column.ndim} dimensions", todo="Give a column")
    return np.ascontiguousarray(column, np.float64)
