"""Importing a territory, and its versions."""

from __future__ import annotations

import json

import pytest
import shapely

from groundpass.authority.audit.api import events_for
from groundpass.authority.policy.api import geojson, import_territory, shape_of, territories, territory
from groundpass.kernel.core.errors import BadGeometry, BadInput, NoRight, NotFound
from groundpass.kernel.territory import area
from groundpass.kernel.territory.formats import write_territory
from support.times import NOW

pytestmark = pytest.mark.django_db


def test_an_officer_imports_a_territory_and_a_clerk_cannot(cast, square):
    with pytest.raises(NoRight):
        import_territory(square(30, 48), code="ua", name="Ukraine", actor=cast.clerk, now=NOW)
    assert not territories().exists()
    stored = import_territory(square(30, 48), code="ua", name="Ukraine", actor=cast.officer, now=NOW)
    assert (stored.version, stored.west, stored.south, stored.east, stored.north) == (1, 30, 48, 34, 52)
    assert [event.verb for event in events_for("territory:ua:1")] == ["territory.import"]


def test_the_same_content_again_makes_no_new_version_and_other_content_does(cast, square, ukraine):
    def again(**changed):
        given = {"geojson": square(30, 48), "name": "Ukraine", "country": "UA", **changed}
        return import_territory(given.pop("geojson"), code="ua", actor=cast.officer, now=NOW + 9, **given)

    assert again() == ukraine
    assert again(geojson=square(30, 48, 3)).version == 2
    assert again(geojson=square(30, 48, 3), precedence=5).version == 3
    assert [row.version for row in territories()] == [3]
    assert territory("ua", 1).east == 34


def test_the_dates_of_a_territory_come_back_as_they_were_given(cast, square):
    row = import_territory(
        square(30, 48), code="zone", name="Zone", starts=NOW, ends=NOW + 60, actor=cast.officer, now=NOW
    )
    row.refresh_from_db()
    assert (row.starts.timestamp(), row.ends.timestamp()) == (NOW, NOW + 60)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "UA"}, "code 'UA'"),
        ({"code": "../ua"}, "does not read"),
        ({"name": " "}, "needs a name"),
        ({"country": "Ukraine"}, "two capital letters"),
        ({"when_uncertain": "maybe"}, "outside, inside, majority"),
        ({"settle": 0}, "settle 0"),
        ({"precedence": 2**40}, "precedence"),
        ({"starts": NOW, "ends": NOW}, "is empty"),
        ({"ends": 10**15}, "outside the calendar"),
    ],
)
def test_a_wrong_property_is_named_and_nothing_is_stored(cast, square, wrong, said):
    with pytest.raises(BadInput, match=said):
        import_territory(
            square(30, 48), **{"code": "ua", "name": "Ukraine", "actor": cast.officer, "now": NOW, **wrong}
        )
    assert not territories().exists()


def test_a_broken_polygon_is_refused_with_its_place(cast):
    bow = b'{"type": "Polygon", "coordinates": [[[30, 48], [34, 52], [34, 48], [30, 52], [30, 48]]]}'
    with pytest.raises(BadGeometry) as refusal:
        import_territory(bow, code="ua", name="Ukraine", actor=cast.officer, now=NOW)
    assert refusal.value.place == (32, 50)
    assert not territories().exists()


def test_a_territory_that_is_not_there_is_said_to_be_missing(cast, ukraine):
    assert geojson(territory("ua"))["properties"]["name"] == "Ukraine"
    with pytest.raises(NotFound):
        territory("ua", 7)


def test_swapped_axes_are_refused_with_the_place(cast, square):
    swapped = square(48, 30)  # as if latitude were written first
    with pytest.raises(BadGeometry, match="axes seem swapped at longitude 48, latitude 30"):
        import_territory(swapped, code="ua", name="Ukraine", actor=cast.officer, now=NOW)
    with pytest.raises(BadGeometry):
        import_territory(
            b'{"type": "FeatureCollection", "features": []}',
            code="ua",
            name="Ukraine",
            actor=cast.officer,
            now=NOW,
        )
    assert not territories().exists()


@pytest.mark.parametrize("ending", ["geojson", "wkb", "parquet"])
def test_what_was_exported_and_comes_back_makes_no_new_version(cast, ukraine, tmp_path, ending):
    path = tmp_path / f"ua.{ending}"
    write_territory(path, shape_of(ukraine), {"code": "ua", "version": ukraine.version})
    again = import_territory(path, code="ua", name="Ukraine", country="UA", actor=cast.officer, now=NOW + 9)
    assert again.version == ukraine.version
    assert import_territory(path, code="ua", name="Other", actor=cast.officer, now=NOW + 9).version == 2


def test_a_band_is_stored_with_what_was_made_and_how_exact_it_is(cast, square):
    def band(**changed):
        given = {"buffer": "band  50 km inside", "code": "border", "name": "Border zone", **changed}
        return import_territory(square(30, 48), actor=cast.officer, now=NOW, **given)

    row = band()
    assert row.buffer == "band 50 km inside"
    assert 0 < row.buffer_error_m < 25
    whole = shapely.box(30, 48, 34, 52)
    assert 0.4 < float(area(shape_of(row)) / area(whole)) < 0.6
    assert shapely.covers(whole, shape_of(row))
    (event,) = events_for("territory:border:1")
    assert event.detail["buffer"] == "band 50 km inside"
    assert float(event.detail["buffer_error_m"]) == row.buffer_error_m
    assert band().version == 1
    assert band(buffer="band 51 km inside").version == 2


def test_a_band_along_the_land_border_alone_is_another_one(cast, square):
    land = json.dumps({"type": "LineString", "coordinates": [[30, 48], [30, 52], [34, 52]]}).encode()

    def band(**changed):
        given = {"buffer": "band 50 km inside", "code": "border", "name": "Border zone", **changed}
        return import_territory(square(30, 48), actor=cast.officer, now=NOW, **given)

    whole, alone = band(), band(along=land)
    assert (whole.version, alone.version) == (1, 2)
    assert whole.buffer_along_sha256 == ""
    assert len(alone.buffer_along_sha256) == 64
    coast = shapely.Point(33.9, 50)
    assert shape_of(whole).intersects(coast)
    assert not shape_of(alone).intersects(coast)
    assert band(along=land).version == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"buffer": "50 km"}, "does not read"),
        ({"buffer": "shrink 900 km"}, "Nothing is left"),
        ({"along": b"{}"}, "no buffer to make"),
        ({"buffer": "grow 5 km", "along": b"{}"}, "is a None, neither a line nor a polygon"),
    ],
)
def test_a_buffer_that_cannot_be_made_is_refused_and_nothing_is_stored(cast, square, wrong, said):
    with pytest.raises(BadInput, match=said):
        import_territory(square(30, 48), code="zone", name="Zone", actor=cast.officer, now=NOW, **wrong)
    assert not territories().exists()


def test_a_territory_without_a_buffer_has_the_fingerprint_that_it_always_had(cast, ukraine):
    """Of version 0.1: whoever imports their border again after an update gets no new version."""
    assert ukraine.content_sha256 == "cab3f54333b3eff15ad01fa9b97545e117b1046da27fec956e88f1925fe3ffd7"
