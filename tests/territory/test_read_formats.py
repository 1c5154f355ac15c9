"""WKB and GeoParquet as tools write them, and what is refused of them before it can harm."""

from __future__ import annotations

import gzip
import io
import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import CRS

from groundpass.kernel.core.errors import BadGeometry, BadInput
from groundpass.kernel.territory import read_border, read_territory
from groundpass.kernel.territory.drawn import MAX_BYTES
from groundpass.kernel.territory.formats import write_territory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLED = shapely.Polygon([(30, 50), (34, 50), (34, 54), (30, 54)], [[(31, 51), (31, 52), (32, 52), (32, 51)]])
OTHER = shapely.box(36, 50, 37, 51)
LAND = shapely.MultiPolygon([HOLED, OTHER])
FORMS = [
    LAND,
    shapely.GeometryCollection([HOLED, OTHER]),
    shapely.GeometryCollection([shapely.GeometryCollection([LAND]), OTHER]),
    shapely.force_3d(LAND, 120.5),
]


@pytest.mark.parametrize("shape", FORMS)
@pytest.mark.parametrize("how", [{}, {"byte_order": 0}, {"flavor": "iso"}, {"hex": True}, {"srid": True}])
def test_every_flavour_of_wkb_reads_the_same(shape: Any, how: dict[str, Any]) -> None:
    if how.get("srid"):
        data = shapely.to_wkb(shapely.set_srid(shape, 4326), include_srid=True)
    else:
        data = shapely.to_wkb(shape, **how)
    assert read_territory(data).equals(LAND)


def test_measures_are_dropped_as_heights_are() -> None:
    data = shapely.to_wkb(shapely.from_wkt("POLYGON ZM ((0 0 1 2, 4 0 1 2, 4 4 1 2, 0 0 1 2))"), flavor="iso")
    assert read_territory(data).equals(shapely.Polygon([(0, 0), (4, 0), (4, 4)]))


def test_hexadecimal_text_may_have_line_ends(tmp_path: Path) -> None:
    text = shapely.to_wkb(LAND, hex=True)
    (tmp_path / "land.hex").write_text(
        "\n".join(text[n : n + 80] for n in range(0, len(text), 80)) + "\n", "ascii"
    )
    assert read_territory(tmp_path / "land.hex") == read_territory(shapely.to_wkb(LAND))
    with pytest.raises(BadGeometry, match="hexadecimal digit is missing"):
        read_territory(text[:-1])


def wkb(kind: int, *rest: bytes) -> bytes:
    return struct.pack("<BI", 1, kind) + b"".join(rest)


def count(number: int) -> bytes:
    return struct.pack("<I", number)


def nested(depth: int) -> bytes:
    return wkb(7, count(1)) * depth + wkb(3, count(0))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not GeoJSON"),
        (b"\x01", "It ends at byte 1"),
        (b"\x01\x63\x00\x00\x00", "99 is no kind of geometry"),
        (wkb(3, count(0)), "coordinates is empty"),
        (wkb(6, count(0)), "coordinates is empty"),
        (wkb(7, count(0)), "geometries is empty"),
        (wkb(7, count(1), shapely.to_wkb(shapely.Point(1, 2))), "geometries[0] is a Point, not a polygon"),
        (wkb(3, count(2**32 - 1)), "4294967295 parts are announced"),
        (wkb(3, count(1), count(2**32 - 1)), "68719476720 more are needed"),
        (wkb(3, count(1), count(0)), "coordinates[0] has 0 positions"),
        (wkb(6, count(1), b"\x02" + bytes(4)), "Byte 9 is 2 where the byte order"),
        (wkb(10, count(1)), "is a CurvePolygon, not a polygon"),
        (nested(100), "nested more than 16 deep"),
        (shapely.to_wkb(LAND) + b"\x00", "1 bytes stand behind its end"),
        (shapely.to_wkb(LAND)[:-1], "It ends at byte"),
        (shapely.to_wkb(shapely.set_srid(LAND, 3857), include_srid=True), "EPSG:3857, WGS 84 /"),
        (shapely.to_wkb(shapely.set_srid(LAND, 77777), include_srid=True), "SRID 77777, which is no known"),
    ],
)  # fmt: skip
def test_wkb_that_is_none_is_refused_with_its_place(data: bytes, words: str) -> None:
    with pytest.raises(BadGeometry) as refusal:
        read_territory(data)
    assert words in refusal.value.sentence()


