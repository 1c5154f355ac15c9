"""Identifiers of a whole column at once: from Arrow buffers to blocks, without a Python object a row.

1. `parse_column` gives for each row exactly `block(normalise(text))`, or the block of the text under number 0
   where it does not read; a null is the empty text.
2. Hexadecimal schemes of fixed groups (UTIDs) take the fast road: rows of the right length are gathered,
   their digits looked up two at a time, wrong ones found by a bit. All else is parsed once a distinct text.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.normalising import BLOCK, ROOM, pack_block
from groundpass.kernel.core.schemes import OTHER, Scheme, find_scheme

CHUNK: Final = 1 << 15  # rows a step: the gathered digits stay in the cache
WRONG: Final = 0xFF  # not a hexadecimal digit
NO_PAIR: Final = 0x100  # set beside a byte whose digits are not two

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]


def _digits() -> Bytes:
    """Byte → value of the hexadecimal digit, in any case, or WRONG."""
    table = np.full(256, WRONG, np.uint8)
    for value, (low, high) in enumerate(zip(b"0123456789abcdef", b"0123456789ABCDEF", strict=True)):
        table[[low, high]] = value
    return table


def _pairs() -> npt.NDArray[np.uint16]:
    """Two digits as one little-endian number → their byte, or 0x100 where one of them is none."""
    digits = _digits()
    first = digits[np.arange(1 << 16) & 0xFF].astype(np.uint16)
    second = digits[np.arange(1 << 16) >> 8].astype(np.uint16)
    wrong = (first == WRONG) | (second == WRONG)
    return np.where(wrong, np.uint16(NO_PAIR), first << 4 | second).astype(np.uint16)


_PAIRS: Final = _pairs()


def parse_column(column: pa.Array | pa.ChunkedArray, scheme: str | Scheme) -> tuple[Bytes, Bools]:
    """Read a column of ids under one scheme.

    Args:
        column: string, large_string, string_view, binary, large_binary, null, or a dictionary of these.
        scheme: the code of a scheme, a scheme, or "other".

    Returns:
        blocks uint8[n, 16], and bool[n]: which rows read under the scheme.

    Raises BadInput for another type of column or an unknown scheme.
    """
    rules = None if scheme == OTHER else find_scheme(scheme)
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [_parse_array(chunk, rules) for chunk in chunks]
    if len(parts) == 1:
        return parts[0]
    blocks = np.concatenate([part[0] for part in parts]) if parts else np.empty((0, BLOCK), np.uint8)
    return blocks, np.concatenate([part[1] for part in parts]) if parts else np.empty(0, np.bool_)


def _parse_array(array: pa.Array, scheme: Scheme | None) -> tuple[Bytes, Bools]:
    """One contiguous array."""
    if pa.types.is_dictionary(array.type):
        return _parse_dictionary(array, scheme)
    flat = _as_binary(array)
    blocks = np.zeros((len(flat), BLOCK), np.uint8)
    known = np.zeros(len(flat), np.bool_)
    if scheme is not None and _plain(scheme):
        _parse_fixed(flat, scheme, blocks, known)
    _parse_rest(flat, scheme, blocks, known)
    return blocks, known


def _parse_dictionary(array: pa.Array, scheme: Scheme | None) -> tuple[Bytes, Bools]:
    """Each distinct value once, then a gather; nulls are the empty text."""
    values, known_values = _parse_array(array.dictionary, scheme)
    values = np.concatenate([values, np.zeros((1, BLOCK), np.uint8)])
    known_values = np.append(known_values, False)
    index = pc.fill_null(array.indices.cast(pa.int64()), len(values) - 1).to_numpy(zero_copy_only=False)
    return values[index], known_values[index]


def _as_binary(array: pa.Array) -> pa.Array:
    """The same bytes as large_binary, whose offsets are int64."""
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary)
    more = (pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_null)
    if not any(kind(array.type) for kind in kinds + more):
        raise BadInput(f"A column of ids is {array.type}", todo="Give it as text")
    return array.cast(pa.large_binary())


def _plain(scheme: Scheme) -> bool:
    """Whether it is groups of digits normalised by nothing but blanks, dashes, case and one prefix."""
    drop = (f"drop:{scheme.prefix.lower()}", f"drop:{scheme.prefix.upper()}") if scheme.prefix else ()
    steps = scheme.normaliser
    case = {"lower": "a-f", "upper": "A-F"}
    return (
        0 < sum(scheme.groups) <= 2 * ROOM
        and len(steps) == 3 + bool(drop)
        and steps[:2] == ("strip", "dashes")
        and case.get(steps[2], "?") in scheme.pattern
        and (not drop or steps[3] == drop[steps[2] == "upper"])
    )


def _parse_fixed(flat: pa.Array, scheme: Scheme, blocks: Bytes, known: Bools) -> None:
    """Rows of exactly the digits and dashes, with or without the prefix."""
    offsets = np.frombuffer(flat.buffers()[1], np.int64)[flat.offset : flat.offset + len(flat) + 1]
    data = flat.buffers()[2]
    size = data.size if data is not None else 0
    lengths = np.diff(offsets)
    for prefix in sorted({"", scheme.prefix}):
        whole = len(prefix) + sum(scheme.groups) + len(scheme.groups) - 1
        if size < whole:
            continue
        # One item at every byte, overlapping: gathering a row is then one copy of `whole` bytes.
        windows = np.ndarray((size - whole + 1,), f"V{whole}", buffer=data, strides=(1,))
        chosen = np.flatnonzero(lengths == whole)
        for start in range(0, len(chosen), CHUNK):
            place = chosen[start : start + CHUNK]
            rows = windows[offsets[place]].view(np.uint8).reshape(len(place), whole)
            found, good = _decode(rows, prefix, scheme)
            if not good.all():
                found, place = found[good], place[good]
            blocks[place], known[place] = found, True


def _decode(rows: Bytes, prefix: str, scheme: Scheme) -> tuple[Bytes, Bools]:
    """Blocks of rows of one length, and which of the rows are digits and dashes where they must be."""
    good = np.ones(len(rows), np.bool_)
    for index, letter in enumerate(prefix):
        good &= (rows[:, index] == ord(letter.lower())) | (rows[:, index] == ord(letter.upper()))
    digits = np.empty((len(rows), sum(scheme.groups)), np.uint8)
    at, done = len(prefix), 0
    for count in scheme.groups:
        if done:
            good &= rows[:, at] == ord("-")
            at += 1
        digits[:, done : done + count] = rows[:, at : at + count]
        at, done = at + count, done + count
    values = _PAIRS[digits.view(np.uint16)]
    good &= np.bitwise_or.reduce(values, axis=1) < NO_PAIR
    found = np.zeros((len(rows), BLOCK), np.uint8)
    size = values.shape[1]
    found[:, 0], found[:, 1] = scheme.number, size
    found[:, 2 : 2 + size] = values  # the low byte, on purpose: rows that NO_PAIR marks are not used
    return found, good


def _parse_rest(flat: pa.Array, scheme: Scheme | None, blocks: Bytes, known: Bools) -> None:
    """Every row that is not known yet, each distinct text once."""
    rest = np.flatnonzero(~known)
    if not len(rest):
        return
    encoded = flat.take(pa.array(rest)).dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    parsed = [_parse_text(text, scheme) for text in texts]
    table = np.frombuffer(b"".join(part[0] for part in parsed) + bytes(BLOCK), np.uint8).reshape(-1, BLOCK)
    reads = np.array([part[1] for part in parsed] + [False])
    index = pc.fill_null(encoded.indices.cast(pa.int64()), len(texts)).to_numpy(zero_copy_only=False)
    blocks[rest], known[rest] = table[index], reads[index]


def _parse_text(data: bytes, scheme: Scheme | None) -> tuple[bytes, bool]:
    """One text: its block, and whether it reads."""
    try:
        value = scheme.reads(data.decode("utf-8")) if scheme is not None else None
    except UnicodeDecodeError:
        value = None
    if scheme is None or value is None:
        return pack_block(0, data), False
    return pack_block(scheme.number, scheme.packed(value)), True
