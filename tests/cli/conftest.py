"""Words in, exit code and both streams out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from groundpass.doors.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

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