def parquet(
    rows: list[bytes | None], *, geo: dict[str, Any] | None = None, name: str = "border", **column: Any
) -> bytes:
    """A GeoParquet file as a tool writes it; `column` changes what its metadata say."""
    said = {"encoding": "WKB", "geometry_types": ["Polygon"], **column}
    geo = geo or {"version": "1.1.0", "primary_column": name, "columns": {name: said}}
    table = pa.table({"id": range(len(rows)), name: pa.array(rows, pa.binary())})
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), sink, row_group_size=1)
    return bytes(sink.getvalue())


ROWS = [shapely.to_wkb(HOLED), shapely.to_wkb(OTHER)]


@pytest.mark.parametrize("system", [None, "OGC:CRS84", "EPSG:4326"])
def test_the_rows_of_a_geoparquet_file_are_one_territory(system: str | None) -> None:
    crs = {"crs": CRS.from_user_input(system).to_json_dict()} if system else {}
    assert read_territory(parquet(ROWS, **crs)).equals(LAND)


def test_the_column_of_the_geometry_may_have_any_name_and_others_are_left_alone() -> None:
    assert read_territory(parquet(ROWS, name="межа")).equals(LAND)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (parquet(ROWS, crs=None), "The file says that it knows no system"),
        (parquet(ROWS, crs=CRS.from_epsg(3857).to_json_dict()), "WGS 84 / Pseudo-Mercator"),
        (parquet(ROWS, crs={"type": "nonsense"}), "The coordinates are not WGS84"),
        (parquet(ROWS, edges="spherical"), "edges of the column border are spherical"),
        (parquet(ROWS, encoding="multipolygon"), "has the encoding multipolygon"),
        (parquet(ROWS, geo={"version": "2.0.0", "primary_column": "border", "columns": {}}), "`$.version`"),
        (parquet(ROWS, geo={"version": "1.0.0", "primary_column": "g", "columns": {}}), "has no column g"),
        (parquet(ROWS, geo={"version": "1.0.0"}), "metadata `geo` of the file does not read"),
        (parquet([ROWS[0], None]), "rows[1].border has no geometry"),
        (parquet([ROWS[0], shapely.to_wkb(shapely.Point(1, 2))]), "rows[1].border is a Point"),
        (parquet([ROWS[0], ROWS[1][:-1]]), "This is not WKB"),
        (parquet([]), "no polygon in it"),
        (b"PAR1" + b"\x00" * 40 + b"PAR1", "This is not GeoParquet"),
        (parquet(ROWS)[:200], "This is not GeoParquet"),
    ],
)  # fmt: skip
def test_geoparquet_that_would_be_misread_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadGeometry) as refusal:
        read_territory(data)
    assert words in refusal.value.sentence()


def test_parquet_without_geometry_is_told_from_geoparquet() -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": [1]}), sink)
    with pytest.raises(BadGeometry, match="This is Parquet, and not GeoParquet"):
        read_territory(bytes(sink.getvalue()))


def test_a_column_that_is_no_bytes_is_refused_whatever_the_metadata_say() -> None:
    said = {"version": "1.0.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB"}}}
    sink = pa.BufferOutputStream()
    table = pa.table({"g": ["POINT (1 2)"]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(said)}), sink)
    with pytest.raises(BadGeometry, match="type is string"):
        read_territory(bytes(sink.getvalue()))


@pytest.fixture
def pool() -> Iterator[pa.MemoryPool]:
    """A pool of memory that counts this test alone."""
    usual = pa.default_memory_pool()
    counting = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(counting)
    yield counting
    pa.set_memory_pool(usual)


