"""Shapes of positions: circles, cells, and the two places where the map tears."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely import Point

from groundpass.kernel.territory.shapes import area, cell_shape, circle, circles, is_cell, place_of

WGS84 = Geod(ellps="WGS84")


def test_a_circle_has_64_points_at_its_geodesic_distance() -> None:
    ring = shapely.get_coordinates(circle(30.5, 50.4, 5_000))
    assert len(ring) == 65
    _, _, distance = WGS84.inv(np.full(65, 30.5), np.full(65, 50.4), ring[:, 0], ring[:, 1])
    assert distance == pytest.approx(np.full(65, 5_000))


@pytest.mark.parametrize(
    ("lon", "lat", "radius"),
    [
        (30, 50, 10),
        (30, 50, 900_000),
        (180, 0, 1_000),
        (-179.9999, 60, 20_000),
        (10, 89.9, 50_000),
        (-100, -90, 1_000),
        (0, 90, 500_000),
        (179.5, -89.99, 3_000),
    ],
)
def test_a_circle_holds_its_middle_and_has_its_area_everywhere(lon: float, lat: float, radius: float) -> None:
    shape = circle(lon, lat, radius)
    assert shape.is_valid
    assert shape.intersects(place_of(lon, lat))
    west, south, east, north = shape.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    flat = 64 / 2 * radius**2 * np.sin(2 * np.pi / 64)  # of a 64-gon in the plane
    # Straight edges in lon/lat are not geodesics: near a pole they bulge.
    assert float(area(shape)) == pytest.approx(flat, rel=0.01 if radius < 100_000 and abs(lat) < 80 else 0.1)


def test_many_circles_are_each_the_one() -> None:
    lon, lat = np.array([30.0, 180.0, 5.0, 20.0]), np.array([50.0, 1.0, 89.99, -45.0])
    radius = np.array([10.0, 5_000.0, 20_000.0, 1e6])
    for index, shape in enumerate(circles(lon, lat, radius)):
        assert shape == circle(lon[index], lat[index], radius[index])


@pytest.mark.parametrize("resolution", range(16))
@pytest.mark.parametrize("place", [(50.45, 30.52), (0.0, 180.0), (65.0, -180.0), (90.0, 0.0), (-90.0, 0.0)])
def test_a_cell_holds_its_middle_and_has_its_area(resolution: int, place: tuple[float, float]) -> None:
    cell = h3.str_to_int(h3.latlng_to_cell(*place, resolution))
    shape = cell_shape(cell)
    assert is_cell(cell)
    assert shape.is_valid
    lat, lon = h3.cell_to_latlng(h3.int_to_str(cell))
    assert shape.intersects(Point(lon, lat))
    assert -180 <= shape.bounds[0] <= shape.bounds[2] <= 180
    if abs(lat) < 68 and resolution < 15:  # round a pole straight edges are far from geodesics
        spherical = h3.cell_area(h3.int_to_str(cell), "m^2")
        assert float(area(shape)) == pytest.approx(spherical, rel=0.01 if resolution > 1 else 0.1)


def test_every_coarse_cell_of_the_world_is_valid_and_together_they_are_the_world() -> None:
    shapes = [cell_shape(h3.str_to_int(cell)) for cell in h3.get_res0_cells()]
    assert all(shape.is_valid for shape in shapes)
    assert shapely.union_all(shapes).area == pytest.approx(360 * 180, rel=1e-6)
    assert float(area(shapes).sum()) == pytest.approx(510_065_621_724_089, rel=1e-4)


@pytest.mark.parametrize("number", [0, 1, 2**63, 2**64 - 1, 0x8928308280FFFFE])
def test_other_numbers_are_no_cells(number: int) -> None:
    assert not is_cell(number)


def test_an_area_agrees_with_the_geodesic_one() -> None:
    shape = shapely.segmentize(shapely.box(30, 50, 31, 51), 0.01)
    geodesic, _ = WGS84.geometry_area_perimeter(shape)
    assert float(area(shape)) == pytest.approx(abs(geodesic), rel=1e-6)


def test_the_antimeridian_is_one_and_a_pole_is_one_place() -> None:
    assert place_of(180, 10).intersects(Point(-180, 10))
    assert place_of(-180, 10).intersects(Point(180, 10))
    assert place_of(33, 90).intersects(Point(-100, 90))
    assert place_of(33, 10) == Point(33, 10)
