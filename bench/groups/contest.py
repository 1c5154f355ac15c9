"""Peers on the same rows as ours, each beside ours in the same minutes, on one thread.

Ours decides the whole batch, so that nothing stays warm for it; a peer gets the first rows of it.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import ours
import rows
from duels import Ours, Rival, duel
from settings import label

if TYPE_CHECKING:
    from measuring import Book
    from settings import Setting

# The first of each kind is cut as suits it best; 128 corners are what PostGIS' users are often told.
RIVALS = (
    Rival("duckdb", "DuckDB + spatial, pieces of at most 16 corners", "duckdb_spatial"),
    Rival("duckdb-128", "DuckDB + spatial, at most 128 corners", "duckdb_spatial", options={"corners": 128}),
    Rival("polars", "shapely prepared + polars join", "shapely_polars"),
    Rival("geopandas", "GeoPandas sjoin + merge", "geopandas_sjoin"),
    Rival("postgis", "PostGIS, ST_Subdivide(32), GiST", "postgis"),
    Rival("postgis-128", "PostGIS, ST_Subdivide(128), GiST", "postgis", options={"corners": 128}),
)


def measure(book: Book, setting: Setting, entries: int) -> None:
    """Every peer with one size of the list."""
    name, plan = label(entries), setting.plan
    book.part = f"Peers, {entries:,} entries, city-like, {len(setting.many.shapes)} territories, 1 thread"
    batch, engine = setting.batch(entries), setting.engine(entries)
    most = max(plan.peer_rows.values())
    expected = ours.answers(engine.decide(batch.part(slice(0, most))))
    mine = Ours("decision", len(batch), partial(engine.decide, batch), expected)
    with tempfile.TemporaryDirectory(prefix="groundpass-bench-") as place:
        rows.write_release(Path(place), engine.state)
        rows.write_reports(Path(place), batch, most)
        for rival in RIVALS:
            if rival.options and plan.brief:
                continue
            one = replace(rival, key=f"{rival.key}/{name}", rows=plan.peer_rows[rival.module])
            duel(book, one, mine, Path(place), plan.runs)
    found = "is here, but nothing of ours speaks to it" if which("tile38-server") else "is not here"
    book.absent(f"tile38/{name}", "Tile38", f"tile38-server {found} (Debian has no package of it)")
