"""How the benches measure, and what they write down.

1. Cases that are compared run one after the other, A B C A B C: what slows the machine slows all of them. The
   first round is not counted; a figure is the median of the others. What is too quick for a clock and a
   scheduler is done several times a run.
2. A ratio is the median of the ratios of each round, never the ratio of two figures of different minutes.
3. What could not be measured has its line, with the reason. Nothing is left out in silence.
4. Answers are compared before they are timed; a case whose answers differ is not timed, and is counted.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST = 0.2  # s that a run lasts at least: what is quicker is done several times in it
MOST_TIMES = 20
Unit = Literal["rows/s", "s", "bytes", "bits"]


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    run: gives the seconds that it took, by its own clock where it is elsewhere · shown: False for what only
    stands beside another case, for a ratio.
    """

    key: str
    what: str
    rows: int
    run: Callable[[], float]
    shown: bool = True


@dataclass(frozen=True)
class Measure:
    """One figure: median, least and greatest of its runs; or the reason why there is none.

    rows: that one run took, 0 where rows have no meaning.
    """

    key: str
    part: str
    what: str
    unit: Unit = "rows/s"
    rows: int = 0
    runs: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    absent: str = ""


@dataclass(frozen=True)
class Ratio:
    """One figure against another of the same run; these are kept and compared by `make bench-check`.

    group: what is measured again when it seems lost · part: its section of the table · beside: the measure on
    whose line it stands, "" for a line of its own.
    """

    key: str
    group: str
    part: str
    what: str
    value: float
    low: float
    high: float
    better: str = "higher"
    unit: str = "x"
    beside: str = ""


@dataclass
class Book:
    """All that a run found out.

    missing: ratios that could not be measured, and why · failed: groups that died, and of what
    checked, mismatches: rows whose answers were compared with another engine's, and how many differed
    group, part: what is being measured now, and its title in the table · versions: of the peers.
    """

    measures: dict[str, Measure] = field(default_factory=dict)
    ratios: dict[str, Ratio] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    checked: int = 0
    mismatches: int = 0
    group: str = ""
    part: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    def figure(self, key: str, what: str, values: list[float], unit: Unit, *, rows: int = 0) -> None:
        """Write down a figure of one or more runs."""
        self.measures[key] = Measure(
            key, self.part, what, unit, rows, len(values), median(values), min(values), max(values)
        )

    def absent(self, key: str, what: str, reason: str, *ratios: str) -> None:
        """Write down that something could not be measured, and which ratios there are not for that."""
        self.measures[key] = Measure(key, self.part, what, absent=reason)
        self.missing |= dict.fromkeys(ratios, reason)

    def ratio(self, key: str, what: str, values: list[float], **how: str) -> None:
        """Write down a ratio of one or more rounds; `how`: better, unit and beside, as `Ratio` has them."""
        spread = (median(values), min(values), max(values))
        self.ratios[key] = Ratio(key, self.group, self.part, what, *spread, **how)

    def interleaved(self, cases: list[Case], runs: int) -> dict[str, list[float]]:
        """Measure cases in turns and write each down; gives the rows a second of each round."""
        times = {case.key: _times(case.run()) for case in cases}
        spent: dict[str, list[float]] = {case.key: [] for case in cases}
        for _ in range(runs):
            for case in cases:
                some = [case.run() for _ in range(times[case.key])]
                spent[case.key].append(sum(some) / len(some))
        rates = {case.key: [case.rows / seconds for seconds in spent[case.key]] for case in cases}
        for case in cases:
            if case.shown:
                self.figure(case.key, case.what, rates[case.key], "rows/s", rows=case.rows)
        return rates

    def compare(self, key: str, ours: Mapping[str, np.ndarray], theirs: Mapping[str, np.ndarray]) -> str:
        """Compare answers row by row in every column that the other has; gives "" or what is wrong."""
        rows = {len(column) for name in theirs for column in (ours[name], theirs[name])}
        if len(rows) != 1:
            self.mismatches += max(rows)
            return f"{key}: answers for {sorted(rows)} rows"
        differs = np.zeros(rows.pop(), np.bool_)
        for name in theirs:
            differs |= ours[name] != theirs[name]
        wrong = np.flatnonzero(differs)
        self.checked += len(differs)
        self.mismatches += len(wrong)
        if not len(wrong):
            return ""
        return f"{key}: {len(wrong):,} of {len(differs):,} answers differ, the first in row {wrong[0]}"

    def to_dict(self) -> dict[str, object]:
        """Give it as plain values."""
        return {
            "measures": {key: asdict(item) for key, item in self.measures.items()},
            "ratios": {key: asdict(item) for key, item in self.ratios.items()},
            "missing": self.missing,
            "failed": self.failed,
            "checked": self.checked,
            "mismatches": self.mismatches,
            "versions": self.versions,
        }


def _times(seconds: float) -> int:
    """How often a case that takes so long is done in one run."""
    return max(1, min(MOST_TIMES, math.ceil(LEAST / max(seconds, 1e-6))))


def timed(act: Callable[[], object]) -> Callable[[], float]:
    """The same act, giving the seconds that it took."""

    def run() -> float:
        start = time.perf_counter()
        act()
        return time.perf_counter() - start

    return run


def paired(one: list[float], other: list[float]) -> list[float]:
    """One against the other, round by round."""
    return [a / b for a, b in zip(one, other, strict=True)]
