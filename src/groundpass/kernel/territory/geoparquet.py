"""GeoParquet 1.x: the geometries of its primary column, which are WKB; every row belongs to the territory.

1. The file says `geo` in its metadata, version 1. The column is WKB; the encodings of GeoArrow are refused.
2. The system is WGS84 (OGC:CRS84 or EPSG:4326, or nothing, which means OGC:CRS84); longitude comes first
   whatever the system says. "Unknown" (null) is refused: nobody could tell whether it is right.
3. Edges are planar. Spherical ones are other borders than ours, and are refused.
4. Values are counted as they come, a repeated one each time: a small file may unpack to any size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory import wkb
from groundpass.kernel.territory.drawn import MAX_BYTES, MAX_RINGS, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from groundpass.kernel.territory.drawn import Drawn

VERSION: Final = "1.1.0"  # that we write
MAX_METADATA: Final = 16 * 2**20  # bytes
ROWS_AT_ONCE: Final = 1024
CRS84: Final = "OGC:CRS84"


class Column(msgspec.Struct, frozen=True):
    """What the metadata says of a column, as far as it matters here; an absent `crs` is OGC:CRS84."""

    encoding: str
    crs: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    edges: str = "planar"


class Metadata(msgspec.Struct, frozen=True):
    """The `geo` entry of the file's metadata."""

    version: Annotated[str, msgspec.Meta(pattern=r"^1\.")]
    primary_column: str
    columns: dict[str, Column]


def drawn_in(data: bytes, kinds: frozenset[str]) -> Iterator[Drawn]:
    """The polygons and lines of a GeoParquet file, as far as `kinds` asks. Raises BadGeometry."""
    try:
        yield from _rows(data, kinds)
    except (pa.ArrowException, OSError, MemoryError, UnicodeDecodeError) as error:
        raise BadGeometry(
            "This is not GeoParquet", why=str(error).partition("\n")[0], todo="Export it again"
        ) from error


def _rows(data: bytes, kinds: frozenset[str]) -> Iterator[Drawn]:
    """The shapes of every row."""
    limits = {"thrift_string_size_limit": MAX_METADATA, "thrift_container_size_limit": MAX_METADATA}
    whole = pq.ParquetFile(pa.BufferReader(data), **limits)
    name = _column(whole)
    _check_size(whole)
    # As a dictionary a value that stands in a million rows is in memory once.
    file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=[name], **limits)
    row = unpacked = 0
    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=[name]):
        values = batch.column(0)
        encoded = values if isinstance(values, pa.DictionaryArray) else values.dictionary_encode()
        encoded.validate(full=True)  # of a damaged file an index may point anywhere
        words = encoded.dictionary
        for index in encoded.indices.to_pylist():
            geometry = None if index is None else words[index].as_py()
            if geometry is None:
                raise BadGeometry(f"rows[{row}].{name} has no geometry", todo="Take it out or draw it")
            unpacked += len(geometry)
            if unpacked > MAX_BYTES:
                raise too_large(MAX_BYTES, "bytes unpacked")
            yield from wkb.drawn_in(geometry, kinds, f"rows[{row}].{name}")
            row += 1


def _column(file: pq.ParquetFile) -> str:
    """The name of the column with the geometry. Raises BadGeometry where it is none that we read."""
    said = (file.schema_arrow.metadata or {}).get(b"geo")
    if said is None:
        raise BadGeometry(
            "This is Parquet, and not GeoParquet",
            why="its metadata has no entry `geo`",
            todo="Export it as GeoParquet 1.x",
        )
    try:
        geo = msgspec.json.decode(said, type=Metadata)
    except (ValueError, RecursionError) as error:
        raise BadGeometry(
            "The metadata `geo` of the file does not read",
            why=str(error),
            todo="Export it as GeoParquet 1.x",
        ) from error
    name = geo.primary_column
    column = geo.columns.get(name)
    if column is None or name not in file.schema_arrow.names:
        raise BadGeometry(
            f"The file has no column {name}",
            why="its metadata `geo` names it as the one with the geometry",
            todo="Export it again",
        )
    _check_column(name, column, file.schema_arrow.field(name).type)
    return name


def _check_column(name: str, column: Column, kind: pa.DataType) -> None:
    """Refuse a column whose numbers would be misread."""
    if column.encoding != "WKB" or not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        raise BadGeometry(
            f"The column {name} has the encoding {column.encoding}",
            why=f"its type is {kind}",
            todo="Export it with the encoding WKB",
        )
    if column.edges != "planar":
        raise BadGeometry(
            f"The edges of the column {name} are {column.edges}",
            why="the edges of a territory are straight in longitude and latitude",
            todo="Split them finely, and export them as planar",
        )
    if column.crs is None:
        raise BadGeometry(
            "The coordinates are not WGS84",
            why="the file says that it knows no system",
            todo="Export in WGS84",
        )
    if isinstance(column.crs, dict) and not _is_wgs84(column.crs):
        name = column.crs.get("name", "?")
        raise BadGeometry(
            "The coordinates are not WGS84", why=f"the file says {name}", todo="Export in WGS84"
        )


def _is_wgs84(crs: Mapping[str, Any]) -> bool:
    """Whether a PROJJSON is WGS84 in degrees; the order of its axes does not matter here."""
    try:
        return bool(CRS.from_json_dict(dict(crs)).equals(CRS.from_user_input(CRS84), ignore_axis_order=True))
    except CRSError:
        return False


def _check_size(file: pq.ParquetFile) -> None:
    """Refuse what is too large by its own account, before anything of it is unpacked."""
    meta = file.metadata
    if meta.num_rows > MAX_RINGS:
        raise too_large(MAX_RINGS, "rows")
    # Not of the one column: asked for a column of a damaged file, pyarrow ends the process.
    unpacked = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
    if unpacked > MAX_BYTES:
        raise too_large(MAX_BYTES, "bytes unpacked")


def written(shape: shapely.MultiPolygon, properties: Mapping[str, str | int]) -> bytes:
    """A GeoParquet file with one row: the geometry, and a column for each property."""
    west, south, east, north = shape.bounds
    geo: dict[str, object] = {
        "version": VERSION,
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": [shape.geom_type],
                "crs": CRS.from_user_input(CRS84).to_json_dict(),
                "orientation": "counterclockwise",
                "edges": "planar",
                "bbox": [west, south, east, north],
            }
        },
    }
    columns = {name: [value] for name, value in properties.items()}
    table = pa.table({**columns, "geometry": [shapely.to_wkb(shape, byte_order=1, output_dimension=2)]})
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"geo": msgspec.json.encode(geo)}), sink, compression="zstd")
    return bytes(sink.getvalue())
