"""Versions of a territory: what changed between two, which one governed when, and who governs where."""

from __future__ import annotations

import pytest
import shapely

from groundpass.authority.policy.api import (
    approve,
    changes,
    faces_at,
    import_territory,
    km2,
    propose,
    shape_of,
    territory_at,
    versions,
)
from groundpass.kernel.core.errors import NotFound, Refused
from groundpass.kernel.territory import area
from support.times import DAY, HOUR, NOW


def test_what_was_gained_and_lost_is_measured_on_the_ellipsoid():
    gained, lost, kept = changes(shapely.box(30, 48, 32, 50), shapely.box(31, 48, 33, 50))
    assert [one.kind for one in (gained, lost, kept)] == ["gained", "lost", "kept"]
    assert gained.shape.equals(shapely.box(32, 48, 33, 50))
    assert lost.shape.equals(shapely.box(30, 48, 31, 50))
    assert gained.km2 == pytest.approx(float(area(shapely.box(32, 48, 33, 50))) / 1e6)
    assert gained.km2 == pytest.approx(lost.km2)
    assert shapely.Point(gained.place).within(gained.shape)


def test_parts_below_a_hectare_are_measured_and_not_counted():
    sliver, field = shapely.box(31, 50, 31.0001, 50.0001), shapely.box(31.5, 50, 31.6, 50.1)
    before = shapely.box(30, 48, 32, 50)
    gained, lost, _ = changes(before, shapely.union_all([before, sliver, field]))
    assert (gained.parts, len(gained.shape.geoms)) == (1, 2)
    assert gained.km2 == pytest.approx(km2(sliver) + km2(field))
    assert gained.largest == pytest.approx(km2(field))
    assert (lost.km2, lost.parts, lost.place) == (0, 0, None)


@pytest.fixture
def history(cast, square, rules):
    """Version 1 is pinned by the rule set of day 1, version 2 by that of day 3; version 3 nobody pinned."""

    def version(number, now):
        shape = square(30, 48, 4 - number / 2)
        import_territory(shape, code="ua", name="Ukraine", country="UA", actor=cast.officer, now=now)

    version(1, NOW)
    first = propose(rules, actor=cast.officer, now=NOW + 2 * HOUR)
    approve(first.number, actor=cast.second_officer, now=NOW + DAY)
    version(2, NOW + DAY + HOUR)
    second = propose(rules, actor=cast.officer, now=NOW + 2 * DAY)
    approve(second.number, actor=cast.second_officer, now=NOW + 3 * DAY)
    version(3, NOW + 3 * DAY + HOUR)


@pytest.mark.django_db
def test_the_version_that_governed_at_a_moment_is_the_one_that_its_rule_set_pinned(history):
    def at(second):
        row, ruleset = territory_at("ua", second)
        return row.version, ruleset.number if ruleset else None

    assert at(NOW + DAY - 1) == (1, None)  # imported, and nobody had agreed on a rule for it
    assert at(NOW + DAY) == (1, 1)
    assert at(NOW + 3 * DAY - 1) == (1, 1)
    assert at(NOW + 3 * DAY) == (2, 2)
    assert at(NOW + 30 * DAY) == (2, 2)
    with pytest.raises(NotFound, match="There was no territory 'ua' at"):
        at(NOW - 1)


@pytest.mark.django_db
def test_every_version_stays_as_it_was(history):
    assert [(row.version, row.east) for row in versions("ua")] == [(3, 32.5), (2, 33), (1, 33.5)]
    with pytest.raises(NotFound):
        versions("uz")


@pytest.mark.django_db
def test_the_faces_are_those_of_the_rule_set_in_force(cast, square, history):
    with pytest.raises(Refused, match="No rule set is in force"):
        faces_at(NOW)
    (face,) = faces_at(NOW + DAY)
    assert face.territory.id == "ua"
    assert face.shape.equals(shape_of(versions("ua")[2]))
    import_territory(
        square(32, 48, 1), code="zone", name="Zone", precedence=5, actor=cast.officer, now=NOW + 4 * DAY
    )
    both = propose(
        "title: Both\nterritories: [ua, zone]\nrules: [{territory: zone, profile: unlisted, action: deny}]\n",
        actor=cast.officer,
        now=NOW + 4 * DAY,
    )
    approve(both.number, actor=cast.second_officer, now=NOW + 5 * DAY)
    zone, country = faces_at(NOW + 5 * DAY)
    assert (zone.territory.id, country.territory.id) == ("zone", "ua")
    assert zone.shape.equals(shapely.box(32, 48, 33, 49))
    assert country.shape.equals(shapely.difference(shapely.box(30, 48, 32.5, 50.5), zone.shape))
