"""The files of a release: sealed snapshot and delta, wrapped secret, checkpoint, and their notification."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundpass.authority.publication import work
from groundpass.kernel.trust import log, seal
from groundpass.kernel.trust.files import read_whole
from groundpass.kernel.wire import delta, notification, snapshot
from groundpass.kernel.wire.notification import DeltaRef, FeedTimers, FileRef, Notification

if TYPE_CHECKING:
    from groundpass.authority.publication.folders import Folders
    from groundpass.kernel.core.state import State

MAX_CHECKPOINT = 65_536  # bytes


@dataclass(frozen=True, slots=True)
class Packed:
    """`targets`: new files by name. `keep`: deltas of earlier releases that stay on offer."""

    targets: dict[str, bytes]
    keep: tuple[DeltaRef, ...]
    notification: bytes


def pack(
    folders: Folders, state: State, state_hash: str, base: State | None, public: Notification | None
) -> Packed:
    """Seal a state. `base`: the state that is public; without it no delta is offered, clients resync."""
    key = folders.feed_keys(state.session).encryption
    name = notification.snapshot_name(state.serial)
    sealed = {name: seal.seal(seal.pad(snapshot.pack(state)), key, name)}
    keep: tuple[DeltaRef, ...] = ()
    deltas: tuple[DeltaRef, ...] = ()
    if base is not None and public is not None:
        brought = notification.delta_name(base.serial, state.serial)
        sealed[brought] = seal.seal(seal.pad(delta.pack(delta.diff(base, state))), key, brought)
        keep = public.deltas[-(notification.MAX_DELTAS - 1) :]
        deltas = (*keep, _delta_ref(base, state, brought, sealed[brought], state_hash))
    checkpoint = read_whole(folders.log / log.NAME, limit=MAX_CHECKPOINT)
    timers = FeedTimers(refresh=state.timers.refresh, alarm=state.timers.alarm, hold=state.timers.hold)
    said = Notification(
        format="groundpass/notification/1",
        feed=state.feed,
        session=state.session,
        serial=state.serial,
        issued=state.issued,
        scheme=state.scheme,
        snapshot=FileRef(name, _sha256(sealed[name]), len(sealed[name])),
        state_hash=state_hash,
        deltas=deltas,
        timers=timers,
        checkpoint_sha256=_sha256(checkpoint),
    )
    written = notification.encode(said)
    secret = {notification.secret_name(state.session): work.wrapped_secret(folders, state.session)}
    return Packed({**sealed, **secret, log.NAME: checkpoint, notification.NAME: written}, keep, written)


def _delta_ref(base: State, state: State, name: str, sealed: bytes, state_hash: str) -> DeltaRef:
    return DeltaRef(base.serial, state.serial, name, _sha256(sealed), len(sealed), state_hash)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
