"""ISO 8601 times of a whole column at once, from Arrow buffers.

Forms: `YYYY-MM-DD`, then optionally `T` or a blank and `hh:mm`, `:ss`, a fraction of 1 to 9 digits, and `Z`,
`±hh:mm` or nothing (UTC). Rows are taken by length, so that each form is a matrix of bytes. What is not
exactly such a form, or no such date, is left to the caller. A leap second is no such time. No floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.intervals import NO_TIME, NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

YEARS: Final = (1678, 2261)  # whole years that int64 nanoseconds hold
_DAY, _HOUR, _MINUTE = 24, 60, 60  # hours, minutes, seconds
_MONTHS, _FEBRUARY = 12, 2
_BASE: Final = 10  # of the digits
_TO_SECONDS: Final = 19  # length of 2026-02-05T03:00:00
_LONGEST: Final = 35  # 2026-02-05T03:00:00.123456789+02:00
_BODIES: Final = (10, 16, _TO_SECONDS, *range(21, 30))  # lengths without the zone
_CHUNK: Final = 1 << 15  # rows a step: the matrix stays in the cache
_MONTH_DAYS: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


def parse_texts(column: pa.Array) -> tuple[Ints, Bools]:
    """Read a large_string column: UTC ns (NO_TIME where it does not read), and which rows read."""
    values = np.full(len(column), NO_TIME, np.int64)
    reads = np.zeros(len(column), np.bool_)
    for rows, table in _by_length(column):
        values[rows], reads[rows] = _parse(table)
    return values, reads


def _by_length(column: pa.Array) -> Iterator[tuple[npt.NDArray[np.intp], Bytes]]:
    """Rows of one length, and their bytes, uint8[k, length]."""
    offsets = np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column) + 1]
    lengths = np.diff(offsets)
    data = column.buffers()[2]
    if data is None:
        return
    for length in np.unique(lengths):
        if not _BODIES[0] <= length <= _LONGEST:
            continue
        # One item at every byte, overlapping: gathering a row is then one copy.
        windows = np.ndarray((data.size - int(length) + 1,), f"V{length}", buffer=data, strides=(1,))
        chosen = np.flatnonzero(lengths == length)
        for start in range(0, len(chosen), _CHUNK):
            rows = chosen[start : start + _CHUNK]
            yield rows, windows[offsets[rows]].view(np.uint8).reshape(len(rows), int(length))


def _parse(table: Bytes) -> tuple[Ints, Bools]:
    """Split off the zone, three ways it may be written, and read what is before it."""
    values = np.full(len(table), NO_TIME, np.int64)
    reads = np.zeros(len(table), np.bool_)
    zulu = (table[:, -1] | 32) == ord("z")
    signed = np.zeros(len(table), np.bool_)
    if table.shape[1] > _BODIES[1]:
        signed = ((table[:, -6] == ord("+")) | (table[:, -6] == ord("-"))) & (table[:, -3] == ord(":"))
    for which, zone in ((zulu, 1), (signed, 6), (~zulu & ~signed, 0)):
        if table.shape[1] - zone not in _BODIES or not which.any():
            continue
        part = table if which.all() else table[which]
        value, good = _body(part[:, : table.shape[1] - zone])
        if zone == len("+hh:mm"):
            shift, zoned = _zone(part[:, -6:])
            value, good = value - shift, good & zoned
        values[which], reads[which] = np.where(good, value, NO_TIME), good
    return values, reads


def _zone(tail: Bytes) -> tuple[Ints, Bools]:
    hours, good = _number(tail, 1, 3)
    minutes, also = _number(tail, 4, 6)
    shift = (hours * 3600 + minutes * 60) * NS
    return np.where(tail[:, 0] == ord("-"), -shift, shift), good & also & (hours < _DAY) & (minutes < _HOUR)


def _body(table: Bytes) -> tuple[Ints, Bools]:
    """Date, time and fraction, without a zone."""
    length = table.shape[1]
    second, good = _date(table)
    value = second * NS
    if length > _BODIES[0]:
        past, also = _clock(table)
        value, good = value + past * NS, good & also
    if length > _TO_SECONDS:
        fraction, also = _number(table, 20, length)
        value += fraction * 10 ** (29 - length)
        good &= also & ((table[:, 19] == ord(".")) | (table[:, 19] == ord(",")))
    return value, good


def _date(table: Bytes) -> tuple[Ints, Bools]:
    """Seconds of the midnight; days from civil as Howard Hinnant's chrono algorithms give them."""
    (year, good), (month, more), (day, also) = (_number(table, *place) for place in ((0, 4), (5, 7), (8, 10)))
    good &= more & also & (table[:, 4] == ord("-")) & (table[:, 7] == ord("-"))
    good &= (YEARS[0] <= year) & (year <= YEARS[1]) & (month >= 1) & (month <= _MONTHS)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    good &= (day >= 1) & (day <= _MONTH_DAYS[np.where(good, month, 0)] + (leap & (month == _FEBRUARY)))
    shifted = year - (month <= _FEBRUARY)
    of_era = shifted % 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = shifted // 400 * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return np.where(good, days, 0) * 86_400, good


def _clock(table: Bytes) -> tuple[Ints, Bools]:
    """Seconds since midnight."""
    (hour, good), (minute, also) = _number(table, 11, 13), _number(table, 14, 16)
    good &= also & (hour < _DAY) & (minute < _HOUR) & (table[:, 13] == ord(":"))
    good &= ((table[:, 10] | 32) == ord("t")) | (table[:, 10] == ord(" "))
    past = hour * 3600 + minute * 60
    if table.shape[1] >= _TO_SECONDS:
        second, also = _number(table, 17, 19)
        past, good = past + second, good & also & (second < _MINUTE) & (table[:, 16] == ord(":"))
    return past, good


def _number(table: Bytes, start: int, end: int) -> tuple[Ints, Bools]:
    """The digits of some columns as one number, and whether all of them are digits."""
    value = np.zeros(len(table), np.int64)
    good = np.ones(len(table), np.bool_)
    for place in range(start, end):
        digit = table[:, place] - np.uint8(ord("0"))  # wraps on purpose: what is no digit comes out too large
        good &= digit < _BASE
        value = value * _BASE + digit
    return value, good
