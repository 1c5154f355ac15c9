"""Every failure becomes an exit code and a sentence, and never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from groundpass.doors.cli import edge
from groundpass.kernel.core.errors import BadGeometry, BadIdentifier, BrakeEngaged, CannotRun, NotVerified

if TYPE_CHECKING:
    from cli.conftest import Run


def fail(error: BaseException) -> int:
    def run() -> None:
        raise error

    return edge.guarded(run, as_json=True, debug=False)


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (BrakeEngaged("Too many", todo="Ask a colleague"), 1, "brake-engaged"),
        (NotVerified("Bad bytes"), 1, "not-verified"),
        (CannotRun("No store"), 3, "cannot-run"),
        (OSError(28, "No space left on device", "a.file"), 3, "cannot-run"),
        (click.UsageError("what?"), 2, "usage"),
        (click.Abort(), 130, "stopped"),
        (ZeroDivisionError(), 3, "cannot-run"),
    ],
)
def test_each_failure_has_its_exit_code_and_a_problem(
    error: BaseException, code: int, kind: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail(error) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert json.loads(said.err)["type"] == f"urn:groundpass:problem:{kind}"


def test_a_problem_carries_the_likely_fix_and_the_place(capsys: pytest.CaptureFixture[str]) -> None:
    fail(BadIdentifier("Wrong", suggestion="01000000-00000000-00c326fa"))
    assert json.loads(capsys.readouterr().err)["suggestion"] == "01000000-00000000-00c326fa"
    fail(BadGeometry("Crosses itself", place=(30.5, 50.4)))
    assert json.loads(capsys.readouterr().err)["place"] == [30.5, 50.4]


def test_the_unexpected_is_written_to_a_file_and_said_without_a_traceback(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail(ZeroDivisionError("oh")) == 3
    sentence = json.loads(capsys.readouterr().err)["detail"]
    (details,) = (home / "errors").iterdir()
    assert str(details) in sentence
    assert "Traceback" not in sentence
    assert "ZeroDivisionError: oh" in details.read_text("utf-8")


def test_debug_shows_the_traceback_of_what_is_our_fault() -> None:
    with pytest.raises(ZeroDivisionError):
        edge.guarded(lambda: 1 // 0, as_json=False, debug=True)


def test_a_verb_that_does_not_exist_is_a_usage_error(run: Run) -> None:
    result = run("operator", "sing")
    assert result.exit_code == 2
    assert "No such command 'sing'" in result.stderr
    assert result.stdout == ""


def test_a_time_that_does_not_read_is_a_usage_error(run: Run) -> None:
    result = run("policy", "approve", 1, "--now", "yesterday", "--json")
    assert result.exit_code == 2
    assert "2026-02-05T03:00:00Z" in json.loads(result.stderr)["detail"]


def everything(group: click.Group, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [words]
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            found += everything(command, (*words, name))
        else:
            found.append((*words, name))
    return found


def test_every_verb_says_what_it_does(run: Run) -> None:
    from groundpass.doors.cli.main import cli

    for words in everything(cli):
        result = run(*words, "--help")
        assert result.exit_code == 0, words
        assert result.stdout.startswith("Usage: ")
        assert len(result.stdout.split("\n\n")[1].strip()) > 20, words


def test_help_loads_neither_django_nor_arrow() -> None:
    code = (
        "import sys\n"
        "from groundpass.doors.cli.main import cli\n"
        "try:\n"
        "    cli.main(['--help'])\n"
        "except SystemExit as end:\n"
        "    heavy = {'django', 'numpy', 'pyarrow', 'rich'} & set(sys.modules)\n"
        "    sys.exit(f'loaded {heavy}' if heavy or end.code else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_reader_that_leaves_is_no_failure_with_a_traceback() -> None:
    program = Path(sys.executable).with_name("groundpass")
    words = ["sh", "-c", f"{program} --help | head -n 1"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stderr == ""
