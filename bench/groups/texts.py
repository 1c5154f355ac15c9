"""From text ids on: ids to keys, a table in memory to verdicts, a file to a file."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import fields
import numpy as np
import ours
import pyarrow as pa
import pyarrow.parquet as pq
from measuring import Case, paired, timed

if TYPE_CHECKING:
    from measuring import Book
    from settings import Setting

LISTED = 250_000
OTHERS = 62_500


def measure(book: Book, setting: Setting) -> None:
    """One list, keyed from invented ids."""
    book.part = f"From text ids, {LISTED:,} entries"
    rng = np.random.default_rng(8)
    ids = fields.utids(LISTED + OTHERS, rng)
    keys = ours.keys_of(ids)
    engine = ours.Engine(fields.release(setting.many, 0, keys[:LISTED]), fields.NOW)
    whole = setting.plan.texts
    batch = fields.reports(engine.state, setting.many, "C", whole)
    who = np.where(
        rng.random(whole) < fields.LISTED,
        rng.integers(0, LISTED, whole),
        rng.integers(LISTED, LISTED + OTHERS, whole),
    )
    batch.key[:] = keys[who]
    table = pa.table(
        {
            "terminal": ids.take(pa.array(who)),
            "time": pa.array(batch.time_ns).cast(pa.timestamp("ns", "UTC")),
            "lat": batch.lat,
            "lon": batch.lon,
        }
    )
    texts = table["terminal"].combine_chunks()
    if wrong := book.compare("keys", {"key": ours.keys_of(texts)}, {"key": batch.key}):
        book.absent("keys", "text ids to keys", f"wrong answers are not timed: {wrong}", "keys", "file")
        return
    with tempfile.TemporaryDirectory(prefix="groundpass-bench-") as place:
        folder = Path(place)
        ours.make_store(folder, engine.state, fields.NOW)
        few = table.slice(0, setting.plan.files)
        pq.write_table(few, folder / "reports.parquet")
        act = partial(
            ours.decide_file, folder, folder / "reports.parquet", folder / "verdicts.parquet", fields.NOW
        )
        _checked(book, act, engine, batch.part(slice(0, len(few))), folder)
        keys_of, decide = partial(ours.keys_of, texts), partial(engine.decide, batch)
        in_memory = partial(ours.decide_texts, engine, table)
        public = partial(ours.decide_table(folder, fields.NOW), table)
        cases = [
            Case("keys", "text ids to keys", whole, timed(keys_of)),
            Case("keyed", "the decision, ids already keyed", whole, timed(decide)),
            Case("texts", "the decision from text ids, in memory", whole, timed(in_memory)),
            Case("public", "Release.decide, a table to a table", whole, timed(public)),
            Case("file", "operator decide, Parquet to Parquet, opening included", len(few), timed(act)),
        ]
        rates = book.interleaved(cases, setting.plan.runs)
    book.ratio("keys", "text ids to keys against the decision", paired(rates["keys"], rates["keyed"]))
    book.ratio("texts", "from text ids against keys", paired(rates["texts"], rates["keyed"]))
    book.ratio("public", "Release.decide against verdicts alone", paired(rates["public"], rates["texts"]))
    book.ratio("file", "a file against the same rows in memory", paired(rates["file"], rates["texts"]))


def _checked(book: Book, act: partial[int], engine: ours.Engine, batch: object, folder: Path) -> None:
    """The verdicts of the file are those of the engine."""
    act()
    made = pq.read_table(folder / "verdicts.parquet")["verdict"]
    words = made.cast(pa.string()).to_numpy(zero_copy_only=False)
    wrong = book.compare("file", {"verdict": ours.verdict_names(engine, batch)}, {"verdict": words})
    assert not wrong, wrong
