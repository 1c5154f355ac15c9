"""Cells of a report file become numbers; a cell that does not read becomes a missing one, and is counted.

Rules:
1. No cell fails a file. Each function gives the values and which rows held something that does not read; a
   null or empty cell is missing, not wrong.
2. Times end as UTC nanoseconds: timestamps of any unit (naive ones are UTC), ISO 8601 texts with or without
   zone and fraction, or integers that are nanoseconds. An integer before 1973 is in another unit: wrong.
3. A column whose type cannot hold the thing at all is refused whole, by name: an H3 cell in floats has lost
   its digits, a time in floats its nanoseconds.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.engine.reports import country_code
from groundpass.operator.isotime import parse_texts

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Integer = TypeVar("Integer", np.uint64, np.int64, np.uint16)

LEAST_NS: Final = 10**17  # 1973-03-03 in ns; smaller integers are seconds, milli- or microseconds
_LAST_UINT64: Final = 2**64 - 1
_HEX_DIGITS: Final = 16  # that a uint64 has
_NUMBER: Final = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:nan|inf(inity)?))$"


def texts(column: pa.Array) -> pa.Array:
    """Give any column of words as large_string; bytes that are not UTF-8 become replacement characters."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        return column.cast(pa.large_string())
    except pa.ArrowInvalid:
        rows = column.cast(pa.large_binary()).to_pylist()
        return pa.array(
            [None if row is None else row.decode("utf-8", "replace") for row in rows], pa.large_string()
        )


def numbers(column: pa.Array, name: str, *, comma: bool = False) -> tuple[Floats, Bools]:
    """Read a column of numbers; NaN where there is none. `comma`: `50,4` means 50.4.

    Raises BadInput for a column that is neither numbers nor text.
    """
    if _wordy(column.type):
        return _numbers_of_texts(texts(column), comma=comma)
    if not (_numeric(column.type) or pa.types.is_null(column.type)):
        raise _wrong_type(name, column.type, "numbers")
    values = pc.fill_null(column.cast(pa.float64(), safe=False), np.nan).to_numpy(zero_copy_only=False)
    return values, np.zeros(len(values), np.bool_)


