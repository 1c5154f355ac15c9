"""The fleet of the story, and what is true of each of its terminals whatever the register says.

Labels, drawn from the seed:
- counter: a home whose holder stands at the counter in person · late: a home whose holder comes after the
  list closed · mistyped: registered by its owner under another well-formed id · pending: applied for in time
  and not yet decided · leaking: unlisted and denied, and yet its service does not end.
A false cut of the story is an honest holder's terminal that is denied: mistyped and pending ones. A leak is
one of the leaking ones. The simulation knows both; in the field nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.doors.demo import places
from groundpass.kernel.core.state import DAY
from groundpass.operator.api import Fleet, FleetPlan, make_fleet

if TYPE_CHECKING:
    import pyarrow as pa

    from groundpass.doors.demo.clock import StoryClock

Bools = npt.NDArray[np.bool_]

REPORTS_EACH: Final = 60.0  # a terminal and day: a million and more for 20,000 terminals
RARE: Final = 1 / 2000  # share of the fleet that is mistyped, and again that is pending
LEAKING: Final = 0.03  # share of unlisted terminals whose service does not end
_HEX: Final = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal as its holder writes it down: `written` may be another id than the true one."""

    written: str
    platform: str
    usage_class: str


@dataclass(frozen=True, slots=True, eq=False)
class StoryFleet:
    """The simulated fleet with the story's labels; every array has a row a terminal."""

    fleet: Fleet
    terminal: list[str]
    platform: npt.NDArray[np.str_]
    usage_class: npt.NDArray[np.str_]
    registered: Bools
    inside: Bools
    counter: int
    late: int
    mistyped: Bools
    pending: Bools
    leaking: Bools

    def listed(self) -> list[Terminal]:
        """What the list of companies and counters says: the mistyped ones with their mistake."""
        rows = self.registered & ~self.pending
        rows[[self.counter, self.late]] = False
        known = set(self.terminal)
        return [
            Terminal(
                misread(self.terminal[row], known) if self.mistyped[row] else self.terminal[row],
                str(self.platform[row]),
                str(self.usage_class[row]),
            )
            for row in np.flatnonzero(rows)
        ]

    def waiting(self) -> list[Terminal]:
        """Those whose holders applied in time and wait."""
        return [
            Terminal(self.terminal[row], str(self.platform[row]), str(self.usage_class[row]))
            for row in np.flatnonzero(self.pending)
        ]

    def entitled(self) -> Bools:
        """Which are in the hands of an honest holder who has applied, and nowhere barred by a rule."""
        mine = self.registered & (self.platform != "captured")
        return np.asarray(mine & (self.usage_class != "aircraft"), np.bool_)


def invent(terminals: int, seed: int, clock: StoryClock) -> StoryFleet:
    """Make the fleet and its labels; the same seed and clock give the same."""
    begin, until = clock.day
    plan = FleetPlan(
        places.border(),
        towns=places.towns(),
        terminals=terminals,
        seed=seed,
        start=begin,
        seconds=until - begin,
        reports_each=REPORTS_EACH,
    )
    return label(make_fleet(plan), np.random.default_rng([seed, 7]))


def yesterday(story: StoryFleet, clock: StoryClock) -> Fleet:
    """The same terminals in the 24 hours before release 1, a few reports each: for the assessment."""
    return make_fleet(replace(story.fleet.plan, start=clock.released - DAY, seconds=DAY, reports_each=3.0))


def label(fleet: Fleet, rng: np.random.Generator) -> StoryFleet:
    """Draw who plays which part."""
    truth = fleet.truth
    platform = truth["platform"].to_numpy(zero_copy_only=False).astype(str)
    registered, inside = (_column(truth[name]) for name in ("registered", "inside"))
    homes = rng.permutation(np.flatnonzero((platform == "home") & inside))
    few = max(1, round(len(platform) * RARE))
    counter, late = int(homes[0]), int(homes[1])
    mistyped, pending = (np.zeros(len(platform), np.bool_) for _ in range(2))
    mistyped[homes[2 : 2 + few]] = True
    pending[homes[2 + few : 2 + 2 * few]] = True
    registered[homes[: 2 + 2 * few]] = True
    unlisted = rng.permutation(np.flatnonzero(~registered & inside))
    leaking = np.zeros(len(platform), np.bool_)
    leaking[unlisted[: max(1, round(len(unlisted) * LEAKING))]] = True
    return StoryFleet(
        fleet,
        truth["terminal"].to_pylist(),
        platform,
        truth["usage_class"].to_numpy(zero_copy_only=False).astype(str),
        registered,
        inside,
        counter,
        late,
        mistyped,
        pending,
        leaking,
    )


def misread(terminal: str, known: set[str]) -> str:
    """Give an id that a tired eye makes of this one: the last two digits wrong, and nobody else's."""
    wrong = (terminal[:-2] + one + two for two in _HEX for one in _HEX)
    return next(text for text in wrong if text not in known)


def _column(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """A column of yes and no, writable."""
    return np.array(column.to_numpy(zero_copy_only=False), np.bool_)
