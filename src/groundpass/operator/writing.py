"""Verdict files, written in batches under a temporary name and put in place whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.trust.files import flush_folder
from groundpass.operator.reading import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_STREAM: Final = ".arrows"
_REPEATING: Final = ["terminal", "verdict", "reason", "flags", "territory", "release", "block_serial"]


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


@contextlib.contextmanager
def open_sink(path: Path, schema: pa.Schema) -> Iterator[Sink]:
    """Open a verdict file by its ending; it stands under its name only when the block ends well.

    Raises:
        BadInput: the ending is unknown.
        CannotRun: the folder is missing, or the disk refuses.
    """
    kind_of(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise CannotRun(f"{path.parent} cannot be written to", why=str(error)) from error
    os.close(handle)
    temporary = Path(name)
    try:
        sink = _sink(temporary, schema)
        try:
            yield sink
        finally:
            sink.close()
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

        writer: Sink = pq.ParquetWriter(
            str(path),
            schema,
            compression="snappy",
            use_dictionary=_REPEATING,
            version="2.6",
        )
        return writer
    new = pa.ipc.new_stream if path.suffix == _STREAM else pa.ipc.new_file
    sink: Sink = new(str(path), schema, options=pa.ipc.IpcWriteOptions(compression="zstd"))
    return sink


def _put(temporary: Path, path: Path) -> None:
    """Flush to the disk, then give the file its name."""
    umask = os.umask(0)
    os.umask(umask)
    temporary.chmod(0o666 & ~umask)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    flush_folder(path.parent)
