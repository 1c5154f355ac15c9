"""A publisher of feeds for operators' tests: real ceremony, signatures, sealing, formats; no authority.

It keeps what a real one keeps (states by serial, file references, keys) and can be told to misbehave: sign
what it should not, forget deltas, name other hashes. Everything it publishes is signed validly.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from groundpass.kernel.core.ids import parse_column
from groundpass.kernel.core.state import Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Action
from groundpass.kernel.trust import seal
from groundpass.kernel.trust.ceremony import Ceremony
from groundpass.kernel.trust.keying import entry_keys
from groundpass.kernel.trust.tufrepo import Repository
from groundpass.kernel.wire import delta as deltas
from groundpass.kernel.wire import notification as notes
from groundpass.kernel.wire import snapshot as snapshots
from groundpass.kernel.wire.state import state_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LAND = shapely.box(24.0, 46.0, 36.0, 51.0)
FEED = "testland"


def utid(number: int) -> str:
    """An invented terminal."""
    return f"ut01000000-00000000-{number:08x}"


@dataclass
class Publisher:
    """One feed for one operator."""

    folder: Path
    wrap_public: bytes
    now: int
    session: str = "0a"
    listed: list[str] = field(default_factory=list)
    action: Action = Action.DENY
    serial: int = 0
    states: dict[int, State] = field(default_factory=dict)
    refs: dict[str, notes.FileRef] = field(default_factory=dict)
    links: list[notes.DeltaRef] = field(default_factory=list)
    secret: bytes = field(default_factory=seal.new_secret)

    def __post_init__(self) -> None:
        self.ceremony = Ceremony.hold(self.folder / "keys")
        self.public = self.folder / "public"
        self.repository = Repository.create(
            self.public, self.ceremony.keys(), self.ceremony.root_signers(), now=self.now
        )

    @property
    def root(self) -> bytes:
        return self.repository.root_bytes(1)

    @property
    def keys(self) -> seal.FeedKeys:
        return seal.derive(self.secret, self.session)

    def keys_of(self, terminals: Sequence[str]) -> np.ndarray:
        blocks, recognised = parse_column(pa.array(terminals, pa.string()), "utid")
        assert recognised.all()
        return entry_keys(blocks, self.keys.keying)

    def state(self) -> State:
        """What the next serial says: `listed` may be used, others as `action` says."""
        key = np.sort(self.keys_of(self.listed))
        entries = Entries(
            key,
            np.ones(len(key), np.uint16),
            np.full(len(key), self.now - 3600, np.int64),
            np.full(len(key), self.now + 365 * 86_400, np.int64),
        )
        return State(
            feed=FEED, session=self.session, serial=self.serial + 1, issued=self.now, scheme="utid",
            profiles=(UNLISTED, "standard"), entries=entries,
            territories=(Territory("land", "Testland", shapely.to_wkb(LAND), country="XT"),),
            rules=(Rule("land", UNLISTED, self.action), Rule("land", "standard", Action.ALLOW)),
        )  # fmt: skip

    def new_session(self, session: str) -> None:
        """Cut history: another secret, no deltas."""
        self.session, self.secret, self.links = session, seal.new_secret(), []

    def publish(
        self,
        state: State | None = None,
        *,
        twist: Callable[[notes.Notification], notes.Notification] | None = None,
        break_delta: Callable[[deltas.Delta], deltas.Delta] | None = None,
        floor: int = 1,
    ) -> State:
        """Sign and write the next release. `twist` and `break_delta` change what is signed."""
        new = self.state() if state is None else state
        files = {notes.snapshot_name(new.serial): snapshots.pack(new)}
        old = self.states.get(self.serial)
        if old is not None and old.session == new.session and old.serial < new.serial:
            delta = deltas.diff(old, new)
            delta = break_delta(delta) if break_delta else delta
            files[notes.delta_name(old.serial, new.serial)] = deltas.pack(delta)
        sealed = {name: seal.seal(seal.pad(data), self.keys.encryption, name) for name, data in files.items()}
        for name, data in sealed.items():
            self.refs[name] = notes.FileRef(name, hashlib.sha256(data).hexdigest(), len(data))
        self._link(old, new)
        note = self.notification(new)
        self.commit(sealed, twist(note) if twist else note, floor=floor)
        self.serial, self.states[new.serial] = new.serial, new
        return new

    def _link(self, old: State | None, new: State) -> None:
        name = notes.delta_name(old.serial, new.serial) if old is not None else ""
        if old is not None and old.session == new.session and name in self.refs:
            ref = self.refs[name]
            self.links.append(
                notes.DeltaRef(old.serial, new.serial, name, ref.sha256, ref.size, state_hash(new))
            )

    def notification(self, state: State) -> notes.Notification:
        return notes.Notification(
            format="groundpass/notification/1",
            feed=state.feed,
            session=state.session,
            serial=state.serial,
            issued=state.issued,
            scheme=state.scheme,
            snapshot=self.refs[notes.snapshot_name(state.serial)],
            state_hash=state_hash(state),
            deltas=tuple(self.links),
            timers=notes.FeedTimers(),
            checkpoint_sha256="0" * 64,
        )

    def commit(self, sealed: dict[str, bytes], note: notes.Notification, *, floor: int = 1) -> None:
        """Sign the files, by both hands, and put them up."""
        name = notes.secret_name(self.session)
        wrapped = seal.wrap(self.secret, self.wrap_public, seal.wrap_info(note.feed, self.session))
        keep = [ref for ref in self.refs.values() if ref.name not in sealed]
        encoded = notes.canonical.write(note)  # even where `encode` would refuse it
        draft = self.repository.prepare(
            {**sealed, notes.NAME: encoded, name: wrapped}, keep=keep, now=self.now, floor=floor
        )
        draft.sign("targets", self.ceremony.signer("publisher"))
        draft.sign("targets", self.ceremony.signer("brake"))
        self.repository.commit(draft, self.ceremony.signer("online"), now=self.now)

    def later(self, seconds: int) -> Publisher:
        """Let time pass."""
        self.now += seconds
        return self

    def rewrite(self, **changes: object) -> State:
        """The next state with other fields."""
        return replace(self.state(), **changes)  # type: ignore[arg-type]  # what tests say
