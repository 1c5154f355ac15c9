"""`notification.json`: what the feed offers now. Small, signed as a TUF target, fetched at every poll.

Rules:
1. Decoding refuses what is malformed: unknown fields, other spellings, names with a path in them.
2. A *well-formed* notification whose deltas do not make sense is not refused: the client then takes the
   snapshot (feed.md, "Resync"). `fault_of_deltas` says why. The publisher refuses to write such a one.
3. Sizes and hashes are those of the sealed file; state hashes are those of canonical states.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.canonical import Count, Second, Session, Sha256, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DELTAS: Final = 100  # that a publisher offers
MAX_LISTED: Final = 1_000  # that a reader parses at all
MAX_BYTES: Final = 2**20
MAX_FILE_BYTES: Final = 2**30  # of one sealed file; a client alarms at half
NAME: Final = "notification.json"

FileName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,99}\Z")]
Size = Annotated[int, msgspec.Meta(ge=1, le=MAX_FILE_BYTES)]
Period = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


class FileRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed file beside the notification."""

    name: FileName
    sha256: Sha256
    size: Size


class DeltaRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed delta; `state_hash` is that of the state it must give."""

    from_serial: Count
    to_serial: Count
    name: FileName
    sha256: Sha256
    size: Size
    state_hash: Sha256


class FeedTimers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`poll_ms` in milliseconds, the rest in seconds counted from `issued`."""

    poll_ms: Period = 500
    refresh: Period = 60
    alarm: Period = 900
    hold: Period = 1_209_600


class Notification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The newest release of a feed and the ways to it."""

    format: Literal["groundpass/notification/1"]
    feed: Word
    session: Session
    serial: Count
    issued: Second
    scheme: Word
    snapshot: FileRef
    state_hash: Sha256
    deltas: Annotated[tuple[DeltaRef, ...], msgspec.Meta(max_length=MAX_LISTED)]
    timers: FeedTimers
    checkpoint_sha256: Sha256

    def fault_of_deltas(self) -> str:
        """Say why the deltas cannot be followed, or "" when they can."""
        return next(_faults(self), "")

    def path_from(self, serial: int) -> tuple[DeltaRef, ...]:
        """Give the deltas that lead from `serial` to the newest; empty when none start there."""
        for place, delta in enumerate(self.deltas):
            if delta.from_serial == serial:
                return self.deltas[place:]
        return ()


def snapshot_name(serial: int) -> str:
    """Name the file of a snapshot."""
    return f"snapshot-{serial}"


def delta_name(from_serial: int, to_serial: int) -> str:
    """Name the file of a delta."""
    return f"delta-{from_serial}-{to_serial}"


def _faults(notification: Notification) -> Iterator[str]:
    deltas = notification.deltas
    if len(deltas) > MAX_DELTAS:
        yield f"{len(deltas)} deltas are more than {MAX_DELTAS}"
    for delta in deltas:
        if delta.from_serial >= delta.to_serial:
            yield f"{delta.name} does not lead forward"
        if delta.name != delta_name(delta.from_serial, delta.to_serial):
            yield f"{delta.name} is not named after its serials"
    for first, second in pairwise(deltas):
        if first.to_serial != second.from_serial:
            yield f"{second.name} does not start where {first.name} ends"
    if deltas and deltas[-1].to_serial != notification.serial:
        yield f"the last delta ends at {deltas[-1].to_serial}, the feed at {notification.serial}"
    if deltas and deltas[-1].state_hash != notification.state_hash:
        yield "the last delta gives another state than the snapshot"


def secret_name(session: str) -> str:
    """Name the file of a session's wrapped secret."""
    return f"secret-{session}"


def encode(notification: Notification) -> bytes:
    """Give the canonical bytes. Raises BadInput for deltas that nobody could follow."""
    _check(notification)
    fault = notification.fault_of_deltas()
    if fault:
        raise BadInput("A notification contradicts itself", why=fault)
    return canonical.write(notification)


def decode(data: bytes) -> Notification:
    """Read canonical bytes. Raises BadInput; see rule 2 for what it lets through."""
    notification = canonical.read(data, Notification, limit=MAX_BYTES)
    _check(notification)
    return notification


def _check(notification: Notification) -> None:
    if notification.snapshot.name != snapshot_name(notification.serial):
        raise BadInput("A notification names a snapshot of another serial")
    timers = notification.timers
    if not timers.refresh <= timers.alarm <= timers.hold:
        raise BadInput("The timers of a notification are out of order")
