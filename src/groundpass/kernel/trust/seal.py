"""Sealing: only the operator of a feed reads its files, and a file's size says little.

Rules:
1. One secret (32 bytes) for each operator and session, wrapped to the operator's public key by HPKE (RFC
   9180, base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM).
2. HKDF-SHA256 (RFC 5869) makes two keys of it, with the session as salt: one seals files, one keys entries.
   A new session therefore changes every key of every entry.
3. A file is padded with zeros to a multiple of 64 KiB, its length in front, then sealed: AES-256-GCM, random
   96-bit nonce in front, the file's name as associated data, so that no file passes for another.
4. Sealing hides; it does not prove who sent. The signatures of the feed do that.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified

SECRET_BYTES: Final = 32
PADDING: Final = 65_536  # bytes
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
_LENGTH: Final = struct.Struct("<Q")
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class FeedKeys:
    """encryption: 32 bytes, seals files · keying: 16 bytes, keys entries. Never shown by `repr`."""

    encryption: bytes = field(repr=False)
    keying: bytes = field(repr=False)


def new_secret() -> bytes:
    """Draw a secret for one operator and session."""
    return os.urandom(SECRET_BYTES)


def derive(secret: bytes, session: str) -> FeedKeys:
    """Make the two keys of a session. Raises BadInput for a secret of another length."""
    if len(secret) != SECRET_BYTES:
        raise BadInput(f"The secret of a feed has {len(secret)} bytes, not {SECRET_BYTES}")

    def expand(purpose: bytes, length: int) -> bytes:
        return HKDF(SHA256(), length, salt=session.encode(), info=b"groundpass/1 " + purpose).derive(secret)

    return FeedKeys(expand(b"encryption", 32), expand(b"keying", 16))


def new_wrap_pair() -> tuple[bytes, bytes]:
    """Draw an operator's X25519 pair; gives (private, public) as PEM, the private one not encrypted."""
    private = X25519PrivateKey.generate()
    return (
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def wrap_info(feed: str, session: str) -> bytes:
    """Name the one feed and session that a wrapped secret is for."""
    return f"groundpass/feed/{feed}/{session}".encode()


def wrap(secret: bytes, operator_public_key: bytes, info: bytes) -> bytes:
    """Encrypt a secret to the operator's public key (PEM); `info` is `wrap_info`, which binds it.

    Raises BadInput when the key is not an X25519 public key.
    """
    try:
        key = load_pem_public_key(operator_public_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput("The operator's public key does not read", why=str(error)) from error
    if not isinstance(key, X25519PublicKey):
        raise BadInput("The operator's key for secrets is not an X25519 key")
    return _SUITE.encrypt(secret, key, info)


def unwrap(wrapped: bytes, operator_private_key: bytes, info: bytes) -> bytes:
    """Decrypt a secret with the operator's private key (PEM).

    Raises CannotRun when the key does not read, NotVerified when the secret was not wrapped to it for `info`.
    """
    try:
        key = load_pem_private_key(operator_private_key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CannotRun("The operator's private key does not read", why=str(error)) from error
    if not isinstance(key, X25519PrivateKey):
        raise CannotRun("The operator's key for secrets is not an X25519 key")
    try:
        secret = _SUITE.decrypt(wrapped, key, info)
    except (InvalidTag, ValueError) as error:
        raise NotVerified("The secret of the feed was not wrapped to this key for this session") from error
    if len(secret) != SECRET_BYTES:
        raise NotVerified("The secret of the feed has another length")
    return secret


def pad(data: bytes, multiple: int = PADDING) -> bytes:
    """Put the length in front and zeros behind, up to a multiple of `multiple` bytes."""
    size = _LENGTH.size + len(data)
    return _LENGTH.pack(len(data)) + data + bytes(-size % multiple)


def unpad(padded: bytes, multiple: int = PADDING) -> bytes:
    """Take padding off. Raises BadInput for padding that `pad` would not have made."""
    if len(padded) < _LENGTH.size:
        raise BadInput("A padded file is shorter than its length field")
    (length,) = _LENGTH.unpack_from(padded)
    end = _LENGTH.size + length
    if end > len(padded) or len(padded) != end + -end % multiple or any(padded[end:]):
        raise BadInput("The padding of a file is not zeros up to the next multiple")
    return padded[_LENGTH.size : end]


def seal(plain: bytes, key: bytes, name: str) -> bytes:
    """Encrypt a file under its name: nonce ‖ ciphertext ‖ tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, _associated(name))


def unseal(sealed: bytes, key: bytes, name: str) -> bytes:
    """Decrypt a file. Raises NotVerified when it is not what was sealed under this key and name."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise NotVerified(f"The sealed file {name} is cut short")
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _associated(name))
    except InvalidTag as error:
        raise NotVerified(f"The sealed file {name} is not what was sealed under this key and name") from error


def _associated(name: str) -> bytes:
    return b"groundpass/seal/1 " + name.encode()