def times(column: pa.Array, name: str) -> tuple[Ints, Bools]:
    """Read a column of times as UTC ns; NO_TIME where there is none.

    Raises BadInput for a column that holds neither timestamps, integers nor text.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _times_of_stamps(column)
    if pa.types.is_integer(kind):
        return _times_of_integers(column)
    if _wordy(kind):
        return _times_of_texts(texts(column))
    if pa.types.is_null(kind):
        return np.full(len(column), NO_TIME, np.int64), np.zeros(len(column), np.bool_)
    raise _wrong_type(name, kind, "timestamps, ISO 8601 texts or integer nanoseconds")


def h3_cells(column: pa.Array, name: str) -> tuple[npt.NDArray[np.uint64], Bools]:
    """Read a column of H3 cells: integers, or texts in hexadecimal or decimal; 0 where there is none.

    Whether a number is a cell at all is the decision's to say. Raises BadInput for floats and other types.
    """
    kind = column.type
    if pa.types.is_integer(kind):
        filled = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
        below = filled < 0
        return np.where(below, 0, filled).astype(np.uint64), below
    if _wordy(kind) or pa.types.is_null(kind):
        return _by_distinct(column, _cell_of_text, np.uint64)
    raise _wrong_type(name, kind, "integers or texts", why="an H3 cell needs more digits than a float has")


def countries(column: pa.Array, name: str) -> tuple[npt.NDArray[np.uint16], Bools]:
    """Read a column of ISO 3166 alpha-2 codes as two ASCII bytes, the first one high; 0 for none."""
    if not (_wordy(column.type) or pa.types.is_null(column.type)):
        raise _wrong_type(name, column.type, "texts of two letters")
    return _by_distinct(column, _country_of_text, np.uint16)


def _wordy(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _wordy(kind.value_type)
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary,
             pa.types.is_large_binary, pa.types.is_binary_view)  # fmt: skip
    return any(test(kind) for test in tests)


def _numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _wrong_type(name: str, kind: pa.DataType, wanted: str, *, why: str = "") -> BadInput:
    return BadInput(
        f"The column {name!r} is of type {kind}",
        why=why,
        todo=f"Give it as {wanted}, or name another by --map",
    )


def _numbers_of_texts(column: pa.Array, *, comma: bool) -> tuple[Floats, Bools]:
    if comma:
        column = pc.replace_substring(column, ",", ".")
    try:
        values = column.cast(pa.float64())
        wrong = np.zeros(len(column), np.bool_)
    except pa.ArrowInvalid:
        clean = pc.utf8_trim_whitespace(column)
        reads = pc.match_substring_regex(clean, _NUMBER)
        values = pc.if_else(reads, clean, None).cast(pa.float64())
        wrong = _bools(pc.and_not(pc.not_equal(clean, ""), reads))
    return pc.fill_null(values, np.nan).to_numpy(zero_copy_only=False), wrong


def _times_of_stamps(column: pa.Array) -> tuple[Ints, Bools]:
    """A stamp outside of the 584 years that nanoseconds span reads as wrong, never as another time."""
    null = _bools(pc.is_null(column))
    try:
        stamps = column.cast(pa.timestamp("ns"))
        wrong = np.zeros(len(column), np.bool_)
    except pa.ArrowInvalid:
        seconds = column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        inside = pc.less_equal(pc.abs(seconds), (2**63 - 1) // NS - 1)
        wrong = ~_bools(inside) & ~null
        stamps = pc.if_else(inside, column, None).cast(pa.timestamp("ns"))
    values = pc.fill_null(stamps.cast(pa.int64()), NO_TIME).to_numpy(zero_copy_only=False)
    return values, wrong


def _times_of_integers(column: pa.Array) -> tuple[Ints, Bools]:
    null = _bools(pc.is_null(column))
    filled = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    wrong = ((filled < LEAST_NS) | (filled > 2**63 - 1)) & ~null
    return np.where(wrong | null, NO_TIME, filled.astype(np.int64)), wrong


def _times_of_texts(column: pa.Array) -> tuple[Ints, Bools]:
    """The common forms a column at a time, whatever is left one distinct text at a time."""
    values, reads = parse_texts(column)
    rest = np.flatnonzero(~reads)
    if not len(rest):
        return values, np.zeros(len(values), np.bool_)
    slow, slow_wrong = _by_distinct(column.take(pa.array(rest)), _time_of_text, np.int64, missing=NO_TIME)
    wrong = np.zeros(len(values), np.bool_)
    values[rest], wrong[rest] = slow, slow_wrong
    return values, wrong


def _by_distinct(
    column: pa.Array, read: Callable[[str], int | None], kind: type[Integer], *, missing: int = 0
) -> tuple[npt.NDArray[Integer], Bools]:
    """Read each distinct text once; `read` gives None for what does not read."""
    coded = texts(column).dictionary_encode()
    words = [word.strip() for word in coded.dictionary.to_pylist()]
    found = [read(word) if word else missing for word in words] + [missing]
    index = pc.fill_null(coded.indices.cast(pa.int64()), len(words)).to_numpy(zero_copy_only=False)
    values = np.array([missing if value is None else value for value in found], kind)
    return values[index], np.array([value is None for value in found], np.bool_)[index]


def _cell_of_text(word: str) -> int | None:
    """Fifteen or sixteen digits are hexadecimal, as H3 writes them; more are decimal."""
    digits = word.lower().removeprefix("0x")
    base = 10 if len(digits) > _HEX_DIGITS and digits.isdigit() else 16
    try:
        value = int(digits, base) if digits.isascii() and digits.isalnum() else -1
    except ValueError:
        return None
    return value if 0 < value <= _LAST_UINT64 else None


def _country_of_text(word: str) -> int | None:
    return country_code(word) or None


def _time_of_text(word: str) -> int | None:
    """Integers in nanoseconds, and the rarer spellings of ISO 8601 (basic form, ordinal hours …)."""
    if word.isascii() and word.isdigit():
        value = int(word)
        if value >= LEAST_NS:
            return value if value < 2**63 else None
    try:
        moment = dt.datetime.fromisoformat(word)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    try:
        past = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    except OverflowError:
        return None
    value = (past.days * 86_400 + past.seconds) * NS + past.microseconds * 1000
    return value if NO_TIME < value < 2**63 else None


def _bools(column: pa.Array) -> Bools:
    return np.asarray(pc.fill_null(column, fill_value=False).to_numpy(zero_copy_only=False), np.bool_)
