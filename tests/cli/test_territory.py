"""`territory`: bands, versions, what changed, faces, export; and the commands of the how-to as they stand."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from cli.conftest import at
from support.publishing import RULES
from support.times import DAY, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Run, RunJson
    from support.cast import Cast

pytestmark = pytest.mark.django_db
HOWTO = Path(__file__).resolve().parents[2] / "docs" / "howto" / "import-a-territory.md"


def land(path: Path, west: float, south: float, side: float) -> Path:
    path.write_text(
        json.dumps(shapely.geometry.mapping(shapely.box(west, south, west + side, south + side))), "utf-8"
    )
    return path


class Zone:
    """An officer's territory `zone`, from the command line."""

    def __init__(self, run_json: RunJson, folder: Path) -> None:
        self.run_json, self.folder = run_json, folder

    def imported(self, side: float, *words: object, now: int = NOW) -> dict[str, Any]:
        path = land(self.folder / "zone.geojson", 30, 48, side)
        given = (
            "territory",
            "import",
            path,
            "--id",
            "zone",
            "--name",
            "Zone",
            "--as",
            "officer",
            "--now",
            at(now),
        )
        return self.run_json(*given, *words)

    def __call__(self, verb: str, *words: object) -> dict[str, Any]:
        return self.run_json("territory", verb, *words, "--as", "officer")


@pytest.fixture
def zone(cast: Cast, run_json: RunJson, tmp_path: Path) -> Zone:
    return Zone(run_json, tmp_path)


def test_a_band_is_told_with_its_error_and_its_area(zone: Zone) -> None:
    whole = zone.imported(1)
    band = zone.imported(1, "--band", "10 km inside")
    assert "buffer" not in whole
    assert (band["version"], band["buffer"]) == (2, "band 10 km inside")
    assert 0 < band["buffer_error_m"] < 10
    assert 0 < band["km2"] < whole["km2"]
    assert zone.imported(1, "--grow", "12 nmi")["km2"] > whole["km2"]
    assert zone.imported(1, "--shrink", "5 km")["km2"] < whole["km2"]


def test_a_band_may_count_from_another_line(zone: Zone, tmp_path: Path) -> None:
    line = tmp_path / "line.geojson"
    line.write_text('{"type": "LineString", "coordinates": [[30, 48], [30, 49]]}', "utf-8")
    band = zone.imported(1, "--band", "10 km inside", "--along", line)
    west, _, east, _ = band["box"]
    assert west == 30
    assert 30.1 < east < 30.2


def test_one_thing_is_made_at_a_time(zone: Zone, run: Run, tmp_path: Path) -> None:
    path = land(tmp_path / "zone.geojson", 30, 48, 1)
    words = ("territory", "import", path, "--id", "zone", "--name", "Zone", "--as", "officer")
    twice = run(*words, "--grow", "5 km", "--shrink", "5 km")
    assert twice.exit_code == 2
    assert "give one of --band, --grow and --shrink" in twice.stderr


def test_a_length_that_does_not_read_is_refused(
    zone: Zone, refused: Callable[..., str], tmp_path: Path
) -> None:
    path = land(tmp_path / "zone.geojson", 30, 48, 1)
    words = ("territory", "import", path, "--id", "zone", "--name", "Zone", "--as", "officer")
    assert "band 50 km" in refused(*words, "--band", "50 km")
    assert "Nothing is left" in refused(*words, "--shrink", "300 km")
    line = tmp_path / "line.geojson"
    line.write_text('{"type": "LineString", "coordinates": [[30, 48], [30, 49]]}', "utf-8")
    assert "no buffer to make" in refused(*words, "--along", line)


def test_versions_are_listed_compared_and_shown(zone: Zone, run: Run, tmp_path: Path) -> None:
    zone.imported(1)
    zone.imported(2, now=NOW + DAY)
    listed = zone("list", "--code", "zone")["versions"]
    assert [(row["version"], row["imported_by"]) for row in listed] == [(2, "officer"), (1, "officer")]
    shown = zone("show", "zone", "--version", 1)
    assert (shown["box"], shown["polygons"], shown["vertices"]) == ([30, 48, 31, 49], 1, 5)
    written = tmp_path / "changes.geojson"
    changed = zone("diff", "zone", "--from", 1, "-o", written)
    gained, lost, kept = changed["changes"]
    assert (gained["change"], gained["parts"], lost["km2"]) == ("gained", 1, 0)
    assert kept["km2"] == shown["km2"]
    assert changed["to"] == 2
    (feature,) = json.loads(written.read_text("utf-8"))["features"]
    assert feature["properties"]["change"] == "gained"
    assert shapely.geometry.shape(feature["geometry"]).area == pytest.approx(3)
    table = run("territory", "diff", "zone", "--from", 1, "--to", 2, "--as", "officer").stdout
    assert re.search(r"gained.*\d+\.\d+", table)


