"""The one place where a failure becomes an exit code and a sentence.

| what happened | exit | said on standard error |
|---|---|---|
| GroundpassError | its own, 1 or 3 | what, why, what to do |
| a wrong word on the command line | 2 | click's usage message |
| the surroundings fail (disk full, no permission) | 3 | what the system says |
| anything else: our fault | 3 | where the details were written; with `--debug` the traceback itself |
| Ctrl-C | 130 | that it was stopped |
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from groundpass.doors.cli.place import home
from groundpass.kernel.core.errors import BadGeometry, BadIdentifier, CannotRun, GroundpassError

if TYPE_CHECKING:
    from collections.abc import Callable

USAGE: Final = 2
CANNOT_RUN: Final = 3
STOPPED: Final = 130  # 128 + SIGINT, as shells count it


def guarded(run: Callable[[], object], *, as_json: bool, debug: bool) -> int:
    """Run a command and give the exit code; whatever it raises is said as the table above tells."""
    try:
        given = run()
    except click.ClickException as error:
        return _usage(error, as_json=as_json)
    except BrokenPipeError:
        # Whoever read our output left: nothing to say, and Python must not fail again while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if debug and not isinstance(error, GroundpassError | click.Abort):
            raise
        return _say(_document(error), as_json=as_json)
    return given if isinstance(given, int) else 0


def _document(error: Exception) -> dict[str, object]:
    """The problem document of whatever was raised."""
    if isinstance(error, click.Abort):
        return {
            "type": "urn:groundpass:problem:stopped",
            "title": "Stopped from the keyboard",
            "exit_code": STOPPED,
        }
    if isinstance(error, GroundpassError):
        return _problem(error)
    return _problem(CannotRun(_system(error)) if isinstance(error, OSError) else _unexpected(error))


def _problem(error: GroundpassError) -> dict[str, object]:
    """A problem document after RFC 9457; the exit code stands where HTTP has its status."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    problem: dict[str, object] = {
        "type": f"urn:groundpass:problem:{kind}",
        "title": error.what.rstrip("."),
        "detail": error.sentence(),
        "why": error.why,
        "todo": error.todo,
        "exit_code": error.exit_code,
    }
    if isinstance(error, BadIdentifier):
        problem["suggestion"] = error.suggestion
    if isinstance(error, BadGeometry):
        problem["place"] = error.place
    return problem


def _usage(error: click.ClickException, *, as_json: bool) -> int:
    """A wrong word on the command line."""
    if not as_json:
        error.show()
        return error.exit_code if isinstance(error, click.UsageError) else 1
    problem = {
        "type": "urn:groundpass:problem:usage",
        "title": error.format_message(),
        "detail": error.format_message(),
        "exit_code": USAGE,
    }
    return _say(problem, as_json=True)


def _system(error: OSError) -> str:
    """What the system says, with the file it says it of."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def _unexpected(error: Exception) -> CannotRun:
    """Write the details to a file and say where; the traceback holds code and no values."""
    text = "".join(traceback.format_exception(error))
    path = _details_file()
    path.write_text(text, "utf-8")
    return CannotRun(
        f"Something unexpected went wrong ({type(error).__name__})",
        why=f"the details were written to {path}",
        todo="Run it again with `groundpass --debug …` to see them, and report them: this is a fault of ours",
    )


def _details_file() -> Path:
    """A new file under GROUNDPASS_HOME, or among the temporary files when that cannot be written."""
    folder = home() / "errors"
    name = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="groundpass-"))
    return folder / name


def _say(problem: dict[str, object], *, as_json: bool) -> int:
    """Say it on standard error and give its exit code."""
    if as_json:
        click.echo(json.dumps(problem, ensure_ascii=False), err=True)
    else:
        click.echo(str(problem.get("detail", problem["title"])), err=True)
    return int(str(problem["exit_code"]))
