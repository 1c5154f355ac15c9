"""Importing a territory, and its versions."""

from __future__ import annotations

import pytest

from groundpass.authority.audit.api import events_for
from groundpass.authority.policy.api import geojson, import_territory, territories, territory
from groundpass.kernel.core.errors import BadGeometry, BadInput, NoRight, NotFound
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
