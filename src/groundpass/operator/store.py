"""What an operator holds: `STORE/`.

```
store.json                  settings                keys/            the operator's keys
trust/root.json             the pinned root         trust/tuf/       what TUF remembers between syncs
releases/<serial>-<hash8>/  state.bin (canonical), meta.json, secret (wrapped), losses.arrow, index.bin
current                     which release decides   staged           which one waits for the duty officer
attempt.json                how the last sync ended ledger.arrow     what decide saw; lock
```
Rules:
1. A release is written under another name, flushed and renamed; `current` is replaced last. So at any instant
   `current` names a whole release, the old or the new.
2. The serial of `current` never falls.
3. A state is only given out when its hash is the one that was verified when it came.
4. The release before the current one stays until the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified
from groundpass.kernel.engine.fast import FastView
from groundpass.kernel.trust.files import flush_folder, read_whole, write_whole
from groundpass.operator.disk import locked
from groundpass.operator.index import find_index, write_index, write_index_of
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.records import (
    Attempt,
    Brake,
    Pointer,
    ReleaseMeta,
    Settings,
    find_record,
    read_record,
    write_record,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from groundpass.kernel.core.state import State
    from groundpass.kernel.trust.seal import FeedKeys

MAX_STATE: Final = 2**31  # bytes of a state file
_SYNC_FIRST: Final = "Run `groundpass operator sync` for this store first"


@dataclass(frozen=True, slots=True)
class Release:
    """A release that the store holds."""

    folder: Path
    pointer: Pointer
    meta: ReleaseMeta


class Store:
    """An operator's store. `open` one that is there; `init_store` makes one."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings

    @classmethod
    def open(cls, folder: Path | str) -> Store:
        """Open a store. Raises CannotRun when there is none."""
        path = Path(folder)
        if not (path / "store.json").exists():
            raise CannotRun(
                f"There is no operator's store in {path}",
                todo="Make one by `groundpass operator sync --feed URL --store DIR --root FILE --keys DIR`",
            )
        return cls(path, read_record(path / "store.json", Settings))

    def locked(self) -> AbstractContextManager[None]:
        """Hold the store for writing. Raises CannotRun when another process does."""
        return locked(self.folder / "lock")

    def ledger_locked(self) -> AbstractContextManager[None]:
        """Hold the ledger for writing; waits for another process that does."""
        return locked(self.folder / "ledger.lock", wait=True)

    @property
    def root_file(self) -> Path:
        """The pinned root."""
        return self.folder / "trust" / "root.json"

    @property
    def keys_folder(self) -> Path:
        """Where the operator's keys lie."""
        return self.folder / "keys"

    def release(self, name: str = "current") -> Release | None:
        """Give the `current` or the `staged` release, or None. Raises CannotRun when its notes are broken."""
        if not (self.folder / name).exists():
            return None
        pointer = read_record(self.folder / name, Pointer)
        place = self._place(pointer)
        return Release(place, pointer, read_record(place / "meta.json", ReleaseMeta))

    def staged(self) -> Release | None:
        """Give the release that waits for the duty officer, if it is newer than the one that decides."""
        waiting, held = self.release("staged"), self.release()
        if waiting is None or (held is not None and waiting.meta.serial <= held.meta.serial):
            return None
        return waiting

    def current_release(self) -> Release:
        """Give the release that decides. Raises CannotRun when there is none yet."""
        release = self.release()
        if release is None:
            raise CannotRun(f"The store {self.folder} holds no release yet", todo=_SYNC_FIRST)
        return release

    def current(self) -> State:
        """Give the state that decides. Raises CannotRun when there is none, or its file is damaged."""
        return self.state_of(self.current_release().pointer)

    def state_of(self, pointer: Pointer) -> State:
        """Read a state and check its hash. Raises CannotRun when it is damaged."""
        from groundpass.kernel.wire import state as wire

        path = self._place(pointer) / "state.bin"
        data = read_whole(path, limit=MAX_STATE)
        if hashlib.sha256(data).hexdigest() != pointer.state_hash:
            raise CannotRun(f"{path} is damaged", todo="Sync again: the release will be fetched anew")
        try:
            return wire.decode(data)
        except BadInput as error:
            raise CannotRun(f"{path} does not read", why=error.what, todo=_SYNC_FIRST) from error

    def ready(self, release: Release) -> FastView:
        """A release ready to decide: by its index, or where that cannot be used by its state.

        Raises CannotRun when the state is needed and damaged.
        """
        found = find_index(release.folder, release.pointer.state_hash)
        if found is None:
            found = FastView.of(self.state_of(release.pointer))
            write_index(release.folder, found, release.pointer.state_hash)
        return found

    def feed_keys(self, release: Release) -> FeedKeys:
        """Open the secret of a release's session and derive its keys. Raises CannotRun or NotVerified."""
        wrapped = read_whole(release.folder / "secret", limit=1 << 16)
        return open_secret(
            wrapped, OperatorKeys.load(self.keys_folder), release.meta.feed, release.meta.session
        )

    def put_release(self, state: State, meta: ReleaseMeta, files: dict[str, bytes]) -> Pointer:
        """Write a release whole, without making anything point to it. Raises CannotRun."""
        from groundpass.kernel.wire import state as wire

        pointer = Pointer(f"{meta.serial}-{meta.state_hash[:8]}", meta.serial, meta.state_hash)
        releases = self.folder / "releases"
        try:
            releases.mkdir(exist_ok=True)
            new = Path(tempfile.mkdtemp(prefix=".new-", dir=releases))
            for name, data in {"state.bin": wire.encode(state), **files}.items():
                write_whole(new / name, data, mode=0o600)
            write_record(new / "meta.json", meta)
            write_index_of(new, state, meta.state_hash)
            shutil.rmtree(releases / pointer.release, ignore_errors=True)
            new.rename(releases / pointer.release)
            flush_folder(releases)
        except OSError as error:
            raise CannotRun(f"A release cannot be written to {releases}", why=str(error)) from error
        return pointer

    def make_current(self, pointer: Pointer) -> None:
        """Let a release decide. Raises NotVerified when its serial is below the current one."""
        held = find_record(self.folder / "current", Pointer)
        if held is not None and pointer.serial < held.serial:
            raise NotVerified(f"Serial {pointer.serial} is older than serial {held.serial}, which is held")
        write_record(self.folder / "current", pointer)
        staged = find_record(self.folder / "staged", Pointer)
        if staged is None or staged.serial <= pointer.serial:
            staged = None
            with contextlib.suppress(OSError):  # one that is no newer than `current` counts as none anyway
                (self.folder / "staged").unlink(missing_ok=True)
        self._prune({item.release for item in (pointer, held, staged) if item is not None})

    def stage(self, pointer: Pointer) -> None:
        """Let a release wait for the duty officer."""
        write_record(self.folder / "staged", pointer)

    def note_attempt(self, attempt: Attempt) -> None:
        """Remember how a sync ended; where the disk refuses, what the sync did counts and not the note."""
        with contextlib.suppress(CannotRun):
            write_record(self.folder / "attempt.json", attempt)

    def _place(self, pointer: Pointer) -> Path:
        return self.folder / "releases" / Path(pointer.release).name

    def _prune(self, keep: set[str]) -> None:
        """Delete what nothing points to; leaving some is harmless, so nothing is raised."""
        for path in (self.folder / "releases").iterdir():
            if path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)


