"""Polygons of a territory, checked so that a decision can rest on them.

1. WGS84 lon/lat (RFC 7946). A latitude beyond ±90, a longitude beyond ±360, what is no number is refused.
   Where the caller says what to expect, axes swapped within the range are found too.
2. A ring is closed, has area, does not cross or touch itself. A hole lies inside its shell, and holes do not
   overlap. Refusals name the ring in the file and the place on the map (`faults.py`).
3. A position that stands twice in a row is read once. Spikes are refused: something was drawn there.
4. What crosses the antimeridian is cut there (`antimeridian.py`). Overlapping polygons are united.
5. The result is canonical: outer rings counter-clockwise, holes clockwise, two dimensions.

The columns of all rings are checked together: there may be a million vertices, or a hundred thousand rings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType, MultiPolygon, Polygon

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory.antimeridian import (
    HALF_TURN,
    POLE,
    TURN,
    Ring,
    cut,
    polygons_of,
    says_its_pole,
    unwrap,
)
from groundpass.kernel.territory.drawn import MAX_RINGS, MAX_VERTICES, Drawn, too_large
from groundpass.kernel.territory.faults import at, check_valid, flat_rings, no_area, place_of_fault

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_POSITIONS: Final = 4  # of a ring: a triangle, closed

Box = tuple[float, float, float, float]  # west, south, east, north in degrees
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def territory_of(drawn: Iterable[Drawn], *, expected: Box | None = None) -> MultiPolygon:
    """The polygons of a file as one territory.

    Args:
        drawn: polygons, as a reader gives them.
        expected: where the polygons should lie at least in part, to find axes that are swapped.

    Raises BadGeometry that names the place of the fault.
    """
    columns = Columns.of(drawn)
    if not columns.drawn:
        raise BadGeometry("The file has no polygon in it", why="there is nothing to govern", todo="Draw one")
    columns.check_positions()
    columns.check_closed()
    polygons = _polygons(columns)
    _check_place(polygons, expected)
    return _united(polygons)


def to_wkb(geometry: MultiPolygon | Polygon) -> bytes:
    """The bytes that a release carries: little-endian, two dimensions."""
    return bytes(shapely.to_wkb(geometry, byte_order=1, output_dimension=2))


def from_wkb(data: bytes) -> MultiPolygon | Polygon:
    """A territory's geometry. Raises BadGeometry unless it is a valid, non-empty Polygon or MultiPolygon."""
    try:
        geometry = shapely.from_wkb(data)
    except shapely.errors.GEOSException as error:
        raise BadGeometry("The geometry of a territory does not read", why=str(error)) from error
    if not isinstance(geometry, Polygon | MultiPolygon) or geometry.is_empty:
        raise BadGeometry(f"The geometry of a territory is {geometry.geom_type}", todo="Give polygons")
    check_valid(geometry, "the territory")
    return geometry


