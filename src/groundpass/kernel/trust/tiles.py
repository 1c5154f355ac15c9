"""Tiles of a log as static files (C2SP tlog-tiles).

Rules:
1. A tile holds 256 hashes side by side. At level 0 they are leaf hashes; at level L each is the root of a
   full tile of level L - 1. What is not full is partial: `<N>.p/<W>` of W hashes, never hashed further up.
2. An index is written in groups of three digits, all but the last behind an `x`: 1234067 is `x001/x234/067`.
3. Entries lie in bundles of 256 beside the tiles, each behind its length (uint16, big-endian).
4. Reading takes the full file where the partial one was deleted, and cuts it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified
from groundpass.kernel.trust.files import read_whole
from groundpass.kernel.trust.merkle import HASH_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

WIDTH: Final = 256
HEIGHT: Final = 8  # WIDTH == 2 ** HEIGHT
ENTRIES: Final = "entries"
MAX_ENTRY: Final = 2**16 - 1  # bytes
_LENGTH: Final = struct.Struct(">H")


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Name a tile, or with level "entries" a bundle, relative to the folder of the log."""
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:  # noqa: PLR2004 -- three digits a group
        index //= 1000
        groups.append(f"x{index % 1000:03d}")
    path = f"tile/{level}/{'/'.join(reversed(groups))}"
    return path if width == WIDTH else f"{path}.p/{width}"


def shape(size: int) -> Iterator[tuple[int, int, int]]:
    """Give (level, index, width) of every tile of a log of `size` leaves, lowest level first."""
    level = 0
    while size >> HEIGHT * level:
        full, rest = divmod(size >> HEIGHT * level, WIDTH)
        for index in range(full):
            yield level, index, WIDTH
        if rest:
            yield level, full, rest
        level += 1


def read_tile(folder: Path, level: int, index: int, width: int) -> list[bytes]:
    """Read the first `width` hashes of a tile. Raises NotVerified when they are not there."""
    data = _read(folder, level, index, width, limit=WIDTH * HASH_BYTES)
    if len(data) < width * HASH_BYTES or len(data) % HASH_BYTES:
        raise NotVerified(f"The tile {tile_path(level, index, width)} is cut short")
    return [data[start : start + HASH_BYTES] for start in range(0, width * HASH_BYTES, HASH_BYTES)]


def read_bundle(folder: Path, index: int, width: int) -> list[bytes]:
    """Read the first `width` entries of a bundle. Raises NotVerified when they are not there."""
    data = _read(folder, ENTRIES, index, width, limit=WIDTH * (MAX_ENTRY + _LENGTH.size))
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        start = place + _LENGTH.size
        length = _LENGTH.unpack_from(data, place)[0] if start <= len(data) else len(data)
        place = start + length
        if place > len(data):
            raise NotVerified(f"The bundle {tile_path(ENTRIES, index, width)} is cut short")
        entries.append(data[start:place])
    if len(entries) < width:
        raise NotVerified(f"The bundle {tile_path(ENTRIES, index, width)} has {len(entries)} entries")
    return entries[:width]


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """Join entries behind their lengths. Raises BadInput for one longer than 65,535 bytes."""
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise BadInput(f"An entry of the log has {len(entry)} bytes, more than {MAX_ENTRY}")
    return b"".join(_LENGTH.pack(len(entry)) + entry for entry in entries)


def _read(folder: Path, level: int | str, index: int, width: int, *, limit: int) -> bytes:
    path = folder / tile_path(level, index, width)
    if not path.is_file():
        path = folder / tile_path(level, index)
    try:
        return read_whole(path, limit=limit)
    except CannotRun as error:
        raise NotVerified(f"The log lacks {tile_path(level, index, width)}", why=error.why) from error
