"""Buffers hold: what is nearer than distance - error is in, what is farther than distance + error is out.

The distances they are held to are made by `pyproj.Geod` alone, on borders that are walked in small steps.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from pyproj import Geod
from shapely import MultiPolygon

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.territory import area, read_border, read_territory
from groundpass.kernel.territory.buffers import make, read_buffer

GEOD = Geod(ellps="WGS84")
STEPS, FINE = 250, 200  # in which an edge is walked, and once more where it is nearest
PLACES = 160
USUAL = 0.002  # of the distance: the error that is stated, and far below the one that is refused

Floats = npt.NDArray[np.float64]
Corners = list[tuple[float, float]]


class Case(NamedTuple):
    """A territory's rings, and the border that they make: longitudes that go on beyond 180 are meant so."""

    rings: list[Corners]
    border: list[Corners]


def box(west: float, south: float, east: float, north: float) -> Corners:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


SQUARE, HOLE, LAKE = box(30, 48, 31, 49), box(30.4, 48.4, 30.6, 48.6), box(30.70, 48.7, 30.7001, 48.7001)
CAP: Corners = [(-180, 89), (0, 89), (180, 89), (180, 90), (-180, 90), (-180, 89)]
WEDGE: Corners = [(0, 88.5), (90, 88.5), (90, 90), (0, 90), (0, 88.5)]
CASES = {
    "a square": Case([SQUARE], [SQUARE]),
    "a square with a hole and a pond": Case([SQUARE, HOLE, LAKE], [SQUARE, HOLE, LAKE]),
    "across the antimeridian": Case([box(179.5, -17, 180.4, -16)], [box(179.5, -17, 180.4, -16)]),
    "up to the antimeridian": Case([box(179, 65, 180, 65.5)], [box(179, 65, 180, 65.5)]),
    "round the north pole": Case([CAP], [[(-180, 89), (180, 89)]]),
    "a wedge that ends in the pole": Case([WEDGE], [WEDGE[:3], [WEDGE[3], WEDGE[0]]]),
    "beside the south pole": Case([box(10, -89.5, 100, -89)], [box(10, -89.5, 100, -89)]),
    "on the equator": Case([box(-60.5, -0.4, -59.6, 0.5)], [box(-60.5, -0.4, -59.6, 0.5)]),
}
BUFFERS = ["band 10 km inside", "band 12 nmi outside", "shrink 2 mi", "grow 300 m"]


def territory(case: Case) -> MultiPolygon:
    return read_territory({"type": "Polygon", "coordinates": case.rings})


def distances(places: Floats, case: Case) -> tuple[Floats, Floats]:
    """Geodesic distance of each place from the nearest of a border in m: at most, and at least."""
    edges = np.array([(line[n], line[n + 1]) for line in case.border for n in range(len(line) - 1)])
    coarse = np.concatenate([np.linspace(start, end, STEPS) for start, end in edges])
    most, step = np.empty(len(places)), np.empty(len(places))
    for n, place in enumerate(places):
        nearest = np.argsort(length(place, coarse))[:6]
        # An edge goes on to both sides of its nearest step; a corner belongs to two edges.
        of, part = np.divmod(nearest, STEPS)
        first, last = (np.clip(part + way, 0, STEPS - 1)[:, None] / (STEPS - 1) for way in (-1, 1))
        start, way = edges[of, 0], edges[of, 1] - edges[of, 0]
        fine = np.linspace(start + way * first, start + way * last, FINE).reshape(-1, 2)
        most[n] = length(place, fine).min()
        step[n] = np.max(GEOD.inv(*(start + way * first).T, *(start + way * last).T)[2]) / (FINE - 1)
    return most, np.sqrt(np.maximum(most**2 - step**2, 0))


def length(place: Floats, others: Floats) -> Floats:
    """Geodesic distances in m."""
    return np.asarray(GEOD.inv(*np.broadcast_to(place, others.shape).T, *others.T)[2])


def beside(shape: shapely.Geometry, distance: float, seed: int) -> Floats:
    """Places beside the edge of a shape: half of them very near, where an error would show."""
    random = np.random.default_rng(seed)
    edge = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shape)))
    edge = edge[(np.abs(edge[:, 0]) < 180) & (np.abs(edge[:, 1]) < 90)]
    start = edge[random.integers(0, len(edge), PLACES)]
    off = distance * np.where(random.random(PLACES) < 0.5, 0.001, 0.5) * random.random(PLACES)
    lon, lat, _ = GEOD.fwd(*start.T, random.uniform(0, 360, PLACES), off)
    return np.column_stack([lon, lat])


@pytest.mark.parametrize("words", BUFFERS)
@pytest.mark.parametrize("name", CASES)
def test_no_place_is_on_the_wrong_side(name: str, words: str) -> None:
    case, buffer = CASES[name], read_buffer(words)
    whole = territory(case)
    made = make(whole, buffer)
    assert made.shape.is_valid
    assert 0 < made.error < USUAL * buffer.metres
    places = beside(made.shape, buffer.metres, seed=len(words))
    most, least = distances(places, case)
    nearer, farther = most < buffer.metres - made.error, least > buffer.metres + made.error
    within = shapely.intersects_xy(whole, *places.T)
    wanted, refused = {
        "inside": (nearer & within, farther | ~within),
        "outside": (nearer & ~within, farther | within),
        "grow": (nearer | within, farther & ~within),
        "shrink": (farther & within, nearer | ~within),
    }[buffer.act]
    found = shapely.intersects_xy(made.shape, *places.T)
    assert not np.any(wanted & ~found)
    assert not np.any(refused & found)
    assert np.count_nonzero(wanted) > PLACES / 10
    assert np.count_nonzero(refused) > PLACES / 10


