"""Who shares a jump or a velocity with whom: what one track cannot know.

1. Shared jumps: at least `many` distinct terminals jump into one H3 cell of resolution 6 within
   `window`. Where a spoofer takes them not far, or reports are rare, a platform could have gone there as
   well. So a start after an hour of rest counts as a jump at `leap` or faster; a slower one into that
   cell, at that time, shares the event without counting.
2. Shared starts: at least `many` distinct terminals, each stationary for the hour before, start with the same
   vector (at least 20 km/h, within `alike`) within `together`. A swarm that was never parked is no spoof.
   The first leg from rest is part rest, for each terminal another part; so the vector is compared as well
   that the terminal has over the 45 s after it, when receivers that are told the same places agree.
3. Who shares an event is marked from its own jump or start on, at each of them anew. The event lasts until
   the last jump into its cell; a shared flight until the terminal rests, since nobody can tell from outside
   when it is over.
4. A clone: one key jumps between two places at least `alternations` times within an hour, each side being
   consistent with itself, and the jumps are not shared. It is a finding for a person, never a verdict.

Events are few beside reports, so plain loops over sorted events are quick enough here, once what cannot be a
crowd is left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from h3.api import basic_int

from groundpass.kernel.compiled.geodesy import distances
from groundpass.kernel.compiled.tracks import JUMP, NOWHERE, START, VECTOR
from groundpass.kernel.core.intervals import NEVER, NS
from groundpass.kernel.engine.fixes import DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterator

CELL_RESOLUTION: Final = 6
NOBODY: Final = -1  # not a terminal
SIDES: Final = 2  # between which a clone alternates
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Rule data, these are the defaults. s, a ratio, counts, and m/s."""

    many: int = 10
    window: float = 600.0
    together: float = 60.0
    alike: float = 0.01
    alternations: int = 3
    hour: float = 3600.0
    leap: float = 100.0  # m/s on average over the first leg from rest: no vehicle, and no drone


@dataclass(slots=True)
class Events:
    """Jumps and starts of the last hour, as columns.

    terminal: number · place: int64[n, 2] lat, lon in 1e-7 degree · cell: H3, of resolution 6 · velocity:
    float64[n, 2] m/s east and north of a start · shared: was found to be.
    """

    terminal: Ints
    time_ns: Ints
    kind: Ints
    place: Ints
    cell: npt.NDArray[np.uint64]
    velocity: Floats
    shared: Bools

    def __len__(self) -> int:
        return len(self.terminal)

    @classmethod
    def of(cls, terminal: Ints, time_ns: Ints, kind: Ints, place: Ints, velocity: Floats) -> Events:
        """Events that nobody has judged yet."""
        unshared = np.zeros(len(terminal), np.bool_)
        return cls(terminal, time_ns, kind, place, _cells(place), velocity, unshared)

    @classmethod
    def none(cls) -> Events:
        """No events."""
        nothing = np.empty(0, np.int64)
        return cls.of(nothing, nothing, nothing, np.empty((0, 2), np.int64), np.empty((0, 2)))

    def pick(self, rows: Ints | Bools | slice) -> Events:
        """Some of them, in the order asked for."""
        return Events(*(getattr(self, item.name)[rows] for item in fields(self)))

    def distinct(self) -> Events:
        """Each of them once; what was found of one of its copies holds."""
        order = np.lexsort((~self.shared, self.kind, self.time_ns, self.terminal))
        whole = self.pick(order)
        ids = np.column_stack([whole.terminal, whole.time_ns, whole.kind])
        return whole.pick(np.flatnonzero(np.any(np.diff(ids, axis=0, prepend=-1) != 0, axis=1)))

    def __add__(self, other: Events) -> Events:
        """Both, one after the other."""
        pairs = ((getattr(self, item.name), getattr(other, item.name)) for item in fields(self))
        return Events(*(np.concatenate(pair) for pair in pairs))


