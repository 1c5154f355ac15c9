"""The simulator's door: a plan in, a labelled fleet and its reports out.

```
fleet = make_fleet(FleetPlan(polygon, towns, terminals=20_000))
fleet.truth            one row a terminal: what it is, and what it deserves
fleet.reports()        tables of position reports in order of time
```
What is labelled: `registered` (somebody put it on the list; some of those are straw men), `entitled` (an
honest holder uses it; until `captured_at`, where it was taken). Enemy drones are never entitled. Abroad
nobody is registered, and nobody should be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa

from groundpass.operator.simulator import air, captured, homes, land, water
from groundpass.operator.simulator.fabricate import utids
from groundpass.operator.simulator.ground import Floats, Ground
from groundpass.operator.simulator.motion import Legs
from groundpass.operator.simulator.plan import MIX, FleetPlan
from groundpass.operator.simulator.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt

__all__ = ["MIX", "Fleet", "FleetPlan", "make_fleet"]

STRAW: Final = 0.05  # share of enemy drones that somebody registered for them


class Platform(NamedTuple):
    """How the legs of a platform are made, its usage class in the words of the register, who uses it."""

    legs: Callable[[int, Ground, np.random.Generator, float], Legs]
    usage_class: str
    honest: bool = True


PLATFORMS: Final[Mapping[str, Platform]] = {
    "home": Platform(homes.homes, "fixed"),
    "van": Platform(land.vans, "vehicle"),
    "ambulance": Platform(land.ambulances, "vehicle"),
    "train": Platform(land.trains, "rail"),
    "boat": Platform(water.boats, "vessel"),
    "aircraft": Platform(air.aircraft, "aircraft"),
    "wing": Platform(air.wings, "aircraft", honest=False),
    "multirotor": Platform(air.multirotors, "aircraft", honest=False),
    "captured": Platform(captured.captured, "portable"),
    "abroad": Platform(homes.abroad, "fixed"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Terminals and what they report.

    truth: terminal, platform, usage_class (strings), registered, entitled (bool), captured_at
    (timestamp[s, UTC], null for most), lat, lon (where it starts, degrees), inside (bool).
    """

    plan: FleetPlan
    truth: pa.Table
    stream: Stream

    def reports(self, silent_after_ns: npt.NDArray[np.int64] | None = None) -> Iterator[pa.Table]:
        """Yield reports in order of time (columns: `stream.SCHEMA`), some 500,000 rows a table.

        Args:
            silent_after_ns: one a terminal, UTC ns: nothing is reported later (`NEVER` for no end).
        """
        return self.stream.slices(silent_after_ns)

    def table(self, silent_after_ns: npt.NDArray[np.int64] | None = None) -> pa.Table:
        """Give all reports as one table."""
        return pa.concat_tables(self.reports(silent_after_ns))


def make_fleet(plan: FleetPlan) -> Fleet:
    """Build a fleet from its plan.

    Raises:
        BadInput: no town lies inside the polygon.
    """
    rng = np.random.default_rng([plan.seed, 0])
    ground = Ground(plan.polygon, list(plan.towns), rng)
    parts, first = [], 0
    for name, count in plan.counts().items():
        part = PLATFORMS[name].legs(count, ground, rng, float(plan.seconds))
        part.terminal[:] += first
        first += count
        parts.append(part)
    legs = Legs.joined(parts)
    terminals = pa.array(utids(plan.terminals, rng)).cast(pa.string())
    usual = plan.seconds / plan.reports_each
    pause = np.where(legs.pause > 0, np.minimum(legs.pause, usual), usual)
    beat = legs.on + (0.5 + 0.5 * np.modf(np.arange(len(legs)) * 0.618)[0]) * pause
    stream = Stream(legs.track(), terminals, plan.start, float(plan.seconds), pause, beat, plan.seed)
    return Fleet(plan, _truth(plan, legs, terminals, ground, rng), stream)


def _truth(
    plan: FleetPlan, legs: Legs, terminals: pa.Array, ground: Ground, rng: np.random.Generator
) -> pa.Table:
    """Label each terminal. Its place is the start of its first leg."""
    platform = np.repeat(list(plan.counts()), list(plan.counts().values()))
    leg = np.unique(legs.terminal, return_index=True)[1]
    lat, lon = legs.lat_a[leg], legs.lon_a[leg]
    honest = np.array([PLATFORMS[name].honest for name in platform], np.bool_)
    listed = _listed(plan, platform) > rng.random(len(platform))
    at = plan.start + np.ceil(legs.off[leg]).astype(np.int64)
    return pa.table(
        {
            "terminal": terminals,
            "platform": pa.array(platform, pa.string()),
            "usage_class": pa.array([PLATFORMS[name].usage_class for name in platform], pa.string()),
            "registered": listed,
            "entitled": listed & honest,
            "captured_at": pa.array(at, pa.timestamp("s", "UTC"), mask=platform != "captured"),
            "lat": lat,
            "lon": lon,
            "inside": ground.holds(lat, lon),
        }
    )


def _listed(plan: FleetPlan, platform: npt.NDArray[np.str_]) -> Floats:
    """How likely it is that each terminal is on the register: one is only captured once it was."""
    usual = plan.registered.get("*", 1.0)
    share = {
        name: plan.registered.get(name, usual if PLATFORMS[name].honest else STRAW) for name in PLATFORMS
    }
    share |= {"abroad": 0.0, "captured": 1.0}
    return np.array([share[name] for name in platform], np.float64)
