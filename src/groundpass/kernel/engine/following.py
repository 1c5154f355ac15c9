"""The decision with tracks, in plain Python, one report after another: what `moving.py` must say for batches.

1. Reports of a batch are followed in the order of (terminal, time, row). One without a terminal, or without a
   usable time (also before 1970 or after 2106), has no track: it moves none, and none speaks for it.
2. A terminal comes under a territory with its `settle`-th report in a row inside it (`settling.py`).
3. The track takes the fix under the rule that then governs, and speaks for that report (`track.py`).
4. Who shares a jump or a start with others is found among the batch's events and those of the hour before;
   those terminals' reports are followed again with their marks. What an earlier batch was told stands.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from groundpass.kernel.compiled.tracks import NOWHERE
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.core.state import Blocks
from groundpass.kernel.core.verdicts import Flag, Reason
from groundpass.kernel.engine.case import Case
from groundpass.kernel.engine.fixes import DEGREE, LAST_NS
from groundpass.kernel.engine.reference import Decision, conclude, first
from groundpass.kernel.engine.reports import Report
from groundpass.kernel.engine.settling import AT_ONCE
from groundpass.kernel.engine.sharing import Events, Sharing, judge, tells_of_clones
from groundpass.kernel.engine.track import Event, Fix, Limits, Mark, Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundpass.kernel.core.state import Rule, State, Territory

SHARED = {Event.JUMP, Event.FROZEN_JUMP, Event.START, Event.VECTOR}  # what others may share


@dataclass
class Trail:
    """What is known of one terminal, as `Case` asks for it."""

    track: Track
    inside: dict[str, int] = field(default_factory=dict)
    cloned: bool = False

    @property
    def spoofed(self) -> bool:
        """Whether its positions are under suspicion of spoofing."""
        return self.track.mark is not None

    def too_fast(self, rule: Rule) -> bool:
        """Whether the track is too fast for the rule's cap."""
        return self.track.too_fast(rule)

    def settled(self, territory: Territory) -> bool:
        """Whether the terminal has come under the territory."""
        return territory.settle <= AT_ONCE or self.inside.get(territory.id, 0) >= territory.settle

    def enter(self, case: Case) -> None:
        """Count a report that has a place and moves the track on."""
        last = self.track.last_ns
        if case.located and (last is None or case.report.time_ns > last):
            held = {territory.id for territory in case.containing}
            places = [territory.id for territory in case.state.territories]
            self.inside |= {name: self.inside.get(name, 0) + 1 if name in held else 0 for name in places}


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a trail: whose, which report of the batch, what."""

    number: int
    report: Report
    event: Event
    velocity: tuple[float, float]


class Follower:
    """Follows terminals by the reference.

    Args:
        limits: the constants of a track.
        sharing: the constants of shared events.
    """

    def __init__(self, limits: Limits | None = None, sharing: Sharing | None = None) -> None:
        self.limits = limits or Limits()
        self.sharing = sharing or Sharing()
        self._trails: dict[int, Trail] = {}
        self._numbers: dict[int, int] = {}
        self._events = Events.none()
        self._tells: list[tuple[int, int]] = []

    def trail(self, key: int) -> Trail | None:
        """What is known of a terminal now; None where no report of it was followed."""
        return self._trails.get(key)

    def decide(
        self, state: State, reports: Sequence[Report], *, now_ns: int, blocks: Blocks | None = None
    ) -> list[Decision]:
        """Decide a batch, one decision a report; arguments as `reference.decide_one` takes them."""
        cases = [Case(state, report, now_ns, blocks or Blocks.none()) for report in reports]
        made: list[Decision] = [conclude(case, first(case)[1]) for case in cases]
        moved: dict[int, list[int]] = {}
        for row, case in enumerate(cases):
            if case.report.key and case.timely and 0 <= case.report.time_ns < LAST_NS:
                moved.setdefault(case.report.key, []).append(row)
        before, happened = copy.deepcopy(self._trails), []
        for key, rows in moved.items():
            happened += self._follow(key, self._ordered(rows, cases), cases, made, [])
        self._take_in(happened)
        self._judge(happened, before, moved, cases, made)
        self._tell(happened)
        for key, rows in moved.items():
            for row in self._ordered(rows, cases):
                self._say_clone(key, row, cases, made)
        return made

    def _ordered(self, rows: list[int], cases: list[Case]) -> list[int]:
        return sorted(rows, key=lambda row: cases[row].report.time_ns)

    def _follow(
        self,
        key: int,
        rows: list[int],
        cases: list[Case],
        made: list[Decision],
        marks: list[tuple[int, Mark]],
    ) -> list[Happening]:
        """Follow one terminal through a batch; marks by the time from which they hold."""
        trail = self._trails.setdefault(key, Trail(Track(self.limits)))
        trail.cloned = False  # told of each report at the end, when every jump is known
        happened = []
        for row in rows:
            given = cases[row]
            trail.enter(given)
            case = Case(given.state, given.report, given.now_ns, given.blocks, trail)
            mark = None
            while marks and given.report.time_ns >= marks[0][0]:
                mark = marks.pop(0)[1]
            event = trail.track.step(Fix.of(given.report), case.law, mark)
            if event in SHARED:
                number = self._numbers.setdefault(key, len(self._numbers))
                happened.append(Happening(number, given.report, event, trail.track.velocity))
            made[row] = conclude(case, first(case)[1])
        return happened

    def _take_in(self, happened: list[Happening]) -> None:
        """Add a batch's events to those of the last hour."""
        if not happened:
            return
        place = [np.round(np.array(_spot(item.report)) * DEGREE).astype(np.int64) for item in happened]
        columns = (
            np.array([item.number for item in happened], np.int64),
            np.array([item.report.time_ns for item in happened], np.int64),
            np.array([int(item.event) for item in happened], np.int64),
            np.array(place, np.int64).reshape(-1, 2),
            np.array([item.velocity for item in happened], np.float64).reshape(-1, 2),
        )
        self._events += Events.of(*columns)

    def _judge(
        self,
        happened: list[Happening],
        before: dict[int, Trail],
        moved: dict[int, list[int]],
        cases: list[Case],
        made: list[Decision],
    ) -> None:
        """Follow again who shares an event."""
        if not happened:
            return
        marks = judge(self._events, min(item.report.time_ns for item in happened), self.sharing)
        keys = {number: key for key, number in self._numbers.items()}
        found: dict[int, list[tuple[int, Mark]]] = {}
        for number, start, end, (lat, lon) in zip(
            marks.terminal.tolist(),
            marks.from_ns.tolist(),
            marks.end_ns.tolist(),
            marks.place.tolist(),
            strict=True,
        ):
            area = None if lat == NOWHERE else (lat / DEGREE, lon / DEGREE)
            found.setdefault(keys[number], []).append((start, Mark(end, area)))
        for key, own in found.items():
            if key in before:
                self._trails[key] = before[key]
            else:
                self._trails.pop(key, None)
            self._follow(key, self._ordered(moved.get(key, []), cases), cases, made, own)

    def _tell(self, happened: list[Happening]) -> None:
        """Note the jumps that tell of clones."""
        if happened:
            since = min(item.report.time_ns for item in happened)
            told = tells_of_clones(self._events, since, self.limits.platform, self.sharing)
            self._tells += zip(told[0].tolist(), told[1].tolist(), strict=True)

    def _say_clone(self, key: int, row: int, cases: list[Case], made: list[Decision]) -> None:
        """Say it from the jump that tells it until an hour after the last one."""
        case, hour = cases[row], int(self.sharing.hour) * NS
        number = self._numbers.get(key, -1)
        told = any(who == number and 0 <= case.report.time_ns - at <= hour for who, at in self._tells)
        self._trails[key].cloned = told
        if told:
            made[row] = _with_clone(made[row])


def _spot(report: Report) -> tuple[float, float]:
    """Latitude and longitude of the fix of a report."""
    fix = Fix.of(report)
    return fix.lat, fix.lon


def _with_clone(decision: Decision) -> Decision:
    """The same, with the flag of a clone."""
    if decision.reason is Reason.UNLOCATED:
        return decision
    return replace(decision, flags=decision.flags | Flag.CLONE_SUSPECTED)
