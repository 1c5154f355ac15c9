"""The door of scenes: a plan in, reports and the truth about them out.

```
scene = make_scene(ScenePlan(polygon, towns, terminals=2_000))
scene.truth            what was so, from when until when (`truth_table.py`)
scene.reports()        tables of position reports in order of time
```
What is labelled: `registered` (somebody put it on the list; some of those are straw men), `entitled` (an
honest holder uses it; until it was captured). Enemy drones are never entitled. Abroad nobody is registered,
and nobody should be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.core.errors import BadInput
from groundpass.operator.simulator.fabricate import utids
from groundpass.operator.simulator.ground import Ground
from groundpass.operator.simulator.motion import Legs
from groundpass.operator.simulator.scene.hostile import passers
from groundpass.operator.simulator.scene.lies import told
from groundpass.operator.simulator.scene.movers import PLATFORMS
from groundpass.operator.simulator.scene.plan import ScenePlan
from groundpass.operator.simulator.scene.truth import gather
from groundpass.operator.simulator.scene.truth_table import CAPTURED, CLONED
from groundpass.operator.simulator.stream import TREMOR, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundpass.operator.simulator.motion import Track
    from groundpass.operator.simulator.scene.lies import Told
    from groundpass.operator.simulator.scene.truth import Stretches

STRAW: Final = 0.05  # share of enemy drones that somebody registered for them
_ROUGH: Final = 4.0  # radius that a report gives where it gives one, in the receiver's noise
_PUNCTUAL: Final = 0.125  # of the interval, by which a report is early or late at the most


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Terminals, what they report, and what was so. `truth`: `truth_table.TRUTH`."""

    plan: ScenePlan
    truth: pa.Table
    stream: Stream

    def reports(self) -> Iterator[pa.Table]:
        """Yield reports in order of time, some 500,000 rows a table.

        Columns: `simulator.stream.CODED`; terminals come as a dictionary, which the tracks and Parquet take
        as the texts that it stands for.
        """
        return self.stream.slices()

    def rows(self) -> int:
        """How many reports there will be, about."""
        return round(self.stream.rows())


def make_scene(plan: ScenePlan) -> Scene:
    """Build a scene from its plan.

    Raises:
        BadInput: no town lies inside the polygon; more drones fly over a place than the mix has wings.
    """
    rng = np.random.default_rng([plan.seed, 20])
    ground = Ground(plan.polygon, plan.all_towns(), rng, plan.front)
    legs, platform = _legs(plan, ground, rng)
    track = legs.track()
    labels = _labels(plan, platform, rng)
    misled = np.array([PLATFORMS[name].misled for name in platform], np.bool_)
    events = [told(event, track, misled, rng, plan.seconds) for event in plan.events]
    stream = _stream(plan, track, labels, events, rng)
    stretches = gather(track, labels, stream.outages(), events, plan.seconds)
    _hands(stretches, legs, platform, plan.seconds)
    return Scene(plan, stretches.table(labels, plan.start), stream)


def _legs(plan: ScenePlan, ground: Ground, rng: np.random.Generator) -> tuple[Legs, npt.NDArray[np.str_]]:
    """Everybody's legs, and the platform of each terminal."""
    counts = plan.counts()
    parts: list[Legs] = []
    platform: list[str] = []
    for event in plan.events:
        drones, at = int(event.drones), float(np.mean(event.span))
        if drones:
            _append(parts, passers(drones, (event.lat, event.lon), at, rng, plan.seconds), len(platform))
            platform += ["wing"] * drones
    left = counts.get("wing", 0) - len(platform)
    if left < 0:
        raise BadInput(
            f"{len(platform)} drones are to fly over events, and the mix has {counts.get('wing', 0)} wings",
            todo="Ask for fewer drones=, a larger share of wing, or more terminals",
        )
    for name, count in (counts | {"wing": left}).items():
        if count:
            _append(parts, PLATFORMS[name].legs(count, ground, rng, plan.seconds), len(platform))
            platform += [name] * count
    return Legs.joined(parts), np.array(platform)


def _append(parts: list[Legs], legs: Legs, first: int) -> None:
    """Add legs whose terminals are numbered from `first` on."""
    legs.terminal[:] += first
    parts.append(legs)


def _labels(plan: ScenePlan, platform: npt.NDArray[np.str_], rng: np.random.Generator) -> pa.Table:
    """A row a terminal: terminal, platform, usage_class, registered, entitled."""
    honest = np.array([PLATFORMS[name].honest for name in platform], np.bool_)
    share = np.where(honest, plan.registered, STRAW)
    share[platform == "abroad"] = 0.0
    share[platform == "captured"] = 1.0
    registered = rng.random(len(platform)) < share
    return pa.table(
        {
            "terminal": pa.array(utids(len(platform), rng)).cast(pa.string()),
            "platform": pa.array(platform.tolist(), pa.string()),
            "usage_class": pa.array([PLATFORMS[name].usage_class for name in platform], pa.string()),
            "registered": registered,
            "entitled": registered & honest,
        }
    )


def _stream(
    plan: ScenePlan, track: Track, labels: pa.Table, events: list[Told], rng: np.random.Generator
) -> Stream:
    """Who reports when, and through which noise and lies."""
    legs, terminals = track.legs, labels["terminal"].combine_chunks()
    platform = labels["platform"].to_numpy(zero_copy_only=False)
    beat = rng.uniform(0, plan.interval, len(platform))[legs.terminal] * (not plan.in_step)
    beat += plan.interval / 2 * _second_devices(legs, platform)
    bursts = np.array([PLATFORMS[name].bursts for name in platform])[legs.terminal]
    tremor = 0.0 if plan.in_step else min(TREMOR, _PUNCTUAL * plan.interval)
    pause = np.full(len(legs), plan.interval)
    return Stream(
        track, terminals, plan.start, plan.seconds, pause, beat, plan.seed,
        tremor=tremor, bursts=bursts, rough=_ROUGH, lies=events, coded=True,
        clean=plan.clean,
    )  # fmt: skip


def _second_devices(legs: Legs, platform: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    """Which legs are a second device's under one identity: the first one is there from the start."""
    return np.asarray((platform[legs.terminal] == "cloned") & (legs.on > 0), np.bool_)


def _hands(stretches: Stretches, legs: Legs, platform: npt.NDArray[np.str_], seconds: float) -> None:
    """Add who was captured and cloned, from when until when."""
    leg = np.unique(legs.terminal, return_index=True)[1]
    taken = leg[platform == "captured"]
    stretches.add(CAPTURED, legs.terminal[taken], legs.off[taken], np.full(len(taken), seconds))
    second = np.flatnonzero(_second_devices(legs, platform))
    stretches.add(CLONED, legs.terminal[second], legs.on[second], legs.off[second])
