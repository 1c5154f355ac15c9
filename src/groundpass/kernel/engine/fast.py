"""The decision for whole batches, compiled: plain points in compiled passes, the rest by numpy.

1. It agrees with the reference on every row and every column; what those leave (uncertain
   positions, cells, country codes, unusable times, entries past their end, the poles and the antimeridian,
   blocked terminals) is decided by `vectorised.py`.
2. A release is made ready once: a perfect hash of the entries, a grid of the territories, a table of
   answers for each segment of time, made when it is first met.
3. Above 64 territories there is no grid of masks, and the columns in numpy decide alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.compiled.answer import answer_points
from groundpass.kernel.core.intervals import NEVER, NS
from groundpass.kernel.core.state import Blocks
from groundpass.kernel.core.verdicts import Flag
from groundpass.kernel.engine.entries import EntryTable
from groundpass.kernel.engine.lookup import KeyIndex
from groundpass.kernel.engine.placing import Sets
from groundpass.kernel.engine.vectorised import COLUMNS, Decisions, decide
from groundpass.kernel.engine.view import BASIS, NO_RULE, ReleaseView
from groundpass.kernel.territory import from_wkb
from groundpass.kernel.territory.grid import MAX_LAYERS, LayerGrid
from groundpass.kernel.territory.shapes import MIN_RADIUS

if TYPE_CHECKING:
    from groundpass.kernel.core.state import State
    from groundpass.kernel.engine.reports import Reports

ROWS: Final = 1 << 15  # rows a step: what is between the passes stays in the cache
REASON_AT: Final = 8  # bits of an answer's word, above the verdict
FLAGS_AT: Final = 16
TERRITORY_AT: Final = 32
Ints = npt.NDArray[np.int64]


class FastView:
    """A release made ready for the compiled passes.

    Args:
        view: the release made ready for the columns in numpy.
        entries: the entry table; built where none is given.
        grid: the grid of its territories; built where none is given.
    """

    def __init__(
        self, view: ReleaseView, entries: EntryTable | None = None, grid: LayerGrid | None = None
    ) -> None:
        self.view = view
        self.entries = entries or EntryTable.build(view.state.entries)
        places = view.state.territories
        if grid is None and len(places) <= MAX_LAYERS:
            grid = LayerGrid.build([from_wkb(place.wkb) for place in places])
        self.grid = grid
        self.inside = grid.members(len(places)) if grid else np.zeros((1, 0), np.bool_)
        self._answers: dict[tuple[int, bool], Ints] = {}

    @classmethod
    def of(cls, state: State) -> FastView:
        """Make a release ready."""
        entries = EntryTable.build(state.entries)
        return cls(ReleaseView(state, listing=entries), entries)

    def answers(self, segment: int, now_ns: int) -> Ints:
        """The answers of a segment, packed: int64[sets·profiles, 4] (`compiled/answer.py`)."""
        timers, state = self.view.state.timers, self.view.state
        hold = state.issued + timers.hold
        past = now_ns // NS >= hold
        known = self._answers.get((segment, past))
        if known is None:
            known = self._packed(segment)
            if state.after_hold_others is not None:
                self._abandon(known, hold, past=past)
            self._answers[segment, past] = known
        return known

    def _packed(self, segment: int) -> Ints:
        """The answers as the laws give them."""
        inside = self.inside
        table = self.view.laws.table(segment, Sets(inside, inside, inside))
        territory = np.repeat(table.territory.astype(np.int64), self.view.profiles)
        word = table.verdict.astype(np.int64) | table.reason.astype(np.int64) << REASON_AT
        word |= table.flags.astype(np.int64) << FLAGS_AT | territory << TERRITORY_AT
        return np.stack([word, table.next_edge, table.rule, np.zeros_like(table.rule)], axis=1)

    def _abandon(self, answers: Ints, hold: int, *, past: bool) -> None:
        """Past hold `after_hold` speaks for the unlisted; before it, hold is an edge for them."""
        governed = np.flatnonzero(answers[:: self.view.profiles, 0] >> TERRITORY_AT) * self.view.profiles
        if past:
            word = answers[governed, 0] >> TERRITORY_AT << TERRITORY_AT
            answers[governed, 0] = word | int(self.view.state.after_hold_others or 0) | BASIS << REASON_AT
            answers[governed, 2] = NO_RULE
        else:
            answers[governed, 1] = np.minimum(answers[governed, 1], hold)


def decide_fast(
    fast: FastView,
    reports: Reports,
    *,
    now_ns: int,
    blocks: Blocks | None = None,
) -> Decisions:
    """Decide a batch; arguments and answers as `vectorised.decide`."""
    view = fast.view
    if fast.grid is None:
        return decide(view, reports, now_ns=now_ns, blocks=blocks)
    blocks = blocks or Blocks.none()
    size = len(reports)
    made = Decisions.room(size, view.state, blocks)
    left = np.empty(size, np.uint8)
    for start in range(0, size, ROWS):
        part = slice(start, min(start + ROWS, size))
        columns = [getattr(made, name)[part] for name in COLUMNS]
        _answer(fast, fast.grid, reports.part(part), now_ns, [*columns, left[part]])
    if len(blocks.key):
        left[KeyIndex(blocks.key).find(reports.key) >= 0] = 1
    rows = np.flatnonzero(left)
    if len(rows):
        rest = decide(view, reports.pick(rows), now_ns=now_ns, blocks=blocks)
        for name in COLUMNS:
            getattr(made, name)[rows] = getattr(rest, name)
    return made


def _answer(
    fast: FastView, grid: LayerGrid, reports: Reports, now_ns: int, answers: list[npt.NDArray[Any]]
) -> None:
    """The compiled passes over some rows; writes `answers`."""
    view, state = fast.view, fast.view.state
    latest_ns = min(now_ns + view.skew * NS, NEVER)
    usable = reports.time_ns[(reports.time_ns > -NEVER) & (reports.time_ns <= latest_ns)]
    edges = view.laws.edges
    first, last = 0, 0
    if len(usable):
        span = [int(usable.min()) // NS, int(usable.max()) // NS]
        first, last = np.searchsorted(edges, span, side="right").tolist()
    tables = np.concatenate([fast.answers(segment, now_ns) for segment in range(first, last + 1)])
    held = now_ns // NS >= state.issued + state.timers.alarm
    place = grid.locate(reports.lon, reports.lat)
    slot = fast.entries.find(reports.key)
    answer_points(
        reports.time_ns,
        reports.lat,
        reports.lon,
        reports.uncertainty_m,
        MIN_RADIUS,
        latest_ns,
        place,
        slot,
        fast.entries.slots,
        edges[first:last],
        len(fast.inside),
        view.profiles,
        tables,
        int(Flag.HELD) if held else 0,
        *answers,
    )
