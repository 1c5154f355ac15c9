"""Findings about movement in a file of reports, of whatever size.

The file is read twice: once to learn who has something to be found, then once more for the rows of those
alone, which are few. Identifiers are taken as they stand: no store and no release is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundpass.kernel.engine.findings import Finding, find_movements
from groundpass.kernel.engine.fix_table import read_fixes
from groundpass.kernel.engine.movement import Movement
from groundpass.operator import cells
from groundpass.operator.columns import choose
from groundpass.operator.reading import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from groundpass.kernel.core.state import Rule

WANTED = ("terminal", "time", "lat", "lon", "uncertainty_m")


def find_in_file(reports: Path, rule: Rule, *, mapping: Mapping[str, str] | None = None) -> list[Finding]:
    """Find who was too fast, spoofed or cloned.

    Args:
        reports: CSV, Parquet or Arrow, by its ending.
        rule: the cap, `sustained` and `release`.
        mapping: our column → the file's.

    Raises:
        BadInput: the columns are wrong, the ending unknown, the bytes no such file.
        CannotRun: there is no file.
    """
    movement, concerned = Movement(), pa.array([], pa.large_string())
    for table in _tables(reports, mapping or {}):
        given = read_fixes(table)
        moves = movement.update(given.reports, np.zeros(len(given.code), np.uint16), [rule])
        said = np.unique(given.code[moves.too_fast | moves.spoof | moves.clone])
        concerned = pc.unique(pa.concat_arrays([concerned, given.names.take(pa.array(said[said >= 0]))]))
    if not len(concerned):
        return []
    kept = [
        table.filter(pc.is_in(table["terminal"], value_set=concerned))
        for table in _tables(reports, mapping or {})
    ]
    return find_movements(read_fixes(pa.concat_tables(kept)), rule)


def _tables(reports: Path, mapping: Mapping[str, str]) -> Iterator[pa.Table]:
    """Batches with our names and plain types; what does not read is missing."""
    with open_source(reports) as source:
        if not source.columns:
            return
        names = {ours: theirs for ours, theirs in choose(source.columns, mapping).items() if ours in WANTED}
        for batch in source.batches(list(names.values())):
            found = dict(zip(names, batch.columns, strict=True))
            columns = {
                "terminal": cells.texts(found["terminal"]),
                "time": cells.times(found["time"], "time")[0],
            }
            for name in WANTED[2:]:
                if name in found:
                    columns[name] = cells.numbers(found[name], name, comma=source.comma)[0]
            yield pa.table(columns)
