"""Territories made of others by a distance: a band inside or outside a border, grown, shrunk.

"50 km inside the land border" is law in many places. The distance is geodesic on WGS84, and holds:

1. One shape is made, all places within the distance of the border; the territory is cut, joined or thinned
   by it.
2. It is made in pieces: short edges, grouped by place, each group in the azimuthal equidistant projection
   about its own middle, where a circle is a circle. Each edge is widened by itself: GEOS, given a whole line,
   smooths it by a hundredth of the distance first. The pieces are brought back to lon/lat and united.
3. It is measured before it is given: the edge of the shape at every vertex and half way, a lattice over all
   of it, and the border itself, by geodesics to the border as it was drawn. The greatest deviation is the
   stated error: what is nearer than distance - error is in, what is farther than distance + error is out.
4. An error above BOUND of the distance is refused, whatever it came from.

Widened are the edges as they are drawn, straight in lon/lat. Not here: tides, medians between states.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.territory.antimeridian import POLE, around_pole, crosses, cut, polygons_of, unwrap
from groundpass.kernel.territory.border import (
    GEOD,
    ROUNDS,
    Bools,
    Edges,
    Floats,
    Lines,
    cells,
    distances,
    edges_of,
    lines_of,
    split,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundpass.kernel.territory.antimeridian import Ring

UNITS: Final = {"m": 1.0, "km": 1000.0, "nmi": 1852.0, "NM": 1852.0, "mi": 1609.344}  # metres
LEAST, MOST = 1.0, 1_000_000.0  # m: below it no border is drawn, above it none is meant
BOUND: Final = 0.005  # of the distance: an error that is refused
AIM: Final = 4e-4  # of the distance: the error that the pieces are made for
FINEST, COARSEST = 1.0, 2e-3  # m, and of the distance: below the first an error is not worth its vertices
DEGREE: Final = 111_700.0  # m: the longest degree there is, of latitude at a pole
CHUNK: Final = 25_000.0  # m: edges that are widened together, and the longest of them
LONGEST: Final = 2_000.0  # m: edges that are measured against
MOST_WIDENED, MOST_MEASURED = 400_000, 4_000_000  # edges: minutes, and a gigabyte
FARTHEST: Final = 1.1  # of the distance: whatever is beyond is simply far
LATTICE: Final = 64  # places in each direction
LENGTH: Final = r"(?P<number>\d+(?:\.\d+)?) *(?P<unit>[A-Za-z]+)"
BAND: Final = re.compile(rf"band +{LENGTH} +(?P<act>inside|outside)")
CHANGE: Final = re.compile(rf"(?P<act>grow|shrink) +{LENGTH}")


class Told(Protocol):
    """Told how far a long act has come, in percent: the first half is making, the second measuring."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say it."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """What to make of a territory.

    act: "inside", "outside" (bands), "grow" or "shrink" · metres · text: as people say it.
    """

    act: str
    metres: float
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """A territory that was made, and by how many metres its new edge may be off."""

    shape: MultiPolygon
    error: float


def read_buffer(text: str) -> Buffer:
    """Read `band 50 km inside`, `band 12 nmi outside`, `grow 12 nmi` or `shrink 500 m`. Raises BadInput."""
    found = BAND.fullmatch(text.strip()) or CHANGE.fullmatch(text.strip())
    if found is None or found["unit"] not in UNITS:
        raise BadInput(
            f"The buffer {text!r} does not read",
            why=f"it is a band inside or outside, or grows or shrinks, by a length in {', '.join(UNITS)}",
            todo="Write it as band 50 km inside, or as grow 12 nmi",
        )
    act, length = found["act"], f"{found['number']} {found['unit']}"
    metres = float(found["number"]) * UNITS[found["unit"]]
    if not LEAST <= metres <= MOST:
        raise BadInput(f"The distance {length} is not between 1 m and 1000 km", todo="Check its unit")
    return Buffer(act, metres, f"{act} {length}" if found.re is CHANGE else f"band {length} {act}")


