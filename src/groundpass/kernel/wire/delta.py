"""What changed between two releases of one session: `delta-<from>-<to>`.

Rules:
1. A delta is never partial: it carries the whole new header (rules, timers, territories), the keys removed,
   the entries added or changed, and the polygons that the older state does not hold.
2. It names the hash of the state it must give. `apply` recomputes it, and gives no state if it differs.
3. A delta fits one state only: the same feed and session, the serial it starts from, every removed key there.

So `full(n) == apply(full(b), delta(b → n))` for every b, or NotVerified.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.errors import BadInput, NotVerified
from groundpass.kernel.core.state import Entries, State
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.canonical import Count, Sha256
from groundpass.kernel.wire.columns import entry_sections, key_sections, read_entries, read_keys
from groundpass.kernel.wire.container import Reader, write
from groundpass.kernel.wire.header import (
    MAX_ENTRIES,
    MAX_HEADER_BYTES,
    MAX_WKB_BYTES,
    StateHeader,
    of_state,
    ordered,
)
from groundpass.kernel.wire.state import assemble, state_hash

MAGIC: Final = b"GPDELTA1"

Rows = Annotated[int, msgspec.Meta(ge=0, le=MAX_ENTRIES)]
WkbSize = Annotated[int, msgspec.Meta(ge=1, le=MAX_WKB_BYTES)]


@dataclass(frozen=True, slots=True, eq=False)
class Delta:
    """The way from one state to a later one.

    removed: uint64, sorted · upserts: new or changed entries · header: of the new state, whole
    polygons: WKBs that are new, in the order of the header's territories · state_hash: of the new state.
    """

    from_serial: int
    removed: npt.NDArray[np.uint64]
    upserts: Entries
    header: StateHeader
    polygons: tuple[bytes, ...]
    state_hash: str

    @property
    def to_serial(self) -> int:
        """Serial of the state it gives."""
        return self.header.serial


class DeltaHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`state_header`: bytes of the new state's header, the first section; `polygons`: sizes of the last."""

    format: Literal["groundpass/delta/1"]
    from_serial: Count
    to_serial: Count
    removed: Rows
    upserts: Rows
    polygons: Annotated[tuple[WkbSize, ...], msgspec.Meta(max_length=2**16)]
    state_hash: Sha256
    state_header: Annotated[int, msgspec.Meta(ge=1, le=MAX_HEADER_BYTES)]


def diff(old: State, new: State) -> Delta:
    """Find what leads from `old` to `new`. Raises BadInput for two sessions or a falling serial."""
    if (old.feed, old.session) != (new.feed, new.session):
        raise BadInput("Two sessions have no delta between them", todo="Publish a snapshot")
    if old.serial >= new.serial:
        raise BadInput(f"A delta cannot lead from serial {old.serial} to {new.serial}")
    held = {hashlib.sha256(territory.wkb).digest() for territory in old.territories}
    return Delta(
        from_serial=old.serial,
        removed=np.setdiff1d(old.entries.key, new.entries.key, assume_unique=True),
        upserts=_changed(old.entries, new.entries),
        header=of_state(new),
        polygons=tuple(
            territory.wkb
            for territory in ordered(new.territories)
            if hashlib.sha256(territory.wkb).digest() not in held
        ),
        state_hash=state_hash(new),
    )


def apply(old: State, delta: Delta) -> State:
    """Give the state that `delta` makes of `old`.

    Raises NotVerified when the delta does not fit `old` or does not give the state that it names.
    """
    if (old.feed, old.session, old.serial) != (delta.header.feed, delta.header.session, delta.from_serial):
        raise NotVerified(
            f"A delta from serial {delta.from_serial} does not fit the state held, serial {old.serial}"
        )
    try:
        new = assemble(delta.header, _merged(old.entries, delta), _polygons(old, delta))
    except BadInput as error:
        raise NotVerified("A delta does not fit the state held", why=error.what) from error
    if state_hash(new) != delta.state_hash:
        raise NotVerified("A delta does not give the state that it names", todo="Take the snapshot")
    return new


def pack(delta: Delta) -> bytes:
    """Compress a delta. Raises BadInput for a value outside the bounds of the format."""
    text = canonical.write(delta.header)
    header = DeltaHeader(
        format="groundpass/delta/1",
        from_serial=delta.from_serial,
        to_serial=delta.to_serial,
        removed=len(delta.removed),
        upserts=len(delta.upserts),
        polygons=tuple(len(wkb) for wkb in delta.polygons),
        state_hash=delta.state_hash,
        state_header=len(text),
    )
    sections = [text, *key_sections(delta.removed), *entry_sections(delta.upserts), *delta.polygons]
    return write(MAGIC, header, sections)


def unpack(data: bytes) -> Delta:
    """Read a delta. Raises BadInput."""
    reader = Reader(data, MAGIC, "delta")
    header = reader.header(DeltaHeader)
    inner = canonical.read(reader.section(header.state_header), StateHeader, limit=MAX_HEADER_BYTES)
    if inner.serial != header.to_serial or header.from_serial >= header.to_serial:
        raise BadInput("The serials of a delta do not agree")
    removed = read_keys(reader, header.removed)
    upserts = read_entries(reader, header.upserts)
    polygons = tuple(reader.section(size) for size in header.polygons)
    reader.end()
    return Delta(header.from_serial, removed, upserts, inner, polygons, header.state_hash)


def _changed(old: Entries, new: Entries) -> Entries:
    """Give the entries of `new` that `old` does not hold exactly so."""
    place = np.searchsorted(old.key, new.key)
    place[place == len(old)] = 0
    same = np.zeros(len(new), np.bool_)
    if len(old):
        same = (
            (old.key[place] == new.key)
            & (old.profile[place] == new.profile)
            & (old.valid_from[place] == new.valid_from)
            & (old.valid_until[place] == new.valid_until)
        )
    return _take(new, ~same)


def _merged(old: Entries, delta: Delta) -> Entries:
    """Drop what is removed or replaced, add the upserts, sort."""
    gone = np.isin(old.key, delta.removed, assume_unique=True)
    if int(gone.sum()) != len(delta.removed):
        raise BadInput("it removes keys that are not held")
    kept = _take(old, ~(gone | np.isin(old.key, delta.upserts.key, assume_unique=True)))
    key = np.concatenate([kept.key, delta.upserts.key])
    order = np.argsort(key, kind="stable")
    return Entries(
        key[order],
        np.concatenate([kept.profile, delta.upserts.profile])[order],
        np.concatenate([kept.valid_from, delta.upserts.valid_from])[order],
        np.concatenate([kept.valid_until, delta.upserts.valid_until])[order],
    )


def _take(entries: Entries, which: npt.NDArray[np.bool_]) -> Entries:
    return Entries(
        entries.key[which], entries.profile[which], entries.valid_from[which], entries.valid_until[which]
    )


def _polygons(old: State, delta: Delta) -> list[bytes]:
    """Collect the polygons that the new header names, from the old state and from the delta."""
    known = {
        hashlib.sha256(wkb).hexdigest(): wkb
        for wkb in (*(territory.wkb for territory in old.territories), *delta.polygons)
    }
    try:
        return [known[territory.wkb_sha256] for territory in delta.header.territories]
    except KeyError as error:
        raise BadInput("it lacks a polygon that the state held does not have either") from error
