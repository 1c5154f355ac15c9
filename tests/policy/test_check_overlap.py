"""Of one precedence territories do not overlap: in place, in time, at the antimeridian, at a pole."""

from __future__ import annotations

import pytest
import shapely

from groundpass.authority.policy.domain.overlap import check_precedence
from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.core.intervals import NEVER, Interval, parse_time
from groundpass.kernel.core.state import Territory
from groundpass.kernel.territory import read_territory, to_wkb

FEBRUARY = parse_time("2026-02-01")
HOME = shapely.box(30, 48, 34, 52)


def land(name, shape, *, precedence=0, starts=None, ends=NEVER):
    effective = Interval() if starts is None else Interval(starts, ends)
    return Territory(name, name, to_wkb(shapely.MultiPolygon([shape])), effective, precedence)


@pytest.mark.parametrize(
    ("other", "lon", "lat"),
    [
        (shapely.box(33, 51, 40, 60), (33, 34), (51, 52)),
        (shapely.box(31, 49, 32, 50), (31, 32), (49, 50)),
        (shapely.box(34, 50, 36, 51), (34, 34), (50, 51)),
        (shapely.box(34, 52, 36, 54), (34, 34), (52, 52)),
    ],
    ids=["in part", "inside", "along an edge", "at a corner"],
)
def test_a_place_in_both_is_named(other, lon, lat):
    with pytest.raises(BadGeometry, match="'home' and 'zone' overlap, both with precedence 0") as refusal:
        check_precedence([land("home", HOME), land("zone", other)])
    east, north = refusal.value.place
    assert lon[0] <= east <= lon[1]
    assert lat[0] <= north <= lat[1]
    assert "longitude" in refusal.value.why
    check_precedence([land("home", HOME), land("zone", other, precedence=1)])


def test_territories_that_are_apart_may_have_one_precedence():
    check_precedence([land("home", HOME), land("zone", shapely.box(34.001, 48, 36, 52))])


def test_the_two_sides_of_the_antimeridian_are_one_place():
    west, east = shapely.box(-180, 10, -170, 20), shapely.box(170, 15, 180, 30)
    with pytest.raises(BadGeometry, match="overlap") as refusal:
        check_precedence([land("east", east), land("west", west)])
    assert abs(refusal.value.place[0]) == 180
    assert 15 <= refusal.value.place[1] <= 20
    check_precedence([land("east", shapely.box(170, 21, 180, 30)), land("west", west)])


@pytest.mark.parametrize("pole", [90, -90])
def test_a_pole_is_one_place_whatever_its_longitude(pole):
    south, north = sorted((pole, pole * 8 / 9))
    wedge, other = (shapely.box(west, south, west + 10, north) for west in (0, 100))
    with pytest.raises(BadGeometry) as refusal:
        check_precedence([land("one", wedge), land("two", other)])
    assert refusal.value.place[1] == pole


def test_time_decides_too_and_the_first_second_in_both_is_said():
    before = land("zone", HOME, starts=FEBRUARY - 100, ends=FEBRUARY)
    check_precedence([land("home", HOME, starts=FEBRUARY), before])
    longer = land("zone", HOME, starts=FEBRUARY - 100, ends=FEBRUARY + 1)
    with pytest.raises(BadGeometry, match="would be open from 2026-02-01T00:00:00Z"):
        check_precedence([land("home", HOME, starts=FEBRUARY), longer])


def test_of_many_territories_the_pair_is_found():
    grid = [
        land(f"z{x:02}-{y:02}", shapely.box(x, y, x + 0.5, y + 0.5)) for x in range(30) for y in range(30)
    ]
    check_precedence(grid)
    with pytest.raises(BadGeometry, match="'z12-07' and 'late' overlap"):
        check_precedence([*grid, land("late", shapely.box(12.2, 7.2, 12.3, 7.3))])


def test_a_territory_cut_at_the_antimeridian_does_not_overlap_itself():
    across = read_territory(
        {"type": "Polygon", "coordinates": [[[179, 0], [181, 0], [181, 1], [179, 1], [179, 0]]]}
    )
    check_precedence([Territory("across", "across", to_wkb(across))])
