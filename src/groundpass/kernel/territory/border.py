"""The border of a territory as lines on the ellipsoid, and how far places are from it.

1. Edges are straight in longitude and latitude, as everywhere here.
2. Where a territory was cut at the antimeridian, the cut is no border; nor is an edge along a pole, which is
   a single place.
3. Distances are geodesic, on WGS84. The nearest point is found by chords through the earth, which order
   places as geodesics do (to a part in 10^8 at 50 km, in 10^5 at 1,000 km), and is then measured by `Geod`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely import LineString, Polygon

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE, SNAP

if TYPE_CHECKING:
    from collections.abc import Callable

GEOD: Final = Geod(ellps="WGS84")
ROUNDS: Final = 16  # of splitting; each makes a deviation at least a quarter of what it was
AT_ONCE: Final = 500_000  # pairs of place and edge that are held in memory
SMALLEST, LARGEST = 2_000.0, 100_000.0  # m: places that are looked at together

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Lines = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Edges:
    """`start`, `end`: float64[n, 2] lon, lat in degrees."""

    start: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, which: Ints | Bools) -> Edges:
        return Edges(self.start[which], self.end[which])

    @property
    def middle(self) -> Floats:
        """The point half way of each in lon/lat."""
        middle: Floats = (self.start + self.end) / 2
        return middle


def lines_of(shape: shapely.Geometry) -> Lines:
    """The lines of a border: of polygons their true edge, lines as they are."""
    parts = shapely.get_parts(shape)
    areal = [part for part in parts if isinstance(part, Polygon)]
    lines = [part for part in parts if isinstance(part, LineString)]
    rings = shapely.get_rings(np.array(areal, np.object_))
    edges, ring_of = _edges(rings)
    on_pole = (np.abs(edges.start[:, 1]) == POLE) & (edges.start[:, 1] == edges.end[:, 1])
    east, west = ((edges.start[:, 0] == side) & (edges.end[:, 0] == side) for side in (HALF_TURN, -HALF_TURN))
    kept = np.flatnonzero(~(on_pole | east | west))
    return np.array(
        [*_runs(edges, ring_of, kept), *_beside_the_cut(edges[east], edges[west]), *lines], np.object_
    )


def edges_of(lines: Lines) -> Edges:
    """The edges of lines, those without length left out."""
    edges, _ = _edges(lines)
    return edges[np.any(edges.start != edges.end, axis=1)]


def _edges(lines: Lines) -> tuple[Edges, Ints]:
    """The edges of lines or rings, and which line each is of."""
    positions, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    return Edges(positions[:-1][same], positions[1:][same]), line[:-1][same]


def _runs(edges: Edges, ring_of: Ints, kept: Ints) -> Lines:
    """Edges that follow each other in a ring as one line each."""
    if not len(kept):
        return np.empty(0, np.object_)
    begins = np.concatenate([[True], (np.diff(kept) != 1) | (np.diff(ring_of[kept]) != 0)])
    run = np.cumsum(begins) - 1
    last = np.concatenate([np.flatnonzero(begins)[1:] - 1, [len(kept) - 1]])
    positions = np.concatenate([edges.start[kept], edges.end[kept][last]])
    order = np.argsort(np.concatenate([run, run[last]]), kind="stable")
    lines: Lines = shapely.linestrings(positions[order], indices=np.concatenate([run, run[last]])[order])
    return lines


def _beside_the_cut(east: Edges, west: Edges) -> list[shapely.LineString]:
    """What of the edges along the antimeridian lies on one side alone, and so is border."""
    # On the plane, both sides laid on one line.
    sides = [
        np.stack([edges.start, edges.end], axis=1) * [0.0, 1.0] if len(edges) else np.empty((0, 2, 2))
        for edges in (east, west)
    ]
    there, here = (shapely.union_all(shapely.linestrings(side)) for side in sides)
    alone = shapely.get_parts(shapely.symmetric_difference(there, here))
    latitudes = [shapely.get_coordinates(one)[:, 1] for one in alone if shapely.length(one) > SNAP]
    return [LineString([(HALF_TURN, lat) for lat in one]) for one in latitudes]


def split(edges: Edges, *, tolerance: float, longest: float, most: int) -> Edges:
    """Edges in pieces of at most `longest` m, within `tolerance` m of the geodesics between their ends.

    Raises BadInput where that would be more than `most` pieces.
    """
    for _ in range(ROUNDS):
        azimuth, _back, length = GEOD.inv(*edges.start.T, *edges.end.T)
        lon, lat, _back = GEOD.fwd(edges.start[:, 0], edges.start[:, 1], azimuth, length / 2)
        _, _back, deviation = GEOD.inv(lon, lat, *edges.middle.T)
        pieces = np.ceil(np.maximum(np.sqrt(deviation / tolerance), length / longest))
        count = np.maximum(pieces, 1).astype(np.int64)
        if np.all(count == 1):
            break
        if count.sum() > most:
            raise BadInput(
                "The border is too long to be measured so finely",
                todo="Take a longer distance or a shorter border",
            )
        edges = _divided(edges, count)
    return edges


def _divided(edges: Edges, count: Ints) -> Edges:
    """Each edge in its count of equal pieces."""
    which = np.repeat(np.arange(len(edges)), count)
    piece = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    start, way = edges.start[which], (edges.end - edges.start)[which]
    before, after = (piece / count[which])[:, None], ((piece + 1) / count[which])[:, None]
    # The last piece ends exactly where its edge does.
    end = np.where(after == 1, edges.end[which], start + way * after)
    return Edges(start + way * before, end)


def in_space(positions: Floats) -> Floats:
    """Positions on the ellipsoid as metres from the middle of the earth, float64[n, 3]."""
    lon, lat = np.radians(positions.T)
    across = GEOD.a / np.sqrt(1 - GEOD.es * np.sin(lat) ** 2)
    east, north = across * np.cos(lat) * np.cos(lon), across * np.cos(lat) * np.sin(lon)
    return np.column_stack([east, north, across * (1 - GEOD.es) * np.sin(lat)])


def cells(positions: Floats, size: float) -> list[Ints]:
    """Indices of positions that lie in one cube of `size` m: together, wherever on the earth that is."""
    cube = np.floor(in_space(positions) / size).astype(np.int64)
    _, of = np.unique(cube, axis=0, return_inverse=True)
    order = np.argsort(of.ravel(), kind="stable")
    bounds = np.flatnonzero(np.diff(of.ravel()[order])) + 1
    return [part for part in np.split(order, bounds) if len(part)]


def distances(
    positions: Floats, edges: Edges, *, within: float, tell: Callable[[float], None] | None = None
) -> Floats:
    """Geodesic distance in m of each position from the nearest edge; infinite where it is beyond `within`.

    The edges are short (`split`): each is taken as straight in space to find the nearest point of it. `tell`
    hears which share is done.
    """
    found = np.full(len(positions), np.inf)
    start, way = in_space(edges.start), in_space(edges.end) - in_space(edges.start)
    size = float(np.clip(within / 4, SMALLEST, LARGEST))
    groups = cells(edges.start, size)
    centres = np.array([start[group].mean(axis=0) for group in groups])
    reach = within + 2 * size * np.sqrt(3) + np.linalg.norm(way, axis=1).max(initial=0.0)
    places = cells(positions, size)
    for done, cell in enumerate(places):
        if tell is not None:
            tell(done / len(places))
        beside = np.linalg.norm(centres - in_space(positions[cell]).mean(axis=0), axis=1) <= reach
        if not np.any(beside):
            continue
        near = np.concatenate([groups[index] for index in np.flatnonzero(beside)])
        for some in np.array_split(cell, 1 + len(cell) * len(near) // AT_ONCE):
            edge, share = _nearest(in_space(positions[some]), start[near], way[near])
            there = edges[near[edge]]
            point = there.start + (there.end - there.start) * share[:, None]
            _, _back, found[some] = GEOD.inv(*positions[some].T, *point.T)
    found[found > within] = np.inf
    return found


def _nearest(places: Floats, start: Floats, way: Floats) -> tuple[Ints, Floats]:
    """For each place in space the nearest edge, and how far along it the nearest point lies (0 to 1)."""
    # From among the places: squares of distances from the middle of the earth have no digits left.
    middle = places.mean(axis=0)
    places, start = places - middle, start - middle
    length = np.sum(way * way, axis=1)
    along = places @ way.T - np.sum(start * way, axis=1)
    share = np.clip(along / np.where(length > 0, length, 1), 0, 1)
    square = np.sum(places**2, axis=1)[:, None] + np.sum(start**2, axis=1) - 2 * places @ start.T
    edge = np.argmin(square - 2 * share * along + share**2 * length, axis=1)
    return edge, share[np.arange(len(places)), edge]
