"""The way from the state held to the one that a notification names: by deltas, or by the snapshot.

Rules:
1. A reason not to trust the deltas is never an error: the snapshot is taken instead, and the reason told.
2. Every step is checked against what was signed: the file against its TUF hash, the notification's hash
   against that, the state against the notification. A snapshot that fails is an error: nothing is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified
from groundpass.kernel.core.state import State
from groundpass.kernel.trust import seal
from groundpass.kernel.wire import delta as deltas
from groundpass.kernel.wire import notification as notes
from groundpass.kernel.wire import snapshot as snapshots
from groundpass.kernel.wire.state import state_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundpass.operator.feed import Feed
    from groundpass.operator.records import ReleaseMeta

HALF: Final = notes.MAX_FILE_BYTES // 2  # bytes from which a file alarms
SMALL: Final = 8 << 20  # bytes of deltas that are always worth it: padding makes each 64 KiB at least


@dataclass(frozen=True, slots=True)
class Arrival:
    """A state that is what its notification names. how: `delta` or `snapshot`; reason: why not by deltas."""

    state: State
    how: str
    reason: str
    alarms: tuple[str, ...]


def follow(
    feed: Feed, note: notes.Notification, keys: seal.FeedKeys, old: State | None, held: ReleaseMeta | None
) -> Arrival:
    """Fetch what leads from `old` to the state of `note`.

    Raises:
        NotVerified: the snapshot is not what was signed and named.
        CannotRun: it does not come.
    """
    reason = why_not_deltas(note, old, held)
    if not reason and old is not None:
        try:
            state = _by_deltas(feed, note, keys, old)
        except (NotVerified, BadInput, CannotRun) as error:
            reason = error.sentence()
        else:
            return Arrival(state, "delta", "", _size_alarms(note))
    state = _by_snapshot(feed, note, keys)
    return Arrival(state, "snapshot", reason, _size_alarms(note))


def why_not_deltas(note: notes.Notification, old: State | None, held: ReleaseMeta | None) -> str:
    """Say why the snapshot has to be taken, or "" when the deltas may be tried."""
    return next(_reasons(note, old, held), "")


def _reasons(note: notes.Notification, old: State | None, held: ReleaseMeta | None) -> Iterator[str]:
    if held is None:
        yield "the store held no release yet"
        return
    if held.session != note.session:
        yield "the feed has a new session"
    if old is None:
        yield "the copy held is damaged"
    if fault := note.fault_of_deltas():
        yield f"the deltas are inconsistent: {fault}"
    path = note.path_from(held.serial)
    if not path:
        yield f"no delta starts at serial {held.serial}, which is held"
    if _changed(note, held):
        yield "a delta was changed after it was published"
    if sum(item.size for item in path) > max(note.snapshot.size, SMALL):
        yield "the deltas are larger than the snapshot"


def _changed(note: notes.Notification, held: ReleaseMeta) -> bool:
    """Whether a delta that was seen is named with another hash, or one leads to another state than ours."""
    seen = {(item.from_serial, item.to_serial): item.sha256 for item in held.deltas}
    for item in note.deltas:
        if seen.get((item.from_serial, item.to_serial), item.sha256) != item.sha256:
            return True
        if item.to_serial == held.serial and item.state_hash != held.state_hash:
            return True
    return False


def _by_deltas(feed: Feed, note: notes.Notification, keys: seal.FeedKeys, old: State) -> State:
    state = old
    for item in note.path_from(old.serial):
        delta = deltas.unpack(_open(feed, item.name, item.sha256, item.size, keys))
        if (delta.from_serial, delta.to_serial) != (item.from_serial, item.to_serial):
            raise NotVerified(f"{item.name} holds another delta")
        if delta.state_hash != item.state_hash:
            raise NotVerified(f"{item.name} names another state than the notification")
        state = deltas.apply(state, delta)  # recomputes the hash
    return _checked(state, note, state_hash(state))


def _by_snapshot(feed: Feed, note: notes.Notification, keys: seal.FeedKeys) -> State:
    item = note.snapshot
    try:
        state = snapshots.unpack(_open(feed, item.name, item.sha256, item.size, keys))
    except BadInput as error:
        raise NotVerified(f"{item.name} does not read", why=error.sentence()) from error
    return _checked(state, note, state_hash(state))


def _open(feed: Feed, name: str, sha256: str, size: int, keys: seal.FeedKeys) -> bytes:
    """Fetch, compare with the notification, unseal, take off the padding."""
    if feed.describe(name) != (sha256, size):
        raise NotVerified(f"The notification and the signatures of the feed do not agree on {name}")
    return seal.unpad(seal.unseal(feed.read(name, limit=notes.MAX_FILE_BYTES), keys.encryption, name))


def _checked(state: State, note: notes.Notification, found: str) -> State:
    """Compare what came with what was named."""
    timers = (note.timers.refresh, note.timers.alarm, note.timers.hold)
    named = (note.feed, note.session, note.serial, note.issued, note.scheme, timers, note.state_hash)
    held = (state.timers.refresh, state.timers.alarm, state.timers.hold)
    if named != (state.feed, state.session, state.serial, state.issued, state.scheme, held, found):
        raise NotVerified(f"The release with serial {note.serial} is not the one that the notification names")
    return state


def _size_alarms(note: notes.Notification) -> tuple[str, ...]:
    if note.snapshot.size > HALF:
        return (f"The snapshot has {note.snapshot.size} bytes, over half of what a client takes",)
    return ()
