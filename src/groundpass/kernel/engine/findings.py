"""Findings about movement, explained: which fixes, which speeds, and why not another cause.

1. A finding is a stretch of one terminal's reports of which its track says one thing: too fast, spoofed, or
   two terminals in one. It is evidence for a person, who decides; a machine gives no more than a verdict.
2. Speeds are lower bounds: what the reported uncertainties could explain is taken off.
3. What is said of others counts distinct terminals with a jump into the same H3 cell of resolution 6, within
   the window of `sharing.py`. So a table should hold everybody's reports of the time, or say less of them.

Sentences are `findings.toml`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from h3.api import basic_int

from groundpass.kernel.compiled.tracks import FROZEN_JUMP, JUMP, START
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.core.state import Rule
from groundpass.kernel.core.verdicts import LANGUAGES
from groundpass.kernel.engine.explain import show_ns
from groundpass.kernel.engine.movement import Movement, Moves
from groundpass.kernel.engine.reports import Reports
from groundpass.kernel.engine.sharing import CELL_RESOLUTION
from groundpass.kernel.engine.track import KMH, on_earth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundpass.kernel.engine.fix_table import FixTable

KINDS: Final = {"too_fast": "TOO_FAST", "spoof": "SPOOF_SUSPECTED", "clone": "CLONE_SUSPECTED"}
LEAPS: Final = (JUMP, FROZEN_JUMP, START)
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg: its begin and end (ISO 8601 UTC), where it ended (degrees), its speed's lower bound (km/h)."""

    start: str
    end: str
    lat: float
    lon: float
    kmh: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What a track says of a stretch of reports.

    terminal: its name · kind: TOO_FAST, SPOOF_SUSPECTED or CLONE_SUSPECTED · start, end: ISO 8601 UTC of the
    stretch's first and last report · legs: those at or above the cap, of TOO_FAST alone · says: in each
    language the sentences that explain it, and then why it is nothing else.
    """

    terminal: str
    kind: str
    start: str
    end: str
    legs: tuple[Leg, ...]
    says: dict[str, tuple[str, ...]]

    def as_json(self) -> dict[str, Any]:
        """As values that JSON can hold."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        legs = [{item.name: getattr(leg, item.name) for item in fields(leg)} for leg in self.legs]
        return plain | {"legs": legs, "says": {name: list(lines) for name, lines in self.says.items()}}


def find_movements(given: FixTable, rule: Rule) -> list[Finding]:
    """All findings of a table of fixes under one cap, by terminal and time.

    Args:
        given: fixes (`fix_table.read_fixes`).
        rule: its cap, `sustained` and `release`.
    """
    movement = Movement()
    moves = movement.update(given.reports, np.zeros(len(given.code), np.uint16), [rule], legs=True)
    witness = _Witness(given.reports, moves, rule, movement)
    order = np.lexsort((given.reports.time_ns, given.code))
    order = order[(given.code[order] >= 0) & (given.reports.time_ns[order] >= 0)]
    found = [
        _finding(str(given.names[int(given.code[order[rows][0]])]), kind, order[rows], witness)
        for name, kind in KINDS.items()
        for rows in _stretches(given.code[order], getattr(moves, name)[order])
    ]
    return sorted(found, key=lambda finding: (finding.terminal, finding.start, finding.kind))


def _stretches(code: Ints, said: npt.NDArray[np.bool_]) -> Iterator[slice]:
    """The unbroken runs of rows of one terminal of which something was said."""
    edges = np.flatnonzero((code[1:] != code[:-1]) | (said[1:] != said[:-1])) + 1
    starts = np.concatenate([[0], edges]).astype(np.int64)
    ends = np.append(edges, len(code))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end > start and said[start]:
            yield slice(start, end)


