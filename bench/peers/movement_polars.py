"""Movement in polars: what `movement_sql.py` asks, by one sort and shifts of columns, on one thread.

A window over each terminal (`over`) would be slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars import col, when
from shared import CAP_MPS, GAP, RADIUS, SUSTAINED, THIN

if TYPE_CHECKING:
    import numpy as np
    from shared import Rows


class Windows:
    """The fixes as a frame."""

    def __init__(self, rows: Rows) -> None:
        self.versions = {"polars": pl.__version__}
        self._fixes = pl.DataFrame(pl.from_arrow(rows.table("fixes"))).rechunk()
        self._made = pl.DataFrame()

    def run(self) -> None:
        """Find the terminals."""
        same = col("key") == col("key").shift(1)
        seconds = when(same).then(col("second") - col("second").shift(1))
        north = (col("lat") - col("lat").shift(1)).radians()
        east = (col("lon") - col("lon").shift(1)).radians()
        level = col("lat").radians().cos() * col("lat").shift(1).radians().cos()
        metres = 2 * RADIUS * ((north / 2).sin() ** 2 + level * (east / 2).sin() ** 2).sqrt().arcsin()
        fast = (metres >= CAP_MPS * seconds) & (seconds <= GAP)
        legs = (
            self._fixes.lazy()
            .sort("key", "second")
            .select("key", seconds=seconds, fast=fast)
            .filter(col("seconds") >= THIN)
            .with_columns(run=(~col("fast")).cast(pl.UInt32).cum_sum())
        )
        caught = (
            legs.filter(col("fast"))
            .group_by("key", "run")
            .agg(span=col("seconds").sum(), legs=pl.len())
            .filter((col("span") >= SUSTAINED) & (col("legs") > 1))
            .select("key")
            .unique()
            .with_columns(fast=True)
        )
        terminals = self._fixes.lazy().select("key").unique()
        self._made = terminals.join(caught, on="key", how="left").collect()

    def answer(self) -> dict[str, np.ndarray]:
        """Whether each terminal was too fast, in the order of their keys."""
        return {"fast": self._made.sort("key")["fast"].fill_null(value=False).to_numpy()}

    def close(self) -> None:
        """Nothing was started."""


def prepare(rows: Rows) -> Windows:
    """Load the fixes."""
    return Windows(rows)
