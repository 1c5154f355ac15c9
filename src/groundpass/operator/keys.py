"""The operator's two key pairs, as files: one opens the feed's secret, one signs what the operator reports.

| file | what |
|---|---|
| `wrap.pem`, `wrap.pub` | X25519: the authority wraps each session's secret to the public half |
| `sign.pem`, `sign.pub` | P-256: the authority checks enforcement reports by the public half |

The `.pem` files are the operator's alone (mode 0600); the `.pub` files are handed to the authority.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.trust.files import read_whole, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.kernel.trust.signing import Signer

_LIMIT: Final = 16_384  # bytes of a key file
_PRIVATE: Final = ("wrap.pem", "sign.pem")
_PUBLIC: Final = ("wrap.pub", "sign.pub")


@dataclass(frozen=True, slots=True)
class OperatorKeys:
    """PEM bytes of both pairs; `repr` shows no private half."""

    wrap_public: bytes
    sign_public: bytes
    wrap_private: bytes = field(repr=False)
    sign_private: bytes = field(repr=False)

    @classmethod
    def create(cls, folder: Path) -> OperatorKeys:
        """Draw both pairs and write them. Raises CannotRun when a key is there already."""
        from groundpass.kernel.trust.seal import new_wrap_pair
        from groundpass.kernel.trust.signing import new_signer, public_pem, save_signer

        taken = [name for name in _PRIVATE if (folder / name).exists()]
        if taken:
            raise CannotRun(f"{folder / taken[0]} is there already", todo="Keys are never overwritten")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        private, public = new_wrap_pair()
        write_whole(folder / "wrap.pem", private, mode=0o600)
        write_whole(folder / "wrap.pub", public)
        signer = new_signer()
        save_signer(folder / "sign.pem", signer)
        write_whole(folder / "sign.pub", public_pem(signer))
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> OperatorKeys:
        """Read both pairs. Raises CannotRun when a file is missing."""
        private = [read_whole(folder / name, limit=_LIMIT) for name in _PRIVATE]
        public = [read_whole(folder / name, limit=_LIMIT) for name in _PUBLIC]
        return cls(*public, *private)

    def save(self, folder: Path) -> None:
        """Write both pairs into another folder. Raises CannotRun when other keys are there already."""
        files = dict(zip((*_PUBLIC, *_PRIVATE), self._bytes(), strict=True))
        for name, data in files.items():
            if (folder / name).exists() and read_whole(folder / name, limit=_LIMIT) != data:
                raise CannotRun(f"{folder / name} is another key", todo="Keys are never overwritten")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, data in files.items():
            write_whole(folder / name, data, mode=0o600 if name in _PRIVATE else 0o644)

    def _bytes(self) -> tuple[bytes, bytes, bytes, bytes]:
        return self.wrap_public, self.sign_public, self.wrap_private, self.sign_private


def signer_of(folder: Path) -> Signer:
    """Open the key that signs reports. Raises CannotRun."""
    from groundpass.kernel.trust.signing import load_signer

    return load_signer(folder / "sign.pem")
