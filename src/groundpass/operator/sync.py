"""Sync: from the feed's files to a verified release in the store, or an error and the last good one.

Steps:
1. TUF is refreshed at `now`; whatever fails leaves the store as it was (feed.md, the operator's client, 1).
2. The notification says which serial the feed has. A lower one than ours, or ours with another content, is
   refused; ours again is "unchanged". A release dated in the future is refused.
3. A later serial is reached by deltas, each of which must give the hash that the notification names; or by
   the snapshot, when there is a reason to: no release yet, a new session, a damaged copy, deltas that are
   missing, inconsistent, changed since we saw them, too large, or that do not give what they promise.
4. The operator's brake may stage what came (`brake.py`): the error says so, the old release goes on deciding.
5. Else the release is written and `current` replaced, last.

A sync holds the store's lock; one after another, never two at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

from groundpass.kernel.core.errors import (
    BadInput,
    BrakeEngaged,
    CannotRun,
    GroundpassError,
    NotFound,
    NotVerified,
    Refused,
)
from groundpass.kernel.core.ids import schemes
from groundpass.kernel.core.intervals import NS, show_time
from groundpass.kernel.trust.files import read_whole
from groundpass.kernel.wire import notification as notes
from groundpass.operator import brake, route
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.ledger import Ledger
from groundpass.operator.records import Attempt, Pointer, ReleaseMeta, SeenDelta, Settings, find_record
from groundpass.operator.store import Store, init_store, open_secret

if TYPE_CHECKING:
    from groundpass.kernel.core.state import State
    from groundpass.operator.feed import Feed
    from groundpass.operator.store import Release

AHEAD: Final = 300  # s that a release may be dated after this machine's clock
_FILE_LIMIT: Final = 1 << 20  # bytes of a root or a wrapped secret


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How a sync ended well.

    serial: of the release that decides now · previous: of the one before it, or None · how: `delta`,
    `snapshot` or `unchanged` · resync_reason: why the snapshot was taken, else "" · alarms: for a person to
    see · losing: terminals that lost service within a day by this release, as the brake counts.
    """

    serial: int
    previous: int | None
    how: str
    state_hash: str
    issued: int
    entries: int
    resync_reason: str = ""
    alarms: tuple[str, ...] = ()
    losing: int = 0

    def to_dict(self) -> dict[str, object]:
        """Give it as plain values."""
        built: dict[str, object] = msgspec.to_builtins(self)
        return built


def sync(
    feed: str,
    store: Path | str,
    *,
    now: int,
    root: Path | bytes | None = None,
    keys: Path | OperatorKeys | None = None,
) -> SyncResult:
    """Bring a store up to date with its feed.

    Args:
        feed: path, file:// or http(s):// address of the feed's folder; "" takes the one the store knows.
        store: folder; made on the first call, which needs `root` and `keys`.
        now: UTC seconds; expiry and the brake's day are counted by it.
        root: root metadata that came by another way than the feed, and is pinned for good.
        keys: the operator's keys, or the folder that holds them.

    Raises:
        NotVerified: bytes are not what was signed; the last good release stays.
        BrakeEngaged: too many would lose service; the release lies staged until `release_staged`.
        CannotRun: no store, no feed, no disk, or another sync is running.
    """
    place = _prepared(feed, store, now, root, keys)
    with place.locked():
        alarms: tuple[str, ...] = ()
        try:
            result = _sync(place, feed or place.settings.feed, now)
            alarms = result.alarms
        except OSError as error:
            raise CannotRun(f"The store {place.folder} cannot be used", why=str(error)) from error
        except GroundpassError as error:
            place.note_attempt(Attempt(now, error.sentence()))
            raise _with_comfort(error, place) from error
        place.note_attempt(Attempt(now, "", alarms))
        return result


