"""Signing keys in files, and signed documents (DSSE) over them.

Rules:
1. Keys are ECDSA over P-256 with SHA-256: what hardware modules and TUF clients share.
2. A private key is a PKCS#8 PEM file that only its owner may read; one that others may read is not used.
3. A document is signed over its type and its bytes together (DSSE's pre-authentication encoding), so that one
   kind of document never passes for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, Key, Signature, Signer, SSlibKey

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified
from groundpass.kernel.trust.files import read_private, read_whole, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "Key",
    "Signer",
    "load_public_key",
    "load_signer",
    "new_signer",
    "open_document",
    "public_pem",
    "read_public_key",
    "save_public_key",
    "save_signer",
    "sign_document",
]

SCHEME: Final = "ecdsa-sha2-nistp256"
MAX_KEY_FILE: Final = 16_384  # bytes
MAX_DOCUMENT: Final = 2**28  # bytes; an enforcement report carries a row for each terminal seen


def new_signer() -> CryptoSigner:
    """Draw a P-256 key."""
    return CryptoSigner.generate_ecdsa()


def save_signer(path: Path, signer: CryptoSigner, *, password: bytes | None = None) -> None:
    """Write a private key, mode 0600, encrypted when a password is given. Raises CannotRun if it exists."""
    if path.exists():
        raise CannotRun(f"{path} is there already", todo="Keys are never overwritten; choose another folder")
    key = load_pem_private_key(signer.private_bytes, password=None)
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    write_whole(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock), mode=0o600)


def load_signer(path: Path, *, password: bytes | None = None) -> Signer:
    """Read a private key. Raises CannotRun: not there, readable by others, wrong password, another kind."""
    data = read_private(path, limit=MAX_KEY_FILE)
    try:
        key = load_pem_private_key(data, password=password)
        if isinstance(key, EllipticCurvePrivateKey):
            return CryptoSigner(key, _checked(SSlibKey.from_crypto(key.public_key())))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CannotRun(f"The private key {path} does not open", why=str(error)) from error
    raise CannotRun(f"The private key {path} is not a P-256 key")


def public_pem(key: Key | Signer) -> bytes:
    """Give the public half as PEM."""
    public = key.public_key if isinstance(key, Signer) else key
    return str(public.keyval["public"]).encode()


def read_public_key(pem: bytes) -> Key:
    """Read a P-256 public key. Raises BadInput."""
    try:
        return _checked(SSlibKey.from_crypto(load_pem_public_key(pem)))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadInput("The public key does not read", why=str(error)) from error


def save_public_key(path: Path, key: Key | Signer) -> None:
    """Write the public half. Raises CannotRun."""
    write_whole(path, public_pem(key))


def load_public_key(path: Path) -> Key:
    """Read a public key from its file. Raises CannotRun, or BadInput when it is no P-256 key."""
    return read_public_key(read_whole(path, limit=MAX_KEY_FILE))


class DsseSignature(msgspec.Struct, frozen=True):
    """One signature; `sig` travels as base64."""

    keyid: str
    sig: bytes


class DsseDocument(msgspec.Struct, frozen=True, rename="camel"):
    """The JSON of a signed document; readers ignore fields they do not know, as DSSE says."""

    payload: bytes
    payload_type: str
    signatures: Annotated[tuple[DsseSignature, ...], msgspec.Meta(max_length=64)]


def sign_document(payload: bytes, payload_type: str, signer: Signer) -> bytes:
    """Sign bytes of a type; gives a DSSE document, JSON."""
    envelope = Envelope(payload, payload_type, {})
    signature = envelope.sign(signer)
    signed = DsseSignature(signature.keyid, bytes.fromhex(signature.signature))
    return msgspec.json.encode(DsseDocument(payload, payload_type, (signed,)), order="sorted")


def open_document(data: bytes, public_keys: Sequence[Key], payload_type: str, threshold: int = 1) -> bytes:
    """Give the payload of a document that `threshold` of the keys have signed.

    Raises BadInput when it is no document, NotVerified when it is of another type or not signed so.
    """
    if len(data) > MAX_DOCUMENT:
        raise BadInput(f"A signed document has {len(data)} bytes, more than {MAX_DOCUMENT}")
    try:
        document = msgspec.json.decode(data, type=DsseDocument)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadInput("A signed document does not read", why=str(error)) from error
    if document.payload_type != payload_type:
        raise NotVerified(f"A document is of type {document.payload_type!r}, not {payload_type!r}")
    signatures = {one.keyid: Signature(one.keyid, one.sig.hex()) for one in document.signatures}
    try:
        Envelope(document.payload, payload_type, signatures).verify(list(public_keys), threshold)
    except (VerificationError, ValueError) as error:
        raise NotVerified("A document is not signed by those who must sign it", why=str(error)) from error
    return document.payload


def _checked(key: SSlibKey) -> SSlibKey:
    if key.scheme != SCHEME:
        raise ValueError(f"the key is {key.scheme}, not {SCHEME}")
    return key
