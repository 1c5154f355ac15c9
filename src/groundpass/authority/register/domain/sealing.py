"""Personal data as ciphertext, and how to find it again.

1. A value is sealed with AES-256-GCM: `key id (1 byte) ‖ nonce (12) ‖ ciphertext and tag`. The associated
   data is the table, the column and the row's UUID: a ciphertext moved to another row does not open.
2. The empty text is stored as empty bytes: there is nothing to hide in it.
3. A blind index is HMAC-SHA-256 under a key of its own, so that the same person is found again and the column
   tells a thief nothing without that key. It does not rotate with the sealing keys.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groundpass.kernel.core.errors import CannotRun

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


@dataclass(frozen=True)
class KeyRing:
    """Sealing keys by id, of which the highest seals and all open; the key of the blind index."""

    sealing: Mapping[int, AESGCM]
    index: bytes

    def seal(self, text: str, row: str, nonce: bytes) -> bytes:
        """Seal a text to a row. `nonce`: 12 random bytes, never used twice."""
        if not text:
            return b""
        current = max(self.sealing)
        return bytes([current]) + nonce + self.sealing[current].encrypt(nonce, text.encode(), row.encode())

    def open(self, sealed: bytes, row: str) -> str:
        """Open what was sealed to this row. Raises CannotRun when the key is missing or does not fit."""
        if not sealed:
            return ""
        key, nonce, rest = sealed[0], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self.sealing[key].decrypt(nonce, rest, row.encode()).decode()
        except KeyError as error:
            raise CannotRun(f"Sealing key {key} is missing", todo="Restore the folder of keys") from error
        except (InvalidTag, ValueError) as error:
            raise CannotRun(
                f"What is sealed in {row} does not open",
                why=f"key {key} is not the one that sealed it, or the row was altered",
                todo="Restore the folder of keys, or the row from a backup",
            ) from error

    def blind(self, scheme: str, value: str) -> str:
        """The index of a value: 64 hexadecimal digits, the same for the same value of one scheme."""
        return hmac.new(self.index, f"{scheme}\0{value}".encode(), hashlib.sha256).hexdigest()
