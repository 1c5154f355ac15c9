"""Drawings made on the server: the numbers decide where things stand, and nobody's name becomes markup."""

from __future__ import annotations

import pytest
from django.utils import translation

from groundpass.doors.web.drawing.brake import FIELD, gauge, needle
from groundpass.doors.web.drawing.territories import draw
from groundpass.doors.web.templatetags.groundpass import share

SQUARE = {"type": "Polygon", "coordinates": [[[30, 48], [34, 48], [34, 52], [30, 52], [30, 48]]]}


@pytest.mark.parametrize(
    ("losing", "place"),
    [
        (0, 0),
        (5, FIELD / 2),
        (10, FIELD),
        (11, FIELD + FIELD / 90),
        (100, 2 * FIELD),
        (101, 2 * FIELD + 0.5),
        (10**6, 3 * FIELD),
    ],
)
def test_the_needle_of_the_brake_stands_in_the_field_that_the_count_falls_into(
    losing: int, place: float
) -> None:
    assert needle(losing, 10, 100) == pytest.approx(place)


def test_the_gauge_shows_its_bounds_as_numbers() -> None:
    with translation.override("en"):
        drawn = gauge(3, 1000, 10_000, "three <lose>")
    assert ">1,000<" in drawn
    assert ">10,000<" in drawn
    assert 'aria-label="three &lt;lose&gt;"' in drawn


def test_a_territory_is_drawn_within_its_frame_and_its_name_is_text() -> None:
    drawn = draw([{"geometry": SQUARE, "properties": {"name": "<b>Land</b>"}}], "a map")
    assert "&lt;b&gt;Land" in drawn.svg
    assert drawn.bounds == "29.5000,47.5000,34.5000,52.5000"


def test_territories_at_the_edges_of_the_world_have_a_frame() -> None:
    far = {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}
    assert draw([{"geometry": far, "properties": {"name": "all"}}], "").bounds.startswith(
        "-180.0000,-90.0000"
    )
    assert draw([], "").bounds == "-180.0000,-60.0000,180.0000,80.0000"


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.00125849, "0.126 %"), (0.0260546, "2.6 %"), (0.0, "0.0 %"), (1.0, "100.0 %"), (None, "\N{EN DASH}")],
)
def test_a_share_is_rounded_and_small_ones_are_not_called_none(value: float | None, said: str) -> None:
    with translation.override("en"):
        assert share(value) == said
