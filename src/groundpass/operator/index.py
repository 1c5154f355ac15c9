"""The index beside a release in the store: made when the release comes, mapped when it decides.

`releases/<…>/index.bin`, and `index.json`: what the file looked like when it was last known to be whole.

Rules:
1. The state is what was verified; the index is made from it. Where an index is missing, damaged, of another
   version, or where the disk refuses one, the release is made ready from its state: slower, the same
   verdicts.
2. A file that is not the one that was written here (by its size, its time and its number on the disk) is read
   whole and checked before it is used.
3. An index never keeps a release from being taken: what goes wrong with it is not an error of the sync.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import msgspec

from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.kernel.engine.fast import FastView
from groundpass.kernel.engine.index_file import index_bytes, open_index
from groundpass.kernel.trust.files import flush_folder
from groundpass.operator.records import find_record, write_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundpass.kernel.core.state import State

NAME: Final = "index.bin"
STAMP: Final = "index.json"


class Stamp(msgspec.Struct, frozen=True):
    """What a whole index looked like. time_ns: of its last change · number: its inode."""

    size: int
    time_ns: int
    number: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """The stamp of a file as it is. Raises OSError."""
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


def write_index(folder: Path, fast: FastView, state_hash: str) -> None:
    """Write the index of a release into its folder, if the disk and the release allow it."""
    with contextlib.suppress(OSError, BadInput, CannotRun):
        _write(folder, index_bytes(fast, state_hash))


def write_index_of(folder: Path, state: State, state_hash: str) -> None:
    """The same of a state that is not ready yet."""
    with contextlib.suppress(CannotRun):
        write_index(folder, FastView.of(state), state_hash)


def find_index(folder: Path, state_hash: str) -> FastView | None:
    """The release of a folder by its index; None where that cannot be used."""
    try:
        index = open_index(folder / NAME, state_hash)
        stamp = Stamp.of(folder / NAME)
        if find_record(folder / STAMP, Stamp) != stamp:
            index.verify()
            with contextlib.suppress(CannotRun):
                write_record(folder / STAMP, stamp)
    except (OSError, BadInput):
        return None
    return index.fast


def _write(folder: Path, parts: Iterator[bytes]) -> None:
    """Write the file beside its name, flush it, rename it; then its stamp."""
    handle, name = tempfile.mkstemp(prefix=".index-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / NAME)
    finally:
        Path(name).unlink(missing_ok=True)
    flush_folder(folder)
    write_record(folder / STAMP, Stamp.of(folder / NAME))
