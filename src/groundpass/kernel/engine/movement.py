"""The tracks of every terminal that was ever seen, a batch at a time.

1. Rows of one batch are taken in the order of (terminal, time, row). Where they come otherwise, the batch is
   put in the order of time first.
2. A batch runs once; jumps and starts that terminals share are found among its events and those of the last
   `window`; the terminals concerned are put back to before the batch and run again with their fixes marked.
   What an earlier batch has already said stands.
3. A clone is shown from the jump that tells it until an hour after the last one.
4. State can be saved, restored and merged: of two states of one terminal the later one counts.
5. A time in the future moves a track like any other, and every report before it is then out of order. Reports
   later than now are for the caller to leave out (step 2 of the decision), by NO_TIME in their place.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.compiled.tracks import (
    FROZEN_JUMP,
    JUMP,
    SEEN,
    START,
    SUSPECT,
    TOO_FAST,
    VAGUE,
    VECTOR,
    advance,
)
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NEVER, NS
from groundpass.kernel.engine.fixes import DECIMETRES, Fixes, fixes_of
from groundpass.kernel.engine.movement_file import Saved, read_movement, write_movement
from groundpass.kernel.engine.settling import Settling
from groundpass.kernel.engine.sharing import Events, Marks, Sharing, judge, tells_of_clones
from groundpass.kernel.engine.track import Limits, law_of
from groundpass.kernel.engine.track_table import Copy, TrackTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundpass.kernel.core.state import Rule, Territory
    from groundpass.kernel.engine.reports import Reports

NO_CAP: Final = (np.inf, 0.0, 0.0)
MOST_LAWS: Final = 2**16  # width of the state's column
SAMPLE: Final = 1024  # rows that tell when a batch begins
STRAYS: Final = 50  # one row in so many may bear a time of its own
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What the tracks say after each of a batch's n rows.

    too_fast, spoof, clone: bool[n] · event_row, event_kind: int64[e], in the order of the tracks: the rows at
    which something happened, and what (`track.Event`)
    leg_ns: int64[n], UTC ns at which the leg that ends with the row began, 0 where none does · leg_mps:
    float64[n], the lower bound of its speed, 0 where it lies so far below the cap that it was not measured;
    both are empty unless asked for.
    """

    too_fast: Bools
    spoof: Bools
    clone: Bools
    event_row: Ints
    event_kind: Ints
    leg_ns: Ints
    leg_mps: Floats


@dataclass(frozen=True, slots=True)
class _Said:
    """What a run says of each fix, in the columns of `Moves`."""

    shown: Bytes
    leg_ns: Ints
    leg_mps: Floats

    @classmethod
    def room(cls, size: int, *, legs: bool) -> _Said:
        """Nothing said yet."""
        asked = size if legs else 0
        return cls(np.zeros(size, np.uint8), np.zeros(asked, np.int64), np.zeros(asked))

    def write(self, rows: Ints, other: _Said) -> None:
        """What another run says of some rows, in their place."""
        self.shown[rows] = other.shown
        if len(self.leg_ns):
            self.leg_ns[rows], self.leg_mps[rows] = other.leg_ns, other.leg_mps


@dataclass(frozen=True, slots=True)
class _Happened:
    """Events of a run: index of the fix, kind, and the velocity of a start in m/s east and north."""

    fix: Ints
    kind: Ints
    velocity: Floats

    def pick(self, rows: Ints | Bools) -> _Happened:
        """Some of them."""
        return _Happened(self.fix[rows], self.kind[rows], self.velocity[rows])


