"""From a text that somebody typed to an identifier, and to the block of bytes that keys are made of.

1. A text reads under the scheme asked for, or it is refused; it is never taken for another scheme's.
2. The block: `scheme number ‖ length ‖ packed ‖ zeros`, 16 bytes. Packed values above 14 bytes give their
   first 14 bytes of SHA-256 and the length 0xFF. Two values have two blocks, whatever their schemes.
3. Any text at all has a block under number 0, so that reports with unreadable ids keep distinct keys.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from groundpass.kernel.core.diagnosis import diagnose
from groundpass.kernel.core.schemes import OTHER, Scheme, find_scheme

BLOCK: Final = 16  # bytes: one block of AES
ROOM: Final = BLOCK - 2  # bytes of a block behind the scheme and the length
HASHED: Final = 0xFF  # the length byte of a value that did not fit


@dataclass(frozen=True, slots=True)
class Identifier:
    """A normalised identifier: the code of its scheme, its value, its packed bytes, its scheme's number."""

    scheme: str
    value: str
    packed: bytes
    number: int


def normalise(text: str, scheme: str | Scheme = "utid") -> Identifier:
    """Read what somebody typed.

    Raises BadIdentifier that says what is wrong, where, and the likely fix; BadInput for an unknown scheme.
    """
    if scheme == OTHER:
        return Identifier(OTHER, text, text.encode("utf-8", "surrogatepass"), 0)
    rules = find_scheme(scheme)
    value = rules.reads(text)
    if value is None:
        raise diagnose(text, rules)
    return Identifier(rules.code, value, rules.packed(value), rules.number)


def show(value: str, scheme: str | Scheme = "utid") -> str:
    """The form that people read: a normalised value behind its scheme's prefix."""
    return value if scheme == OTHER else find_scheme(scheme).prefix + value


def block(identifier: Identifier) -> bytes:
    """The 16 bytes of an identifier from which its entry key is made."""
    return pack_block(identifier.number, identifier.packed)


def pack_block(number: int, packed: bytes) -> bytes:
    """`number ‖ length ‖ packed ‖ zeros`, or the hash of what is too long."""
    if len(packed) > ROOM:
        return bytes((number, HASHED)) + hashlib.sha256(packed).digest()[:ROOM]
    return bytes((number, len(packed))) + packed.ljust(ROOM, b"\0")
