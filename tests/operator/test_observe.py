"""The ledger folds what decide saw into a row a terminal, however the rows come."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.core.verdicts import Reason, Verdict
from groundpass.operator.ledger import NAME, Ledger, Seen, Totals, merged
from groundpass.operator.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ALLOW = (Verdict.ALLOW, Reason.LISTED)
OPEN = (Verdict.ALLOW, Reason.UNLISTED)
DENY = (Verdict.DENY, Reason.UNLISTED)
AWAY = (Verdict.UNGOVERNED, Reason.OUTSIDE)
Row = tuple[int, int, tuple[Verdict, Reason]]


def note(sightings: Sightings, rows: Iterable[Row]) -> None:
    rows = list(rows)
    sightings.note(
        np.array([row[0] for row in rows], np.uint64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2][0] for row in rows], np.uint8),
        np.array([row[2][1] for row in rows], np.uint8),
    )


def see(*rows: Row) -> Seen:
    sightings = Sightings()
    note(sightings, rows)
    return sightings.seen()


def told(seen: Seen, key: int) -> dict[str, int]:
    (row,) = np.flatnonzero(seen.key == key)
    return {name: int(column[row]) for name, column in seen.columns()}


def by_hand(rows: list[Row], key: int) -> dict[str, int]:
    """The same by the obvious way: in order of time, one row after another."""
    mine = sorted((row for row in rows if row[0] == key), key=lambda row: row[1])
    starts = {Verdict.DENY: NO_TIME, Verdict.ALLOW: NO_TIME}
    run, before = NO_TIME, None
    for _, time, (verdict, _reason) in mine:
        if verdict != before:
            run, before = time, verdict
            if verdict in starts:
                starts[verdict] = time
    return {
        "key": key, "first_seen_ns": mine[0][1], "last_seen_ns": mine[-1][1],
        "verdict": mine[-1][2][0], "reason": mine[-1][2][1], "run_ns": run,
        "first_denied_ns": starts[Verdict.DENY], "first_allowed_ns": starts[Verdict.ALLOW],
        "reports": len(mine),
    }  # fmt: skip


def test_a_terminal_denied_then_listed_shows_when_each_began() -> None:
    row = told(see((7, 10, DENY), (7, 20, DENY), (7, 30, ALLOW), (7, 40, ALLOW)), 7)
    assert (row["first_denied_ns"], row["first_allowed_ns"]) == (10, 30)
    assert (row["first_seen_ns"], row["last_seen_ns"], row["reports"]) == (10, 40, 4)
    assert row["verdict"] == Verdict.ALLOW


def test_a_second_denial_starts_a_new_run_and_leaving_the_territory_breaks_one() -> None:
    row = told(see((7, 10, DENY), (7, 20, ALLOW), (7, 30, DENY), (7, 40, AWAY), (7, 50, DENY)), 7)
    assert (row["first_denied_ns"], row["first_allowed_ns"], row["run_ns"]) == (50, 20, 50)


def test_another_reason_for_the_same_verdict_does_not_break_a_run() -> None:
    row = told(see((7, 10, OPEN), (7, 20, ALLOW)), 7)
    assert (row["first_allowed_ns"], row["reason"]) == (10, Reason.LISTED)


@pytest.mark.parametrize("seed", range(20))
def test_any_cut_of_a_day_into_batches_gives_the_same_as_reading_it_row_by_row(seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = rng.permutation(200) + 1
    kinds = [ALLOW, DENY, AWAY, OPEN]
    rows: list[Row] = [
        (int(rng.integers(1, 9)), int(time), kinds[rng.integers(0, len(kinds))]) for time in sorted(times)
    ]
    cuts = [0, *sorted(rng.integers(0, 200, 4).tolist()), 200]
    seen, sightings = Seen.none(), Sightings()
    for begin, end in pairwise(cuts):
        part = rows[begin:end]
        shuffled = [part[n] for n in rng.permutation(len(part))]
        note(sightings, shuffled)
        seen = merged(seen, see(*shuffled))
    for key in sorted({row[0] for row in rows}):
        assert told(seen, key) == told(sightings.seen(), key) == by_hand(rows, key)


@pytest.mark.parametrize("seed", range(20))
def test_batches_that_come_in_any_order_are_folded_as_ledgers_are_merged(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds = [ALLOW, DENY, AWAY, OPEN]
    seen, sightings = Seen.none(), Sightings()
    for _ in range(6):
        rows: list[Row] = [
            (int(rng.integers(0, 9)), int(rng.integers(1, 60)), kinds[rng.integers(0, 4)]) for _ in range(25)
        ]
        note(sightings, rows)
        seen = merged(seen, see(*rows))
    for (name, ours), (_, theirs) in zip(sightings.seen().columns(), seen.columns(), strict=True):
        assert ours.tolist() == theirs.tolist(), name


def test_rows_without_a_key_or_a_time_are_not_kept() -> None:
    assert len(see((0, 10, DENY), (7, NO_TIME, DENY))) == 0
    assert len(see((0, 10, DENY), (7, 10, DENY))) == 1


def test_a_ledger_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    ledger = Ledger("0a")
    ledger.add([see((7, 10, DENY), (9, 20, ALLOW))], 3, Totals(2, {"DENY": 2}, {"UNLISTED": 2}, {}, 10, 20))
    ledger.add([see((7, 30, ALLOW))], 3, Totals(1, {"ALLOW": 1}, {"LISTED": 1}, {"GRACE": 1}, 30, 30))
    ledger.save(tmp_path)
    again = Ledger.load(tmp_path, "0a")
    assert told(again.seen, 7) == told(ledger.seen, 7)
    assert again.totals == {
        "3": Totals(3, {"DENY": 2, "ALLOW": 1}, {"UNLISTED": 2, "LISTED": 1}, {"GRACE": 1}, 10, 30)
    }


def test_a_new_session_starts_an_empty_ledger(tmp_path: Path) -> None:
    ledger = Ledger("0a")
    ledger.add([see((7, 10, DENY))], 1, Totals(1))
    ledger.save(tmp_path)
    assert len(Ledger.load(tmp_path, "0b").seen) == 0


def test_a_damaged_ledger_is_told_and_not_guessed(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"ARROW1 no more")
    with pytest.raises(CannotRun, match=r"ledger\.arrow is damaged"):
        Ledger.load(tmp_path, "0a")


def test_who_is_allowed_though_unlisted_is_found_for_the_brake() -> None:
    ledger = Ledger("0a", see((5, 10, OPEN), (6, 99, OPEN), (7, 99, ALLOW), (8, 99, DENY)))
    assert ledger.allowed_unlisted(since_ns=50).tolist() == [6]
