"""The keys of one feed, as files in a folder: what a key ceremony leaves behind.

| file | who holds it |
|---|---|
| `root-1.pem` … `root-5.pem` | five people, offline; moved off this machine after the ceremony |
| `publisher.pem`, `brake.pem` | two processes online; neither may read the other's |
| `online.pem` | the process that keeps snapshot and timestamp fresh |
| `<name>.pub` | everybody |

A key in a hardware module replaces its `.pem` by any other `Signer`; the `.pub` files stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.trust.signing import (
    Key,
    Signer,
    load_public_key,
    load_signer,
    new_signer,
    save_public_key,
    save_signer,
)

ROOT_NAMES: Final = ("root-1", "root-2", "root-3", "root-4", "root-5")
NAMES: Final = (*ROOT_NAMES, "publisher", "brake", "online")


@dataclass(frozen=True, slots=True)
class RoleKeys:
    """The public keys of a feed by role."""

    root: tuple[Key, ...]
    publisher: Key
    brake: Key
    online: Key


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A folder of key files."""

    folder: Path

    @classmethod
    def hold(cls, folder: Path, *, password: bytes | None = None) -> Ceremony:
        """Draw all eight keys; the root keys are encrypted when a password is given.

        Raises CannotRun when a key file is there already.
        """
        ceremony = cls(folder)
        for name in NAMES:
            signer = new_signer()
            lock = password if name in ROOT_NAMES else None
            save_signer(ceremony.private_file(name), signer, password=lock)
            save_public_key(folder / f"{name}.pub", signer)
        return ceremony

    def private_file(self, name: str) -> Path:
        """Where a private key lies."""
        return self.folder / f"{name}.pem"

    def keys(self) -> RoleKeys:
        """Read the public keys. Raises CannotRun when one is missing."""
        found = {name: load_public_key(self.folder / f"{name}.pub") for name in NAMES}
        return RoleKeys(
            tuple(found[name] for name in ROOT_NAMES), found["publisher"], found["brake"], found["online"]
        )

    def signer(self, name: str, *, password: bytes | None = None) -> Signer:
        """Open one private key by its name. Raises CannotRun."""
        return load_signer(self.private_file(name), password=password)

    def root_signers(self, *, password: bytes | None = None) -> list[Signer]:
        """Open the root keys that were brought here. Raises CannotRun when there is none."""
        names = [name for name in ROOT_NAMES if self.private_file(name).exists()]
        if not names:
            raise CannotRun(f"There is no root key in {self.folder}", todo="Name the folder with root-N.pem")
        return [self.signer(name, password=password) for name in names]
