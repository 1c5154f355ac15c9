"""Whether the files of a draft give the state that was judged, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from groundpass.authority.publication.folders import Folders
from groundpass.kernel.core.errors import BadInput, NotVerified
from groundpass.kernel.core.state import State
from groundpass.kernel.trust import log, seal
from groundpass.kernel.trust.files import read_whole
from groundpass.kernel.wire import delta, notification, snapshot
from groundpass.kernel.wire.state import state_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from groundpass.kernel.trust.tufrepo import Draft
    from groundpass.kernel.wire.notification import DeltaRef, Notification

MAX_WRAPPED: Final = 4096  # bytes


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a draft must hold. `base`: the state that is public now, None before the first release."""

    folders: Folders
    state: State
    state_hash: str
    base: State | None

    def check(self, draft: Draft, known: Collection[DeltaRef]) -> DeltaRef | None:
        """Give the delta that the draft brings, None for none. `known`: those that were signed before.

        Raises NotVerified, saying what is wrong.
        """
        try:
            said = notification.decode(_file(draft.files, notification.NAME))
            self._check_said(said)
            self._check_snapshot(draft.files, said)
            brought = [one for one in said.deltas if one not in known]
            for one in brought:
                self._check_delta(draft.files, one)
        except BadInput as error:
            raise NotVerified("A draft does not read", why=error.sentence()) from error
        if len(brought) > 1:
            raise NotVerified("A draft brings several deltas that nobody has seen")
        self._check_rest(draft, said)
        return brought[0] if brought else None

    def _check_said(self, said: Notification) -> None:
        mine = self.state
        timers = (said.timers.refresh, said.timers.alarm, said.timers.hold)
        given = (said.feed, said.session, said.serial, said.issued, said.scheme, said.state_hash, *timers)
        meant = (mine.feed, mine.session, mine.serial, mine.issued, mine.scheme, self.state_hash)
        if (
            given != (*meant, mine.timers.refresh, mine.timers.alarm, mine.timers.hold)
            or said.fault_of_deltas()
        ):
            raise NotVerified("The notification of a draft is not of the state that was judged")

    def _check_snapshot(self, files: Mapping[str, bytes], said: Notification) -> None:
        if state_hash(snapshot.unpack(self._open(files, said.snapshot.name))) != self.state_hash:
            raise NotVerified("The snapshot of a draft is not the state that was judged")

    def _check_delta(self, files: Mapping[str, bytes], given: DeltaRef) -> None:
        change = delta.unpack(self._open(files, given.name))
        if self.base is None or state_hash(delta.apply(self.base, change)) != self.state_hash:
            raise NotVerified(f"The {given.name} of a draft does not give the state that was judged")

    def _check_rest(self, draft: Draft, said: Notification) -> None:
        """Every file that is listed is one of these, by size and hash; the secret is that of the ceremony."""
        secret = notification.secret_name(self.state.session)
        wrapped = read_whole(self.folders.brake / secret, limit=MAX_WRAPPED)
        expected = {
            said.snapshot.name: said.snapshot.sha256,
            log.NAME: said.checkpoint_sha256,
            secret: hashlib.sha256(wrapped).hexdigest(),
            notification.NAME: hashlib.sha256(draft.files[notification.NAME]).hexdigest(),
            **{one.name: one.sha256 for one in said.deltas},
        }
        listed = {name: target.hashes.get("sha256") for name, target in draft.metadata.signed.targets.items()}
        if listed != expected:
            wrong = sorted(name for name in {*listed, *expected} if listed.get(name) != expected.get(name))
            raise NotVerified(f"A draft lists files that are not meant: {', '.join(wrong)}")

    def _open(self, files: Mapping[str, bytes], name: str) -> bytes:
        key = self.folders.feed_keys(self.state.session).encryption
        return seal.unpad(seal.unseal(_file(files, name), key, name))


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise NotVerified(f"A draft lacks the file {name}")
    return files[name]
