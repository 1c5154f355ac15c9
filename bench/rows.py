"""The rows of a run as Arrow files in a folder, for the peers. Their columns are those of `peers/sql.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from groundpass.kernel.core.intervals import NS

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.kernel.core.state import State
    from groundpass.kernel.engine import Reports

EVERYWHERE = -1  # of `permitted`: every bit, and exact in the floats that pandas makes of gaps


def write(folder: Path, name: str, columns: dict[str, object]) -> None:
    """One table."""
    table = pa.table(columns)
    with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)


def write_release(folder: Path, state: State) -> None:
    """Entries, territories and rules."""
    entries = state.entries
    write(
        folder,
        "entries",
        {name: getattr(entries, name) for name in ("key", "profile", "valid_from", "valid_until")},
    )
    numbers = {place.id: number for number, place in enumerate(state.territories, 1)}
    write(
        folder,
        "territories",
        {
            "number": np.array(list(numbers.values()), np.uint16),
            "precedence": np.array([place.precedence for place in state.territories], np.int32),
            "wkb": pa.array([place.wkb for place in state.territories], pa.binary()),
        },
    )
    rules = state.rules
    write(
        folder,
        "rules",
        {
            "territory": np.array([numbers[rule.territory] for rule in rules], np.uint16),
            "profile": np.array([state.profiles.index(rule.profile) for rule in rules], np.uint16),
            "action": np.array([int(rule.action) for rule in rules], np.uint8),
            "start": np.array([rule.effective.start for rule in rules], np.int64),
            "until": np.array([rule.effective.end for rule in rules], np.int64),
            "permitted": np.array([_bits(rule.permitted, numbers) for rule in rules], np.int64),
        },
    )


def _bits(permitted: tuple[str, ...] | None, numbers: dict[str, int]) -> int:
    """A bit for each territory."""
    if permitted is None:
        return EVERYWHERE
    return sum(1 << (numbers[name] - 1) for name in permitted)


def write_reports(folder: Path, batch: Reports, count: int, name: str = "reports") -> None:
    """The first rows of a batch."""
    rows = slice(0, count)
    columns = {
        "row": np.arange(min(count, len(batch)), dtype=np.int32),
        "key": batch.key[rows],
        "second": batch.time_ns[rows] // NS,
        "lat": batch.lat[rows],
        "lon": batch.lon[rows],
    }
    write(folder, name, columns)
