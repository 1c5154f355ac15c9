"""Where the files of a feed lie, under GROUNDPASS_HOME.

| folder | what | who reads it |
|---|---|---|
| `keys/<feed>/offline/` | five root keys; moved off this machine after the ceremony | five people |
| `keys/<feed>/{publisher,brake,online,log}/` | one key each, mode 0600 | one process each |
| `keys/<feed>/session/` | secret of the session; key of the lists of protected holders | the publisher |
| `feeds/<feed>/public/` | the feed: static files, any web server may carry them | everybody |
| `feeds/<feed>/work/` | states by serial, what is public now, the highest serial given | the publisher |
| `feeds/<feed>/brake/` | what the brake signed, and who lost service by it | the brake |
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.files import locks

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.trust.checkpoint import LogSigner
from groundpass.kernel.trust.files import read_whole, write_whole
from groundpass.kernel.trust.seal import FeedKeys, derive
from groundpass.kernel.trust.signing import Key, Signer, load_public_key, load_signer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOTS: Final = ("root-1", "root-2", "root-3", "root-4", "root-5")
MAX_SECRET: Final = 1024  # bytes


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one feed, by its name."""

    feed: str

    @property
    def keys(self) -> Path:
        """All keys of the feed."""
        return Path(settings.GROUNDPASS_HOME) / "keys" / self.feed

    @property
    def offline(self) -> Path:
        """Where the ceremony leaves the root keys unless told otherwise."""
        return self.keys / "offline"

    @property
    def root(self) -> Path:
        """Everything of the feed but keys."""
        return Path(settings.GROUNDPASS_HOME) / "feeds" / self.feed

    @property
    def public(self) -> Path:
        """The feed itself."""
        return self.root / "public"

    @property
    def log(self) -> Path:
        """The transparency log, part of the feed."""
        return self.public / "log"

    @property
    def work(self) -> Path:
        """What the publisher keeps."""
        return self.root / "work"

    @property
    def brake(self) -> Path:
        """What the brake keeps."""
        return self.root / "brake"

    def signer(self, role: str) -> Signer:
        """The private key of `publisher`, `brake` or `online`. Raises CannotRun."""
        return load_signer(self.keys / role / f"{role}.pem")

    def log_signer(self) -> LogSigner:
        """The private key of the log. Raises CannotRun."""
        return LogSigner.load(self.keys / "log" / "log.pem", self.log_name)

    @property
    def log_name(self) -> str:
        """The origin of the log."""
        return f"groundpass/{self.feed}"

    def root_keys(self) -> list[Key]:
        """The public root keys, as the brake has kept them since the ceremony. Raises CannotRun."""
        return [load_public_key(self.keys / "brake" / f"{name}.pub") for name in ROOTS]

    def secret(self, session: str) -> bytes:
        """The secret of a session. Raises CannotRun."""
        return _read_hex(self.keys / "session" / f"{session}.secret")

    def feed_keys(self, session: str) -> FeedKeys:
        """The keys that the operator of this session has as well. Raises CannotRun."""
        return derive(self.secret(session), session)

    def protected_key(self) -> bytes:
        """What seals the lists of protected holders; it never leaves this machine. Raises CannotRun."""
        return _read_hex(self.keys / "session" / "protected.key")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time work on the feed; the others wait. Take it before any transaction."""
        self.work.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.work / "lock").open("ab") as file:
            locks.lock(file, locks.LOCK_EX)
            try:
                yield
            finally:
                locks.unlock(file)


def write_hex(path: Path, secret: bytes) -> None:
    """Write a secret, readable by its owner alone. Raises CannotRun where there is one already."""
    if path.exists():
        raise CannotRun(f"{path} is there already", todo="Secrets are never overwritten")
    write_whole(path, secret.hex().encode() + b"\n", mode=0o600)


def _read_hex(path: Path) -> bytes:
    try:
        return bytes.fromhex(read_whole(path, limit=MAX_SECRET).decode("ascii").strip())
    except ValueError as error:
        raise CannotRun(f"The secret {path} does not read", todo="Restore it from its backup") from error
