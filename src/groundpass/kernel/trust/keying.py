"""Keys of entries: what a store or a log shows in place of an identifier.

The key of an identifier is the first eight bytes, big-endian, of AES-128 over its 16-byte block
(`core.ids.block`), under the keying key of one operator and one session. A plain hash would not do: an
eight-digit serial number is enumerated in minutes. A permutation over whole columns costs the operator
nothing on the hot path, where a keyed hash for each identifier would cost a hundred times as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    import numpy.typing as npt

BLOCK: Final = 16  # bytes
KEY_BYTES: Final = 16
_CHUNK: Final = 2**16  # blocks at a time: a megabyte stays in cache


def entry_keys(blocks: npt.NDArray[np.uint8], key: bytes) -> npt.NDArray[np.uint64]:
    """Key a column of blocks, uint8[n, 16], giving uint64[n].

    Raises BadInput for another shape or a key of another length.
    """
    if blocks.dtype != np.uint8 or blocks.ndim != 2 or blocks.shape[1] != BLOCK:  # noqa: PLR2004 -- rows and bytes
        raise BadInput(f"Blocks are {blocks.dtype}{list(blocks.shape)}, not uint8[n, {BLOCK}]")
    if len(key) != KEY_BYTES:
        raise BadInput(f"A keying key has {len(key)} bytes, not {KEY_BYTES}")
    # ECB is what is meant: one block for each identifier, equal identifiers give equal keys.
    encryptor = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 -- a permutation of single blocks, see above
    keys = np.empty(len(blocks), np.uint64)
    for start in range(0, len(blocks), _CHUNK):
        part = np.ascontiguousarray(blocks[start : start + _CHUNK])
        keys[start : start + len(part)] = np.frombuffer(encryptor.update(part.data), ">u8")[::2]
    return keys