class Columns:
    """Rings of a file as columns.

    positions: float64[n, 2] · starts: int64[r + 1], where each ring begins and the last ends ·
    drawn: the polygons or lines, for their names · firsts: int64[p + 1], the first ring of each.
    """

    def __init__(self, positions: Ring, starts: Ints, drawn: list[Drawn], firsts: Ints) -> None:
        self.positions, self.starts, self.drawn, self.firsts = positions, starts, drawn, firsts

    @classmethod
    def of(cls, drawn: Iterable[Drawn]) -> Columns:
        """Gather what a reader gives. Raises BadGeometry where it is too much."""
        kept: list[Drawn] = []
        rings: list[Ring] = []
        firsts = [0]
        vertices = 0
        for one in drawn:
            vertices += sum(map(len, one.rings))
            kept.append(one._replace(rings=[]))  # in `positions`, once
            rings += one.rings
            firsts.append(len(rings))
            if vertices > MAX_VERTICES:
                raise too_large(MAX_VERTICES, "vertices")
            if len(rings) > MAX_RINGS:
                raise too_large(MAX_RINGS, "rings")
        starts = np.concatenate([[0], np.cumsum([len(ring) for ring in rings], dtype=np.int64)])
        positions = np.concatenate(rings) if rings else np.empty((0, 2))
        return cls(positions, starts.astype(np.int64), kept, np.array(firsts, np.int64))

    def ring_of(self, position: int) -> int:
        """The ring that a position belongs to."""
        return int(np.searchsorted(self.starts, position, "right")) - 1

    def name_of(self, ring: int) -> str:
        """The path of a ring in the file."""
        polygon = int(np.searchsorted(self.firsts, ring, "right")) - 1
        return self.drawn[polygon].name_of(int(ring - self.firsts[polygon]))

    def check_positions(self) -> None:
        """Refuse positions that are not degrees of longitude and latitude."""
        inside = (np.abs(self.positions[:, 0]) <= TURN) & (np.abs(self.positions[:, 1]) <= POLE)
        wrong = np.flatnonzero(~inside)
        if not len(wrong):
            return
        ring = self.ring_of(int(wrong[0]))
        index = int(wrong[0] - self.starts[ring])
        raise _out_of_range(
            self.positions[self.starts[ring] : self.starts[ring + 1]], index, self.name_of(ring)
        )

    def check_closed(self) -> None:
        """Refuse rings that do not end where they begin."""
        count = np.diff(self.starts)
        short = np.flatnonzero(count < LEAST_POSITIONS)
        if len(short):
            first = self.positions[self.starts[short[0]] : self.starts[short[0] + 1]][:1]
            raise BadGeometry(
                f"The ring {self.name_of(int(short[0]))} has {count[short[0]]} positions, fewer than four",
                why="a triangle has three, and the first one again at its end",
                todo="Take it out or draw it",
                place=place_of_fault(first[0]) if len(first) else None,
            )
        ends = self.positions[self.starts[1:] - 1]
        open_ = np.flatnonzero(np.any(self.positions[self.starts[:-1]] != ends, axis=1))
        if len(open_):
            end = ends[open_[0]]
            raise BadGeometry(
                f"The ring {self.name_of(int(open_[0]))} is not closed at {at(end)}",
                why="its last position is not its first",
                todo="Close it",
                place=place_of_fault(end),
            )

    def bent(self) -> Bools:
        """For each ring, whether any edge is longer than half a turn, or any longitude lies beyond ±180."""
        lon = self.positions[:, 0]
        marks = np.abs(lon) > HALF_TURN
        marks[1:] |= np.abs(np.diff(lon)) > HALF_TURN
        marks[self.starts[:-1]] = np.abs(lon[self.starts[:-1]]) > HALF_TURN
        rings: Bools = np.logical_or.reduceat(marks, self.starts[:-1])
        return rings

    def rings(self, polygon: int) -> list[Ring]:
        """The rings of one polygon."""
        first, last = self.firsts[polygon], self.firsts[polygon + 1]
        return [self.positions[self.starts[ring] : self.starts[ring + 1]] for ring in range(first, last)]


def _out_of_range(ring: Ring, index: int, where: str) -> BadGeometry:
    """The error for a position that is no place."""
    first = ring[index]
    if not np.all(np.isfinite(first)):
        return BadGeometry(f"Position {index} of {where} is not a number", todo="Export it again")
    swapped = bool(np.all((np.abs(ring[:, 1]) <= TURN) & (np.abs(ring[:, 0]) <= POLE)))
    return BadGeometry(
        f"Position {index} of {where} is out of range: {at(first)}",
        why="its axes seem swapped: longitude comes first" if swapped else "it is not in degrees",
        todo="Swap them" if swapped else "Export it in WGS84 degrees",
        place=(float(first[0]), float(first[1])),
    )


