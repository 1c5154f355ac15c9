"""One closed form for everything that moves: a shuttle on a gently bent line between two places, or a circle.

A leg goes from A to B at a constant speed, dwells, comes back, dwells, and so on; its place at any time is
a formula of its columns, so any slice of time can be made without the ones before it. A home is a leg whose
ends meet; a drone is a leg that is on for one flight; a captured terminal has two legs, one before and one
after. Straight lines are lon/lat; the bend is a sine across the way, nought at both ends.

A leg that swings goes one way, and its speed swings about the mean as a sine of time: between nought and
twice the mean that is stop and go. A leg with a radius circles around A.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import numpy.typing as npt

from groundpass.operator.simulator.ground import KM_A_DEGREE, Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

_M_A_DEGREE: Final = KM_A_DEGREE * 1000.0
_STILL_M: Final = 1.0  # a line shorter than this is a place
_COLUMNS: Final = (
    "speed", "dwell", "phase", "bend", "on", "off", "pause", "noise", "swing", "period", "radius", "angle",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """Columns of one length.

    terminal: row of the truth table · lat_a … lon_b: ends, degrees · speed: m/s along the line
    dwell: s at each end · phase: s already spent in the cycle at the epoch · bend: m, greatest distance
    from the straight line · on, off: the leg reports within [on, off), s from the start of the window
    pause: s between reports (0: as the plan says) · noise: m, standard deviation of the receiver on an axis
    swing: share of the speed · period: s of one swing · radius: m, 0 for a line · angle: rad north of east,
    of the place on the circle when the leg comes on.
    """

    terminal: npt.NDArray[np.int64]
    lat_a: Floats
    lon_a: Floats
    lat_b: Floats
    lon_b: Floats
    speed: Floats
    dwell: Floats
    phase: Floats
    bend: Floats
    on: Floats
    off: Floats
    pause: Floats
    noise: Floats
    swing: Floats
    period: Floats
    radius: Floats
    angle: Floats

    def __len__(self) -> int:
        return len(self.terminal)

    @classmethod
    def of(
        cls,
        count: int,
        a: tuple[Floats, Floats],
        b: tuple[Floats, Floats] | None = None,
        **columns: Floats | float,
    ) -> Self:
        """Build legs; a column that is not given is 0, `noise` 3 m; terminals are numbered from 0."""
        end = a if b is None else b
        defaults: dict[str, Floats | float] = {"noise": 3.0, **columns}
        rest = {
            name: np.broadcast_to(np.asarray(defaults.get(name, 0.0), np.float64), count).copy()
            for name in _COLUMNS
        }
        return cls(np.arange(count), a[0], a[1], end[0], end[1], **rest)

    @classmethod
    def joined(cls, parts: Sequence[Legs]) -> Self:
        """Put legs one after another."""
        return cls(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(cls)))

    def pick(self, rows: npt.NDArray[np.int64]) -> Self:
        """Some of them, in the order asked for."""
        return type(self)(*(getattr(self, item.name)[rows] for item in fields(self)))

    def length_m(self) -> Floats:
        """Length of each straight line, m, on the mean sphere (flat: lines are short against the Earth)."""
        north, east = self._span_m()
        return np.asarray(np.hypot(north, east), np.float64)

    def _span_m(self) -> tuple[Floats, Floats]:
        middle = np.radians((self.lat_a + self.lat_b) / 2)
        north = (self.lat_b - self.lat_a) * _M_A_DEGREE
        return north, (self.lon_b - self.lon_a) * _M_A_DEGREE * np.cos(middle)

    def track(self) -> Track:
        """Prepare the columns that every place needs."""
        length = self.length_m()
        north, east = self._span_m()
        moving = (length > _STILL_M) & (self.speed > 0)
        safe = np.where(moving, length, 1.0)
        drive = np.where(moving, safe / np.where(moving, self.speed, 1.0), 1.0)
        cosine = np.cos(np.radians((self.lat_a + self.lat_b) / 2))
        return Track(
            self, moving, drive, 2 * (drive + self.dwell), -east / safe / _M_A_DEGREE,
            north / safe / _M_A_DEGREE / cosine, bool(np.any(self.swing > 0)), bool(np.any(self.radius > 0)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Legs with what is computed once: seconds of one way and of a cycle, the sideways unit in degrees.

    swinging, circling: whether any leg does.
    """

    legs: Legs
    moving: npt.NDArray[np.bool_]
    drive: Floats
    cycle: Floats
    side_lat: Floats
    side_lon: Floats
    swinging: bool
    circling: bool

    def at(self, leg: npt.NDArray[np.int64], second: Floats) -> tuple[Floats, Floats, Floats]:
        """Place and speed of each row's leg at a time, s from the start of the window: lat, lon, m/s."""
        legs = self.legs
        lat, lon = legs.lat_a[leg], legs.lon_a[leg]
        speed = np.zeros(len(leg))
        rows = np.flatnonzero(self.moving[leg])
        who = leg[rows]
        share, driving = self._share(who, second[rows])
        aside = legs.bend[who] * np.sin(np.pi * share) * np.sin(3 * np.pi * share)
        lat[rows] += share * (legs.lat_b[who] - legs.lat_a[who]) + aside * self.side_lat[who]
        lon[rows] += share * (legs.lon_b[who] - legs.lon_a[who]) + aside * self.side_lon[who]
        speed[rows] = np.where(driving, legs.speed[who], 0.0)
        if self.swinging:
            part = np.flatnonzero((legs.swing[who] > 0) & driving)
            speed[rows[part]] *= 1 + legs.swing[who[part]] * np.sin(
                self._swung(who[part], second[rows[part]])
            )
        if self.circling:
            self._circle(leg, second, (lat, lon, speed))
        return lat, lon, speed

    def _swung(self, who: npt.NDArray[np.int64], second: Floats) -> Floats:
        """How far into its swings a leg is, rad."""
        legs = self.legs
        return np.asarray(2 * np.pi * (second - legs.on[who]) / legs.period[who], np.float64)

    def _circle(
        self, leg: npt.NDArray[np.int64], second: Floats, told: tuple[Floats, Floats, Floats]
    ) -> None:
        """Put the rows whose legs circle onto their circles."""
        legs, (lat, lon, speed) = self.legs, told
        rows = np.flatnonzero(legs.radius[leg] > 0)
        who = leg[rows]
        radius = legs.radius[who]
        angle = legs.angle[who] + legs.speed[who] / radius * (second[rows] - legs.on[who])
        lat[rows] += radius / _M_A_DEGREE * np.sin(angle)
        lon[rows] += radius / _M_A_DEGREE * np.cos(angle) / np.cos(np.radians(legs.lat_a[who]))
        speed[rows] = legs.speed[who]

    def _share(self, who: npt.NDArray[np.int64], second: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """How far along the line, 0 to 1, and whether it is driving."""
        drive, dwell = self.drive[who], self.legs.dwell[who]
        spent = np.mod(second + self.legs.phase[who], self.cycle[who])
        if self.swinging:
            part = np.flatnonzero((self.legs.swing[who] > 0) & (spent < drive))
            swing = self.legs.swing[who[part]] * self.legs.period[who[part]] / (2 * np.pi)
            spent[part] += swing * (1 - np.cos(self._swung(who[part], second[part])))
        out = spent / drive
        back = 1.0 - (spent - drive - dwell) / drive
        share = np.where(spent < drive + dwell, np.minimum(out, 1.0), np.maximum(back, 0.0))
        return share, (share > 0.0) & (share < 1.0)
