"""PostGIS in a cluster of its own, one process: pieces under a GiST index, entries under a primary key.

The cluster lies in a temporary folder, listens on a socket in it and nowhere else, and goes with it.
PostgreSQL refuses to run as root; for root it runs as `nobody`. Durability is off and memory is ample: what
is measured is the query.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psycopg
from shared import ANSWER, Absent
from sql import DECIDE

if TYPE_CHECKING:
    from shared import Rows

BINARIES = "/usr/lib/postgresql"
EXTENSIONS = Path("/usr/share/postgresql")
KINDS = {"i8": "bigint", "i4": "integer", "i2": "smallint", "f8": "double precision"}
CHUNK = 1 << 20  # rows a copy
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "autovacuum": "off",
    "shared_buffers": "1GB",
    "work_mem": "512MB",
    "maintenance_work_mem": "1GB",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",  # on, it costs up to a fifth here
}


def find() -> Path:
    """The folder of the newest server that has PostGIS. Raises Absent."""
    servers = sorted(Path(BINARIES).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    for server in servers:
        if (EXTENSIONS / server.parts[-3] / "extension" / "postgis.control").exists():
            return server.parent
    what = "no PostGIS for the PostgreSQL" if servers else "no PostgreSQL"
    raise Absent(f"{what} in {BINARIES} (Debian 12: apt install postgresql-15-postgis-3)")


class Cluster:
    """A server of our own."""

    def __init__(self) -> None:
        self._programs = find()
        self.folder = Path(tempfile.mkdtemp(prefix="groundpass-bench-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            os.chown(self.folder, pwd.getpwnam(self._user).pw_uid, -1)
        settings = SETTINGS | {"unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        try:
            self._tool("initdb", "-U", "bench", "--auth=trust", "--locale=C", "-E", "UTF8", "--no-sync")
            self._tool("pg_ctl", "-w", "-l", str(self.folder / "server.log"), "-o", options, "start")
        except Absent:
            self.stop()
            raise

    def _tool(self, name: str, *arguments: str) -> None:
        command = [str(self._programs / name), "-D", str(self.folder / "data"), *arguments]
        log = self.folder / "tool.log"
        with log.open("w") as output:
            done = subprocess.run(
                command, stdout=output, stderr=output, user=self._user, cwd=self.folder, check=False
            )
        if done.returncode:
            raise Absent(f"{name} failed: {log.read_text('utf-8').strip().splitlines()[-1:]}")

    def stop(self) -> None:
        """Stop the server and remove what it wrote."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._tool("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


class PostGIS:
    """The rows as tables, analysed; an answer is a table as well."""

    def __init__(self, rows: Rows, corners: int) -> None:
        self._cluster = Cluster()
        try:
            address = f"host={self._cluster.folder} user=bench dbname=postgres"
            self._database = psycopg.connect(address, autocommit=True)
            self._fill(rows, corners)
        except BaseException:
            self._cluster.stop()
            raise
        found = self._one("select postgis_lib_version(), current_setting('server_version')")
        self.versions = {"postgis": str(found[0]), "postgresql": str(found[1])}

    def _one(self, query: str) -> tuple[object, ...]:
        row: tuple[object, ...] | None = self._database.execute(query).fetchone()
        return row or ("", "")

    def _do(self, *queries: str) -> None:
        for query in queries:
            self._database.execute(query)

    def _fill(self, rows: Rows, corners: int) -> None:
        self._do("create extension postgis")
        for name in ("reports", "entries", "rules"):
            table = rows.table(name)
            self._copy(name, {column: table[column].to_numpy() for column in table.column_names})
        self._do("create table territories (number smallint, precedence integer, geom geometry)")
        with self._database.cursor() as cursor:
            values = [(number, level, shape.wkb) for number, level, shape in rows.areas()]
            cursor.executemany("insert into territories values (%s, %s, ST_GeomFromWKB(%s))", values)
        self._do(
            "create table pieces as select precedence, 1::bigint << (number - 1) as bit,"
            f" ST_Subdivide(geom, {corners}) as geom from territories",
            "create index on pieces using gist (geom)",
            "alter table entries add primary key (key)",
            *(f"vacuum analyze {name}" for name in ("reports", "entries", "rules", "territories", "pieces")),
        )

    def _copy(self, name: str, columns: dict[str, np.ndarray]) -> None:
        """Load a table by PostgreSQL's binary form, which numpy can write: no row becomes an object."""
        columns = {column: _signed(values) for column, values in columns.items()}
        kinds = ", ".join(f'"{column}" {KINDS[values.dtype.str[1:]]}' for column, values in columns.items())
        self._do(f"create table {name} ({kinds})")
        layout = [("columns", ">i2")]
        for column, values in columns.items():
            layout += [(f"{column} size", ">i4"), (column, f">{values.dtype.str[1:]}")]
        count = len(next(iter(columns.values())))
        with self._database.cursor().copy(f"copy {name} from stdin (format binary)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for start in range(0, count, CHUNK):
                part = slice(start, min(start + CHUNK, count))
                made = np.zeros(part.stop - start, layout)
                made["columns"] = len(columns)
                for column, values in columns.items():
                    made[f"{column} size"], made[column] = values.dtype.itemsize, values[part]
                copy.write(made.tobytes())
            copy.write(b"\xff\xff")

    def run(self) -> None:
        """Answer all rows."""
        self._do("drop table if exists answer", f"create temporary table answer as {DECIDE}")

    def answer(self) -> dict[str, np.ndarray]:
        """The answers in the order of the rows."""
        names = ", ".join(ANSWER)
        made = self._database.execute(f"select {names} from answer order by row").fetchall()
        return dict(zip(ANSWER, np.array(made).T, strict=True))

    def close(self) -> None:
        """Stop the server."""
        self._database.close()
        self._cluster.stop()


def _signed(values: np.ndarray) -> np.ndarray:
    """PostgreSQL has signed integers only: keys as the same 64 bits, small ones wider."""
    if values.dtype == np.uint64:
        return values.view(np.int64)
    return values.astype({"u1": np.int16, "u2": np.int32}.get(values.dtype.str[1:], values.dtype))


def prepare(rows: Rows, corners: str = "32") -> PostGIS:
    """Load the rows. `corners`: at most that many in a piece; 32 is PostGIS' best of 16, 32 and 128."""
    return PostGIS(rows, int(corners))
