"""A map of what was decided: one file of HTML with everything in it, no server and no network.

Rules:
1. Reports are counted in squares of FINEST degrees as they come; at the end squares are joined, four to one,
   until there are no more than MOST_SQUARES of them. So memory is that of the squares, whatever the rows.
2. A report without a point is counted beside the map, and not drawn.
3. The same numbers stand in tables: whoever sees no map reads those. Texts are English and Ukrainian.
"""

from __future__ import annotations

import json
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.core.intervals import show_time
from groundpass.kernel.core.verdicts import LANGUAGES, Reason, Verdict, sentence
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE
from groundpass.kernel.trust.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from groundpass.kernel.core.state import State, Territory
    from groundpass.kernel.engine.reports import Reports
    from groundpass.kernel.engine.vectorised import Decisions
    from groundpass.operator.summary import Summary

FINEST: Final = 0.01  # degrees, the side of a square
MOST_SQUARES: Final = 12_000  # that a page draws without making anybody wait
PENDING: Final = 2_000_000  # counts that wait to be added up
CORNERS: Final = 4_000  # of one territory: more are drawn within a pixel of each other
COLUMNS: Final = round(360 / FINEST)
ROWS: Final = round(180 / FINEST)
WORDS: Final = len(Verdict)

Ints = npt.NDArray[np.int64]


class Tally:
    """Counts of reports by square and verdict."""

    def __init__(self) -> None:
        self._codes: list[Ints] = []
        self._counts: list[Ints] = []
        self.unplaced = 0

    def note(self, reports: Reports, made: Decisions) -> None:
        """Count a batch."""
        there = (np.abs(reports.lat) <= POLE) & (np.abs(reports.lon) <= HALF_TURN)
        self.unplaced += int(len(reports) - np.count_nonzero(there))
        column = np.minimum(((reports.lon[there] + 180) / FINEST).astype(np.int64), COLUMNS - 1)
        row = np.minimum(((reports.lat[there] + 90) / FINEST).astype(np.int64), ROWS - 1)
        code: Ints = (row * COLUMNS + column) * WORDS + made.verdict[there].astype(np.int64)
        codes, counts = np.unique(code, return_counts=True)
        self._codes.append(codes)
        self._counts.append(counts.astype(np.int64))
        if sum(map(len, self._codes)) > PENDING:
            self._add_up()

    def _add_up(self) -> None:
        codes, which = np.unique(np.concatenate(self._codes), return_inverse=True)
        counts = np.bincount(which, np.concatenate(self._counts)).astype(np.int64)
        self._codes, self._counts = [codes], [counts]

    def squares(self) -> tuple[float, npt.NDArray[np.int64]]:
        """The side of a square in degrees; int64[k, 2 + verdicts]: column, row, reports of each verdict."""
        if not self._codes:
            return FINEST, np.empty((0, 2 + WORDS), np.int64)
        self._add_up()
        square, verdict = np.divmod(self._codes[0], WORDS)
        row, column = np.divmod(square, COLUMNS)
        side = FINEST
        places, which = np.unique(np.column_stack([column, row]), axis=0, return_inverse=True)
        while len(places) > MOST_SQUARES:
            side, column, row = side * 2, column // 2, row // 2
            places, which = np.unique(np.column_stack([column, row]), axis=0, return_inverse=True)
        counts = np.zeros((len(places), WORDS), np.int64)
        np.add.at(counts, (which.ravel(), verdict), self._counts[0])
        return side, np.concatenate([places, counts], axis=1)


def write_map(path: Path, tally: Tally, state: State, summary: Summary) -> None:
    """Write the page, whole. Raises CannotRun where it cannot be written."""
    side, squares = tally.squares()
    data = {
        "side": side,
        "squares": squares.tolist(),
        "territories": [_drawn(territory) for territory in state.territories],
        "by_reason": _reasons(summary.by_reason),
        "by_verdict": summary.by_verdict,
        "rows": summary.rows,
        "unplaced": tally.unplaced,
        "release": {"feed": state.feed, "serial": state.serial, "issued": show_time(state.issued)},
    }
    page = resources.files("groundpass.operator").joinpath("decision_map.html").read_text("utf-8")
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    try:
        write_whole(path, Template(page).substitute(data=text).encode(), mode=0o600)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written", why=str(error)) from error


def _reasons(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Counts by reason, most first, with the sentence for people; its usual verdict goes with it."""
    usual = {Reason.LISTED: Verdict.ALLOW, Reason.OUTSIDE: Verdict.UNGOVERNED}
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    return [
        {
            "reason": name,
            "reports": count,
            "says": {
                language: sentence(Reason[name], usual.get(Reason[name], Verdict.DENY), language)
                for language in LANGUAGES
            },
        }
        for name, count in ranked
    ]


def _drawn(territory: Territory) -> dict[str, Any]:
    """A territory's rings with no more corners than a screen shows."""
    shape = shapely.from_wkb(territory.wkb)
    width = max(shape.bounds[2] - shape.bounds[0], 1e-9)
    tolerance = 0.0
    while shapely.get_num_coordinates(shape) > CORNERS:
        tolerance = tolerance * 2 or width / 20_000
        shape = shapely.simplify(shape, tolerance)
    rings = shapely.get_rings(shapely.get_parts(shape))
    return {
        "id": territory.id,
        "name": territory.name,
        "rings": [np.round(shapely.get_coordinates(ring), 5).tolist() for ring in rings],
    }
