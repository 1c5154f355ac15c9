"""A file of this project on the wire: a canonical header, then compressed sections of known size.

Layout: magic (8) ‖ header length (uint32) ‖ header (canonical JSON) ‖ for each section: compressed length
(uint64) ‖ one zstd frame. Integers are little-endian.

Rules:
1. The size of a section, uncompressed, follows from counts in the header, which have bounds. So no frame can
   make a reader allocate more than those bounds allow, whatever it claims (a "bomb" ends as BadInput).
2. A column of integers is stored as one section for each of its bytes, lowest first: the random bytes of keys
   and the repeated bytes of small numbers then meet the compressor apart. Over 250,000 random keys, sorted
   and taken as first differences, that comes within 0.5 % of the information limit.
3. The bytes end with the last section.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import numpy as np
import pyarrow as pa

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.header import MAX_HEADER_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

T = TypeVar("T", bound=msgspec.Struct)
Integer = TypeVar("Integer", np.uint8, np.uint16, np.uint32, np.uint64)

_HEADER: Final = struct.Struct("<I")
_SECTION: Final = struct.Struct("<Q")
_LEVEL: Final = 9  # beyond it zstd costs 5 to 30 times the time for less than 0.1 % of the bytes


def write(magic: bytes, header: msgspec.Struct, sections: Iterable[bytes]) -> bytes:
    """Join magic, header and compressed sections. Raises BadInput for a header out of bounds."""
    text = canonical.write(header)
    if len(text) > MAX_HEADER_BYTES:
        raise BadInput(f"A header has {len(text)} bytes, more than {MAX_HEADER_BYTES}")
    codec = pa.Codec("zstd", compression_level=_LEVEL)
    parts = [magic, _HEADER.pack(len(text)), text]
    for section in sections:
        packed = codec.compress(section, asbytes=True)
        parts += [_SECTION.pack(len(packed)), packed]
    return b"".join(parts)


def planes(column: npt.NDArray[Integer]) -> list[bytes]:
    """Split a column into its bytes, lowest first: one section each."""
    width = column.dtype.itemsize
    little = np.ascontiguousarray(column.astype(column.dtype.newbyteorder("<"), copy=False))
    table = little.view(np.uint8).reshape(len(column), width)
    return [table[:, place].tobytes() for place in range(width)]


class Reader:
    """Reads the sections of a file one after another; `end` must come last."""

    def __init__(self, data: bytes, magic: bytes, what: str) -> None:
        if data[: len(magic)] != magic:
            raise BadInput(f"The bytes are not a {what} of this format")
        self._view = memoryview(data)[len(magic) :]
        self._what = what
        self._codec = pa.Codec("zstd")

    def header(self, kind: type[T]) -> T:
        """Read the header. Raises BadInput."""
        (length,) = _HEADER.unpack(self._take(_HEADER.size))
        if length > MAX_HEADER_BYTES:
            raise BadInput(f"The header of a {self._what} has {length} bytes, more than {MAX_HEADER_BYTES}")
        return canonical.read(self._take(length), kind, limit=MAX_HEADER_BYTES)

    def section(self, size: int) -> bytes:
        """Read the next section, which has `size` bytes when uncompressed. Raises BadInput."""
        (length,) = _SECTION.unpack(self._take(_SECTION.size))
        packed = self._take(length)
        try:
            plain: bytes = self._codec.decompress(packed, decompressed_size=size, asbytes=True)
        except (OSError, ValueError) as error:
            raise BadInput(f"A section of a {self._what} does not unpack", why=str(error)) from error
        return plain

    def column(self, count: int, kind: type[Integer]) -> npt.NDArray[Integer]:
        """Read a column of `count` integers. Raises BadInput."""
        # Every section is read before the column is made: a false count ends at its first section.
        sections = [self.section(count) for _ in range(np.dtype(kind).itemsize)]
        table = np.stack([np.frombuffer(section, np.uint8) for section in sections], axis=1)
        return table.view(np.dtype(kind).newbyteorder("<")).reshape(count).astype(kind, copy=False)

    def end(self) -> None:
        """Raise BadInput if anything is left."""
        if len(self._view):
            raise BadInput(f"A {self._what} has {len(self._view)} bytes after its end")

    def _take(self, size: int) -> memoryview:
        if size > len(self._view):
            raise BadInput(f"A {self._what} is cut short")
        taken, self._view = self._view[:size], self._view[size:]
        return taken
