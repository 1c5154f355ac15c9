"""The compiled grid says of every point what GEOS says: on edges, on vertices, a last digit beside them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from groundpass.kernel.territory.grid import MAX_LAYERS, UNKNOWN, LayerGrid


def star(x: float, y: float, size: float, corners: int, seed: int) -> shapely.Polygon:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = size * rng.uniform(0.3, 1, corners)
    return shapely.Polygon(np.c_[x + reach * np.cos(angle), y + reach * np.sin(angle)])


def comb(teeth: int) -> shapely.Polygon:
    """A thousand narrow teeth, whose vertices share latitudes."""
    x = np.repeat(np.linspace(30, 31, teeth), 2)
    y = np.tile([50.0, 50.5, 50.5, 50.0], len(x) // 4 + 1)[: len(x)]
    return shapely.make_valid(shapely.Polygon([*np.c_[x, y], (31, 49.9), (30, 49.9)]))


LAYERS = [
    star(30.5, 50.2, 1.0, 900, 1),
    star(31.2, 50.4, 0.8, 300, 2).difference(shapely.box(31.1, 50.3, 31.3, 50.5)),
    shapely.box(30.25, 50.25, 30.75, 50.5),
    shapely.box(30.75, 50.25, 31.25, 50.5),
    shapely.MultiPolygon([shapely.box(29, 49, 29.5, 49.5), shapely.box(29.5, 49.5, 30, 50)]),
    comb(1000),
    shapely.Polygon([(30, 50), (30.1, 50), (30.05, 50.1)]),
]


def adversarial(rng: np.random.Generator) -> np.ndarray:
    corners = shapely.get_coordinates(LAYERS)
    edges = np.concatenate(
        [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(LAYERS))]
    )
    near = rng.integers(0, len(edges) - 1, 20_000)
    on = edges[near] + (edges[near + 1] - edges[near]) * rng.uniform(0, 1, (len(near), 1))
    level = np.c_[rng.uniform(28, 33, 10_000), rng.choice(corners[:, 1], 10_000)]
    upright = np.c_[rng.choice(corners[:, 0], 10_000), rng.uniform(48, 52, 10_000)]
    anywhere = rng.uniform([27, 48], [34, 52], (20_000, 2))
    points = np.concatenate([corners, on, level, upright, anywhere])
    step = rng.choice([-np.inf, np.inf], points.shape)
    return np.concatenate(
        [points, np.where(rng.random(points.shape) < 0.5, np.nextafter(points, step), points)]
    )


def test_every_point_is_in_the_layers_that_geos_puts_it_in():
    grid = LayerGrid.build(LAYERS)
    points = adversarial(np.random.default_rng(7))
    lon, lat = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    found = grid.locate(lon, lat)
    known = found != UNKNOWN
    assert known.mean() > 0.9
    members = grid.members(len(LAYERS))[found]
    for number, layer in enumerate(LAYERS):
        expected = shapely.intersects_xy(layer, lon, lat)
        assert np.array_equal(members[known, number], expected[known]), number


def test_what_is_beyond_the_grid_or_no_number_is_in_no_layer():
    grid = LayerGrid.build(LAYERS)
    found = grid.locate(np.array([0.0, np.nan, 30.5, 1e300]), np.array([0.0, 50.0, np.nan, -1e300]))
    assert found.tolist() == [0, 0, 0, 0]
    assert not grid.members(len(LAYERS))[0].any()


def test_no_polygons_make_a_grid_without_layers():
    assert LayerGrid.build([]).locate(np.array([30.0]), np.array([50.0])).tolist() == [0]


def test_sixty_four_layers_fit_and_one_more_does_not():
    boxes = [shapely.box(x, 0, x + 1.5, 1) for x in range(MAX_LAYERS)]
    grid = LayerGrid.build(boxes)
    found = grid.members(MAX_LAYERS)[grid.locate(np.array([63.25]), np.array([0.5]))]
    assert np.flatnonzero(found[0]).tolist() == [62, 63]
    with pytest.raises(ValueError, match="65 polygons do not fit into 64 bits"):
        LayerGrid.build([*boxes, shapely.box(0, 0, 1, 1)])
