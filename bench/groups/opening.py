"""From a store on disk to the first verdict, in a warm process and in a fresh one; and the index alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import bounds
import fields
import numpy as np
import ours
from measuring import paired, timed
from settings import label

if TYPE_CHECKING:
    from collections.abc import Callable

    from measuring import Book
    from settings import Setting

FIRST = Path(__file__).resolve().parent.parent / "first.py"


def measure(book: Book, setting: Setting, entries: int) -> None:
    """One size of the list."""
    name = label(entries)
    book.part = f"Opening, {entries:,} entries"
    state = setting.state(entries)
    with tempfile.TemporaryDirectory(prefix="groundpass-bench-") as place:
        folder = Path(place)
        ours.make_store(folder, state, fields.NOW)
        fresh = [sys.executable, str(FIRST), place, str(fields.NOW)]
        acts = {
            "bare": timed(partial(_start, [sys.executable, "-c", "pass"])),
            "warm": timed(partial(ours.first_verdict, folder, fields.NOW)),
            "fresh": timed(partial(_start, fresh)),
        }
        spent = _turns(acts, setting.plan.runs)
    what = "from the store on disk to the first verdict"
    book.figure(f"bare/{name}", "bound: Python starts and does nothing", spent["bare"], "s")
    book.figure(f"open/{name}", f"{what}, warm", spent["warm"], "s")
    book.figure(f"fresh/{name}", f"{what}, fresh process", spent["fresh"], "s")
    pairs = paired(spent["warm"], spent["bare"])
    book.ratio(f"open/{name}", "opening, warm, in starts of Python", pairs, better="lower")
    pairs = paired(spent["fresh"], spent["bare"])
    book.ratio(
        f"fresh/{name}", "first verdict of a fresh process, in starts of Python", pairs, better="lower"
    )


def measure_build(book: Book, setting: Setting, entries: int) -> None:
    """The index of the entries, beside a gather of as many rows."""
    name = label(entries)
    book.part = f"Opening, {entries:,} entries"
    state = setting.state(entries)
    table = bounds.table_of(setting.engine(entries).nbytes())
    index, out = bounds.places_in(table, entries), np.empty(entries, np.uint64)
    acts = {
        "build": timed(partial(ours.build_table, state.entries)),
        "gather": timed(partial(bounds.gather, index, table, out)),
    }
    spent = _turns(acts, setting.plan.runs)
    book.figure(f"build-seconds/{name}", "index of the entries, built", spent["build"], "s")
    pairs = paired(spent["build"], spent["gather"])
    book.ratio(f"build/{name}", "index build, in gathers of as many rows", pairs, better="lower")


def _turns(acts: dict[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """Acts in turns, s; the first round is not counted."""
    spent: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(runs + 1):
        for name, act in acts.items():
            spent[name].append(act())
    return {name: seconds[1:] for name, seconds in spent.items()}


def _start(words: list[str]) -> None:
    """Run a program to its end."""
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
