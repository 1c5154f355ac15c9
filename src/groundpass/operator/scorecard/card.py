"""The scorecard: by platform, what the tracks found against what was so.

1. A terminal is **found** where one of its surely fast stretches (`truth.py`) is: it was called too fast
   within the stretch or up to a minute after it, or was so still when the stretch began.
2. A terminal is **wrongly cut** where it was called too fast and, for half of the sustained time before that,
   was in no stretch that may be fast. One wrong call is enough.
3. Terminals that are registered under a class which the rule exempts stand in rows of their own: they are
   watched like the others, since crowds are told by everybody's reports, and being found cuts off none.
4. The time to detect runs from the beginning of a surely fast stretch to the report that was first too fast.
   A stretch that began while the terminal was still too fast has none.
5. Shares are of terminals; their intervals are Wilson's. What a figure is of stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from groundpass.kernel.core.intervals import NS
from groundpass.operator.scorecard import page
from groundpass.operator.scorecard.shares import median_interval, wilson
from groundpass.operator.scorecard.truth import Known, Span, read_truth
from groundpass.operator.scorecard.watch import Cap, Find, Watch, tables_of, watch
from groundpass.operator.simulator.scene.movers import PLATFORMS
from groundpass.operator.simulator.scene.truth_table import CLONED, JAMMED, SPOOFED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

LATE: Final = 60 * NS  # after a stretch within which it still counts as found in it
ORDER: Final = {name: number for number, name in enumerate(PLATFORMS)}
NOTHING: Final[Mapping[int, Find]] = {}


@dataclass(slots=True)
class Tally:
    """Terminals of one platform that the rule treats alike.

    fast, found: terminals with a surely fast stretch, and found
    stretches, stretches_found: the stretches
    wrongly_cut: terminals · seconds: to detect, for each stretch that was found while it lasted
    spoofed, suspected, suspected_in_vain; cloned, doubled, doubled_in_vain: terminals.
    """

    platform: str
    exempt: bool
    terminals: int = 0
    fast: int = 0
    found: int = 0
    stretches: int = 0
    stretches_found: int = 0
    wrongly_cut: int = 0
    seconds: list[float] = field(default_factory=list)
    spoofed: int = 0
    suspected: int = 0
    suspected_in_vain: int = 0
    cloned: int = 0
    doubled: int = 0
    doubled_in_vain: int = 0

    def to_dict(self, seed: int) -> dict[str, Any]:
        """All figures, with their intervals; None where there is nothing to divide by."""
        seconds = np.array(self.seconds)
        quantiles = np.quantile(seconds, [0.5, 0.9]).tolist() if len(seconds) else [None, None]
        counts = {name: getattr(self, name) for name in self.__slots__ if name != "seconds"}
        return counts | {
            "recall": _share(self.found, self.fast),
            "recall_interval": wilson(self.found, self.fast),
            "false_cut": None if self.exempt else _share(self.wrongly_cut, self.terminals),
            "false_cut_interval": None if self.exempt else wilson(self.wrongly_cut, self.terminals),
            "detected_in_s": quantiles[0],
            "detected_in_interval_s": median_interval(seconds, seed),
            "detected_in_p90_s": quantiles[1],
        }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked. exempt: usage classes for which there is no cap · seed: of intervals that are drawn."""

    cap: Cap
    exempt: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The rows, and what they rest on. strangers: terminals with reports and without a truth."""

    terms: Terms
    reports: int
    strangers: int
    rows: tuple[Tally, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything, for a program."""
        return {
            "format": "groundpass/scorecard/1",
            "simulated": True,
            "cap_kmh": self.terms.cap.kmh,
            "sustained_s": self.terms.cap.sustained,
            "release_s": self.terms.cap.release,
            "exempt": list(self.terms.exempt),
            "reports": self.reports,
            "terminals_without_truth": self.strangers,
            "rows": [row.to_dict(self.terms.seed) for row in self.rows],
        }

    def table(self) -> tuple[tuple[str, ...], list[list[str]]]:
        """Names of columns, and rows in words."""
        return page.COLUMNS, [page.cells_of(row.to_dict(self.terms.seed)) for row in self.rows]

    @staticmethod
    def check(path: Path) -> None:
        """Raise BadInput for a file that no scorecard is written to."""
        page.check_ending(path)

    def save(self, path: Path) -> None:
        """Write a page (.html), the drawing (.svg) or the figures (.csv, .json).

        Raises:
            BadInput: another ending.
            CannotRun: the disk refuses.
        """
        page.save(self.to_dict(), path)


