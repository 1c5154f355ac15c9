"""Polygons from GeoJSON, checked so that a decision can rest on them.

1. FeatureCollection, Feature, GeometryCollection, MultiPolygon and Polygon are read, at any nesting; their
   polygons become one MultiPolygon. A point or a line is refused, not skipped: it was drawn for a reason.
2. WGS84 lon/lat (RFC 7946). Another `crs`, a latitude beyond ±90, a longitude beyond ±360 is refused. Heights
   are dropped. Where the caller says what to expect, axes swapped within the range are found too.
3. A ring is closed, has area, does not cross itself. Refusals name the place: in the file, and on the map.
4. What crosses the antimeridian is cut there (`antimeridian.py`). Overlapping polygons are united.
5. The result is canonical: outer rings counter-clockwise, holes clockwise, two dimensions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory.antimeridian import (
    POLE,
    TURN,
    Ring,
    crosses,
    cut,
    polygons_of,
    says_its_pole,
    unwrap,
)

MAX_BYTES: Final = 256 * 2**20  # of a file
MAX_DEPTH: Final = 16  # of nested collections
LEAST_POSITIONS: Final = 4  # of a ring: a triangle, closed
MAX_VERTICES: Final = 5_000_000  # of a territory
WGS84: Final = re.compile(r"CRS:?84|EPSG:+(\d*:)?4326", re.IGNORECASE)

Box = tuple[float, float, float, float]  # west, south, east, north in degrees
Source = Mapping[str, Any] | bytes | str | Path


def read_geojson(source: Source, *, expected: Box | None = None) -> MultiPolygon:
    """Read the polygons of a GeoJSON text, file or object.

    Args:
        source: an object as `json.loads` gives it, its text or bytes, or the path of a file.
        expected: where the polygons should lie at least in part, to find axes that are swapped.

    Raises BadGeometry that names the place of the fault.
    """
    data = _load(source)
    _check_crs(data)
    polygons: list[Polygon] = []
    vertices = 0
    for where, rings in _rings(data, "", 0):
        arrays = [_ring(ring, f"{where}[{index}]") for index, ring in enumerate(rings)]
        vertices += sum(len(array) for array in arrays)
        if vertices > MAX_VERTICES:
            raise BadGeometry(f"The file has more than {MAX_VERTICES} vertices", todo="Simplify it")
        polygons += _polygon(arrays, where)
    if not polygons:
        raise BadGeometry("The file has no polygon in it", why="there is nothing to govern", todo="Draw one")
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
    _check_valid(geometry, "the territory")
    return geometry


def _load(source: Source) -> Mapping[str, Any]:
    """The object of a source."""
    if isinstance(source, Mapping):
        return source
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
        if len(data) > MAX_BYTES:
            raise BadGeometry(f"The file is larger than {MAX_BYTES} bytes", todo="Simplify it")
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        found = json.loads(text, parse_constant=_no_number)
    except OSError as error:
        raise BadGeometry(f"{source!s} cannot be read", why=str(error.strerror)) from error
    except (ValueError, RecursionError) as error:
        raise BadGeometry("This is not GeoJSON", why=str(error), todo="Export it again") from error
    if not isinstance(found, dict):
        raise BadGeometry("This is not GeoJSON", why="it is not an object", todo="Export it again")
    return found


def _no_number(word: str) -> NoReturn:
    """JSON has no NaN and no infinity."""
    raise ValueError(f"{word} is not a number of JSON")


def _check_crs(data: Mapping[str, Any]) -> None:
    """Refuse coordinates that say they are not WGS84."""
    crs = data.get("crs")
    if crs is not None and not WGS84.search(json.dumps(crs)):
        raise BadGeometry(
            "The coordinates are not WGS84",
            why=f"the file says {json.dumps(crs)[:80]}",
            todo="Export in WGS84",
        )


def _rings(node: object, where: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """Every polygon of a node: where it stands in the file, and its rings as they are written."""
    kind = node.get("type") if isinstance(node, Mapping) else None
    lists = {
        "FeatureCollection": "features",
        "GeometryCollection": "geometries",
        "MultiPolygon": "coordinates",
    }
    if not isinstance(node, Mapping) or depth > MAX_DEPTH:
        raise BadGeometry(f"{where or 'The file'} is not a GeoJSON object", todo="Export it again")
    if kind == "Feature":
        if node.get("geometry") is None:
            raise BadGeometry(f"{where or 'The feature'} has no geometry", todo="Take it out or draw it")
        yield from _rings(node["geometry"], f"{where}.geometry", depth + 1)
    elif kind == "Polygon":
        yield f"{where}.coordinates", _list(node.get("coordinates"), f"{where}.coordinates")
    elif kind in lists:
        inside = f"{where}.{lists[kind]}"
        for index, child in enumerate(_list(node.get(lists[kind]), inside)):
            if kind == "MultiPolygon":
                yield f"{inside}[{index}]", _list(child, f"{inside}[{index}]")
            else:
                yield from _rings(child, f"{inside}[{index}]", depth + 1)
    else:
        raise BadGeometry(
            f"{where.lstrip('.') or 'The file'} is a {kind}, not a polygon",
            why="a territory is made of polygons alone",
            todo="Take it out of the file",
        )


def _list(node: object, where: str) -> list[Any]:
    """A list that is not empty."""
    if not isinstance(node, list | tuple) or not node:
        raise BadGeometry(f"{where.lstrip('.')} is empty", todo="Take it out or draw it")
    return list(node)


def _ring(ring: object, where: str) -> Ring:
    """A ring as lon/lat columns: numbers, in range, closed."""
    where = where.lstrip(".")
    positions = _list(ring, where)
    try:
        array = np.array([position[:2] for position in positions])
    except (TypeError, ValueError, KeyError, OverflowError):
        array = np.empty(0, np.object_)
    if array.shape[1:] != (2,) or array.dtype.kind not in "if":
        raise BadGeometry(f"The positions of {where} are not pairs of numbers", todo="Export it again")
    array = array.astype(np.float64)
    _check_range(array, where)
    if len(array) < LEAST_POSITIONS or not np.array_equal(array[0], array[-1]):
        raise BadGeometry(
            f"The ring {where} is not closed at {_at(array[0])}",
            why="its last position is not its first, or it has fewer than four",
            todo="Close it",
            place=_place(array[0]),
        )
    return array


def _check_range(array: Ring, where: str) -> None:
    """Refuse positions that are not degrees of longitude and latitude."""
    wrong = np.flatnonzero(~((np.abs(array[:, 0]) <= TURN) & (np.abs(array[:, 1]) <= POLE)))
    if not len(wrong):
        return
    first = array[wrong[0]]
    swapped = bool(np.all((np.abs(array[:, 1]) <= TURN) & (np.abs(array[:, 0]) <= POLE)))
    raise BadGeometry(
        f"Position {wrong[0]} of {where} is out of range: {_at(first)}",
        why="its axes seem swapped: longitude comes first" if swapped else "it is not in degrees",
        todo="Swap them" if swapped else "Export it in WGS84 degrees",
        place=_place(first),
    )


def _polygon(rings: list[Ring], where: str) -> list[Polygon]:
    """A polygon as written, or the pieces of one that crosses the antimeridian."""
    written = Polygon(rings[0], rings[1:])
    where = where.lstrip(".")
    if not any(crosses(ring) for ring in rings):
        _check_valid(written, where)
        return [written]
    straight = _straight(rings)
    if straight is not None and straight.area > 0:
        _check_valid(straight, where)
        return cut(straight)
    if not all(says_its_pole(ring) for ring in rings):
        raise BadGeometry(
            f"{where} goes round a pole at {_at(rings[0][0])}",
            why="it does not say which",
            todo="Add the pole's own corners, (180, ±90) and (-180, ±90), to its ring",
            place=_place(rings[0][0]),
        )
    _check_valid(written, where)
    return [written]


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
        shift = next(
            (turn for turn in (0.0, 360.0, -360.0) if west <= low + turn and high + turn <= east), 0.0
        )
        holes.append(np.column_stack([hole[:, 0] + shift, hole[:, 1]]))
    return Polygon(shell, holes)


def _check_valid(geometry: Polygon | MultiPolygon, where: str) -> None:
    """Refuse a polygon that crosses itself, with the place where it does."""
    if geometry.is_valid and geometry.area > 0:
        return
    reason = str(shapely.is_valid_reason(geometry)) if not geometry.is_valid else "No area"
    found = re.search(r"\[(\S+) (\S+)\]", reason)
    place = (float(found[1]), float(found[2])) if found else _place(shapely.get_coordinates(geometry)[0])
    fault = reason.partition("[")[0].strip().lower()
    raise BadGeometry(
        f"{where} does not hold at {_at(place)}",
        why=f"it has a fault there: {fault}",
        todo="Redraw it there",
        place=place,
    )


def _check_place(polygons: list[Polygon], expected: Box | None) -> None:
    """Refuse polygons that miss the place expected, and would lie there with their axes swapped."""
    if expected is None:
        return
    box = shapely.box(*expected)
    if any(shapely.intersects(polygon, box) for polygon in polygons):
        return
    swapped = [shapely.transform(polygon, lambda c: c[:, ::-1]) for polygon in polygons]
    if any(shapely.intersects(polygon, box) for polygon in swapped):
        first = shapely.get_coordinates(polygons[0])[0]
        raise BadGeometry(
            f"The axes seem swapped at {_at(first)}",
            why="the polygons lie elsewhere, and fit with latitude and longitude exchanged",
            todo="Write longitude first",
            place=_place(first),
        )


def _united(polygons: list[Polygon]) -> MultiPolygon:
    """One canonical MultiPolygon; overlapping polygons become one."""
    whole = MultiPolygon(polygons)
    if not whole.is_valid:
        whole = MultiPolygon(polygons_of(shapely.union_all(polygons)))
    turned: MultiPolygon = shapely.orient_polygons(shapely.force_2d(whole))
    return turned


def _place(position: Sequence[float] | Ring) -> tuple[float, float]:
    """A position as (lon, lat)."""
    return float(position[0]), float(position[1])


def _at(position: Sequence[float] | Ring) -> str:
    """A position as people read it."""
    lon, lat = _place(position)
    return f"longitude {lon:g}, latitude {lat:g}"
