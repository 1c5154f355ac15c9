"""A peer beside ours: its answers first, then the two in turns, and the ratio of each round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import workers
from measuring import Case, paired, timed

if TYPE_CHECKING:
    from pathlib import Path

    from measuring import Book


@dataclass(frozen=True)
class Rival:
    """A peer: the key of its figure, what it is, its module in `peers/`, its rows and options."""

    key: str
    what: str
    module: str
    rows: int = 0
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Ours:
    """What stands against it: what it is called, how many rows, the act, and the answers to expect.

    answers: of at least as many rows as the peer gets.
    """

    what: str
    rows: int
    act: Callable[[], object]
    answers: Mapping[str, np.ndarray]


def duel(book: Book, rival: Rival, ours: Ours, folder: Path, runs: int) -> None:
    """Measure a peer on the first rows of a folder; where it cannot be, its line says why."""
    try:
        with workers.peer(rival.module, folder, rival.rows, **rival.options) as worker:
            theirs = worker.answer()
            wrong = book.compare(
                rival.key, {name: ours.answers[name][: rival.rows] for name in theirs}, theirs
            )
            if not wrong:
                mine = Case(f"{rival.key}/ours", "", ours.rows, timed(ours.act), shown=False)
                rates = book.interleaved(
                    [mine, Case(rival.key, rival.what, rival.rows, worker.seconds)], runs
                )
                pairs = paired(rates[mine.key], rates[rival.key])
                book.ratio(rival.key, f"{ours.what} against {rival.what}", pairs, beside=rival.key)
                book.versions |= worker.versions
    except workers.Absent as reason:
        wrong = str(reason)
    if wrong:
        book.absent(rival.key, rival.what, wrong, rival.key)
