"""The one door for files of borders: GeoJSON, WKB, GeoParquet, told apart by what they begin with.

| begins with | is |
|---|---|
| `PAR1` | GeoParquet 1.x |
| byte 0 or 1, or those in hexadecimal | WKB, ISO or EWKB |
| `{`, or the record separator of RFC 8142 | GeoJSON, one object or one a line |

The ending of a name is not asked: it is often wrong, and never needed. What is packed is refused, not
unpacked, and so are other formats of maps that are known by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import shapely
from shapely import LineString, MultiPolygon

from groundpass.kernel.core.errors import BadGeometry, BadInput
from groundpass.kernel.territory import geojson, wkb
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE, TURN, unwrap
from groundpass.kernel.territory.drawn import BORDERS, MAX_BYTES, PAIR, POLYGONS, Drawn
from groundpass.kernel.territory.geometry import Box, Columns, territory_of, to_wkb

if TYPE_CHECKING:
    from collections.abc import Iterator

Source = Mapping[str, Any] | bytes | str | Path

PACKED: Final = {
    b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz", b"7z\xbc\xaf": "7z",
}  # fmt: skip
OTHERS: Final = {
    b"SQLite format 3\x00": "GeoPackage", b"\x00\x00\x27\x0a": "Shapefile", b"fgb\x03": "FlatGeobuf",
    b"<": "XML (KML, GML)", b"POLYGON": "WKT", b"MULTIPOLYGON": "WKT", b"SRID=": "EWKT",
}  # fmt: skip
HEX: Final = re.compile(rb"0[01][0-9A-Fa-f\s]+")
ENDINGS: Final = (".geojson", ".wkb", ".parquet")
SHOWN: Final = 64  # bytes at which the format shows


def read_territory(source: Source, *, expected: Box | None = None) -> MultiPolygon:
    """Read a territory from a file, its bytes or text, or an object as `json.loads` gives it.

    expected: where it should lie at least in part, to find axes that are swapped.
    Raises BadGeometry that names the place of the fault.
    """
    return territory_of(_drawn(source, POLYGONS), expected=expected)


def read_geojson(source: Source, *, expected: Box | None = None) -> MultiPolygon:
    """Read a territory where nothing but GeoJSON will do. Otherwise as `read_territory`."""
    given = source if isinstance(source, Mapping) else _bytes(source)
    return territory_of(geojson.drawn_in(given, POLYGONS), expected=expected)


def read_border(source: Source) -> shapely.Geometry:
    """Read what a border was drawn as: lines, or polygons whose edge counts. Raises BadGeometry.

    Gives lines alone as a MultiLineString, and polygons as a territory; a file with both is refused.
    """
    drawn = list(_drawn(source, BORDERS))
    lines = [one for one in drawn if one.kind == "LineString"]
    if not lines:
        return territory_of(drawn)
    if len(lines) < len(drawn):
        raise BadGeometry(
            "The file has lines and polygons in it",
            why="whether the edge of the polygons counts cannot be told",
            todo="Leave one of both kinds",
        )
    Columns.of(lines).check_positions()
    return shapely.MultiLineString([piece for one in lines for piece in _line(one)])


def write_territory(path: Path, shape: MultiPolygon, properties: Mapping[str, str | int]) -> None:
    """Write a territory by the ending of the name: .geojson, .wkb or .parquet. Raises BadInput, OSError."""
    if path.suffix == ".geojson":
        path.write_bytes(msgspec.json.encode(feature(shape, properties)))
    elif path.suffix == ".wkb":
        path.write_bytes(to_wkb(shape))
    elif path.suffix == ".parquet":
        from groundpass.kernel.territory import geoparquet

        path.write_bytes(geoparquet.written(shape, properties))
    else:
        raise BadInput(
            f"The ending of {path.name} is that of no format",
            todo=f"Give it one of {', '.join(ENDINGS)}",
        )


def feature(shape: shapely.Geometry, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature; its numbers read back to the same bits."""
    geometry = msgspec.Raw(shapely.to_geojson(shape).encode())
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}


def _drawn(source: Source, kinds: frozenset[str]) -> Iterator[Drawn]:
    """What is drawn in a source, by the reader of its format."""
    if isinstance(source, Mapping):
        return geojson.drawn_in(source, kinds)
    data = _bytes(source)
    if data.startswith(b"PAR1"):
        # Here, so that an operator who only locates does not load it.
        from groundpass.kernel.territory import geoparquet

        return geoparquet.drawn_in(data, kinds)
    _check_format(data[:SHOWN].lstrip())
    if data[:1] in {b"\x00", b"\x01"}:
        return wkb.drawn_in(data, kinds)
    if HEX.fullmatch(data.strip()):
        return wkb.drawn_in(_from_hex(data), kinds)
    return geojson.drawn_in(data, kinds)


def _check_format(head: bytes) -> None:
    """Refuse what is known by its first bytes and not read here."""
    for magic, name in PACKED.items():
        if head.startswith(magic):
            raise BadGeometry(f"The file is packed ({name})", todo="Unpack it first")
    for magic, name in OTHERS.items():
        if head.startswith(magic):
            raise BadGeometry(
                f"The file is of the format {name}",
                why="GeoJSON, WKB and GeoParquet are read",
                todo="Export it as one of them",
            )


def _from_hex(text: bytes) -> bytes:
    """The bytes that hexadecimal digits stand for."""
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError as error:
        raise BadGeometry(
            "This is not WKB", why="a hexadecimal digit is missing", todo="Export it again"
        ) from error


def _bytes(source: bytes | str | Path) -> bytes:
    """The bytes of a source; of a file never more than the bound. Raises BadGeometry."""
    if isinstance(source, str):
        data = source.encode()
    elif isinstance(source, bytes):
        data = source
    else:
        try:
            with source.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise BadGeometry(f"{source!s} cannot be read", why=str(error.strerror)) from error
    if len(data) > MAX_BYTES:
        raise BadGeometry(f"The file is larger than {MAX_BYTES} bytes", todo="Simplify it")
    return data


def _line(drawn: Drawn) -> list[LineString]:
    """A line within ±180° of longitude: one that crosses the antimeridian is cut there."""
    straight, _ = unwrap(drawn.rings[0])
    if len(straight) < PAIR:
        raise BadGeometry(f"{drawn.where} is empty", todo="Take it out or draw it")
    line = LineString(straight)
    west, _, east, _ = line.bounds
    pieces: list[LineString] = []
    for turn in range(int(np.floor((west + HALF_TURN) / TURN)), int(np.ceil((east + HALF_TURN) / TURN))):
        strip = shapely.box(TURN * turn - HALF_TURN, -POLE, TURN * turn + HALF_TURN, POLE)
        found = shapely.transform(shapely.intersection(line, strip), lambda c, t=turn: c - [TURN * t, 0])
        pieces += [part for part in shapely.get_parts(found) if isinstance(part, LineString)]
    return pieces or [line]
