"""The truth about a fleet, read from its file, and what follows from it for one cap on speed.

1. A stretch is **surely fast** where the least speed is at the cap or above for the sustained time, while the
   terminal is on and its own position is what it reports. Who has one should be found.
2. It **may be fast** where the greatest speed is at nine tenths of the cap or above for three quarters of
   the time: receivers have noise, and of a fast stretch the first and the last leg may be slow in part. Who
   is cut without one is wrongly cut. What lies between the two is judged neither way.
3. Nothing here looks at a report, or knows how the tracks find what they find.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.operator import cells
from groundpass.operator.reading import open_source
from groundpass.operator.simulator.scene.truth_table import JAMMED, MOVING, OFF, SPOOFED, TRUTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

NEEDED: Final = tuple(TRUTH.names[:10])
NEARLY: Final = 0.9  # of the cap: below it nothing may be called fast
LONG: Final = 0.75  # of the sustained time
_TOUCH: Final = NS // 100  # ns between two stretches that are one
_TRUE: Final = frozenset({"true", "1", "yes"})


class Span(NamedTuple):
    """A stretch of time, UTC ns."""

    start: int
    end: int


class Motion(NamedTuple):
    """A stretch of true motion: UTC ns, and km/h."""

    start: int
    end: int
    least: float
    most: float


@dataclass(slots=True)
class Known:
    """What is true of one terminal."""

    platform: str
    usage_class: str = ""
    registered: bool = False
    moving: list[Motion] = field(default_factory=list)
    spans: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))

    def surely_fast(self, cap: float, sustained: int) -> list[Span]:
        """Where it should be found; km/h and s."""
        fast = _joined(Span(one.start, one.end) for one in self.moving if one.least >= cap)
        hidden = _joined(span for what in (OFF, SPOOFED, JAMMED) for span in self.spans[what])
        return _lasting(_without(fast, hidden), sustained)

    def maybe_fast(self, cap: float, sustained: int) -> list[Span]:
        """Where it may be found; km/h and s."""
        fast = _joined(Span(one.start, one.end) for one in self.moving if one.most >= NEARLY * cap)
        return _lasting(_without(fast, _joined(self.spans[SPOOFED])), LONG * sustained)

    def was_spoofed(self) -> bool:
        """Whether it reported a spoofer's position for a minute at least."""
        return bool(_lasting(_without(_joined(self.spans[SPOOFED]), _joined(self.spans[OFF])), 60))

    def lies_in(self, what: str, begin: int, end: int) -> bool:
        """Whether a stretch of that name touches the time."""
        return any(span.start <= end and begin <= span.end for span in self.spans[what])


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In the order of time, those that touch as one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start - out[-1].end <= _TOUCH:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def _without(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """What is left of spans; both in the order of time."""
    left = list(spans)
    for hole in holes:
        cut: list[Span] = []
        for span in left:
            cut += [Span(span.start, min(span.end, hole.start)), Span(max(span.start, hole.end), span.end)]
        left = [span for span in cut if span.end > span.start]
    return left


def _lasting(spans: Iterable[Span], seconds: float) -> list[Span]:
    """Those that last as long."""
    return [span for span in spans if span.end - span.start >= seconds * NS]


def read_truth(path: Path) -> dict[str, Known]:
    """Read a file of the truth by terminal.

    Raises:
        BadInput: a column lacks, a row does not read, or a terminal has no row that says it is there.
        CannotRun: there is no such file.
    """
    with open_source(path) as source:
        lacking = [name for name in NEEDED if name not in source.columns]
        if lacking:
            raise BadInput(
                f"The truth has no column {lacking[0]!r}",
                why=f"the columns are {', '.join(source.columns) or 'none'}",
                todo="Give the file that `groundpass simulate --truth` wrote",
            )
        known: dict[str, Known] = {}
        for batch in source.batches(NEEDED):
            _take_in(known, batch)
    return known


def _take_in(known: dict[str, Known], batch: pa.RecordBatch) -> None:
    """Add the rows of a batch."""
    texts = {name: _words(batch.column(name)) for name in ("terminal", "platform", "usage_class", "what")}
    registered = [word.lower() in _TRUE for word in _words(batch.column("registered"))]
    start, end = (cells.times(batch.column(name), name)[0] for name in ("start", "end"))
    least, most = (cells.numbers(batch.column(name), name)[0] for name in ("least_kmh", "most_kmh"))
    if np.any(start == NO_TIME) or np.any(end < start):
        raise BadInput("A row of the truth has no start and end in order", todo="Times are ISO 8601 in UTC")
    rows = zip(
        texts["terminal"],
        texts["what"],
        start.tolist(),
        end.tolist(),
        least.tolist(),
        most.tolist(),
        strict=True,
    )
    for row, (terminal, what, begin, until, slow, fast) in enumerate(rows):
        one = known.get(terminal)
        if one is None:
            one = known[terminal] = Known(texts["platform"][row], texts["usage_class"][row], registered[row])
        if what == MOVING:
            one.moving.append(Motion(begin, until, slow, fast))
        else:
            one.spans[what].append(Span(begin, until))


def _words(column: pa.Array) -> list[str]:
    """Texts, "" where there is none."""
    column = column.cast(pa.string()) if pa.types.is_boolean(column.type) else cells.texts(column)
    words: list[str] = pc.fill_null(column, "").to_pylist()
    return words
