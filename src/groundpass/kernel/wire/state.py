"""The canonical bytes of a state, and the hash that names it everywhere.

Layout, all integers little-endian:

| bytes | what |
|---|---|
| 8 | `GPSTATE1` |
| 4 | length h of the header |
| h | header, canonical JSON (`header.StateHeader`) |
| 0 to 7 | zeros up to a multiple of 8, so that columns lie aligned in a memory-mapped file |
| 8 n, 8 n, 8 n, 2 n | columns: key uint64, valid_from int64, valid_until int64, profile uint16 |
| the rest | WKB of each territory, by id, sizes in the header |

Rules:
1. One state, one byte string: `encode(decode(b)) == b`, and any other byte string is refused.
2. The hash is SHA-256 over these bytes, never over an index, padding, compression or ciphertext.
3. Counts are checked against the size that is there before anything is allocated.
4. A polygon must read as a Polygon or MultiPolygon of finite lon/lat, or it would only fail at the operator.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.state import Entries, State
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.header import MAX_HEADER_BYTES, StateHeader, of_state, ordered, to_state

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"GPSTATE1"
_LENGTH: Final = struct.Struct("<I")
_START: Final = len(MAGIC) + _LENGTH.size
ENTRY_BYTES: Final = 26  # of one entry in the columns
_POLYGONS: Final = (3, 6)  # shapely's type ids of Polygon and MultiPolygon


def encode(state: State) -> bytes:
    """Give the canonical bytes. Raises BadInput for a value outside the bounds of the format."""
    check_polygons([territory.wkb for territory in state.territories])
    return b"".join(_parts(state))


def state_hash(state: State) -> str:
    """Give the SHA-256 of the canonical bytes, in hex."""
    digest = hashlib.sha256()
    for part in _parts(state):
        digest.update(part)
    return digest.hexdigest()


def decode(data: bytes | memoryview) -> State:
    """Read canonical bytes; the columns are views of `data`, not copies.

    Raises BadInput for anything that `encode` would not have written.
    """
    view = memoryview(data)
    header, place = _read_header(view)
    count = header.entries
    sizes = [territory.wkb_size for territory in header.territories]
    if len(view) != place + ENTRY_BYTES * count + sum(sizes):
        raise BadInput("The bytes of a state are longer or shorter than its header says")
    columns = []
    for kind in ("<u8", "<i8", "<i8", "<u2"):
        columns.append(np.frombuffer(view, kind, count, place))
        place += columns[-1].nbytes
    key, valid_from, valid_until, profile = columns
    wkbs = []
    for size in sizes:
        wkbs.append(bytes(view[place : place + size]))
        place += size
    return assemble(header, Entries(key, profile, valid_from, valid_until), wkbs)


def assemble(header: StateHeader, entries: Entries, wkbs: list[bytes]) -> State:
    """Join the parts of a state and check them. Raises BadInput."""
    check_polygons(wkbs)
    return to_state(header, entries, wkbs)


def check_polygons(wkbs: list[bytes]) -> None:
    """Raise BadInput unless every WKB reads as a non-empty, flat (Multi)Polygon in degrees."""
    if not wkbs:
        return
    try:
        with np.errstate(invalid="ignore"):  # a NaN is refused below, not warned of
            shapes = shapely.from_wkb(wkbs, on_invalid="raise")
    except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
        raise BadInput("The polygon of a territory does not read", why=str(error)) from error
    places = np.abs(shapely.get_coordinates(shapes))
    if (
        not np.isin(shapely.get_type_id(shapes), _POLYGONS).all()
        or shapely.is_empty(shapes).any()
        or shapely.has_z(shapes).any()
        or not bool((places <= (180.0, 90.0)).all())  # also false for NaN
    ):
        raise BadInput(
            "The polygon of a territory is not a flat polygon in degrees of longitude and latitude"
        )


def _read_header(view: memoryview) -> tuple[StateHeader, int]:
    if len(view) < _START or bytes(view[: len(MAGIC)]) != MAGIC:
        raise BadInput("The bytes are not a state of this format")
    (length,) = _LENGTH.unpack_from(view, len(MAGIC))
    if length > min(MAX_HEADER_BYTES, len(view) - _START):
        raise BadInput("The header of a state is longer than its bytes or than the limit")
    header = canonical.read(view[_START : _START + length], StateHeader, limit=MAX_HEADER_BYTES)
    end = _START + length
    place = end + -end % 8
    if bytes(view[end:place]) != bytes(place - end):
        raise BadInput("The bytes between header and columns of a state are not zeros")
    return header, place


def _parts(state: State) -> Iterator[bytes]:
    header = canonical.write(of_state(state))
    if len(header) > MAX_HEADER_BYTES:
        raise BadInput(f"The header of a state has {len(header)} bytes, more than {MAX_HEADER_BYTES}")
    yield MAGIC + _LENGTH.pack(len(header)) + header
    yield bytes(-(_START + len(header)) % 8)
    entries = state.entries
    yield entries.key.astype("<u8", copy=False).tobytes()
    yield entries.valid_from.astype("<i8", copy=False).tobytes()
    yield entries.valid_until.astype("<i8", copy=False).tobytes()
    yield entries.profile.astype("<u2", copy=False).tobytes()
    for territory in ordered(state.territories):
        yield territory.wkb
