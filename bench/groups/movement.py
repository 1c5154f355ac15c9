"""Tracks of a fleet: ours beside window queries on the same rows, and the stream of their columns."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import bounds
import fields
import numpy as np
import ours
import pyarrow as pa
import rows
from duels import Ours, Rival, duel
from measuring import Case, paired, timed

if TYPE_CHECKING:
    from measuring import Book
    from settings import Setting

    from groundpass.kernel.engine import Reports

ENTRIES = 250_000
RIVALS = (
    Rival("movement-duckdb", "DuckDB, windows in SQL", "movement_sql"),
    Rival("movement-polars", "polars, sort and shifts", "movement_polars"),
)


def measure(book: Book, setting: Setting) -> None:
    """Ours and the bound on all rows, peers on the first ones of them."""
    plan, batch = setting.plan, fields.moves(setting.plan.moves)
    keys, code = np.unique(batch.key, return_inverse=True)
    book.part = f"Movement, {len(keys):,} terminals, every 15 s"
    fixes = batch.part(slice(0, plan.fixes))
    out = np.empty(len(batch), np.uint64)
    follow = partial(ours.follow, batch)
    stream = partial(bounds.stream, batch.key, batch.time_ns, batch.lat, batch.lon, out)
    moving = partial(ours.decide_moving, setting.engine(ENTRIES), batch)
    texts = partial(ours.follow_texts, [_texts(fixes)])
    cases = [
        Case("movement", "ours, from the first report on", len(batch), timed(follow)),
        Case("movement-stream", "bound: stream of the columns", len(batch), timed(stream)),
        Case("moving", f"the decision with tracks, {ENTRIES:,} entries", len(batch), timed(moving)),
        Case("tracks", "Tracks.update, text ids, with episodes", len(fixes), timed(texts)),
    ]
    rates = book.interleaved(cases, plan.runs)
    pairs = paired(rates["movement"], rates["movement-stream"])
    what = "movement against the stream"
    book.ratio("movement-stream", what, pairs, unit="%", beside="movement-stream")
    book.ratio(
        "moving", "the decision with tracks against tracks", paired(rates["moving"], rates["movement"])
    )
    book.ratio("tracks", "Tracks against movement", paired(rates["tracks"], rates["movement"]))
    fast = np.bincount(code[: len(fixes)], weights=ours.follow(fixes), minlength=len(keys)) > 0
    with tempfile.TemporaryDirectory(prefix="groundpass-bench-") as place:
        rows.write_reports(Path(place), batch, len(fixes), "fixes")
        mine = Ours("movement", len(batch), follow, {"fast": fast})
        for rival in RIVALS:
            duel(book, replace(rival, rows=len(fixes)), mine, Path(place), plan.runs)


def _texts(fixes: Reports) -> pa.Table:
    """The same rows with text ids."""
    _, code = np.unique(fixes.key, return_inverse=True)
    ids = fields.utids(int(code.max()) + 1, np.random.default_rng(9))
    time = pa.array(fixes.time_ns).cast(pa.timestamp("ns", "UTC"))
    return pa.table({"terminal": ids.take(pa.array(code)), "time": time, "lat": fixes.lat, "lon": fixes.lon})
