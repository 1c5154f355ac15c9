"""What is wrong with a border, said so that whoever drew it finds the place: in the file, and on the map.

A place in a file is the path that GeoJSON would have there, whatever the format. All is counted from 0:
`features[2].geometry.coordinates[0][5]` is the sixth ring of the first polygon of the third feature. Ring 0
of a polygon is its shell, the others are holes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Point, Polygon

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory.antimeridian import HALF_TURN, TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundpass.kernel.territory.antimeridian import Ring


def place_of_fault(position: Sequence[float] | Ring) -> tuple[float, float]:
    """A position as (lon, lat), its longitude within ±180 where it had gone on beyond."""
    lon, lat = float(position[0]), float(position[1])
    return (lon + HALF_TURN) % TURN - HALF_TURN if HALF_TURN < abs(lon) <= TURN else lon, lat


def at(position: Sequence[float] | Ring) -> str:
    """A position as people read it, to a metre."""
    lon, lat = place_of_fault(position)
    return f"longitude {lon:.8g}, latitude {lat:.7g}"


def check_valid(geometry: Polygon | MultiPolygon, where: str) -> None:
    """Refuse a geometry whose inside is not plain; `where` is its path in the file. Raises BadGeometry."""
    if geometry.is_valid and geometry.area > 0:
        return
    parts = shapely.get_parts(geometry)
    bad = np.flatnonzero(~(shapely.is_valid(parts) & (shapely.area(parts) > 0)))
    if not len(bad):
        raise _unknown(where, *_reason(geometry))
    inside = where if isinstance(geometry, Polygon) else f"{where}[{bad[0]}]"
    raise fault_of(parts[bad[0]], inside)


def fault_of(polygon: Polygon, where: str) -> BadGeometry:
    """The error for a polygon that does not hold: one ring by itself, else two rings against each other."""
    rings = shapely.get_rings(polygon)
    alone = shapely.polygons(rings)
    flat = flat_rings(alone)
    if len(flat):
        return no_area(f"{where}[{flat[0]}]", shapely.get_coordinates(rings[flat[0]])[0])
    bad = np.flatnonzero(~shapely.is_valid(alone))
    if len(bad):
        return _fault_of_ring(alone[bad[0]], f"{where}[{bad[0]}]")
    return _fault_of_two(polygon, rings, where)


def flat_rings(rings: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Which of these polygons of one ring enclose nothing: all their positions lie on one line."""
    # A bow that crosses itself has two halves, and their sum may be nothing as well.
    none = np.flatnonzero(shapely.area(rings) == 0)
    flat: npt.NDArray[np.int64] = none[shapely.area(shapely.convex_hull(rings[none])) == 0]
    return flat


def no_area(where: str, position: Sequence[float] | Ring) -> BadGeometry:
    """The error for a ring that encloses nothing."""
    return BadGeometry(
        f"The ring {where} has no area at {at(position)}",
        why="its positions are one place or lie on one line",
        todo="Take it out or draw it",
        place=place_of_fault(position),
    )


def _fault_of_ring(polygon: Polygon, where: str) -> BadGeometry:
    """A ring that is at fault by itself: a spike, a crossing, a touch."""
    reason, place = _reason(polygon)
    spike = _spike(shapely.get_coordinates(polygon), place)
    if spike is not None:
        return BadGeometry(
            f"The ring {where} has a spike at {at(spike)}",
            why="it goes there and straight back",
            todo="Take that position out",
            place=place_of_fault(spike),
        )
    if reason == "Ring Self-intersection":
        return BadGeometry(
            f"The ring {where} touches itself at {at(place)}",
            why="whether what it encloses there is inside cannot be told",
            todo="Make a hole of it, or a polygon of its own",
            place=place_of_fault(place),
        )
    if reason == "Self-intersection":
        return BadGeometry(
            f"The ring {where} crosses itself at {at(place)}",
            why="a border that crosses itself has no plain inside",
            todo="Redraw it there",
            place=place_of_fault(place),
        )
    return _unknown(where, reason, place)


def _fault_of_two(polygon: Polygon, rings: Sequence[shapely.LinearRing], where: str) -> BadGeometry:
    """A hole against its shell, or against another hole: the two rings are the nearest to the place."""
    reason, place = _reason(polygon)
    near = np.argsort(shapely.distance(rings, Point(place)), kind="stable")
    one, other = (f"{where}[{index}]" for index in sorted(int(index) for index in near[:2]))
    hole = f"{where}[{next((int(index) for index in near if index), 0)}]"
    where_and_place = {"place": place_of_fault(place)}
    if reason == "Hole lies outside shell":
        return BadGeometry(
            f"The hole {hole} lies outside its shell at {at(place)}",
            why="a hole is cut out of the polygon that it belongs to",
            todo="Move it to its polygon, or take it out",
            **where_and_place,
        )
    if reason == "Holes are nested":
        return BadGeometry(
            f"The hole {hole} lies inside another hole at {at(place)}",
            why="there is nothing left to cut out of",
            todo="Take one of them out, or make an island of the inner one",
            **where_and_place,
        )
    if reason == "Interior is disconnected":
        return BadGeometry(
            f"The rings {one} and {other} cut their polygon in two at {at(place)}",
            why="a hole touches its shell or another hole more than once",
            todo="Draw a polygon for each part",
            **where_and_place,
        )
    if reason == "Self-intersection":
        return BadGeometry(
            f"The rings {one} and {other} cross or share an edge at {at(place)}",
            why="a hole lies inside its shell, and holes do not overlap",
            todo="Redraw one of them there",
            **where_and_place,
        )
    return _unknown(where, reason, place)


def _unknown(where: str, reason: str, place: tuple[float, float]) -> BadGeometry:
    """A fault that GEOS finds and this module has no sentence for."""
    return BadGeometry(
        f"{where} does not hold at {at(place)}",
        why=f"it has a fault there: {reason.lower()}",
        todo="Redraw it there",
        place=place_of_fault(place),
    )


def _reason(geometry: Polygon | MultiPolygon) -> tuple[str, tuple[float, float]]:
    """What GEOS says of an invalid geometry, and where."""
    said = str(shapely.is_valid_reason(geometry))
    found = re.search(r"\[(\S+) (\S+)\]", said)
    first = shapely.get_coordinates(geometry)[0]
    place = (float(found[1]), float(found[2])) if found else (float(first[0]), float(first[1]))
    return said.partition("[")[0].strip(), place


def _spike(ring: Ring, place: tuple[float, float]) -> Ring | None:
    """The position at which a closed ring turns straight back, next to `place`; None where none does."""
    fresh = np.concatenate([[True], np.any(ring[1:] != ring[:-1], axis=1)])
    corners = ring[fresh][:-1]
    before, after = corners - np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0) - corners
    across = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    spikes = np.flatnonzero((across == 0) & (np.sum(before * after, axis=1) < 0))
    if not len(spikes):
        return None
    tips: Ring = corners[spikes]
    nearest: Ring = tips[np.argmin(np.sum((tips - place) ** 2, axis=1))]
    return nearest
