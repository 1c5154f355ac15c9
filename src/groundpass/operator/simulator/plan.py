"""What a simulated fleet is asked to be: how many terminals of which platform, where, when, how talkative.

Everything follows from the plan and its seed: the same plan gives the same rows, byte for byte.
Figures of behaviour (speeds, dwell times, noise) are invented within what public sources say of such
platforms; nothing here describes a real terminal, person or movement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shapely.geometry.base import BaseGeometry

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.state import DAY

Town = tuple[float, float, float]  # lat, lon in degrees; weight, of any scale

# Shares of the fleet by platform. They need not sum to one.
MIX: Final[Mapping[str, float]] = {
    "home": 0.78,
    "van": 0.07,
    "ambulance": 0.01,
    "train": 0.01,
    "boat": 0.01,
    "aircraft": 0.002,
    "wing": 0.02,  # fixed-wing drones that cross the border at 80 to 180 km/h
    "multirotor": 0.02,
    "captured": 0.008,
    "abroad": 0.07,  # homes outside the border: a neighbour's customers
}


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """The order for a fleet.

    Args:
        polygon: the territory, WGS84 lon/lat.
        towns: (lat, lon, weight); people live, drive and are struck near them. Those outside of the
            polygon are left out.
        terminals: how many; seed: of all randomness.
        start: UTC seconds; seconds: length of the window.
        reports_each: reports of a terminal that is on for the whole window, before gaps and duplicates.
        registered: share of honest terminals (by platform, else "*") that their holders registered.
        mix: shares by platform.
    """

    polygon: BaseGeometry
    towns: Sequence[Town]
    terminals: int = 20_000
    seed: int = 20_260_205
    start: int = 1_770_264_000  # 2026-02-05T04:00:00Z
    seconds: int = DAY
    reports_each: float = 50.0
    registered: Mapping[str, float] = field(default_factory=lambda: {"*": 0.95, "home": 0.9})
    mix: Mapping[str, float] = field(default_factory=lambda: dict(MIX))

    def __post_init__(self) -> None:
        unknown = set(self.mix) - set(MIX)
        if unknown:
            raise BadInput(f"The fleet has no platform {sorted(unknown)}", todo=f"Choose among {sorted(MIX)}")
        if self.terminals < 0 or self.seconds <= 0 or self.reports_each <= 0 or sum(self.mix.values()) <= 0:
            raise BadInput("A fleet needs terminals, a window, a rate and a mix above zero")
        if not self.towns:
            raise BadInput("A fleet needs at least one town", todo="Give (lat, lon, weight) of some places")

    def counts(self) -> dict[str, int]:
        """How many terminals of each platform; they sum to `terminals` (largest remainders go first)."""
        return shared_out(self.terminals, self.mix)


def shared_out(whole: int, mix: Mapping[str, float]) -> dict[str, int]:
    """Share a number out by a mix whose shares need not sum to one; largest remainders go first."""
    total = sum(mix.values())
    exact = {name: whole * share / total for name, share in mix.items()}
    counts = {name: int(value) for name, value in exact.items()}
    short = whole - sum(counts.values())
    for name in sorted(exact, key=lambda key: counts[key] - exact[key])[:short]:
        counts[name] += 1
    return counts
