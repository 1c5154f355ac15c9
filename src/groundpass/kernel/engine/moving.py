"""The decision with tracks: step 7, settling, and the flags of suspicion, for whole batches.

1. The order is the one that the rules ask for: which territories a terminal has come under, the steps up to
   6 and the rule that governs, the track under that rule, step 7.
2. Reports whose time cannot be used move no track.
3. It says what `following.py` says, one report after another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.intervals import NEVER, NO_TIME, NS
from groundpass.kernel.core.state import Blocks
from groundpass.kernel.engine.fast import FastView, decide_fast
from groundpass.kernel.engine.reports import Reports
from groundpass.kernel.engine.settling import settlers
from groundpass.kernel.engine.track import law_of
from groundpass.kernel.engine.vectorised import COLUMNS, Decisions, decide, put_moves

if TYPE_CHECKING:
    from groundpass.kernel.core.state import Rule
    from groundpass.kernel.engine.movement import Movement


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is decided: reports, and the same without times that cannot be used."""

    fast: FastView
    reports: Reports
    usable: Reports
    now_ns: int
    blocks: Blocks | None


def decide_moving(
    fast: FastView,
    movement: Movement,
    reports: Reports,
    *,
    now_ns: int,
    blocks: Blocks | None = None,
) -> Decisions:
    """Decide a batch, and move the tracks of its terminals on.

    Args:
        fast: the release made ready.
        movement: the tracks; those of the batch's terminals are moved on.
        reports: the batch.
        now_ns: UTC ns; skew, staleness and block expiry use it, nothing else.
        blocks: the emergency block list, where one was received.
    """
    batch = _Batch(fast, reports, _timely(fast, reports, now_ns), now_ns, blocks)
    made = decide_fast(fast, reports, now_ns=now_ns, blocks=blocks)
    _unsettle(batch, movement, made)
    rules = fast.view.state.rules
    number, laws = _laws(rules)
    put_moves(made, movement.update(batch.usable, number[made.rule], laws), rules)
    return made


def _laws(rules: tuple[Rule, ...]) -> tuple[npt.NDArray[np.uint16], list[Rule | None]]:
    """For each rule the number of its cap, the last for none; and for each number a rule with that cap."""
    numbers: dict[tuple[float, float, float] | None, int] = {None: 0}
    laws: list[Rule | None] = [None]
    for rule in rules:
        if numbers.setdefault(law_of(rule), len(laws)) == len(laws):
            laws.append(rule)
    return np.array([numbers[law_of(rule)] for rule in rules] + [0], np.uint16), laws


def _timely(fast: FastView, reports: Reports, now_ns: int) -> Reports:
    """The reports with no time where theirs is later than the clock allows."""
    ahead = reports.time_ns > min(now_ns + fast.view.skew * NS, NEVER)
    if not ahead.any():
        return reports
    return replace(reports, time_ns=np.where(ahead, NO_TIME, reports.time_ns))


def _unsettle(batch: _Batch, movement: Movement, made: Decisions) -> None:
    """Decide those again who have not come under a territory that they are in."""
    view = batch.fast.view
    slow = settlers(view.state.territories)
    if not slow:
        return
    places = view.placer.place(batch.reports)
    inside = places.sets.inside[places.index][:, slow]
    territories = [view.state.territories[index] for index in slow]
    under = movement.settle(batch.usable, territories, places.located, inside)
    rows = np.flatnonzero((inside & ~under).any(axis=1))
    if not len(rows):
        return
    unsettled: npt.NDArray[np.bool_] = np.zeros((len(rows), len(view.state.territories)), np.bool_)
    unsettled[:, slow] = ~under[rows]
    part = batch.reports.pick(rows)
    again = decide(view, part, now_ns=batch.now_ns, blocks=batch.blocks, unsettled=unsettled)
    for name in COLUMNS:
        getattr(made, name)[rows] = getattr(again, name)
