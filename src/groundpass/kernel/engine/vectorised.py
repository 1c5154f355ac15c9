"""The decision for whole batches, in numpy: `reference.py` on columns.

1. It agrees with the reference on every row and every column, `valid_until` included.
2. Rows are taken in steps that fit the cache; order and number stay. Nothing of one row touches another.
3. The answer for a row is one look-up: its set of territories (`placing.py`) and its profile, in the table
   of its segment (`view.py`). What differs is put in afterwards in small groups: expired entries, unlocated
   rows, and the blocked. What tracks say (step 7, and two flags) comes last, by `put_moves`: a track needs to
   know the rule that governs each row first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.intervals import NEVER, NO_TIME, NS
from groundpass.kernel.core.state import Blocks
from groundpass.kernel.core.verdicts import Flag, Reason, Verdict
from groundpass.kernel.engine.lookup import KeyIndex
from groundpass.kernel.engine.reference import Decision
from groundpass.kernel.engine.view import BASIS, NO_RULE, ReleaseView, joined

if TYPE_CHECKING:
    from groundpass.kernel.core.state import Rule, State
    from groundpass.kernel.engine.movement import Moves
    from groundpass.kernel.engine.reports import Reports

ROWS: Final = 1 << 16  # rows a step
LAST: Final = NEVER // NS  # s: the last whole second that nanoseconds can say
COLUMNS: Final = ("verdict", "reason", "flags", "territory", "valid_until_ns", "rule")
NO_WATCH: Final = np.uint8(0xFF & ~int(Flag.WATCH))

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Verdicts of a batch as columns; row i answers report i.

    verdict, reason, flags: uint8[n], the numbers of `core.verdicts` · territory: uint16[n], the governing
    territory's place in the release counted from one, 0 none · valid_until_ns: int64[n], UTC ns, NEVER none
    rule: int32[n], the place in the release of the rule in force for the profile that counts, NO_RULE none;
    it says nothing of rows that are blocked, or not located in time.
    serial, block_serial: of the release and of the block list.
    """

    verdict: npt.NDArray[np.uint8]
    reason: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint8]
    territory: npt.NDArray[np.uint16]
    valid_until_ns: Ints
    rule: npt.NDArray[np.int32]
    territories: tuple[str, ...]
    serial: int
    block_serial: int

    def __len__(self) -> int:
        return len(self.verdict)

    @classmethod
    def room(cls, size: int, state: State, blocks: Blocks) -> Decisions:
        """Columns that are still to be written."""
        return cls(
            np.empty(size, np.uint8),
            np.empty(size, np.uint8),
            np.empty(size, np.uint8),
            np.empty(size, np.uint16),
            np.empty(size, np.int64),
            np.empty(size, np.int32),
            tuple(territory.id for territory in state.territories),
            state.serial,
            blocks.serial,
        )

    def row(self, index: int) -> Decision:
        """One row as the reference gives it."""
        territory = int(self.territory[index])
        return Decision(
            verdict=Verdict(int(self.verdict[index])),
            reason=Reason(int(self.reason[index])),
            flags=Flag(int(self.flags[index])),
            territory=self.territories[territory - 1] if territory else "",
            serial=self.serial,
            block_serial=self.block_serial,
            valid_until_ns=int(self.valid_until_ns[index]),
        )


def decide(
    view: ReleaseView,
    reports: Reports,
    *,
    now_ns: int,
    blocks: Blocks | None = None,
    unsettled: Bools | None = None,
) -> Decisions:
    """Decide a batch by the release alone; `put_moves` adds what tracks say.

    Args:
        view: the release made ready.
        reports: the batch.
        now_ns: UTC ns; skew, staleness and block expiry use it, nothing else.
        blocks: the emergency block list, where one was received.
        unsettled: bool[n, t], the territories under which a row's terminal has not come yet; None is none.
    """
    blocks = blocks or Blocks.none()
    size = len(reports)
    made = Decisions.room(size, view.state, blocks)
    named = KeyIndex(blocks.key)
    for start in range(0, size, ROWS):
        part = slice(start, min(start + ROWS, size))
        step = _Step(view, reports.part(part), now_ns, None if unsettled is None else unsettled[part])
        step.choose()
        step.answer()
        step.abandon()
        step.note_rule()
        step.put_unlocated()
        step.put_blocked(blocks, named)
        for column in COLUMNS:
            getattr(made, column)[part] = getattr(step, column)
    return made


