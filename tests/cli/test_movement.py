"""`simulate` and `scorecard`: a fleet is invented, and the tracks are held against what is true of it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import shapely

from groundpass.kernel.core.intervals import NS, show_time
from support.walks import drive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Run, RunJson

WORDS = ("--terminals", "120", "--hours", "1.5", "--seed", "3", "--mix", "home=3,wing=1,train=1")


@pytest.fixture
def land(tmp_path: Path) -> tuple[str, ...]:
    border, towns = tmp_path / "land.geojson", tmp_path / "towns.csv"
    border.write_text(shapely.to_geojson(shapely.box(24.0, 46.0, 36.0, 51.0)))
    towns.write_text("lat,lon,weight\n48.5,30.0,2\n49.0,31.0,1\n")
    return "--border", str(border), "--towns", str(towns)


@pytest.fixture
def files(tmp_path: Path, land: tuple[str, ...], run_json: RunJson) -> tuple[Path, Path]:
    paths = tmp_path / "reports.parquet", tmp_path / "truth.csv"
    told = run_json("simulate", "-o", paths[0], "--truth", paths[1], *WORDS, *land)
    assert told["rows"] == pq.read_metadata(paths[0]).num_rows
    assert told["platforms"] == {"home": 72, "wing": 24, "train": 24}
    assert told["rows_a_second"] > 0
    return paths


def test_a_fleet_is_simulated_and_scored(files: tuple[Path, Path], run: Run, run_json: RunJson) -> None:
    words = ("scorecard", files[0], "--truth", files[1], "--exempt", "rail")
    card = run_json(*words)
    rows = {(row["platform"], row["exempt"]): row for row in card["rows"]}
    assert rows["wing", False]["found"] > 10
    assert rows["home", False]["wrongly_cut"] == 0
    assert rows["train", True]["false_cut"] is None
    page = files[0].with_name("card.html")
    plain = run(*words, "-o", page)
    assert plain.exit_code == 0, plain.stderr
    assert plain.stderr == ""
    assert "train (exempt)" in plain.stdout
    assert "Cap 90 km/h for 120 s" in plain.stdout
    assert "<svg" in page.read_text("utf-8")


def test_another_cap_finds_others(files: tuple[Path, Path], run_json: RunJson) -> None:
    words = ("scorecard", files[0], "--truth", files[1])
    found = {
        cap: {row["platform"]: row["found"] for row in run_json(*words, "--cap", cap)["rows"]}
        for cap in (90, 300)
    }
    assert found[90]["train"] > 10
    assert found[300] == {"home": 0, "train": 0, "wing": 0}


def test_a_fleet_is_told_with_its_country_and_nothing_else_in_a_pipe(
    tmp_path: Path, land: tuple[str, ...], run: Run
) -> None:
    told = run("simulate", "-o", tmp_path / "r.parquet", "--terminals", 20, "--hours", 0.2, *land)
    assert told.exit_code == 0, told.stderr
    assert told.stderr == ""
    assert "land.geojson" in told.stdout
    assert "rows a second" in told.stdout


def test_without_words_about_a_country_there_is_one(tmp_path: Path, run_json: RunJson) -> None:
    told = run_json("simulate", "-o", tmp_path / "r.csv", "--terminals", 20, "--hours", 0.1)
    assert told["country"].startswith("The country:")
    assert len((tmp_path / "r.csv").read_text().splitlines()) == told["rows"] + 1


def test_what_does_not_fit_is_refused_and_leaves_no_file(
    tmp_path: Path, land: tuple[str, ...], refused: Callable[..., str]
) -> None:
    words = ("simulate", "-o", tmp_path / "r.parquet", *land)
    assert "no mix" in refused(*words, "--mix", "home", code=2)
    assert "submarine" in refused(*words, "--mix", "submarine=1")
    assert "'fog'" in refused(*words, "--event", "fog@50,30")
    assert "after the window" in refused(*words, "--hours", 1, "--event", "jam@50,30")
    assert "none.csv cannot be read" in refused(*words[:5], "--towns", tmp_path / "none.csv", code=3)
    assert "ending" in refused("simulate", "-o", tmp_path / "r.xyz", *land)
    assert not list(tmp_path.glob("r.*"))


def test_a_scorecard_needs_reports_and_truth_or_tracks(
    files: tuple[Path, Path], tmp_path: Path, refused: Callable[..., str]
) -> None:
    both = "Give REPORTS and --truth, or --tracks and --ground-truth"
    assert both in refused("scorecard", files[0], code=2)
    assert both in refused("scorecard", files[0], "--truth", files[1], "--tracks", tmp_path, code=2)
    assert "no usage class" in refused("scorecard", files[0], "--truth", files[1], "--exempt", "tram", code=2)
    assert "names columns" in refused("scorecard", files[0], "--truth", files[1], "--map", "a.html", code=2)
    assert "'.png'" in refused("scorecard", files[0], "--truth", files[1], "-o", tmp_path / "card.png")
    assert "no column 'platform'" in refused("scorecard", files[0], "--truth", files[0])


def test_recorded_tracks_are_scored(tmp_path: Path, run: Run, run_json: RunJson) -> None:
    for name, speed in (("fast", 120), ("slow", 50)):
        (tmp_path / "car").mkdir(exist_ok=True)
        lines = [f"x,{show_time(fix.time_ns // NS)},{fix.lat},{fix.lon}" for fix in drive(speed, 300)]
        (tmp_path / "car" / f"{name}.csv").write_text("\n".join(["id,time,lat,lon", *lines]) + "\n")
    table = tmp_path / "truth.csv"
    table.write_text("file,rule_90kmh_120s\ncar/fast.csv,FLAG\ncar/slow.csv,FLAG\n")
    words = ("scorecard", "--tracks", tmp_path, "--ground-truth", table)
    card = run_json(*words)
    assert [(row["found"], row["missed"]) for row in card["rows"]] == [(1, 1)]
    plain = run(*words)
    assert "missed: car/slow.csv at 90 km/h for 120 s" in plain.stdout
    assert run(*words, "-o", tmp_path / "card.html").exit_code == 2


def test_simulating_and_scoring_leave_django_out(tmp_path: Path, land: tuple[str, ...]) -> None:
    code = (
        "import sys, json\n"
        "from groundpass.doors.cli.main import cli\n"
        "for words in json.loads(sys.argv[1]):\n"
        "    try:\n        cli(words)\n"
        "    except SystemExit as end:\n        assert end.code == 0, end.code\n"
        "assert 'django' not in sys.modules\n"
    )
    paths = str(tmp_path / "r.parquet"), str(tmp_path / "t.csv")
    simulate = ["simulate", "-o", paths[0], "--truth", paths[1], "--terminals", "20", "--hours", "0.1", *land]
    both = json.dumps([simulate, ["scorecard", paths[0], "--truth", paths[1], "--json"]])
    done = subprocess.run([sys.executable, "-c", code, both], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
