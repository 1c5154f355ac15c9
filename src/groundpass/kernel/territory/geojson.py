"""GeoJSON as it is written: its polygons and lines, each with its path in the file.

1. FeatureCollection, Feature, GeometryCollection, the Multi- and the single kinds are read, at any nesting
   up to MAX_DEPTH. What was not asked for (a point among polygons) is refused, not skipped: it was drawn for
   a reason.
2. Several objects one after the other, a line each (GeoJSONL, RFC 8142), are a collection.
3. Positions are pairs of numbers; heights are dropped. Another `crs` than WGS84 is refused.

What the numbers say (degrees, closed, crossing) is looked at in `geometry.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory.drawn import MAX_DEPTH, PAIR, Drawn, refuse_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from groundpass.kernel.territory.antimeridian import Ring

WGS84: Final = re.compile(r"CRS:?84|EPSG:+(\d*:)?4326\b", re.IGNORECASE)
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
RECORD_SEPARATOR: Final = b"\x1e"  # RFC 8142 puts it before each object
SHOWN: Final = 40  # characters of what is wrong
_CHILDREN: Final = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
_MANY: Final = {"MultiPolygon": "Polygon", "MultiLineString": "LineString"}


def drawn_in(source: bytes | Mapping[str, Any], kinds: frozenset[str]) -> Iterator[Drawn]:
    """The polygons and lines of a GeoJSON text or object, as far as `kinds` asks. Raises BadGeometry."""
    data = source if isinstance(source, Mapping) else _object(source)
    return _walk(data, "", 0, kinds)


def _object(text: bytes) -> Mapping[str, Any]:
    """The object of a text, or a collection of the objects in its lines."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    try:
        found = msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        found = _lines(text)
        if found is None:
            raise _not_json(text, error) from error
    if not isinstance(found, dict):
        raise BadGeometry("This is not GeoJSON", why="it is not an object", todo="Export it again")
    return found


def _lines(text: bytes) -> dict[str, Any] | None:
    """The objects of GeoJSONL as a collection; None where its lines are no objects."""
    try:
        objects = msgspec.json.Decoder().decode_lines(text.replace(RECORD_SEPARATOR, b""))
    except (ValueError, RecursionError):
        return None
    if len(objects) < 1 + (RECORD_SEPARATOR not in text) or not all(isinstance(one, dict) for one in objects):
        return None
    return {"type": "FeatureCollection", "features": objects}


def _not_json(text: bytes, error: Exception) -> BadGeometry:
    """The error for a text that is no JSON, with the bytes around the fault."""
    why = str(error).partition(" - at")[0]
    found = re.search(r"\(byte (\d+)\)", why)
    if found:
        start = int(found[1])
        why += f": {text[start : start + SHOWN // 2].decode('utf-8', 'replace')!r}"
    return BadGeometry("This is not GeoJSON", why=why, todo="Export it again")


def _walk(node: object, where: str, depth: int, kinds: frozenset[str]) -> Iterator[Drawn]:
    """Every shape of a node."""
    if not isinstance(node, Mapping) or depth > MAX_DEPTH:
        raise BadGeometry(
            f"{where.lstrip('.') or 'The file'} is not a GeoJSON object",
            why=f"it is nested more than {MAX_DEPTH} deep" if depth > MAX_DEPTH else "",
            todo="Export it again",
        )
    _check_crs(node)
    kind = str(node.get("type"))[:SHOWN]
    inside = f"{where}.{_CHILDREN.get(kind, 'coordinates')}"
    if kind == "Feature":
        if node.get("geometry") is None:
            raise BadGeometry(
                f"{where.lstrip('.') or 'The feature'} has no geometry", todo="Take it out or draw it"
            )
        yield from _walk(node["geometry"], f"{where}.geometry", depth + 1, kinds)
    elif kind in _CHILDREN:
        for index, child in enumerate(_list(node.get(_CHILDREN[kind]), inside)):
            yield from _walk(child, f"{inside}[{index}]", depth + 1, kinds)
    elif kind in kinds:
        yield _drawn(kind, node.get("coordinates"), inside)
    elif kind in _MANY and _MANY[kind] in kinds:
        for index, child in enumerate(_list(node.get("coordinates"), inside)):
            yield _drawn(_MANY[kind], child, f"{inside}[{index}]")
    else:
        raise refuse_kind(where.lstrip(".") or "The file", kind, kinds)


def _check_crs(node: Mapping[str, Any]) -> None:
    """Refuse coordinates that say they are not WGS84."""
    crs = node.get("crs")
    if crs is not None and not WGS84.search(json.dumps(crs)):
        raise BadGeometry(
            "The coordinates are not WGS84",
            why=f"the file says {json.dumps(crs)[:80]}",
            todo="Export in WGS84",
        )


def _drawn(kind: str, coordinates: object, where: str) -> Drawn:
    """A polygon of rings, or a line."""
    name = where.lstrip(".")
    if kind == "LineString":
        return Drawn(name, kind, [_positions(coordinates, name)])
    rings = _list(coordinates, where)
    return Drawn(name, kind, [_positions(ring, f"{name}[{index}]") for index, ring in enumerate(rings)])


def _list(node: object, where: str) -> Sequence[Any]:
    """A list that is not empty."""
    if not isinstance(node, list | tuple) or not node:
        raise BadGeometry(f"{where.lstrip('.')} is empty", todo="Take it out or draw it")
    return node


def _positions(node: object, where: str) -> Ring:
    """Positions as lon/lat columns. All of it runs in C: a border has hundreds of thousands of them."""
    positions = _list(node, where)
    try:
        widths = set(map(len, positions))
        kinds = set(map(type, chain.from_iterable(positions)))
        if kinds <= {int, float} and min(widths) >= PAIR:
            width = max(widths)
            if len(widths) > 1:
                positions, width = [position[:PAIR] for position in positions], PAIR
            flat = np.fromiter(chain.from_iterable(positions), np.float64, len(positions) * width)
            return np.ascontiguousarray(flat.reshape(-1, width)[:, :PAIR])
    except (TypeError, OverflowError):
        pass
    wrong = next((index for index, position in enumerate(positions) if not _is_pair(position)), 0)
    raise BadGeometry(
        f"Position {wrong} of {where} is not a pair of numbers",
        why=f"the file says {json.dumps(positions[wrong], default=str)[:SHOWN]}",
        todo="Export it again",
    )


def _is_pair(position: object) -> bool:
    """Whether it is two numbers, or more, that fit."""
    if not isinstance(position, list | tuple) or len(position) < PAIR:
        return False
    try:
        return all(type(number) in {int, float} and np.isfinite(float(number)) for number in position)
    except OverflowError:
        return False