def make(
    territory: MultiPolygon,
    buffer: Buffer,
    *,
    along: shapely.Geometry | None = None,
    tell: Told | None = None,
) -> Made:
    """Make a territory of another one.

    along: the lines, or polygons whose edge, the distance counts from; None is the territory's own border.
    tell: told how far it has come. Raises BadInput where nothing is left or the error is too large.
    """
    lines = lines_of(territory if along is None else along)
    if not len(lines):
        raise BadInput("The territory has no border to measure from", why="it is the whole earth")
    tell = tell or _silent
    near = _near(lines, buffer.metres, lambda share: tell(int(50 * share), 100))
    error = _error(near, lines, buffer, territory, lambda share: tell(int(50 + 50 * share), 100))
    tell(100, 100)
    if error > BOUND * buffer.metres:
        raise BadInput(
            f"The buffer is off by up to {error:g} m, more than {BOUND:.1%} of its distance",
            why="its edge was measured against the border",
            todo="Check the border for slips, or take another distance",
        )
    made = {
        "inside": shapely.intersection,
        "outside": lambda one, other: shapely.difference(other, one),
        "grow": shapely.union,
        "shrink": shapely.difference,
    }[buffer.act](territory, near)
    parts = polygons_of(made)
    if not parts:
        raise BadInput(
            f"Nothing is left of the territory by {buffer.text}", todo="Check the distance and its unit"
        )
    return Made(shapely.orient_polygons(MultiPolygon(parts)), error)


def _silent(done: int, total: int | None = None) -> None:
    """Nobody listens."""


def _aim(distance: float) -> float:
    """The error in m that the pieces are made for."""
    return max(AIM * distance, min(FINEST, COARSEST * distance))


def _near(lines: Lines, distance: float, tell: Callable[[float], None]) -> shapely.Geometry:
    """All places within `distance` of lines, as polygons in lon/lat."""
    aim = _aim(distance)
    # Who moves a line by less than a length changes distances from it by less than that length.
    thin = shapely.simplify(lines, aim / 4 / DEGREE, preserve_topology=False)
    thin = np.where(shapely.length(thin) > 0, thin, lines)  # an islet that would be a point is kept
    edges = split(edges_of(thin), tolerance=aim / 8, longest=CHUNK, most=MOST_WIDENED)
    groups = cells(edges.middle, CHUNK)
    pieces: list[Polygon] = []
    for done, group in enumerate(groups):
        pieces += _around(edges[group], distance, aim)
        tell((done + 1) / len(groups))
    return shapely.union_all(pieces)


def _around(edges: Edges, distance: float, aim: float) -> list[Polygon]:
    """All places within `distance` of edges that lie close together."""
    chart = Chart(*edges.middle[0])
    segments = shapely.linestrings(np.stack([chart.plane(edges.start), chart.plane(edges.end)], axis=1))
    # An arc of chords lies inside its circle by the sagitta; half of it is given in advance.
    sagitta = aim / 2
    quarter = int(np.ceil(np.pi / 4 / np.arccos(1 - sagitta / distance)))
    wide = shapely.union_all(shapely.buffer(segments, distance + sagitta / 2, quad_segs=quarter))
    parts = shapely.get_parts(shapely.simplify(wide, aim / 8, preserve_topology=True))
    return [piece for part in parts for piece in chart.brought_back(part, aim / 8)]


