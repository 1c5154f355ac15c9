"""`operator` and `enforcement`: a store, verdicts, explanations, and the report that goes back."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from support.times import DAY, HOUR, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Desk, Run, RunJson

pytestmark = pytest.mark.django_db
MORNING = "2026-02-03T08:00:00Z"  # NOW as it is typed


@pytest.fixture
def joined(desk: Desk) -> Desk:
    desk.release()
    desk.join()
    return desk


def test_keys_are_drawn_once(run: Run, refused: Callable[..., str], tmp_path: Path) -> None:
    assert run("operator", "keys", tmp_path / "keys").exit_code == 0
    assert "Keys are never overwritten" in refused("operator", "keys", tmp_path / "keys", code=3)
    assert (tmp_path / "keys" / "sign.pem").stat().st_mode & 0o077 == 0


def test_a_store_is_made_synced_and_looked_at(desk: Desk) -> None:
    desk.release()
    words = ("--feed", desk.feed["folder"], "--root", desk.feed["root"], "--keys", desk.keys)
    desk.operator("init", *words, "--name", "northwind")
    taken = desk.operator("sync")
    assert (taken["serial"], taken["how"], taken["entries"]) == (1, "snapshot", 3)
    assert desk.operator("sync")["how"] == "unchanged"
    assert desk.operator("status")["freshness"] == "fresh"
    assert desk.operator("status", now=NOW + HOUR)["freshness"] == "held"


def test_a_first_sync_without_a_root_is_refused(desk: Desk, refused: Callable[..., str]) -> None:
    desk.release()
    words = ("operator", "sync", "--feed", desk.feed["folder"], "--store", desk.store)
    assert "--root" in refused(*words, code=3)
    assert "There is no operator's store" in refused("operator", "status", "--store", desk.store, code=3)


def test_a_feed_that_was_tampered_with_leaves_the_store_as_it_was(
    joined: Desk, refused: Callable[..., str]
) -> None:
    joined.release(now=NOW + HOUR)
    for path in (Path(joined.feed["folder"]) / "targets").iterdir():
        if path.name.endswith(("notification.json", "snapshot-2")):
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    refused("operator", "sync", "--store", joined.store, "--now", "2026-02-03T09:00:00Z")
    status = joined.operator("status", now=NOW + HOUR)
    assert status["serial"] == 1
    assert status["last_error"]


def test_an_expired_feed_is_refused_and_the_last_release_stays(
    joined: Desk, refused: Callable[..., str]
) -> None:
    told = refused("operator", "sync", "--store", joined.store, "--now", "2026-03-03T08:00:00Z")
    assert "expired" in told.lower()
    assert joined.operator("status", now=NOW + 28 * DAY)["serial"] == 1


@pytest.mark.parametrize("ending", ["csv", "parquet", "arrow"])
def test_a_file_of_reports_is_decided(joined: Desk, run: Run, ending: str) -> None:
    output = joined.folder / f"verdicts.{ending}"
    words = ("decide", joined.reports(), "-o", output, "--map", "terminal=id")
    summary = joined.operator(*words)
    assert summary["by_reason"] == {"LISTED": 1, "UNLISTED": 1, "OUTSIDE": 1}
    assert summary["rows"] == 3
    assert output.stat().st_size > 0
    table = run("operator", *words, "--store", joined.store, "--now", MORNING)
    assert "UNLISTED" in table.stdout
    assert "reports a second" in table.stdout


def test_a_map_of_the_verdicts_is_drawn_beside_them(joined: Desk) -> None:
    page, output = joined.folder / "map.html", joined.folder / "verdicts.csv"
    told = joined.operator("decide", joined.reports(), "-o", output, "--map", "terminal=id", "--map", page)
    assert told["map"] == str(page)
    assert "<svg" in page.read_text("utf-8")


def test_tracks_are_carried_on_in_a_file_unless_nobody_looks_at_them(
    joined: Desk, refused: Callable[..., str]
) -> None:
    tracks, output = joined.folder / "tracks", joined.folder / "verdicts.csv"
    words = ("decide", joined.reports(), "-o", output, "--map", "terminal=id")
    joined.operator(*words, "--no-tracks")
    assert not tracks.exists()
    joined.operator(*words, "--tracks", tracks)
    assert tracks.stat().st_mode & 0o077 == 0
    both = ("operator", *words, "--store", joined.store, "--tracks", tracks, "--no-tracks")
    assert "exclude each other" in refused(*both, code=2)


def test_findings_about_movement_are_listed_and_explained(
    tmp_path: Path, run: Run, run_json: RunJson, refused: Callable[..., str]
) -> None:
    path = tmp_path / "drive.csv"
    rows = [
        (f"2026-02-03T08:{second // 60:02}:{second % 60:02}Z", 30 + second * 0.0005)
        for second in range(0, 600, 15)
    ]
    lines = [f"van,{when},50.0,{lon:.6f}" for when, lon in rows] + [
        f"home,{when},50.0,30.0" for when, _ in rows
    ]
    path.write_text("\n".join(["id,time,lat,lon", *lines, "van,never,50,nowhere"]))
    words = ("operator", "findings", path, "--map", "terminal=id")
    (finding,) = run_json(*words)["findings"]
    assert (finding["terminal"], finding["kind"]) == ("van", "TOO_FAST")
    assert finding["legs"][0]["kmh"] == pytest.approx(129, abs=1)
    assert run_json(*words, "--cap", 140)["findings"] == []
    told = run(*words, "--terminal", "van", "--language", "uk").stdout
    assert "відрізків поспіль" in told
    assert "is for `operator decide`" in refused(*words, "--map", "x.html", code=2)


def test_verdicts_say_what_they_rest_on(joined: Desk) -> None:
    output = joined.folder / "verdicts.csv"
    joined.operator("decide", joined.reports(), "-o", output, "--map", "terminal=id")
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["verdict"], row["reason"], row["territory"], row["release"]) for row in rows] == [
        ("ALLOW", "LISTED", "ua", "1"),
        ("DENY", "UNLISTED", "ua", "1"),
        ("UNGOVERNED", "OUTSIDE", "", "1"),
    ]


def test_a_file_with_the_wrong_columns_names_the_missing_one(
    joined: Desk, refused: Callable[..., str]
) -> None:
    words = ("operator", "decide", joined.reports(), "-o", joined.folder / "v.csv", "--store", joined.store)
    assert "terminal" in refused(*words)
    assert "no column 'nix'" in refused(*words, "--map", "terminal=nix")
    assert "is not a pair" in refused(*words, "--map", "terminal", code=2)
    assert "named twice" in refused(*words, "--map", "terminal=id", "--map", "terminal=time", code=2)
    assert not (joined.folder / "v.csv").exists()


def test_files_that_are_not_there_or_of_no_known_kind(joined: Desk, refused: Callable[..., str]) -> None:
    store = ("--store", joined.store)
    missing = ("operator", "decide", joined.folder / "none.csv", "-o", joined.folder / "v.csv")
    assert "There is no file" in refused(*missing, *store, code=3)
    ending = ("operator", "decide", joined.reports("reports.txt"), "-o", joined.folder / "v.doc")
    assert "'.doc'" in refused(*ending, *store, "--map", "terminal=id")


def test_a_verdict_is_explained_in_both_languages(joined: Desk, run: Run) -> None:
    words = (
        "operator", "explain", "--terminal", "ut01000000-00000000-00c326fa", "--time", MORNING,
        "--lat", 50, "--lon", 31, "--store", joined.store, "--now", MORNING,
    )  # fmt: skip
    told = json.loads(run(*words, "--json").stdout)
    assert (told["verdict"], told["reason"], told["release"]) == ("DENY", "UNLISTED", 1)
    assert [step["number"] for step in told["steps"]] == [1, 2, 3, 4, 5]
    assert "not registered" in run(*words).stdout
    assert "не зареєстровано" in run(*words, "--language", "uk").stdout


def test_an_explanation_takes_a_cell_or_a_country(joined: Desk, run_json: RunJson) -> None:
    common = ("operator", "explain", "--terminal", "ut01000000-00000000-00c326fa", "--time", MORNING)
    at = ("--store", joined.store, "--now", MORNING)
    assert run_json(*common, "--h3", "871f1d489ffffff", *at)["reason"] in {"UNLISTED", "OUTSIDE"}
    assert run_json(*common, "--country", "UA", *at)["reason"] == "UNLISTED"
    assert run_json(*common, *at)["reason"] == "UNLOCATED"


def test_an_explanation_of_a_mistyped_number_suggests_the_right_one(
    joined: Desk, refused: Callable[..., str]
) -> None:
    words = ("operator", "explain", "--time", MORNING, "--store", joined.store, "--now", MORNING)
    assert "00c326fa" in refused(*words, "--terminal", "ut01000000-00000000-00c326fа")  # noqa: RUF001 - the point of it
    refused(*words, "--terminal", "ut01000000-00000000-00c326fa", "--h3", "nothing", code=2)
    assert "is not a time" in refused(*words[:3], "noon", *words[4:], "--terminal", "x", code=2)


def test_the_operators_report_comes_back_and_is_held_against_the_promise(
    joined: Desk, run: Run, run_json: RunJson, refused: Callable[..., str]
) -> None:
    joined.operator("decide", joined.reports(), "-o", joined.folder / "v.parquet", "--map", "terminal=id")
    assert pq.read_metadata(joined.folder / "v.parquet").num_rows == 3
    path = joined.folder / "report.json"
    written = joined.operator("report", "-o", path, now=NOW + 60)
    assert (written["serial"], written["decided"]) == (1, 3)
    words = ("enforcement", "ingest", path, "--now", "2026-02-03T08:02:00Z", "--as")
    taken = run_json(*words, "engineer")
    assert taken["figures"]["leak_rate"]["denominator"] is not None
    assert taken["figures"]["false_cut_rate"]["value"] is None
    assert "not known" in run(*words, "engineer").stdout
    (row,) = run_json("enforcement", "list", "--as", "officer")["reports"]
    assert (row["release"], row["decided"]) == (1, 3)
    assert run_json("enforcement", "cases", "--as", "officer")["cases"] == []
    assert "enforcement.ingest" in refused(*words, "clerk")
    assert "There is no case 5" in refused(
        "enforcement", "decide", 5, "no_fault", "--reason", "looked into it", "--as", "reviewer"
    )


def test_a_report_that_was_changed_is_refused(joined: Desk, refused: Callable[..., str]) -> None:
    path = joined.folder / "report.json"
    joined.operator("report", "-o", path, now=NOW + 60)
    document = json.loads(path.read_text("utf-8"))
    document["payload"] = document["payload"][:40] + "AAAA" + document["payload"][44:]
    path.write_text(json.dumps(document), "utf-8")
    refused("enforcement", "ingest", path, "--now", "2026-02-03T08:02:00Z", "--as", "engineer")
    path.write_text("{}", "utf-8")
    assert "not a signed enforcement report" in refused("enforcement", "ingest", path, "--as", "engineer")


def test_a_release_that_lies_not_staged_is_not_released(joined: Desk, refused: Callable[..., str]) -> None:
    words = ("operator", "release", 2, "--store", joined.store)
    assert "No release with serial 2 lies staged" in refused(*words, "--by", "duty officer")
    assert "--by" in refused(*words, code=2)


def test_no_verb_of_the_operator_loads_django(joined: Desk) -> None:
    words = ["operator", "decide", str(joined.reports()), "-o", str(joined.folder / "v.csv")]
    words += ["--store", str(joined.store), "--map", "terminal=id"]
    code = (
        "import sys\n"
        "from groundpass.doors.cli.main import cli\n"
        "try:\n"
        f"    cli.main({words!r})\n"
        "except SystemExit as end:\n"
        "    sys.exit('Django was loaded' if 'django' in sys.modules else end.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
