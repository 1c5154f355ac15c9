"""Checkpoints: the size and the root of a log, as a signed note (C2SP signed-note and tlog-checkpoint).

Rules:
1. A note is a text ending in a newline, an empty line, and one or more lines
   `— name base64(key id ‖ signature)`. The key id is the first four bytes of
   SHA-256(name ‖ newline ‖ 0x01 ‖ Ed25519 public key).
2. Lines of keys that the reader does not know are ignored (a log may rotate keys or be co-signed); a line of
   the known key that does not verify makes the whole note worthless.
3. The text of a checkpoint is three lines: origin, size in decimals without leading zeros, root in base64. We
   write no extension lines and take none.
4. The key's name is the origin.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified
from groundpass.kernel.trust.files import read_private, write_whole
from groundpass.kernel.trust.merkle import HASH_BYTES

if TYPE_CHECKING:
    from pathlib import Path

ED25519: Final = b"\x01"  # signature type of C2SP
KEY_ID_BYTES: Final = 4
MAX_NOTE: Final = 65_536  # bytes
MAX_SIZE: Final = 2**63 - 1  # leaves
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]{1,200}")
_LINE: Final = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class LogKey:
    """The public key of a log and its name, which is the log's origin."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != HASH_BYTES:
            raise BadInput(f"The log key {self.name!r} does not hold", todo="Give a name without blanks or +")

    @property
    def id(self) -> bytes:
        """First four bytes of the key's hash, which signature lines carry."""
        named = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def text(self) -> str:
        """Give the verifier key in one line: name+id+key."""
        return f"{self.name}+{self.id.hex()}+{_base64(ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> LogKey:
        """Read a verifier key. Raises BadInput."""
        name, _, rest = text.strip().partition("+")
        found, _, encoded = rest.partition("+")
        packed = _unbase64(encoded)
        if packed is None or packed[:1] != ED25519:
            raise BadInput(f"The log key {text.strip()!r} does not read", todo="Give name+id+key")
        key = cls(name, packed[1:])
        if key.id.hex() != found:
            raise BadInput(f"The log key {text.strip()!r} contradicts itself", why="its id is of another key")
        return key


@dataclass(frozen=True, slots=True)
class LogSigner:
    """The private key of a log and its name."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def new(cls, name: str) -> LogSigner:
        """Draw a key."""
        return cls(name, Ed25519PrivateKey.generate())

    @property
    def key(self) -> LogKey:
        """The public half."""
        public = self.private.public_key()
        return LogKey(self.name, public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def save(self, path: Path) -> None:
        """Write the private key as PEM, mode 0600. Raises CannotRun when it is there already."""
        if path.exists():
            raise CannotRun(f"{path} is there already", todo="Keys are never overwritten")
        pem = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_whole(path, pem, mode=0o600)

    @classmethod
    def load(cls, path: Path, name: str) -> LogSigner:
        """Read a private key. Raises CannotRun: not there, readable by others, another kind."""
        data = read_private(path, limit=MAX_NOTE)
        try:
            key = load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise CannotRun(f"The private key {path} does not open", why=str(error)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise CannotRun(f"The private key {path} is not an Ed25519 key")
        return cls(name, key)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """origin: name of the log · size: leaves · root: 32 bytes."""

    origin: str
    size: int
    root: bytes


def sign_note(text: str, signer: LogSigner) -> bytes:
    """Sign a text that ends in a newline. Raises BadInput for one that no note may hold."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise BadInput("The text of a note does not end in a newline, or has control characters")
    signature = signer.key.id + signer.private.sign(text.encode())
    return f"{text}\n— {signer.name} {_base64(signature)}\n".encode()


def open_note(data: bytes, key: LogKey) -> str:
    """Give the text of a note that `key` has signed. Raises BadInput when malformed, or NotVerified."""
    text, lines = _parts(data)
    signed = False
    for line in lines:
        match = _LINE.fullmatch(line)
        packed = _unbase64(match[2]) if match else None
        if match is None or packed is None or len(packed) <= KEY_ID_BYTES:
            raise BadInput("A signature line of a note does not read")
        if match[1] != key.name or packed[:KEY_ID_BYTES] != key.id:
            continue
        try:
            public = Ed25519PublicKey.from_public_bytes(key.public)
            public.verify(packed[KEY_ID_BYTES:], text.encode())
        except (InvalidSignature, ValueError) as error:
            raise NotVerified(f"The signature of {key.name} under a note is wrong") from error
        signed = True
    if not signed:
        raise NotVerified(f"A note is not signed by {key.name}")
    return text


def sign_checkpoint(size: int, root: bytes, signer: LogSigner) -> bytes:
    """Sign the size and the root of a log. Whoever calls must never sign two that contradict each other."""
    return sign_note(f"{signer.name}\n{size}\n{_base64(root)}\n", signer)


def open_checkpoint(data: bytes, key: LogKey) -> Checkpoint:
    """Read a checkpoint of the log that `key` signs for. Raises BadInput or NotVerified."""
    lines = open_note(data, key).split("\n")
    if len(lines) != 4 or not _DECIMAL.fullmatch(lines[1]) or int(lines[1]) > MAX_SIZE:  # noqa: PLR2004 -- rule 3
        raise BadInput("A checkpoint is not origin, size and root")
    origin, size, root = lines[0], int(lines[1]), _unbase64(lines[2])
    if root is None or len(root) != HASH_BYTES:
        raise BadInput("The root of a checkpoint is not 32 bytes")
    if origin != key.name:
        raise NotVerified(f"A checkpoint is of the log {origin!r}, not of {key.name!r}")
    return Checkpoint(origin, size, root)


def _parts(data: bytes) -> tuple[str, list[str]]:
    """Split a note into its text and its signature lines."""
    if len(data) > MAX_NOTE:
        raise BadInput(f"A note has {len(data)} bytes, more than {MAX_NOTE}")
    try:
        note = data.decode()
    except UnicodeDecodeError as error:
        raise BadInput("A note is not UTF-8") from error
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or _CONTROL.search(note):
        raise BadInput("A note is not a text, an empty line and signature lines")
    return text + "\n", lines[:-1].split("\n")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes | None:
    """Decode, or None for anything but the one encoding of its bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _base64(data) == text else None
