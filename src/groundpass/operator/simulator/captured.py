"""Terminals that change hands: at home until captured, then silent, then on the other side's vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from groundpass.operator.simulator.land import KMH
from groundpass.operator.simulator.motion import Legs

if TYPE_CHECKING:
    from groundpass.operator.simulator.ground import Ground

_SILENCE: Final = (600.0, 7200.0)  # s between the last report at home and the first elsewhere


def captured(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Two legs a terminal; the end of the first is the time of capture."""
    home = ground.in_towns(count, 12.0)
    before = Legs.of(count, home)
    before.off[:] = rng.uniform(0.2, 0.7, count) * seconds
    after = Legs.of(
        count, home, ground.near(*home, 10.0, 30.0), off=seconds,
        speed=rng.uniform(20, 70, count) * KMH, dwell=rng.uniform(300, 3600, count), noise=5.0,
    )  # fmt: skip
    after.on[:] = np.minimum(before.off + rng.uniform(*_SILENCE, count), seconds)
    after.phase[:] = -after.on
    return Legs.joined([before, after])
