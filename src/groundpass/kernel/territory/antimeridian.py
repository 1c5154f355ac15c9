"""Rings that cross the antimeridian or go round a pole, cut into polygons within ±180° of longitude.

1. An edge more than 180° long is read as crossing the antimeridian (RFC 7946 wants such polygons cut already;
   many files are not), if the ring then closes and has area. Else it goes round a pole: it is read as written
   where it says so (edges from -180 to 180 or along the pole, as the world in one box has), and refused else.
2. Longitudes beyond ±180° are the same meridians; what lies there is moved back by whole turns.
3. Cut edges lie exactly on ±180°, so that closed polygons meet there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

HALF_TURN: Final = 180.0
TURN: Final = 360.0
POLE: Final = 90.0
SNAP: Final = 1e-9  # degrees (0.1 mm): where GEOS rounds a cut that lies on ±180

Ring = npt.NDArray[np.float64]  # [n, 2] lon, lat in degrees, closed


def unwrap(ring: Ring) -> tuple[Ring, int]:
    """The ring in longitudes without jumps, and how often it goes round a pole (eastward counts up)."""
    turns = np.rint(np.diff(ring[:, 0]) / TURN)
    turns[np.abs(np.diff(ring[:, 0])) <= HALF_TURN] = 0
    shift = np.concatenate([[0.0], -np.cumsum(turns)])
    straight = ring.copy()
    straight[:, 0] += TURN * shift
    return straight, int(shift[-1])


def crosses(ring: Ring) -> bool:
    """Whether any edge is longer than half a turn, or any longitude lies beyond ±180."""
    return bool(np.any(np.abs(np.diff(ring[:, 0])) > HALF_TURN) or np.any(np.abs(ring[:, 0]) > HALF_TURN))


def says_its_pole(ring: Ring) -> bool:
    """Whether a ring round a pole is meant as written: its long edges span the map, or lie along a pole."""
    long = np.abs(np.diff(ring[:, 0])) > HALF_TURN
    whole = np.abs(np.diff(ring[:, 0])) == TURN
    polar = (np.abs(ring[:-1, 1]) == POLE) & (np.abs(ring[1:, 1]) == POLE)
    return bool(np.all(~long | whole | polar) and np.all(np.abs(ring[:, 0]) <= HALF_TURN))


def cut(polygon: Polygon) -> list[Polygon]:
    """Cut a polygon whose longitudes may lie beyond ±180 at every antimeridian, and move the pieces back."""
    west, _, east, _ = polygon.bounds
    first = int(np.floor((west + HALF_TURN) / TURN))
    last = int(np.ceil((east + HALF_TURN) / TURN)) - 1
    pieces: list[Polygon] = []
    for turn in range(first, max(first, last) + 1):
        middle = TURN * turn
        strip = shapely.box(middle - HALF_TURN, -90.0, middle + HALF_TURN, 90.0)
        piece = shapely.transform(shapely.intersection(polygon, strip), lambda c, m=middle: _moved(c, m))
        pieces += polygons_of(piece)
    return pieces


def _moved(coordinates: npt.NDArray[np.float64], middle: float) -> npt.NDArray[np.float64]:
    """Coordinates around a meridian, moved to 0, and exactly on ±180 where they are within SNAP."""
    moved = coordinates - [middle, 0.0]
    edge = np.abs(np.abs(moved[:, 0]) - HALF_TURN) < SNAP
    moved[edge, 0] = np.copysign(HALF_TURN, moved[edge, 0])
    return moved


def polygons_of(geometry: shapely.Geometry) -> list[Polygon]:
    """The polygons with area in a geometry; points and lines, which cuts leave, are dropped."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts if isinstance(part, Polygon) and part.area > 0]


def around_pole(ring: Ring, pole: float) -> MultiPolygon | Polygon:
    """The shape inside a ring that goes once round the pole at latitude ±90."""
    straight, turns = unwrap(ring)
    eastward = straight if turns > 0 else straight[::-1]
    # From its first crossing of an antimeridian all the way round to the next one, then back along the pole.
    world = np.floor((eastward[:, 0] + HALF_TURN) / TURN)
    last = int(np.flatnonzero(np.diff(world))[0])
    before, after = eastward[last], eastward[last + 1]
    meridian = TURN * max(world[last], world[last + 1]) - HALF_TURN
    lat = before[1] + (after[1] - before[1]) * (meridian - before[0]) / (after[0] - before[0])
    rest = eastward[1 : last + 1] + np.array([TURN, 0.0])
    way = np.concatenate([[[meridian, lat]], eastward[last + 1 :], rest, [[meridian + TURN, lat]]])
    back = [[meridian + TURN, pole], [meridian, pole], [meridian, lat]]
    return joined(cut(Polygon(np.concatenate([way, back]))))


def joined(polygons: list[Polygon]) -> MultiPolygon | Polygon:
    """One polygon as itself, several as one MultiPolygon; those that share an edge are united."""
    whole = MultiPolygon(polygons)
    if len(polygons) > 1 and not whole.is_valid:
        polygons = polygons_of(shapely.union_all(polygons))
        whole = MultiPolygon(polygons)
    return polygons[0] if len(polygons) == 1 else whole