def release_staged(store: Path | str, serial: int, user: str, *, now: int) -> SyncResult:
    """Let a staged release decide: the duty officer has looked at who loses service.

    Raises:
        NotFound: this serial does not lie staged.
        Refused: `user` is empty: somebody answers for it.
    """
    place = Store.open(store)
    if not user.strip():
        raise Refused("A staged release is released by a person", todo="Give the name of the duty officer")
    with place.locked():
        staged = place.staged()
        if staged is None or staged.meta.serial != serial:
            raise NotFound(f"No release with serial {serial} lies staged in {place.folder}")
        held = place.release()
        state = place.state_of(staged.pointer)
        meta = msgspec.structs.replace(staged.meta, applied_at=now, released_by=user)
        secret = read_whole(staged.folder / "secret", limit=_FILE_LIMIT)
        _apply(place, state, meta, secret, brake.Losses.none())
        return _result(meta, held, meta.how)


def _prepared(
    feed: str, store: Path | str, now: int, root: Path | bytes | None, keys: Path | OperatorKeys | None
) -> Store:
    """Open the store; make it first where root and keys are given. Another root than the pinned: refused."""
    if root is None or keys is None:
        return Store.open(store)
    pinned = root if isinstance(root, bytes) else read_whole(root, limit=_FILE_LIMIT)
    held = keys if isinstance(keys, OperatorKeys) else OperatorKeys.load(keys)
    known = find_record(Path(store) / "store.json", Settings)
    return init_store(store, pinned, held, feed or (known.feed if known else ""), now=now)


def _sync(place: Store, address: str, now: int) -> SyncResult:
    from groundpass.operator.feed import Feed

    pinned = read_whole(place.root_file, limit=_FILE_LIMIT)
    feed = Feed(address, place.folder / "trust" / "tuf", pinned, now=now)
    note = _notification(feed)
    held = place.release()
    _check_serial(note, held, now)
    old = _state_held(place)
    alarms = _age_alarms(note, now)
    if held is not None and old is not None and held.meta.serial == note.serial:
        return replace(_result(held.meta, held, "unchanged"), alarms=alarms)
    secret = _secret(feed, note, held)
    keys = open_secret(secret, OperatorKeys.load(place.keys_folder), note.feed, note.session)
    arrival = route.follow(feed, note, keys, old, held.meta if held is not None else None)
    weight = _weigh(place, old, arrival.state, held, now)
    meta = ReleaseMeta(
        "groundpass/store-release/1", note.feed, note.session, note.serial, note.state_hash, note.issued,
        len(arrival.state.entries), arrival.how, now, now, now, arrival.reason, weight.count,
        deltas=tuple(SeenDelta(item.from_serial, item.to_serial, item.sha256) for item in note.deltas),
    )  # fmt: skip
    if weight.count > weight.bound:
        _stage(place, arrival.state, meta, secret, weight)
    _apply(place, arrival.state, meta, secret, weight.losses)
    return replace(_result(meta, held, arrival.how), alarms=alarms + arrival.alarms)


def _notification(feed: Feed) -> notes.Notification:
    try:
        note = notes.decode(feed.read(notes.NAME, limit=notes.MAX_BYTES))
    except BadInput as error:
        raise NotVerified("The notification of the feed does not read", why=error.sentence()) from error
    if note.scheme not in schemes():
        raise CannotRun(
            f"The feed lists terminals by the scheme {note.scheme!r}, which is not known here",
            todo="Install the version of Groundpass, or the scheme file, that the authority names",
        )
    return note


def _check_serial(note: notes.Notification, held: Release | None, now: int) -> None:
    """The serial never goes back, one serial has one content, and no release is from the future."""
    if note.issued > now + AHEAD:
        raise NotVerified(
            f"Serial {note.serial} is dated {show_time(note.issued)}, which is still to come",
            todo="Check this machine's clock, then ask the authority to check its own",
        )
    if held is None:
        return
    meta = held.meta
    if note.feed != meta.feed:
        raise NotVerified(f"This is the feed {note.feed!r}, and the store holds {meta.feed!r}")
    if note.serial < meta.serial:
        raise NotVerified(
            f"The feed offers serial {note.serial}, older than serial {meta.serial}, which is held",
            todo="Somebody plays back an old feed, or a mirror is behind: tell the authority",
        )
    if note.serial == meta.serial and (note.session, note.state_hash) != (meta.session, meta.state_hash):
        raise NotVerified(
            f"The feed offers another content under serial {note.serial} than the one held",
            todo="One serial has one content: tell the authority",
        )


