"""What an event makes receivers say, row by row, and of which terminals from when until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.operator.simulator.ground import KM_A_DEGREE, Floats
from groundpass.operator.simulator.scene.events import MINUTE, SMOOTH, Event
from groundpass.operator.simulator.scene.journey import KMH
from groundpass.operator.simulator.scene.truth_table import JAMMED, SPOOFED

if TYPE_CHECKING:
    from groundpass.operator.simulator.motion import Track
    from groundpass.operator.simulator.stream import Said

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_TOUCH: Final = 1e-3  # s
STEP: Final = 5.0  # s between two looks at whether something that moves is inside
TAKEN_IN: Final = 60.0  # s within which receivers lock onto a spoofer, and find back afterwards
PARKED: Final = 3600.0  # s that something stands before a smooth spoof may take it
_FAKE_M: Final = 0.5  # noise of a false position: the transmitter is strong and near
_SMOOTH_WAY: Final = 0.9  # rad from north
_FIELD_M: Final = 800.0  # radius of the round over an airfield
_M_A_DEGREE: Final = KM_A_DEGREE * 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Stretches of time, sorted by (terminal, begin); no two of one terminal overlap. Seconds."""

    terminal: Ints
    begin: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.terminal)

    def of(self, who: Ints, second: Floats) -> Ints:
        """For each row the spell that it lies in, -1 for none."""
        out = np.full(len(who), -1, np.int64)
        if not len(self):
            return out
        known = np.zeros(int(max(self.terminal.max(), who.max(initial=0))) + 1, np.bool_)
        known[self.terminal] = True
        inside = (second >= self.begin.min()) & (second < self.end.max()) & known[who]
        rows = np.flatnonzero(inside)
        length = float(self.end.max()) + 1.0
        line = self.terminal * length + self.begin
        found = np.searchsorted(line, who[rows] * length + second[rows], "right") - 1
        good = (found >= 0) & (self.terminal[found] == who[rows]) & (second[rows] < self.end[found])
        out[rows[good]] = found[good]
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """An event and those it takes in. `lat`, `lon`: where each spell's terminal was when it began."""

    event: Event
    spells: Spells
    lat: Floats
    lon: Floats

    @property
    def what(self) -> str:
        """Its name in the truth."""
        return SPOOFED if self.event.kind == "spoof" else JAMMED

    def tell(self, who: Ints, second: Floats, said: Said) -> None:
        """Change what rows say."""
        spell = self.spells.of(who, second)
        rows = np.flatnonzero(spell >= 0)
        if not len(rows):
            return
        at = spell[rows]
        if self.event.mode == "silent":
            said.placeless[rows] = True
        elif self.event.mode == "frozen":
            said.lat[rows], said.lon[rows] = self.lat[at], self.lon[at]
            said.noise[rows], said.speed[rows] = 0.0, 0.0
        else:
            self._mislead(rows, at, second[rows], said)

    def _mislead(self, rows: Ints, at: Ints, second: Floats, said: Said) -> None:
        """A false flight."""
        begin, end = self.event.span
        said.noise[rows] = _FAKE_M
        if self.event.mode == SMOOTH:
            # Straight away from where each one stands for half of the time, then the same way home.
            metres = np.maximum(np.minimum(second - begin, end - second), 0.0) * self.event.kmh * KMH
            lat, lon = self.lat[at], self.lon[at]
            north, east = metres * np.cos(_SMOOTH_WAY), metres * np.sin(_SMOOTH_WAY)
            said.speed[rows] = self.event.kmh * KMH
        else:
            flown = np.maximum(second - begin - self.event.rest * MINUTE, 0.0) * self.event.kmh * KMH
            lat = np.full(len(rows), self.event.lat)
            east_km = self.event.away / KM_A_DEGREE / np.cos(np.radians(lat))
            lon = self.event.lon + east_km
            north, east = _FIELD_M * np.sin(flown / _FIELD_M), _FIELD_M * np.cos(flown / _FIELD_M)
            said.speed[rows] = np.where(flown > 0, self.event.kmh * KMH, 0.0)
        said.lat[rows] = lat + north / _M_A_DEGREE
        said.lon[rows] = lon + east / _M_A_DEGREE / np.cos(np.radians(lat))