def score(
    reports: Path,
    truth: Path,
    terms: Terms,
    *,
    mapping: Mapping[str, str] | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Scorecard:
    """Run the tracks over a file of reports, and hold what they say against the truth.

    Args:
        reports: CSV, Parquet or Arrow, in the order of time.
        truth: what `groundpass simulate --truth` wrote.
        terms: the rule.
        mapping: our columns by the file's names for them.
        progress: told how many reports are done.

    Raises:
        BadInput: a file does not read, or lacks a column.
        CannotRun: there is no such file.
    """
    known = read_truth(truth)
    seen = Watch()
    for seen in watch(tables_of(reports, mapping or {}), terms.cap):
        progress(seen.rows)
    rows = tally(known, seen, terms)
    return Scorecard(terms, seen.rows, len(seen.seen - known.keys()), rows)


def tally(known: Mapping[str, Known], seen: Watch, terms: Terms) -> tuple[Tally, ...]:
    """Count by platform, in the order in which scenes have them; those that are exempt apart."""
    tallies: dict[tuple[str, bool], Tally] = {}
    for name, one in known.items():
        key = one.platform, one.registered and one.usage_class in terms.exempt
        mine = tallies.setdefault(key, Tally(*key))
        mine.terminals += 1
        _count_speed(mine, one, list(seen.finds.get(name, NOTHING).values()), terms.cap)
        spans = seen.suspected.get(name, []), seen.doubled.get(name, [])
        _count_flags(mine, one, *spans)
    return tuple(
        sorted(tallies.values(), key=lambda mine: (ORDER.get(mine.platform, len(ORDER)), *_name(mine)))
    )


def _name(mine: Tally) -> tuple[str, bool]:
    return mine.platform, mine.exempt


def _count_speed(mine: Tally, one: Known, finds: Sequence[Find], cap: Cap) -> None:
    """Add one terminal's speed."""
    surely = one.surely_fast(cap.kmh, cap.sustained)
    found = [_found(stretch, finds) for stretch in surely]
    mine.fast += bool(surely)
    mine.stretches += len(surely)
    mine.stretches_found += sum(find is not None for find in found)
    mine.found += any(find is not None for find in found)
    mine.seconds += [
        (find.at - stretch.start) / NS
        for stretch, find in zip(surely, found, strict=True)
        if find is not None and find.at > stretch.start
    ]
    if finds and not mine.exempt:
        maybe = one.maybe_fast(cap.kmh, cap.sustained)
        mine.wrongly_cut += not all(_right(find, maybe, cap) for find in finds)


def _found(stretch: Span, finds: Sequence[Find]) -> Find | None:
    """The find that a stretch led to, or that lasted into it."""
    into = (find for find in finds if find.at <= stretch.end + LATE and find.end >= stretch.start)
    return min(into, key=lambda find: find.at, default=None)


def _right(find: Find, maybe: Sequence[Span], cap: Cap) -> bool:
    """Whether a find is about a stretch that may be fast."""
    shared = (min(span.end, find.at) - max(span.start, find.start) for span in maybe)
    return any(both >= cap.sustained * NS / 2 for both in shared)


def _count_flags(
    mine: Tally, one: Known, suspected: Sequence[tuple[int, int]], doubled: Sequence[tuple[int, int]]
) -> None:
    """Add one terminal's suspicions."""
    if one.was_spoofed():
        mine.spoofed += 1
        mine.suspected += any(one.lies_in(SPOOFED, *when) for when in suspected)
    elif not (one.spans[SPOOFED] or one.spans[JAMMED]):
        mine.suspected_in_vain += bool(suspected)
    if one.spans[CLONED]:
        mine.cloned += 1
        mine.doubled += any(one.lies_in(CLONED, *when) for when in doubled)
    else:
        mine.doubled_in_vain += bool(doubled)
