"""One verdict at a time, in process: ours (place, list, rules) beside Cedar (rules alone, parsed before)."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import numpy as np
import ours
import pyarrow as pa
import rows
import workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from measuring import Book
    from settings import Setting

    from groundpass.kernel.engine import Reports

ENTRIES = 250_000
CALLS = 2000
WARM = 200


def measure(book: Book, setting: Setting) -> None:
    """Rounds of calls in turns."""
    book.part = f"One verdict in process, {ENTRIES:,} entries"
    engine, whole = setting.engine(ENTRIES), setting.batch(ENTRIES)
    made = ours.answers(engine.decide(whole.part(slice(0, 2 * CALLS))))
    governed = np.flatnonzero(made["territory"])[:CALLS]
    batch = whole.pick(governed)
    call = engine.single(batch)
    for row in range(WARM):
        call(row)
    why = ""
    try:
        with tempfile.TemporaryDirectory(prefix="groundpass-bench-") as place:
            rows.write_release(Path(place), engine.state)
            rows.write(Path(place), "asked", _asked(engine, batch, made["territory"][governed]))
            with workers.peer("cedar", Path(place), 0) as cedar:
                allowed = made["verdict"][governed] == ours.ALLOW
                why = book.compare("cedar", {"allowed": allowed}, cedar.answer())
                if not why:
                    _turns(book, call, cedar, setting.plan.runs)
                    book.versions |= cedar.versions
    except workers.Absent as reason:
        why = str(reason)
    if why:
        _turns(book, call, None, setting.plan.runs)
        book.absent("cedar", "Cedar, preparsed, rules only, p50", why, "cedar")


def _turns(book: Book, call: Callable[[int], object], cedar: workers.Worker | None, runs: int) -> None:
    """Ours and Cedar, round by round; the first one is not counted."""
    mine: list[tuple[float, float]] = []
    theirs: list[dict[str, object]] = []
    for _ in range(runs + 1):
        mine.append(_calls(call))
        if cedar:
            theirs.append(cedar.tell("run"))
    mine, theirs = mine[1:], theirs[1:]
    book.figure("single", "ours, p50", [p50 for p50, _ in mine], "s")
    book.figure("single-p99", "ours, p99", [p99 for _, p99 in mine], "s")
    if cedar:
        p50 = [float(str(said["seconds"])) for said in theirs]
        book.figure("cedar", "Cedar, preparsed, rules only, p50", p50, "s")
        book.figure("cedar-p99", "Cedar, p99", [float(str(said["p99"])) for said in theirs], "s")
        pairs = [their / my for their, (my, _) in zip(p50, mine, strict=True)]
        book.ratio("cedar", "one verdict against Cedar preparsed, p50", pairs, beside="cedar")


def _calls(call: Callable[[int], object]) -> tuple[float, float]:
    """Median and 99th percentile of a round of calls, s."""
    spent = []
    clock = time.perf_counter_ns
    for row in range(CALLS):
        start = clock()
        call(row)
        spent.append((clock() - start) * 1e-9)
    return median(spent), quantiles(spent, n=100)[-1]


def _asked(engine: ours.Engine, batch: Reports, territory: np.ndarray) -> dict[str, object]:
    """What Cedar is told of each report: profile, governing territory, all that contain it, the time."""
    entries = engine.state.entries
    place = np.minimum(np.searchsorted(entries.key, batch.key), len(entries) - 1)
    second = batch.time_ns // ours.NS
    listed = (entries.key[place] == batch.key) & (second >= entries.valid_from[place])
    listed &= second < entries.valid_until[place]
    within = np.stack([
        engine.within(batch.lon, batch.lat, number) for number in range(len(engine.state.territories))
    ])  # fmt: skip
    return {
        "profile": np.where(listed, entries.profile[place], 0),
        "territory": territory,
        "inside": pa.array(
            [(np.flatnonzero(column) + 1).tolist() for column in within.T], pa.list_(pa.int64())
        ),
        "second": second,
    }
