"""The entry columns as they travel: small numbers where the plain ones are large.

Keys are sorted, so their first differences are small; `valid_until` travels as its distance from
`valid_from`, which takes few values. Both are taken modulo 2^64, so the ends of time survive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.state import Entries
from groundpass.kernel.wire.container import Reader, planes

if TYPE_CHECKING:
    import numpy.typing as npt


def key_sections(key: npt.NDArray[np.uint64]) -> list[bytes]:
    """Split sorted keys into the sections of their first differences."""
    return planes(np.diff(key, prepend=np.uint64(0)))


def read_keys(reader: Reader, count: int) -> npt.NDArray[np.uint64]:
    """Read sorted keys. Raises BadInput when they are not sorted, distinct and above zero."""
    key = np.cumsum(reader.column(count, np.uint64), dtype=np.uint64)
    if count and (key[0] == 0 or not bool(np.all(key[1:] > key[:-1]))):
        raise BadInput("Keys are not sorted, distinct and above zero")
    return key


def entry_sections(entries: Entries) -> list[bytes]:
    """Split entries into sections: keys, starts, durations, profiles."""
    start = entries.valid_from.view(np.uint64)
    length = entries.valid_until.view(np.uint64) - start
    return [*key_sections(entries.key), *planes(start), *planes(length), *planes(entries.profile)]


def read_entries(reader: Reader, count: int) -> Entries:
    """Read `count` entries. Raises BadInput."""
    key = read_keys(reader, count)
    start = reader.column(count, np.uint64)
    until = start + reader.column(count, np.uint64)
    profile = reader.column(count, np.uint16)
    return Entries(key, profile, start.view(np.int64), until.view(np.int64))
