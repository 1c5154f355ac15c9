"""The public tracks, watched: who was found too fast, and when; who was suspected, and who seemed to be two.

1. The tracks are `groundpass.Tracks` as everybody has them; what they say is noted and never changed.
2. Reports come in batches of about a minute of the file, as an operator's stream brings them: what an
   earlier batch has said stands, and a longer one would let the tracks look ahead as they otherwise cannot.
3. A find is noted at the report that made it: the first one at which the terminal was too fast.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.engine.episodes import Tracks
from groundpass.kernel.engine.movement import Movement
from groundpass.operator import cells
from groundpass.operator.columns import choose
from groundpass.operator.reading import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from groundpass.kernel.core.state import Rule
    from groundpass.kernel.engine.movement import Moves
    from groundpass.kernel.engine.reports import Reports
    from groundpass.operator.reading import Source

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

MINUTE: Final = 60 * NS
TAKEN: Final = ("terminal", "time", "lat", "lon", "uncertainty_m")


class Cap(NamedTuple):
    """A rule about speed: km/h, and s."""

    kmh: float = 90.0
    sustained: int = 120
    release: int = 60


class Find(NamedTuple):
    """One time that a terminal was too fast: its first fast leg begins, it was found, it ended; UTC ns."""

    start: int
    at: int
    end: int


class _Heard(Movement):
    """Movement that keeps what it said last."""

    said: Moves

    def update(
        self,
        reports: Reports,
        rule: npt.NDArray[np.uint16],
        rules: Sequence[Rule | None],
        *,
        legs: bool = False,
    ) -> Moves:
        """Take a batch, as ever."""
        self.said = super().update(reports, rule, rules, legs=legs)
        return self.said


class HeardTracks(Tracks):
    """Tracks of which one can ask what they said of each row of the last table."""

    def __init__(self, cap: Cap) -> None:
        super().__init__(*cap)
        self._heard = _Heard()
        self._movement = self._heard

    @property
    def said(self) -> Moves:
        """Row by row, of the table given last."""
        return self._heard.said


@dataclass(slots=True)
class Watch:
    """What was seen, by terminal. finds: by their starts · suspected, doubled: first and last, UTC ns."""

    rows: int = 0
    finds: dict[str, dict[int, Find]] = field(default_factory=lambda: defaultdict(dict))
    suspected: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    doubled: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    seen: set[str] = field(default_factory=set)


def watch(tables: Iterator[pa.Table] | Sequence[pa.Table], cap: Cap) -> Iterator[Watch]:
    """Give tables to the tracks, one after another; yields what was seen so far after each of them.

    tables: terminal, time (int64 UTC ns), lat, lon, and uncertainty_m where there is one.
    """
    tracks, seen = HeardTracks(cap), Watch()
    for table in tables:
        episodes = tracks.update(table)
        _note(seen, table, tracks.said, episodes)
        yield seen


def _note(seen: Watch, table: pa.Table, said: Moves, episodes: pa.Table) -> None:
    """Note what a table brought."""
    names = table["terminal"].combine_chunks().dictionary_encode()
    code = names.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    words, time_ns = names.dictionary.to_pylist(), table["time"].to_numpy()
    seen.rows += len(table)
    seen.seen.update(words)
    for flag, into in ((said.spoof, seen.suspected), (said.clone, seen.doubled)):
        for name, first, last in _by_terminal(code, time_ns, flag):
            into[words[name]].append((first, last))
    fast = np.flatnonzero(said.too_fast)
    starts, ends = (episodes[name].cast(pa.int64()).to_pylist() for name in ("start", "end"))
    for name, start, end in zip(episodes["terminal"].to_pylist(), starts, ends, strict=True):
        before = seen.finds[name].get(start)
        at = before.at if before else _first(fast, code, time_ns, (words.index(name), start, end))
        seen.finds[name][start] = Find(start, at, end)


def _by_terminal(code: Ints, time_ns: Ints, flag: Bools) -> Iterator[tuple[int, int, int]]:
    """Terminals with flagged rows: first and last time of these."""
    rows = np.flatnonzero(flag & (code >= 0))
    rows = rows[np.lexsort((time_ns[rows], code[rows]))]
    edges = np.flatnonzero(np.diff(code[rows], prepend=-1))
    for first, last in zip(edges.tolist(), [*(edges[1:] - 1).tolist(), len(rows) - 1], strict=False):
        yield int(code[rows[first]]), int(time_ns[rows[first]]), int(time_ns[rows[last]])


def _first(fast: Ints, code: Ints, time_ns: Ints, episode: tuple[int, int, int]) -> int:
    """When the first row of an episode came at which the terminal was too fast."""
    whose, start, end = episode
    mine = time_ns[fast[code[fast] == whose]]
    return int(mine[(mine > start) & (mine <= end)].min())


def tables_of(path: Path, mapping: Mapping[str, str], *, seconds: int = 60) -> Iterator[pa.Table]:
    """Read a report file of any format, cut where about a minute of it has passed.

    Args:
        path: the file.
        mapping: our columns by the file's names for them.
        seconds: of reports in a table, in a file that goes by time.

    Raises:
        BadInput: a column lacks, or the file does not read.
        CannotRun: there is no such file.
    """
    with open_source(path) as source:
        names = choose(source.columns, mapping)
        if "lat" not in names:
            raise BadInput(
                "The reports have cells and no points", why="no cell of resolution 6 or coarser has a speed"
            )
        latest = NO_TIME
        for table in _read(source, {ours: names[ours] for ours in TAKEN if ours in names}):
            time_ns = table["time"].to_numpy()
            passed = np.maximum.accumulate(np.maximum(time_ns, latest)) // (seconds * NS)
            cuts = np.flatnonzero(np.diff(passed)) + 1
            latest = max(latest, int(time_ns.max(initial=latest)))
            for begin, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(table)], strict=True):
                yield table.slice(begin, end - begin)


def _read(source: Source, names: Mapping[str, str]) -> Iterator[pa.Table]:
    """Batches in the columns that the tracks take; a cell that does not read is none."""
    for batch in source.batches(list(names.values())):
        found = dict(zip(names, batch.columns, strict=True))
        columns = {"terminal": cells.texts(found["terminal"]), "time": cells.times(found["time"], "time")[0]}
        for name in TAKEN[2:]:
            if name in found:
                columns[name] = cells.numbers(found[name], name, comma=source.comma)[0]
        yield pa.table(columns)
