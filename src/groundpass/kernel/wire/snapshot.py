"""A whole state, compressed: `snapshot-<serial>`.

The header names the state hash, and unpacking recomputes it: what comes out is what was meant, or nothing.
Padding to 64 KiB and encryption are `kernel.trust.seal`; neither is state.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from groundpass.kernel.core.errors import NotVerified
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.canonical import Sha256
from groundpass.kernel.wire.columns import entry_sections, read_entries
from groundpass.kernel.wire.container import Reader, write
from groundpass.kernel.wire.header import MAX_HEADER_BYTES, StateHeader, of_state, ordered
from groundpass.kernel.wire.state import assemble, encode, state_hash

if TYPE_CHECKING:
    from groundpass.kernel.core.state import State

MAGIC: Final = b"GPSNAP_1"


class SnapshotHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`state_header`: bytes of the state's header, which is the first section."""

    format: Literal["groundpass/snapshot/1"]
    state_hash: Sha256
    state_header: Annotated[int, msgspec.Meta(ge=1, le=MAX_HEADER_BYTES)]


def pack(state: State) -> bytes:
    """Compress a state. Raises BadInput for a value outside the bounds of the format."""
    text = canonical.write(of_state(state))
    digest = hashlib.sha256(encode(state)).hexdigest()
    wkbs = [territory.wkb for territory in ordered(state.territories)]
    header = SnapshotHeader("groundpass/snapshot/1", digest, len(text))
    return write(MAGIC, header, [text, *entry_sections(state.entries), *wkbs])


def unpack(data: bytes) -> State:
    """Read a snapshot. Raises BadInput, or NotVerified when it is not the state that its header names."""
    reader = Reader(data, MAGIC, "snapshot")
    header = reader.header(SnapshotHeader)
    text = reader.section(header.state_header)
    inner = canonical.read(text, StateHeader, limit=MAX_HEADER_BYTES)
    entries = read_entries(reader, inner.entries)
    wkbs = [reader.section(territory.wkb_size) for territory in inner.territories]
    reader.end()
    state = assemble(inner, entries, wkbs)
    if state_hash(state) != header.state_hash:
        raise NotVerified("A snapshot does not give the state that its header names")
    return state
