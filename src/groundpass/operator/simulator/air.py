"""Terminals that fly: aircraft between towns, fixed-wing drones that cross the border, multirotors.

A flight reports at least once in `FLIGHT_PAUSE` seconds, however rarely the rest of the fleet does:
what flies for an hour a day would else be seen twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from groundpass.operator.simulator.land import KMH
from groundpass.operator.simulator.motion import Legs

if TYPE_CHECKING:
    from groundpass.operator.simulator.ground import Ground

FLIGHT_PAUSE: Final = 120.0  # s
_SORTIES: Final = 3  # of a multirotor in the window


def aircraft(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Between towns at 250 to 800 km/h, an hour and more on the ground."""
    start = ground.in_towns(count)
    return Legs.of(
        count, start, ground.near(*start, 150.0, 200.0), off=seconds,
        speed=rng.uniform(250, 800, count) * KMH, dwell=rng.uniform(3600, 10_000, count),
        phase=rng.uniform(0, 20_000, count), noise=8.0,
    )  # fmt: skip


def wings(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """From 5 to 60 km outside of the border to a town, one way, at 80 to 180 km/h; silent before and after.

    A flight that would outlast the window starts with it, and ends where the window does.
    """
    start, target = ground.abroad(count, 5.0, 25.0), ground.in_towns(count, 8.0)
    speed = rng.uniform(80, 180, count) * KMH
    legs = Legs.of(
        count, start, target, speed=speed, bend=rng.uniform(0, 4000, count),
        pause=FLIGHT_PAUSE, noise=6.0, dwell=1e9,
    )  # fmt: skip
    flight = legs.length_m() / speed
    legs.on[:] = rng.random(count) * np.maximum(seconds - flight, 0.0)
    legs.off[:] = np.minimum(legs.on + flight, seconds)
    legs.phase[:] = -legs.on
    return legs


def multirotors(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Sorties of 15 to 30 minutes, 1 to 9 km out and back, at 25 to 65 km/h: too slow for most speed caps."""
    start = ground.in_towns(count, 10.0)
    target = ground.near(*start, 1.0, 3.0)
    speed = rng.uniform(25, 65, count) * KMH
    sorties = []
    for turn in range(_SORTIES):
        part = Legs.of(count, start, target, speed=speed, dwell=60.0, pause=FLIGHT_PAUSE, noise=4.0)
        part.on[:] = (turn + rng.random(count) * 0.9) * seconds / _SORTIES
        part.off[:] = np.minimum(part.on + rng.uniform(900, 1800, count), seconds)
        part.phase[:] = -part.on
        sorties.append(part)
    return Legs.joined(sorties)