@dataclass(frozen=True, slots=True)
class Marks:
    """Who is under suspicion, by terminal and time: from when, how long the event lasts, and where.

    terminal, from_ns, end_ns: int64[n] · place: int64[n, 2] lat, lon in 1e-7 degree, lat NOWHERE: no area.
    """

    terminal: Ints
    from_ns: Ints
    end_ns: Ints
    place: Ints

    def __len__(self) -> int:
        return len(self.terminal)

    def rounds(self) -> list[Marks]:
        """The first mark of each terminal, the second of those that have two, and so on."""
        count = np.arange(len(self)) - np.searchsorted(self.terminal, self.terminal)
        order = np.argsort(count, kind="stable")
        edges = np.searchsorted(count[order], np.arange(1, int(count.max(initial=0)) + 1))
        parts = np.split(order, edges)
        return [Marks(*(getattr(self, item.name)[part] for item in fields(self))) for part in parts]

    def reached(self, terminal: Ints, time_ns: Ints) -> Ints:
        """How many of its terminal's marks each fix has reached; every terminal has one."""
        whose = np.concatenate([self.terminal, terminal])
        when = np.concatenate([self.from_ns, time_ns])
        order = np.lexsort((np.arange(len(whose)) >= len(self), when, whose))
        so_far = np.empty(len(whose), np.int64)
        so_far[order] = np.cumsum(order < len(self))
        return so_far[len(self) :] - np.searchsorted(self.terminal, terminal, "left")


def judge(events: Events, since_ns: int, rules: Sharing) -> Marks:
    """Mark the terminals that events put under suspicion, and note on the events that they are shared.

    Args:
        events: those of the last hour; their `shared` is written.
        since_ns: the earliest time at which an event was added since the last judgement.
        rules: the constants.
    """
    end = np.zeros(len(events), np.int64)
    recent = events.time_ns >= since_ns - int(rules.window) * NS
    near = np.flatnonzero(recent & (events.kind != VECTOR))
    jumped = (events.kind != START) | (np.hypot(events.velocity[:, 0], events.velocity[:, 1]) >= rules.leap)
    counted = np.where(jumped, events.terminal, NOBODY)
    end[near] = shared_jumps(events.cell[near], events.time_ns[near], counted[near], rules)
    for kind in (START, VECTOR):
        starts = np.flatnonzero(
            (events.kind == kind) & (events.time_ns >= since_ns - int(rules.together) * NS)
        )
        alike = shared_starts(events.velocity[starts], events.time_ns[starts], events.terminal[starts], rules)
        end[starts[alike]] = NEVER
    fresh = np.flatnonzero((end > 0) & ~events.shared)
    events.shared |= end > 0
    fresh = fresh[np.lexsort((events.time_ns[fresh], events.terminal[fresh]))]
    cells, which = np.unique(events.cell[fresh], return_inverse=True)
    middles = np.array([basic_int.cell_to_latlng(cell) for cell in cells.tolist()]).reshape(-1, 2)
    place = np.round(middles[which] * DEGREE).astype(np.int64)
    place[end[fresh] == NEVER] = NOWHERE, 0
    return Marks(events.terminal[fresh], events.time_ns[fresh], end[fresh], place)


def shared_jumps(cell: npt.NDArray[np.uint64], time_ns: Ints, terminal: Ints, rules: Sharing) -> Ints:
    """For each jump the end (UTC ns) of the shared event that it is part of; 0 where it shares none.

    terminal: NOBODY is one that shares without counting.
    """
    ends = np.zeros(len(cell), np.int64)
    for group in _groups(cell, time_ns, rules.many):
        for first, last in _crowds(time_ns[group], terminal[group], rules.window, rules.many):
            ends[group[first:last]] = np.maximum(ends[group[first:last]], time_ns[group[last - 1]])
    return ends


def shared_starts(velocity: Floats, time_ns: Ints, terminal: Ints, rules: Sharing) -> Bools:
    """Which starts share their vector with enough others; velocity: float64[n, 2] m/s east, north.

    Vectors are alike that fall into one cell of `alike` in speed (by ratio) and in direction (in radians);
    four grids, each set off by half a cell, so that no edge of a cell parts what is closer than half of it.
    """
    shared = np.zeros(len(time_ns), np.bool_)
    ratio = np.log(np.hypot(velocity[:, 0], velocity[:, 1])) / rules.alike
    angle = np.arctan2(velocity[:, 0], velocity[:, 1]) / rules.alike
    for shift_ratio, shift_angle in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        cells = np.stack([np.floor(ratio + shift_ratio), np.floor(angle + shift_angle)], axis=1)
        _, which = np.unique(cells, axis=0, return_inverse=True)
        for group in _groups(which.ravel(), time_ns, rules.many):
            for first, last in _crowds(time_ns[group], terminal[group], rules.together, rules.many):
                shared[group[first:last]] = True
    return shared


