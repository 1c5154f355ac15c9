"""`feed`, `release`, `telemetry`, `log`: from a register to static files that anybody can check."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from groundpass.authority.register.api import revoke
from support.times import HOUR, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Desk, RunJson
    from support.cast import Cast

pytestmark = pytest.mark.django_db
MORNING = "2026-02-03T08:00:00Z"  # NOW as it is typed


def test_a_feed_is_founded_with_its_keys_apart(desk: Desk, run_json: RunJson) -> None:
    assert sorted(path.name for path in desk.offline.iterdir()) == [f"root-{n}.pem" for n in range(1, 6)]
    assert Path(desk.feed["root"]).is_file()
    names = [row["name"] for row in run_json("feed", "list", "--as", "officer")["feeds"]]
    assert names == ["eastwind", "northwind"]


def test_a_feed_needs_an_operator_and_its_keys(
    desk: Desk, refused: Callable[..., str], tmp_path: Path
) -> None:
    words = ("feed", "create", "westwind", "--operator-keys", desk.keys, "--as", "officer")
    assert "There is no organisation 'none'" in refused(*words, "--operator", "none")
    assert "is not an operator" in refused(*words, "--operator", "register")
    words = ("feed", "create", "westwind", "--operator", "northwind", "--operator-keys", desk.keys)
    assert "does not have the right" in refused(*words, "--as", "clerk")
    (tmp_path / "bare").mkdir()
    refused(*words[:-1], tmp_path / "bare", "--as", "officer", code=3)


def test_a_release_is_built_assessed_and_published(desk: Desk, run_json: RunJson) -> None:
    built = desk.as_officer("release", "build", "--feed", "eastwind")
    assert (built["serial"], built["state"], built["entries"]) == (1, "built", 3)
    impact = desk.as_officer("release", "assess", 1, "--feed", "eastwind")
    assert (impact["entries"], impact["demand"]) == (3, "offline_keys")
    assert impact["causes"]
    keys = ("--offline-keys", desk.offline)
    done = desk.as_officer("release", "publish", 1, "--feed", "eastwind", *keys)
    assert (done["state"], done["folder"]) == ("published", desk.feed["folder"])
    (row,) = run_json("release", "list", "--feed", "eastwind", "--as", "officer")["releases"]
    assert row["state"] == "published"


def test_what_newly_denies_waits_for_the_offline_keys(desk: Desk, refused: Callable[..., str]) -> None:
    desk.as_officer("release", "build", "--feed", "eastwind")
    words = (
        "release",
        "publish",
        1,
        "--feed",
        "eastwind",
        "--now",
        MORNING,
        "--as",
        "officer",
    )
    assert "is not assessed" in refused(*words)
    desk.as_officer("release", "assess", "--feed", "eastwind")
    assert "needs 3 of the 5 offline keys" in refused(*words)
    some = desk.folder / "two-keys"
    some.mkdir()
    for name in ("root-1.pem", "root-2.pem"):
        shutil.copy(desk.offline / name, some)
    assert "needs 3 of the 5 offline keys, and has 2" in refused(*words, "--offline-keys", some)


def test_the_feed_is_named_where_there_are_several(desk: Desk, refused: Callable[..., str]) -> None:
    assert "There is more than one feed" in refused("release", "build", "--as", "officer")
    assert "There is no feed 'none'" in refused("release", "list", "--feed", "none", "--as", "officer")
    words = ("--feed", "eastwind", "--as", "officer")
    assert "has no release yet" in refused("release", "assess", *words)
    assert "has no release 7" in refused("release", "publish", 7, *words)
    assert "release.build" in refused("release", "build", "--feed", "eastwind", "--as", "clerk")


def test_an_empty_register_becomes_no_release(desk: Desk, refused: Callable[..., str], cast: Cast) -> None:
    for registration in desk.authority.registrations:
        revoke(registration, "given up", actor=cast.reviewer, now=NOW)
    words = ("release", "build", "--feed", "eastwind", "--as", "officer", "--now", "2026-02-03T09:00:00Z")
    assert "empty" in refused(*words).lower()


def test_a_request_for_the_key_holders_is_written(desk: Desk, refused: Callable[..., str]) -> None:
    desk.as_officer("release", "build", "--feed", "eastwind")
    output = desk.folder / "request.json"
    words = ("release", "request", 1, "-o", output, "--feed", "eastwind", "--as")
    assert desk.run_json(*words, "officer")["serial"] == 1
    assert output.stat().st_size > 50
    assert "release.publish" in refused(*words, "clerk")


def test_a_quiet_feed_is_refreshed(desk: Desk, refused: Callable[..., str]) -> None:
    desk.release()
    before = (Path(desk.feed["folder"]) / "metadata" / "timestamp.json").read_bytes()
    desk.as_officer("feed", "refresh", "--feed", "eastwind", now=NOW + HOUR)
    assert (Path(desk.feed["folder"]) / "metadata" / "timestamp.json").read_bytes() != before
    assert "release.build" in refused("feed", "refresh", "--feed", "eastwind", "--as", "clerk")


def test_activity_is_taken_in_by_the_operators_engineer(
    desk: Desk, run_json: RunJson, refused: Callable[..., str]
) -> None:
    path = desk.reports()
    path.write_text(path.read_text("utf-8").replace("id,", "terminal,"), "utf-8")
    words = ("telemetry", "ingest", path, "--feed", "eastwind", "--now", MORNING, "--as")
    assert run_json(*words, "engineer")["terminals"] == 2
    assert "telemetry.ingest" in refused(*words, "clerk")


def test_a_log_is_verified_and_a_flipped_byte_found(
    desk: Desk, run_json: RunJson, refused: Callable[..., str], tmp_path: Path
) -> None:
    desk.release()
    folder = Path(desk.feed["folder"])
    checked = run_json("log", "verify", folder, "--key", desk.feed["log_key"])
    assert (checked["holds"], checked["kinds"]["release"], checked["key"]) == (True, 1, "given")
    assert run_json("log", "verify", folder / "log")["key"] == "beside the log"
    entries = next(path for path in (folder / "log" / "tile" / "entries").rglob("*") if path.is_file())
    data = bytearray(entries.read_bytes())
    data[-3] ^= 1
    entries.write_bytes(data)
    refused("log", "verify", folder)
    (tmp_path / "nothing").mkdir()
    assert "There is no log" in refused("log", "verify", tmp_path / "nothing", code=3)
