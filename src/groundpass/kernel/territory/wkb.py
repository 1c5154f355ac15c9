"""WKB as it is written: its polygons and lines, each with the path that GeoJSON would have there.

1. OGC 06-103r4 8.2 (ISO: a thousand is Z, two thousand M, three thousand both) and PostGIS's EWKB (flags, and
   an SRID). Heights and measures are dropped; every geometry has a byte order of its own.
2. An SRID is 4326 or 0 (none was set); another is refused by its name.
3. No count is believed: what it promises has to fit into the bytes that are left.
4. Nothing stands behind the geometry.

GEOS reads WKB as well, but of a ring that is not closed it says neither which nor where.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory.drawn import MAX_DEPTH, PAIR, Drawn, refuse_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundpass.kernel.territory.antimeridian import Ring

WGS84: Final = 4326  # EPSG code
HEIGHT, MEASURE, SRID = 0x80000000, 0x40000000, 0x20000000  # flags of EWKB
THOUSAND: Final = 1000  # ISO's step from two dimensions to Z, M and both
_ISO: Final = {
    0: (False, False),
    1: (True, False),
    2: (False, True),
    3: (True, True),
}  # has a height, a measure
NAMES: Final = {
    1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon",
    7: "GeometryCollection", 8: "CircularString", 9: "CompoundCurve", 10: "CurvePolygon", 11: "MultiCurve",
    12: "MultiSurface", 15: "PolyhedralSurface", 16: "TIN", 17: "Triangle",
}  # fmt: skip
_MANY: Final = {"MultiPolygon": "Polygon", "MultiLineString": "LineString"}
_LEAST: Final = 4  # bytes that the smallest member of any list takes


def drawn_in(data: bytes, kinds: frozenset[str], where: str = "") -> Iterator[Drawn]:
    """The polygons and lines of WKB, as far as `kinds` asks; `where`: the path to it. Raises BadGeometry."""
    reader = _Reader(data)
    yield from _walk(reader, where, 0, kinds)
    if reader.at != len(data):
        raise reader.fault(f"{len(data) - reader.at} bytes stand behind its end")


@dataclass
class _Reader:
    """Bytes, and how far they were read; `order` is the byte order of the geometry being read."""

    data: bytes
    at: int = 0
    order: str = field(default="<")

    def begin(self) -> tuple[str, int, int]:
        """The head of a geometry: its kind, the numbers of a position, its SRID or 0."""
        order = self.take(1)[0]
        if order > 1:
            raise self.fault(f"byte {self.at - 1} is {order} where the byte order should be")
        self.order = "<" if order else ">"
        code = self.number()
        srid = self.number() if code & SRID else 0
        iso, kind = divmod(code & ~(HEIGHT | MEASURE | SRID), THOUSAND)
        if kind not in NAMES or iso not in _ISO:
            raise self.fault(f"{code} is no kind of geometry")
        height, measure = _ISO[iso]
        extra = (height or bool(code & HEIGHT)) + (measure or bool(code & MEASURE))
        return NAMES[kind], PAIR + extra, srid

    def number(self) -> int:
        """A count, or another unsigned number of four bytes."""
        return int(struct.unpack(f"{self.order}I", self.take(4))[0])

    def count(self) -> int:
        """How many members follow, if so many can."""
        count = self.number()
        if count * _LEAST > len(self.data) - self.at:
            raise self.fault(f"{count} parts are announced at byte {self.at - 4}, and the file is too short")
        return count

    def positions(self, width: int) -> Ring:
        """A counted list of positions, their longitudes and latitudes."""
        count = self.number()
        raw = self.take(count * width * 8)
        columns = np.frombuffer(raw, f"{self.order}f8").reshape(count, width)[:, :PAIR]
        return np.ascontiguousarray(columns, np.float64)

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if size > len(self.data) - self.at:
            raise self.fault(f"it ends at byte {len(self.data)}, and {size} more are needed at {self.at}")
        self.at += size
        return self.data[self.at - size : self.at]

    def fault(self, why: str) -> BadGeometry:
        """The error for bytes that are no WKB."""
        return BadGeometry("This is not WKB", why=why, todo="Export it again")


def _walk(reader: _Reader, where: str, depth: int, kinds: frozenset[str]) -> Iterator[Drawn]:
    """Every shape of the geometry that begins here."""
    kind, width, srid = reader.begin()
    name = where.lstrip(".") or "The file"
    if depth > MAX_DEPTH:
        raise reader.fault(f"it is nested more than {MAX_DEPTH} deep")
    if srid not in {0, WGS84}:
        raise _other_system(srid)
    inside = f"{where}.{'geometries' if kind == 'GeometryCollection' else 'coordinates'}"
    if kind in kinds:
        yield _drawn(reader, kind, width, inside.lstrip("."))
    elif kind == "GeometryCollection" or _MANY.get(kind) in kinds:
        count = reader.count()
        if not count:
            raise BadGeometry(f"{inside.lstrip('.')} is empty", todo="Take it out or draw it")
        wanted = kinds if kind == "GeometryCollection" else frozenset({_MANY[kind]})
        for index in range(count):
            member = f"{inside}[{index}]"
            for drawn in _walk(reader, member, depth + 1, wanted):
                # A polygon of a MultiPolygon has no path below its own.
                yield drawn._replace(where=member.lstrip(".")) if kind in _MANY else drawn
    else:
        raise refuse_kind(name, kind, kinds)


def _drawn(reader: _Reader, kind: str, width: int, where: str) -> Drawn:
    """A polygon of rings, or a line."""
    if kind == "LineString":
        return Drawn(where, kind, [reader.positions(width)])
    count = reader.count()
    if not count:
        raise BadGeometry(f"{where} is empty", todo="Take it out or draw it")
    return Drawn(where, kind, [reader.positions(width) for _ in range(count)])


def _other_system(srid: int) -> BadGeometry:
    """The error for coordinates in another system, by its name where it is known."""
    try:
        name = f"EPSG:{srid}, {CRS.from_epsg(srid).name}"
    except CRSError:
        name = f"SRID {srid}, which is no known system"
    return BadGeometry(
        "The coordinates are not WGS84", why=f"the file says {name}", todo="Export in WGS84 (SRID 4326)"
    )
