"""Terminals that stay: homes and offices inside, a neighbour's homes outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.operator.simulator.motion import Legs

if TYPE_CHECKING:
    import numpy as np

    from groundpass.operator.simulator.ground import Ground

_ABROAD_KM: Final = 60.0  # most of the neighbour's homes lie within this of the border


def homes(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """A receiver that never moves and yet never reports the same place twice; some receivers are worse."""
    return Legs.of(count, ground.in_towns(count), off=seconds, noise=2.0 + rng.exponential(2.0, count))


def abroad(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Homes outside of the border, from a few hundred metres to a hundred kilometres away."""
    places = ground.abroad(count, 0.3, _ABROAD_KM)
    return Legs.of(count, places, off=seconds, noise=2.0 + rng.exponential(2.0, count))
