"""DuckDB with its spatial extension, one thread: a spatial join of points and pieces, and two hash joins."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import duckdb_extension_spatial
import numpy as np
import pyarrow as pa
import shapely
from shared import ANSWER, Absent
from sql import DECIDE

if TYPE_CHECKING:
    from shared import Rows


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory on one thread, with the packaged extension: nothing is downloaded."""
    folder = Path(duckdb_extension_spatial.__file__).parent / "extensions"
    found = list(folder.glob(f"v{duckdb.__version__}/*.duckdb_extension"))
    if not found:
        raise Absent(f"no spatial extension for DuckDB {duckdb.__version__} in {folder}")
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.execute(f"load '{found[0]}'")
    return connection


class Spatial:
    """Tables in the database's own form; a result is an Arrow table."""

    def __init__(self, rows: Rows, corners: int) -> None:
        self.versions = {
            name: importlib.metadata.version(name) for name in ("duckdb", "duckdb-extension-spatial")
        }
        self._database = connect()
        for name in ("reports", "entries", "rules", "territories"):
            self._load(name, rows.table(name))
        pieces = rows.pieces(corners)
        cut = pa.table(
            {
                "bit": np.array([1 << (number - 1) for number, _, _ in pieces], np.int64),
                "precedence": np.array([precedence for _, precedence, _ in pieces], np.int32),
                "wkb": [shapely.to_wkb(piece) for _, _, piece in pieces],
            }
        )
        self._load("pieces", cut, "bit, precedence, ST_GeomFromWKB(wkb) as geom")
        self._made = pa.table({})

    def _load(self, name: str, table: pa.Table, columns: str = "*") -> None:
        self._database.register("given", table)
        self._database.execute(f"create table {name} as select {columns} from given")
        self._database.unregister("given")

    def run(self) -> None:
        """Answer all rows."""
        self._made = self._database.execute(DECIDE).to_arrow_table()

    def answer(self) -> dict[str, np.ndarray]:
        """The answers in the order of the rows."""
        order = np.argsort(self._made["row"].to_numpy())
        return {name: self._made[name].to_numpy()[order] for name in ANSWER}

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def prepare(rows: Rows, corners: str = "16") -> Spatial:
    """Load the rows. `corners`: at most that many in a piece; 16 is DuckDB's best of 8, 16, 32, 64, 128."""
    return Spatial(rows, int(corners))
