"""Journeys: legs, one stage after another, for many terminals at once.

```
journey = Journey(ground.in_towns(50), seconds=86_400)
journey.go(ground.other_towns(*journey.place()), kmh=rng.uniform(60, 85, 50))
journey.stay(1800.0)
```
Every stage begins where and when the one before it ended, for each terminal by itself. What would begin after
the window is left out, what would outlast it is cut at its end.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from groundpass.operator.simulator.ground import KM_A_DEGREE, Floats
from groundpass.operator.simulator.motion import Legs

Place = tuple[Floats, Floats]  # lat, lon in degrees, of each terminal

KMH: Final = 1 / 3.6  # m/s
_FOREVER: Final = 1e12  # s: one way, and no way back
_M_A_DEGREE: Final = KM_A_DEGREE * 1000.0
_NEAR_M: Final = 10.0  # what lies nearer is reached already


class Journey:
    """Terminals on their way.

    Args:
        start: where each begins.
        seconds: length of the window.
        noise: m, of each receiver.
    """

    def __init__(self, start: Place, seconds: float, noise: Floats | float = 3.0) -> None:
        self.now = np.zeros(len(start[0]))
        self._lat, self._lon = start
        self._seconds = seconds
        self._noise = np.broadcast_to(np.asarray(noise, np.float64), len(self))
        self._parts: list[Legs] = []

    def __len__(self) -> int:
        return len(self.now)

    @property
    def goes_on(self) -> bool:
        """Whether any of them still has time left."""
        return bool(np.any(self.now < self._seconds))

    def place(self) -> Place:
        """Where each is now: lat, lon."""
        return self._lat.copy(), self._lon.copy()

    def towards(self, there: Place, share: Floats | float) -> Place:
        """The place at a share of the way to another."""
        return self._lat + share * (there[0] - self._lat), self._lon + share * (there[1] - self._lon)

    def share_of(self, there: Place, km: float, most: float = 0.5) -> Floats:
        """Which share of the way to a place so many kilometres are; `most` of it at the most."""
        return np.asarray(np.minimum(km * 1000 / np.maximum(self._metres(there), _NEAR_M), most))

    def wait_until(self, second: Floats) -> None:
        """Report nothing until then."""
        self.now = np.maximum(self.now, second)

    def hide(self, seconds: Floats | float) -> None:
        """Report nothing for a while."""
        self.now += seconds

    def stay(self, seconds: Floats | float) -> None:
        """Rest where it is."""
        self._add((self._lat, self._lon), np.broadcast_to(np.asarray(seconds, np.float64), len(self)))

    def rest(self) -> None:
        """Stay until the window ends."""
        self.stay(np.maximum(self._seconds - self.now, 0.0))

    def go(
        self,
        there: Place,
        kmh: Floats | float,
        *,
        swing: Floats | float = 0.0,
        period: float = 120.0,
        bend: float = 0.01,
    ) -> None:
        """Drive or fly to a place.

        Args:
            there: lat, lon, degrees.
            kmh: the mean speed.
            swing: share of it by which the speed swings; at 1 it is stop and go.
            period: s of one swing, about.
            bend: greatest distance from the straight line, as a share of its length.
        """
        length = self._metres(there)
        speed = np.broadcast_to(np.asarray(kmh, np.float64), len(self)) * KMH
        lasts = np.where(length > _NEAR_M, length / speed, 0.0)
        whole = np.maximum(np.round(lasts / period), 1.0)
        self._add(
            there, lasts,
            speed=speed, swing=swing, period=np.where(lasts > 0, lasts / whole, 1.0), bend=bend * length,
        )  # fmt: skip

    def circle(self, metres: Floats, kmh: Floats, seconds: Floats) -> None:
        """Fly round and round, from here on and back to wherever on the circle it then is."""
        # The middle lies west of here, so that the circle begins at its easternmost point.
        middle = self._lon - metres / _M_A_DEGREE / np.cos(np.radians(self._lat))
        here = self._lat, middle
        self._add(here, seconds, here=here, speed=kmh * KMH, radius=metres)
        angle = kmh * KMH / metres * seconds
        self._lat = here[0] + metres / _M_A_DEGREE * np.sin(angle)
        self._lon = middle + metres / _M_A_DEGREE * np.cos(angle) / np.cos(np.radians(here[0]))

    def legs(self) -> Legs:
        """All of them."""
        return Legs.joined(self._parts)

    def _metres(self, there: Place) -> Floats:
        north = (there[0] - self._lat) * _M_A_DEGREE
        east = (there[1] - self._lon) * _M_A_DEGREE * np.cos(np.radians((there[0] + self._lat) / 2))
        return np.asarray(np.hypot(north, east), np.float64)

    def _add(
        self,
        there: Place,
        lasts: Floats,
        here: Place | None = None,
        **columns: Floats | float,
    ) -> None:
        """A stage of `lasts` s, that brings them there."""
        here = here or (self._lat, self._lon)
        legs = Legs.of(
            len(self), here, there, on=self.now, off=np.minimum(self.now + lasts, self._seconds),
            phase=-self.now, dwell=_FOREVER, noise=self._noise, **columns,
        )  # fmt: skip
        self._parts.append(legs.pick(np.flatnonzero(legs.off > legs.on)))
        self.now = self.now + lasts
        self._lat, self._lon = there[0].copy(), there[1].copy()
