"""From legs and events to the truth about them (`truth_table.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.core.intervals import NS
from groundpass.operator.simulator.ground import KM_A_DEGREE
from groundpass.operator.simulator.scene.journey import KMH
from groundpass.operator.simulator.scene.truth_table import MOVING, OFF, THERE, TRUTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundpass.operator.simulator.ground import Floats
    from groundpass.operator.simulator.motion import Track
    from groundpass.operator.simulator.scene.lies import Told

Ints = npt.NDArray[np.int64]

_BENT: Final = 3 * np.pi  # bound of the slope of the bend's sine, in its height over the length
_LEAST: Final = 0.01  # s: a shorter silence is none
_EARTH: Final = 0.004  # share by which the mean sphere and the ellipsoid differ
_M_A_DEGREE: Final = KM_A_DEGREE * 1000.0


class Stretches:
    """Rows of the truth as they are gathered: terminal, what, and seconds from the start of the window."""

    def __init__(self) -> None:
        self.terminal: list[Ints] = []
        self.what: list[npt.NDArray[np.str_]] = []
        self.columns: list[Floats] = []

    def add(self, what: str, terminal: Ints, begin: Floats, end: Floats, **more: Floats) -> None:
        """Add rows; `more`: least, most (km/h), lat, lon."""
        nothing = np.full(len(terminal), np.nan)
        self.terminal.append(terminal)
        self.what.append(np.full(len(terminal), what))
        rest = [more.get(name, nothing) for name in ("least", "most", "lat", "lon")]
        self.columns.append(np.column_stack([begin, end, *rest]))

    def table(self, labels: pa.Table, start: int) -> pa.Table:
        """All of them by terminal and time.

        Args:
            labels: a row a terminal: terminal, platform, usage_class, registered, entitled.
            start: of the window, UTC s.
        """
        terminal, what = np.concatenate(self.terminal), np.concatenate(self.what)
        begin, end, *rest = np.concatenate(self.columns).T
        order = np.lexsort((what != THERE, begin, terminal))
        table = labels.take(pa.array(terminal[order]))
        times = [
            start * NS + np.round(column[order] * 1e6).astype(np.int64) * 1000 for column in (begin, end)
        ]
        columns = [
            *table.columns,
            pa.array(what[order].tolist(), pa.string()),
            *(pa.array(column, pa.timestamp("ns", "UTC")) for column in times),
            *(pa.array(column[order], mask=np.isnan(column[order])) for column in rest),
        ]
        return pa.Table.from_arrays(columns, schema=TRUTH)


def moving(track: Track) -> tuple[Ints, Floats, Floats]:
    """Legs that move, and their least and greatest speed over the ground, km/h."""
    legs = track.legs
    leg = np.flatnonzero(track.moving | (legs.radius > 0))
    length = np.maximum(legs.length_m()[leg], 1.0)
    swing = legs.swing[leg]
    bent = np.where(legs.radius[leg] > 0, 1.0, np.hypot(1.0, _BENT * legs.bend[leg] / length))
    # Legs are straight in degrees: away from the middle of the leg a degree of longitude is not as long.
    tilt = np.radians(np.abs(legs.lat_b[leg] - legs.lat_a[leg])) / 2
    slack = _EARTH + tilt * np.tan(np.radians(np.maximum(np.abs(legs.lat_a[leg]), np.abs(legs.lat_b[leg]))))
    kmh = legs.speed[leg] / KMH
    return leg, kmh * (1 - swing) * (1 - slack), kmh * (1 + swing) * bent * (1 + slack)


def silences(track: Track, count: int, seconds: float) -> tuple[Ints, Floats, Floats]:
    """When terminals have no leg that reports: terminal, begin, end; s."""
    legs = track.legs
    order = np.lexsort((legs.on, legs.terminal))
    terminal, on = legs.terminal[order], legs.on[order]
    length = seconds + 1.0
    # Each terminal gets a stretch of one line for itself, so that one running maximum serves all.
    until = np.maximum.accumulate(legs.off[order] + terminal * length) - terminal * length
    before = np.concatenate([[0.0], until[:-1]])
    before[np.searchsorted(terminal, np.arange(count))] = 0.0
    last = np.searchsorted(terminal, np.arange(count), "right") - 1
    who = np.concatenate([terminal, np.arange(count)])
    begin, end = np.concatenate([before, until[last]]), np.concatenate([on, np.full(count, seconds)])
    quiet = np.flatnonzero(end - begin > _LEAST)
    return who[quiet], begin[quiet], end[quiet]


def gather(
    track: Track,
    labels: pa.Table,
    outages: tuple[Floats, Floats],
    events: Sequence[Told],
    seconds: float,
) -> Stretches:
    """All but who was captured and cloned.

    Args:
        track: everybody's legs; each terminal has one at least.
        labels: a row a terminal.
        outages: from when until when each terminal is off, s; inf for never.
        events: who they take in.
        seconds: length of the window.
    """
    out, count, legs = Stretches(), len(labels), track.legs
    first = np.unique(legs.terminal, return_index=True)[1]
    lat, lon, _ = track.at(first, legs.on[first])
    out.add(THERE, np.arange(count), np.zeros(count), np.full(count, seconds), lat=lat, lon=lon)
    leg, least, most = moving(track)
    out.add(MOVING, legs.terminal[leg], legs.on[leg], legs.off[leg], least=least, most=most)
    out.add(OFF, *silences(track, count, seconds))
    off = np.flatnonzero(outages[0] < seconds)
    out.add(OFF, off, outages[0][off], np.minimum(outages[1][off], seconds))
    for told in events:
        out.add(told.what, told.spells.terminal, told.spells.begin, told.spells.end)
    return out
