"""Where a territory's border is, and how far a place is from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.territory import border, read_territory

GEOD = Geod(ellps="WGS84")


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def drawn(data: dict[str, Any]) -> shapely.Geometry:
    return shapely.union_all(border.lines_of(read_territory(data)))


def test_the_cut_at_the_antimeridian_is_no_border() -> None:
    found = drawn(box(179, 10, 181, 12))
    assert found.length == pytest.approx(2 * 2 + 2 * 2)
    assert not found.intersects(shapely.Point(180, 11))


def test_a_territory_that_ends_at_the_antimeridian_has_its_border_there() -> None:
    assert drawn(box(179, 10, 180, 12)).intersects(shapely.Point(180, 11))
    assert drawn(box(-180, 10, -179, 12)).intersects(shapely.Point(180, 11))


def test_where_two_pieces_face_each_other_in_part_the_rest_is_border() -> None:
    east, west = box(179, 10, 180, 12), box(-180, 11, -179, 14)
    found = drawn({"type": "GeometryCollection", "geometries": [east, west]})
    on_the_line = found.intersection(shapely.LineString([(180, 0), (180, 20)]))
    assert on_the_line.equals(shapely.MultiLineString([[(180, 10), (180, 11)], [(180, 12), (180, 14)]]))


def test_the_edge_along_a_pole_is_no_border_and_the_earth_has_none() -> None:
    assert drawn(box(-180, 80, 180, 90)).equals(shapely.LineString([(-180, 80), (180, 80)]))
    assert drawn(box(-180, -90, 180, 90)).is_empty


def test_distances_are_those_of_geodesics_to_the_nearest_place_of_the_border() -> None:
    edges = border.edges_of(border.lines_of(read_territory(box(30, 48, 30.2, 48.1))))
    short = border.split(edges, tolerance=0.01, longest=1000, most=10_000)
    random = np.random.default_rng(5)
    places = np.column_stack([random.uniform(29.5, 30.7, 40), random.uniform(47.8, 48.3, 40)])
    found = border.distances(places, short, within=30_000)
    along = np.concatenate([np.linspace(a, b, 4_000) for a, b in zip(edges.start, edges.end, strict=True)])
    for place, distance in zip(places, found, strict=True):
        _, _, exact = GEOD.inv(*np.broadcast_to(place, along.shape).T, *along.T)
        if np.isinf(distance):
            assert exact.min() > 30_000
        else:
            assert distance == pytest.approx(exact.min(), abs=0.02)
    assert np.isinf(found).any()
    assert np.isfinite(found).any()


def test_edges_are_split_until_geodesics_follow_them() -> None:
    long = border.Edges(np.array([[-180.0, 60.0], [10.0, 10.0]]), np.array([[180.0, 60.0], [10.0, 50.0]]))
    short = border.split(long, tolerance=1.0, longest=500_000, most=10_000)
    azimuth, _, length = GEOD.inv(*short.start.T, *short.end.T)
    lon, lat, _ = GEOD.fwd(*short.start.T, azimuth, length / 2)
    _, _, off = GEOD.inv(lon, lat, *short.middle.T)
    assert off.max() <= 1.0
    assert length.max() <= 500_000
    assert short.start[0].tolist() == [-180, 60]
    assert short.end[-1].tolist() == [10, 50]


def test_a_border_that_would_take_millions_of_edges_is_refused() -> None:
    long = border.Edges(np.array([[-180.0, 60.0]]), np.array([[180.0, 60.0]]))
    with pytest.raises(BadInput, match="too long to be measured so finely"):
        border.split(long, tolerance=1.0, longest=1.0, most=1_000_000)
