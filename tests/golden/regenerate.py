"""Write the golden files again: `python tests/golden/regenerate.py`.

A changed file means a changed format: give the format a new version, do not overwrite the old one.
Signatures by P-256 and sealed files are drawn anew each time; theirs (`KEPT`) are written only where they are
missing, and their tests read them instead of making them again.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import samples  # noqa: E402 -- it lies beside this script, which is no package

from groundpass.kernel.trust import log, seal, signing  # noqa: E402 -- after the path is set
from groundpass.kernel.trust.checkpoint import LogSigner, sign_checkpoint  # noqa: E402 -- the same
from groundpass.kernel.trust.merkle import Tree  # noqa: E402 -- the same
from groundpass.kernel.trust.tiles import pack_bundle  # noqa: E402 -- the same
from groundpass.kernel.wire import (  # noqa: E402 -- the same
    delta,
    enforcement,
    notification,
    observations,
    snapshot,
    state,
    verdicts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = bytes(range(32))
WRAP = X25519PrivateKey.from_private_bytes(bytes(range(32)))
WRAP_PEM = WRAP.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
LOG = LogSigner("levada.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def leaves() -> list[bytes]:
    """Three acts, committed to with salts that everybody knows here."""
    return [log.commit(kind, kind.encode(), bytes(32)) for kind in ("key", "rules", "release")]


def keys() -> bytes:
    """What is derived from the secret of a session."""
    derived = seal.derive(SECRET, samples.SESSION)
    return f"{derived.encryption.hex()}\n{derived.keying.hex()}\n".encode()


FILES: dict[str, Callable[[], bytes]] = {
    "state-1.bin": lambda: state.encode(samples.new_state()),
    "state-1.sha256": lambda: state.state_hash(samples.new_state()).encode() + b"\n",
    "snapshot-1.bin": lambda: snapshot.pack(samples.new_state()),
    "delta-1.bin": lambda: delta.pack(delta.diff(samples.old_state(), samples.new_state())),
    "notification-1.json": lambda: notification.encode(samples.notification()),
    "observations-1.bin": lambda: observations.pack(samples.observations()),
    "enforcement-1.json": lambda: enforcement.encode(samples.enforcement()),
    "verdicts-1.txt": f"{verdicts.VERDICTS}\n".encode,
    "keys-1.txt": keys,
    "leaves-1.bin": lambda: pack_bundle(leaves()),
    "checkpoint-1.txt": lambda: sign_checkpoint(3, Tree(leaves()).root(), LOG),
    "log-key-1.txt": f"{LOG.key.text()}\n".encode,
}


def write_kept() -> None:
    """Write a sealed file, a wrapped secret and a signed document with the keys that open them."""
    signer = signing.new_signer()
    public = WRAP.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    info = seal.wrap_info("ua-demo", samples.SESSION)
    sealed = seal.seal(seal.pad(b"plain", 64), seal.derive(SECRET, samples.SESSION).encryption, "snapshot-42")
    report = enforcement.encode(samples.enforcement())
    for name, data in {
        "sealed-1.bin": sealed,
        "secret-1.bin": seal.wrap(SECRET, public, info),
        "sign-1.pub": signing.public_pem(signer),
        "enforcement-1.dsse.json": signing.sign_document(report, enforcement.PAYLOAD_TYPE, signer),
    }.items():
        (HERE / name).write_bytes(data)


def main() -> None:
    """Write every file."""
    for name, make in FILES.items():
        (HERE / name).write_bytes(make())
    if not (HERE / "sealed-1.bin").exists():
        write_kept()


if __name__ == "__main__":
    main()