def open_secret(wrapped: bytes, keys: OperatorKeys, feed: str, session: str) -> FeedKeys:
    """Unwrap a session's secret and derive its keys. Raises NotVerified when it is not for these keys."""
    from groundpass.kernel.trust import seal

    info = seal.wrap_info(feed, session)
    return seal.derive(seal.unwrap(wrapped, keys.wrap_private, info), session)


def init_store(  # noqa: PLR0913 - what a store needs to know once; all but two are named where it is called
    folder: Path | str,
    root: bytes,
    keys: OperatorKeys,
    feed: str,
    *,
    now: int,
    brake: Brake | None = None,
    operator: str = "operator",
) -> Store:
    """Make a store that trusts one root, which came by another way than the feed.

    The same call on a store that is there changes nothing. With another root it is refused once a release
    was verified by the first one; until then a wrong root can still be put right.

    Args:
        folder: where; made if it is missing.
        root: bytes of the root metadata, version 1 or the one handed over.
        keys: the operator's own.
        feed: path, file:// or http(s):// address of the feed's folder.
        now: UTC seconds.
        brake: how much may change in a day before a person looks.
        operator: the name that enforcement reports give.

    Raises:
        BadInput: no feed is given.
        CannotRun: the folder cannot be written, or holds a store with another root or other keys.
    """
    path = Path(folder)
    if not feed:
        raise BadInput("A new store has no feed to follow", todo="Give the address of the feed's folder")
    if (path / "store.json").exists():
        store = Store.open(path)
        if read_whole(store.root_file, limit=1 << 22) != root and store.release() is None:
            return _pin(path, root, keys, store.settings)
        if read_whole(store.root_file, limit=1 << 22) != root:
            raise CannotRun(
                f"The store {path} trusts another root",
                todo="Use another folder, or rotate the root in the feed",
            )
        keys.save(store.keys_folder)
        return store
    try:
        for name in ("trust", "releases"):
            (path / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotRun(f"{path} cannot be made", why=str(error)) from error
    address = feed if "://" in feed else str(Path(feed).absolute())
    return _pin(path, root, keys, Settings("groundpass/store/1", address, now, brake or Brake(), operator))


def _pin(path: Path, root: bytes, keys: OperatorKeys, settings: Settings) -> Store:
    """Write keys, root and settings, the settings last: with them it is a store."""
    keys.save(path / "keys")
    shutil.rmtree(path / "trust" / "tuf", ignore_errors=True)
    write_whole(path / "trust" / "root.json", root, mode=0o600)
    write_record(path / "store.json", settings)
    return Store(path, settings)