def told(event: Event, track: Track, misled: Bools, rng: np.random.Generator, seconds: float) -> Told:
    """Who an event takes in, and when.

    Args:
        event: what happens.
        track: everybody's legs.
        misled: by terminal, whether a spoofer takes it in.
        rng: draws who is taken where only some are, and how long receivers take.
        seconds: length of the window.
    """
    begin, end = event.span[0], min(event.span[1], seconds)
    leg, first, last = _inside(event, track, begin, end)
    if event.kind == "spoof":
        leg = rng.permutation(_misled(event, track, misled, leg[first <= begin]))
        leg = leg[: int(min(event.most, len(leg)))]
        lag = TAKEN_IN * rng.random((2, len(leg))) * (event.mode != SMOOTH)
        first, last = begin + lag[0], np.minimum(end + lag[1], seconds)
    spells = _merged(track.legs.terminal[leg], first, last)
    order = np.lexsort((first, track.legs.terminal[leg]))
    begins = order[np.isin(np.arange(len(order)), spells[1])]
    lat, lon, _ = track.at(leg[begins], first[begins])
    return Told(event, spells[0], lat, lon)


def _merged(terminal: Ints, first: Floats, last: Floats) -> tuple[Spells, Ints]:
    """Stretches that touch as one; and which ones, by (terminal, begin), are the first of one."""
    order = np.lexsort((first, terminal))
    terminal, first, last = terminal[order], first[order], last[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (terminal[1:] != terminal[:-1]) | (first[1:] > last[:-1] + _TOUCH)
    firsts = np.flatnonzero(fresh)
    ends = np.maximum.reduceat(last, firsts) if len(firsts) else last
    return Spells(terminal[firsts], first[firsts], ends), firsts


def _misled(event: Event, track: Track, misled: Bools, leg: Ints) -> Ints:
    """Those that a spoofer takes in: on the ground, and for a smooth one parked."""
    legs = track.legs
    good = misled.copy()
    if event.mode == SMOOTH:
        begin, end = event.span
        going = (track.moving | (legs.radius > 0)) & (legs.on < end) & (legs.off > begin - PARKED)
        good[legs.terminal[going]] = False
    return leg[good[legs.terminal[leg]]]


def _inside(event: Event, track: Track, begin: float, end: float) -> tuple[Ints, Floats, Floats]:
    """Legs that are within the event's circle while it lasts: each with from when until when."""
    legs = track.legs
    on, off = np.maximum(legs.on, begin), np.minimum(legs.off, end)
    active = np.flatnonzero(on < off)
    looks = np.where(track.moving[active], np.ceil((off - on)[active] / STEP).astype(np.int64), 1)
    leg = np.repeat(active, looks)
    turn = np.arange(len(leg)) - np.repeat(np.cumsum(looks) - looks, looks)
    second = on[leg] + turn * STEP
    lat, lon, _ = track.at(leg, second)
    north = (lat - event.lat) * KM_A_DEGREE
    east = (lon - event.lon) * KM_A_DEGREE * np.cos(np.radians(event.lat))
    near = np.flatnonzero(np.hypot(north, east) <= event.km)
    broken = np.ones(len(near), np.bool_)
    broken[1:] = (leg[near][1:] != leg[near][:-1]) | (np.diff(near) > 1)
    firsts = near[broken]
    lasts = near[np.append(np.flatnonzero(broken)[1:], len(near)) - 1] if len(near) else near
    until = np.where(
        turn[lasts] == looks[np.searchsorted(active, leg[lasts])] - 1, off[leg[lasts]], second[lasts] + STEP
    )
    return leg[firsts], second[firsts], np.minimum(until, off[leg[firsts]])
