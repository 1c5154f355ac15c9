"""Movement in DuckDB: windows over the fixes of each terminal, in one query, on one thread.

Which terminals were too fast: an unbroken run of at least two legs of 10 to 300 s, each at or above the cap,
that spans 120 s. By the haversine distance; no jumps, no spoofing, no clones, no answer for each row.
"""

from __future__ import annotations

import duckdb
import numpy as np
from shared import CAP_MPS, GAP, RADIUS, SUSTAINED, THIN, Rows

QUERY = f"""
with steps as (
  select key, second, lat, lon, lag(second) over terminal as earlier, lag(lat) over terminal as from_lat,
    lag(lon) over terminal as from_lon
  from fixes window terminal as (partition by key order by second)
), legs as (
  select key, second, second - earlier as seconds, 2 * {RADIUS} * asin(sqrt(
    pow(sin(radians(lat - from_lat) / 2), 2)
    + cos(radians(lat)) * cos(radians(from_lat)) * pow(sin(radians(lon - from_lon) / 2), 2))) as metres
  from steps where second - earlier >= {THIN}
), over as (
  select key, second, seconds, metres >= {CAP_MPS} * seconds and seconds <= {GAP} as fast from legs
), runs as (
  select key, seconds, fast,
    sum(case when fast then 0 else 1 end) over (partition by key order by second) as run
  from over
), spans as (
  select key, sum(seconds) as span, count(*) as legs from runs where fast group by key, run
), caught as (
  select distinct key from spans where span >= {SUSTAINED} and legs >= 2
)
select distinct fixes.key, caught.key is not null as fast
from fixes left join caught on caught.key = fixes.key
"""


class Windows:
    """The fixes as a table."""

    def __init__(self, rows: Rows) -> None:
        self.versions = {"duckdb": duckdb.__version__}
        self._database = duckdb.connect()
        self._database.execute("set threads = 1")
        self._database.register("given", rows.table("fixes"))
        self._database.execute("create table fixes as select * from given")
        self._made = self._database.execute("select 1 as key, true as fast").to_arrow_table()

    def run(self) -> None:
        """Find the terminals."""
        self._made = self._database.execute(QUERY).to_arrow_table()

    def answer(self) -> dict[str, np.ndarray]:
        """Whether each terminal was too fast, in the order of their keys."""
        order = np.argsort(self._made["key"].to_numpy())
        return {"fast": self._made["fast"].to_numpy()[order]}

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def prepare(rows: Rows) -> Windows:
    """Load the fixes."""
    return Windows(rows)
