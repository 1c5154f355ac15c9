"""Verdict files, written in batches under a temporary name and put in place whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.trust.files import flush_folder
from groundpass.kernel.wire.verdicts import VERDICTS, plain_verdicts
from groundpass.operator.reading import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_STREAM: Final = ".arrows"
_WAITING: Final = 2  # tables between deciding and writing
# The ids of terminals are random digits: neither a dictionary nor a compressor gains by them, and both take
# longer than all the rest of writing.
_REPEATING: Final = ["verdict", "reason", "flags", "territory", "release", "block_serial", "valid_until"]


class Sink(Protocol):
    """Takes tables of one schema, one after another."""

    def write_table(self, table: pa.Table) -> None:
        """Add rows."""
        ...

    def close(self) -> None:
        """Write the end of the file."""
        ...


class CsvSink:
    """Arrow's CSV writer, with dictionaries spelled out and times as ISO 8601 with `T` and `Z`."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        from pyarrow import csv as arrow_csv

        self._schema = pa.schema([(item.name, _plain_type(item.type)) for item in schema])
        self._writer = arrow_csv.CSVWriter(
            str(path), self._schema, write_options=arrow_csv.WriteOptions(quoting_style="needed")
        )

    def write_table(self, table: pa.Table) -> None:
        """Add rows."""
        columns = [_plain(table.column(item.name), item.type) for item in table.schema]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        """Write the end of the file."""
        self._writer.close()


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind) or pa.types.is_timestamp(kind):
        return pa.string()
    return kind


def _plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type).cast(pa.string())
    if pa.types.is_timestamp(kind):
        naive = column.cast(pa.timestamp(kind.unit)).cast(pa.string())  # with a zone Arrow asks its database
        return pc.binary_join_element_wise(pc.replace_substring(naive, " ", "T", max_replacements=1), "Z", "")
    return column


class PlainSink:
    """Arrow's own files, whose readers see the types of the format."""

    def __init__(self, writer: Sink) -> None:
        self._writer = writer

    def write_table(self, table: pa.Table) -> None:
        """Add rows."""
        self._writer.write_table(plain_verdicts(table))

    def close(self) -> None:
        """Write the end of the file."""
        self._writer.close()


class Behind:
    """Writes in another thread while the next rows are decided; at most two tables wait.

    What goes wrong there is raised at the next call.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._pool = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def write_table(self, table: pa.Table) -> None:
        """Add rows."""
        while len(self._waiting) >= _WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(self._sink.write_table, table))

    def close(self) -> None:
        """Wait for what is being written, then write the end of the file."""
        try:
            while self._waiting:
                self._waiting.popleft().result()
        finally:
            self._pool.shutdown()
            self._sink.close()


@contextlib.contextmanager
def open_sink(path: Path, schema: pa.Schema) -> Iterator[Sink]:
    """Open a verdict file by its ending; it stands under its name only when the block ends well.

    Raises:
        BadInput: the ending is unknown.
        CannotRun: the folder is missing, or the disk refuses.
    """
    kind_of(path)
    with placed(path) as temporary:
        sink = Behind(_sink(temporary, schema))
        try:
            yield sink
        finally:
            sink.close()


@contextlib.contextmanager
def placed(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`; what is there when the block ends well is put in its place.

    Raises:
        CannotRun: the folder is missing, or the disk refuses.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise CannotRun(f"{path.parent} cannot be written to", why=str(error)) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _put(temporary, path)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written", why=str(error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def _sink(path: Path, schema: pa.Schema) -> Sink:
    kind = kind_of(path)
    if kind == "csv":
        return CsvSink(path, schema)
    if kind == "parquet":
        import pyarrow.parquet as pq

        packed = dict.fromkeys(schema.names, "snappy") | {"terminal": "none"}
        options = {"compression": packed, "use_dictionary": _REPEATING, "version": "2.6"}
        writer: Sink = pq.ParquetWriter(str(path), schema, store_schema=False, **options)
        return writer
    new = pa.ipc.new_stream if path.suffix == _STREAM else pa.ipc.new_file
    return PlainSink(new(str(path), VERDICTS, options=pa.ipc.IpcWriteOptions(compression="zstd")))


def _put(temporary: Path, path: Path) -> None:
    """Flush to the disk, then give the file its name."""
    umask = os.umask(0)
    os.umask(umask)
    temporary.chmod(0o666 & ~umask)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    flush_folder(path.parent)
