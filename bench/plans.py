"""How much is measured: the whole thing, or enough of it to see a loss.

Rates of ours do not depend on the rows. Those of peers that join a list of ten million once a batch do a
little: they get as many rows as their patience allows.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """Sizes of one profile.

    rows: of ours and the bounds · runs: counted rounds · brief: without what is only of interest
    beside something else · lists: entries of the releases · peer_rows: by peer,
    how many of the same rows it gets · lone: lists that are measured
    under one territory as well · contest: lists with which peers are asked · moves: rows of movement ·
    fixes: of those, for the peers · texts: rows with text ids · files: rows of a file to decide · opened:
    entries of the stores that are opened · sized: entries of the snapshots that are packed.
    """

    name: str
    rows: int
    runs: int
    brief: bool
    lists: tuple[int, ...]
    lone: tuple[int, ...]
    contest: tuple[int, ...]
    peer_rows: dict[str, int] = field(default_factory=dict)
    moves: int = 0
    fixes: int = 0
    texts: int = 0
    files: int = 0
    opened: tuple[int, ...] = ()
    sized: tuple[int, ...] = ()


FULL = Plan(
    "full",
    rows=10_000_000,
    runs=5,
    brief=False,
    lists=(250_000, 10_000_000),
    lone=(250_000, 10_000_000),
    contest=(250_000, 10_000_000),
    peer_rows={
        "duckdb_spatial": 2_000_000,
        "shapely_polars": 2_000_000,
        "geopandas_sjoin": 1_000_000,
        "postgis": 200_000,
    },
    moves=10_000_000,
    fixes=2_000_000,
    texts=4_000_000,
    files=2_000_000,
    opened=(250_000, 10_000_000),
    sized=(250_000, 10_000_000),
)
QUICK = Plan(
    "quick",
    rows=2_000_000,
    runs=3,
    brief=True,
    lists=(250_000, 10_000_000),
    lone=(250_000,),
    contest=(250_000,),
    peer_rows={
        "duckdb_spatial": 500_000,
        "shapely_polars": 500_000,
        "geopandas_sjoin": 200_000,
        "postgis": 50_000,
    },
    moves=2_000_000,
    fixes=500_000,
    texts=1_000_000,
    files=500_000,
    opened=(250_000,),
    sized=(250_000,),
)