def test_a_band_and_what_is_left_of_the_territory_are_the_territory() -> None:
    whole = territory(CASES["a square with a hole and a pond"])
    band = make(whole, read_buffer("band 7 km inside")).shape
    rest = make(whole, read_buffer("shrink 7 km")).shape
    grown = make(whole, read_buffer("grow 7 km")).shape
    outside = make(whole, read_buffer("band 7 km outside")).shape
    assert float(area(band) + area(rest)) == pytest.approx(float(area(whole)), rel=1e-9)
    assert float(area(whole) + area(outside)) == pytest.approx(float(area(grown)), rel=1e-9)
    assert band.intersection(rest).area == pytest.approx(0, abs=1e-12)


def test_the_area_of_a_grown_point_like_square_is_that_of_a_circle() -> None:
    tiny = read_territory({"type": "Polygon", "coordinates": [box(30, 48, 30.00001, 48.00001)]})
    made = make(tiny, read_buffer("grow 10 km"))
    assert float(area(made.shape)) == pytest.approx(np.pi * 10_000**2, rel=2e-3)


def test_a_distance_may_count_from_a_part_of_the_border_alone() -> None:
    """50 km inside the land border: the southern edge is coast and does not count."""
    whole = territory(CASES["a square"])
    land = read_border({"type": "LineString", "coordinates": [[30, 48], [30, 49], [31, 49], [31, 48]]})
    alone = make(whole, read_buffer("band 20 km inside"), along=land).shape
    around = make(whole, read_buffer("band 20 km inside")).shape
    at_the_coast = shapely.Point(30.5, 48.05)
    assert around.intersects(at_the_coast)
    assert not alone.intersects(at_the_coast)
    assert alone.intersects(shapely.Point(30.05, 48.5))
    assert shapely.difference(alone, around).area == pytest.approx(0, abs=1e-6)


def test_the_border_may_be_that_of_another_territory() -> None:
    neighbour = read_border({"type": "Polygon", "coordinates": [box(31, 47, 33, 50)]})
    band = make(territory(CASES["a square"]), read_buffer("band 20 km inside"), along=neighbour).shape
    west, _, east, _ = band.bounds
    assert east == 31
    assert west == pytest.approx(31 - 20_000 / 73_500, abs=0.01)


def test_an_islet_of_a_few_metres_has_its_band_too() -> None:
    islet = box(32, 48, 32.00001, 48.00001)
    both = read_territory({"type": "MultiPolygon", "coordinates": [[SQUARE], [islet]]})
    made = make(both, read_buffer("grow 50 km"))
    assert made.shape.intersects(shapely.Point(32.5, 48))


def test_whoever_waits_is_told_how_far_it_has_come() -> None:
    told: list[tuple[int, int | None]] = []
    make(territory(CASES["a square"]), read_buffer("grow 10 km"), tell=lambda *how_far: told.append(how_far))
    assert {total for _, total in told} == {100}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert any(0 < done < 50 for done, _ in told)
    assert any(50 < done < 100 for done, _ in told)
    assert told[-1] == (100, 100)


@pytest.mark.parametrize(
    ("case", "words", "said"),
    [
        ("a square", "shrink 200 km", "Nothing is left of the territory by shrink 200 km"),
        ("a square", "grow 0 km", "not between 1 m and 1000 km"),
        ("a square", "grow 1001 km", "not between 1 m and 1000 km"),
        ("a square", "band 50 km", "does not read"),
        ("a square", "grow 50 km inside", "does not read"),
        ("a square", "50 km inside", "does not read"),
        ("a square", "grow -5 km", "does not read"),
        ("a square", "grow 5 feet", "a length in m, km, nmi, NM, mi"),
    ],
)
def test_what_cannot_be_made_is_refused(case: str, words: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        make(territory(CASES[case]), read_buffer(words))


def test_the_whole_earth_has_no_border_to_measure_from() -> None:
    earth: Any = {"type": "Polygon", "coordinates": [box(-180, -90, 180, 90)]}
    with pytest.raises(BadInput, match="no border to measure from"):
        make(read_territory(earth), read_buffer("grow 5 km"))


def test_a_buffer_that_is_off_is_refused_and_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Widened by two percent too much, the shape is measured, and the fault is found."""
    widen = shapely.buffer
    monkeypatch.setattr(
        shapely, "buffer", lambda shape, distance, **how: widen(shape, distance * 1.02, **how)
    )
    with pytest.raises(BadInput, match=r"off by up to 2\d\d m, more than 0\.5%"):
        make(territory(CASES["a square"]), read_buffer("grow 10 km"))


@pytest.mark.parametrize(
    ("words", "metres", "text"),
    [
        ("band 50 km inside", 50_000, "band 50 km inside"),
        (" band  12nmi outside ", 22_224, "band 12 nmi outside"),
        ("grow 12 NM", 22_224, "grow 12 NM"),
        ("shrink 0.5 mi", 804.672, "shrink 0.5 mi"),
    ],
)
def test_lengths_are_read_with_their_units(words: str, metres: float, text: str) -> None:
    found = read_buffer(words)
    assert (found.metres, found.text) == (pytest.approx(metres), text)
