"""Positions as shapes: what a report says of where its terminal is.

1. A point is itself, but ±180° is one meridian and a pole is one place whatever its longitude.
2. A radius is the polygon of the 64 points at that geodesic distance (WGS84), at equal azimuths from north,
   joined by straight lines in lon/lat. Below MIN_RADIUS it is a point; above MAX_RADIUS it is no place.
3. An H3 cell is its boundary's vertices joined by straight lines in lon/lat.
4. Shapes that cross the antimeridian are cut there, those round a pole reach up to it.
5. Areas are on the WGS84 ellipsoid: its equal-area cylindrical projection, edges split every quarter degree.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from h3.api import basic_int
from pyproj import Geod
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon

from groundpass.kernel.territory.antimeridian import (
    HALF_TURN,
    POLE,
    around_pole,
    crosses,
    cut,
    joined,
    polygons_of,
    unwrap,
)

SIDES: Final = 64
MIN_RADIUS: Final = 0.01  # m: below it a circle is narrower than the last digit of any report
MAX_RADIUS: Final = 1_000_000.0  # m: above it a report does not say where the terminal is
CELLS_KEPT: Final = 65_536  # shapes of cells that are remembered

_WGS84: Final = Geod(ellps="WGS84")
_STEP: Final = 0.25  # degrees; bends of the projection within it are below 1e-6 of an area
_ECCENTRICITY: Final = float(np.sqrt(_WGS84.es))

Floats = npt.NDArray[np.float64]


def place_of(lon: float, lat: float) -> shapely.Geometry:
    """The geometry of a point: a point, both sides of the antimeridian, or the whole edge of a pole."""
    if abs(lat) == POLE:
        return LineString([(-HALF_TURN, lat), (HALF_TURN, lat)])
    if abs(lon) == HALF_TURN:
        return MultiPoint([(-HALF_TURN, lat), (HALF_TURN, lat)])
    return Point(lon, lat)


def circle(lon: float, lat: float, radius: float) -> Polygon | MultiPolygon:
    """The polygon of an uncertain point; degrees and metres."""
    shape: Polygon | MultiPolygon = circles(np.array([lon]), np.array([lat]), np.array([radius]))[0]
    return shape


def circles(lon: Floats, lat: Floats, radius: Floats) -> npt.NDArray[np.object_]:
    """The polygons of many uncertain points, each exactly as `circle` gives it."""
    count = len(lon)
    azimuth = np.tile(np.arange(SIDES) * (360.0 / SIDES), count)
    east, north, _ = _WGS84.fwd(
        np.repeat(lon, SIDES), np.repeat(lat, SIDES), azimuth, np.repeat(radius, SIDES)
    )
    rings = np.stack([east, north], axis=-1).reshape(count, SIDES, 2)
    rings = np.concatenate([rings, rings[:, :1]], axis=1)
    shapes: npt.NDArray[np.object_] = shapely.polygons(rings)
    jumps = np.abs(np.diff(rings[:, :, 0], axis=1)).max(axis=1, initial=0.0) > HALF_TURN
    for index in np.flatnonzero(jumps | ~shapely.is_valid(shapes)):
        shapes[index] = _bent(rings[index], float(lat[index]))
    return shapes


def is_cell(cell: int) -> bool:
    """Whether a number is an H3 cell, of any resolution."""
    return bool(basic_int.is_valid_cell(cell))


@lru_cache(maxsize=CELLS_KEPT)
def cell_shape(cell: int) -> Polygon | MultiPolygon:
    """The polygon of an H3 cell."""
    boundary = np.array(basic_int.cell_to_boundary(cell))[:, ::-1]
    ring = np.concatenate([boundary, boundary[:1]])
    if not crosses(ring):
        return Polygon(ring)
    return _bent(ring, float(basic_int.cell_to_latlng(cell)[0]))


def _bent(ring: Floats, lat: float) -> Polygon | MultiPolygon:
    """The shape of a ring that crosses the antimeridian or itself, or goes round the pole next to `lat`."""
    straight, turns = unwrap(ring)
    if turns:
        return around_pole(ring, float(np.copysign(POLE, lat)))
    shape = Polygon(straight)
    valid = [shape] if shape.is_valid else polygons_of(shapely.make_valid(shape))
    return joined([piece for part in valid for piece in cut(part)])


def area(shapes: npt.ArrayLike | shapely.Geometry) -> Floats:
    """Areas in m² on the WGS84 ellipsoid."""
    split = shapely.segmentize(shapes, _STEP)
    return np.asarray(shapely.area(shapely.transform(split, _equal_area)), np.float64)


def _equal_area(coordinates: Floats) -> Floats:
    """Degrees to metres in the cylindrical equal-area projection (Snyder, USGS 1395, 3-12 and 10-17)."""
    sine = np.sin(np.radians(coordinates[:, 1]))
    e = _ECCENTRICITY
    q = (1 - e * e) * (sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e)
    return np.column_stack([np.radians(coordinates[:, 0]) * _WGS84.a, _WGS84.a * q / 2])
