"""The publisher's own files: states by serial, lists of protected holders, serials, and what is public now.

1. A state is read back by its hash; other bytes are refused. It is deleted once neither the brake nor a late
   report of an operator can need it.
2. A serial is given once. The highest one ever given is on disk before anything is made under it, outside of
   the database, so that a database restored from a backup never gives it again.
3. `current.json` is the notification of the release that is public. It is written right after the feed, and
   the publisher goes by it, never by what lies in the public folder.
"""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, Final

import numpy as np

from groundpass.kernel.core.errors import CannotRun, NotVerified
from groundpass.kernel.trust import seal
from groundpass.kernel.trust.files import read_whole, write_whole
from groundpass.kernel.wire import notification
from groundpass.kernel.wire.state import decode

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    from groundpass.authority.publication.folders import Folders
    from groundpass.kernel.core.state import State

MAX_STATE: Final = 2**30  # bytes, 40 million entries
MAX_MARK: Final = 64  # bytes


def read_state(folders: Folders, serial: int, state_hash: str) -> State:
    """The state of a serial. Raises CannotRun where it is gone, NotVerified where its bytes are others."""
    return decode(read_state_bytes(folders, serial, state_hash))


def read_state_bytes(folders: Folders, serial: int, state_hash: str) -> bytes:
    """The canonical bytes of a state, as `read_state`."""
    data = read_whole(folders.work / f"{serial}.state", limit=MAX_STATE)
    if hashlib.sha256(data).hexdigest() != state_hash:
        raise NotVerified(f"The state {serial} of {folders.feed} is not the one that was built")
    return data


def write_state(folders: Folders, serial: int, data: bytes, protected: npt.NDArray[np.uint64]) -> None:
    """Keep a state and, sealed, which of its keys are of protected holders."""
    name = f"{serial}.protected"
    sealed = seal.seal(np.sort(protected).astype("<u8").tobytes(), folders.protected_key(), name)
    write_whole(folders.work / name, sealed, mode=0o600)
    write_whole(folders.work / f"{serial}.state", data, mode=0o600)


def read_protected(folders: Folders, serial: int) -> npt.NDArray[np.uint64]:
    """Keys of protected holders at a serial, sorted. Raises CannotRun, NotVerified."""
    name = f"{serial}.protected"
    sealed = read_whole(folders.work / name, limit=MAX_STATE)
    return np.frombuffer(seal.unseal(sealed, folders.protected_key(), name), "<u8").astype(np.uint64)


def drop_states(folders: Folders, keep: Collection[int], below: int) -> None:
    """Delete what is kept of serials under `below`, but those in `keep`."""
    for path in folders.work.glob("*.state"):
        serial = int(path.stem)
        if serial < below and serial not in keep:
            path.unlink()
            path.with_suffix(".protected").unlink(missing_ok=True)
            shutil.rmtree(path.with_suffix(".approvals"), ignore_errors=True)


def next_serial(folders: Folders, known: int) -> int:
    """Give the next serial, above `known` and every one given before. It is on disk when this returns."""
    path = folders.work / "serial"
    mark = int(read_whole(path, limit=MAX_MARK)) if path.exists() else 0
    public = current(folders)
    serial = max(mark, known, public.serial if public else 0) + 1
    write_whole(path, str(serial).encode(), mode=0o600)
    return serial


def current(folders: Folders) -> notification.Notification | None:
    """What is public now; None before the first release. Raises CannotRun, BadInput."""
    path = folders.work / "current.json"
    if not path.exists():
        return None
    return notification.decode(read_whole(path, limit=notification.MAX_BYTES))


def set_current(folders: Folders, data: bytes) -> None:
    """Say what is public now."""
    write_whole(folders.work / "current.json", data, mode=0o600)


def wrapped_secret(folders: Folders, session: str) -> bytes:
    """The session's secret as the operator gets it. Raises CannotRun."""
    data = read_whole(folders.work / notification.secret_name(session), limit=MAX_STATE)
    if not data:
        raise CannotRun(f"The wrapped secret of {folders.feed} is empty")
    return data
