"""The keys of personal data: files in `GROUNDPASS_HOME/keys`, readable by their owner alone.

`register-seal-<n>.key` seal and open (the highest n seals; to rotate, put the next number there), and
`register-index.key` makes blind indexes. They are made on first use, and never while holders exist: a
lost key must be restored, and a new one in its place would split every holder in two.
"""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings

from groundpass.authority.register.domain.sealing import KEY_BYTES, KeyRing
from groundpass.kernel.core.errors import CannotRun

_SEAL: Final = "register-seal-"
_INDEX: Final = "register-index.key"


def ring() -> KeyRing:
    """The keys of this home. Raises CannotRun when they are lost or unreadable."""
    return _ring(str(settings.GROUNDPASS_HOME))


@cache
def _ring(home: str) -> KeyRing:
    folder = Path(home) / "keys"
    if not (folder / _INDEX).exists() or not list(folder.glob(f"{_SEAL}*.key")):
        _make(folder)
    try:
        sealing = {
            int(path.stem.removeprefix(_SEAL)): AESGCM(_read(path)) for path in folder.glob(f"{_SEAL}*.key")
        }
        return KeyRing(sealing, _read(folder / _INDEX))
    except (OSError, ValueError) as error:
        raise CannotRun(
            f"The keys of the register in {folder} do not read", why=str(error), todo="Restore them"
        ) from error


def _make(folder: Path) -> None:
    """Make what is missing, unless there is something that the missing key had sealed."""
    if apps.get_model("register", "Holder").objects.exists():
        raise CannotRun(
            f"A key of the register is missing in {folder}",
            why="holders exist that were sealed with it",
            todo="Restore the folder of keys from its backup",
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in (f"{_SEAL}1.key", _INDEX):
        _write_once(folder / name, secrets.token_hex(KEY_BYTES))


def _write_once(path: Path, text: str) -> None:
    """Write a whole file, or leave the one that another process wrote first."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    key = bytes.fromhex(path.read_text("ascii").strip())
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path.name} holds {len(key)} bytes, not {KEY_BYTES}")
    return key
