"""`territory` and `policy`: borders come in as files, rules are agreed by two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from support.publishing import LAND, RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import RunJson
    from support.cast import Cast

pytestmark = pytest.mark.django_db


def land(path: Path, ring: list[list[float]]) -> Path:
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), "utf-8")
    return path


@pytest.fixture
def border(cast: Cast, tmp_path: Path) -> Path:
    path = tmp_path / "land.geojson"
    path.write_bytes(LAND)
    return path


def test_a_border_comes_in_as_a_version(border: Path, run_json: RunJson) -> None:
    words = ("territory", "import", border, "--id", "ua", "--name", "Ukraine", "--country", "UA")
    dated = ("--from", "2026-02-05T03:00:00Z", "--precedence", "3")
    first = run_json(*words, "--as", "officer")
    assert (first["version"], first["box"]) == (1, [30, 48, 34, 52])
    assert run_json(*words, "--as", "officer")["version"] == 1
    assert run_json(*words, *dated, "--as", "officer")["version"] == 2
    (row,) = run_json("territory", "list", "--as", "officer")["territories"]
    assert (row["id"], row["version"], row["from"]) == ("ua", 2, "2026-02-05T03:00:00Z")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"type": "Polygon", "coordinates": [[[30,48],[34,52],[34,48],[30,52],[30,48]]]}', "32"),
        ('{"type": "FeatureCollection", "features": []}', ""),
        ('{"type": "Polygon", "coordinates": [[[48,130],[52,130],[52,134],[48,134],[48,130]]]}', ""),
        ("not json", ""),
    ],
)
def test_a_border_that_does_not_hold_is_refused(
    cast: Cast, refused: Callable[..., str], tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "bad.geojson"
    path.write_text(content, "utf-8")
    words = ("territory", "import", path, "--id", "ua", "--name", "Ukraine", "--as", "officer")
    assert told in refused(*words)


def test_a_clerk_imports_no_border(border: Path, refused: Callable[..., str]) -> None:
    words = ("territory", "import", border, "--id", "ua", "--name", "Ukraine", "--as", "clerk")
    assert "does not have the right territory.import" in refused(*words)
    assert "policy.read" in refused("territory", "list", "--as", "clerk")


def test_two_officers_agree_on_a_rule_set(
    border: Path, run_json: RunJson, refused: Callable[..., str], tmp_path: Path
) -> None:
    run_json("territory", "import", border, "--id", "ua", "--name", "Ukraine", "--as", "officer")
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, "utf-8")
    proposed: dict[str, Any] = run_json("policy", "propose", path, "--as", "officer")
    assert (proposed["state"], proposed["approved_by"]) == ("proposed", None)
    same = refused("policy", "approve", proposed["number"], "--as", "officer")
    assert "cannot be the second person" in same
    approved = run_json("policy", "approve", proposed["number"], "--as", "second-officer")
    assert approved["approved_by"] == "second-officer"
    assert "is approved, not proposed" in refused(
        "policy", "approve", proposed["number"], "--as", "second-officer"
    )
    assert [row["number"] for row in run_json("policy", "list", "--as", "officer")["rule_sets"]] == [1]


def test_a_rule_set_with_a_slip_is_refused_with_its_line(
    cast: Cast, refused: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.replace("action: deny", "action: refuse"), "utf-8")
    assert "line" in refused("policy", "propose", path, "--as", "officer")
    path.write_text(RULES, "utf-8")
    assert "There is no territory ua" in refused("policy", "propose", path, "--as", "officer")
    assert "There is no rule set 9" in refused("policy", "approve", 9, "--as", "officer")
