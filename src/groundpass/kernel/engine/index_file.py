"""A release made ready for the compiled passes, as a file that is mapped: `index.bin`.

| bytes | what |
|---|---|
| 8 | `GPINDEX1` |
| 8 | length of the header, little-endian |
| h | header, JSON: the hash of the state, and of each section its name, place, type, shape and SHA-256 |
| … | sections, each at a multiple of 64 bytes |

Sections: `state`, the canonical bytes of the release without its entries · the arrays of the entry table
and of the grid. Rules:
1. The file is made from a state, never instead of one: whoever holds the state can make it again, so what is
   damaged, of another state or of another version is refused, and nobody loses by it.
2. Opening reads the header and the section `state`, whose hash it checks; the arrays are mapped as they are.
   `verify` reads everything.
3. Little-endian machines only: elsewhere no index is written or opened, and releases are made ready in
   memory.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.state import Entries
from groundpass.kernel.engine.entries import EntryTable
from groundpass.kernel.engine.fast import FastView
from groundpass.kernel.engine.view import ReleaseView
from groundpass.kernel.territory.grid import LayerGrid
from groundpass.kernel.wire import state as wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC: Final = b"GPINDEX1"
LINE: Final = 64  # bytes: sections begin at a cache line
MOST_HEADER: Final = 1 << 20  # bytes
STATE: Final = "state"


class Section(msgspec.Struct, frozen=True):
    """One section. place, size: bytes, from where the sections begin · kind: numpy's name of the type."""

    name: str
    place: int
    size: int
    kind: str
    shape: tuple[int, ...]
    sha256: str


class Header(msgspec.Struct, frozen=True):
    """What the file holds, and of which state."""

    format: Literal["groundpass/index/1"]
    state_hash: str
    seed: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """An index that was opened: the release made ready, and how to check all of it."""

    fast: FastView
    header: Header
    data: memoryview

    def verify(self) -> None:
        """Check the hash of every section. Raises BadInput for one that is not what was written."""
        for section in self.header.sections:
            _check(section, self.data)


def index_bytes(fast: FastView, state_hash: str) -> Iterator[bytes]:
    """The file of a release of at most 64 territories, in parts. Raises BadInput where it has no grid."""
    if fast.grid is None or sys.byteorder != "little":
        raise BadInput("This release is not kept as an index")
    empty = replace(fast.view.state, entries=Entries.empty())
    arrays: dict[str, Any] = {STATE: np.frombuffer(wire.encode(empty), np.uint8)}
    arrays |= {f"entries.{name}": getattr(fast.entries, name) for name in ("pilots", "slots")}
    arrays |= {f"grid.{item.name}": getattr(fast.grid, item.name) for item in fields(LayerGrid)}
    sections, place = [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array)
        digest = hashlib.sha256(data.data.cast("B") if data.size else b"").hexdigest()
        sections.append(Section(name, place, data.nbytes, data.dtype.str, data.shape, digest))
        place += -(-data.nbytes // LINE) * LINE
    header = msgspec.json.encode(
        Header("groundpass/index/1", state_hash, int(fast.entries.seed), tuple(sections))
    )
    head = MAGIC + len(header).to_bytes(8, "little") + header
    yield head + bytes(-len(head) % LINE)
    for section, array in zip(sections, arrays.values(), strict=True):
        yield np.ascontiguousarray(array).tobytes()
        yield bytes(-section.size % LINE)


def open_index(path: Path, state_hash: str) -> Index:
    """Map an index. Raises BadInput when it is damaged or of another state, OSError when it does not open."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            raise BadInput("The index is empty")
        # Copy on write: to the compiler the arrays are like any others, and nobody writes to them.
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    header, start = _header(view)
    if header.state_hash != state_hash or sys.byteorder != "little":
        raise BadInput("The index is of another release")
    data = view[start:]
    found = {section.name: _array(section, data) for section in header.sections}
    _check(header.sections[0], data)
    try:
        state = wire.decode(bytes(found[STATE]))
        entries = EntryTable(np.uint64(header.seed), found["entries.pilots"], found["entries.slots"])
        grid = LayerGrid(*(found[f"grid.{item.name}"] for item in fields(LayerGrid)))
    except KeyError as error:
        raise BadInput(f"The index has no section {error}") from error
    return Index(FastView(ReleaseView(state, listing=entries), entries, grid), header, data)


def _header(view: memoryview) -> tuple[Header, int]:
    """The header, and where the sections begin."""
    length = int.from_bytes(view[8:16], "little")
    if bytes(view[:8]) != MAGIC or length > MOST_HEADER or 16 + length > len(view):
        raise BadInput("The file is no index of this version")
    try:
        header = msgspec.json.decode(view[16 : 16 + length], type=Header)
    except msgspec.MsgspecError as error:
        raise BadInput("The header of the index does not read", why=str(error)) from error
    if not header.sections or header.sections[0].name != STATE:
        raise BadInput("The index does not begin with its state")
    return header, -(-(16 + length) // LINE) * LINE


def _array(section: Section, data: memoryview) -> npt.NDArray[Any]:
    """A section as it lies in the file."""
    kind = np.dtype(section.kind)
    count = int(np.prod(section.shape, dtype=np.int64))
    fits = section.place >= 0 and section.place + section.size <= len(data) and section.place % LINE == 0
    if not fits or kind.hasobject or count * kind.itemsize != section.size:
        raise BadInput(f"The section {section.name} of the index is cut short")
    return np.frombuffer(data, kind, count, section.place).reshape(section.shape)


def _check(section: Section, data: memoryview) -> None:
    """Compare a section with its hash."""
    part = data[section.place : section.place + section.size]
    if hashlib.sha256(part).hexdigest() != section.sha256:
        raise BadInput(f"The section {section.name} of the index is damaged")