@dataclass(frozen=True, slots=True)
class Chart:
    """The azimuthal equidistant projection about a place: distance and azimuth as x (east) and y (north)."""

    lon: float
    lat: float

    def plane(self, positions: Floats) -> Floats:
        """From lon/lat to metres."""
        azimuth, _back, length = GEOD.inv(*self._here(len(positions)), *positions.T)
        return np.column_stack([length * np.sin(np.radians(azimuth)), length * np.cos(np.radians(azimuth))])

    def earth(self, points: Floats) -> Floats:
        """From metres to lon/lat."""
        azimuth = np.degrees(np.arctan2(points[:, 0], points[:, 1]))
        lon, lat, _back = GEOD.fwd(*self._here(len(points)), azimuth, np.hypot(points[:, 0], points[:, 1]))
        return np.column_stack([lon, lat])

    def _here(self, count: int) -> tuple[Floats, Floats]:
        return np.full(count, self.lon), np.full(count, self.lat)

    def brought_back(self, polygon: Polygon, tolerance: float) -> list[Polygon]:
        """A polygon of the plane as polygons in lon/lat, cut at ±180°; its edges within `tolerance` m."""
        rings = [
            self.earth(self._fine(shapely.get_coordinates(ring), tolerance))
            for ring in shapely.get_rings(polygon)
        ]
        if not any(crosses(ring) for ring in rings):
            return polygons_of(shapely.make_valid(Polygon(rings[0], rings[1:])))
        shell, *holes = (self._filled(ring) for ring in rings)
        return polygons_of(shapely.difference(shell, shapely.union_all(holes)) if holes else shell)

    def _filled(self, ring: Ring) -> shapely.Geometry:
        """What a ring encloses that crosses the antimeridian, or goes round the pole on this side."""
        straight, turns = unwrap(ring)
        if turns:
            return around_pole(ring, float(np.copysign(POLE, self.lat)))
        parts = polygons_of(shapely.make_valid(Polygon(straight)))
        return shapely.union_all([piece for part in parts for piece in cut(part)])

    def _fine(self, ring: Floats, tolerance: float) -> Floats:
        """A ring of the plane with so many vertices that straight edges in lon/lat follow its edges."""
        for _ in range(ROUNDS):
            there = self.earth(ring)
            straight, _turns = unwrap(there)
            middle = (straight[:-1] + straight[1:]) / 2
            meant = self.earth((ring[:-1] + ring[1:]) / 2)
            _, _back, off = GEOD.inv(*middle.T, *meant.T)
            if not np.any(off > tolerance):
                break
            ring = _halved(ring, off > tolerance)
        return ring


def _halved(ring: Floats, which: Bools) -> Floats:
    """A ring with a vertex more in the middle of each edge that is marked."""
    middle = (ring[:-1] + ring[1:]) / 2
    return np.insert(ring, np.flatnonzero(which) + 1, middle[which], axis=0)


def _error(
    near: shapely.Geometry,
    lines: Lines,
    buffer: Buffer,
    territory: MultiPolygon,
    tell: Callable[[float], None],
) -> float:
    """The greatest deviation in m of a shape from all places within the distance of lines, rounded up."""
    distance = buffer.metres
    edges = split(edges_of(lines), tolerance=_aim(distance) / 16, longest=LONGEST, most=MOST_MEASURED)
    reach = distance * FARTHEST
    edge = _edge_places(near, territory, inner=buffer.act in {"inside", "shrink"})
    off = np.abs(distances(edge, edges, within=reach, tell=tell) - distance).max(initial=0.0)
    places = _lattice(near)
    inside = shapely.intersects_xy(near, *places.T)
    excess = distances(places, edges, within=reach) - distance
    off = max(off, np.where(inside, excess, -excess).max(initial=0.0))
    shapely.prepare(near)
    covered = np.all(shapely.intersects_xy(near, *edges.start.T))
    return _rounded_up(min(float(off), distance)) if covered else distance


def _edge_places(near: shapely.Geometry, territory: MultiPolygon, *, inner: bool) -> Floats:
    """Vertices and middles of the edge of a shape, inside the territory or outside of it."""
    edge = edges_of(lines_of(near))
    places = np.concatenate([edge.start, edge.middle])
    shapely.prepare(territory)
    wanted: Floats = places[shapely.intersects_xy(territory, *places.T) == inner]
    return wanted


def _lattice(shape: shapely.Geometry) -> Floats:
    """Places spread evenly over the box of a shape."""
    west, south, east, north = shape.bounds
    lon, lat = np.meshgrid(np.linspace(west, east, LATTICE), np.linspace(south, north, LATTICE))
    return np.column_stack([lon.ravel(), lat.ravel()])


def _rounded_up(metres: float) -> float:
    """Two digits, never less than it was."""
    if metres <= 0:
        return 0.0
    digit = 10.0 ** (np.floor(np.log10(metres)) - 1)
    return float(f"{np.ceil(metres / digit) * digit:.2g}")
