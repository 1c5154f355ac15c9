"""Episodes of terminals that were too fast: the tracks of one cap, for a table of positions.

1. An episode begins with the run of legs that made the terminal too fast: at the fix from which its first leg
   leaves. It ends with the last report at which the terminal was still too fast (`track.py`, rule 9).
2. An episode that is open at the end of a table is given with its end so far. While the terminal stays too
   fast, each later table with a report of it gives the episode again: the same start, a later end, and a
   greatest speed that may have grown. So (terminal, start) names an episode; of its rows the last one holds.
3. The greatest sustained speed of an episode is the highest v such that some unbroken run of at least two of
   its legs, each at v or faster, spans `sustained_s`. Legs join accepted fixes and have lower-bound speeds.
4. Tables continue each other. A report that is not later than its terminal's last one moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.compiled.tracks import DUPLICATE, OUT_OF_ORDER
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NS, Interval
from groundpass.kernel.core.state import Rule
from groundpass.kernel.core.verdicts import Action
from groundpass.kernel.engine.fix_table import FixTable, read_fixes
from groundpass.kernel.engine.fixes import LAST_NS
from groundpass.kernel.engine.movement import Movement
from groundpass.kernel.engine.track import KMH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundpass.kernel.engine.movement import Moves

EPISODES: Final = pa.schema(
    [
        ("terminal", pa.string()),
        ("start", pa.timestamp("ns", "UTC")),
        ("end", pa.timestamp("ns", "UTC")),
        ("max_sustained_kmh", pa.float64()),
    ]
)
SLACK: Final = 1e-3  # s: the track adds its spans in single precision
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Episode:
    """One terminal's episode so far. UTC ns, and m/s."""

    key: int
    start_ns: int
    end_ns: int
    mps: float


@dataclass(frozen=True, slots=True)
class Legs:
    """Legs at or above the cap, in the order of (key, time). UTC ns, m/s."""

    key: Keys
    begin_ns: Ints
    end_ns: Ints
    mps: Floats

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def none(cls) -> Legs:
        """No legs."""
        nothing = np.empty(0, np.int64)
        return cls(np.empty(0, np.uint64), nothing, nothing, np.empty(0))

    def pick(self, rows: Ints | Bools) -> Legs:
        """Some of them."""
        return Legs(*(getattr(self, item.name)[rows] for item in fields(self)))

    def with_more(self, other: Legs) -> Legs:
        """Both, in order."""
        both = Legs(
            *(np.concatenate([getattr(self, item.name), getattr(other, item.name)]) for item in fields(self))
        )
        return both.pick(np.lexsort((both.end_ns, both.key)))

    def place(self, key: int, time_ns: int) -> int:
        """Where the first leg of a terminal that ends at that time or later stands, or would."""
        first = int(np.searchsorted(self.key, np.uint64(key), "left"))
        last = int(np.searchsorted(self.key, np.uint64(key), "right"))
        return first + int(np.searchsorted(self.end_ns[first:last], time_ns))

    def runs(self) -> Ints:
        """For each leg the first one of its run, each of which begins where the one before ends."""
        broken = np.ones(len(self), np.bool_)
        broken[1:] = (self.key[1:] != self.key[:-1]) | (self.begin_ns[1:] != self.end_ns[:-1])
        return np.maximum.accumulate(np.where(broken, np.arange(len(self)), 0))

    def sustained(self, runs: Ints, seconds: float) -> Floats:
        """For each leg the least speed of the shortest part of its run that ends with it and spans `seconds`.

        m/s, 0 where the run is not that long yet.
        """
        here = np.arange(len(self))
        begin = (self.begin_ns - self.begin_ns[runs]) / NS
        end = (self.end_ns - self.begin_ns[runs]) / NS
        # Each run gets a stretch of one line for itself, so that one search serves all.
        offset = (float(end.max(initial=0.0)) + seconds + 1) * np.cumsum(runs == here)
        first = np.searchsorted(begin + offset, end + offset - seconds + SLACK, side="right") - 1
        first = np.minimum(first, here - 1)
        whole = np.flatnonzero(first >= runs)
        windows = np.column_stack([first[whole], whole + 1]).ravel()
        out = np.zeros(len(self))
        if len(whole):
            out[whole] = np.minimum.reduceat(np.append(self.mps, np.inf), windows)[::2]
        return out


