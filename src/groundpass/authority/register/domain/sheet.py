"""A file of rows as people send it: CSV in whatever dialect their office writes, or a workbook.

1. Encoding: a byte-order mark decides; else UTF-8 where it reads; else what charset-normalizer finds among
   the code pages that Ukrainian offices had, cp1251 when it cannot tell. Code pages that differ from cp1251
   in a few letters only are not among them: a guess between those would spell names wrongly.
2. The separator is the one of `;`, `,`, tab and `|` that finds the most known columns in the first line.
3. A line is a row. A quote that is never closed spoils its own line and no other.
4. A number in a workbook's cell has lost its leading zeros before we see it: it is taken as it is, and the
   check of its field tells.
5. Bounds: `MAX_BYTES`, `MAX_ROWS`. A file without a column that is needed is refused whole.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import python_calamine
from charset_normalizer import from_bytes

from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES: Final = 64 * 2**20
MAX_ROWS: Final = 500_000
SEPARATORS: Final = (";", ",", "\t", "|")
CODE_PAGES: Final = ["cp1251", "koi8_u", "cp866"]  # the first where it cannot be told
ENOUGH: Final = 40  # letters; a guess from fewer took one name for box-drawing characters
LAST_ASCII: Final = 0x7F
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its line in the file, counted from 1, and its cells by column; or why it does not read."""

    number: int
    cells: dict[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's rows. `unknown`: columns that nobody asked for, and that are left out."""

    lines: list[Line]
    unknown: tuple[str, ...]


def read_sheet(data: bytes, *, known: Sequence[str], needed: Sequence[str]) -> Sheet:
    """Read CSV or a workbook, told apart by their bytes.

    Raises BadInput when it is neither, too large, empty, or without a column that is needed.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(f"The file has more than {MAX_BYTES // 2**20} MiB", todo="Split it")
    workbook = zipfile.is_zipfile(io.BytesIO(data)) or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    rows = _workbook(data) if workbook else _csv(data, known)
    head: tuple[int, list[str], str] | None = next(rows, None)
    if head is None:
        raise BadInput("The file is empty", todo=f"Give it a first line: {', '.join(known)}")
    columns = ["_".join(cell.strip().lower().split()) for cell in head[1]]
    _check_columns(columns, known, needed)
    lines = [Line(number, dict(zip(columns, cells, strict=False)), fault) for number, cells, fault in rows]
    if len(lines) > MAX_ROWS:
        raise BadInput(f"The file has more than {MAX_ROWS} rows", todo="Split it")
    if not lines:
        raise BadInput("The file has no row below its first line", todo="Give it one row a terminal")
    return Sheet(lines, tuple(column for column in columns if column and column not in known))


def _check_columns(columns: list[str], known: Sequence[str], needed: Sequence[str]) -> None:
    for column in needed:
        if column not in columns:
            close = difflib.get_close_matches(column, [name for name in columns if name not in known], n=1)
            raise BadInput(
                f"The column {column!r} is missing",
                why=f"the first line has {', '.join(columns)}"[:300],
                todo=f"Rename {close[0]!r} to {column!r}"
                if close
                else f"Add it; known are {', '.join(known)}",
            )
    twice = {column for column in columns if column in known and columns.count(column) > 1}
    if twice:
        raise BadInput(f"The column {min(twice)!r} is there twice", todo="Keep one of them")


def decode(data: bytes) -> str:
    """Text of a file in an encoding that it does not name."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        sample = data[: 2**18]
        enough = sum(byte > LAST_ASCII for byte in sample) >= ENOUGH
        guess = from_bytes(sample, cp_isolation=CODE_PAGES).best() if enough else None
        return _decoded(data, guess.encoding if guess else CODE_PAGES[0])


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"The file does not read as {encoding}", why=str(error.reason), todo="Save it as CSV UTF-8"
        ) from error


def _csv(data: bytes, known: Sequence[str]) -> Iterator[tuple[int, list[str], str]]:
    lines = decode(data).splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return
    separator = max(SEPARATORS, key=lambda mark: len(set(lines[first].lower().split(mark)) & set(known)))
    for number, line in enumerate(lines[first:], first + 1):
        if not line.strip(f" {separator}"):
            continue
        try:
            yield number, next(csv.reader([line], delimiter=separator, strict=True)), ""
        except csv.Error as error:
            yield number, [], f"The line does not read as CSV: {error}"


def _workbook(data: bytes) -> Iterator[tuple[int, list[str], str]]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise BadInput(
            "The workbook does not open", why=str(error), todo="Save it again as XLSX or CSV"
        ) from error
    for number, row in enumerate(rows, 1):
        cells = [_cell(value) for value in row]
        if any(cells):
            yield number, cells, ""


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
