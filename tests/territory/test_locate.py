"""The locator gives what GEOS gives, everywhere and on every edge."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

from groundpass.kernel.territory import Locator, place_of

UKRAINE_SIZED = shapely.box(22, 44, 40, 52)


def star(seed: int, lon: float, lat: float, size: float, corners: int) -> Polygon:
    """A jagged polygon without self-intersection."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reach = size * rng.uniform(0.3, 1.0, corners)
    shape = Polygon(np.column_stack([lon + reach * np.cos(angle), lat + reach * np.sin(angle) * 0.7]))
    return shape if shape.is_valid else shapely.make_valid(shape).buffer(0)


def agree(polygons: list[shapely.Geometry], lon: np.ndarray, lat: np.ndarray) -> None:
    found = Locator(polygons).covers(lon, lat)
    places = np.array([place_of(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])
    for index, polygon in enumerate(polygons):
        expected = shapely.intersects(polygon, places)
        wrong = np.flatnonzero(found[index] != expected)
        assert not len(wrong), (index, lon[wrong[:3]], lat[wrong[:3]])


def on_and_beside(shape: shapely.Geometry) -> np.ndarray:
    """Vertices, middles of edges, and the numbers next to both in all directions."""
    corners = shapely.get_coordinates(shape)
    points = np.concatenate([corners, (corners[1:] + corners[:-1]) / 2])
    beside = [
        np.nextafter(points, points + np.array(way)) for way in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, -1)]
    ]
    return np.concatenate([points, *beside])


@given(
    seed=st.integers(0, 10_000),
    size=st.sampled_from([0.001, 0.02, 0.5, 6.0]),
    corners=st.integers(5, 60),
    count=st.integers(1, 4),
)
def test_points_on_edges_and_one_number_beside_them_are_exact(
    seed: int, size: float, corners: int, count: int
) -> None:
    stars = [star(seed + i, 30 + i * size / 3, 49, size, corners) for i in range(count)]
    points = np.concatenate([on_and_beside(shape) for shape in stars])
    agree(stars, points[:, 0].copy(), points[:, 1].copy())


def test_points_all_over_are_exact() -> None:
    stars = [star(i, 25 + 2 * i, 48, 2.5, 300) for i in range(5)] + [UKRAINE_SIZED]
    rng = np.random.default_rng(7)
    agree(stars, rng.uniform(20, 42, 30_000), rng.uniform(43, 53, 30_000))


def test_edges_along_cells_vertical_and_horizontal_are_exact() -> None:
    comb = Polygon([(30, 50), (31, 50), (31, 51), (30.999999999, 51), (30.999999999, 50.5), (30, 50.5)])
    grid = np.linspace(29.99, 31.01, 500)
    lon, lat = np.meshgrid(np.append(grid, [30, 31, 30.999999999]), np.append(grid + 20, [50, 50.5, 51]))
    agree([comb], lon.ravel(), lat.ravel())


def test_a_hole_and_an_island_in_it() -> None:
    ring = shapely.box(30, 50, 34, 54).difference(shapely.box(31, 51, 33, 53))
    both = MultiPolygon([ring, shapely.box(31.5, 51.5, 32, 52)])
    found = Locator([both]).covers(
        np.array([30.5, 31.2, 31.7, 31.0, 31.5]), np.array([50.5, 51.2, 51.7, 51.0, 51.5])
    )
    assert found[0].tolist() == [True, False, True, True, True]


def test_the_world_has_edges_at_its_ends() -> None:
    pacific = MultiPolygon([shapely.box(170, -10, 180, 10), shapely.box(-180, -10, -175, 10)])
    west_only = shapely.box(-180, 20, -170, 30)
    arctic = shapely.box(-180, 80, 180, 90)
    sector = shapely.box(10, 85, 20, 90)
    world = shapely.box(-180, -90, 180, 90)
    lon = np.array([180.0, -180.0, 180.0, -180.0, 33.0, 0.0, 15.0, 179.999])
    lat = np.array([0.0, 0.0, 25.0, 25.0, 90.0, -90.0, 89.0, 0.0])
    polygons = [pacific, west_only, arctic, sector, world]
    agree(polygons, lon, lat)
    assert Locator(polygons).covers(lon, lat).astype(int).tolist() == [
        [1, 1, 0, 0, 0, 0, 0, 1],
        [0, 0, 1, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 1, 0],
        [0, 0, 0, 0, 1, 0, 1, 0],
        [1, 1, 1, 1, 1, 1, 1, 1],
    ]


def test_a_polygon_smaller_than_a_micrometre_and_none_at_all() -> None:
    dot = shapely.box(30, 50, 30 + 1e-12, 50 + 1e-12)
    agree([dot], np.array([30.0, 30 + 5e-13, 30.1]), np.array([50.0, 50.0, 50.0]))
    nothing = Locator([]).locate(np.array([1.0, 180.0]), np.array([2.0, 90.0]))
    assert nothing.sets.shape[1] == 0
    assert Locator([]).covers(np.array([1.0]), np.array([2.0])).shape == (0, 1)


def test_more_than_64_territories_and_far_points() -> None:
    boxes = [shapely.box(20 + i / 5, 45, 20.3 + i / 5, 46) for i in range(100)]
    rng = np.random.default_rng(3)
    agree(boxes, rng.uniform(19, 41, 3_000), rng.uniform(44.9, 46.1, 3_000))
    agree(boxes, rng.uniform(-180, 180, 500), rng.uniform(-90, 90, 500))


def test_a_batch_larger_than_a_step_stays_in_order() -> None:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(20, 42, 150_000), rng.uniform(43, 53, 150_000)
    found = Locator([UKRAINE_SIZED]).covers(lon, lat)
    assert (found[0] == ((lon >= 22) & (lon <= 40) & (lat >= 44) & (lat <= 52))).all()


@pytest.mark.parametrize("size", [0.0001, 0.003, 0.08, 1.5])
def test_a_box_is_called_uniform_only_where_all_of_it_is(size: float) -> None:
    stars = [star(1, 30, 49, 3, 80), star(2, 31, 49, 2, 80)]
    locator = Locator(stars)
    rng = np.random.default_rng(11)
    lon, lat = rng.uniform(26, 34, 4_000), rng.uniform(46, 52, 4_000)
    kinds = locator.uniform(lon - size, lat - size, lon + size, lat + size)
    boxes = shapely.box(lon - size, lat - size, lon + size, lat + size)
    for index, shape in enumerate(stars):
        covers, touches = shapely.covers(shape, boxes), shapely.intersects(shape, boxes)
        told = kinds >= 0
        assert (locator.sure[kinds[told], index] == covers[told]).all()
        assert (covers[told] == touches[told]).all()
    assert (kinds >= 0).mean() > (0.5 if size < 0.1 else 0)