class _Step:
    """A run of rows on its way to verdicts; the methods are called in their order."""

    def __init__(
        self, view: ReleaseView, reports: Reports, now_ns: int, unsettled: Bools | None = None
    ) -> None:
        self.view, self.state, self.reports, self.now_ns = view, view.state, reports, now_ns
        self.now = now_ns // NS
        self.held = self.now >= self.state.issued + self.state.timers.alarm
        latest_ns = min(now_ns + view.skew * NS, NEVER)
        self.timely: Bools = (reports.time_ns > NO_TIME) & (reports.time_ns <= latest_ns)
        self.moment: Ints = np.where(self.timely, reports.time_ns, now_ns) // NS
        places = view.placer.place(reports)
        if unsettled is not None:
            places = places.settling(unsettled)
        self.located = places.located
        met, which = view.segments(self.moment)
        self.table = joined([view.table(int(number), places.sets) for number in met])
        self.place: Ints = which * len(places.sets) + places.index
        self.territory = self.table.territory[self.place]
        self.entry = view.entries.find(reports.key)

    def choose(self) -> None:
        """Step 4: the profile that counts (0 is unlisted), the reason with it, grace, the next edge."""
        size = len(self.reports)
        self.own: Ints = np.zeros(size, np.int64)
        self.chosen: Ints = np.zeros(size, np.int64)
        self.basis = np.full(size, Reason.UNLISTED, np.uint8)
        self.grace = np.zeros(size, np.uint8)
        self.entry_edge: Ints = np.full(size, NEVER, np.int64)
        rows = np.flatnonzero(self.entry >= 0)
        moment = self.moment[rows]
        own, start, end = self.view.entries.terms(self.entry[rows])
        early, over = moment < start, moment >= end
        self.own[rows] = own
        self.chosen[rows] = np.where(early | over, 0, own)
        self.basis[rows] = np.where(early, np.uint8(Reason.NOT_YET_VALID), np.uint8(Reason.LISTED))
        self.entry_edge[rows] = np.where(early, start, end)
        late = np.flatnonzero(over)
        self._choose_late(rows[late], start[late], end[late])

    def _choose_late(self, rows: Ints, start: Ints, end: Ints) -> None:
        """Step 4 for entries that are past their end."""
        own = self.own[rows]
        grace = self.table.grace[self.place[rows] * self.view.profiles + own]
        over = np.where(end > NEVER - np.maximum(grace, 0), NEVER, end + grace)
        within = self.moment[rows] < over
        issued = self.state.issued
        valid_then = (start <= issued) & (issued < end)
        lives = within | (self.held & valid_then)
        self.chosen[rows] = np.where(lives, own, 0)
        self.grace[rows] = np.where(lives, np.uint8(Flag.GRACE), np.uint8(0))
        self.basis[rows] = np.where(lives, np.uint8(Reason.LISTED), np.uint8(Reason.EXPIRED))
        self.entry_edge[rows] = np.where(within, over, NEVER)
        self.revived = rows[valid_then & ~lives]

    def answer(self) -> None:
        """Steps 3, 5, 6 and 8, and the edges of the law."""
        table, profiles = self.table, self.view.profiles
        self.at: Ints = self.place * profiles + self.chosen
        governed = self.territory > 0
        self.verdict = table.verdict[self.at]
        reason = table.reason[self.at]
        self.reason = np.where(reason == BASIS, self.basis, reason)
        held = np.uint8(Flag.HELD if self.held else 0)
        self.said = table.border[self.place] | held
        self.flags = table.flags[self.at] | self.said | np.where(governed, self.grace, np.uint8(0))
        edge = table.next_edge[self.place * profiles + self.own]
        other = np.flatnonzero(self.own != self.chosen)
        edge[other] = np.minimum(edge[other], table.next_edge[self.at[other]])
        edge = np.minimum(edge, np.where(governed, self.entry_edge, NEVER))
        self.valid_until_ns = _to_ns(edge)
        timers, issued = self.state.timers, self.state.issued
        self._lower(self.revived[governed[self.revived]], (issued + timers.alarm) * NS)

    def abandon(self) -> None:
        """Past hold, `after_hold` speaks for the unlisted; before it, hold is an edge for them."""
        verdict = self.state.after_hold_others
        if verdict is None:
            return
        rows = np.flatnonzero((self.chosen == 0) & (self.territory > 0))
        hold = self.state.issued + self.state.timers.hold
        if self.now >= hold:
            self.verdict[rows] = verdict
            self.reason[rows] = self.basis[rows]
            self._unwatch(rows)
            self.at[rows] = -1
        else:
            self._lower(rows, hold * NS)

    def note_rule(self) -> None:
        """The rule that a track is held against; none where `after_hold` speaks instead."""
        self.rule = np.where(self.at >= 0, self.table.rule[self.at], NO_RULE).astype(np.int32)

    def put_unlocated(self) -> None:
        """Step 2."""
        rows = np.flatnonzero(~(self.located & self.timely))
        if not len(rows):
            return
        listed = self.entry[rows] >= 0
        self.verdict[rows] = np.where(listed, self.state.unlocated_listed, self.state.unlocated_others)
        self.reason[rows] = Reason.UNLOCATED
        self.flags[rows] = Flag.HELD if self.held else 0
        self.valid_until_ns[rows] = NEVER
        self.territory = self.territory.copy()
        self.territory[rows] = 0
        ahead = rows[self.located[rows] & (self.reports.time_ns[rows] > NO_TIME)]
        self.valid_until_ns[ahead] = self.reports.time_ns[ahead] - self.view.skew * NS

    def put_blocked(self, blocks: Blocks, named: KeyIndex) -> None:
        """Step 1, which overrules all others; `named` finds the keys of the block list."""
        place = named.find(self.reports.key)
        rows = np.flatnonzero(place >= 0)
        place = place[rows]
        governing = self.table.here[self.place[rows]]
        held = (blocks.until[place] > self.now) & ((governing > 0) | ~self.located[rows])
        rows, place, governing = rows[held], place[held], governing[held]
        self.verdict[rows] = Verdict.DENY
        self.reason[rows] = Reason.BLOCKED
        self.flags[rows] = self.said[rows]
        self.territory[rows] = governing
        edge = np.minimum(blocks.until[place], self.table.place_edge[self.place[rows]])
        self.valid_until_ns[rows] = _to_ns(edge)

    def _unwatch(self, rows: Ints) -> None:
        """Take back the flag of an answer that does not hold."""
        self.flags[rows] = self.flags[rows] & NO_WATCH

    def _lower(self, rows: Ints, edge_ns: int) -> None:
        """Bring a moment of the clock into `valid_until`, where it is still to come."""
        if self.now_ns < edge_ns < NEVER:
            self.valid_until_ns[rows] = np.minimum(self.valid_until_ns[rows], edge_ns)


def put_moves(made: Decisions, moves: Moves, rules: tuple[Rule, ...]) -> None:
    """Put in what tracks say: step 7 for rows that no earlier step denied, and the flags of suspicion."""
    capped = np.array([rule.speed_cap is not None for rule in rules] + [False], np.bool_)
    open_to = (made.verdict == Verdict.ALLOW) & (made.reason != Reason.UNLOCATED)
    fast = np.flatnonzero(moves.too_fast & open_to & capped[made.rule])
    made.verdict[fast] = Verdict.DENY
    made.reason[fast] = Reason.TOO_FAST
    made.flags[fast] &= NO_WATCH
    for flag, suspected in ((Flag.SPOOF_SUSPECTED, moves.spoof), (Flag.CLONE_SUSPECTED, moves.clone)):
        rows = np.flatnonzero(suspected & (made.reason != Reason.UNLOCATED))
        made.flags[rows] |= np.uint8(flag)


def _to_ns(seconds: Ints) -> Ints:
    """Seconds as nanoseconds; what nanoseconds cannot say is NEVER."""
    return np.where(seconds > LAST, NEVER, np.minimum(seconds, LAST) * NS)
