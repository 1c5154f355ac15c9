"""Overlap and precedence resolved once: each place has one face, of the territory that governs it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from groundpass.kernel.core.intervals import Interval
from groundpass.kernel.core.state import Territory
from groundpass.kernel.territory import to_wkb
from groundpass.kernel.territory.faces import faces

NOON = 1_000_000


def land(name: str, shape: shapely.Geometry, precedence: int, effective: Interval | None = None) -> Territory:
    return Territory(name, name, to_wkb(shape), effective or Interval(), precedence)


COUNTRY = land("country", shapely.box(20, 40, 40, 50), 0)
ZONE = land("zone", shapely.box(30, 45, 45, 55), 10)
RANGE = land("range", shapely.box(31, 46, 32, 47), 20)


def test_a_face_is_a_territory_less_all_that_rank_above_it() -> None:
    found = {face.territory.id: face.shape for face in faces([COUNTRY, RANGE, ZONE], NOON)}
    assert list(found) == ["range", "zone", "country"]
    assert found["range"].equals(shapely.box(31, 46, 32, 47))
    assert found["zone"].equals(shapely.difference(shapely.box(30, 45, 45, 55), found["range"]))
    assert found["country"].equals(
        shapely.difference(shapely.box(20, 40, 40, 50), shapely.box(30, 45, 45, 55))
    )


def test_what_is_not_effective_governs_nothing_and_what_is_hidden_has_no_face() -> None:
    later = land("zone", shapely.box(30, 45, 45, 55), 10, Interval(NOON + 1))
    assert [face.territory.id for face in faces([COUNTRY, later], NOON)] == ["country"]
    assert [face.territory.id for face in faces([COUNTRY, later], NOON + 1)] == ["zone", "country"]
    below = land("below", shapely.box(31, 46, 31.5, 46.5), -5)
    assert "below" not in [face.territory.id for face in faces([COUNTRY, below], NOON)]
    assert faces([], NOON) == []


def test_of_two_with_one_precedence_the_first_by_id_governs() -> None:
    twin = land("a-twin", shapely.box(39, 40, 41, 50), 0)
    first, second = faces([COUNTRY, twin], NOON)
    assert first.territory.id == "a-twin"
    assert second.shape.equals(shapely.box(20, 40, 39, 50))


@pytest.mark.parametrize("seed", range(5))
def test_faces_share_no_inside_and_together_are_the_territories_together(seed: int) -> None:
    random = np.random.default_rng(seed)
    places = random.uniform(0, 20, (12, 2))
    shapes = [
        shapely.Point(place).buffer(size)
        for place, size in zip(places, random.uniform(1, 6, 12), strict=True)
    ]
    territories = [land(f"t{n:02}", shape, int(random.integers(0, 4))) for n, shape in enumerate(shapes)]
    found = faces(territories, NOON)
    whole = shapely.union_all([face.shape for face in found])
    assert sum(face.shape.area for face in found) == pytest.approx(whole.area)
    assert shapely.symmetric_difference(whole, shapely.union_all(shapes)).area == pytest.approx(0, abs=1e-9)
    for lon, lat in random.uniform(-5, 25, (500, 2)):
        inside = [
            one
            for one, shape in zip(territories, shapes, strict=True)
            if shapely.intersects_xy(shape, lon, lat)
        ]
        governing = min(inside, key=lambda one: (-one.precedence, one.id), default=None)
        there = [face.territory for face in found if shapely.intersects_xy(face.shape, lon, lat)]
        assert there == ([governing] if governing else [])
