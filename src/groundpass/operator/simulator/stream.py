"""From legs to rows: when each terminal reports, what is lost, repeated or unreadable, in order of time.

A window is made in slices of fixed length, each from its own generator, so that a day of a large fleet never
stands in memory whole and a slice is the same whether or not the ones before it were made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.core.intervals import NS
from groundpass.operator.simulator.ground import KM_A_DEGREE, Floats
from groundpass.operator.simulator.motion import Track

Ints = npt.NDArray[np.int64]

if TYPE_CHECKING:
    from collections.abc import Iterator

LOST: Final = 0.04  # share of reports that never arrive
REPEATED: Final = 0.003  # share that arrives twice
PLACELESS: Final = 0.001  # share without a position; as many again claim 0,0
OUTAGE: Final = 0.08  # share of terminals that are off for some hours
_ROUGH: Final = 0.05  # share that says how uncertain it is
_SLICE_ROWS: Final = 500_000  # about
_TREMOR: Final = 2.0  # s by which a report is early or late

SCHEMA: Final = pa.schema(
    [
        ("terminal", pa.string()),
        ("time", pa.timestamp("ns", "UTC")),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("uncertainty_m", pa.float64()),
        ("speed_mps", pa.float64()),
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """All that a slice needs. Times in s from `start` (UTC s); `pause`: s between the reports of a leg."""

    track: Track
    terminals: pa.Array
    start: int
    seconds: float
    pause: Floats
    seed: int

    def slices(self, silent_after_ns: Ints | None = None) -> Iterator[pa.Table]:
        """Yield tables in order of time; of a terminal nothing after `silent_after_ns`, UTC ns."""
        rows = float(((self.track.legs.off - self.track.legs.on) / self.pause).sum())
        count = max(1, round(rows / _SLICE_ROWS))
        edges = np.linspace(0.0, self.seconds, count + 1)
        outage = _outages(len(self.terminals), self.seconds, np.random.default_rng([self.seed, 1]))
        for number in range(count):
            rng = np.random.default_rng([self.seed, 2, number])
            leg, second = self._schedule(edges[number], edges[number + 1], rng)
            table = self._table(leg, second, outage, silent_after_ns, rng)
            if len(table) or not number:
                yield table

    def _schedule(self, begin: float, end: float, rng: np.random.Generator) -> tuple[Ints, Floats]:
        """Legs and times of the reports in [begin, end), before losses, each leg on its own beat."""
        legs = self.track.legs
        beat = legs.on + (0.5 + 0.5 * np.modf(np.arange(len(legs)) * 0.618)[0]) * self.pause
        first = np.maximum(np.ceil((begin - beat) / self.pause), 0.0).astype(np.int64)
        last = np.ceil((np.minimum(end, legs.off) - beat) / self.pause).astype(np.int64)
        each = np.maximum(last - first, 0)
        leg = np.repeat(np.arange(len(legs)), each)
        turn = np.arange(len(leg)) - np.repeat(np.cumsum(each) - each, each) + first[leg]
        second = beat[leg] + turn * self.pause[leg] + rng.uniform(-_TREMOR, _TREMOR, len(leg))
        return leg, np.clip(second, legs.on[leg], legs.off[leg])

    def _table(
        self,
        leg: Ints,
        second: Floats,
        outage: tuple[Floats, Floats],
        silent_after_ns: Ints | None,
        rng: np.random.Generator,
    ) -> pa.Table:
        who = self.track.legs.terminal[leg]
        kept = (rng.random(len(leg)) >= LOST) & ~((outage[0][who] <= second) & (second < outage[1][who]))
        time = self.start * NS + np.round(second * 1e6).astype(np.int64) * 1000
        if silent_after_ns is not None:
            kept &= time <= silent_after_ns[who]
        rows = np.flatnonzero(kept)
        rows = rows[np.argsort(time[rows], kind="stable")]
        rows = np.repeat(rows, 1 + (rng.random(len(rows)) < REPEATED))
        return _columns(self, leg[rows], second[rows], time[rows], rng)


def _outages(count: int, seconds: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """From when until when each terminal is off; most never are."""
    begin = np.where(rng.random(count) < OUTAGE, rng.random(count) * seconds, np.inf)
    return begin, begin + rng.uniform(0.02, 0.2, count) * seconds


def _columns(stream: Stream, leg: Ints, second: Floats, time: Ints, rng: np.random.Generator) -> pa.Table:
    """Places with the receiver's noise, in the columns of a report file."""
    track, count = stream.track, len(leg)
    lat, lon, speed = track.at(leg, second)
    noise = track.legs.noise[leg] / (KM_A_DEGREE * 1000)
    lat += noise * rng.standard_normal(count, np.float32)
    lon += noise * rng.standard_normal(count, np.float32) / np.cos(np.radians(lat))
    # A repeated row is the same row: same place, same noise. Order by time keeps the two side by side.
    twin = np.flatnonzero((leg[1:] == leg[:-1]) & (time[1:] == time[:-1])) + 1
    lat[twin], lon[twin] = lat[twin - 1], lon[twin - 1]
    dice = rng.random(count, np.float32)
    dice[twin] = dice[twin - 1]
    null_island = (dice >= PLACELESS) & (dice < 2 * PLACELESS)
    lat[null_island], lon[null_island] = 0.0, 0.0
    placeless = dice < PLACELESS
    rough = np.where(dice > 1 - _ROUGH, 20.0 * track.legs.noise[leg], np.nan)
    who = pa.DictionaryArray.from_arrays(track.legs.terminal[leg].astype(np.int32), stream.terminals)
    return pa.Table.from_arrays(
        [
            who.dictionary_decode(),
            pa.array(time, pa.timestamp("ns", "UTC")),
            pa.array(np.round(lat, 7), mask=placeless),
            pa.array(np.round(lon, 7), mask=placeless),
            pa.array(rough, mask=np.isnan(rough)),
            pa.array(np.round(speed, 2)),
        ],
        schema=SCHEMA,
    )
