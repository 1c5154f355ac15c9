"""The small JSON files of a store: settings, what is known of a release, the last attempt to sync.

They are the operator's own notes; nothing is trusted because it stands in one of them. A file that does not
read is CannotRun where the store needs it, and none where it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.trust.files import read_whole, write_whole

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T", bound=msgspec.Struct)
_LIMIT = 1 << 22  # bytes


class Brake(msgspec.Struct, frozen=True):
    """A release by which more than max(`floor`, `share` of the list) lose service in 24 h is staged."""

    floor: int = 100
    share: float = 0.01


class Settings(msgspec.Struct, frozen=True):
    """`store.json`. feed: path, file:// or http(s):// address · operator: its name in reports."""

    format: Literal["groundpass/store/1"]
    feed: str
    created_at: int
    brake: Brake = Brake()
    operator: str = "operator"


class SeenDelta(msgspec.Struct, frozen=True):
    """A delta that a notification named: naming it otherwise later is a mutated history."""

    from_serial: int
    to_serial: int
    sha256: str


class ReleaseMeta(msgspec.Struct, frozen=True):
    """`meta.json` of a release. Times in UTC seconds; `applied_at` None while it lies staged."""

    format: Literal["groundpass/store-release/1"]
    feed: str
    session: str
    serial: int
    state_hash: str
    issued: int
    entries: int
    how: str
    received_at: int
    verified_at: int
    applied_at: int | None
    resync_reason: str = ""
    losing: int = 0
    released_by: str = ""
    deltas: tuple[SeenDelta, ...] = ()


class Pointer(msgspec.Struct, frozen=True):
    """`current` and `staged`: a folder of `releases/`, and the hash that its state must have."""

    release: str
    serial: int
    state_hash: str


class Attempt(msgspec.Struct, frozen=True):
    """`attempt.json`: how the last sync ended. error: "" when it ended well."""

    at: int
    error: str = ""
    alarms: tuple[str, ...] = ()


def read_record(path: Path, kind: type[T]) -> T:
    """Read one. Raises CannotRun when it is missing or does not read."""
    try:
        return msgspec.json.decode(read_whole(path, limit=_LIMIT), type=kind)
    except msgspec.MsgspecError as error:
        raise CannotRun(f"{path} does not read", why=str(error)) from error


def find_record(path: Path, kind: type[T]) -> T | None:
    """Read one that need not be there; None when it is missing or does not read."""
    try:
        return read_record(path, kind) if path.exists() else None
    except CannotRun:
        return None


def write_record(path: Path, record: msgspec.Struct) -> None:
    """Write one, whole. Raises CannotRun."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(record)), mode=0o600)