class Tracks:
    """The tracks of any number of terminals under one cap on speed.

    ```
    tracks = Tracks(speed_cap_kmh=90, sustained_s=120, release_s=60)
    for table in tables:
        episodes = tracks.update(table)
    ```

    Args:
        speed_cap_kmh: at or above it a leg is fast.
        sustained_s: s that an unbroken run of fast legs must span.
        release_s: s of slower legs that end an episode.

    Raises BadInput for a cap that is not above zero, or seconds below zero.
    """

    def __init__(self, speed_cap_kmh: float = 90, sustained_s: int = 120, release_s: int = 60) -> None:
        if not 0 < speed_cap_kmh < np.inf:
            raise BadInput(f"A cap of {speed_cap_kmh} km/h caps nothing", todo="Give one above zero")
        if not (0 <= sustained_s < np.inf and 0 <= release_s < np.inf):
            raise BadInput(f"{sustained_s} s sustained and {release_s} s of release are not both times")
        self._rule = Rule("", "", Action.ALLOW, Interval(), speed_cap_kmh, sustained_s, release_s)
        self._cap = speed_cap_kmh * KMH
        self._movement = Movement()
        self._open: dict[int, Episode] = {}
        self._legs = Legs.none()

    @property
    def movement(self) -> Movement:
        """The state behind it: it can be saved, and it knows of spoofing and clones."""
        return self._movement

    def update(self, table: pa.Table) -> pa.Table:
        """Take a table of positions; give the episodes that it began, or carried on.

        Args:
            table: n rows in any order; terminal (text), time (UTC: timestamp of any unit, int64 ns or
                ISO 8601 text), lat and lon (degrees WGS84), optional uncertainty_m (m). Other columns
                are ignored. A row without a terminal, a time or a place on earth moves nothing.

        Returns:
            One row for each episode, by start and terminal: terminal (string), start and end (timestamp[ns,
            UTC]), max_sustained_kmh (float64).

        Raises BadInput naming the column that lacks or is of a wrong type; the tracks are then as before.
        """
        given = read_fixes(table)
        rule = np.zeros(len(given.code), np.uint16)
        moves = self._movement.update(given.reports, rule, [self._rule], legs=True)
        code, time_ns, fast = self._concerned(given, moves)
        fresh = np.flatnonzero(moves.leg_mps >= self._cap)
        reports = given.reports
        new = Legs(reports.key[fresh], moves.leg_ns[fresh], reports.time_ns[fresh], moves.leg_mps[fresh])
        legs = self._legs.with_more(new)
        episodes = list(self._episodes(given.keys[code], time_ns, fast, legs))
        self._carry(given.keys[code], time_ns, fast, episodes, legs)
        return _table(episodes, given)

    def _concerned(self, given: FixTable, moves: Moves) -> tuple[Ints, Ints, Bools]:
        """The rows of terminals that are fast or were: whose, when, too fast; by terminal and time."""
        hot = np.isin(given.keys, np.array([*self._open], np.uint64))
        hot |= np.isin(given.keys, self._legs.key)
        hot[given.code[np.flatnonzero(moves.too_fast | (moves.leg_mps >= self._cap))]] = True
        moved = (given.code >= 0) & (given.reports.time_ns >= 0) & (given.reports.time_ns < LAST_NS)
        moved[moves.event_row[np.isin(moves.event_kind, (DUPLICATE, OUT_OF_ORDER))]] = False
        rows = np.flatnonzero(moved)
        rows = rows[hot[given.code[rows]]]
        rows = rows[np.lexsort((given.reports.time_ns[rows], given.code[rows]))]
        return given.code[rows], given.reports.time_ns[rows], moves.too_fast[rows]

    def _episodes(self, keys: Keys, time_ns: Ints, fast: Bools, legs: Legs) -> Iterator[Episode]:
        """The stretches of rows that are too fast."""
        runs = legs.runs()
        sustained = legs.sustained(runs, self._rule.sustained)
        fresh = _changes(keys)
        firsts = np.flatnonzero(fresh | _changes(fast))
        lasts = np.append(firsts[1:], len(keys))[: len(firsts)] - 1
        for first, last in zip(firsts[fast[firsts]].tolist(), lasts[fast[firsts]].tolist(), strict=True):
            key, until = int(keys[first]), int(time_ns[last])
            so_far = self._open.get(key) if fresh[first] else None
            if so_far is None:
                run = runs[legs.place(key, int(time_ns[first]))]
                so_far = Episode(key, int(legs.begin_ns[run]), until, 0.0)
            inside = sustained[legs.place(key, so_far.start_ns + 1) : legs.place(key, until + 1)]
            yield Episode(key, so_far.start_ns, until, float(inside.max(initial=so_far.mps)))

    def _carry(self, keys: Keys, time_ns: Ints, fast: Bools, episodes: list[Episode], legs: Legs) -> None:
        """Keep what the next table may carry on: open episodes, and the legs that a run still needs."""
        lasts = np.flatnonzero(_changes(keys[::-1])[::-1])
        latest = {episode.key: episode for episode in episodes}
        for key, still in zip(keys[lasts].tolist(), fast[lasts].tolist(), strict=True):
            self._open.pop(key, None)
            if still:
                self._open[key] = latest[key]
        ends = np.flatnonzero(_changes(legs.key[::-1])[::-1])
        which = np.searchsorted(ends, np.arange(len(legs)))
        runs, last = legs.runs(), ends[which]
        needed = legs.end_ns >= legs.end_ns[last] - int(self._rule.sustained) * NS
        seen = _latest(keys[lasts], time_ns[lasts], legs.key)
        gap = int(self._movement.limits.gap) * NS
        self._legs = legs.pick((runs == runs[last]) & needed & (seen - legs.end_ns[last] <= gap))


def _changes(column: npt.NDArray[np.generic]) -> Bools:
    """Where a column has another value than in the row before; the first row has."""
    changed = np.ones(len(column), np.bool_)
    changed[1:] = column[1:] != column[:-1]
    return changed


def _latest(keys: Keys, time_ns: Ints, wanted: Keys) -> Ints:
    """When terminals were last seen, 0 where this table did not see them."""
    order = np.argsort(keys)
    if not len(order):
        return np.zeros(len(wanted), np.int64)
    place = np.minimum(np.searchsorted(keys[order], wanted), len(order) - 1)
    return np.where(keys[order][place] == wanted, time_ns[order][place], 0)


def _table(episodes: list[Episode], given: FixTable) -> pa.Table:
    """Episodes with the terminals' own names."""
    codes = {key: code for code, key in enumerate(given.keys.tolist())}
    names = given.names.take(pa.array([codes[episode.key] for episode in episodes], pa.int64()))
    columns = [
        names.cast(pa.string()),
        pa.array([episode.start_ns for episode in episodes], pa.int64()).cast(EPISODES.types[1]),
        pa.array([episode.end_ns for episode in episodes], pa.int64()).cast(EPISODES.types[2]),
        pa.array([episode.mps / KMH for episode in episodes], pa.float64()),
    ]
    return pa.table(columns, schema=EPISODES).sort_by([("start", "ascending"), ("terminal", "ascending")])
