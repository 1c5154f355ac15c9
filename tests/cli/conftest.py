"""Words in, exit code and both streams out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from groundpass.doors.cli.main import cli
from groundpass.kernel.core.intervals import show_time
from support.times import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from support.cast import Cast

    Run = Callable[..., Result]
    RunJson = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def nobody_acts_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDPASS_USER", raising=False)


@pytest.fixture
def run() -> Run:
    """Run a command as a person types it: not on a terminal, standard output and error apart."""

    def go(*words: object, stdin: str = "") -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], input=stdin)

    return go


@pytest.fixture
def run_json(run: Run) -> RunJson:
    """Run a command with `--json` and expect one object on standard output and nothing on standard error."""

    def go(*words: object) -> dict[str, Any]:
        result = run(*words, "--json")
        assert result.exit_code == 0, result.stderr
        assert result.stderr == ""
        given = json.loads(result.stdout)
        assert isinstance(given, dict)
        return given

    return go


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """Run a command that has to fail, in words and with `--json`; give the sentence."""

    def go(*words: object, code: int = 1) -> str:
        plain, problem = run(*words), run(*words, "--json")
        assert (plain.exit_code, problem.exit_code) == (code, code), plain.stderr + problem.stderr
        assert (plain.stdout, problem.stdout) == ("", "")
        told = json.loads(problem.stderr)
        assert told["exit_code"] == code
        if code != 2:
            assert plain.stderr.strip() == told["detail"]
        assert "Traceback" not in plain.stderr
        return str(told["detail"])

    return go


def at(second: int) -> str:
    """A moment as it is typed after `--now`."""
    return show_time(second)


class Desk:
    """A register with three terminals and a rule set, worked from the command line."""

    def __init__(self, cast: Cast, home: Path, folder: Path, run_json: RunJson) -> None:
        from support.publishing import Authority

        self.authority = Authority(cast, home)
        self.folder, self.run_json = folder, run_json
        self.keys, self.offline, self.store = folder / "keys", folder / "offline", folder / "store"
        self.run_json("operator", "keys", self.keys)
        self.feed = self.as_officer(
            "feed", "create", "eastwind", "--operator", "northwind", "--operator-keys", self.keys,
            "--offline-keys", self.offline,
        )  # fmt: skip

    def as_officer(self, *words: object, now: int = NOW) -> dict[str, Any]:
        return self.run_json(*words, "--as", "officer", "--now", at(now))

    def release(self, now: int = NOW) -> dict[str, Any]:
        """Build, assess and publish the next release."""
        self.as_officer("release", "build", "--feed", "eastwind", now=now)
        self.as_officer("release", "assess", "--feed", "eastwind", now=now)
        keys = ("--offline-keys", self.offline)
        return self.as_officer("release", "publish", "--feed", "eastwind", *keys, now=now)

    def operator(self, *words: object, now: int = NOW) -> dict[str, Any]:
        return self.run_json("operator", *words, "--store", self.store, "--now", at(now))

    def join(self, now: int = NOW) -> dict[str, Any]:
        """A first sync, which pins the root."""
        words = ("--feed", self.feed["folder"], "--root", self.feed["root"], "--keys", self.keys)
        return self.operator("sync", *words, now=now)

    def reports(self, name: str = "reports.csv", now: int = NOW) -> Path:
        """A listed terminal and a stranger at one place inside, and the stranger outside."""
        listed = self.authority.registrations[0].terminal.value
        rows = [
            (listed, at(now), "50.0", "31.0"),
            ("ut01000000-00000000-00c326fa", at(now), "50.0", "31.0"),
            ("ut01000000-00000000-00c326fa", at(now), "10.0", "31.0"),
        ]
        path = self.folder / name
        path.write_text("id,time,lat,lon\n" + "".join(",".join(row) + "\n" for row in rows), "utf-8")
        return path


@pytest.fixture
def desk(cast: Cast, home: Path, tmp_path: Path, run_json: RunJson) -> Desk:
    return Desk(cast, home, tmp_path, run_json)
