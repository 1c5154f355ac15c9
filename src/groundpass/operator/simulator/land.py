"""Terminals that travel on land: vans, ambulances, trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.operator.simulator.motion import Legs

if TYPE_CHECKING:
    import numpy as np

    from groundpass.operator.simulator.ground import Ground

KMH: Final = 1 / 3.6  # m/s
_STATION_KM: Final = 1.0  # spread of stations around a town's centre
_HOUR: Final = 3600.0


def vans(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """From a town to a neighbouring one and back, at 45 to 90 km/h, with hours of standing."""
    start = ground.in_towns(count)
    return Legs.of(
        count, start, ground.other_towns(*start), off=seconds,
        speed=rng.uniform(45, 90, count) * KMH, dwell=rng.uniform(0.5, 5, count) * _HOUR,
        phase=rng.uniform(0, 10, count) * _HOUR, bend=rng.uniform(0, 1500, count),
    )  # fmt: skip


def ambulances(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Runs of 8 km and more around a town at 70 to 130 km/h, and short waits: fast, and rightly so."""
    start = ground.in_towns(count)
    return Legs.of(
        count, start, ground.near(*start, 8.0, 15.0), off=seconds,
        speed=rng.uniform(70, 130, count) * KMH, dwell=rng.uniform(0.1, 0.8, count) * _HOUR,
        phase=rng.uniform(0, 3, count) * _HOUR, bend=rng.uniform(0, 300, count),
    )  # fmt: skip


def trains(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Lines between neighbouring towns at 80 to 160 km/h with a quarter of an hour at each end."""
    start = ground.in_towns(count, _STATION_KM)
    return Legs.of(
        count, start, ground.other_towns(*start), off=seconds,
        speed=rng.uniform(80, 160, count) * KMH, dwell=rng.uniform(0.1, 0.4, count) * _HOUR,
        phase=rng.uniform(0, 6, count) * _HOUR, bend=rng.uniform(0, 800, count),
    )  # fmt: skip
