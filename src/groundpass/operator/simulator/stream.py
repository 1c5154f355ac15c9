"""From legs to rows: when each terminal reports, what is lost, repeated or unreadable, in order of time.

A window is made in slices of fixed length, each from its own generator, so that a day of a large fleet never
stands in memory whole and a slice is the same whether or not the ones before it were made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

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
TREMOR: Final = 2.0  # s by which a report is early or late
_ROUGH: Final = 0.05  # share that says how uncertain it is
_SLICE_ROWS: Final = 500_000  # about
_SPELL: Final = 240.0  # s that a spell of bad reception lasts
_SPOILT: Final = 8.0  # times the receiver's noise in such a spell
_TICK: Final = 1000  # ns: times are whole microseconds
_KEY_BITS: Final = 63
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: spreads neighbours

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
CODED: Final = SCHEMA.set(0, pa.field("terminal", pa.dictionary(pa.int32(), pa.string())))


@dataclass(slots=True, eq=False)
class Said:
    """What rows are about to say: degrees, m/s, the receiver's noise in m, and which have no position."""

    lat: Floats
    lon: Floats
    speed: Floats
    noise: Floats
    placeless: npt.NDArray[np.bool_]


class Lie(Protocol):
    """Something that makes receivers say what is not so."""

    def tell(self, who: Ints, second: Floats, said: Said) -> None:
        """Change what the rows of terminals `who`, at times in s from the start, say."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """All that a slice needs. Times in s from `start` (UTC s).

    pause: s between the reports of a leg · beat: s, a moment at which it would report
    tremor: s by which a report is early or late · bursts: of each leg, share of spells of bad reception
    rough: radius that a report gives where it gives one, in the receiver's noise
    clean: nothing is lost, repeated or off, and receivers have no noise
    coded: whether terminals come as a dictionary (CODED) or as texts (SCHEMA).
    """

    track: Track
    terminals: pa.Array
    start: int
    seconds: float
    pause: Floats
    beat: Floats
    seed: int
    tremor: float = TREMOR
    bursts: Floats | None = None
    rough: float = 20.0
    lies: Sequence[Lie] = ()
    clean: bool = False
    coded: bool = False
    slice_rows: int = _SLICE_ROWS

    def rows(self) -> float:
        """How many reports there are before losses, about."""
        return float(((self.track.legs.off - self.track.legs.on) / self.pause).sum())

    def slices(self, silent_after_ns: Ints | None = None) -> Iterator[pa.Table]:
        """Yield tables in order of time; of a terminal nothing after `silent_after_ns`, UTC ns."""
        count = max(1, round(self.rows() / self.slice_rows))
        edges = np.linspace(0.0, self.seconds, count + 1)
        outage = self.outages()
        for number in range(count):
            rng = np.random.default_rng([self.seed, 2, number])
            leg, second = self._schedule(edges[number], edges[number + 1], rng)
            table = self._table(leg, second, outage, silent_after_ns, rng)
            if len(table) or not number:
                yield table

    def outages(self) -> tuple[Floats, Floats]:
        """From when until when each terminal is off, s from the start; most never are."""
        rng = np.random.default_rng([self.seed, 1])
        count = len(self.terminals)
        begin = np.where(rng.random(count) < OUTAGE, rng.random(count) * self.seconds, np.inf)
        if self.clean:
            begin[:] = np.inf
        return begin, begin + rng.uniform(0.02, 0.2, count) * self.seconds

    def _schedule(self, begin: float, end: float, rng: np.random.Generator) -> tuple[Ints, Floats]:
        """Legs and times of the reports in [begin, end), before losses, each leg on its own beat."""
        legs = self.track.legs
        active = np.flatnonzero((legs.on < end) & (legs.off > begin))
        beat, pause = self.beat[active], self.pause[active]
        first = np.ceil((np.maximum(begin, legs.on[active]) - beat) / pause).astype(np.int64)
        last = np.ceil((np.minimum(end, legs.off[active]) - beat) / pause).astype(np.int64)
        each = np.maximum(last - first, 0)
        leg = np.repeat(active, each)
        turn = np.arange(len(leg)) - np.repeat(np.cumsum(each) - each - first, each)
        second = np.repeat(beat, each) + turn * np.repeat(pause, each)
        second += rng.uniform(-self.tremor, self.tremor, len(leg))
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
        kept = ~((outage[0][who] <= second) & (second < outage[1][who]))
        kept &= (rng.random(len(leg)) >= LOST) | self.clean
        time = self.start * NS + np.round(second * 1e6).astype(np.int64) * _TICK
        if silent_after_ns is not None:
            kept &= time <= silent_after_ns[who]
        rows = np.flatnonzero(kept)
        rows = rows[_by_time(time[rows])]
        rows = np.repeat(rows, 1 + ((rng.random(len(rows)) < REPEATED) & (not self.clean)))
        return _columns(self, leg[rows], second[rows], time[rows], rng)


def _by_time(time_ns: Ints) -> Ints:
    """The order of times, equal ones as they came.

    A plain sort of time and row in one number is several times as quick as a stable argsort; it is what is
    done where both fit.
    """
    bits = len(time_ns).bit_length()
    if not len(time_ns) or (int(np.ptp(time_ns)) // _TICK).bit_length() + bits > _KEY_BITS:
        return np.argsort(time_ns, kind="stable")
    keys: Ints = (time_ns - time_ns.min()) // _TICK
    keys <<= bits
    keys |= np.arange(len(time_ns))
    keys.sort()
    keys &= (1 << bits) - 1
    return keys


def spoilt(who: Ints, second: Floats, share: Floats, seed: int) -> npt.NDArray[np.bool_]:
    """Which rows lie in a spell of bad reception: a share of all spells, others for each terminal."""
    spell = (second / _SPELL).astype(np.uint64) + np.uint64(seed)
    mixed = (who.astype(np.uint64) << np.uint64(24)) ^ spell
    for shift in (np.uint64(31), np.uint64(29)):
        mixed *= _GOLDEN
        mixed ^= mixed >> shift
    return np.asarray((mixed >> np.uint64(11)) < share * 2.0**53, np.bool_)


def _said(stream: Stream, leg: Ints, second: Floats) -> Said:
    """What receivers say before their own noise: the truth, and what lies make of it."""
    lat, lon, speed = stream.track.at(leg, second)
    noise = stream.track.legs.noise[leg]
    said = Said(lat, lon, speed, noise, np.zeros(len(leg), np.bool_))
    who = stream.track.legs.terminal[leg]
    if stream.bursts is not None:
        bad = spoilt(who, second, stream.bursts[leg], stream.seed)
        said.noise = np.where(bad, _SPOILT * noise, noise)
    for lie in stream.lies:
        lie.tell(who, second, said)
    if stream.clean:
        said.noise[:] = 0.0
    return said


def _columns(stream: Stream, leg: Ints, second: Floats, time: Ints, rng: np.random.Generator) -> pa.Table:
    """Places with the receiver's noise, in the columns of a report file."""
    count = len(leg)
    said = _said(stream, leg, second)
    lat, lon = said.lat, said.lon
    noise = said.noise / (KM_A_DEGREE * 1000)
    lat += noise * rng.standard_normal(count, np.float32)
    lon += noise * rng.standard_normal(count, np.float32) / np.cos(np.radians(lat))
    # A repeated row is the same row: same place, same noise. Order by time keeps the two side by side.
    twin = np.flatnonzero((leg[1:] == leg[:-1]) & (time[1:] == time[:-1])) + 1
    lat[twin], lon[twin] = lat[twin - 1], lon[twin - 1]
    dice = np.full(count, 0.5, np.float32) if stream.clean else rng.random(count, np.float32)
    dice[twin] = dice[twin - 1]
    null_island = (dice >= PLACELESS) & (dice < 2 * PLACELESS)
    lat[null_island], lon[null_island] = 0.0, 0.0
    placeless = said.placeless | (dice < PLACELESS)
    rough = np.where(dice > 1 - _ROUGH, stream.rough * stream.track.legs.noise[leg], np.nan)
    who = pa.DictionaryArray.from_arrays(
        stream.track.legs.terminal[leg].astype(np.int32), stream.terminals, safe=False
    )
    return pa.Table.from_arrays(
        [
            who if stream.coded else who.dictionary_decode(),
            pa.array(time, pa.timestamp("ns", "UTC")),
            pa.array(np.round(lat, 7), mask=placeless),
            pa.array(np.round(lon, 7), mask=placeless),
            pa.array(rough, mask=np.isnan(rough)),
            pa.array(np.round(said.speed, 2)),
        ],
        schema=CODED if stream.coded else SCHEMA,
    )