def tells_of_clones(events: Events, since_ns: int, platform: float, rules: Sharing) -> tuple[Ints, Ints]:
    """The jumps from `since_ns` on that complete an alternation: their terminals and times.

    Args:
        events: those of the last hour, judged.
        since_ns: before it, a jump that completed one was told already.
        platform: m/s, the furthest that anything goes.
        rules: the constants.
    """
    lone = np.flatnonzero((events.kind == JUMP) & ~events.shared)
    lone = lone[np.lexsort((events.time_ns[lone], events.terminal[lone]))]
    terminal, time_ns = events.terminal[lone], events.time_ns[lone]
    back = rules.alternations - 1
    if len(lone) <= back:
        return terminal[:0], time_ns[:0]
    head = slice(0, len(lone) - back)
    near = (terminal[back:] == terminal[head]) & (time_ns[back:] - time_ns[head] <= int(rules.hour) * NS)
    tells = np.flatnonzero(near & (time_ns[back:] >= since_ns)) + back
    kept = [
        tell for tell in tells.tolist() if _two_sides(events.pick(lone[tell - back : tell + 1]), platform)
    ]
    return terminal[kept], time_ns[kept]


def _two_sides(jumps: Events, platform: float) -> bool:
    """Whether two platforms could have been at these places in turn, each going on from its own last one.

    Of a key that goes forth and back between its two places every other jump leads to one of them, or, where
    each returns before it is believed, all lead to the second.
    """
    sides: list[int] = []
    for jump in range(len(jumps)):
        gaps = [_metres(jumps, side, jump) for side in sides]
        nearest = min(range(len(sides)), key=gaps.__getitem__, default=0)
        reach = (
            platform * (int(jumps.time_ns[jump]) - int(jumps.time_ns[sides[nearest]])) / NS if sides else 0.0
        )
        if sides and gaps[nearest] <= reach:
            sides[nearest] = jump
        else:
            sides.append(jump)
    return len(sides) <= SIDES


def _metres(events: Events, one: int, two: int) -> float:
    """The distance of two events."""
    (lat_1, lon_1), (lat_2, lon_2) = events.place[[one]].T, events.place[[two]].T
    return float(distances(lat_1, lon_1, lat_2, lon_2)[0])


def _cells(place: Ints) -> npt.NDArray[np.uint64]:
    """The cell of each place."""
    cells = [basic_int.latlng_to_cell(y / DEGREE, x / DEGREE, CELL_RESOLUTION) for y, x in place.tolist()]
    return np.array(cells, np.uint64)


def _groups(label: npt.NDArray[np.generic], time_ns: Ints, many: int) -> Iterator[Ints]:
    """Rows of one label in the order of their times, for each label that has enough of them."""
    order = np.lexsort((time_ns, label))
    edges = np.flatnonzero(label[order][1:] != label[order][:-1]) + 1
    starts = np.concatenate([[0], edges]).astype(np.int64)
    ends = np.append(edges, len(order))
    for group in np.flatnonzero(ends - starts >= many).tolist():
        yield order[starts[group] : ends[group]]


def _windows(times: Ints, seconds: float) -> Iterator[tuple[int, int]]:
    """The longest runs of sorted times that span no more than that, each as [first, last)."""
    ends = np.searchsorted(times, times + int(seconds * NS), side="right")
    previous = 0
    for first, last in enumerate(ends.tolist()):
        if last > previous:
            previous = last
            yield first, last


def _crowds(times: Ints, terminals: Ints, seconds: float, many: int) -> Iterator[tuple[int, int]]:
    """Of those runs, the ones with enough distinct terminals."""
    here: Counter[int] = Counter()
    done_first = done_last = 0
    for first, last in _windows(times, seconds):
        here.update(terminals[done_last:last].tolist())
        for leaving in terminals[done_first:first].tolist():
            here[leaving] -= 1
            if not here[leaving]:
                del here[leaving]
        done_first, done_last = first, last
        if len(here) - (NOBODY in here) >= many:
            yield first, last
