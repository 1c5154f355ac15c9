"""A border of hundreds of thousands of vertices, holes by the thousand: read in seconds, faults still named.

The budgets are seconds of this process, and several times what a slow machine needs.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory import drawn, read_territory

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = (22.0, 44.0, 40.5, 52.5)
BUDGET = 10.0  # s of this process


@pytest.fixture(autouse=True)
def budget() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < BUDGET


def square(west: float, south: float, side: float) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def coast(vertices: int) -> list[list[float]]:
    """A ring with bays and capes."""
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = 3 * (1 + 0.1 * np.sin(40 * turn) + 0.01 * np.sin(9_001 * turn))
    ring = np.column_stack([32 + radius * np.cos(turn), 49 + 0.6 * radius * np.sin(turn)])
    return [*ring.tolist(), ring[0].tolist()]


def cells(count: int, side: float) -> list[list[list[float]]]:
    return [square(25.01 + 0.1 * (n // 99), 45.01 + 0.1 * (n % 99), side) for n in range(count)]


def read(kind: str, coordinates: Any) -> shapely.MultiPolygon:
    return read_territory(json.dumps({"type": kind, "coordinates": coordinates}).encode(), expected=HOME)


def test_a_ring_of_two_hundred_thousand_vertices_is_read() -> None:
    found = read("Polygon", [coast(200_000)])
    assert shapely.get_num_coordinates(found) == 200_001
    assert read_territory(shapely.to_wkb(found)) == found


def test_a_crossing_among_two_hundred_thousand_vertices_is_found() -> None:
    ring = coast(200_000)
    ring[100_000], ring[100_300] = ring[100_300], ring[100_000]
    with pytest.raises(BadGeometry, match=r"coordinates\[0\] crosses itself") as refusal:
        read("Polygon", [ring])
    assert refusal.value.place == pytest.approx(ring[100_000], abs=0.1)


def test_five_thousand_holes_are_read_and_the_one_at_fault_is_named() -> None:
    holes = cells(5_000, 0.05)
    found = read("Polygon", [square(25, 45, 10), *holes])
    assert len(found.geoms[0].interiors) == 5_000
    assert found.area == pytest.approx(100 - 5_000 * 0.05**2)
    holes[4_321] = [[x + 0.06, y] for x, y in holes[4_321]]
    with pytest.raises(BadGeometry, match=r"coordinates\[4322\] and coordinates\[4421\] cross"):
        read("Polygon", [square(25, 45, 10), *holes])


def test_thousands_of_polygons_are_read_and_those_that_overlap_are_united() -> None:
    apart = read("MultiPolygon", [[ring] for ring in cells(8_000, 0.05)])
    assert len(apart.geoms) == 8_000
    together = read("MultiPolygon", [[ring] for ring in cells(8_000, 0.15)])
    assert len(together.geoms) == 1


@pytest.mark.parametrize(("bound", "unit"), [("MAX_VERTICES", "vertices"), ("MAX_RINGS", "rings")])
def test_what_is_larger_than_any_border_is_refused(
    monkeypatch: pytest.MonkeyPatch, bound: str, unit: str
) -> None:
    least = {"MAX_VERTICES": 5 * 100 - 1, "MAX_RINGS": 100 - 1}[bound]
    monkeypatch.setattr(f"groundpass.kernel.territory.geometry.{bound}", least)
    with pytest.raises(BadGeometry, match=f"has more than {least} {unit}"):
        read("MultiPolygon", [[ring] for ring in cells(100, 0.05)])
    monkeypatch.setattr(f"groundpass.kernel.territory.geometry.{bound}", least + 1)
    assert len(read("MultiPolygon", [[ring] for ring in cells(100, 0.05)]).geoms) == 100


def test_what_a_release_can_carry_is_what_may_be_imported() -> None:
    from groundpass.kernel.wire.header import MAX_WKB_BYTES

    head, position = 9, 16
    assert drawn.MAX_VERTICES * position + drawn.MAX_RINGS * (head + 4) < MAX_WKB_BYTES
