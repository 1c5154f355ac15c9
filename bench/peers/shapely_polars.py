"""Prepared polygons of shapely for the places, joins of polars for list and rules, one thread."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely
from polars import col, when
from shared import (
    ACTION_DENY,
    ALLOW,
    ANSWER,
    DENY,
    EXPIRED,
    LISTED,
    NOT_YET_VALID,
    OUT_OF_AREA,
    OUTSIDE,
    PROFILE_DENIED,
    UNGOVERNED,
    UNLISTED,
    Rows,
)


class Joined:
    """Frames in polars' own form."""

    def __init__(self, rows: Rows) -> None:
        self.versions = {"polars": pl.__version__, "shapely": shapely.__version__}
        self._reports, self._entries, self._rules = (
            pl.DataFrame(pl.from_arrow(rows.table(name))).rechunk()
            for name in ("reports", "entries", "rules")
        )
        self._areas = sorted(rows.areas(), key=lambda area: area[1])
        shapely.prepare([shape for _, _, shape in self._areas])
        self._made = pl.DataFrame()

    def _place(self) -> tuple[np.ndarray, np.ndarray]:
        """The governing territory of each row, and a bit for each one that contains it."""
        lon, lat = self._reports["lon"].to_numpy(), self._reports["lat"].to_numpy()
        territory, inside = np.zeros(len(lon), np.uint16), np.zeros(len(lon), np.int64)
        for number, _, shape in self._areas:
            hit = shapely.intersects_xy(shape, lon, lat)
            territory[hit] = number
            inside |= hit.astype(np.int64) << (number - 1)
        return territory, inside

    def run(self) -> None:
        """Answer all rows."""
        territory, inside = self._place()
        within = (col("second") >= col("valid_from")) & (col("second") < col("valid_until"))
        in_force = (col("second") >= col("start")) & (col("second") < col("until"))
        denied = col("action") == ACTION_DENY
        astray = (col("permitted") & col("inside")) == 0
        nowhere = col("territory") == 0
        basis = (
            when(col("valid_from").is_null()).then(UNLISTED).when(within).then(LISTED)
            .when(col("second") < col("valid_from")).then(NOT_YET_VALID).otherwise(EXPIRED)
        )  # fmt: skip
        verdict = when(nowhere).then(UNGOVERNED).when(denied | astray).then(DENY).otherwise(ALLOW)
        reason = (
            when(nowhere).then(OUTSIDE).when(denied & (col("own") > 0)).then(PROFILE_DENIED)
            .when(denied).then(col("basis")).when(astray).then(OUT_OF_AREA).otherwise(col("basis"))
        )  # fmt: skip
        self._made = (
            self._reports.lazy()
            .with_columns(territory=pl.Series(territory), inside=pl.Series(inside))
            .join(self._entries.lazy(), on="key", how="left")
            .with_columns(own=when(within).then(col("profile")).otherwise(0).cast(pl.UInt16), basis=basis)
            .join(
                self._rules.lazy(),
                left_on=["territory", "own"],
                right_on=["territory", "profile"],
                how="left",
            )
            .filter(col("start").is_null() | in_force)
            .select("row", "territory", verdict=verdict, reason=reason)
            .collect()
        )

    def answer(self) -> dict[str, np.ndarray]:
        """The answers in the order of the rows."""
        made = self._made.sort("row")
        return {name: made[name].to_numpy() for name in ANSWER}

    def close(self) -> None:
        """Nothing was started."""


def prepare(rows: Rows) -> Joined:
    """Load the rows."""
    return Joined(rows)