class Movement:
    """The tracks of all terminals.

    Args:
        limits: the constants of a track.
        sharing: the constants of shared events.

    Raises BadInput where `limits.coarse` does not fit the 16 bits that hold an uncertainty.
    """

    def __init__(self, limits: Limits | None = None, sharing: Sharing | None = None) -> None:
        self.limits = limits or Limits()
        self.sharing = sharing or Sharing()
        if self.limits.coarse * DECIMETRES >= VAGUE:
            raise BadInput(
                f"coarse is {self.limits.coarse} m", why=f"it must be below {VAGUE / DECIMETRES} m"
            )
        self._laws: dict[tuple[float, float, float], int] = {NO_CAP: 0}
        self._table = TrackTable()
        self._events = Events.none()
        self._unjudged_ns = NEVER
        self._tells = np.empty(0, np.int64), np.empty(0, np.int64)
        self._settling = Settling({})

    def __len__(self) -> int:
        return self._table.known

    def update(
        self,
        reports: Reports,
        rule: npt.NDArray[np.uint16],
        rules: Sequence[Rule | None],
        *,
        legs: bool = False,
    ) -> Moves:
        """Take a batch.

        Args:
            reports: n rows; those without a terminal, a time or a place move nothing.
            rule: uint16[n], for each row the index into `rules` of the rule that governs it.
            rules: the rules; None, or one without a cap, is no cap.
            legs: whether to say the legs as well.
        """
        number = self._table.number(reports.key)
        fixes = fixes_of(reports, number, rule, self._numbers(rules), self.limits.coarse)
        before = self._table.copy(fixes.number)
        said = _Said.room(len(fixes), legs=legs)
        happened = self._run(fixes, said)
        self._forget(fixes.ns)
        self._take_in(fixes, happened)
        since, self._unjudged_ns = self._unjudged_ns, NEVER
        if since < NEVER:
            marks = judge(self._events, since, self.sharing)
            if len(marks):
                happened = self._run_again(fixes, said, happened, marks, before)
            self._tell(since)
        return self._moves(len(reports), fixes, said, happened)

    def settle(
        self, reports: Reports, territories: Sequence[Territory], located: Bools, inside: Bools
    ) -> Bools:
        """Count a batch's reports inside territories, before `update` takes it (`settling.py`).

        Args:
            reports: n rows.
            territories: s of them, those in which terminals settle first.
            located: bool[n], whether the row has a place.
            inside: bool[n, s], whether the territory contains it.

        Returns:
            bool[n, s], whether the terminal has come under the territory; True for a row that has no track.
        """
        number = self._table.number(reports.key)
        none = np.zeros(len(reports), np.uint16)
        fixes = fixes_of(reports, number, none, np.zeros(1, np.uint16), self.limits.coarse)
        state = self._table.state[: self._table.known]
        last_ns = np.where(state["flags"] & SEEN, state["last_ns"], -1)
        under = np.ones(inside.shape, np.bool_)
        under[fixes.row] = self._settling.count(fixes, last_ns, territories, located, inside)
        return under

    def to_bytes(self) -> bytes:
        """Write the state; the same state gives the same bytes, in whatever order the terminals came."""
        return write_movement(self._saved())

    @classmethod
    def from_bytes(
        cls, data: bytes, limits: Limits | None = None, sharing: Sharing | None = None
    ) -> Movement:
        """Restore what `to_bytes` wrote; the constants are the caller's. Raises BadInput for other bytes."""
        movement = cls(limits, sharing)
        movement._add(read_movement(data))
        movement._unjudged_ns = NEVER
        return movement

    def merge(self, other: Movement) -> None:
        """Take in another's tracks: of a terminal that both know, the state with the later report counts."""
        self._add(other._saved())

    # Caps

    def _numbers(self, rules: Sequence[Rule | None]) -> npt.NDArray[np.uint16]:
        """Numbers of caps, uint16[k]; the same cap has the same number in every batch and release."""
        laws = [law_of(rule) or NO_CAP for rule in rules]
        if len({*self._laws, *laws}) > MOST_LAWS:
            raise BadInput(f"The tracks have met more than {MOST_LAWS} different caps")
        return np.array([self._laws.setdefault(law, len(self._laws)) for law in laws], np.uint16)

    # Runs

    def _run(self, fixes: Fixes, said: _Said) -> _Happened:
        """Move the tracks on."""
        size = len(fixes)
        fix, kind, velocity = np.empty(size, np.int64), np.empty(size, np.uint8), np.zeros((size, 2))
        laws = np.array(list(self._laws), np.float64)
        limits = np.array(astuple(self.limits), np.float64)
        columns = (fixes.number, fixes.ns, fixes.lat, fixes.lon, fixes.unsure, fixes.speed, fixes.rule)
        memory = (self._table.state, self._table.doubt, said.shown)
        legs = (said.leg_ns, said.leg_mps)
        count = advance(*columns, laws, limits, *memory, fix, kind, velocity, *legs)
        return _Happened(fix[:count].copy(), kind[:count].astype(np.int64), velocity[:count].copy())

    def _run_again(
        self, fixes: Fixes, said: _Said, happened: _Happened, marks: Marks, before: Copy
    ) -> _Happened:
        """Run marked terminals' fixes from before the batch, with the marks on; gives what then happened."""
        self._table.put_back(before, np.unique(marks.terminal))
        marked = np.zeros(self._table.known, np.bool_)
        marked[marks.terminal] = True
        rows = np.flatnonzero(marked[fixes.number])
        reached = marks.reached(fixes.number[rows].astype(np.int64), fixes.ns[rows])
        by_mark = np.argsort(reached, kind="stable")
        order = rows[by_mark]
        rounds = marks.rounds()
        edges = np.searchsorted(reached[by_mark], np.arange(len(rounds) + 2))
        self._run_part(fixes, said, order[edges[0] : edges[1]])
        parts = [happened.pick(self._stands(fixes, happened, marks, marked))]
        for count, some in enumerate(rounds, 1):
            self._table.suspect(some)
            parts.append(self._run_part(fixes, said, order[edges[count] : edges[count + 1]]))
        return _joined(parts)

    def _stands(self, fixes: Fixes, happened: _Happened, marks: Marks, marked: Bools) -> Bools:
        """Which events stand: of who has no mark, before the first one, and those that a mark rests on."""
        number, ns = fixes.number[happened.fix].astype(np.int64), fixes.ns[happened.fix]
        stands = ~marked[number]
        rows = np.flatnonzero(~stands)
        reached = marks.reached(number[rows], ns[rows])
        stands[rows] = (reached < 1) | (reached > marks.reached(number[rows], ns[rows] - 1))
        return stands

    def _run_part(self, fixes: Fixes, said: _Said, rows: Ints) -> _Happened:
        """Run some of a batch's fixes, and put what is said of them in its place."""
        part = _Said.room(len(rows), legs=len(said.leg_ns) > 0)
        happened = self._run(fixes.pick(rows), part)
        said.write(rows, part)
        return _Happened(rows[happened.fix], happened.kind, happened.velocity)

    def _moves(self, size: int, fixes: Fixes, said: _Said, happened: _Happened) -> Moves:
        """What is said of fixes, said of the rows of the batch."""
        whole, clone = said, np.zeros(size, np.bool_)
        if not fixes.is_whole(size):
            whole = _Said.room(size, legs=len(said.leg_ns) > 0)
            whole.write(fixes.row, said)
        if len(self._tells[0]):
            clone[fixes.row] = self._cloned(fixes)
        return Moves(
            (whole.shown & TOO_FAST) != 0,
            (whole.shown & SUSPECT) != 0,
            clone,
            fixes.row[happened.fix],
            happened.kind,
            whole.leg_ns,
            whole.leg_mps,
        )

    # Events

    def _forget(self, ns: Ints) -> None:
        """Drop what is more than an hour older than the batch; few strays do not count."""
        if len(ns):
            sample = np.sort(ns[:: max(1, len(ns) // SAMPLE)])
            oldest = int(sample[len(sample) // STRAYS]) - int(self.sharing.hour) * NS
            self._events = self._events.pick(self._events.time_ns >= oldest)
            terminal, time_ns = self._tells
            self._tells = terminal[time_ns >= oldest], time_ns[time_ns >= oldest]

    def _take_in(self, fixes: Fixes, happened: _Happened) -> None:
        """Add a batch's jumps and starts to those of the last hour."""
        kept = happened.pick(np.isin(happened.kind, (JUMP, FROZEN_JUMP, START, VECTOR)))
        if not len(kept.fix):
            return
        terminal = fixes.number[kept.fix].astype(np.int64)
        place = np.column_stack([fixes.lat[kept.fix], fixes.lon[kept.fix]]).astype(np.int64)
        new = Events.of(terminal, fixes.ns[kept.fix], kept.kind, place, kept.velocity)
        self._events += new
        self._unjudged_ns = min(self._unjudged_ns, int(new.time_ns.min()))

    def _tell(self, since_ns: int) -> None:
        """Note the jumps that tell of clones."""
        new = tells_of_clones(self._events, since_ns, self.limits.platform, self.sharing)
        terminal, time_ns = (np.concatenate(pair) for pair in zip(self._tells, new, strict=True))
        self._tells = terminal, time_ns

    def _cloned(self, fixes: Fixes) -> Bools:
        """Fixes of terminals of which a jump in the hour before tells that there are two."""
        terminal, told_ns = self._tells
        out = np.zeros(len(fixes), np.bool_)
        rows = np.flatnonzero(np.isin(fixes.number, terminal)) if len(terminal) else terminal
        whose = np.concatenate([terminal, fixes.number[rows].astype(np.int64)])
        when = np.concatenate([told_ns, fixes.ns[rows]])
        told = np.arange(len(whose)) < len(terminal)
        order = np.lexsort((~told, when, whose))
        latest = np.maximum.accumulate(np.where(told[order], np.arange(len(order)), 0))
        source = order[latest]
        near = (whose[source] == whose[order]) & (when[order] - when[source] <= int(self.sharing.hour) * NS)
        shown = np.zeros(len(whose), np.bool_)
        shown[order] = near & told[source]
        out[rows] = shown[len(terminal) :]
        return out

    # Save, restore, merge

    def _saved(self) -> Saved:
        """Everything that must live on."""
        known = self._table.known
        keys = self._table.keys
        return Saved(
            list(self._laws),
            keys[:known],
            self._table.state[:known],
            self._table.doubt[:known],
            keys[self._events.terminal],
            self._events,
            keys[self._tells[0]],
            self._tells[1],
            self._settling,
        )

    def _add(self, saved: Saved) -> None:
        """Take in what was saved, here or elsewhere."""
        laws = [self._laws.setdefault(law, len(self._laws)) for law in saved.laws]
        number = self._table.number(saved.keys).astype(np.int64)
        later = saved.state["last_ns"] > self._table.state["last_ns"][number]
        later |= self._table.state["flags"][number] == 0
        state = saved.state[later]
        state["rule"] = np.array(laws, np.uint16)[state["rule"]]
        self._table.state[number[later]] = state
        self._table.doubt[number[later]] = saved.doubt[later]
        self._settling.take_over(number[later], saved.settling, np.flatnonzero(later))
        theirs = saved.events.pick(slice(None))
        theirs.terminal = self._table.number(saved.event_keys).astype(np.int64)
        self._events = (self._events + theirs).distinct()
        if len(self._events):
            self._unjudged_ns = int(self._events.time_ns.min())
        told = self._table.number(saved.tell_keys).astype(np.int64)
        self._tells = np.concatenate([self._tells[0], told]), np.concatenate([self._tells[1], saved.tell_ns])


def _joined(parts: list[_Happened]) -> _Happened:
    """Parts of one batch's events, in the order of its fixes."""
    fix = np.concatenate([part.fix for part in parts])
    kind = np.concatenate([part.kind for part in parts])
    velocity = np.concatenate([part.velocity for part in parts])
    return _Happened(fix, kind, velocity).pick(np.argsort(fix, kind="stable"))