def _state_held(place: Store) -> State | None:
    """The state that decides, or None when there is none or its file is damaged."""
    try:
        return place.current()
    except CannotRun:
        return None


def _secret(feed: Feed, note: notes.Notification, held: Release | None) -> bytes:
    """The wrapped secret of the session: the one held, else the feed's."""
    if held is not None and held.meta.session == note.session and (held.folder / "secret").exists():
        return read_whole(held.folder / "secret", limit=_FILE_LIMIT)
    return feed.read(notes.secret_name(note.session), limit=_FILE_LIMIT)


@dataclass(frozen=True, slots=True)
class _Weight:
    """What the brake found: how many lose within a day, how many may, and who they are for the next time."""

    count: int
    bound: int
    losses: brake.Losses


def _weigh(place: Store, old: State | None, new: State, held: Release | None, now: int) -> _Weight:
    """Count who loses; where keys cannot be compared, by numbers alone."""
    none = brake.Losses.none()
    if held is None:
        return _Weight(0, 0, none)
    if old is None:
        allowed = brake.bound(place.settings.brake, held.meta.entries)
        return _Weight(max(0, held.meta.entries - len(new.entries)), allowed, none)
    allowed = brake.bound(place.settings.brake, len(old.entries))
    if old.session != new.session:
        return _Weight(brake.losing_by_count(old, new, now=now), allowed, none)
    path = held.folder / brake.NAME
    past = brake.Losses.read(path) if path.exists() else none
    unlisted = Ledger.load(place.folder, old.session).allowed_unlisted(since_ns=(now - brake.WINDOW) * NS)
    losses = past.with_losing(brake.losing(old, new, unlisted, now=now), new, now)
    return _Weight(len(losses.key), allowed, losses)


def _stage(place: Store, state: State, meta: ReleaseMeta, secret: bytes, weight: _Weight) -> NoReturn:
    waiting = msgspec.structs.replace(meta, applied_at=None)
    place.stage(place.put_release(state, waiting, {"secret": secret, brake.NAME: weight.losses.encode()}))
    raise BrakeEngaged(
        f"Serial {meta.serial} would take service from {weight.count} terminals within a day",
        why=f"more than {weight.bound} need the operator's duty officer, for whom it lies staged",
        todo="Let the duty officer look and release it, or ask the authority for another release",
    )


def _apply(place: Store, state: State, meta: ReleaseMeta, secret: bytes, losses: brake.Losses) -> None:
    place.make_current(place.put_release(state, meta, {"secret": secret, brake.NAME: losses.encode()}))


def _age_alarms(note: notes.Notification, now: int) -> tuple[str, ...]:
    age = now - note.issued
    if age > note.timers.alarm:
        return (f"The newest release of the feed, serial {note.serial}, is {age} s old",)
    return ()


def _result(meta: ReleaseMeta, held: Release | None, how: str) -> SyncResult:
    return SyncResult(
        meta.serial, held.meta.serial if held is not None else None, how, meta.state_hash, meta.issued,
        meta.entries, meta.resync_reason if how == "snapshot" else "", (), meta.losing,
    )  # fmt: skip


def _with_comfort(error: GroundpassError, place: Store) -> GroundpassError:
    """The same error, saying what goes on deciding."""
    pointer = find_record(place.folder / "current", Pointer)
    stays = f"Serial {pointer.serial} stays in force" if pointer else "The store holds no release yet"
    return type(error)(error.what, why=error.why, todo=f"{error.todo}. {stays}" if error.todo else stays)