def test_a_value_that_stands_in_every_row_is_counted_each_time_and_held_once(pool: pa.MemoryPool) -> None:
    """One polygon of 1.6 MB in 1,000 rows: a file of 1.5 MB that unpacks to more than a gigabyte."""
    turn = np.linspace(0, 2 * np.pi, 100_001)
    ring = np.column_stack([30 + np.cos(turn), 50 + np.sin(turn)])
    one = shapely.to_wkb(shapely.Polygon(ring))
    said = {"version": "1.1.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB"}}}
    table = pa.table({"g": pa.chunked_array([pa.array([one], pa.binary())] * 1000)})
    sink = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata({"geo": json.dumps(said)}),
        sink,
        compression="zstd",
        dictionary_pagesize_limit=2**24,
    )
    assert len(one) * 1000 > 5 * MAX_BYTES
    assert len(sink.getvalue()) < len(one)
    held = pool.max_memory()
    with pytest.raises(BadGeometry, match="The file has more than"):
        read_territory(sink.getvalue())
    assert pool.max_memory() < held + 20 * len(one)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(b"{}", mtime=0), "packed (gzip)"),
        (b"PK\x03\x04" + bytes(40), "packed (zip)"),
        (b"SQLite format 3\x00" + bytes(40), "of the format GeoPackage"),
        (struct.pack(">I", 9994) + bytes(40), "Shapefile"),
        (b"<?xml version='1.0'?><kml/>", "KML"),
        (b"POLYGON ((0 0, 1 0, 1 1, 0 0))", "WKT"),
    ],
)
def test_other_formats_are_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(BadGeometry) as refusal:
        read_territory(data)
    assert words in refusal.value.what
    assert refusal.value.todo


def test_a_file_is_never_read_beyond_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "large.geojson"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 2)
    with pytest.raises(BadGeometry, match=f"larger than {MAX_BYTES} bytes"):
        read_territory(path)


@pytest.mark.parametrize("ending", ["geojson", "wkb", "parquet"])
def test_what_is_written_reads_back_to_the_same_bits(tmp_path: Path, ending: str) -> None:
    shape = read_territory(shapely.to_wkb(shapely.transform(LAND, lambda c: c / 3 + 0.1)))
    path = tmp_path / f"land.{ending}"
    write_territory(path, shape, {"code": "ua", "version": 3})
    assert shapely.to_wkb(read_territory(path)) == shapely.to_wkb(shape)


def test_what_is_written_as_geoparquet_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "land.parquet"
    write_territory(path, read_territory(shapely.to_wkb(LAND)), {"code": "ua", "version": 3})
    file = pq.ParquetFile(path)
    geo = json.loads(file.schema_arrow.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert (geo["version"], column["encoding"], column["bbox"]) == ("1.1.0", "WKB", [30, 50, 37, 54])
    assert CRS.from_json_dict(column["crs"]) == CRS.from_user_input("OGC:CRS84")
    assert file.read().column("code").to_pylist() == ["ua"]


def test_a_file_is_written_under_a_known_ending_only(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"ending of land\.shp is that of no format"):
        write_territory(tmp_path / "land.shp", LAND, {})


def test_a_border_is_read_from_lines_or_from_polygons() -> None:
    line = {"type": "LineString", "coordinates": [[30, 50], [31, 51], [32, 50]]}
    assert read_border(line).equals(shapely.LineString([(30, 50), (31, 51), (32, 50)]))
    assert read_border(shapely.to_wkb(shapely.MultiLineString([[(0, 0), (1, 1)]]))).length == pytest.approx(
        2**0.5
    )
    assert read_border(shapely.to_wkb(LAND)).equals(LAND)
    across = {"type": "LineString", "coordinates": [[179, 10], [-179, 12]]}
    assert read_border(across).equals(
        shapely.MultiLineString([[(179, 10), (180, 11)], [(-180, 11), (-179, 12)]])
    )


@pytest.mark.parametrize(
    ("geometries", "words"),
    [
        ([{"type": "Point", "coordinates": [1, 2]}], "is a Point, neither a line nor a polygon"),
        ([{"type": "LineString", "coordinates": [[1, 2]]}], "geometries[0].coordinates is empty"),
        (
            [{"type": "LineString", "coordinates": [[1, 2], [1, 99]]}],
            "Position 1 of geometries[0].coordinates is",
        ),
        (
            [
                {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
                {"type": "Polygon", "coordinates": [[[30, 50], [31, 50], [31, 51], [30, 50]]]},
            ],
            "lines and polygons in it",
        ),
    ],
)
def test_a_border_that_is_none_is_refused(geometries: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(BadGeometry) as refusal:
        read_border({"type": "GeometryCollection", "geometries": geometries})
    assert words in refusal.value.sentence()
