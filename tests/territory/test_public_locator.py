"""`groundpass.Locator`: the governing feature of points, exact to the last digit, however many features."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping

from groundpass import Locator
from groundpass.kernel.core.errors import BadGeometry, BadInput

if TYPE_CHECKING:
    from pathlib import Path


def feature(shape: shapely.Geometry, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": mapping(shape), "properties": properties}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


COUNTRY = shapely.box(20, 44, 40, 52).difference(shapely.box(30, 46, 30.2, 46.2))
ZONE = shapely.box(36, 47, 38, 49)
BOTH = collection(feature(COUNTRY), feature(ZONE, precedence=10))


def test_the_feature_of_highest_precedence_governs_and_outside_is_nought() -> None:
    found = Locator.from_geojson(BOTH).locate(
        [30.5, 36.5, 30.1, 10.0, np.nan], [50.0, 48.0, 46.1, 50.0, 50.0]
    )
    assert found.dtype == np.uint16
    assert found.tolist() == [1, 2, 0, 0, 0]


def test_of_features_with_one_precedence_the_first_governs() -> None:
    assert Locator.from_geojson(collection(feature(ZONE), feature(COUNTRY))).locate(36.5, 48.0).tolist() == [
        1
    ]


def test_edges_and_vertices_are_inside_and_the_smallest_step_beyond_is_not() -> None:
    locator = Locator.from_geojson(BOTH)
    lon = [20, 40, 30, 36, np.nextafter(20, 0), np.nextafter(30, 31), np.nextafter(36, 0)]
    assert locator.locate(lon, [50.0, 44.0, 46.1, 47.0, 50.0, 46.1, 48.0]).tolist() == [1, 1, 1, 2, 0, 0, 1]


def test_text_bytes_files_sequences_and_geometries_are_read(tmp_path: Path) -> None:
    path = tmp_path / "both.geojson"
    path.write_text(json.dumps(BOTH))
    nested = {"type": "GeometryCollection", "geometries": [mapping(ZONE), mapping(shapely.box(0, 0, 1, 1))]}
    for source in (BOTH, json.dumps(BOTH), json.dumps(BOTH).encode(), path, str(path), BOTH["features"]):
        assert Locator.from_geojson(source).locate([36.5], [48.0]).tolist() == [2]
    assert Locator.from_geojson([nested]).locate([0.5, 36.5, 5], [0.5, 48, 5]).tolist() == [1, 1, 0]
    assert Locator.from_geojson(mapping(ZONE)).locate(36.5, 48).tolist() == [1]
    assert len(Locator.from_geojson(BOTH)) == 2


def test_the_antimeridian_is_one_line_and_a_pole_is_one_place() -> None:
    islands = {
        "type": "Polygon",
        "coordinates": [[[178, -20], [-178, -20], [-178, -15], [178, -15], [178, -20]]],
    }
    cap = mapping(shapely.box(-180, 88, 180, 90))
    locator = Locator.from_geojson([islands, cap])
    assert locator.locate([179, -179, 180, -180, 177], [-17] * 5).tolist() == [1, 1, 1, 1, 0]
    assert locator.locate([0, 123, -180, 55], [90, 90, 89, 87.9]).tolist() == [2, 2, 2, 0]
    assert locator.locate([180.1, 0], [-17, 90.1]).tolist() == [0, 0]


def test_hundreds_of_features_are_told_apart_and_the_highest_governs() -> None:
    rng = np.random.default_rng(1)
    boxes = [shapely.box(x, y, x + 3, y + 2) for x, y in rng.uniform([0, 0], [40, 30], (200, 2))]
    order = rng.permutation(200).tolist()
    locator = Locator.from_geojson(
        [feature(box, precedence=high) for box, high in zip(boxes, order, strict=True)]
    )
    lon, lat = rng.uniform(-1, 44, 4_000), rng.uniform(-1, 33, 4_000)
    inside = np.array([shapely.intersects_xy(box, lon, lat) for box in boxes])
    ranked = np.where(inside, np.array(order)[:, None], -1)
    expected = np.where(inside.any(axis=0), np.argmax(ranked, axis=0) + 1, 0)
    assert locator.locate(lon, lat).tolist() == expected.tolist()


def test_a_border_of_many_thousand_corners_and_a_sieve_of_holes_are_exact() -> None:
    angle = np.linspace(0, 2 * np.pi, 120_000, endpoint=False)
    reach = 5 + np.sin(angle * 900) + 0.2 * np.sin(angle * 7001)
    shore = shapely.Polygon(np.c_[30 + reach * np.cos(angle), 50 + reach * np.sin(angle)])
    spots = np.stack(np.meshgrid(np.arange(28, 32, 0.07), np.arange(48, 52, 0.07)), axis=-1).reshape(-1, 2)
    holes = [shapely.box(x, y, x + 0.05, y + 0.05).exterior.coords for x, y in spots]
    sieve = shapely.Polygon(shore.exterior.coords, holes)
    rng = np.random.default_rng(2)
    corners = shapely.get_coordinates(sieve)[rng.integers(0, 100_000, 20_000)]
    points = np.concatenate(
        [rng.uniform([24, 44], [36, 56], (30_000, 2)), corners, np.nextafter(corners, np.inf)]
    )
    found = Locator.from_geojson([feature(sieve)]).locate(points[:, 0], points[:, 1])
    assert np.array_equal(found == 1, shapely.intersects_xy(sieve, points[:, 0], points[:, 1]))


def test_two_threads_say_the_same_as_one() -> None:
    locator = Locator.from_geojson(BOTH)
    rng = np.random.default_rng(3)
    parts = [(rng.uniform(19, 41, 50_000), rng.uniform(43, 53, 50_000)) for _ in range(4)]
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda part: locator.locate(*part), parts))
    for part, found in zip(parts, said, strict=True):
        assert np.array_equal(found, locator.locate(*part))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ([], "0 features"),
        ("{not json", "not GeoJSON"),
        ("/no/such/file.geojson", "cannot be read"),
        ([feature(ZONE), {"type": "Point", "coordinates": [1, 2]}], "Feature 2"),
        ([feature(ZONE, precedence="high")], "precedence of feature 1 is 'high'"),
        ({"type": "FeatureCollection", "features": "none"}, "no list of features"),
    ],
)
def test_features_that_do_not_read_are_named(source: Any, told: str) -> None:
    with pytest.raises((BadInput, BadGeometry), match=told):
        Locator.from_geojson(source)


@pytest.mark.parametrize(
    ("lon", "lat", "told"),
    [
        ([1.0], [1.0, 2.0], "1 rows, and lat has 2"),
        (["x"], [1.0], "lon holds no numbers"),
        ([[1.0]], [[1.0]], "2 dim"),
    ],
)
def test_columns_that_are_none_are_refused(lon: Any, lat: Any, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        Locator.from_geojson(BOTH).locate(lon, lat)


@st.composite
def blobs(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Rings on a coarse lattice, so that edges share vertices, overlap, and lie in line."""
    made = []
    for _ in range(draw(st.integers(1, 5))):
        spots = draw(
            st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=9, unique=True)
        )
        shape = shapely.make_valid(shapely.Polygon([(30 + x / 7, 50 + y / 7) for x, y in spots]))
        parts = [part for part in shapely.get_parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"}]
        if parts:
            made.append(shapely.union_all(parts))
    return made


@given(shapes=blobs(), seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_every_point_is_where_geos_puts_it(shapes: list[shapely.Geometry], seed: int) -> None:
    if not shapes:
        return
    rng = np.random.default_rng(seed)
    corners = shapely.get_coordinates(shapes)
    middles = (corners[:-1] + corners[1:]) / 2
    near = np.concatenate([corners, middles, rng.uniform([29.9, 49.9], [31.3, 51.3], (200, 2))])
    steps = rng.choice([-np.inf, np.inf], near.shape)
    points = np.concatenate([near, np.nextafter(near, steps), near + rng.normal(0, 1e-5, near.shape)])
    expected = np.zeros(len(points), int)
    for number in range(len(shapes), 0, -1):
        expected[shapely.intersects_xy(shapes[number - 1], points[:, 0], points[:, 1])] = number
    found = Locator(
        [shapely.MultiPolygon(shapely.get_parts(shape).tolist()) for shape in shapes], [0] * len(shapes)
    )
    assert found.locate(points[:, 0], points[:, 1]).tolist() == expected.tolist()
