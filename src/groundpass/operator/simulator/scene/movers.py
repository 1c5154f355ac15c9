"""The platforms of a scene: how each moves, its usage class in the words of the register, who uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from groundpass.operator.simulator.scene import civil, hostile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from groundpass.operator.simulator.ground import Ground
    from groundpass.operator.simulator.motion import Legs


class Mover(NamedTuple):
    """One platform.

    legs: how its legs are made · usage_class: under which it is registered, if it is; a drone comes as
    something harmless · honest: whether its holder is · misled: whether a spoofer takes it in · bursts: share
    of spells in which walls and trees spoil its reception.
    """

    legs: Callable[[int, Ground, np.random.Generator, float], Legs]
    usage_class: str
    honest: bool = True
    misled: bool = True
    bursts: float = 0.01


PLATFORMS: Final[Mapping[str, Mover]] = {
    "home": Mover(civil.homes, "fixed", bursts=0.02),
    "van": Mover(civil.vans, "vehicle"),
    "ambulance": Mover(civil.ambulances, "vehicle"),
    "train": Mover(civil.trains, "rail"),
    "boat": Mover(civil.boats, "vessel", bursts=0.0),
    "fastboat": Mover(civil.fast_boats, "vessel", bursts=0.0),
    "aircraft": Mover(civil.aircraft, "aircraft", misled=False, bursts=0.0),
    "wing": Mover(hostile.wings, "portable", honest=False, misled=False, bursts=0.0),
    "loiter": Mover(hostile.loiterers, "portable", honest=False, misled=False, bursts=0.0),
    "multirotor": Mover(hostile.multirotors, "portable", honest=False, misled=False, bursts=0.0),
    "captured": Mover(hostile.captured, "portable"),
    "cloned": Mover(hostile.clones, "fixed", misled=False),
    "abroad": Mover(civil.abroad, "fixed", bursts=0.02),
}
