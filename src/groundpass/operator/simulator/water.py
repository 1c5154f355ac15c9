"""Terminals that travel on water. The simulator knows no coast: a boat's water is where its town is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.operator.simulator.land import KMH
from groundpass.operator.simulator.motion import Legs

if TYPE_CHECKING:
    import numpy as np

    from groundpass.operator.simulator.ground import Ground


_FAST: Final = 0.2  # share of fast boats


def boats(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Slow winding reaches of some 10 km; one in five is a fast patrol or rescue boat."""
    start = ground.in_towns(count)
    fast = rng.random(count) < _FAST
    speed = rng.uniform(8, 35, count) + fast * rng.uniform(30, 50, count)
    return Legs.of(
        count, start, ground.near(*start, 5.0, 6.0), off=seconds, speed=speed * KMH,
        dwell=rng.uniform(600, 14_400, count), phase=rng.uniform(0, 20_000, count),
        bend=rng.uniform(0, 900, count), noise=4.0,
    )  # fmt: skip
