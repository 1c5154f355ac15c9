"""Report files, read in batches: CSV, Parquet, Arrow. Memory is that of a few batches, whatever the file.

Rules:
1. The ending says the format: `.csv` `.tsv` `.txt`, `.parquet` `.pq`, `.arrow` `.feather` `.ipc` `.arrows`
   (an Arrow file or stream; its first bytes say which). Any other ending is refused.
2. Every row that the file has comes out, in its order. In a CSV, all columns are read as bytes, so that no
   cell can fail a file; a row with too few or too many cells loses its cells but for the first columns that
   are there, and is counted (`ragged`).
3. A byte order mark, CRLF, `;`, tab or `|` instead of `,` are seen from the head of the file. A file of no
   bytes or of a header alone has no rows, which is fine; empty lines are no rows.
"""

from __future__ import annotations

import csv
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pyarrow as pa

from groundpass.kernel.core.errors import BadInput, CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH_ROWS: Final = 1 << 17
_BLOCK_BYTES: Final = 8 << 20  # of a CSV at a time: about a batch
_SLOW_ROWS: Final = 1 << 14  # a batch of the tolerant CSV reader
_HEAD_BYTES: Final = 1 << 16  # in which the header of a CSV must end
_DELIMITERS: Final = (",", ";", "\t", "|")
_CSV: Final = (".csv", ".tsv", ".txt")
_PARQUET: Final = (".parquet", ".pq")
_ARROW: Final = (".arrow", ".feather", ".ipc", ".arrows")
ENDINGS: Final = (*_CSV, *_PARQUET, *_ARROW)


class Source(Protocol):
    """A file that was opened: `columns` in its order, `rows` where the format says so without reading all."""

    columns: tuple[str, ...]
    rows: int | None
    comma: bool  # whether numbers may be written with a decimal comma
    ragged: int  # rows seen so far whose number of cells was wrong

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the named columns, in that order."""
        ...


def kind_of(path: Path) -> str:
    """Give `csv`, `parquet` or `arrow` by the ending of a file's name. Raises BadInput for another ending."""
    for kind, endings in (("csv", _CSV), ("parquet", _PARQUET), ("arrow", _ARROW)):
        if path.suffix.lower() in endings:
            return kind
    raise BadInput(
        f"The ending {path.suffix!r} of {path.name} is of no known format",
        todo=f"Use one of {', '.join(ENDINGS)}",
    )


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a report file.

    Raises:
        BadInput: the ending is unknown, or the bytes are not what it says.
        CannotRun: there is no such file, or it cannot be read.
    """
    kind = kind_of(path)
    try:
        if kind == "csv":
            yield CsvSource.of(path)
        elif kind == "parquet":
            yield ParquetSource.of(path)
        else:
            yield ArrowSource.of(path)
    except pa.ArrowInvalid as error:
        raise BadInput(f"{path.name} does not read as {kind}", why=_first_line(error)) from error
    except FileNotFoundError as error:
        raise CannotRun(f"There is no file {path}") from error
    except OSError as error:  # Arrow says so of damaged bytes as well
        raise CannotRun(f"{path.name} cannot be read", why=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:300]


@dataclass
class ParquetSource:
    """A Parquet file, by row groups."""

    path: Path
    columns: tuple[str, ...]
    rows: int | None
    comma: bool = False
    ragged: int = 0

    @classmethod
    def of(cls, path: Path) -> ParquetSource:
        """Read the footer."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            return cls(path, tuple(file.schema_arrow.names), file.metadata.num_rows)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield batches of at most BATCH_ROWS."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.path, pre_buffer=False) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=list(columns), use_threads=False):
                yield batch.select(list(columns))