def test_what_governed_at_a_moment_is_shown(zone: Zone, run_json: RunJson, run: Run, tmp_path: Path) -> None:
    zone.imported(1)
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.replace("ua", "zone"), "utf-8")
    number = run_json("policy", "propose", path, "--as", "officer", "--now", at(NOW))["number"]
    run_json("policy", "approve", number, "--as", "second-officer", "--now", at(NOW + DAY))
    zone.imported(2, now=NOW + 2 * DAY)
    before = zone("show", "zone", "--at", at(NOW + DAY - 1))
    after = zone("show", "zone", "--at", at(NOW + 3 * DAY))
    assert (before["version"], before["rule_set"]) == (1, None)
    assert (after["version"], after["rule_set"]) == (1, number)
    assert zone("show", "zone")["version"] == 2
    both = run("territory", "show", "zone", "--at", at(NOW), "--version", 1, "--as", "officer")
    assert both.exit_code == 2
    (face,) = zone("faces", "--now", at(NOW + 3 * DAY))["faces"]
    assert (face["id"], face["governs_km2"]) == ("zone", after["km2"])


@pytest.mark.parametrize("ending", ["geojson", "wkb", "parquet"])
def test_what_is_exported_comes_back_as_the_same_version(zone: Zone, tmp_path: Path, ending: str) -> None:
    zone.imported(1, "--grow", "10 km")
    path = tmp_path / f"out.{ending}"
    assert zone("export", "zone", "-o", path)["file"] == str(path)
    words = ("--id", "copy", "--name", "Zone", "--as", "officer")
    copy = zone.run_json("territory", "import", path, *words)
    assert copy["km2"] == zone("show", "zone")["km2"]
    assert zone.run_json("territory", "import", path, *words)["version"] == 1


def test_what_is_not_there_is_refused(zone: Zone, refused: Callable[..., str], tmp_path: Path) -> None:
    zone.imported(1)
    officer = ("--as", "officer")
    assert "no territory 'uz'" in refused("territory", "list", "--code", "uz", *officer)
    assert "at version 7" in refused("territory", "diff", "zone", "--from", 7, *officer)
    assert "of no format" in refused("territory", "export", "zone", "-o", tmp_path / "zone.kml", *officer)
    assert "There was no territory" in refused("territory", "show", "zone", "--at", "1999-01-01", *officer)
    assert "No rule set is in force" in refused("territory", "faces", *officer)


def test_whoever_may_not_read_policy_sees_no_territory(
    zone: Zone, refused: Callable[..., str], tmp_path: Path
) -> None:
    zone.imported(1)
    for words in (
        ("list", "--code", "zone"),
        ("show", "zone"),
        ("diff", "zone", "--from", 1),
        ("export", "zone", "-o", tmp_path / "zone.wkb"),
        ("faces",),
    ):
        assert "policy.read" in refused("territory", *words, "--as", "clerk")
    assert not (tmp_path / "zone.wkb").exists()


def commands() -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```$", HOWTO.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line]


def test_the_commands_of_the_how_to_run_as_they_stand_there(
    zone: Zone, run: Run, run_json: RunJson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    land(tmp_path / "country.geojson", 28, 47, 4)
    land(tmp_path / "land.geojson", 28, 47, 4)
    land(tmp_path / "zone-new.geojson", 30, 48, 1.5)
    border = {"type": "LineString", "coordinates": [[28, 47], [28, 51], [32, 51]]}
    (tmp_path / "land-border.geojson").write_text(json.dumps(border), "utf-8")
    zone.imported(1, now=NOW)
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.replace("ua", "zone"), "utf-8")
    run_json("policy", "propose", path, "--as", "officer", "--now", at(NOW))
    run_json("policy", "approve", 1, "--as", "second-officer", "--now", at(NOW))
    written = commands()
    assert len(written) > 10
    for line in written:
        _, *words = shlex.split(line)
        result = run(*words)
        assert result.exit_code == 0, f"{line}\n{result.stderr}"
    for name in ("changes.geojson", "faces.geojson", "zone.parquet", "zone-1.wkb"):
        assert (tmp_path / name).stat().st_size > 0
    assert [row["version"] for row in zone("list", "--code", "zone")["versions"]] == [2, 1]
