"""A border that does not hold is refused by the name of its ring, with the place, in every format."""

from __future__ import annotations

import json
import math
import struct
from itertools import chain
from typing import Any

import pytest

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory import read_territory

HOME = (22.0, 44.0, 40.5, 52.5)
SHELL = [[30, 50], [34, 50], [34, 54], [30, 54], [30, 50]]
HOLE = [[31, 51], [31, 52], [32, 52], [32, 51], [31, 51]]


def moved(ring: list[list[float]], east: float, north: float = 0) -> list[list[float]]:
    return [[x + east, y + north] for x, y in ring]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


FAULTS = [
    (polygon([[30, 50], [31, 51], [31, 50], [30, 51], [30, 50]]), "coordinates[0] crosses itself",
     (30.5, 50.5)),
    (polygon(SHELL, [*HOLE[:-1], [31, 51.5]]), "coordinates[1] is not closed", (31, 51.5)),
    (polygon(SHELL, [*HOLE[:2], HOLE[0]]), "coordinates[1] has 3 positions, fewer than four", (31, 51)),
    (polygon(SHELL, [[31, 51], [32, 51], [33, 51], [31, 51]]), "coordinates[1] has no area", (31, 51)),
    (polygon([[30, 50]] * 5), "coordinates[0] has no area", (30, 50)),
    (polygon(SHELL, moved(HOLE, 10)), "hole coordinates[1] lies outside its shell", (41, 51)),
    (polygon(SHELL, HOLE, moved(HOLE, 2.5)), "coordinates[0] and coordinates[2] cross", (34, 51)),
    (polygon(SHELL, HOLE, moved(HOLE, 0.5)), "coordinates[1] and coordinates[2] cross", (31.5, 51)),
    (polygon(SHELL, HOLE, HOLE), "coordinates[1] and coordinates[2] cross or share an edge", (32, 52)),
    (polygon(SHELL, [[30.5, 50.5], [33, 50.5], [33, 53], [30.5, 50.5]],
             [[32, 51], [32.5, 51], [32.5, 52], [32, 51]]),
     "hole coordinates[2] lies inside another hole", (32, 51)),
    (polygon(SHELL, [[30, 50], [34, 54], [31, 53], [30, 50]]),
     "coordinates[0] and coordinates[1] cut their polygon", (34, 54)),
    (polygon([[30, 50], [34, 50], [34, 54], [32, 54], [32, 56], [32, 54], [30, 54], [30, 50]]),
     "coordinates[0] has a spike", (32, 56)),
    (polygon([[30, 50], [34, 50], [34, 54], [32, 54], [33, 55], [31, 55], [32, 54], [30, 54], [30, 50]]),
     "coordinates[0] touches itself", (32, 54)),
    (polygon([[50, 130], [50, 131], [51, 131], [50, 130]]), "axes seem swapped", (50, 130)),
    (polygon([[50, 30], [50, 31], [51, 31], [51, 30], [50, 30]]), "axes seem swapped", (50, 30)),
    (polygon(SHELL, [[3.4e6, 6.5e6], [3.5e6, 6.5e6], [3.5e6, 6.6e6], [3.4e6, 6.5e6]]),
     "Position 0 of coordinates[1] is out of range", (3.4e6, 6.5e6)),
]  # fmt: skip


def as_geojson(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()


def as_wkb(data: dict[str, Any]) -> bytes:
    """Written by hand: no library writes a ring that is not closed."""
    rings = [struct.pack(f"<I{2 * len(ring)}d", len(ring), *chain(*ring)) for ring in data["coordinates"]]
    return struct.pack("<BII", 1, 3, len(rings)) + b"".join(rings)


@pytest.mark.parametrize("write", [as_geojson, as_wkb])
@pytest.mark.parametrize(("data", "words", "place"), FAULTS)
def test_a_fault_is_refused_with_its_ring_and_its_place(
    write: Any, data: dict[str, Any], words: str, place: tuple[float, float]
) -> None:
    with pytest.raises(BadGeometry) as refusal:
        read_territory(write(data), expected=HOME)
    assert words in refusal.value.sentence()
    assert refusal.value.place == pytest.approx(place)
    assert refusal.value.why
    assert refusal.value.todo


def test_the_ring_is_named_among_many_polygons() -> None:
    good, bad = [SHELL, HOLE], [moved(SHELL, 5), moved(HOLE, 9)]
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [good, good]}},
            {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [good, bad]}},
        ],
    }
    with pytest.raises(BadGeometry, match=r"features\[1\]\.geometry\.coordinates\[1\]\[1\] lies outside"):
        read_territory(collection)


def test_a_number_that_is_none_is_named() -> None:
    wkb = as_wkb(polygon([[30, 50], [34, math.nan], [34, 54], [30, 50]]))
    with pytest.raises(BadGeometry, match=r"Position 1 of coordinates\[0\] is not a number"):
        read_territory(wkb)


def test_a_fault_beyond_the_antimeridian_is_told_where_a_map_has_it() -> None:
    bow = [[179, 10], [-179, 12], [-179, 10], [179, 12], [179, 10]]
    with pytest.raises(BadGeometry, match=r"coordinates\[0\] crosses itself at longitude -?180, latitude 11"):
        read_territory(polygon(bow))


def test_positions_that_stand_twice_are_read_once() -> None:
    twice = [position for position in SHELL for _ in range(2)]
    assert read_territory(polygon(twice)) == read_territory(polygon(SHELL))


def test_a_swap_of_axes_is_not_suspected_where_the_border_is_simply_elsewhere() -> None:
    elsewhere = polygon(moved(SHELL, 60))
    assert read_territory(elsewhere, expected=HOME).bounds == (90, 50, 94, 54)
