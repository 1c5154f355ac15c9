"""Decide files of position reports by the release that a store holds.

Rules:
1. Every row of the input has one row in the output, in the input's order; memory is that of a few batches.
2. The output stands under its name whole, or not at all; what was seen goes into the ledger after it.
3. One release decides the whole file, whatever a sync does meanwhile; `now_ns` is one for the whole file.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.core.verdicts import Flag, Reason, Verdict
from groundpass.kernel.wire.verdicts import CODED
from groundpass.operator import cells
from groundpass.operator.columns import choose
from groundpass.operator.decision_map import Tally, write_map
from groundpass.operator.ledger import Ledger, Totals
from groundpass.operator.reading import open_source
from groundpass.operator.release import Release
from groundpass.operator.sightings import Sightings
from groundpass.operator.store import Store
from groundpass.operator.summary import Summary
from groundpass.operator.writing import open_sink

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from groundpass.kernel.engine.movement import Movement
    from groundpass.kernel.engine.reports import Reports
    from groundpass.kernel.engine.vectorised import Decisions


class Progress(Protocol):
    """Called after each batch: rows done, rows in all where the file says so."""

    def __call__(self, done: int, total: int | None, /) -> None:
        """Take note."""
        ...


class Decider:
    """Decides batches by one release and keeps count.

    Args:
        release: the release made ready.
        now_ns: UTC ns.
        movement: the tracks, moved on by each batch; without them nobody is too fast.
        tally: what counts the verdicts for a map, where one is wanted.
    """

    def __init__(
        self, release: Release, now_ns: int, movement: Movement | None = None, tally: Tally | None = None
    ) -> None:
        self.release = release
        self.now_ns = now_ns
        self.movement = movement
        self.tally = tally
        self.reading = release.reading()
        self.sightings = Sightings()
        self.totals = Totals()
        self._words = np.zeros((max(Verdict) + 1, max(Reason) + 1), np.int64)
        self._flags: Counter[int] = Counter()

    def decide(self, batch: pa.RecordBatch) -> pa.Table:
        """Give the verdicts of a batch whose columns have our names, words as dictionaries (`CODED`).

        Raises BadInput for a wrong type.
        """
        reports = self.reading.read(batch)
        made = self.release.decide_reports(reports, self.now_ns, self.movement)
        self._note(reports, made)
        if self.tally is not None:
            self.tally.note(reports, made)
        return self.release.coded(cells.texts(batch.column("terminal")), reports, made)

    def _note(self, reports: Reports, made: Decisions) -> None:
        """Count verdicts and flags, fold what was seen of each terminal."""
        columns = self._words.shape[1]
        code = made.verdict.astype(np.int64) * columns + made.reason
        self._words += np.bincount(code, minlength=self._words.size).reshape(self._words.shape)
        self._flags.update(dict(enumerate(np.bincount(made.flags).tolist())))
        self.sightings.note(reports.key, reports.time_ns, made.verdict, made.reason)
        told = reports.time_ns[reports.time_ns != NO_TIME]
        if len(told):
            self.totals.add(Totals(from_ns=int(told.min()), until_ns=int(told.max())))

    def summary(self) -> Summary:
        """What was counted; zero counts are left out."""
        words = self._words
        flags = {flag.name: sum(n for bits, n in self._flags.items() if bits & flag) for flag in Flag}
        return Summary(
            rows=int(words.sum()),
            by_verdict={item.name: int(words[item].sum()) for item in Verdict if words[item].any()},
            by_reason={item.name: int(words[:, item].sum()) for item in Reason if words[:, item].any()},
            flags={str(name): count for name, count in flags.items() if count},
            unrecognised=self.reading.unrecognised,
            bad_rows=dict(self.reading.bad),
            release=self.release.serial,
        )


def decide_file(  # noqa: PLR0913 - all but the two files are named where it is called
    reports: Path,
    out: Path,
    *,
    store: Path | str | Store,
    now_ns: int,
    mapping: Mapping[str, str] | None = None,
    tracks: Movement | None = None,
    drawing: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Decide a file of reports.

    Args:
        reports: CSV, Parquet or Arrow, by its ending.
        out: where the verdicts go, by its ending; replaced whole when all is done.
        store: the operator's store, whose current release decides and whose ledger is added to.
        now_ns: UTC ns.
        mapping: our column → the file's.
        tracks: the terminals' movement before the file; moved on. None: nobody is too fast.
        drawing: where a map of the verdicts goes, an HTML file.
        progress: told after each batch.

    Raises:
        BadInput: the columns are wrong, the endings unknown, the bytes no such file.
        CannotRun: there is no store, no release, no file, no room.
    """
    started = time.perf_counter()
    place = store if isinstance(store, Store) else Store.open(store)
    if out.exists() and reports.exists() and out.samefile(reports):
        raise BadInput(f"{out.name} would replace the reports themselves", todo="Give another file after -o")
    decider = Decider(Release.open(place), now_ns, tracks, None if drawing is None else Tally())
    with open_sink(out, CODED) as sink:
        for table in _verdicts(reports, decider, mapping or {}, progress):
            sink.write_table(table)
    summary = decider.summary()
    _remember(place, decider, summary)
    if drawing is not None and decider.tally is not None:
        write_map(drawing, decider.tally, decider.release.state, summary)
    summary.seconds = time.perf_counter() - started
    summary.rows_per_second = summary.rows / summary.seconds
    return summary


def _verdicts(
    reports: Path, decider: Decider, mapping: Mapping[str, str], progress: Progress | None
) -> Iterator[pa.Table]:
    """Read, decide, tell how far it is. A file of no bytes has no columns to be wrong."""
    with open_source(reports) as source:
        if not source.columns:
            return
        names = choose(source.columns, mapping)
        decider.reading.comma = source.comma
        done = 0
        for batch in source.batches(list(names.values())):
            yield decider.decide(pa.RecordBatch.from_arrays(batch.columns, list(names)))
            done += len(batch)
            if progress is not None:
                progress(done, source.rows)
        if source.ragged:
            decider.reading.bad["row with too few or too many cells"] += source.ragged


def _remember(place: Store, decider: Decider, summary: Summary) -> None:
    """Add what was seen to the ledger."""
    totals = Totals(summary.rows, summary.by_verdict, summary.by_reason, summary.flags)
    totals.add(decider.totals)
    with place.ledger_locked():
        ledger = Ledger.load(place.folder, decider.release.state.session)
        ledger.add([decider.sightings.seen()], summary.release, totals)
        ledger.save(place.folder)
