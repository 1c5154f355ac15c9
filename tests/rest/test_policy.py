"""Territories and rule sets by the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support.world import RULES, SQUARE

if TYPE_CHECKING:
    from rest.conftest import Caller
    from support.world import Desk


def test_a_territory_is_imported_listed_and_given_back(desk: Desk, api: Caller) -> None:
    zone = {"geojson": json.loads(SQUARE), "code": "lviv", "name": "Львівщина", "precedence": 5}
    made = api.post("/territories", zone | {"starts": "2026-03-01T00:00:00Z"}, as_=desk.cast.officer)
    assert made.status_code == 201
    assert made.json()["starts"] == "2026-03-01T00:00:00Z"
    assert made.json()["bbox"] == [30, 48, 34, 52]
    codes = [one["code"] for one in api.get("/territories", as_=desk.cast.auditor).json()]
    assert codes == ["lviv", "ua"]
    given = api.get("/territories/lviv", as_=desk.cast.auditor).json()
    assert given["geometry"]["type"] == "MultiPolygon"
    assert api.get("/territories/lviv?version=2", as_=desk.cast.auditor).status_code == 404


def test_a_polygon_that_crosses_itself_is_refused_with_its_place(desk: Desk, api: Caller) -> None:
    ring = [[30, 48], [34, 52], [34, 48], [30, 52], [30, 48]]
    zone = {"geojson": {"type": "Polygon", "coordinates": [ring]}, "code": "bow", "name": "Bow"}
    response = api.post("/territories", zone, as_=desk.cast.officer)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:groundpass:problem:bad-geometry"
    assert response.json()["place"] == [32.0, 50.0]


def test_a_band_is_made_and_its_error_stated_and_versions_are_listed(desk: Desk, api: Caller) -> None:
    zone = {"geojson": json.loads(SQUARE), "code": "border", "name": "Border zone"}
    line = {"type": "LineString", "coordinates": [[30, 48], [30, 52]]}
    assert api.post("/territories", zone, as_=desk.cast.officer).json()["buffer"] == ""
    made = api.post(
        "/territories", zone | {"buffer": "band 50 km inside", "along": line}, as_=desk.cast.officer
    ).json()
    assert (made["version"], made["buffer"]) == (2, "band 50 km inside")
    assert 0 < made["buffer_error_m"] < 25
    assert made["bbox"][2] < 31
    listed = api.get("/territories?code=border", as_=desk.cast.auditor).json()
    assert [(one["version"], one["buffer"]) for one in listed] == [(2, "band 50 km inside"), (1, "")]
    refused = api.post("/territories", zone | {"buffer": "50 km"}, as_=desk.cast.officer)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:groundpass:problem:bad-input")
    assert api.get("/territories?code=nowhere", as_=desk.cast.auditor).status_code == 404


def test_a_rule_set_needs_two_officers(desk: Desk, api: Caller) -> None:
    made = api.post("/rulesets", {"text": RULES}, as_=desk.cast.officer)
    assert made.status_code == 201
    number = made.json()["number"]
    same = api.post(f"/rulesets/{number}/approve", as_=desk.cast.officer)
    assert same.status_code == 409
    assert same.json()["type"] == "urn:groundpass:problem:second-person"
    approved = api.post(f"/rulesets/{number}/approve", as_=desk.cast.second_officer).json()
    assert (approved["state"], approved["approved_by"]) == ("approved", "second-officer")
    assert api.get(f"/rulesets/{number}", as_=desk.cast.auditor).json()["text"] == RULES


def test_a_proposal_is_withdrawn(desk: Desk, api: Caller) -> None:
    address = f"/rulesets/{desk.proposal.number}/withdraw"
    assert api.post(address, {"reason": "a test"}, as_=desk.cast.officer).json()["state"] == "withdrawn"
    listed = api.get("/rulesets", as_=desk.cast.officer).json()
    assert [one["state"] for one in listed] == ["withdrawn", "approved"]
