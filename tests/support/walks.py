"""Ways that terminals move, as columns: parked, on a line, in a circle; places as tracks keep them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from pyproj import Geod

from groundpass.kernel.core.intervals import NS
from groundpass.kernel.core.state import Rule
from groundpass.kernel.core.verdicts import Action
from groundpass.kernel.engine.movement import Movement, Moves
from groundpass.kernel.engine.reports import Reports
from groundpass.kernel.engine.track import Fix

START = 1_790_000_000 * NS
GEOD = Geod(ellps="WGS84")
CAP_90 = Rule("ua", "standard", Action.ALLOW, speed_cap=90, sustained=120, release=60)


@dataclass
class Fleet:
    """h terminals at n moments: seconds float64[n], lat and lon float64[h, n]; keys are 1 to h."""

    seconds: np.ndarray
    lat: np.ndarray
    lon: np.ndarray

    def reports(self) -> Reports:
        """In the order of time, terminals interleaved."""
        homes, moments = self.lat.shape
        return Reports.of(
            homes * moments,
            key=np.tile(np.arange(1, homes + 1, dtype=np.uint64), moments),
            time_ns=np.repeat(START + np.round(self.seconds * NS).astype(np.int64), homes),
            lat=np.round(self.lat.T.ravel(), 7),
            lon=np.round(self.lon.T.ravel(), 7),
        )

    def between(self, start: float, end: float) -> slice:
        """The moments from `start` until before `end`, s."""
        return slice(*np.searchsorted(self.seconds, [start, end]).tolist())


def parked(homes: int, hours: float, every: float = 15, seed: int = 1) -> Fleet:
    """Terminals at homes in one city, with a receiver's noise."""
    rng = np.random.default_rng(seed)
    moments = int(hours * 3600 / every)
    lat = 50 + rng.uniform(-0.1, 0.1, (homes, 1)) + rng.normal(0, 3e-5, (homes, moments))
    lon = 30 + rng.uniform(-0.15, 0.15, (homes, 1)) + rng.normal(0, 5e-5, (homes, moments))
    return Fleet(np.arange(moments) * float(every), lat, lon)


def line(
    lat: float, lon: float, azimuth: float, kmh: float, seconds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Places on a straight way, at moments since its beginning."""
    ones = np.ones(len(seconds))
    east, north, _ = GEOD.fwd(lon * ones, lat * ones, azimuth * ones, kmh / 3.6 * np.asarray(seconds, float))
    return north, east


def circle(
    lat: float, lon: float, metres: float, kmh: float, seconds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Places on a circle."""
    angle = np.asarray(seconds) * (kmh / 3.6 / metres)
    north = lat + metres / 111_250 * np.sin(angle)
    return north, lon + metres / 111_250 / np.cos(np.radians(lat)) * np.cos(angle)


def drive(
    kmh: float, seconds: float, *, every: float = 15, start: float = 0, lat: float = 50, lon: float = 30
):
    """Fixes on a way to the east."""
    moments = np.arange(0, seconds + 1e-9, every)
    places = zip(moments, *line(lat, lon, 90, kmh, moments), strict=True)
    return [Fix(START + int((start + moment) * NS), north, east) for moment, north, east in places]


def update(movement: Movement, reports: Reports, batches: int = 1, rules=(CAP_90,), rule=None) -> Moves:
    """Take reports in so many batches; what is said of all of them."""
    rule = np.zeros(len(reports), np.uint16) if rule is None else rule
    cuts = np.linspace(0, len(reports), batches + 1).astype(int).tolist()
    parts = [(cut, slice(cut, end)) for cut, end in pairwise(cuts)]
    said = [(cut, movement.update(reports.part(part), rule[part], rules)) for cut, part in parts]
    flags = [
        np.concatenate([getattr(moves, name) for _, moves in said]) for name in ("too_fast", "spoof", "clone")
    ]
    row = np.concatenate([moves.event_row + cut for cut, moves in said])
    kind = np.concatenate([moves.event_kind for _, moves in said])
    return Moves(*flags, row, kind, np.empty(0, np.int64), np.empty(0))


def terminals(reports: Reports, flag: np.ndarray) -> list[int]:
    """The keys of which a flag was said."""
    return np.unique(reports.key[flag]).tolist()
