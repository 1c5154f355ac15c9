"""The folder of a demo: told apart from a real register, and never taken from one.

1. A folder with a register and without the mark `demo.json` is somebody's: the demo refuses it. A database
   without a table is no register: any command that looks for one leaves such a file behind.
2. A folder with the mark holds an earlier demo: that one is moved aside, whole, to `earlier-demo/`, which
   holds one demo at most. What a person tried out in it is so lost only with the second demo after it.
3. The mark is written before anything else, so that a demo that was stopped half way counts as one.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import Refused
from groundpass.kernel.core.intervals import show_time

if TYPE_CHECKING:
    from pathlib import Path

MARK: Final = "demo.json"
DATABASE: Final = "register.sqlite3"
ASIDE: Final = "earlier-demo"
ERRORS: Final = "errors"  # what went wrong, demo or not, stays where it was said to be
# `keys` as well: before there is a register, only a secret of the pages lies in it
OURS: Final = (ASIDE, ERRORS, DATABASE, "keys")
REGISTER: Final = ("feeds", "enforcement")


def claim(home: Path, *, now: int) -> None:
    """Make the folder ready for a new demo.

    Raises Refused where it holds a register that no demo made.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (home / MARK).exists():
        _move_aside(home)
    elif _has_tables(home / DATABASE) or any((home / name).exists() for name in REGISTER):
        raise Refused(
            f"{home} holds a register that no demo made",
            why="the demo invents people and would mix them with real ones",
            todo="Name another folder: GROUNDPASS_HOME=/path/to/a/new/folder groundpass demo",
        )
    others = sorted(path.name for path in home.iterdir() if path.name not in OURS)
    mark = {"format": "groundpass/demo/1", "made_at": show_time(now), "others": others}
    (home / MARK).write_text(json.dumps(mark) + "\n", "utf-8")


def give_back(home: Path) -> None:
    """Take the mark away again, where the demo did not begin: what comes into the folder now is no demo's."""
    (home / MARK).unlink(missing_ok=True)


def _has_tables(database: Path) -> bool:
    """Whether a file of SQLite holds anything; one that does not read counts as somebody's."""
    if not database.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.DatabaseError:
        return True


def _move_aside(home: Path) -> None:
    """Keep the last demo, whole; let go of the one before it. What was there before any demo stays."""
    others = _others(home / MARK)
    aside = home / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    for path in sorted(home.iterdir()):
        if path.name not in {ASIDE, ERRORS, *others}:
            path.rename(aside / path.name)


def _others(mark: Path) -> list[str]:
    """Names that were in the folder before the demo; none where the mark does not read."""
    try:
        found = json.loads(mark.read_text("utf-8")).get("others", [])
    except (OSError, ValueError, AttributeError):
        return []
    return [str(name) for name in found]
