"""A scene as files: reports and truth, each put in its place whole, or not at all.

1. Memory is that of a few slices, however long the window: a slice is written as one row group and let go,
   while the next one is made.
2. In Parquet, terminals are written from the dictionary that they come in, and read back as plain texts;
   times go as differences, and only times have statistics: nobody looks for a latitude by row group.
3. The truth is put in its place before the reports: whoever finds reports finds what belongs to them.
"""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from groundpass.operator.reading import kind_of
from groundpass.operator.simulator.stream import CODED
from groundpass.operator.writing import Behind, CsvSink, Sink, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from groundpass.operator.simulator.scene.make import Scene

STAMP: Final = pa.timestamp("ns", "UTC")
DICTIONARY_BYTES: Final = 64 << 20  # two million terminals; beyond it Parquet falls back on plain texts


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows, and bytes of the report file."""

    rows: int
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        """For a program."""
        return asdict(self)


def write_scene(
    scene: Scene,
    path: Path,
    truth: Path | None = None,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Written:
    """Write the reports to a file, and the truth to another; the endings say the formats.

    Args:
        scene: what happens.
        path: of the reports.
        truth: of the truth, if it is wanted.
        progress: told rows done and about how many there will be.

    Raises:
        BadInput: an ending is unknown.
        CannotRun: a folder is missing, or the disk refuses.
    """
    done, total = 0, scene.rows()
    with _open(path, CODED) as sink:
        for table in scene.reports():
            sink.write_table(table)
            done += len(table)
            progress(done, max(total, done))
        if truth is not None:
            with _open(truth, scene.truth.schema) as other:
                other.write_table(scene.truth)
    return Written(done, path.stat().st_size)


@contextlib.contextmanager
def _open(path: Path, schema: pa.Schema) -> Iterator[Sink]:
    """Open a file by its ending; it stands under its name only when the block ends well."""
    kind = kind_of(path)
    writers = {"csv": CsvSink, "parquet": _parquet, "arrow": _Arrow}
    with placed(path) as temporary:
        sink = Behind(writers[kind](temporary, schema))
        try:
            yield sink
        finally:
            sink.close()


def _parquet(path: Path, schema: pa.Schema) -> Sink:
    """Parquet as rule 2 says."""
    repeating = [item.name for item in schema if item.type not in (pa.float64(), STAMP)]
    stamps = [item.name for item in schema if item.type == STAMP]
    writer: Sink = pq.ParquetWriter(
        str(path),
        schema,
        version="2.6",
        compression="snappy",
        use_dictionary=repeating,
        dictionary_pagesize_limit=DICTIONARY_BYTES,
        column_encoding=dict.fromkeys(stamps, "DELTA_BINARY_PACKED"),
        write_statistics=stamps,
        store_schema=False,
    )
    return writer


class _Arrow:
    """An Arrow file, with dictionaries spelled out."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = pa.schema(
            [item.with_type(pa.string()) if pa.types.is_dictionary(item.type) else item for item in schema]
        )
        self._writer = pa.ipc.new_file(
            str(path), self._schema, options=pa.ipc.IpcWriteOptions(compression="zstd")
        )

    def write_table(self, table: pa.Table) -> None:
        """Add rows."""
        self._writer.write_table(table.cast(self._schema))

    def close(self) -> None:
        """Write the end of the file."""
        self._writer.close()