def _polygons(columns: Columns) -> npt.NDArray[np.object_]:
    """Every polygon, checked; one that crosses the antimeridian as its pieces."""
    whole = shapely.from_ragged_array(
        GeometryType.POLYGON, columns.positions, (columns.starts, columns.firsts)
    )
    bent = np.logical_or.reduceat(columns.bent(), columns.firsts[:-1])
    flat = _flat_rings(columns)
    good = shapely.is_valid(whole) & (shapely.area(whole) > 0)
    for index in np.flatnonzero(~bent & ~good):
        check_valid(whole[index], columns.drawn[index].where)
    for ring in flat:
        if not bent[int(np.searchsorted(columns.firsts, ring, "right")) - 1]:
            raise no_area(columns.name_of(int(ring)), columns.positions[columns.starts[ring]])
    pieces = [
        _pieces(columns.rings(int(index)), columns.drawn[index].where) for index in np.flatnonzero(bent)
    ]
    return np.concatenate([shapely.remove_repeated_points(whole[~bent]), *pieces])


def _flat_rings(columns: Columns) -> Ints:
    """The rings without area."""
    of_position = np.repeat(np.arange(len(columns.starts) - 1), np.diff(columns.starts))
    rings = shapely.polygons(shapely.linearrings(columns.positions, indices=of_position))
    return flat_rings(rings)


def _pieces(rings: list[Ring], where: str) -> npt.NDArray[np.object_]:
    """The pieces of a polygon that crosses the antimeridian, or goes round a pole."""
    straight = _straight(rings)
    if straight is not None and straight.convex_hull.area > 0:
        check_valid(straight, where)
        return np.array(cut(straight), np.object_)
    if not all(says_its_pole(ring) for ring in rings):
        raise BadGeometry(
            f"{where} goes round a pole at {at(rings[0][0])}",
            why="it does not say which",
            todo="Add the pole's own corners, (180, ±90) and (-180, ±90), to its ring",
            place=place_of_fault(rings[0][0]),
        )
    written = Polygon(rings[0], rings[1:])
    check_valid(written, where)
    return np.array([written], np.object_)


def _straight(rings: list[Ring]) -> Polygon | None:
    """The polygon in longitudes without jumps, holes beside their shell; None where it goes round a pole."""
    unwrapped = [unwrap(ring) for ring in rings]
    if any(turns for _, turns in unwrapped):
        return None
    shell = unwrapped[0][0]
    west, east = shell[:, 0].min(), shell[:, 0].max()
    holes = []
    for hole, _ in unwrapped[1:]:
        low, high = hole[:, 0].min(), hole[:, 0].max()
        shift = next((turn for turn in (0.0, TURN, -TURN) if west <= low + turn and high + turn <= east), 0.0)
        holes.append(np.column_stack([hole[:, 0] + shift, hole[:, 1]]))
    return Polygon(shell, holes)


def _check_place(polygons: npt.NDArray[np.object_], expected: Box | None) -> None:
    """Refuse polygons that miss the place expected, and would lie there with their axes swapped."""
    if expected is None:
        return
    box = shapely.box(*expected)
    shapely.prepare(box)
    if np.any(shapely.intersects(box, polygons)):
        return
    if np.any(shapely.intersects(box, shapely.transform(polygons, lambda c: c[:, ::-1]))):
        first = shapely.get_coordinates(polygons[0])[0]
        raise BadGeometry(
            f"The axes seem swapped at {at(first)}",
            why="the polygons lie elsewhere, and fit with latitude and longitude exchanged",
            todo="Write longitude first",
            place=place_of_fault(first),
        )


def _united(polygons: npt.NDArray[np.object_]) -> MultiPolygon:
    """One canonical MultiPolygon; overlapping polygons become one."""
    whole = MultiPolygon(list(polygons))
    if not whole.is_valid:
        whole = MultiPolygon(polygons_of(shapely.union_all(polygons)))
    turned: MultiPolygon = shapely.orient_polygons(whole)
    return turned
