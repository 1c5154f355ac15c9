"""What a scene is asked to be: how many terminals of which platform, where, how talkative, what happens.

Everything follows from the plan and its seed: the same plan gives the same rows, byte for byte.
Figures of behaviour (speeds, times, noise) are invented within what public sources say of such platforms;
nothing here describes a real terminal, person or movement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from groundpass.kernel.core.errors import BadInput
from groundpass.operator.simulator.plan import Town, shared_out
from groundpass.operator.simulator.scene.events import Event, usual_events
from groundpass.operator.simulator.scene.movers import PLATFORMS

# Shares of the fleet by platform. They need not sum to one.
SHARES: Final[Mapping[str, float]] = {
    "home": 0.72,
    "van": 0.08,
    "ambulance": 0.015,
    "train": 0.015,
    "boat": 0.01,
    "fastboat": 0.01,
    "aircraft": 0.01,
    "wing": 0.03,
    "loiter": 0.015,
    "multirotor": 0.02,
    "captured": 0.01,
    "cloned": 0.005,
    "abroad": 0.06,
}
NO_EVENT: Final = "none"
_TOWNS: Final = 12  # of a country of which none is known


@dataclass(frozen=True, slots=True)
class ScenePlan:
    """The order for a scene.

    Args:
        polygon: the territory, WGS84 lon/lat.
        towns: (lat, lon, weight); those outside of the polygon are left out. None at all: they are invented.
        front: the line that the other side crosses; None: the border.
        terminals: how many; seed: of all randomness.
        start: UTC seconds; seconds: length of the window; interval: s between two reports of a terminal.
        mix: shares by platform, {} for the usual ones.
        registered: share of honest terminals that their holders registered.
        events: jamming and spoofing.
        in_step: whether all terminals report at the same moments, instead of each on a beat of its own.
        clean: whether nothing is lost and receivers have no noise: what the reports say is then the truth.
    """

    polygon: BaseGeometry
    towns: Sequence[Town] = ()
    front: BaseGeometry | None = None
    terminals: int = 2_000
    seed: int = 20_260_205
    start: int = 1_770_264_000  # 2026-02-05T04:00:00Z
    seconds: float = 6 * 3600.0
    interval: float = 15.0
    mix: Mapping[str, float] = field(default_factory=dict)
    registered: float = 0.95
    events: Sequence[Event] = ()
    in_step: bool = False
    clean: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "mix", dict(self.mix or SHARES))
        unknown = sorted(set(self.mix) - set(PLATFORMS))
        if unknown:
            raise BadInput(
                f"There is no platform {unknown[0]!r}", todo=f"Choose among {', '.join(PLATFORMS)}"
            )
        if not all(share >= 0 for share in self.mix.values()) or not sum(self.mix.values()) > 0:
            raise BadInput(
                "The shares of a mix are not all above zero", todo="Write for example home=0.7,van=0.3"
            )
        if self.terminals < 1 or not (self.seconds > 0 and self.interval > 0):
            raise BadInput("A scene needs terminals, a window and an interval above zero")
        for event in self.events:
            if event.span[0] >= self.seconds:
                raise BadInput(
                    f"The event {event.kind} begins after the window has ended",
                    why=f"after {event.after:g} minutes, and the window has {self.seconds / 60:g}",
                    todo="Give it another after=, or more hours",
                )

    def counts(self) -> dict[str, int]:
        """How many terminals of each platform; they sum to `terminals`."""
        return shared_out(self.terminals, self.mix)

    def with_events(self, texts: Sequence[str]) -> ScenePlan:
        """The same plan with events as they are written (`events.py`); no text: the usual ones, "none": none.

        Raises BadInput that names what does not read.
        """
        if texts:
            return replace(self, events=[Event.of(text) for text in texts if text.strip() != NO_EVENT])
        wings = self.counts().get("wing", 0)
        return replace(self, events=usual_events(self.all_towns(), self.seconds, wings))

    def all_towns(self) -> list[Town]:
        """The towns, or as many invented ones of unequal size as a country needs."""
        if self.towns:
            return list(self.towns)
        rng = np.random.default_rng([self.seed, 9])
        west, south, east, north = self.polygon.bounds
        found: list[Town] = []
        while len(found) < _TOWNS:
            lat, lon = float(rng.uniform(south, north)), float(rng.uniform(west, east))
            if shapely.contains_xy(self.polygon, lon, lat):
                found.append((lat, lon, 1.0 / (len(found) + 1)))
        return found