@dataclass(frozen=True, slots=True)
class _Witness:
    """What can be said of rows: the reports, and what the tracks said."""

    reports: Reports
    moves: Moves
    rule: Rule
    movement: Movement

    def legs(self, rows: Ints) -> tuple[Leg, ...]:
        """The run that made the terminal too fast and what followed: legs at or above the cap."""
        cap = (self.rule.speed_cap or 0.0) * KMH
        mine = np.flatnonzero(
            (self.reports.key == self.reports.key[rows[0]])
            & (self.moves.leg_mps >= cap)
            & (self.moves.leg_ns > 0)
        )
        mine = mine[np.argsort(self.reports.time_ns[mine], kind="stable")]
        until = mine[self.reports.time_ns[mine] <= self.reports.time_ns[rows[-1]]]
        first = int(np.searchsorted(self.reports.time_ns[until], self.reports.time_ns[rows[0]]))
        while (
            0 < first < len(until)
            and self.moves.leg_ns[until[first]] == self.reports.time_ns[until[first - 1]]
        ):
            first -= 1
        return tuple(self._leg(row) for row in until[first:].tolist())

    def _leg(self, row: int) -> Leg:
        return Leg(
            show_ns(int(self.moves.leg_ns[row])),
            show_ns(int(self.reports.time_ns[row])),
            float(self.reports.lat[row]),
            float(self.reports.lon[row]),
            round(float(self.moves.leg_mps[row]) / KMH, 1),
        )

    def leaps(self, rows: Ints) -> Ints:
        """Rows of the terminal's jumps and starts from an hour before the stretch to its end, by time."""
        key, end = self.reports.key[rows[0]], self.reports.time_ns[rows[-1]]
        begin = self.reports.time_ns[rows[0]] - int(self.movement.sharing.hour) * NS
        at = self.moves.event_row[np.isin(self.moves.event_kind, LEAPS)]
        mine = at[(self.reports.key[at] == key) & (self.reports.time_ns[at] >= begin)]
        mine = mine[self.reports.time_ns[mine] <= end]
        by_time: Ints = mine[np.argsort(self.reports.time_ns[mine], kind="stable")]
        return by_time

    def others(self, row: int) -> int:
        """How many other terminals leapt into the same cell within the window of a leap."""
        at = self.moves.event_row[np.isin(self.moves.event_kind, LEAPS)]
        window = int(self.movement.sharing.window) * NS
        near = at[np.abs(self.reports.time_ns[at] - self.reports.time_ns[row]) <= window]
        cell = self._cell(row)
        there = [int(self.reports.key[other]) for other in near.tolist() if self._cell(other) == cell]
        return len({*there} - {int(self.reports.key[row])})

    def _cell(self, row: int) -> int:
        lat, lon = float(self.reports.lat[row]), float(self.reports.lon[row])
        return int(basic_int.latlng_to_cell(lat, lon, CELL_RESOLUTION)) if on_earth(lat, lon) else 0


def _finding(terminal: str, kind: str, rows: Ints, witness: _Witness) -> Finding:
    """One stretch, told."""
    times = witness.reports.time_ns[rows]
    legs = witness.legs(rows) if kind == KINDS["too_fast"] else ()
    leaps = witness.leaps(rows)
    crowd = max((witness.others(row) for row in leaps.tolist()), default=0)
    limits, sharing, rule = witness.movement.limits, witness.movement.sharing, witness.rule
    values: dict[str, object] = {
        "start": show_ns(int(times[0])),
        "end": show_ns(int(times[-1])),
        "cap": f"{rule.speed_cap:g}",
        "sustained": rule.sustained,
        "release": rule.release,
        "reports": len(rows),
        "legs": len(legs),
        "run_start": legs[0].start if legs else "",
        "slowest": f"{min((leg.kmh for leg in legs), default=0):.0f}",
        "fastest": f"{max((leg.kmh for leg in legs), default=0):.0f}",
        "platform": f"{limits.platform / KMH:.0f}",
        "gap": f"{limits.gap:.0f}",
        "jumps": len(leaps),
        "others": crowd,
        "many": sharing.many,
        "first_jump": show_ns(int(witness.reports.time_ns[leaps[0]])) if len(leaps) else "",
    }
    lines = _texts()[kind]
    shared = crowd + 1 >= sharing.many
    facts = {"jumped": len(leaps) > 0, "still": not len(leaps), "shared": shared}
    facts["alone"] = facts["jumped"] and not shared
    chosen = [line for name, line in lines.items() if facts.get(name.partition("_")[0], True)]
    says = {language: tuple(line[language].format(**values) for line in chosen) for language in LANGUAGES}
    return Finding(terminal, kind, str(values["start"]), str(values["end"]), legs, says)


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    """Read `findings.toml` once: kind → name of a sentence → language → sentence."""
    text = resources.files("groundpass.kernel.engine").joinpath("findings.toml").read_text("utf-8")
    return tomllib.loads(text)
