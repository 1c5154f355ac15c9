"""Canonical JSON: one value, one text.

Rules:
1. Keys are sorted, no blanks, UTF-8, shortest numbers: what `msgspec.json.encode(order="sorted")` writes.
2. A reader encodes again what it read and compares: double keys, other spellings of a number, unknown or
   missing fields, and blanks are refused by that one comparison and not by a list of special cases.
3. Size is checked before parsing, against a limit that the caller names.

Not here: signatures (`kernel.trust`), compression (`container`).
"""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

import msgspec

from groundpass.kernel.core.errors import BadInput

T = TypeVar("T", bound=msgspec.Struct)

MAX_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second that ISO 8601 dates can write

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]  # an integer that every JSON reader holds exactly
Second = Annotated[int, msgspec.Meta(ge=0, le=MAX_SECOND)]  # UTC seconds since 1970
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Session = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{1,64}\Z")]
Word = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,128}\Z")]  # a name for machines and people
Line = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{0,512}\Z")]  # a title: one line, may be empty


def write(document: msgspec.Struct) -> bytes:
    """Encode a document. A value outside the bounds of its own type is refused here, not at the reader.

    Raises BadInput naming the field.
    """
    try:
        data = msgspec.json.encode(document, order="sorted")
    except (ValueError, TypeError, OverflowError) as error:
        raise BadInput(f"A {type(document).__name__} cannot be written", why=str(error)) from error
    read(data, type(document), limit=len(data))
    return data


def read(data: bytes | memoryview, kind: type[T], *, limit: int) -> T:
    """Decode a document of `kind`; `limit` in bytes.

    Raises BadInput when it is too long, does not read, or is not the canonical text of what it says.
    """
    name = kind.__name__
    if len(data) > limit:
        raise BadInput(f"A {name} has {len(data)} bytes, more than {limit}")
    try:
        document = msgspec.json.decode(data, type=kind, strict=True)
        again = msgspec.json.encode(document, order="sorted")
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError) as error:
        raise BadInput(f"The bytes of a {name} do not read", why=str(error)) from error
    if again != data:
        raise BadInput(f"The bytes of a {name} are not canonical")
    return document