@dataclass
class ArrowSource:
    """An Arrow IPC file or stream, memory-mapped."""

    path: Path
    columns: tuple[str, ...]
    rows: int | None = None
    comma: bool = False
    ragged: int = 0

    @classmethod
    def of(cls, path: Path) -> ArrowSource:
        """Read the schema."""
        with pa.OSFile(str(path)) as file, cls._reader(file) as reader:
            return cls(path, tuple(reader.schema.names))

    @staticmethod
    def _reader(file: pa.NativeFile) -> pa.RecordBatchFileReader | pa.RecordBatchStreamReader:
        magic = file.read(6)
        file.seek(0)
        return pa.ipc.open_file(file) if magic == b"ARROW1" else pa.ipc.open_stream(file)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield batches of at most BATCH_ROWS, whatever the size of those in the file."""
        with pa.OSFile(str(self.path)) as file, self._reader(file) as reader:
            stored = (
                (reader.get_batch(number) for number in range(reader.num_record_batches))
                if isinstance(reader, pa.RecordBatchFileReader)
                else iter(reader)
            )
            for batch in stored:
                chosen = batch.select(list(columns))
                for start in range(0, len(chosen), BATCH_ROWS):
                    yield chosen.slice(start, BATCH_ROWS)


@dataclass
class CsvSource:
    """A CSV file: columns by their place, since two may have one name."""

    path: Path
    columns: tuple[str, ...]
    delimiter: str
    encoding: str
    comma: bool
    rows: int | None = None
    ragged: int = field(default=0)

    @classmethod
    def of(cls, path: Path) -> CsvSource:
        """Read encoding, delimiter and header from the head of the file."""
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        text = head[: len(head) & ~1].decode(encoding, "replace")
        line = next((line for line in text.splitlines() if line), "")
        delimiter = max(_DELIMITERS, key=line.count)
        names = next(csv.reader([line], delimiter=delimiter), [])
        return cls(path, tuple(name.strip() for name in names), delimiter, encoding, delimiter == ";")

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the columns as bytes; at the first ragged row the slow reader takes over."""
        if not self.columns:
            return
        places = [self.columns.index(name) for name in columns]
        done = 0
        try:
            for batch in self._fast(places):
                yield pa.RecordBatch.from_arrays(batch.columns, list(columns))
                done += len(batch)
        except pa.ArrowInvalid:
            for table in self._slow(places, done):
                yield pa.RecordBatch.from_arrays(table, list(columns))

    def _fast(self, places: Sequence[int]) -> Iterator[pa.RecordBatch]:
        from pyarrow import csv as arrow_csv

        names = [f"c{place}" for place in range(len(self.columns))]
        reader = arrow_csv.open_csv(
            self.path,
            read_options=arrow_csv.ReadOptions(
                column_names=names,
                skip_rows=self._header_line(),
                block_size=_BLOCK_BYTES,
                use_threads=False,
                encoding="utf-16" if self.encoding == "utf-16" else "utf8",
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.binary()),
                include_columns=[f"c{place}" for place in places],
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        with reader:
            yield from reader

    def _header_line(self) -> int:
        """How many lines to pass over: the header and the empty lines before it."""
        with self.path.open(encoding=self.encoding, errors="replace", newline=None) as file:
            return 1 + next((number for number, line in enumerate(file) if line.strip("\r\n")), 0)

    def _slow(self, places: Sequence[int], skip: int) -> Iterator[list[pa.Array]]:
        """The same rows by the standard library, from row `skip` on; rows of the wrong length are kept."""
        csv.field_size_limit(1 << 30)
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            rows = (row for row in csv.reader(file, delimiter=self.delimiter) if row)
            chosen = islice(rows, 1 + skip, None)
            while part := list(islice(chosen, _SLOW_ROWS)):
                cells = [self._cells(row, places) for row in part]
                yield [pa.array(column, pa.binary()) for column in zip(*cells, strict=True)]

    def _cells(self, row: list[str], places: Sequence[int]) -> list[bytes | None]:
        """The chosen cells of a row. Of a row too long nothing but the first is sure."""
        extra = row[len(self.columns) :]
        if len(row) < len(self.columns) or any(extra):
            self.ragged += 1
        if any(extra):
            row = row[:1]
        return [row[place].encode() or None if place < len(row) else None for place in places]
