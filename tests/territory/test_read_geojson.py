"""GeoJSON as offices export it: what reads, and what is refused with the place of its fault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from shapely import Point

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory import from_wkb, read_geojson, to_wkb

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = [[[30, 50], [31, 50], [31, 51], [30, 51], [30, 50]]]
POINT = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [30, 50]}}
HOLE = [[30.2, 50.2], [30.2, 50.4], [30.4, 50.4], [30.4, 50.2], [30.2, 50.2]]
HOME = (22.0, 44.0, 40.5, 52.5)


def polygon(coordinates: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": coordinates}


def feature(geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": geometry}


FORMS = [
    polygon(SQUARE),
    feature(polygon(SQUARE)),
    {"type": "MultiPolygon", "coordinates": [SQUARE]},
    {"type": "GeometryCollection", "geometries": [polygon(SQUARE)]},
    {"type": "FeatureCollection", "features": [feature(polygon(SQUARE))]},
    {
        "type": "FeatureCollection",
        "features": [feature({"type": "GeometryCollection", "geometries": [polygon(SQUARE)]})],
    },
    polygon([[[x, y, 120.5] for x, y in SQUARE[0]]]),
    {**polygon(SQUARE), "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
    {**polygon(SQUARE), "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}},
]


@pytest.mark.parametrize("data", FORMS)
def test_every_nesting_of_polygons_reads_the_same(data: dict[str, Any]) -> None:
    assert read_geojson(data, expected=HOME).equals(shapely.box(30, 50, 31, 51))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_its_bytes_and_its_text_read_the_same(tmp_path: Path, mark: bytes) -> None:
    data = mark + json.dumps(polygon(SQUARE)).encode()
    (tmp_path / "square.geojson").write_bytes(data)
    assert read_geojson(tmp_path / "square.geojson") == read_geojson(data)
    assert read_geojson(data.decode("utf-8-sig")) == read_geojson(data)


def test_holes_stay_holes_and_rings_are_turned_the_same_way() -> None:
    found = read_geojson(polygon([SQUARE[0][::-1], HOLE]))
    assert not found.intersects(Point(30.3, 50.3))
    assert found.geoms[0].exterior.is_ccw
    assert not found.geoms[0].interiors[0].is_ccw


def test_overlapping_polygons_are_united() -> None:
    other = [[[x + 0.5, y] for x, y in SQUARE[0]]]
    found = read_geojson({"type": "MultiPolygon", "coordinates": [SQUARE, other]})
    assert found.equals(shapely.box(30, 50, 31.5, 51))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"type": "FeatureCollection", "features": []}, "features is empty"),
        (polygon([]), "coordinates is empty"),
        ({"type": "FeatureCollection", "features": [feature(None)]}, "features[0] has no geometry"),
        ({"type": "FeatureCollection", "features": [POINT, POINT]}, "features[0].geometry is a Point"),
        (feature({"type": "LineString", "coordinates": SQUARE[0]}), "geometry is a LineString"),
        ({"type": "Topology", "arcs": []}, "is a Topology"),
        ({"features": []}, "is a None"),
        ({"type": ["Polygon"], "coordinates": SQUARE}, "is a ['Polygon']"),
        ({"type": "P" * 100_000}, "is a " + "P" * 40 + ","),
        ({"type": "GeometryCollection", "geometries": [7]}, "geometries[0] is not a GeoJSON object"),
        (polygon([[[30, 50], ["31", "50"], ["31", "51"], [30, 50]]]), "Position 1 of coordinates[0] is not"),
        (polygon([[[30, 50], [31], [31, 51], [30, 50]]]), "Position 1 of coordinates[0] is not a pair"),
        (polygon([[[30, 50], [True, 50], [31, 51], [30, 50]]]), "Position 1 of coordinates[0] is not a pair"),
        (polygon([[30, 50], [31, 50]]), "Position 0 of coordinates[0] is not a pair of numbers"),
        (polygon([[{"lon": 30}, {"lon": 31}]]), "not a pair of numbers"),
        (polygon([SQUARE[0], ["ab", "cd", "ef", "ab"]]), "Position 0 of coordinates[1] is not a pair"),
        (polygon([[[10**400, 50], [31, 50], [31, 51], [10**400, 50]]]), "not a pair of numbers"),
        ({**polygon(SQUARE), "crs": {"properties": {"name": "EPSG:3857"}}}, "EPSG:3857"),
        ({**polygon(SQUARE), "crs": {"properties": {"name": "EPSG:43260"}}}, "EPSG:43260"),
        (b"\xff\xfe", "not GeoJSON"),
        (b"[]", "not an object"),
        (b"{", "not GeoJSON"),
        (b"[" * 100_000, "not GeoJSON"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', "invalid character (byte 38): 'NaN, 1]]]}'"),
    ],
)  # fmt: skip
def test_what_is_no_polygon_is_refused_with_its_place_in_the_file(data: Any, words: str) -> None:
    with pytest.raises(BadGeometry) as refusal:
        read_geojson(data)
    assert words in refusal.value.sentence()


def test_objects_one_a_line_are_read_as_a_collection() -> None:
    lines = b"\n".join(
        json.dumps(feature(polygon([[[x + n, y] for x, y in SQUARE[0]]]))).encode() for n in (0, 5)
    )
    assert read_geojson(lines).equals(shapely.union(shapely.box(30, 50, 31, 51), shapely.box(35, 50, 36, 51)))
    sequence = b"".join(b"\x1e" + line + b"\n" for line in lines.splitlines())
    assert read_geojson(sequence) == read_geojson(lines)
    with pytest.raises(BadGeometry, match=r"features\[1\]\.geometry is a Point"):
        read_geojson(lines.splitlines()[0] + b"\n" + json.dumps(POINT).encode())
    with pytest.raises(BadGeometry, match="trailing characters"):
        read_geojson(lines.splitlines()[0] + b"\n17\n")


def test_a_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadGeometry, match="cannot be read"):
        read_geojson(tmp_path / "none.geojson")


def test_deep_nesting_is_refused() -> None:
    data: dict[str, Any] = polygon(SQUARE)
    for _ in range(40):
        data = {"type": "GeometryCollection", "geometries": [data]}
    with pytest.raises(BadGeometry):
        read_geojson(data)


CROSSING = [
    [[[170, 10], [-170, 10], [-170, 20], [170, 20], [170, 10]]],  # jumps
    [[[170, 10], [190, 10], [190, 20], [170, 20], [170, 10]]],  # goes on beyond 180
    [[[-190, 10], [-170, 10], [-170, 20], [-190, 20], [-190, 10]]],  # begins before -180
    [[[170, 10], [180, 10], [-180, 10], [-170, 10], [-170, 20], [-180, 20], [180, 20], [170, 20], [170, 10]]],
]


@pytest.mark.parametrize("coordinates", CROSSING)
def test_what_crosses_the_antimeridian_is_cut_there(coordinates: Any) -> None:
    found = read_geojson(polygon(coordinates))
    assert found.equals(shapely.union(shapely.box(170, 10, 180, 20), shapely.box(-180, 10, -170, 20)))
    assert found.bounds == (-180.0, 10.0, 180.0, 20.0)


def test_a_hole_that_crosses_the_antimeridian_is_cut_with_it() -> None:
    hole = [[178, 14], [178, 16], [-178, 16], [-178, 14], [178, 14]]
    found = read_geojson(polygon([CROSSING[0][0], hole]))
    assert found.area == pytest.approx(200 - 8)
    beyond = [[-178, 14], [-178, 16], [-176, 16], [-176, 14], [-178, 14]]
    assert read_geojson(polygon([CROSSING[0][0], beyond])).area == pytest.approx(200 - 4)


def test_the_world_in_one_box_stays_whole() -> None:
    found = read_geojson(polygon([[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]))
    assert found.area == 360 * 180


def test_a_continent_round_a_pole_stays_whole_where_it_names_the_pole() -> None:
    coast = [[-180, -80], [-90, -70], [0, -75], [90, -70], [180, -80]]
    found = read_geojson(polygon([[*coast, [180, -90], [-180, -90], [-180, -80]]]))
    assert found.intersects(Point(45, -89))
    with pytest.raises(BadGeometry, match="goes round a pole"):
        read_geojson(polygon([[[-170, -80], [-90, -70], [0, -75], [90, -70], [170, -80], [-170, -80]]]))


def test_bytes_of_a_territory_read_back() -> None:
    found = read_geojson(polygon([SQUARE[0], HOLE]))
    assert from_wkb(to_wkb(found)) == found
    assert to_wkb(found)[0] == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        to_wkb(shapely.MultiPolygon()),
        shapely.to_wkb(Point(1, 2)),
        to_wkb(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])),
    ],
)
def test_bytes_that_are_no_territory_are_refused(data: bytes) -> None:
    with pytest.raises(BadGeometry):
        from_wkb(data)
