"""`demo`: one JSON object, a register of its own, and never somebody else's."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from groundpass.doors.demo.home import ASIDE, MARK, claim
from groundpass.doors.demo.serving import check_free
from groundpass.kernel.core.errors import CannotRun, Refused
from support.times import NOW

PROGRAM = Path(sys.executable).with_name("groundpass")


def environment(home: Path, **more: str) -> dict[str, str]:
    """That of a person: without what the tests set for themselves."""
    mine = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "GROUNDPASS_USER"}
    kept = {name: value for name, value in os.environ.items() if name not in mine}
    return kept | {"GROUNDPASS_HOME": str(home)} | more


def started(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the real program in a real home."""
    command = [PROGRAM, *words]
    surroundings = environment(home, **more)
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The figures of a small demo, told by the real program."""
    home = tmp_path_factory.mktemp("demo") / "home"
    done = started(home, "demo", "--no-serve", "--json", "--terminals", "250")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    figures: dict[str, Any] = json.loads(line)
    return figures


def test_the_demo_gives_its_figures_as_one_object(told: dict[str, Any]) -> None:
    assert sum(told["by_reason"].values()) == sum(told["by_verdict"].values()) == told["decided"] > 5000
    assert told["registered"] > 150
    assert told["release"] == 2
    assert 0 < told["seconds_to_enforce"] < 60
    assert 0 < told["leak_rate"] < 0.5
    assert 0 < told["false_cut_rate"] < 0.1
    assert told["simulated"] is True
    assert (Path(told["feed"]) / "metadata" / "timestamp.json").is_file()
    assert {row["role"] for row in told["sign_ins"]} >= {
        "clerk",
        "reviewer",
        "officer",
        "engineer",
        "auditor",
    }


def test_every_sign_in_leads_to_a_page_that_is_there(told: dict[str, Any]) -> None:
    from django.urls import resolve

    assert {resolve(row["page"]).view_name for row in told["sign_ins"]} >= {
        "clerk-register",
        "engineer-feeds",
    }
    kept = Path(told["home"]) / "demo" / "sign-ins.txt"
    assert told["sign_ins"][0]["password"] in kept.read_text("utf-8")
    assert kept.stat().st_mode & 0o077 == 0


def test_what_the_demo_leaves_can_be_worked_with(told: dict[str, Any], tmp_path: Path) -> None:
    home = Path(told["home"])
    listed = started(home, "release", "list", "--as", "officer", "--json")
    assert [row["serial"] for row in json.loads(listed.stdout)["releases"]] == [2, 1]
    checked = started(home, "log", "verify", told["feed"], "--json")
    assert json.loads(checked.stdout)["holds"] is True
    verdicts = tmp_path / "verdicts.arrow"
    reports = home / "demo" / "day.parquet"
    words = ("operator", "decide", str(reports), "-o", str(verdicts), "--store", told["store"], "--json")
    decided = started(home, *words)
    assert json.loads(decided.stdout)["rows"] == told["decided"]
    assert started(home, "operator", "sync", "--store", told["store"]).returncode == 0


def test_the_pages_of_the_demo_are_served_until_a_signal(told: dict[str, Any]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [PROGRAM, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment(Path(told["home"])), stderr=subprocess.DEVNULL) as server:
        try:
            assert answer(port, "/healthz") == 200
            assert answer(port, "/") == 200
            assert answer(port, "/feeds/northwind/metadata/timestamp.json") == 200
        finally:
            server.terminate()
        assert server.wait(timeout=30) == 0


def answer(port: int, path: str, patience: float = 60.0) -> int:
    """Status of a page, asked for again until somebody listens."""
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=patience) as page:
                return int(page.status)
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise


def test_serving_or_acting_without_a_register_says_how_to_make_one(tmp_path: Path) -> None:
    for words in (("serve", "--port", "8999"), ("release", "list", "--as", "officer")):
        done = started(tmp_path / "home", *words)
        assert done.returncode == 3
        assert "There is no register here" in done.stderr
        assert "groundpass demo" in done.stderr


def test_a_database_with_a_register_is_no_place_for_a_demo(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'real.sqlite3'}"
    assert started(tmp_path / "home", "migrate", DATABASE_URL=url).returncode == 0
    done = started(tmp_path / "demo", "demo", "--no-serve", "--terminals", "200", DATABASE_URL=url)
    assert done.returncode == 1
    assert "holds a register already" in done.stderr
    assert not (tmp_path / "demo" / MARK).exists()


def test_a_database_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    done = started(tmp_path / "home", "user", "list", "--as", "admin", DATABASE_URL=url)
    assert done.returncode == 3
    assert "does not answer" in done.stderr
    assert "DATABASE_URL" in done.stderr


def test_a_register_that_no_demo_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "register.sqlite3").write_text("somebody's", "utf-8")
    with pytest.raises(Refused, match="holds a register that no demo made"):
        claim(tmp_path, now=NOW)
    assert (tmp_path / "register.sqlite3").read_text("utf-8") == "somebody's"
    assert not (tmp_path / MARK).exists()


def test_a_database_without_a_table_is_no_register(tmp_path: Path) -> None:
    assert started(tmp_path, "release", "list", "--as", "officer").returncode == 3
    assert (tmp_path / "register.sqlite3").exists()
    claim(tmp_path, now=NOW)
    assert (tmp_path / MARK).exists()


def test_an_earlier_demo_is_moved_aside_whole(tmp_path: Path) -> None:
    (tmp_path / "a-note").write_text("mine", "utf-8")
    for turn in ("first", "second", "third"):
        claim(tmp_path, now=NOW)
        assert not (tmp_path / "register.sqlite3").exists()
        (tmp_path / "register.sqlite3").write_text(turn, "utf-8")
        (tmp_path / "keys").mkdir()
    assert (tmp_path / ASIDE / "register.sqlite3").read_text("utf-8") == "second"
    assert (tmp_path / ASIDE / "keys").is_dir()
    assert (tmp_path / "a-note").read_text("utf-8") == "mine"


def test_a_mark_that_does_not_read_still_marks_a_demo(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("[]", "utf-8")
    (tmp_path / "register.sqlite3").write_text("old", "utf-8")
    claim(tmp_path, now=NOW)
    assert (tmp_path / ASIDE / "register.sqlite3").exists()


def test_a_port_that_is_taken_is_told_before_any_work() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotRun, match="Another program does already"):
            check_free("127.0.0.1", port)


def test_a_fleet_too_small_for_the_story_is_a_usage_error(tmp_path: Path) -> None:
    done = started(tmp_path / "home", "demo", "--no-serve", "--terminals", "3")
    assert done.returncode == 2
    assert not (tmp_path / "home").exists()
